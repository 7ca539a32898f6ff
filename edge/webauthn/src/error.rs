//! Why a ceremony was refused: the step of the specification and the fault, for the operator's log; and the one public
//! code that a stranger may see. Nothing here may carry bytes the browser sent.

use sekisho_rules::Refusal;

/// A refused ceremony: at which step, and why.
///
/// `Display` gives one line for a log, for example `7.2 step 15: the RP ID hash is another site's`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {fault}")]
pub struct Error {
    /// The step that failed.
    pub step: SpecStep,
    /// What was wrong.
    pub fault: Fault,
}

impl Error {
    /// The public code for this failure; several faults share one, so that it teaches an attacker nothing.
    ///
    /// ```
    /// use sekisho_rules::Refusal;
    /// use sekisho_webauthn::{Error, Fault, SpecStep};
    /// let error = Error { step: SpecStep::Authentication(21), fault: Fault::Signature };
    /// assert_eq!(error.refusal(), Refusal::SignInFailed);
    /// ```
    pub const fn refusal(&self) -> Refusal {
        match (&self.fault, self.step) {
            (Fault::VerifierUnavailable | Fault::ForeignAnswer, _) => Refusal::Unavailable,
            (Fault::TooLong, _) => Refusal::TooLarge,
            (_, SpecStep::Authentication(_)) => Refusal::SignInFailed,
            _ => Refusal::Malformed,
        }
    }
}

/// A step of the specification that governs a ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpecStep {
    /// WebAuthn Level 3, section 7.1, registering a new credential.
    Registration(u8),
    /// WebAuthn Level 3, section 7.2, verifying an authentication assertion.
    Authentication(u8),
    /// FIDO Metadata Service 3, section 3.2, processing rules of the blob.
    Metadata(u8),
    /// RFC 7515, section 5.2, validating the JWS that a proof of possession is.
    Proof(u8),
}

impl std::fmt::Display for SpecStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Registration(step) => write!(f, "7.1 step {step}"),
            Self::Authentication(step) => write!(f, "7.2 step {step}"),
            Self::Metadata(step) => write!(f, "MDS 3.2 step {step}"),
            Self::Proof(step) => write!(f, "RFC 7515 5.2 step {step}"),
        }
    }
}

/// What was wrong. The text beside a variant names the field or rule; it is always one of ours, never the browser's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The message is longer than any authenticator's.
    #[error("the message is too long")]
    TooLong,
    /// Not JSON as RFC 8259 has it, or a key stands twice, or it nests too deeply.
    #[error("not strict JSON: {0}")]
    Json(&'static str),
    /// A member is missing, or of another type.
    #[error("missing or of the wrong type: {0}")]
    Field(&'static str),
    /// A member is not canonical base64url without padding.
    #[error("not canonical base64url: {0}")]
    Base64Url(&'static str),
    /// The credential's `type` is not `public-key`.
    #[error("the credential type is not public-key")]
    CredentialType,
    /// The response is of another credential than the one it was checked against.
    #[error("the response names another credential")]
    CredentialId,
    /// The response is of another user than the credential's owner.
    #[error("the user handle is another user's")]
    UserHandle,
    /// The client data is of the other ceremony, or of none.
    #[error("the client data is of another ceremony")]
    ClientDataType,
    /// The challenge is not the one that was issued.
    #[error("the challenge is not the one issued")]
    Challenge,
    /// The origin is not on the exact list.
    #[error("the origin is not one of ours")]
    Origin,
    /// The ceremony ran inside a frame of another origin.
    #[error("the ceremony ran in a cross-origin frame")]
    CrossOrigin,
    /// The page around the frame is not one that may embed us.
    #[error("the top origin may not embed this site")]
    TopOrigin,
    /// `tokenBinding` is there and is not what Level 2 allowed.
    #[error("the token binding is malformed")]
    TokenBinding,
    /// The attestation object is not the CBOR map it must be.
    #[error("malformed CBOR: {0}")]
    Cbor(&'static str),
    /// The authenticator data has another layout.
    #[error("malformed authenticator data: {0}")]
    AuthenticatorData(&'static str),
    /// The credential belongs to another relying party.
    #[error("the RP ID hash is another site's")]
    RpIdHash,
    /// Nobody touched the authenticator.
    #[error("the user was not present")]
    UserPresence,
    /// The authenticator did not verify the user, and it was required.
    #[error("the user was not verified")]
    UserVerification,
    /// Backed up without being eligible for it.
    #[error("backup state set on a credential that cannot be backed up")]
    BackupState,
    /// Backup eligibility is fixed at registration and has changed.
    #[error("the backup eligibility has changed")]
    BackupEligibility,
    /// The signature algorithm was not asked for, or is not one this crate verifies.
    #[error("algorithm {0} ({name}) is not accepted", name = crate::key::algorithm_name(*.0))]
    Algorithm(i64),
    /// The public key is not a sound key of its algorithm.
    #[error("unsound public key: {0}")]
    Key(&'static str),
    /// A format this crate does not know.
    #[error("unknown attestation statement format")]
    Format,
    /// `android-safetynet`: its service is switched off; nothing can vouch for such a statement.
    #[error("android-safetynet is retired")]
    RetiredFormat,
    /// The attestation statement breaks its format's rules.
    #[error("attestation statement: {0}")]
    Statement(&'static str),
    /// A certificate, or the path they form, breaks its rules.
    #[error("certificate: {0}")]
    Certificate(&'static str),
    /// The statement is sound, but policy does not trust it.
    #[error("attestation not trusted: {0}")]
    Untrusted(&'static str),
    /// The metadata statement forbids this authenticator.
    #[error("metadata: {0}")]
    Metadata(&'static str),
    /// A proof of possession is not of the form that it must have.
    #[error("proof: {0}")]
    Proof(&'static str),
    /// A signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// The signature counter did not increase, and policy refuses that.
    #[error("the signature counter did not increase")]
    Counter,
    /// The credential id is longer than 1023 bytes.
    #[error("the credential id is too long")]
    CredentialIdLength,
    /// The verifier could not check at all; nothing was proved or disproved.
    #[error("the verifier could not run this check")]
    VerifierUnavailable,
    /// The host answered with a check of another ceremony, or out of turn.
    #[error("the answer belongs to another check")]
    ForeignAnswer,
}

/// Attaches the step at which a fault happened.
pub(crate) trait AtStep<T> {
    fn at(self, step: SpecStep) -> Result<T, Error>;
}

impl<T> AtStep<T> for Result<T, Fault> {
    fn at(self, step: SpecStep) -> Result<T, Error> {
        self.map_err(|fault| Error { step, fault })
    }
}

/// Turns a rule into a result: `ensure(rule, fault)?`.
pub(crate) fn ensure(holds: bool, fault: Fault) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(fault) }
}
