//! What we hand out and believe again without having kept it: challenges, attempts and user handles, each under a MAC.

use super::{CURRENT_AND_PREVIOUS, EVERY, Keys, full, labelled, short};
use crate::account::{AccountId, CredentialName, SessionKey};
use rand_core::Rng;
use sekisho_rules::Timestamp;

/// What a challenge was made for; one made for another purpose is not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A sign-in by passkey, no account known yet.
    SignIn,
    /// The registration of a passkey within a session.
    Register,
    /// The same by the browser itself, after a login by password, without asking the customer.
    Upgrade,
    /// A fresh proof by a passkey within a session.
    StepUp,
    /// The confirmation of one operation within a session.
    Confirm,
    /// A sign-in of staff's.
    StaffSignIn,
    /// The enrolment of a member of staff.
    StaffEnrol,
    /// The registration of a browser's key for a session.
    Bind,
    /// A signature with it.
    Refresh,
    /// An attempt, under which the browser seals passwords.
    Attempt,
}

/// A WebAuthn challenge, or an attempt, that carries its own date and our mark: nonce 16 · until 8 · generation 1 · mark 16.
///
/// That it is used only once is the account's to see: it takes or remembers the challenge in a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The bytes that the authenticator signs.
    pub bytes: Vec<u8>,
    /// Until when it may be used.
    pub until: Timestamp,
}

const NONCE: usize = 16;
const DATED: usize = NONCE + 8;
const LENGTH: usize = DATED + 1 + 16;
/// Behind the account's 16 bytes: the generation and 8 bytes of mark.
const HANDLE: usize = 16 + 1 + 8;

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::SignIn => b"challenge: sign-in",
            Self::Register => b"challenge: register",
            Self::Upgrade => b"challenge: upgrade",
            Self::StepUp => b"challenge: step-up",
            Self::Confirm => b"challenge: confirm",
            Self::StaffSignIn => b"challenge: staff sign-in",
            Self::StaffEnrol => b"challenge: staff enrol",
            Self::Bind => b"challenge: bind",
            Self::Refresh => b"challenge: refresh",
            Self::Attempt => b"attempt",
        }
    }
}

impl Keys {
    /// A fresh challenge for `purpose`, bound to `binding` (a session's key, a login name, or nothing), good until `until`.
    pub fn challenge<R: Rng>(&self, rng: &mut R, purpose: Purpose, binding: &[u8], until: Timestamp) -> Challenge {
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        self.dated(nonce, purpose, binding, until)
    }

    /// The challenge under which the browser of a session may register a key. The same session has the same one at the same
    /// moment: nobody can make the mark, and the account takes one key.
    pub(crate) fn binding_challenge(&self, session: SessionKey, until: Timestamp) -> Challenge {
        self.dated([0; NONCE], Purpose::Bind, &session.0, until)
    }

    fn dated(&self, nonce: [u8; NONCE], purpose: Purpose, binding: &[u8], until: Timestamp) -> Challenge {
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&until.as_millis().to_be_bytes());
        let (generation, mark) = self.mark(purpose.label(), &[&bytes, binding]);
        bytes.push(generation);
        bytes.extend(mark.iter().take(16));
        Challenge { bytes, until }
    }

    /// The challenge that `bytes` are, if we made it for this purpose and binding and it is still good at `now`.
    pub fn own_challenge(&self, bytes: &[u8], purpose: Purpose, binding: &[u8], now: Timestamp) -> Option<Challenge> {
        let (dated, rest) = bytes.split_at_checked(DATED).filter(|_| bytes.len() == LENGTH)?;
        let (generation, mark) = rest.split_first()?;
        let until = Timestamp::from_millis(u64::from_be_bytes(short(dated.get(NONCE..)?)));
        let ours = self.is_marked(*generation, CURRENT_AND_PREVIOUS, purpose.label(), &[dated, binding], mark);
        (ours && now < until).then(|| Challenge { bytes: bytes.to_vec(), until })
    }

    /// A credential id and its transports that nobody has, always the same for the same name: what a login by a name
    /// without passkeys is asked for. Made under the oldest key that is kept, so that a rotation does not betray it.
    pub fn made_up_credential(&self, canonical: &str) -> CredentialName {
        let oldest = self.name.oldest();
        let bytes = |part: u8| {
            oldest.map_or([0; 32], |generation| full(&generation.key, &[b"made-up", &[part], canonical.as_bytes()]))
        };
        let [kind, ..] = bytes(0);
        // As the common providers make them.
        let (length, transports): (usize, &[&str]) = match kind % 4 {
            0 => (32, &["internal"]),
            1 => (20, &["hybrid", "internal"]),
            _ => (16, &["hybrid", "internal"]),
        };
        let id = bytes(1).into_iter().take(length).collect();
        (id, transports.iter().map(|&transport| transport.to_owned()).collect())
    }

    /// The passkey user handle of an account: its id with a short mark, so that a made-up one touches no object. Made under
    /// the oldest key that is kept: a passkey is bound to its handle, and a rotation must not part them.
    pub fn user_handle(&self, account: AccountId) -> Vec<u8> {
        let mut handle = account.0.to_vec();
        if let Some(oldest) = self.mac.oldest() {
            handle.push(oldest.number);
            handle.extend(labelled(oldest, b"user handle", &[&account.0]).iter().take(8));
        }
        handle
    }

    /// The account that a user handle names, if the mark is ours, under any generation still kept.
    pub fn account_of(&self, handle: &[u8]) -> Option<AccountId> {
        let (id, rest) = handle.split_at_checked(16).filter(|_| handle.len() == HANDLE)?;
        let (generation, mark) = rest.split_first()?;
        self.is_marked(*generation, EVERY, b"user handle", &[id], mark).then(|| AccountId(short(id)))
    }
}
