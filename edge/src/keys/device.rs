//! The cookie by which a browser is known again: random, long-lived, under our MAC, with the accounts that have been logged
//! in to from it. Which they are can only be asked, account by account, and not read.

use super::{EVERY, Keys, short};
use crate::account::AccountId;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::Rng;

/// The cookie's name; the prefix makes browsers insist on Secure, Path=/ and no Domain.
const NAME: &str = "__Host-sekisho-device";
/// The longest life that browsers grant, in seconds: 400 days (RFC 6265bis §5.5).
const LIFE: u32 = 400 * 86_400;
/// The most accounts that one device is known to; the oldest goes first.
const ACCOUNTS: usize = 8;
const MARK: usize = 16;
const LABEL: &[u8] = b"device";

/// A browser that has been here before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCookie {
    id: [u8; 16],
    accounts: Vec<[u8; 8]>,
}

impl DeviceCookie {
    /// A device that was never seen.
    pub fn new<R: Rng>(rng: &mut R) -> Self {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        Self { id, accounts: Vec::new() }
    }

    /// The cookie of a request; none where there is none, or one that is not as we made it.
    pub fn find(header: &str, keys: &Keys) -> Option<Self> {
        let mut values =
            header.split(';').filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == NAME);
        let (_, value) = values.next().filter(|(_, value)| value.len() <= 256)?;
        // A second one can only have been planted.
        if values.next().is_some() {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        let (rest, mark) = bytes.split_at_checked(bytes.len().checked_sub(MARK)?)?;
        let (generation, body) = rest.split_last()?;
        let (id, accounts) = body.split_first_chunk::<16>()?;
        let (accounts, rest) = accounts.as_chunks::<8>();
        let ours = rest.is_empty() && keys.is_marked(*generation, EVERY, LABEL, &[body], mark);
        ours.then(|| Self { id: *id, accounts: accounts.to_vec() })
    }

    /// The device's number.
    pub const fn id(&self) -> [u8; 16] {
        self.id
    }

    /// Whether no account has ever been logged in to from it: a browser that was never here, or hides that it was.
    pub const fn is_new(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Its number where this account has been logged in to from it.
    pub fn known_to(&self, account: AccountId) -> Option<[u8; 16]> {
        self.accounts.contains(&self.tag(account)).then_some(self.id)
    }

    /// How many accounts have been logged in to from it, as far as it is remembered.
    pub fn accounts(&self) -> u8 {
        u8::try_from(self.accounts.len()).unwrap_or(u8::MAX)
    }

    /// Notes that this account has been logged in to from it.
    #[must_use]
    pub fn with(mut self, account: AccountId) -> Self {
        let tag = self.tag(account);
        self.accounts.retain(|known| *known != tag);
        self.accounts.push(tag);
        let surplus = self.accounts.len().saturating_sub(ACCOUNTS);
        self.accounts.drain(..surplus);
        self
    }

    /// This browser as the device `id`, from which `account` has been logged in to, where it is that one or nobody's yet; none
    /// where others know it under a number of its own, which it keeps.
    pub fn carried(self, id: [u8; 16], account: AccountId) -> Option<Self> {
        let whose = if self.is_new() { Self { id, accounts: Vec::new() } } else { self };
        (whose.id == id).then(|| whose.with(account))
    }

    /// The `Set-Cookie` line that hands it to the browser.
    pub fn set(&self, keys: &Keys) -> String {
        let mut bytes = self.id.to_vec();
        bytes.extend(self.accounts.iter().flatten());
        let (generation, mark) = keys.mark(LABEL, &[&bytes]);
        bytes.push(generation);
        bytes.extend(mark.iter().take(MARK));
        let value = URL_SAFE_NO_PAD.encode(bytes);
        format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIFE}")
    }

    /// The account under the device's own number, so that two devices' cookies have nothing in common.
    fn tag(&self, account: AccountId) -> [u8; 8] {
        let digest = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.id), &account.0);
        short(digest.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::testing::{house, keyed_house};
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    fn value(set: &str) -> String {
        set.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn a_device_is_known_to_the_accounts_that_were_logged_in_to_from_it() {
        let (house, mut rng) = (house(), ChaCha20Rng::seed_from_u64(1));
        let (mine, other) = (AccountId([1; 16]), AccountId([2; 16]));
        let cookie = value(&DeviceCookie::new(&mut rng).with(mine).set(&house.keys));
        let found = DeviceCookie::find(&format!("a=b; {cookie}"), &house.keys).unwrap();
        assert_eq!(found.known_to(mine), Some(found.id()));
        assert_eq!(found.known_to(other), None);
        let many = (3..20).fold(found, |device, number| device.with(AccountId([number; 16])));
        assert_eq!(many.known_to(mine), None, "the oldest has gone");
        assert!(DeviceCookie::find(&value(&many.set(&house.keys)), &house.keys).is_some(), "nine would not fit");
    }

    #[test]
    fn a_made_up_cookie_or_two_are_none() {
        let (house, mut rng) = (house(), ChaCha20Rng::seed_from_u64(1));
        let cookie = value(&DeviceCookie::new(&mut rng).set(&house.keys));
        let other = keyed_house(&format!("1:{}", "E".repeat(43)));
        assert_eq!(DeviceCookie::find(&cookie, &other.keys), None);
        assert_eq!(DeviceCookie::find(&format!("{cookie}; {cookie}"), &house.keys), None);
        for (at, _) in cookie.char_indices().skip(NAME.len() + 1) {
            let mut bytes = cookie.clone().into_bytes();
            bytes[at] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            let found = DeviceCookie::find(&changed, &house.keys);
            assert_eq!(found, None, "character {at}");
        }
        assert_eq!(DeviceCookie::find("__Host-sekisho-device=", &house.keys), None);
    }
}
