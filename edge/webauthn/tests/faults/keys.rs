//! Algorithms and public keys.

use crate::forge::cbor::{C, bytes, remove_at, set_at};
use crate::forge::registration::Registration;
use crate::forge::signer::Signer;
use crate::forge::statement::Shape;
use crate::list::{Cases, bent, none};

const SUITE: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-4";

fn under(key: Signer, bend: impl FnOnce(&mut Registration)) -> Registration {
    bent(Registration::new(key, Shape::None), bend)
}

fn claimed(number: i64) -> Registration {
    none(|r| set_at(&mut r.cose, 3, C::Int(number)))
}

pub fn all(cases: &mut Cases) {
    let sound = |key| Registration::new(key, Shape::SelfPacked);
    cases.accept(format!("{SUITE}/P-2 PS256"), sound(Signer::Ps256));
    cases.accept(format!("{SUITE}/P-5 RS256"), sound(Signer::Rs256));
    cases.accept(format!("{SUITE}/P-6 RS384"), sound(Signer::Rs384));
    cases.accept(format!("{SUITE}/P-7 RS512"), sound(Signer::Rs512));
    cases.accept(format!("{SUITE}/P-9 ES256"), sound(Signer::P256(1)));
    cases.accept(format!("{SUITE}/P-10 ES384"), sound(Signer::P384(1)));
    cases.accept(format!("{SUITE}/P-11 ES512"), sound(Signer::P521(1)));
    cases.accept(format!("{SUITE}/P-12 Ed25519"), sound(Signer::Ed25519(1)));
    // Optional there, not declared here: refused by name.
    cases.reject(format!("{SUITE}/P-1 ES256K is not declared"), "7.1 step 20", claimed(-47));
    cases.reject(format!("{SUITE}/P-3 PS384 is not declared"), "7.1 step 20", claimed(-38));
    cases.reject(format!("{SUITE}/P-4 PS512 is not declared"), "7.1 step 20", claimed(-39));
    cases.reject(format!("{SUITE}/P-8 RS1 is not declared"), "7.1 step 20", claimed(-65535));
    for number in [-48, -49, -50, -9, -19, -51, -52, 0, -8000] {
        cases.reject(format!("keys/algorithm {number}"), "7.1 step 20", claimed(number));
    }
    let narrow = none(|r| r.case = Box::new(|case| case["allowedAlgs"] = serde_json::json!([-257])));
    cases.reject("keys/an algorithm that was not asked for", "7.1 step 20", narrow);
    points(cases);
    rsa(cases);
    ed25519(cases);
}

fn points(cases: &mut Cases) {
    let faults: [(&str, fn(&mut Registration)); 19] = [
        ("no key type", |r| remove_at(&mut r.cose, 1)),
        ("no algorithm", |r| remove_at(&mut r.cose, 3)),
        ("no curve", |r| remove_at(&mut r.cose, -1)),
        ("no x", |r| remove_at(&mut r.cose, -2)),
        ("no y", |r| remove_at(&mut r.cose, -3)),
        ("key type OKP", |r| set_at(&mut r.cose, 1, C::Int(1))),
        ("key type as text", |r| set_at(&mut r.cose, 1, C::Text("EC".to_owned()))),
        ("algorithm as text", |r| set_at(&mut r.cose, 3, C::Text("ES256".to_owned()))),
        ("the curve P-384", |r| set_at(&mut r.cose, -1, C::Int(2))),
        ("the curve secp256k1", |r| set_at(&mut r.cose, -1, C::Int(8))),
        ("the algorithm ES384", |r| set_at(&mut r.cose, 3, C::Int(-35))),
        ("a compressed point", |r| set_at(&mut r.cose, -3, C::Bool(true))),
        ("x of 31 bytes", |r| set_at(&mut r.cose, -2, bytes(&[1; 31]))),
        ("x of 33 bytes", |r| set_at(&mut r.cose, -2, bytes(&[0; 33]))),
        ("y of another point", |r| set_at(&mut r.cose, -3, bytes(&[1; 32]))),
        ("zero coordinates", |r| {
            set_at(&mut r.cose, -2, bytes(&[0; 32]));
            set_at(&mut r.cose, -3, bytes(&[0; 32]));
        }),
        ("coordinates above the prime", |r| {
            set_at(&mut r.cose, -2, bytes(&[0xff; 32]));
            set_at(&mut r.cose, -3, bytes(&[0xff; 32]));
        }),
        ("the private key beside it", |r| r.cose.push((C::Int(-4), bytes(&[1; 32])))),
        ("key operations beside it", |r| r.cose.push((C::Int(4), C::Array(vec![C::Int(2)])))),
    ];
    for (name, bend) in faults {
        cases.reject(format!("keys/P-256: {name}"), "7.1 step 20", none(bend));
    }
    cases.reject("keys/P-256: a member twice", "7.1 step 13", none(|r| r.cose.push((C::Int(3), C::Int(-7)))));
    for key in [Signer::P384(1), Signer::P521(1)] {
        let name = format!("keys/algorithm {}: ", key.algorithm());
        cases.reject(
            format!("{name}off the curve"),
            "7.1 step 20",
            under(key, |r| {
                let C::Bytes(mut y) = r.cose[4].1.clone() else { panic!("no y") };
                y[20] ^= 1;
                set_at(&mut r.cose, -3, C::Bytes(y));
            }),
        );
        let other = under(key, |r| set_at(&mut r.cose, -1, C::Int(1)));
        cases.reject(format!("{name}on P-256"), "7.1 step 20", other);
    }
}

fn rsa(cases: &mut Cases) {
    let faults: [(&str, fn(&mut Registration)); 12] = [
        ("exponent 1", |r| set_at(&mut r.cose, -2, bytes(&[1]))),
        ("exponent 2", |r| set_at(&mut r.cose, -2, bytes(&[2]))),
        ("exponent empty", |r| set_at(&mut r.cose, -2, bytes(&[]))),
        ("exponent with a leading zero", |r| set_at(&mut r.cose, -2, bytes(&[0, 1, 0, 1]))),
        ("exponent of five bytes", |r| set_at(&mut r.cose, -2, bytes(&[1, 0, 0, 0, 1]))),
        ("exponent missing", |r| remove_at(&mut r.cose, -2)),
        ("modulus missing", |r| remove_at(&mut r.cose, -1)),
        ("modulus of 1024 bits", |r| set_at(&mut r.cose, -1, bytes(&[0xc1; 128]))),
        ("modulus of 2040 bits", |r| set_at(&mut r.cose, -1, bytes(&[0xc1; 255]))),
        ("modulus even", |r| set_at(&mut r.cose, -1, bytes(&[0xc0; 256]))),
        ("modulus with a leading zero", |r| {
            set_at(&mut r.cose, -1, bytes(&[vec![0], Signer::modulus()].concat()));
        }),
        ("modulus of 16384 bits", |r| set_at(&mut r.cose, -1, bytes(&[0xc1; 2048]))),
    ];
    for (name, bend) in faults {
        cases.reject(format!("keys/RSA: {name}"), "7.1 step 20", under(Signer::Rs256, bend));
    }
}

fn ed25519(cases: &mut Cases) {
    let order_eight =
        u128::from_be_bytes(*b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0").to_be_bytes();
    let mut of_eight = order_eight.to_vec();
    of_eight.extend(*b"\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05");
    let mut one = vec![0; 32];
    one[0] = 1;
    let mut minus_one = vec![0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    let mut second_zero = vec![0xff; 32];
    second_zero[0] = 0xed;
    second_zero[31] = 0x7f;
    let mut two = vec![0; 32];
    two[0] = 2;
    let points = [
        ("the neutral point", one),
        ("order two", minus_one),
        ("order four", vec![0; 32]),
        ("order eight", of_eight),
        ("a second spelling of zero", second_zero),
        ("off the curve", two),
        ("31 bytes", vec![9; 31]),
        ("33 bytes", vec![9; 33]),
    ];
    for (name, point) in points {
        let forged = under(Signer::Ed25519(1), |r| set_at(&mut r.cose, -2, C::Bytes(point)));
        cases.reject(format!("keys/Ed25519: {name}"), "7.1 step 20", forged);
    }
    let curves = [("X25519", 4), ("Ed448", 7)];
    for (name, curve) in curves {
        let forged = under(Signer::Ed25519(1), |r| set_at(&mut r.cose, -1, C::Int(curve)));
        cases.reject(format!("keys/Ed25519: the curve {name}"), "7.1 step 20", forged);
    }
}
