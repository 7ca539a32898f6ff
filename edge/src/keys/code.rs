//! One-time codes that nobody keeps: six digits made of a key and of what they are for, and made again to compare.

use super::{CURRENT_AND_PREVIOUS, Keys, labelled, short};
use crate::account::{AccountId, SessionKey};
use crate::gate::session_key;
use crate::name::NameTag;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sekisho_rules::Secret;

const PENDING: &[u8] = b"pending sign-in";
/// 65 bytes in base64url.
const LENGTH: usize = 87;

/// What a code is for; one sent for one thing is no code for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// The second step of a sign-in by password.
    SignIn,
    /// Confirming the mail address that it is sent to.
    Address,
}

impl CodeUse {
    /// Its name in SQL, and in what the code is made of.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Address => "address",
        }
    }
}

impl Keys {
    /// The generation under which codes are made now.
    pub(crate) fn code_generation(&self) -> u8 {
        self.mac.0.first().map_or(0, |generation| generation.number)
    }

    /// The code of the `sending`-th letter for `purpose` under `key`, a sign-in under way or a session of `account`; none
    /// where `generation` is believed no longer.
    ///
    /// The store keeps the generation and the count, so that neither a code nor a hash of one, which six digits would
    /// not protect, ever lies anywhere.
    pub(crate) fn code(
        &self,
        generation: u8,
        account: AccountId,
        purpose: CodeUse,
        key: SessionKey,
        (sending, address): (i64, &str),
    ) -> Option<Secret> {
        let mut known = self.mac.0.iter().take(CURRENT_AND_PREVIOUS);
        let ring = known.find(|ring| ring.number == generation)?;
        let sending = sending.to_be_bytes();
        let parts: [&[u8]; 5] = [&account.0, purpose.name().as_bytes(), &key.0, &sending, address.as_bytes()];
        let mark = labelled(ring, b"one-time code", &parts);
        // Of 2^64 numbers, a million divides all but a few: no digit is likelier than another by more than 10^-13.
        let number = u64::from_be_bytes(short(&mark)) % 1_000_000;
        Some(Secret::new(format!("{number:06}")))
    }

    /// The twelve digits that stop the `change`-th change of the verified address of `account`; none where `generation` is
    /// believed no longer.
    pub(crate) fn stop_number(&self, generation: u8, account: AccountId, change: i64) -> Option<Secret> {
        let mut known = self.mac.0.iter().take(CURRENT_AND_PREVIOUS);
        let ring = known.find(|ring| ring.number == generation)?;
        let mark = labelled(ring, b"stop number", &[&account.0, &change.to_be_bytes()]);
        let number = u64::from_be_bytes(short(&mark)) % 1_000_000_000_000;
        Some(Secret::new(format!("{number:012}")))
    }

    /// The bucket in which tries to stop a change are counted for a login name: another one than its logins have.
    pub(crate) fn stop_bucket(&self, canonical: &str) -> NameTag {
        // No login name holds a control character.
        self.name_tags(&format!("\0{canonical}")).first().copied().unwrap_or(NameTag([0xff; 32]))
    }

    /// What a browser holds of a sign-in that waits for its code: account 16 · id 32 · generation 1 · mark 16, base64url.
    pub(crate) fn pending(&self, account: AccountId, id: &[u8; 32]) -> String {
        let mut bytes = account.0.to_vec();
        bytes.extend_from_slice(id);
        let (generation, mark) = self.mark(PENDING, &[&bytes]);
        bytes.push(generation);
        bytes.extend(mark.iter().take(16));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The account and the sign-in that `text` names, if the mark is ours; whether it still waits is the account's to say.
    pub(crate) fn pending_of(&self, text: &str) -> Option<(AccountId, SessionKey)> {
        let bytes = URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() == LENGTH)?).ok()?;
        let (named, rest) = bytes.split_at_checked(48)?;
        let (generation, mark) = rest.split_first()?;
        let ours = self.is_marked(*generation, CURRENT_AND_PREVIOUS, PENDING, &[named], mark);
        let (account, id) = named.split_at_checked(16)?;
        ours.then(|| (AccountId(short(account)), session_key(&short(id))))
    }
}
