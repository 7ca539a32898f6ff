use super::*;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// The encodings of the points of order 1, 2, 4 and 8, and the non-canonical ones that decode to them.
const SMALL_ORDER: [&str; 11] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn ed25519_points_of_small_order_are_refused() {
    for text in SMALL_ORDER {
        assert!(matches!(ed25519(&hex(text).try_into().unwrap()), Err(Fault::Key(_))), "{text}");
    }
    let base = hex("5866666666666666666666666666666666666666666666666666666666666666");
    assert_eq!(ed25519(&base.try_into().unwrap()), Ok(()));
    let off = hex("0200000000000000000000000000000000000000000000000000000000000000");
    assert_eq!(ed25519(&off.try_into().unwrap()), Err(Fault::Key("the point is not on the curve")));
}

#[test]
fn ed448_points_of_small_order_are_refused() {
    let mut one = [0u8; 57];
    one[0] = 1;
    assert!(ed448(&one).is_err());
    assert!(ed448(&[0; 57]).is_err());
    assert_eq!(ed448(&ed448_goldilocks::EdwardsPoint::GENERATOR.to_affine().compress().0), Ok(()));
}

#[test]
fn points_off_the_curve_are_refused() {
    use p256::elliptic_curve::sec1::ToSec1Point as _;
    let mut point = p256::AffinePoint::GENERATOR.to_sec1_point(false).as_bytes().to_vec();
    assert!(on_curve(Curve::P256, &point));
    point[64] ^= 1;
    assert!(!on_curve(Curve::P256, &point));
    assert!(!on_curve(Curve::P256, &[0]), "the point at infinity");
    assert!(!on_curve(Curve::P384, &[4; 97]));
    assert!(!on_curve(Curve::P521, &[4; 133]));
}

#[test]
fn rsa_keys_need_size_and_a_sane_exponent() {
    let modulus = vec![0xc1; 256];
    assert_eq!(rsa(&modulus, &[1, 0, 1]), Ok(()));
    assert_eq!(rsa(&modulus, &[3]), Ok(()));
    for exponent in [&[1][..], &[0], &[], &[2], &[0, 3], &[1, 0, 0, 0, 1], &[1, 0, 0]] {
        assert!(rsa(&modulus, exponent).is_err(), "{exponent:?}");
    }
    for bad in [vec![], vec![0xc1; 255], vec![0xc1; 1025], [&[0], &modulus[..]].concat(), [&modulus[..], &[2]].concat()]
    {
        assert!(rsa(&bad, &[1, 0, 1]).is_err(), "{} bytes", bad.len());
    }
}
