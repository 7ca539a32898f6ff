//! Signatures checked by ring, for native builds; P-521 and Ed448, which ring lacks, in pure Rust.

use std::future::{Future, ready};

use ::ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_FIXED, ED25519,
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use der::Encode as _;
use der::asn1::UintRef;

#[cfg(feature = "rare-keys")]
use super::fallback;
use super::{Checked, Verdict, Verifier, sealed};
use crate::ceremony::{Check, Question};
use crate::key::{Curve, Hash, Material, Scheme};

/// Checks signatures with ring.
#[derive(Clone, Copy, Debug, Default)]
pub struct RingVerifier;

impl sealed::Sealed for RingVerifier {}

impl Verifier for RingVerifier {
    fn check(&self, check: Check) -> impl Future<Output = Checked> {
        let verdict = judge(&check.0);
        ready(Checked { check, verdict })
    }
}

fn judge(question: &Question) -> Verdict {
    let Question { scheme, key, message, signature } = question;
    match (&key.0, *scheme) {
        (Material::Ec { curve, point }, Scheme::Ecdsa(hash)) => ecdsa(*curve, hash, point, message, signature),
        (Material::Ed25519(key), Scheme::Ed25519) => plain(&ED25519, key, message, signature),
        #[cfg(feature = "rare-keys")]
        (Material::Ed448(key), Scheme::Ed448) => fallback::ed448(key, message, signature),
        (Material::Rsa { modulus, exponent }, scheme) => match rsa_parameters(scheme) {
            Some(parameters) => {
                RsaPublicKeyComponents { n: modulus, e: exponent }.verify(parameters, message, signature).is_ok().into()
            }
            None => Verdict::Unavailable,
        },
        _ => Verdict::Invalid,
    }
}

fn plain(algorithm: &'static dyn VerificationAlgorithm, key: &[u8], message: &[u8], signature: &[u8]) -> Verdict {
    UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok().into()
}

fn ecdsa(curve: Curve, hash: Hash, point: &[u8], message: &[u8], signature: &[u8]) -> Verdict {
    let (algorithm, der): (&'static dyn VerificationAlgorithm, bool) = match (curve, hash) {
        (Curve::P256, Hash::Sha256) => (&ECDSA_P256_SHA256_FIXED, false),
        (Curve::P256, Hash::Sha384) => (&ECDSA_P256_SHA384_ASN1, true),
        (Curve::P384, Hash::Sha256) => (&ECDSA_P384_SHA256_ASN1, true),
        (Curve::P384, Hash::Sha384) => (&ECDSA_P384_SHA384_FIXED, false),
        #[cfg(feature = "rare-keys")]
        (Curve::P521, _) => return fallback::p521(point, hash, message, signature),
        _ => return Verdict::Unavailable,
    };
    if !der {
        return plain(algorithm, point, message, signature);
    }
    match to_der(signature) {
        Ok(signature) => plain(algorithm, point, message, &signature),
        Err(_) => Verdict::Invalid,
    }
}

/// ring takes the mixed pairs of curve and digest, which only certificates have, in DER alone.
fn to_der(raw: &[u8]) -> der::Result<Vec<u8>> {
    let (r, s) = raw.split_at(raw.len() / 2);
    vec![UintRef::new(r)?, UintRef::new(s)?].to_der()
}

fn rsa_parameters(scheme: Scheme) -> Option<&'static RsaParameters> {
    Some(match scheme {
        Scheme::RsaPkcs1(Hash::Sha1) => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Scheme::RsaPkcs1(Hash::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
        Scheme::RsaPkcs1(Hash::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
        Scheme::RsaPkcs1(Hash::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
        Scheme::RsaPss(Hash::Sha256) => &RSA_PSS_2048_8192_SHA256,
        Scheme::RsaPss(Hash::Sha384) => &RSA_PSS_2048_8192_SHA384,
        Scheme::RsaPss(Hash::Sha512) => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}
