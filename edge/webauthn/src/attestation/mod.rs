//! Attestation statements (WebAuthn Level 3, section 8): which authenticator says it made the key, and is it so.
//!
//! Each format judges its statement's form and returns the signature checks it needs; none checks a signature itself.

mod android_key;
mod apple;
mod compound;
mod fido_u2f;
mod packed;
mod policy;
mod statement;
mod tpm;
mod trust;

use sekisho_rules::Timestamp;

pub use self::policy::{AttestationPolicy, Conveyance, TrustPolicy};
pub(crate) use self::trust::{judge, kind};
use crate::ceremony::Check;
use crate::certificate::Certificate;
use crate::error::{Fault, ensure};
use crate::key::{Algorithm, PublicKey};
use crate::wire::authenticator_data::AttestedCredential;
use crate::wire::cbor::Cbor;

/// An attestation statement format of the IANA registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Nothing is said.
    None,
    /// Section 8.2.
    Packed,
    /// Section 8.3.
    Tpm,
    /// Section 8.4.
    AndroidKey,
    /// Section 8.6.
    FidoU2f,
    /// Section 8.8.
    Apple,
    /// Section 8.9.
    Compound,
}

impl Format {
    /// The format's registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Packed => "packed",
            Self::Tpm => "tpm",
            Self::AndroidKey => "android-key",
            Self::FidoU2f => "fido-u2f",
            Self::Apple => "apple",
            Self::Compound => "compound",
        }
    }

    pub(crate) fn from_name(name: &str) -> Result<Self, Fault> {
        match name {
            "android-safetynet" => Err(Fault::RetiredFormat),
            _ => [Self::None, Self::Packed, Self::Tpm, Self::AndroidKey, Self::FidoU2f, Self::Apple, Self::Compound]
                .into_iter()
                .find(|format| format.name() == name)
                .ok_or(Fault::Format),
        }
    }
}

/// Who vouches for the credential (WebAuthn Level 3, section 6.5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttestationType {
    /// Nobody.
    None,
    /// The credential's own key.
    SelfAttestation,
    /// A certificate: of a batch, of an attestation CA, or of an anonymising one.
    Certified,
}

/// How far an attestation was trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// There was nothing to trust, and policy takes that.
    None,
    /// Vouched for by itself, and policy takes that.
    SelfAttested,
    /// The statement verified; by policy the certificates behind it were not followed.
    Unjudged,
    /// The certificates lead to a trust anchor.
    Anchored,
}

/// What every format's procedure is given.
pub(crate) struct Context<'a> {
    pub(crate) policy: &'a AttestationPolicy,
    pub(crate) now: Timestamp,
    pub(crate) auth_data: &'a [u8],
    pub(crate) client_data_hash: &'a [u8; 32],
    pub(crate) rp_id_hash: &'a [u8],
    pub(crate) credential: &'a AttestedCredential<'a>,
    pub(crate) key: &'a PublicKey,
    pub(crate) algorithm: Algorithm,
}

impl Context<'_> {
    /// What most formats sign: authenticator data and the hash of the client data.
    pub(crate) fn signed(&self) -> Vec<u8> {
        [self.auth_data, self.client_data_hash].concat()
    }
}

/// A statement whose form is right, if its signatures are.
pub(crate) struct Attested {
    pub(crate) parts: Vec<Part>,
    pub(crate) checks: Vec<Check>,
}

/// One statement; a compound one has several.
pub(crate) struct Part {
    pub(crate) format: Format,
    pub(crate) attestation_type: AttestationType,
    /// The algorithm of the attestation key, where the statement names one that credentials may have.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) chain: Vec<Certificate>,
}

impl Attested {
    /// Notes the algorithm of the attestation key.
    fn under(mut self, algorithm: Algorithm) -> Self {
        self.parts.iter_mut().for_each(|part| part.algorithm = Some(algorithm));
        self
    }

    fn plain(format: Format, attestation_type: AttestationType, checks: Vec<Check>) -> Self {
        Self { parts: vec![Part { format, attestation_type, algorithm: None, chain: Vec::new() }], checks }
    }

    fn certified(format: Format, chain: Vec<Certificate>, checks: Vec<Check>) -> Self {
        Self {
            parts: vec![Part { format, attestation_type: AttestationType::Certified, algorithm: None, chain }],
            checks,
        }
    }
}

/// Runs a format's verification procedure, all but its signature checks.
pub(crate) fn verify(format: Format, statement: &Cbor<'_>, context: &Context<'_>) -> Result<Attested, Fault> {
    match format {
        Format::None => none(statement),
        Format::Packed => packed::verify(statement, context),
        Format::Tpm => tpm::verify(statement, context),
        Format::AndroidKey => android_key::verify(statement, context),
        Format::FidoU2f => fido_u2f::verify(statement, context),
        Format::Apple => apple::verify(statement, context),
        Format::Compound => compound::verify(statement, context),
    }
}

/// Format `none` (section 8.7): an empty map, and nothing else may hide in it.
fn none(statement: &Cbor<'_>) -> Result<Attested, Fault> {
    let empty = statement.entries().is_some_and(<[_]>::is_empty);
    ensure(empty, Fault::Statement("none: the statement is not empty"))?;
    Ok(Attested::plain(Format::None, AttestationType::None, Vec::new()))
}
