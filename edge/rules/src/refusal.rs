//! Every way in which the edge says no to the outside, the same list in both worlds.

/// A public error code: what a stranger may know of a failure. Details stay in the operator's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The request is not what the endpoint takes: form, length, type, unknown or missing fields.
    Malformed,
    /// It did not come from a page of ours (Fetch Metadata, Origin).
    CrossSite,
    /// No such endpoint.
    NotFound,
    /// The endpoint knows another method.
    MethodNotAllowed,
    /// The body is longer than the endpoint takes.
    TooLarge,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// Name and password, or passkey, did not open a session; nothing more is said.
    SignInFailed,
    /// Too many failures under this name; time, a passkey or staff unlock it.
    Locked,
    /// No session: never opened, ended, or unknown.
    NoSession,
    /// The session ended by itself after its idle time.
    SessionIdle,
    /// The account has as many sessions as it may have, and this site ends none for another.
    SessionLimit,
    /// A session is there, but the operation asks for a fresher or stronger proof.
    InsufficientAuthentication,
    /// Sessions of this channel may only read what the site has named for it.
    ChannelLimited,
    /// The channel serves only sessions that are bound to their device, and this one is not.
    DeviceUnbound,
    /// The proof of possession that came with a token, or for one, is not good for this request.
    ProofRefused,
    /// The current password, asked for to set a new one, is not the right one.
    PasswordWrong,
    /// The password breaks the rules; the complaints are beside the code.
    PasswordRefused,
    /// Some of the fields are not acceptable; their names are beside the code.
    FieldsRefused,
    /// The challenge is used up, out of date, or was never ours.
    ChallengeGone,
    /// The attempt under which a password was sealed is used, out of date, or was never ours.
    AttemptGone,
    /// What was sealed does not open here: it belongs to another attempt, field, request or key.
    SealBroken,
    /// This site takes passwords sealed only.
    PlainRefused,
    /// The one-time code is not the right one; how many tries are left stands beside the code.
    CodeWrong,
    /// The one-time code is void, out of date or was never asked for.
    CodeGone,
    /// The mail address is confirmed already, or there is none to confirm.
    AddressKnown,
    /// The login is unlike its owner's and there is nothing at hand to prove it by: the desk helps.
    DeskNeeded,
    /// Login name and stop number do not belong together, or the time to stop has passed.
    StopUnknown,
    /// The passkey is registered already.
    PasskeyExists,
    /// The account has as many passkeys as it may have.
    PasskeyLimit,
    /// The device that keeps the passkey is of a model that is reported as broken.
    PasskeyModel,
    /// No such passkey on this account.
    PasskeyUnknown,
    /// The site demands passkeys: passwords cannot be turned on again.
    PasskeyRequired,
    /// The last way to log in cannot be removed.
    LastFactor,
    /// Too many requests; come back after the stated wait.
    RateLimited,
    /// Not available now; nothing was changed, or what was begun will be finished or undone by itself.
    Unavailable,
    /// The origin did not answer.
    OriginUnreachable,
    /// The origin did not answer in time; whether it did what was asked is not known.
    OriginTimeout,
    /// Ambiguous or forbidden path.
    PathRefused,
}

impl Refusal {
    /// Every refusal, for tables and tests.
    pub const ALL: [Self; 38] = [
        Self::Malformed,
        Self::CrossSite,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::SignInFailed,
        Self::Locked,
        Self::NoSession,
        Self::SessionIdle,
        Self::SessionLimit,
        Self::InsufficientAuthentication,
        Self::ChannelLimited,
        Self::DeviceUnbound,
        Self::ProofRefused,
        Self::PasswordWrong,
        Self::PasswordRefused,
        Self::FieldsRefused,
        Self::ChallengeGone,
        Self::AttemptGone,
        Self::SealBroken,
        Self::PlainRefused,
        Self::CodeWrong,
        Self::CodeGone,
        Self::AddressKnown,
        Self::DeskNeeded,
        Self::StopUnknown,
        Self::PasskeyExists,
        Self::PasskeyLimit,
        Self::PasskeyModel,
        Self::PasskeyUnknown,
        Self::PasskeyRequired,
        Self::LastFactor,
        Self::RateLimited,
        Self::Unavailable,
        Self::OriginUnreachable,
        Self::OriginTimeout,
        Self::PathRefused,
    ];

    /// The stable code, as it stands in `code` of the problem document.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status that carries it.
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// One English sentence for a developer, the problem document's `title`.
    pub const fn title(self) -> &'static str {
        self.row().2
    }

    /// The refusal of a `code`, or none where it is not of this list.
    ///
    /// ```
    /// use sekisho_rules::Refusal;
    /// for refusal in Refusal::ALL {
    ///     assert_eq!(Refusal::from_code(refusal.code()), Some(refusal));
    /// }
    /// ```
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }

    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::Malformed => ("malformed", 400, "The request is not of the form this endpoint takes."),
            Self::CrossSite => ("cross_site", 403, "The request did not come from a page of this site."),
            Self::NotFound => ("not_found", 404, "There is no such endpoint."),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "This endpoint takes another method."),
            Self::TooLarge => ("too_large", 413, "The body is too large."),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415, "The body must be application/json."),
            Self::SignInFailed => ("sign_in_failed", 401, "The sign-in did not succeed."),
            Self::Locked => ("locked", 429, "Too many failures; sign-in by password is held for a while."),
            Self::NoSession => ("no_session", 401, "There is no session."),
            Self::SessionIdle => ("session_idle", 401, "The session ended after its idle time."),
            Self::SessionLimit => ("session_limit", 409, "No more sessions can be opened; log out elsewhere first."),
            Self::InsufficientAuthentication => {
                ("insufficient_user_authentication", 401, "A fresher or stronger proof is needed.")
            }
            Self::ChannelLimited => ("channel_limited", 403, "Sessions of this channel may not do this."),
            Self::DeviceUnbound => ("device_unbound", 403, "The session must be bound to its device for this."),
            Self::ProofRefused => ("proof_refused", 401, "The proof of possession is not good for this request."),
            Self::PasswordWrong => ("password_wrong", 422, "The current password is not the right one."),
            Self::PasswordRefused => ("password_refused", 422, "The password breaks the rules."),
            Self::FieldsRefused => ("fields_refused", 422, "Some fields are not acceptable."),
            Self::ChallengeGone => ("challenge_gone", 409, "The challenge is used up or out of date; begin again."),
            Self::AttemptGone => ("attempt_gone", 409, "The attempt is used up or out of date; begin again."),
            Self::SealBroken => ("seal_broken", 422, "What was sealed does not open here."),
            Self::PlainRefused => ("plain_refused", 403, "This site takes passwords sealed only."),
            Self::CodeWrong => ("code_wrong", 422, "The one-time code is not the right one."),
            Self::CodeGone => ("code_gone", 409, "The one-time code is void or out of date; ask for another."),
            Self::AddressKnown => ("address_known", 409, "There is no mail address to confirm."),
            Self::DeskNeeded => ("desk_needed", 403, "This login must be confirmed by the desk."),
            Self::StopUnknown => ("stop_unknown", 422, "There is no change that this number stops."),
            Self::PasskeyExists => ("passkey_exists", 409, "The passkey is registered already."),
            Self::PasskeyLimit => ("passkey_limit", 409, "No more passkeys can be registered."),
            Self::PasskeyModel => {
                ("passkey_model", 422, "The authenticator is of a model that is reported as compromised.")
            }
            Self::PasskeyUnknown => ("passkey_unknown", 404, "There is no such passkey."),
            Self::PasskeyRequired => ("passkey_required", 409, "This site asks for a passkey once there is one."),
            Self::LastFactor => ("last_factor", 409, "The last way to log in cannot be removed."),
            Self::RateLimited => ("rate_limited", 429, "Too many requests."),
            Self::Unavailable => ("unavailable", 503, "Not available now."),
            Self::OriginUnreachable => ("origin_unreachable", 502, "The origin did not answer."),
            Self::OriginTimeout => ("origin_timeout", 504, "The origin did not answer in time."),
            Self::PathRefused => ("path_refused", 400, "The path is ambiguous."),
        }
    }
}
