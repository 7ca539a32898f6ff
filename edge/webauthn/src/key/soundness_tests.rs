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
    let mut p256 = p256::ProjectivePoint::GENERATOR;
    let mut p384 = p384::ProjectivePoint::GENERATOR;
    for _ in 0..64 {
        let on = [
            (Curve::P256, p256.to_affine().to_sec1_point(false).as_bytes().to_vec()),
            (Curve::P384, p384.to_affine().to_sec1_point(false).as_bytes().to_vec()),
        ];
        for (curve, point) in on {
            assert!(on_curve(curve, &point), "{point:02x?}");
            let half = 1 + curve.coordinate_bytes();
            for place in [0, 1, half - 1, half, point.len() - 1] {
                let mut off = point.clone();
                off[place] ^= 1;
                assert!(!on_curve(curve, &off), "{off:02x?}");
            }
            let swapped = [&[4], &point[half..], &point[1..half]].concat();
            assert!(!on_curve(curve, &swapped), "{swapped:02x?}");
            assert!(!on_curve(curve, &point[..point.len() - 1]));
            assert!(!on_curve(curve, &[&point[..], &[0]].concat()));
            assert!(!on_curve(curve, &point[..half]), "compressed by its length");
        }
        (p256, p384) = (p256 + p256, p384 + p384::ProjectivePoint::GENERATOR);
    }
    for curve in [Curve::P256, Curve::P384, Curve::P521] {
        assert!(!on_curve(curve, &[]));
        assert!(!on_curve(curve, &[0]), "the point at infinity");
        assert!(!on_curve(curve, &vec![4; 1 + 2 * curve.coordinate_bytes()]));
    }
}

#[test]
fn a_coordinate_has_one_spelling() {
    // x = 0 is on P-256 with the root of b as y; written as p it would be the same point in other bytes.
    let root = hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
    let p = hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    assert!(on_curve(Curve::P256, &[&[4], &[0; 32][..], &root].concat()));
    assert!(!on_curve(Curve::P256, &[&[4], &p[..], &root].concat()));
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
