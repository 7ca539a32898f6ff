//! The public key of a proof, as a JWK (RFC 7517, RFC 7518 §6).

use sha2::{Digest as _, Sha256};

use crate::error::{Fault, ensure};
use crate::key::{Algorithm, Curve, Material, PublicKey};
use crate::wire::base64url;
use crate::wire::json::{self, Json};

/// Members that only a private or a symmetric key has (RFC 7518 §6.2.2, §6.3.2, §6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The key that signs proofs: P-256 for ES256, or RSA of 2048 bits and more for RS256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofKey(PublicKey);

impl ProofKey {
    /// Reads a key that was kept as [`ProofKey::jwk`] wrote it.
    ///
    /// # Errors
    /// Where it is no public key of a kind that signs proofs.
    pub fn parse(jwk: &str) -> Result<Self, Fault> {
        Self::of(&json::parse(jwk.as_bytes())?)
    }

    pub(super) fn of(jwk: &Json) -> Result<Self, Fault> {
        let public = PRIVATE.iter().all(|name| jwk.get(name).is_none());
        ensure(public, Fault::Key("it is not public alone"))?;
        let bytes = |name: &'static str| base64url::decode(jwk.text(name)?, name);
        let material = match jwk.text("kty")? {
            "EC" => {
                ensure(jwk.text("crv") == Ok("P-256"), Fault::Key("unknown curve"))?;
                let (x, y) = (bytes("x")?, bytes("y")?);
                ensure(x.len() == 32 && y.len() == 32, Fault::Key("a coordinate is of another length"))?;
                Material::Ec { curve: Curve::P256, point: [&[4][..], &x, &y].concat() }
            }
            "RSA" => Material::Rsa { modulus: bytes("n")?, exponent: bytes("e")? },
            _ => return Err(Fault::Key("unknown key type")),
        };
        PublicKey::new(material).map(Self)
    }

    /// The key as a JWK with its required members alone, in the one spelling that RFC 7638 §3.2 gives it.
    pub fn jwk(&self) -> String {
        match &self.0.0 {
            Material::Rsa { modulus, exponent } => {
                let (n, e) = (base64url::encode(modulus), base64url::encode(exponent));
                ["{\"e\":\"", &e, "\",\"kty\":\"RSA\",\"n\":\"", &n, "\"}"].concat()
            }
            _ => {
                let (x, y) = self.0.point().and_then(|point| point.get(1..)?.split_at_checked(32)).unwrap_or_default();
                let (x, y) = (base64url::encode(x), base64url::encode(y));
                ["{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"", &x, "\",\"y\":\"", &y, "\"}"].concat()
            }
        }
    }

    /// Its thumbprint, SHA-256 in base64url (RFC 7638): the `jkt` of RFC 9449 §6.
    pub fn thumbprint(&self) -> String {
        base64url::encode(&Sha256::digest(self.jwk()))
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        if self.0.curve().is_some() { Algorithm::Es256 } else { Algorithm::Rs256 }
    }

    pub(super) const fn public_key(&self) -> &PublicKey {
        &self.0
    }
}
