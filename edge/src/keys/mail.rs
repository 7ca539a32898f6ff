//! The key under which letters are signed for their domain (DKIM, RFC 6376 and 8463).

use super::KeyFault;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// A private key and what it signs by.
pub struct MailKey {
    /// PKCS #8 (RFC 5958).
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// By which algorithm.
    pub algorithm: MailAlgorithm,
}

/// What receivers know: RSA everywhere, Ed25519 at some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rsa,
    /// Ed25519 over a SHA-256.
    Ed25519,
}

impl MailKey {
    /// Reads the base64 of a PKCS #8 key, with or without the lines of PEM around it; none where the text is empty.
    ///
    /// # Errors
    /// [`KeyFault::Mail`] where it is no such key.
    pub fn parse(text: &str) -> Result<Option<Self>, KeyFault> {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('-'));
        let joined: Zeroizing<String> = Zeroizing::new(lines.collect());
        if joined.is_empty() {
            return Ok(None);
        }
        let pkcs8 = Zeroizing::new(STANDARD.decode(joined.as_bytes()).map_err(|_| KeyFault::Mail)?);
        // The algorithm's identifier stands at the beginning: rsaEncryption, or id-Ed25519 (RFC 8410).
        let head = pkcs8.get(..32).ok_or(KeyFault::Mail)?;
        let names = |oid: &[u8]| head.windows(oid.len()).any(|part| part == oid);
        let algorithm = match () {
            () if names(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") => MailAlgorithm::Rsa,
            () if names(b"\x06\x03\x2b\x65\x70") => MailAlgorithm::Ed25519,
            () => return Err(KeyFault::Mail),
        };
        Ok(Some(Self { pkcs8, algorithm }))
    }
}
