//! What neither ring nor every WebCrypto has: Ed448 and ECDSA over P-521, verified in pure Rust.

use ed448_goldilocks::{Signature as Ed448Signature, VerifyingKey as Ed448Key};
use p521::ecdsa::signature::hazmat::PrehashVerifier as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::Verdict;
use crate::key::Hash;

/// Ed448 of RFC 8032, empty context.
pub(super) fn ed448(key: &[u8; 57], message: &[u8], signature: &[u8]) -> Verdict {
    let verify = || -> Option<bool> {
        let key = Ed448Key::from_bytes(key).ok()?;
        let signature = Ed448Signature::try_from(signature).ok()?;
        Some(key.verify_raw(&signature, message).is_ok())
    };
    verify().unwrap_or(false).into()
}

/// ECDSA over P-521; `signature` is r and s.
#[cfg_attr(not(any(feature = "ring", test)), allow(dead_code, reason = "WebCrypto has P-521"))]
pub(super) fn p521(point: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> Verdict {
    let digest = match hash {
        Hash::Sha256 => Sha256::digest(message).to_vec(),
        Hash::Sha384 => Sha384::digest(message).to_vec(),
        Hash::Sha512 => Sha512::digest(message).to_vec(),
        Hash::Sha1 => return Verdict::Invalid,
    };
    let verify = || -> Option<bool> {
        let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
        let signature = p521::ecdsa::Signature::from_slice(signature).ok()?;
        Some(key.verify_prehash(&digest, &signature).is_ok())
    };
    verify().unwrap_or(false).into()
}
