//! What became of a passkey ceremony, as a closed list, and what the customer is told.

use crate::wording::Text;
use sekisho_rules::Refusal;

/// Which ceremony runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// `navigator.credentials.create`.
    Register,
    /// `navigator.credentials.get`.
    SignIn,
}

/// How the browser is to ask for a passkey; the numbers are what `dom.js` is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Asking {
    /// At once, from any device.
    Prompt = 0,
    /// In the page's autofill, without a word until one is chosen there.
    Autofill = 1,
    /// At once, but only where one is at hand; else it fails at once, unseen.
    Immediate = 2,
}

/// Why a ceremony did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Cancelled, timed out, or no passkey on this device: browsers do not say which (WebAuthn L3, 14.5.1).
    NotAllowed,
    /// Ended by the page itself.
    Aborted,
    /// Passkeys, or what was asked of them, are not to be had here.
    Unsupported,
    /// The page is not on the domain of the passkey.
    Security,
    /// The edge could not be reached.
    Network,
    /// The edge said no.
    Refused(Refusal),
}

impl Failure {
    /// The failure behind a `DOMException` of that `name`, thrown by the browser during `ceremony`.
    ///
    /// ```
    /// use sekisho_client::passkey::{Ceremony, Failure};
    /// let failure = Failure::of_exception("InvalidStateError", Ceremony::Register);
    /// assert_eq!(failure.code(), "passkey_exists");
    /// ```
    pub fn of_exception(name: &str, ceremony: Ceremony) -> Self {
        match (name, ceremony) {
            ("InvalidStateError", Ceremony::Register) => Self::Refused(Refusal::PasskeyExists),
            ("AbortError", _) => Self::Aborted,
            ("NotSupportedError" | "ConstraintError" | "TypeError" | "EncodingError", _) => Self::Unsupported,
            ("SecurityError", _) => Self::Security,
            ("UnknownError", _) => Self::Refused(Refusal::Unavailable),
            _ => Self::NotAllowed,
        }
    }

    /// The stable code a page gets.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "passkey_not_allowed",
            Self::Aborted => "aborted",
            Self::Unsupported => "passkey_unsupported",
            Self::Security => "passkey_security",
            Self::Network => "network",
            Self::Refused(refusal) => refusal.code(),
        }
    }

    /// What the customer reads; none where nothing happened from their view.
    pub fn says(self) -> Option<Text> {
        Some(match self {
            Self::Aborted => return None,
            Self::NotAllowed => Text::PkNotAllowed,
            Self::Unsupported => Text::PkUnsupported,
            // The passkey refuses the domain: exactly what a fake site looks like from inside.
            Self::Security => Text::PkNoReact,
            Self::Refused(Refusal::PasskeyExists) => Text::PkExists,
            Self::Refused(Refusal::PasskeyLimit) => Text::PkLimit,
            Self::Refused(Refusal::PasskeyModel) => Text::PkModel,
            Self::Refused(Refusal::SignInFailed | Refusal::PasskeyUnknown) => Text::PkUnknown,
            Self::Refused(Refusal::InsufficientAuthentication | Refusal::NoSession | Refusal::SessionIdle) => {
                Text::PkStepUp
            }
            Self::Network | Self::Refused(_) => Text::PkFailed,
        })
    }

    /// Whether the warning against fake sites belongs beside the message.
    pub fn warns_of_fake_sites(self) -> bool {
        self == Self::NotAllowed
    }

    /// Whether beginning again by itself, without a word to the customer, is right: the challenge or the attempt had run out.
    pub fn begins_again(self) -> bool {
        matches!(self, Self::Refused(Refusal::ChallengeGone | Refusal::AttemptGone))
    }
}

#[cfg(test)]
mod tests {
    use super::{Ceremony, Failure};
    use crate::wording::Text;

    #[test]
    fn an_unknown_exception_is_not_allowed() {
        for name in ["NotAllowedError", "SomethingNew", ""] {
            let failure = Failure::of_exception(name, Ceremony::SignIn);
            assert_eq!(failure, Failure::NotAllowed);
            assert!(failure.warns_of_fake_sites());
            assert_eq!(failure.says(), Some(Text::PkNotAllowed));
        }
    }

    #[test]
    fn an_abort_of_our_own_says_nothing() {
        let failure = Failure::of_exception("AbortError", Ceremony::SignIn);
        assert_eq!((failure.code(), failure.says()), ("aborted", None));
    }

    #[test]
    fn an_invalid_state_means_registered_only_when_registering() {
        assert_eq!(Failure::of_exception("InvalidStateError", Ceremony::Register).says(), Some(Text::PkExists));
        assert_eq!(Failure::of_exception("InvalidStateError", Ceremony::SignIn), Failure::NotAllowed);
    }
}
