//! The ciphertext that an account keeps of a form, and its name.

use super::Form;
use crate::account::ParkedName;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use rand_core::Rng;
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

/// A key that is used for one form and never again, so that the nonce may stand still.
pub(super) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub fn random<R: Rng>(rng: &mut R) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_slice())
    }

    pub fn read(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.get(..43).filter(|_| text.len() == 43)?).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&(*self.0).into())
    }

    /// Target and body under the key; a target holds no line feed.
    pub fn seal(&self, form: &Form) -> Option<String> {
        let plain = Zeroizing::new(format!("{}\n{}", form.target, form.body));
        let sealed = self.cipher().encrypt(&Nonce::default(), plain.as_bytes()).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    pub fn open(&self, kept: &str) -> Option<Form> {
        let sealed = URL_SAFE_NO_PAD.decode(kept).ok()?;
        let plain = Zeroizing::new(self.cipher().decrypt(&Nonce::default(), sealed.as_slice()).ok()?);
        let (target, body) = std::str::from_utf8(&plain).ok()?.split_once('\n')?;
        Some(Form { target: target.to_owned(), body: body.to_owned() })
    }
}

/// The name of what is kept: its digest.
pub(super) fn name(kept: &str) -> ParkedName {
    let digest = digest(&SHA256, kept.as_bytes());
    ParkedName(*digest.as_ref().first_chunk().unwrap_or(&[0; 16]))
}
