//! What an account can be told, and what travels with it.

mod attempt;
mod profile;

pub use attempt::Attempt;
pub use profile::Profile;

use sekisho_rules::{Secret, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

use super::passkey::Operation;
use crate::bound::BindingId;
use crate::name::NameTag;
use crate::risk::Fingerprint;
use crate::wire;

/// The random name of an account's object, 128 bits, written as 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountId(pub [u8; 16]);
wire::as_hex!(AccountId, 16);

impl AccountId {
    /// In which of a hundred cohorts the customer is, for what is rolled out by and by; always the same.
    pub fn cohort(&self) -> u32 {
        self.0.last_chunk().copied().map_or(0, u32::from_be_bytes) % 100
    }
}

/// The SHA-256 of a session id: the form in which an object knows a session. The id itself stays in the cookie.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey(pub [u8; 32]);
wire::as_hex!(SessionKey, 32);

/// The first 16 bytes of the SHA-256 of what is kept of a form that waits for a proof.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParkedName(pub [u8; 16]);
wire::as_hex!(ParkedName, 16);

/// What a request showed that the account keeps: the channel it came by and a coarse name of the client.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The channel's name in the config, for instance `pc-main`.
    pub channel: String,
    /// Browser family and system, for instance `Chrome / Windows`; no version, no raw user agent.
    pub client: String,
    /// Where it came from, as [`crate::risk::Platform::place`] tells it; empty where nobody knows.
    #[serde(default)]
    pub place: String,
    /// Where it came from and with what. It is judged and remembered as numbers, and never kept as it is.
    #[serde(default)]
    pub shown: Fingerprint,
    /// The session of this account that the browser has: the one that a login opens takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<SessionKey>,
}

/// One thing that an account's object is asked to do. Each is `begin → check → finish` inside.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Makes the account, in the state `opening` until [`Command::Activate`]; idempotent by `receipt`.
    Open {
        /// The name that is reserved for it, given back if the opening lapses.
        name: NameTag,
        /// The issued account number, the customer's number at the origin.
        customer: String,
        /// The receipt number, which also names this opening.
        receipt: String,
        /// Who it is.
        profile: Box<Profile>,
        /// The first password; the rules were checked before.
        #[serde(with = "wire::secret")]
        password: Secret,
    },
    /// The name is confirmed: the account is open. Idempotent.
    Activate,
    /// Makes an account whose password the origin holds. Idempotent.
    Import {
        /// The customer's number at the origin.
        customer: String,
    },
    /// Signs in by password.
    SignIn {
        /// The canonical name's tag: one bucket of tries for every spelling.
        name: NameTag,
        /// The device, where this account knows it from a completed login: its tries are counted apart. A device that only
        /// other accounts know must not be told here, or each would bring a guesser tries of its own.
        device: Option<[u8; 16]>,
        /// What was typed.
        #[serde(with = "wire::secret")]
        password: Secret,
        /// The attempt under which it was sealed; absent where it came plain.
        attempt: Option<Attempt>,
        /// What the request showed.
        visit: Visit,
    },
    /// The code that was sent to the verified address: the second step of a sign-in by password.
    EnterCode {
        /// The sign-in under way.
        pending: SessionKey,
        /// What was entered, folded to half-width digits.
        #[serde(with = "wire::secret")]
        code: Secret,
        /// What the request showed.
        visit: Visit,
    },
    /// Asks for another code.
    ResendCode {
        /// The sign-in under way.
        pending: SessionKey,
        /// Whether by text message; by mail otherwise.
        sms: bool,
        /// What the request showed.
        visit: Visit,
    },
    /// Asks for a code to a mail address, to confirm it.
    BeginAddress {
        /// The session that asks.
        session: SessionKey,
        /// What is to be verified; the contact address where absent. Without `@` a mobile number, empty for the one on file.
        address: Option<String>,
    },
    /// Confirms the address.
    ConfirmAddress {
        /// The session that asks.
        session: SessionKey,
        /// What was entered, folded to half-width digits.
        #[serde(with = "wire::secret")]
        code: Secret,
    },
    /// Stops a change of the verified address, by the number that the letter to the one before it holds.
    StopAddress {
        /// Where tries for this login name are counted.
        bucket: NameTag,
        /// What was entered, folded to half-width digits.
        #[serde(with = "wire::secret")]
        number: Secret,
        /// What the request showed.
        visit: Visit,
    },
    /// Locks the account at its owner's word, without a new proof: every session ends, and no password opens it.
    Lock(SessionKey),
    /// Not now: the customer is asked for a mail address later.
    PutOffAddress(SessionKey),
    /// The confirmed mobile number gets codes no more.
    RemoveNumber(SessionKey),
    /// The desk has seen who it is: nothing holds logins by password any more.
    Release,
    /// The desk has seen who it is, and writes down the mail address that the code of their next login goes to and confirms.
    WriteDownAddress(String),
    /// Sets a new password.
    ChangePassword {
        /// The session that asks.
        session: SessionKey,
        /// The current one; absent where a passkey has just proved who asks.
        #[serde(with = "wire::optional_secret")]
        current: Option<Secret>,
        /// The new one.
        #[serde(with = "wire::secret")]
        password: Secret,
        /// The attempt under which they were sealed; absent where they came plain.
        attempt: Option<Attempt>,
    },
    /// Asks which passkeys may answer a login under the account's name.
    PasskeysForLogin,
    /// Signs in by passkey.
    PasskeySignIn {
        /// The challenge that our MAC was found on; it is good once.
        challenge: Vec<u8>,
        /// Until when it may be used.
        until: Timestamp,
        /// The browser's `AuthenticationResponseJSON`, as it came.
        response: String,
        /// What the request showed.
        visit: Visit,
    },
    /// Asks for what a passkey registration needs.
    BeginPasskey {
        /// The session that asks.
        session: SessionKey,
        /// The challenge to put into the options; kept until the finish takes it.
        challenge: Vec<u8>,
    },
    /// Finishes a passkey registration.
    FinishPasskey {
        /// The session that asks.
        session: SessionKey,
        /// The browser's `RegistrationResponseJSON`, as it came.
        response: String,
        /// How the customer calls it; a name is found where none is given.
        name: Option<String>,
        /// What the request showed.
        visit: Visit,
    },
    /// Asks for what a fresh proof by passkey needs.
    BeginStepUp {
        /// The session that asks.
        session: SessionKey,
        /// The challenge to put into the options; kept until the finish takes it.
        challenge: Vec<u8>,
    },
    /// Finishes it: the session goes on under a new id, its proof fresh.
    FinishStepUp {
        /// The session that asks.
        session: SessionKey,
        /// The browser's `AuthenticationResponseJSON`, as it came.
        response: String,
    },
    /// Asks for what the confirmation of one operation by passkey needs.
    BeginConfirm {
        /// The session that asks.
        session: SessionKey,
        /// Marked random bytes that go into the challenge; kept with the operation until the finish takes them.
        nonce: Vec<u8>,
        /// What is to be done.
        operation: Operation,
        /// Whether it is worded in English.
        english: bool,
    },
    /// Finishes it: the operation is carried out.
    FinishConfirm {
        /// The session that asks.
        session: SessionKey,
        /// The browser's `AuthenticationResponseJSON`, as it came.
        response: String,
    },
    /// From now on no password opens the account, or one does again; a passkey must just have proved who asks.
    PasskeyOnly {
        /// The session that asks.
        session: SessionKey,
        /// Whether passwords are refused.
        on: bool,
    },
    /// Lists the passkeys.
    Passkeys(SessionKey),
    /// Renames a passkey.
    RenamePasskey {
        /// The session that asks.
        session: SessionKey,
        /// The credential id.
        id: Vec<u8>,
        /// The new name.
        name: String,
    },
    /// Removes a passkey.
    DeletePasskey {
        /// The session that asks.
        session: SessionKey,
        /// The credential id.
        id: Vec<u8>,
    },
    /// A request of the session's customer: renews the lease, and inside the window the deadline.
    Touch {
        /// The session.
        session: SessionKey,
        /// Marked as background: it never extends.
        background: bool,
        /// It brought the cookie of the session's binding.
        #[serde(default)]
        shown: bool,
    },
    /// The session is used from elsewhere: it was asked to prove itself.
    Moved {
        /// The session.
        session: SessionKey,
        /// With what: browser family and system.
        client: String,
    },
    /// Binds the session to a key of its browser's.
    Bind {
        /// The session.
        session: SessionKey,
        /// The challenge that our MAC was found on; it is good once.
        challenge: Vec<u8>,
        /// Until when it may be used.
        until: Timestamp,
        /// The `dbsc+jwt` with the key, as it came.
        proof: String,
    },
    /// A browser shows that it has the key.
    Refresh {
        /// What the session is bound to.
        binding: BindingId,
        /// The challenge that our MAC was found on; it is good once.
        challenge: Vec<u8>,
        /// Until when it may be used.
        until: Timestamp,
        /// The `dbsc+jwt`, as it came.
        proof: String,
    },
    /// Carries the session on by token, for the key that has signed the proof.
    Possess {
        /// The session.
        session: SessionKey,
        /// The proof (RFC 9449), which is for this very request.
        proof: String,
        /// From where and with what, for the history.
        visit: Visit,
    },
    /// A request of the session's customer by token.
    Prove {
        /// The session.
        session: SessionKey,
        /// The proof, which is for this very request.
        proof: String,
        /// Marked as background: it never extends.
        background: bool,
    },
    /// Carries the session on at another of the site's origins.
    Cross {
        /// The session.
        session: SessionKey,
        /// The number of the origin.
        entrance: u8,
        /// The code's own mark: it is good once.
        #[serde(with = "wire::bytes32")]
        code: [u8; 32],
        /// Until when it is good, and has to be remembered.
        until: Timestamp,
    },
    /// Asks how the session stands, whatever carries it. Nothing is extended.
    Stands(SessionKey),
    /// Logs out.
    End(SessionKey),
    /// Ends every session: the word of the broker's staff.
    EndAll,
    /// How the account stands: what the broker's staff may see of it.
    Look,
    /// What nobody took is sent again: the word of the broker's staff.
    SendAgain,
    /// How its logins by password were judged: staff's, to say which of them were an attacker's.
    Judged {
        /// From this moment on.
        from: Timestamp,
        /// Up to this one.
        until: Timestamp,
    },
    /// Keeps a form while its sender gives the proof that its route asks for.
    Park {
        /// The session that sent it.
        session: SessionKey,
        /// Its name.
        name: ParkedName,
        /// The ciphertext, base64url.
        kept: String,
        /// Whether it comes from elsewhere than the session's place, and may be a copy's.
        moved: bool,
    },
    /// Asks for what is kept under a name.
    Parked {
        /// The session that asks.
        session: SessionKey,
        /// The name.
        name: ParkedName,
        /// Whether it is taken away, to be sent: one who asks gets it, nobody after them.
        take: bool,
    },
    /// Lists the live sessions.
    Sessions(SessionKey),
    /// Ends one other session, or all others.
    EndOther {
        /// The session that asks.
        session: SessionKey,
        /// The first 16 bytes of the other's key; all others where absent.
        other: Option<[u8; 16]>,
    },
    /// Who this is, for the page after login.
    Me(SessionKey),
    /// Asks whether the account was ever touched from an address: staff's, for a sweep.
    Accesses {
        /// The address.
        address: IpAddr,
    },
    /// A page of the login history.
    History {
        /// The session.
        session: SessionKey,
        /// Entries before this moment; the newest where absent.
        before: Option<Timestamp>,
        /// And of those of this very moment the ones before this line.
        #[serde(default)]
        line: i64,
    },
}
