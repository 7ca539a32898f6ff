//! Whether a key is a sound one of its kind. Libraries differ in what they check at import, so none is trusted with it.

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

fn on_curve(curve: Curve, point: &[u8]) -> bool {
    match curve {
        Curve::P256 => p256::PublicKey::from_sec1_bytes(point).is_ok(),
        Curve::P384 => p384::PublicKey::from_sec1_bytes(point).is_ok(),
        #[cfg(feature = "rare-keys")]
        Curve::P521 => p521::PublicKey::from_sec1_bytes(point).is_ok(),
        #[cfg(not(feature = "rare-keys"))]
        Curve::P521 => false,
    }
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
