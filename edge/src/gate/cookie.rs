//! The session cookie: what the edge may believe without asking, under a MAC.
//!
//! `__Host-sekisho`: Secure, HttpOnly, SameSite=Lax, Path=/, no Domain, gone with the browser. It carries the session
//! id, the proofs, the idle deadline and a short lease. The account's deadline decides; this one may lag, never lead.

use crate::House;
use crate::account::{AccountId, SessionKey, SessionState};
use crate::bound::{BindingId, Place};
use crate::keys::{CURRENT_AND_PREVIOUS, Keys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sekisho_rules::{Amr, Timestamp};
use zeroize::Zeroizing;

/// The cookie's name, with which those of our other cookies begin; the prefix makes browsers insist on Secure, Path=/ and no
/// Domain.
pub const NAME: &str = "__Host-sekisho";
/// No cookie of ours is longer; anything longer is not decoded.
const LONGEST: usize = 512;
const LAYOUT: u8 = 1;
/// Beside the bits of the proofs: whether the login was judged to be asked for more, where that is known. What knows nothing of it
/// reads the proofs all the same.
const ELEVATED: u8 = 0x80;
const LOW: u8 = 0x40;
const LABEL: &[u8] = b"session cookie";
const CSRF: &[u8] = b"cross-site token";
/// Of the token against forged requests: generation 1 · mark 32.
const CSRF_LENGTH: usize = 33;

/// What a session cookie says, once its MAC was found to be ours.
#[derive(Clone)]
pub struct Cookie {
    /// The account's object.
    pub account: AccountId,
    /// The session id itself; the account knows its hash.
    pub id: Zeroizing<[u8; 32]>,
    /// By which of the site's origins it was handed out: at another one it is nobody's.
    pub entrance: u8,
    /// Until when the edge may believe the rest without asking.
    pub lease: Timestamp,
    /// Where and with what it was last seen.
    pub place: Place,
    /// The session as the account last told it.
    pub session: SessionState,
}

impl Cookie {
    /// The session's key at its account: SHA-256 of the id.
    pub fn key(&self) -> SessionKey {
        session_key(&self.id)
    }

    /// The opaque id by which others may name the session: the first 16 bytes of its key.
    pub fn sid(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key().0.first_chunk::<16>().unwrap_or(&[0; 16]))
    }

    /// The session's token against forged requests: only a page that may read its answers has it.
    pub(crate) fn csrf(&self, keys: &Keys) -> String {
        let (generation, mark) = keys.mark(CSRF, &[&self.key().0]);
        URL_SAFE_NO_PAD.encode([&[generation], mark.as_slice()].concat())
    }

    /// Whether `token` is the one of this very session, of this or the last generation of keys; compared in constant time.
    pub(crate) fn has_csrf(&self, token: &str, keys: &Keys) -> bool {
        let bytes = Some(token)
            .filter(|token| token.len() <= CSRF_LENGTH * 2)
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let bytes: Option<[u8; CSRF_LENGTH]> = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.is_some_and(|[generation, mark @ ..]| {
            keys.is_marked(generation, CURRENT_AND_PREVIOUS, CSRF, &[&self.key().0], &mark)
        })
    }

    /// The session as it goes on under a new id: bound as it was shown to be, whatever its account knows of that yet.
    pub(crate) fn raised(&self, session: SessionState) -> SessionState {
        SessionState { bound: session.bound.or(self.session.bound), ..session }
    }

    /// The value, marked under the current key.
    pub fn seal(&self, keys: &Keys) -> String {
        let mut bytes = Zeroizing::new(vec![LAYOUT, self.entrance]);
        bytes.extend_from_slice(&self.account.0);
        bytes.extend_from_slice(self.id.as_slice());
        for moment in [self.lease, self.session.deadline, self.session.auth_time] {
            bytes.extend_from_slice(&moment.as_millis().to_be_bytes());
        }
        bytes.push(
            self.session.amr.bits() | self.session.elevated.map_or(0, |elevated| if elevated { ELEVATED } else { LOW }),
        );
        for text in [&self.session.channel, &self.session.customer] {
            bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
            bytes.extend(text.bytes().take(usize::from(u8::MAX)));
        }
        bytes.extend_from_slice(&self.place.network);
        bytes.extend_from_slice(&self.place.client);
        if let Some(binding) = self.session.bound {
            bytes.extend_from_slice(&binding.0);
        }
        let (generation, mark) = keys.mark(LABEL, &[&bytes]);
        bytes.push(generation);
        bytes.extend_from_slice(&mark);
        URL_SAFE_NO_PAD.encode(bytes.as_slice())
    }

    /// The session cookie of a request, if it is ours. Whether the session lives is the account's to say, and whether it is on
    /// its device [`House::session_of`](crate::House)'s.
    pub(crate) fn brought(header: &str, keys: &Keys) -> Option<Self> {
        Self::open(find(header)?, keys)
    }

    /// Reads a value; none unless every byte of it is as we marked it. Its moments are the caller's to hold
    /// against the clock.
    pub fn open(value: &str, keys: &Keys) -> Option<Self> {
        if value.len() > LONGEST {
            return None;
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(value).ok()?);
        let (rest, mark) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        let (generation, marked) = rest.split_last()?;
        if !keys.is_marked(*generation, CURRENT_AND_PREVIOUS, LABEL, &[marked], mark) {
            return None;
        }
        let mut reader = Reader(marked);
        let [layout, entrance] = reader.array()?;
        if layout != LAYOUT {
            return None;
        }
        let account = AccountId(reader.array()?);
        let id = Zeroizing::new(reader.array()?);
        let (lease, deadline, auth_time) = (reader.moment()?, reader.moment()?, reader.moment()?);
        let [amr] = reader.array()?;
        let (channel, customer) = (reader.text()?, reader.text()?);
        let place = Place { network: reader.array()?, client: reader.array()? };
        let bound = if reader.0.is_empty() { None } else { Some(BindingId(reader.array()?)) };
        let (amr, elevated) = (Amr::from_bits(amr), (amr & (ELEVATED | LOW) != 0).then_some(amr & ELEVATED != 0));
        let session = SessionState { customer, deadline, auth_time, amr, channel, bound, elevated, moved: false };
        reader.0.is_empty().then_some(Self { account, id, entrance, lease, place, session })
    }

    /// The `Set-Cookie` line that hands the cookie to the browser.
    pub fn set(&self, keys: &Keys) -> String {
        format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax", self.seal(keys))
    }
}

/// The `Set-Cookie` line that takes the cookie away.
pub fn clear() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The key under which an account knows the session `id`.
pub fn session_key(id: &[u8; 32]) -> SessionKey {
    let digest = ring::digest::digest(&ring::digest::SHA256, id);
    SessionKey(digest.as_ref().try_into().unwrap_or([0; 32]))
}

/// Our cookie's value within a `Cookie` header: none where it is absent or stands there twice, since a second one can
/// only have been planted.
pub fn find(header: &str) -> Option<&str> {
    find_named(header, NAME)
}

/// The same of the cookie called `wanted`.
pub fn find_named<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    let mut found = None;
    for value in values(header, wanted) {
        if found.replace(value).is_some() {
            return None;
        }
    }
    found
}

/// The names in a `Cookie` header that begin with `prefix`, without it, as the browser orders them: the oldest first (RFC 6265 §5.4).
pub(crate) fn named<'a>(header: &'a str, prefix: &str) -> impl Iterator<Item = &'a str> {
    header.split(';').filter_map(move |pair| pair.trim().strip_prefix(prefix)?.split_once('=')).map(|(name, _)| name)
}

/// Each value of the cookie called `wanted`. What separates cookies is ASCII, so bytes do, which every request has to go through.
fn values<'a>(header: &'a str, wanted: &str) -> impl Iterator<Item = &'a str> {
    header.as_bytes().split(|byte| matches!(byte, b';' | b',')).filter_map(move |pair| {
        let value = pair.trim_ascii().strip_prefix(wanted.as_bytes())?.strip_prefix(b"=")?;
        str::from_utf8(value).ok()
    })
}

/// Whether a `Cookie` header has ours at all, however often.
pub fn is_named(header: &str) -> bool {
    values(header, NAME).next().is_some()
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn moment(&mut self) -> Option<Timestamp> {
        self.array().map(u64::from_be_bytes).map(Timestamp::from_millis)
    }

    fn text(&mut self) -> Option<String> {
        let [length] = self.array()?;
        let (text, rest) = self.0.split_at_checked(usize::from(length))?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }
}

impl House {
    /// The cookie of a session that the account has just vouched for.
    pub(crate) fn leased(
        &self,
        account: AccountId,
        id: Zeroizing<[u8; 32]>,
        (entrance, place): (u8, Place),
        session: SessionState,
        now: Timestamp,
    ) -> Cookie {
        let rule = self.config.session_of(&session.channel);
        let lease = rule.idle.lease_end(session.deadline, now, rule.lease);
        Cookie { account, id, entrance, lease, place, session }
    }
}

#[cfg(test)]
mod tests;
