//! What is asked and believed about authenticators.

use std::sync::Arc;

use crate::certificate::TrustAnchor;
use crate::metadata::Metadata;

/// Attestation policy. The default asks for nothing, accepts every sound statement and follows no certificates, which is
/// right for a public site; an institution that hands out authenticators names its anchors.
#[derive(Clone, Debug)]
pub struct AttestationPolicy {
    /// What the browser is asked for.
    pub conveyance: Conveyance,
    /// Whose word counts.
    pub trust: TrustPolicy,
    /// A verified metadata blob. Models it reports as compromised are refused under every policy; where certificates are
    /// judged, its roots count as anchors for their own models. Default: none.
    pub metadata: Option<Arc<Metadata>>,
    /// Refuse a `fido-u2f` statement over a non-zero AAGUID. Default: true, as FIDO's conformance rules have it
    /// (U2F has no AAGUIDs); WebAuthn itself does not ask for it.
    pub u2f_zero_aaguid: bool,
    /// Refuse a `tpm` statement whose TPM vendor is not in the TCG's registry. Default: true.
    pub tpm_known_vendor: bool,
    /// Refuse an `android-key` statement whose authorization lists do not state that the key was generated in the key
    /// store and is for signing. Default: true, as section 8.4 has it; the W3C's own test vector has empty lists.
    pub android_key_authorizations: bool,
}

impl Default for AttestationPolicy {
    fn default() -> Self {
        Self {
            conveyance: Conveyance::default(),
            trust: TrustPolicy::default(),
            metadata: None,
            u2f_zero_aaguid: true,
            tpm_known_vendor: true,
            android_key_authorizations: true,
        }
    }
}

/// The attestation conveyance asked of the browser (WebAuthn Level 3, section 5.4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Conveyance {
    /// No attestation.
    #[default]
    None,
    /// Whatever the browser chooses to pass on.
    Indirect,
    /// The authenticator's own statement.
    Direct,
}

/// Whose word about an authenticator counts.
#[derive(Clone, Debug, Default)]
pub enum TrustPolicy {
    /// Statements must verify and the certificates they bring must belong together; where those lead is not judged.
    #[default]
    Unjudged,
    /// Certificates must lead to one of the anchors at the time of the ceremony.
    Anchored {
        /// The anchors.
        anchors: Vec<TrustAnchor>,
        /// Accept credentials without attestation.
        allow_none: bool,
        /// Accept self attestation.
        allow_self: bool,
    },
}
