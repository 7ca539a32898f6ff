//! The house's keys, by generation: the current one makes, the current and the previous one are believed.
//!
//! Rotation is two deploys: put the new key second, so that all believe it, then first, so that all use it; for while a deploy
//! spreads, what one edge has made another reads. Cookies and challenges believe the two first; names and passkeys' user
//! handles, which live for years, every one that is still in the list.
//! What must never enter: a key in a log, in Debug, or in an answer.

mod code;
mod device;
mod jwt;
mod mail;
mod marks;
mod seal;
mod trace;

pub use code::CodeUse;
pub use device::DeviceCookie;
pub use jwt::{JwtKey, sign};
pub use mail::{MailAlgorithm, MailKey};
pub use marks::{Challenge, Purpose};
pub(crate) use seal::Returned;
use seal::SealKey;
pub use trace::Trace;

use crate::account::AccountId;
use crate::name::NameTag;
use crate::network::PrefixTag;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use zeroize::Zeroizing;

/// One generation of a key.
struct Generation<K = hmac::Key> {
    /// Its number, written into what it marks.
    number: u8,
    key: K,
}

/// A key in its generations, the current one first.
struct Ring<K = hmac::Key>(Vec<Generation<K>>);

/// What lives for hours is believed under the current and the previous generation.
pub(crate) const CURRENT_AND_PREVIOUS: usize = 2;
/// A name or a passkey's user handle lives for years: every generation that is still there counts.
const EVERY: usize = GENERATIONS;
/// The most generations a ring holds.
const GENERATIONS: usize = 16;

/// All keys of the house.
pub struct Keys {
    mac: Ring,
    name: Ring,
    seal: Ring<SealKey>,
    jwt: Vec<JwtKey>,
}

/// Why a key text cannot be used; it never holds a part of the key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The text is not `2:<43 base64url>,1:<43 base64url>`.
    #[error(
        "must be 1 to 16 generations, current first, numbers all different: NUMBER:BASE64URL-OF-32-BYTES, joined by commas"
    )]
    Generations,
    /// The text is not a JSON array of one or two private EC P-256 keys.
    #[error("must be a JSON array of one or two private P-256 JWKs with kid, current first (RFC 7517)")]
    Jwks,
    /// The text is no private key that signs letters.
    #[error("must be the base64 of a PKCS #8 RSA or Ed25519 key, or empty")]
    Mail,
}

impl Keys {
    /// Reads the four key texts: MAC, name and sealing keys by generation, JWT keys as private JWKs.
    ///
    /// # Errors
    /// [`KeyFault`] with what the text must look like.
    pub fn parse(mac: &str, name: &str, seal: &str, jwt: &str) -> Result<Self, Vec<(&'static str, KeyFault)>> {
        let hmac = |bytes: &[u8; 32]| Some(hmac::Key::new(hmac::HMAC_SHA256, bytes));
        let mac = Ring::parse(mac, hmac).map_err(|fault| ("SEKISHO_MAC_KEYS", fault));
        let name = Ring::parse(name, hmac).map_err(|fault| ("SEKISHO_NAME_KEYS", fault));
        let seal = Ring::parse(seal, SealKey::new).map_err(|fault| ("SEKISHO_SEAL_KEYS", fault));
        let jwt = JwtKey::parse_all(jwt).map_err(|fault| ("SEKISHO_JWT_KEYS", fault));
        match (mac, name, seal, jwt) {
            (Ok(mac), Ok(name), Ok(seal), Ok(jwt)) => Ok(Self { mac, name, seal, jwt }),
            (mac, name, seal, jwt) => {
                Err([mac.err(), name.err(), seal.err(), jwt.err()].into_iter().flatten().collect())
            }
        }
    }

    /// The tags of a canonical login name, under the current key first, then under each that is still kept: a name that
    /// nobody has used for years is found all the same.
    pub fn name_tags(&self, canonical: &str) -> Vec<NameTag> {
        let tag = |generation: &Generation| NameTag(full(&generation.key, &[b"name", canonical.as_bytes()]));
        self.name.0.iter().take(EVERY).map(tag).collect()
    }

    /// The decoy account that stands in for an unknown name: one of 256, always the same for the same name.
    pub fn decoy(&self, tag: NameTag) -> AccountId {
        let number = tag.0.first().copied().unwrap_or_default();
        let bytes = self.name.0.first().map_or([0; 32], |generation| full(&generation.key, &[b"decoy", &[number]]));
        AccountId(short(&bytes))
    }

    /// What an account's memory of logins is salted with: its own salt under the oldest key of names, which is kept for good.
    pub(crate) fn habit_key(&self, salt: &[u8]) -> [u8; 32] {
        self.name.oldest().map_or([0; 32], |generation| full(&generation.key, &[b"habits", salt]))
    }

    /// What the counts of all customers are salted with, under the oldest key of names too: one salt for all, so that they add up.
    pub(crate) fn crowd_key(&self) -> [u8; 32] {
        self.name.oldest().map_or([0; 32], |generation| full(&generation.key, &[b"crowd"]))
    }

    /// The tag of a network prefix. Under the current key alone: what is counted for an hour may begin anew at a rotation.
    pub fn prefix_tag(&self, prefix: &[u8]) -> PrefixTag {
        let tag = |generation: &Generation| full(&generation.key, &[b"prefix", prefix]);
        PrefixTag(self.name.0.first().map_or([0; 32], tag))
    }

    /// What an isolate remembers things under. It is forgotten within minutes, so the current key alone will do.
    pub(crate) fn lane(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.mac.0.first().map_or([0; 32], |generation| labelled(generation, b"lane", parts))
    }

    /// The key that signs JWTs now.
    pub fn signing_key(&self) -> Option<&JwtKey> {
        self.jwt.first()
    }

    /// The public keys, current and previous, as a JWK Set (RFC 7517 §5).
    pub fn jwks(&self) -> serde_json::Value {
        serde_json::json!({ "keys": self.jwt.iter().map(JwtKey::public_jwk).collect::<Vec<_>>() })
    }

    /// Marks `parts` for `label` under the current key: the generation's number and the 32 bytes.
    pub(crate) fn mark(&self, label: &[u8], parts: &[&[u8]]) -> (u8, [u8; 32]) {
        self.mac.0.first().map_or((0, [0; 32]), |generation| (generation.number, labelled(generation, label, parts)))
    }

    /// Whether `mark` (32 bytes, or the first bytes of them, at least 8) stands on `parts` for `label` under
    /// generation `number`, one of the `believed` newest.
    pub(crate) fn is_marked(&self, number: u8, believed: usize, label: &[u8], parts: &[&[u8]], mark: &[u8]) -> bool {
        let known = self.mac.0.iter().take(believed).find(|generation| generation.number == number);
        let Some(generation) = known else { return false };
        let wanted = labelled(generation, label, parts);
        let Some(wanted) = wanted.get(..mark.len()).filter(|part| part.len() >= 8) else { return false };
        subtle::ConstantTimeEq::ct_eq(wanted, mark).into()
    }

    /// The same under whichever of the current generation and the one before it was made.
    pub(crate) fn is_marked_lately(&self, label: &[u8], parts: &[&[u8]], mark: &[u8]) -> bool {
        let mut numbers = self.mac.0.iter().take(CURRENT_AND_PREVIOUS).map(|generation| generation.number);
        numbers.any(|number| self.is_marked(number, CURRENT_AND_PREVIOUS, label, parts, mark))
    }
}

fn labelled(generation: &Generation, label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut all = vec![label];
    all.extend_from_slice(parts);
    full(&generation.key, &all)
}

/// HMAC-SHA256 over `parts`, each preceded by its length, so that no two lists of parts give the same text.
fn full(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    short(context.sign().as_ref())
}

/// The first `N` bytes of `bytes`, zero-filled where it is shorter (it never is).
fn short<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut first = [0; N];
    for (to, from) in first.iter_mut().zip(bytes) {
        *to = *from;
    }
    first
}

impl<K> Ring<K> {
    /// The generation of the lowest number, wherever it stands: what is made under it outlives a rotation unchanged.
    fn oldest(&self) -> Option<&Generation<K>> {
        self.0.iter().min_by_key(|generation| generation.number)
    }

    fn parse(text: &str, key: impl Fn(&[u8; 32]) -> Option<K>) -> Result<Self, KeyFault> {
        let ring: Option<Vec<_>> = text.split(',').map(|part| Generation::parse(part.trim(), &key)).collect();
        let ring = ring.filter(|ring| (1..=GENERATIONS).contains(&ring.len())).ok_or(KeyFault::Generations)?;
        let numbers: std::collections::BTreeSet<u8> = ring.iter().map(|generation| generation.number).collect();
        if numbers.len() == ring.len() { Ok(Self(ring)) } else { Err(KeyFault::Generations) }
    }
}

impl<K> Generation<K> {
    fn parse(text: &str, key: impl Fn(&[u8; 32]) -> Option<K>) -> Option<Self> {
        let (number, bytes) = text.split_once(':')?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(bytes).ok()?);
        let key = key(bytes.as_slice().try_into().ok()?)?;
        Some(Self { number: number.parse().ok()?, key })
    }
}

#[cfg(test)]
mod tests;
