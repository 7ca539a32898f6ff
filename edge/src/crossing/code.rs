//! The code of a crossing and the secret beside which it is believed.

use crate::account::{AccountId, SessionKey};
use crate::keys::{CURRENT_AND_PREVIOUS, Keys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use ring::digest;
use sekisho_rules::Timestamp;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a code is good.
pub(super) const LIFE: Duration = Duration::from_secs(30);
const LABEL: &[u8] = b"crossing";
/// What hides the device's number in an address, which is kept in histories and logs.
const VEIL: &[u8] = b"crossing's device";
/// Account 16 · session 32 · until 8 · device 16, veiled, zeros where there is none · generation 1 · mark 32.
const LENGTH: usize = 105;
/// How much of it names the session.
const NAMED: usize = 56;

/// What only the browser has that began the crossing.
pub(super) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub fn random<R: CryptoRng>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    pub fn read(text: &str) -> Option<Self> {
        Some(Self(Zeroizing::new(read_digest(text)?)))
    }

    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_slice())
    }

    /// Its SHA-256, by which another origin can name it.
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.hash())
    }

    fn hash(&self) -> [u8; 32] {
        digest::digest(&digest::SHA256, self.0.as_slice()).as_ref().try_into().unwrap_or([0; 32])
    }
}

/// 32 bytes in base64url.
pub(super) fn read_digest(text: &str) -> Option<[u8; 32]> {
    if text.len() != 43 {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// A live session, for one origin and one secret. It says nothing that opens anything: only its mark is believed, once.
pub(super) struct Code {
    pub account: AccountId,
    pub session: SessionKey,
    pub until: Timestamp,
    /// The number of the browser that has it, where the account has been logged in to from that.
    pub device: Option<[u8; 16]>,
}

impl Code {
    /// The code as it travels, for the origin `to` and the secret with this digest.
    pub fn seal(&self, keys: &Keys, to: u8, digest: &[u8; 32]) -> String {
        let mut bytes = self.account.0.to_vec();
        bytes.extend_from_slice(&self.session.0);
        bytes.extend_from_slice(&self.until.as_millis().to_be_bytes());
        let (_, veil) = keys.mark(VEIL, &[&bytes, digest]);
        bytes.extend(self.device.unwrap_or_default().iter().zip(veil).map(|(byte, over)| byte ^ over));
        let (generation, mark) = keys.mark(LABEL, &[&bytes, &[to], digest]);
        bytes.push(generation);
        bytes.extend_from_slice(&mark);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The code that `text` is, with its mark, if it is ours and was made for this origin and this secret.
    pub fn open(text: &str, keys: &Keys, here: u8, secret: &Secret) -> Option<(Self, [u8; 32])> {
        if text.len() > LENGTH * 2 {
            return None;
        }
        let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (marked, rest) = bytes.split_first_chunk::<{ NAMED + 16 }>()?;
        let (generation, mark) = rest.split_first()?;
        let mark: [u8; 32] = mark.try_into().ok()?;
        let digest = secret.hash();
        if !keys.is_marked(*generation, CURRENT_AND_PREVIOUS, LABEL, &[marked, &[here], &digest], &mark) {
            return None;
        }
        let (named, device) = marked.split_first_chunk::<NAMED>()?;
        let mut device: [u8; 16] = device.try_into().ok()?;
        let (current, veil) = keys.mark(VEIL, &[named, &digest]);
        device.iter_mut().zip(veil).for_each(|(byte, over)| *byte ^= over);
        // A key that changes within the half minute costs the browser no more than its number.
        let device = Some(device).filter(|device| current == *generation && *device != [0; 16]);
        let (account, rest) = named.split_first_chunk::<16>()?;
        let (session, until) = rest.split_first_chunk::<32>()?;
        let until = Timestamp::from_millis(u64::from_be_bytes(until.try_into().ok()?));
        Some((Self { account: AccountId(*account), session: SessionKey(*session), until, device }, mark))
    }
}
