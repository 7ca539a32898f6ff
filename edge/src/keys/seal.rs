//! Opens what the browser sealed (HPKE, RFC 9180), and hands out the attempts under which it seals.
//!
//! An attempt is a token of our own: it carries its date, the number of the key to seal to, and our mark over both. That
//! it is used once is the account's to see.

use super::{CURRENT_AND_PREVIOUS, Generation, Keys, Purpose, short};
use crate::account::Attempt;
use crate::wire::{from_hex, to_hex};
use hpke::aead::{AeadTag, ChaCha20Poly1305};
use hpke::inout::InOutBuf;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, Serializable as _, single_shot_open_inout_detached};
use rand_core::Rng;
use ring::digest::{SHA256, digest};
use sekisho_rules::sealing::{ENCAPSULATED, INFO, Place, SEALED, TAG, unpad};
use sekisho_rules::{Refusal, Secret, Timestamp};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long an attempt may be used.
pub(crate) const LIFE: Duration = Duration::from_secs(600);
/// The number of the sealing key · the challenge.
const TOKEN: usize = 1 + 41;

/// A private X25519 key, wiped on drop.
pub(super) struct SealKey(<X25519HkdfSha256 as Kem>::PrivateKey);

impl SealKey {
    pub(super) fn new(bytes: &[u8; 32]) -> Option<Self> {
        <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(bytes).ok().map(Self)
    }

    /// SealBase undone (RFC 9180 §6.1) for `sealed`: the encapsulated key, the ciphertext, the tag.
    fn open(&self, sealed: &[u8], info: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (encapsulated, rest) = sealed.split_at_checked(ENCAPSULATED)?;
        let (ciphertext, tag) = rest.split_last_chunk::<TAG>()?;
        let mut text = Zeroizing::new(ciphertext.to_vec());
        single_shot_open_inout_detached::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.0,
            &<X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?,
            info,
            InOutBuf::from(text.as_mut_slice()),
            aad,
            &AeadTag::from_bytes(tag).ok()?,
        )
        .ok()?;
        Some(text)
    }
}

/// What a browser is handed to seal with.
pub(crate) struct Begun {
    /// The attempt's token, in hex.
    pub attempt: String,
    /// The public key to seal to, in hex.
    pub key: String,
}

/// An attempt that came back, and is ours, in time and for who brings it.
#[derive(Clone)]
pub(crate) struct Returned<'a> {
    token: &'a str,
    key: u8,
    until: Timestamp,
}

impl Returned<'_> {
    /// What the account has to remember of it, once it is used for the canonical name `name` (empty where there is none).
    ///
    /// For this name alone: many unknown ones share a decoy, and one attempt under two of them would otherwise be answered
    /// in another way than under two that exist. What was sealed is bound to its login id, so it is good once all the same.
    pub fn attempt(&self, name: &str) -> Attempt {
        // A token has one length, so no two pairs give the same bytes.
        let digest = digest(&SHA256, [self.token.as_bytes(), name.as_bytes()].concat().as_slice());
        Attempt { id: short(digest.as_ref()), until: self.until }
    }
}

impl Keys {
    /// A fresh attempt for whoever `binding` is (an account's id, or nobody), good from `now` for ten minutes.
    pub(crate) fn begin_attempt<R: Rng>(&self, rng: &mut R, binding: &[u8], now: Timestamp) -> Option<Begun> {
        let Generation { number, key } = self.seal.0.first()?;
        let challenge = self.challenge(rng, Purpose::Attempt, &[&[*number], binding].concat(), now + LIFE);
        let attempt = to_hex(&[&[*number], &*challenge.bytes].concat());
        let public = X25519HkdfSha256::sk_to_pk(&key.0).to_bytes();
        Some(Begun { attempt, key: to_hex(&public) })
    }

    /// The attempt of a `token`, if it is ours for `binding`, still good at `now`, and its key still kept.
    pub(crate) fn own_attempt<'a>(&self, token: &'a str, binding: &[u8], now: Timestamp) -> Option<Returned<'a>> {
        let bytes: [u8; TOKEN] = from_hex(token)?;
        let (key, challenge) = bytes.split_first()?;
        self.seal_key(*key)?;
        let challenge = self.own_challenge(challenge, Purpose::Attempt, &[&[*key], binding].concat(), now)?;
        Some(Returned { token, key: *key, until: challenge.until })
    }

    /// The password that the browser `sealed` under `returned` for the field `field` of the request to `path` with the
    /// login id `id`.
    ///
    /// # Errors
    /// Malformed where it has not the one length and form; broken where it was sealed for anything else than this.
    pub(crate) fn unseal(
        &self,
        returned: &Returned,
        (path, id, field): (&str, &str, &str),
        sealed: &Secret,
    ) -> Result<Secret, Refusal> {
        let bytes: [u8; SEALED] = from_hex(sealed.expose()).ok_or(Refusal::Malformed)?;
        let key = self.seal_key(returned.key).ok_or(Refusal::AttemptGone)?;
        let place = Place { attempt: returned.token, path, id, field };
        let padded = key.open(&bytes, INFO, &place.aad()).ok_or(Refusal::SealBroken)?;
        unpad(&padded).ok_or(Refusal::Malformed)
    }

    fn seal_key(&self, number: u8) -> Option<&SealKey> {
        let mut known = self.seal.0.iter().take(CURRENT_AND_PREVIOUS);
        known.find(|generation| generation.number == number).map(|generation| &generation.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn the_vectors_open() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/hpke.json")).unwrap();
        for vector in vectors["vectors"].as_array().unwrap() {
            let part = |name: &str| bytes(vector[name].as_str().unwrap());
            let key = SealKey::new(&part("skRm").try_into().unwrap()).unwrap();
            assert_eq!(X25519HkdfSha256::sk_to_pk(&key.0).to_bytes().as_slice(), part("pkRm"));
            let sealed = [part("enc"), part("ct")].concat();
            assert_eq!(**key.open(&sealed, &part("info"), &part("aad")).unwrap(), part("pt"));
            for at in 0..sealed.len() {
                let mut bent = sealed.clone();
                // The highest bit of an X25519 key is not looked at (RFC 7748 §5), but it is part of what is authenticated.
                bent[at] ^= 0x80;
                assert!(key.open(&bent, &part("info"), &part("aad")).is_none(), "byte {at}");
            }
            assert!(key.open(&sealed, b"", &part("aad")).is_none());
            assert!(key.open(&sealed, &part("info"), b"").is_none());
        }
    }

    #[test]
    fn a_key_of_no_order_opens_nothing() {
        let key = SealKey::new(&[7; 32]).unwrap();
        assert!(key.open(&[0; SEALED], INFO, b"").is_none());
        assert!(key.open(&[0; ENCAPSULATED + TAG - 1], INFO, b"").is_none());
    }
}
