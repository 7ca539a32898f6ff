//! The formats besides none and packed.

use crate::forge::cbor::{C, Entries, bytes, flip, remove, set, t};
use crate::forge::certificate::{Certificate, Chain};
use crate::forge::der;
use crate::forge::registration::Registration;
use crate::forge::signer::Signer;
use crate::forge::statement::{
    Extension, Shape, Tpm, aik, alternative_name, apple_nonce, authorizations, description, usage,
};
use crate::list::{Cases, bent, leaf};

const U2F: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-8";
const TPM: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-9";
const ANDROID: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-A";

pub fn all(cases: &mut Cases) {
    u2f(cases);
    tpm(cases);
    android(cases);
    apple(cases);
    compound(cases);
}

fn u2f(cases: &mut Cases) {
    let make = || Registration::new(Signer::P256(1), Shape::U2f(Chain::short(leaf())));
    cases.accept(format!("{U2F}/P-1 valid"), make());
    cases.reject(format!("{U2F}/F-1 AAGUID not zero"), "7.1 step 22", bent(make(), |r| r.aaguid = [1; 16]));
    cases.reject(
        format!("{U2F}/F-2 sig invalid"),
        "7.1 step 22",
        bent(make(), |r| r.statement = Box::new(|map| flip(map, "sig"))),
    );
    let edits: [(&str, fn(&mut Entries)); 4] = [
        ("no sig", |map| remove(map, "sig")),
        ("no x5c", |map| remove(map, "x5c")),
        ("an alg", |map| map.push((t("alg"), C::Int(-7)))),
        ("two certificates", |map| {
            let der = Chain::long(leaf()).der();
            set(map, "x5c", C::Array(der.into_iter().map(C::Bytes).collect()));
        }),
    ];
    for (name, edit) in edits {
        cases.reject(format!("fido-u2f/{name}"), "7.1 step 22", bent(make(), |r| r.statement = Box::new(edit)));
    }
    let other = Registration::new(Signer::P256(1), Shape::U2f(Chain::short(Certificate::leaf(Signer::P384(0x50)))));
    cases.reject("fido-u2f/a certificate on P-384", "7.1 step 22", other);
    let other = Registration::new(Signer::Ed25519(1), Shape::U2f(Chain::short(leaf())));
    cases.reject("fido-u2f/a credential that is not ES256", "7.1 step 22", other);
    let wrong_path = bent(make(), |r| r.anchors = vec![leaf().signed_by(&leaf())]);
    cases.reject("fido-u2f/no anchor", "7.1 step 24", wrong_path);
}

fn tpm(cases: &mut Cases) {
    let with = |key, chain, bend: &dyn Fn(&mut Tpm)| {
        let mut tpm = Tpm::new(chain);
        bend(&mut tpm);
        Registration::new(key, Shape::Tpm(tpm))
    };
    let aik_key = Signer::P256(0x50);
    let plain = |bend: &dyn Fn(&mut Tpm)| with(Signer::P256(1), Chain::short(aik(aik_key)), bend);
    cases.accept(format!("{TPM}/P-1 valid SHA-256"), with(Signer::Rs256, Chain::short(aik(Signer::Rs256)), &|_| {}));
    cases.accept(format!("{TPM}/P-4 valid ES256"), plain(&|_| {}));
    let sha1 = with(Signer::P256(1), Chain::short(aik(Signer::Rs1)), &|tpm| tpm.sha1 = true);
    cases.accept(format!("{TPM}/P-2 valid SHA-1"), sha1);
    let mut reversed = with(Signer::P256(1), Chain::long(aik(aik_key)), &|_| {});
    reversed.statement = Box::new(|map| {
        let mut der = Chain::long(aik(Signer::P256(0x50))).der();
        der.reverse();
        set(map, "x5c", C::Array(der.into_iter().map(C::Bytes).collect()));
    });
    cases.reject(format!("{TPM}/F-1 certificates in wrong order"), "7.1 step 22", reversed);
    // Offsets: magic 0, type 4, signer 6 to 14, extraData 14, its bytes 16 to 48, clock and firmware 48, name 73.
    let infos: [(&str, fn(&mut Vec<u8>)); 8] = [
        ("F-2 extraData not the hash", |info| info[20] ^= 1),
        ("F-3 magic wrong", |info| info[0] = 0),
        ("type is a quote", |info| info[5] = 0x18),
        ("the name of another key", |info| info[80] ^= 1),
        ("the name under another algorithm", |info| info[76] = 0x0c),
        ("bytes after certInfo", |info| info.push(0)),
        ("certInfo truncated", |info| info.truncate(60)),
        ("extraData empty", |info| {
            info.drain(16..48);
            info[15] = 0;
        }),
    ];
    for (name, edit) in infos {
        let id = if name.starts_with("F-") { format!("{TPM}/{name}") } else { format!("tpm/{name}") };
        cases.reject(id, "7.1 step 22", plain(&|tpm| tpm.cert_info = Box::new(edit)));
    }
    let areas: [(&str, fn(&mut Vec<u8>)); 9] = [
        ("F-4 pubArea.unique not the key", |area| *area.last_mut().unwrap() ^= 1),
        ("pubArea of another kind", |area| area[1] = 0x08),
        ("pubArea on another curve", |area| area[15] = 0x04),
        ("pubArea on an unknown curve", |area| area[15] = 0x20),
        ("pubArea named under SHA3", |area| area[3] = 0x27),
        ("pubArea with a symmetric algorithm", |area| area[11] = 0x06),
        ("bytes after pubArea", |area| area.push(0)),
        ("pubArea truncated", |area| area.truncate(30)),
        ("a coordinate too long", |area| {
            area[19] += 1;
            area.insert(20, 0);
        }),
    ];
    for (name, edit) in areas {
        let id = if name.starts_with("F-") { format!("{TPM}/{name}") } else { format!("tpm/{name}") };
        cases.reject(id, "7.1 step 22", plain(&|tpm| tpm.public_area = Box::new(edit)));
    }
    let statements: [(&str, fn(&mut Entries)); 7] = [
        ("ver 1.2", |map| set(map, "ver", t("1.2"))),
        ("no ver", |map| remove(map, "ver")),
        ("no certInfo", |map| remove(map, "certInfo")),
        ("no pubArea", |map| remove(map, "pubArea")),
        ("no x5c", |map| remove(map, "x5c")),
        ("sig not verifiable", |map| flip(map, "sig")),
        ("alg RS1 over an ES256 key", |map| set(map, "alg", C::Int(-65535))),
    ];
    for (name, edit) in statements {
        cases.reject(format!("tpm/{name}"), "7.1 step 22", bent(plain(&|_| {}), |r| r.statement = Box::new(edit)));
    }
    let leaves: [(&str, fn(&mut Certificate)); 9] = [
        ("a subject", |leaf| leaf.subject.push(("2.5.4.3", "TPM".to_owned()))),
        ("no alternative name", |leaf| leaf.extensions.truncate(0)),
        ("an alternative name without a vendor id", |leaf| leaf.extensions[0] = alternative_name("INTC")),
        ("an unknown vendor", |leaf| leaf.extensions[0] = alternative_name("id:00000000")),
        ("no extended key usage", |leaf| drop(leaf.extensions.pop())),
        ("another extended key usage", |leaf| leaf.extensions[1] = usage("1.3.6.1.5.5.7.3.2")),
        ("CA true", |leaf| leaf.ca = Some(true)),
        ("no basic constraints", |leaf| leaf.ca = None),
        ("version 2", |leaf| leaf.version = 2),
    ];
    for (name, bend) in leaves {
        let mut certificate = aik(aik_key);
        bend(&mut certificate);
        cases.reject(
            format!("tpm leaf/{name}"),
            "7.1 step 22",
            with(Signer::P256(1), Chain::short(certificate), &|_| {}),
        );
    }
}

fn android(cases: &mut Cases) {
    let with = |value: Extension| {
        Registration::new(Signer::P256(1), Shape::Android(Chain::long(Certificate::leaf(Signer::P256(1))), value))
    };
    let valid = || with(Box::new(|hash| description(hash, &[], &authorizations())));
    cases.accept(format!("{ANDROID}/P-1 valid"), valid());
    let wrong = with(Box::new(|_| description(&[1; 32], &[], &authorizations())));
    cases.reject(format!("{ANDROID}/F-1 wrong clientDataHash in the leaf"), "7.1 step 22", wrong);
    let other = Registration::new(
        Signer::P256(1),
        Shape::Android(
            Chain::long(Certificate::leaf(Signer::P256(2))),
            Box::new(|hash| description(hash, &[], &authorizations())),
        ),
    );
    cases.reject(format!("{ANDROID}/F-2 another public key in the leaf"), "7.1 step 22", other);
    let reversed = bent(valid(), |r| {
        r.statement = Box::new(|map| {
            let entry = map.iter_mut().find(|(key, _)| matches!(key, C::Text(name) if name == "x5c")).unwrap();
            let C::Array(list) = &mut entry.1 else { panic!("x5c") };
            list.reverse();
        });
    });
    cases.reject(format!("{ANDROID}/F-3 certificates in wrong order"), "7.1 step 22", reversed);
    let purpose = |value| der::explicit(1, &der::set(&[der::small(value)]));
    let origin = |value| der::explicit(702, &der::small(value));
    let all_applications = der::explicit(600, &der::null());
    let both = authorizations();
    let lists: Vec<(&str, Vec<Vec<u8>>, Vec<Vec<u8>>)> = vec![
        ("an imported key", vec![], vec![purpose(2), origin(2)]),
        ("two origins", vec![origin(0)], vec![purpose(2), origin(1)]),
        ("no origin", vec![], vec![purpose(2)]),
        ("no purpose", vec![], vec![origin(0)]),
        ("a key for encryption", vec![], vec![purpose(0), origin(0)]),
        ("open to all applications", vec![], vec![purpose(2), all_applications.clone(), origin(0)]),
        ("open to all applications by software", vec![all_applications], both.clone()),
    ];
    for (name, software, hardware) in lists {
        let forged = with(Box::new(move |hash| description(hash, &software, &hardware)));
        cases.reject(format!("android-key/{name}"), "7.1 step 22", forged);
    }
    let by_software = with(Box::new(|hash| description(hash, &authorizations(), &[])));
    cases.accept("android-key/authorized by software", by_software);
    let broken = with(Box::new(|hash| hash.to_vec()));
    cases.reject("android-key/a description that is none", "7.1 step 22", broken);
    let after = with(Box::new(|hash| [description(hash, &[], &authorizations()), vec![0]].concat()));
    cases.reject("android-key/bytes after the description", "7.1 step 22", after);
    cases.reject(
        "android-key/sig not verifiable",
        "7.1 step 22",
        bent(valid(), |r| r.statement = Box::new(|map| flip(map, "sig"))),
    );
    cases.reject(
        "android-key/no alg",
        "7.1 step 22",
        bent(valid(), |r| r.statement = Box::new(|map| remove(map, "alg"))),
    );
    let packed = Registration::packed(Chain::long(leaf()));
    let renamed = bent(packed, |r| r.object = Box::new(|map| set(map, "fmt", t("android-key"))));
    cases.reject("android-key/a packed statement", "7.1 step 22", renamed);
}

fn apple(cases: &mut Cases) {
    let with = |key, value: Extension| {
        Registration::new(Signer::P256(1), Shape::Apple(Chain::long(Certificate::leaf(key)), value))
    };
    cases.accept("apple/valid", with(Signer::P256(1), Box::new(apple_nonce)));
    let faults: [(&str, fn(&[u8]) -> Vec<u8>); 5] = [
        ("another nonce", |_| apple_nonce(&[0; 32])),
        ("a nonce without its sequence", der::octets),
        ("a nonce under another tag", |nonce| der::seq(&[der::explicit(2, &der::octets(nonce))])),
        ("bytes after the nonce", |nonce| [apple_nonce(nonce), vec![0]].concat()),
        ("a nonce cut short", |nonce| apple_nonce(&nonce[..31])),
    ];
    for (name, value) in faults {
        cases.reject(format!("apple/{name}"), "7.1 step 22", with(Signer::P256(1), Box::new(value)));
    }
    cases.reject("apple/another key certified", "7.1 step 22", with(Signer::P256(2), Box::new(apple_nonce)));
    let expired = bent(with(Signer::P256(1), Box::new(apple_nonce)), |r| {
        r.case = Box::new(|case| case["now"] = 2_500_000_000_u64.into())
    });
    cases.reject("apple/expired", "7.1 step 24", expired);
    let stranger = bent(with(Signer::P256(1), Box::new(apple_nonce)), |r| {
        let root = Certificate::authority(Signer::P256(0x71), "Another Root");
        r.anchors = vec![root.signed_by(&root)];
    });
    cases.reject("apple/under another root", "7.1 step 24", stranger);
}

fn compound(cases: &mut Cases) {
    let packed = || Shape::Packed(Chain::short(leaf()));
    let two = || vec![packed(), Shape::Packed(Chain::short(Certificate::leaf(Signer::P256(0x52))))];
    let make = |shapes| {
        let mut forged = Registration::new(Signer::P256(1), Shape::Compound(shapes));
        forged.anchors = vec![Chain::short(leaf()).root_der()];
        forged
    };
    cases.accept("compound/two packed statements", make(two()));
    cases.reject("compound/one statement", "7.1 step 22", make(vec![packed()]));
    cases.reject("compound/empty", "7.1 step 22", make(Vec::new()));
    cases.reject("compound/compound inside", "7.1 step 22", make(vec![packed(), Shape::Compound(two())]));
    cases.reject("compound/one part is none", "7.1 step 24", make(vec![packed(), Shape::None]));
    let mut expired = leaf();
    expired.until = "20250101000000Z";
    cases.reject(
        "compound/one part expired",
        "7.1 step 24",
        make(vec![packed(), Shape::Packed(Chain::short(expired))]),
    );
    let edits: [(&str, fn(&mut Entries)); 4] = [
        ("a part without fmt", |part| remove(part, "fmt")),
        ("a part of a retired format", |part| set(part, "fmt", t("android-safetynet"))),
        ("a part with more members", |part| part.push((t("x"), C::Int(1)))),
        ("a part whose signature is wrong", |part| {
            let entry = part.iter_mut().find(|(key, _)| matches!(key, C::Text(name) if name == "attStmt")).unwrap();
            let C::Map(statement) = &mut entry.1 else { panic!("attStmt") };
            flip(statement, "sig");
        }),
    ];
    for (name, edit) in edits {
        let forged = bent(make(two()), |r| {
            r.object = Box::new(move |map| {
                let C::Array(parts) = &mut map[1].1 else { panic!("attStmt") };
                let C::Map(part) = &mut parts[1] else { panic!("part") };
                edit(part);
            });
        });
        cases.reject(format!("compound/{name}"), "7.1 step 22", forged);
    }
    let array = bent(make(two()), |r| r.object = Box::new(|map| set(map, "fmt", t("packed"))));
    cases.reject("compound/called packed", "7.1 step 13", array);
    let map = bent(make(two()), |r| r.object = Box::new(|map| set(map, "attStmt", C::Map(vec![(t("0"), bytes(&[]))]))));
    cases.reject("compound/not an array", "7.1 step 13", map);
}
