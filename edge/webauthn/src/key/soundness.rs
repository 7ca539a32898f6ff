//! Whether a key is a sound one of its kind. Libraries differ in what they check at import, so none is trusted with it.

use crypto_bigint::{NonZero, U384};
use curve25519_dalek::edwards::CompressedEdwardsY;

use super::{Curve, Material};
use crate::error::{Fault, ensure};

/// RSA moduli outside this range are either weak or a way to burn time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

pub(super) fn check(material: &Material) -> Result<(), Fault> {
    match material {
        #[cfg(not(feature = "rare-keys"))]
        Material::Ec { curve: Curve::P521, .. } | Material::Ed448(_) => {
            Err(Fault::Key("keys of this kind are not taken here"))
        }
        Material::Ec { curve, point } => ensure(on_curve(*curve, point), Fault::Key("the point is not on the curve")),
        Material::Rsa { modulus, exponent } => rsa(modulus, exponent),
        Material::Ed25519(point) => ed25519(point),
        #[cfg(feature = "rare-keys")]
        Material::Ed448(point) => ed448(point),
    }
}

/// The field and the constant b of the curves whose equation is y² = x³ − 3x + b (SEC 2, sections 2.4.2 and 2.5.1).
const P256: (U384, U384) = (
    U384::from_be_hex(
        "00000000000000000000000000000000ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    ),
    U384::from_be_hex(
        "000000000000000000000000000000005ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    ),
);
const P384: (U384, U384) = (
    U384::from_be_hex(
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
    ),
    U384::from_be_hex(
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    ),
);

/// Whether an uncompressed point is one of the curve: each has a prime number of points, so that no other check is due.
fn on_curve(curve: Curve, point: &[u8]) -> bool {
    match curve {
        Curve::P256 => solves(P256, curve.coordinate_bytes(), point).is_some(),
        Curve::P384 => solves(P384, curve.coordinate_bytes(), point).is_some(),
        #[cfg(feature = "rare-keys")]
        Curve::P521 => p521::PublicKey::from_sec1_bytes(point).is_ok(),
        #[cfg(not(feature = "rare-keys"))]
        Curve::P521 => false,
    }
}

/// Something, where the two coordinates of `width` bytes after the byte 4 are below `p` and solve the equation.
fn solves((p, b): (U384, U384), width: usize, point: &[u8]) -> Option<()> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(width)?;
    let (x, y) = (coordinate(x, width, &p)?, coordinate(y, width, &p)?);
    let p = NonZero::new(p).into_option()?;
    let cube = x.square_mod(&p).mul_mod(&x, &p);
    let right = cube.sub_mod(&x, &p).sub_mod(&x, &p).sub_mod(&x, &p).add_mod(&b, &p);
    (y.square_mod(&p) == right).then_some(())
}

fn coordinate(bytes: &[u8], width: usize, p: &U384) -> Option<U384> {
    let mut wide = [0; U384::BYTES];
    let start = U384::BYTES.checked_sub(width)?;
    if bytes.len() != width {
        return None;
    }
    wide.get_mut(start..)?.copy_from_slice(bytes);
    Some(U384::from_be_slice(&wide)).filter(|value| value < p)
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), Fault> {
    let (Some(&high), Some(&low)) = (modulus.first(), modulus.last()) else { return Err(Fault::Key("empty modulus")) };
    ensure(high != 0 && low & 1 == 1, Fault::Key("the modulus has a leading zero or is even"))?;
    let bits = modulus.len() * 8 - high.leading_zeros() as usize;
    ensure(RSA_BITS.contains(&bits), Fault::Key("the modulus is too short or too long"))?;
    // An exponent of 1 makes every message its own signature.
    let value = exponent.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    let plain = exponent.len() <= 4 && exponent.first().is_some_and(|&byte| byte != 0);
    ensure(plain && value >= 3 && value & 1 == 1, Fault::Key("the exponent is even, 1, too long or has a leading zero"))
}

/// Refuses points off the curve, second spellings of a point, and the eight points of small order, under which one
/// signature verifies for many messages.
fn ed25519(bytes: &[u8; 32]) -> Result<(), Fault> {
    let point = CompressedEdwardsY(*bytes).decompress().ok_or(Fault::Key("the point is not on the curve"))?;
    ensure(point.compress().0 == *bytes, Fault::Key("the point is not canonical"))?;
    ensure(!point.is_small_order(), Fault::Key("the point has small order"))
}

#[cfg(feature = "rare-keys")]
fn ed448(bytes: &[u8; 57]) -> Result<(), Fault> {
    use ed448_goldilocks::VerifyingKey;
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| Fault::Key("the point is not on the curve"))?;
    ensure(key.to_bytes().as_slice() == bytes, Fault::Key("the point is not canonical"))?;
    let point = key.to_edwards();
    // Cofactor 4: doubling twice takes exactly the points of small order to the neutral element.
    ensure(point.double().double() != ed448_goldilocks::EdwardsPoint::IDENTITY, Fault::Key("the point has small order"))
}

#[cfg(test)]
#[cfg(feature = "rare-keys")]
#[path = "soundness_tests.rs"]
mod tests;
