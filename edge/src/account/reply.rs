//! What an account answers, and what its owner may see of it. Unmasked: masking is the router's last step.

use super::Profile;
use super::passkey::Confirming;
use crate::bound::BindingId;
use crate::name::NameTag;
use crate::wire;
use sekisho_rules::{Amr, Refusal, Standing, Timestamp};
use serde::{Deserialize, Serialize};

/// A credential as options name it: its id and its transports.
pub type CredentialName = (Vec<u8>, Vec<String>);

/// What an account answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Done, nothing to tell.
    Done,
    /// Whether an import made something new.
    Imported(bool),
    /// A session was opened.
    SignedIn(Box<SignedIn>),
    /// A code was sent.
    CodeAsked(CodeAsked),
    /// The code was not the right one.
    CodeWrong {
        /// How many tries are left; at none the code is void.
        left: u8,
    },
    /// The new password breaks the rules.
    PasswordRefused(Vec<Complaint>),
    /// The session is live.
    Session(SessionState),
    /// The live sessions, the newest first.
    Sessions(Vec<SessionView>),
    /// What is kept of a form, base64url.
    Parked(String),
    /// The credentials that may answer a challenge.
    Allowed(Vec<CredentialName>),
    /// The session is not live: idle, ended or unknown.
    Gone(#[serde(with = "wire::standing")] Standing),
    /// What a registration's options are made of.
    PasskeyOptions(PasskeyOptions),
    /// A passkey as the customer sees it.
    Passkey(PasskeyView),
    /// All passkeys.
    Passkeys(PasskeyList),
    /// What the confirmation of an operation is made of.
    Confirming(Confirming),
    /// Who this is.
    Me(Box<Me>),
    /// A page of the history.
    History {
        /// Newest first.
        entries: Vec<LoginEntry>,
        /// Whether older ones exist.
        more: bool,
    },
    /// How the account stands, for staff, as JSON.
    Standing(String),
    /// Refused, with what may be said of it.
    Refused {
        /// The public code.
        #[serde(with = "wire::refusal")]
        refusal: Refusal,
        /// Until when, where waiting helps.
        until: Option<Timestamp>,
    },
}

/// A session just opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignedIn {
    /// The new session id, for the cookie and nobody else.
    #[serde(with = "wire::bytes32")]
    pub id: [u8; 32],
    /// Its state.
    pub session: SessionState,
    /// The login before this one.
    pub last: Option<LoginEntry>,
    /// The password no longer meets the rules: ask for a new one.
    pub renew_password: bool,
    /// Whether the customer may be asked to confirm a mail address.
    #[serde(default)]
    pub lacks_address: bool,
    /// The name under which the password was tried before its code, on no known device: it counts no more where that was.
    #[serde(default)]
    pub name: Option<NameTag>,
}

/// Why a password cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// The rules' code.
    pub code: String,
    /// `refuse` or `warn`.
    pub severity: String,
}

/// A code on its way.
#[derive(Debug, Serialize, Deserialize)]
pub struct CodeAsked {
    /// The sign-in under way, for the browser that began it and nobody else; none where it has it already.
    pub pending: Option<[u8; 32]>,
    /// When it was asked for; its letter tells the same.
    pub at: Timestamp,
    /// The address or number it goes to, masked.
    pub masked: String,
    /// The number to which another may go as a text message, masked; none where that is not offered.
    pub sms: Option<String>,
    /// Whether it is asked for because the login is unlike its owner's.
    pub unusual: bool,
    /// Whether the account has a passkey that has worked: it is the better answer, and comes first.
    pub passkey: bool,
    /// Until when it may be entered.
    pub until: Timestamp,
    /// When another may be asked for.
    pub resend: Timestamp,
}

/// A live session as the edge needs it for cookie and assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionState {
    /// The customer's number at the origin.
    pub customer: String,
    /// When it ends by itself.
    pub deadline: Timestamp,
    /// When the customer last proved who they are.
    pub auth_time: Timestamp,
    /// How.
    pub amr: Amr,
    /// By which channel the session was opened.
    pub channel: String,
    /// What it is bound to, once its browser has shown that it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<BindingId>,
    /// Whether its login was judged to be asked for more, and nothing was shown since that answers it; none where the login was of a
    /// release that did not keep it.
    #[serde(default)]
    pub elevated: Option<bool>,
    /// Whether it was used from elsewhere and has not been proved since.
    #[serde(default)]
    pub moved: bool,
}

/// A live session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The first 16 bytes of its key, by which it can be named.
    pub id: [u8; 16],
    /// By which channel it was opened.
    pub channel: String,
    /// Browser family and system.
    pub client: String,
    /// From where it was opened, as [`super::Visit::place`].
    pub place: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// When its customer last asked for something, to the quarter of an hour.
    pub last_seen: Timestamp,
    /// When it ends by itself.
    pub deadline: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Whether it is bound to its device.
    #[serde(default)]
    pub bound: bool,
}

/// What creation options are made of.
#[derive(Debug, Serialize, Deserialize)]
pub struct PasskeyOptions {
    /// The account number, shown by the authenticator.
    pub name: String,
    /// The customer's name, shown by the authenticator.
    pub display_name: String,
    /// Credentials that exist.
    pub exclude: Vec<CredentialName>,
}

/// The passkeys, and as whom the programs that keep them know the customer.
#[derive(Debug, Serialize, Deserialize)]
pub struct PasskeyList {
    /// The oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// The account number.
    pub name: String,
    /// The customer's name.
    pub display_name: String,
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// The credential id.
    pub id: Vec<u8>,
    /// Its name.
    pub name: String,
    /// When it was registered.
    pub created: Timestamp,
    /// When it last opened a session.
    pub last_used: Option<Timestamp>,
    /// Whether it is kept by a passkey provider, on the owner's other devices as well.
    pub synced: bool,
    /// What model its authenticator says it is.
    pub aaguid: [u8; 16],
}

/// The customer, for the page after login. Unmasked: masking is the router's last step.
#[derive(Debug, Serialize, Deserialize)]
pub struct Me {
    /// The customer's number.
    pub customer: String,
    /// The profile; none until the origin has told it.
    pub profile: Option<Profile>,
    /// The login before this session's.
    pub last: Option<LoginEntry>,
    /// How many passkeys are registered.
    pub passkeys: u32,
    /// The mail address that was confirmed by a code.
    pub verified: Option<String>,
    /// The mobile number that was confirmed in the same way.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whether the customer may be asked to confirm an address.
    #[serde(default)]
    pub lacks_address: bool,
    /// Whether no password opens the account.
    pub passkey_only: bool,
}

/// One line of the login history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginEntry {
    /// When.
    pub at: Timestamp,
    /// By which channel.
    pub channel: String,
    /// `password`, `password_code`, `passkey`, `passkey_suspected` for one whose counter went back, `code` for one
    /// that became void, or `session_limit`.
    pub method: String,
    /// `success`, `failure`, `refused` for a login that found as many sessions as there may be, `ended` for a session that gave
    /// way to another, `asked` for one that has to be proved anew, or `confirmed` where a passkey that may be copied proved one.
    pub outcome: String,
    /// Browser family and system.
    pub client: String,
    /// From where, as [`super::Visit::place`].
    pub place: String,
    /// Its number: lines of one moment are told apart by it.
    #[serde(default)]
    pub line: i64,
}

impl Reply {
    /// A session goes on under the new id `id`.
    pub(super) fn goes_on(id: [u8; 32], session: SessionState) -> Self {
        let signed_in = SignedIn { id, session, last: None, renew_password: false, lacks_address: false, name: None };
        Self::SignedIn(Box::new(signed_in))
    }

    /// A refusal that waiting does not change.
    pub fn refused(refusal: Refusal) -> Self {
        Self::Refused { refusal, until: None }
    }
}
