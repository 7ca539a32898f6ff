//! Public keys and algorithms: what COSE and X.509 say of a key, and whether it is a sound one.
//!
//! Soundness (on the curve, no small order, RSA size and exponent) is decided here and never left to a host's library.

mod algorithm;
mod cose;
mod soundness;
mod spki;

pub use algorithm::{Algorithm, Hash, Scheme};
pub(crate) use algorithm::{algorithm_name, normalise_signature};
pub(crate) use cose::cose_key;
pub(crate) use spki::spki_key;

/// A NIST curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// secp256r1.
    P256,
    /// secp384r1.
    P384,
    /// secp521r1.
    P521,
}

impl Curve {
    /// Bytes of one coordinate.
    pub const fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// A public key that was found sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(crate) Material);

/// What the key consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Material {
    /// The uncompressed point, SEC 1: 4, x, y.
    Ec {
        curve: Curve,
        point: Vec<u8>,
    },
    /// Modulus and exponent, big-endian without leading zeros.
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    Ed25519([u8; 32]),
    Ed448([u8; 57]),
}

impl PublicKey {
    /// Takes the material only where it is sound.
    pub(crate) fn new(material: Material) -> Result<Self, crate::Fault> {
        soundness::check(&material)?;
        Ok(Self(material))
    }

    /// The curve of an EC key.
    pub(crate) fn curve(&self) -> Option<Curve> {
        match &self.0 {
            Material::Ec { curve, .. } => Some(*curve),
            _ => None,
        }
    }

    /// The uncompressed point of an EC key.
    pub(crate) fn point(&self) -> Option<&[u8]> {
        match &self.0 {
            Material::Ec { point, .. } => Some(point),
            _ => None,
        }
    }

    /// How long a signature by such a key is.
    pub(crate) fn signature_bytes(&self) -> usize {
        match &self.0 {
            Material::Ec { curve, .. } => 2 * curve.coordinate_bytes(),
            Material::Rsa { modulus, .. } => modulus.len(),
            Material::Ed25519(_) => 64,
            Material::Ed448(_) => 114,
        }
    }

    /// Whether a signature of `scheme` can be made with such a key.
    pub(crate) fn fits(&self, scheme: Scheme) -> bool {
        matches!(
            (&self.0, scheme),
            (Material::Ec { .. }, Scheme::Ecdsa(_))
                | (Material::Rsa { .. }, Scheme::RsaPkcs1(_) | Scheme::RsaPss(_))
                | (Material::Ed25519(_), Scheme::Ed25519)
                | (Material::Ed448(_), Scheme::Ed448)
        )
    }
}
