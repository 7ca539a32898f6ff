//! One authenticator model of the blob, kept to what a relying party acts on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::attestation::AttestationType;
use crate::certificate::TrustAnchor;
use crate::error::{Fault, ensure};
use crate::key::Algorithm;

/// What the service says of one model.
#[derive(Clone, Debug)]
pub struct MetadataEntry {
    /// The model's name in English.
    pub description: String,
    /// Its picture, a `data:` URL.
    pub icon: Option<String>,
    /// Whether a report says that keys or user verification of this model are broken, or that it is revoked.
    pub compromised: bool,
    /// The words of the reports, newest last.
    pub statuses: Vec<String>,
    pub(crate) anchors: Vec<TrustAnchor>,
    types: Vec<String>,
    algorithms: Vec<Algorithm>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) aaguid: Option<String>,
    #[serde(default)]
    pub(super) attestation_certificate_key_identifiers: Vec<String>,
    metadata_statement: Option<Statement>,
    #[serde(default)]
    status_reports: Vec<Report>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(default)]
    description: String,
    icon: Option<String>,
    #[serde(default)]
    attestation_types: Vec<String>,
    #[serde(default)]
    authentication_algorithms: Vec<String>,
    #[serde(default)]
    attestation_root_certificates: Vec<String>,
}

#[derive(Deserialize)]
struct Report {
    status: String,
}

const BROKEN: [&str; 5] = [
    "REVOKED",
    "USER_VERIFICATION_BYPASS",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
];

impl From<Entry> for MetadataEntry {
    fn from(entry: Entry) -> Self {
        let statuses: Vec<String> = entry.status_reports.into_iter().map(|report| report.status).collect();
        let (description, icon, types, algorithms, roots) = match entry.metadata_statement {
            Some(statement) => (
                statement.description,
                statement.icon,
                statement.attestation_types,
                statement.authentication_algorithms,
                statement.attestation_root_certificates,
            ),
            None => Default::default(),
        };
        Self {
            description,
            icon,
            compromised: statuses.iter().any(|status| BROKEN.contains(&status.as_str())),
            statuses,
            // A root that this crate cannot read vouches for nothing, and is no reason to lose the rest of the blob.
            anchors: roots.iter().filter_map(|text| anchor(text)).collect(),
            types,
            algorithms: algorithms.iter().filter_map(|name| algorithm(name)).collect(),
        }
    }
}

impl MetadataEntry {
    /// The newest report that says that the model is compromised.
    pub(super) fn report(&self) -> Option<&str> {
        self.statuses.iter().rev().map(String::as_str).find(|status| BROKEN.contains(status))
    }

    /// Whether such an attestation can come from this model at all.
    pub(crate) fn permits(&self, kind: AttestationType, algorithm: Algorithm) -> Result<(), Fault> {
        ensure(!self.compromised, Fault::Metadata("the model is reported as compromised"))?;
        let offered = |name: &str| self.types.iter().any(|known| known == name);
        let known = match kind {
            AttestationType::None => true,
            AttestationType::SelfAttestation => offered("basic_surrogate"),
            AttestationType::Certified => self.types.iter().any(|name| name != "basic_surrogate"),
        };
        ensure(known || self.types.is_empty(), Fault::Metadata("the model does not attest in this way"))?;
        let listed = self.algorithms.is_empty() || self.algorithms.contains(&algorithm);
        ensure(listed, Fault::Metadata("the model does not have this algorithm"))
    }
}

fn anchor(text: &str) -> Option<TrustAnchor> {
    let text: String = text.split_ascii_whitespace().collect();
    TrustAnchor::from_der(&STANDARD.decode(text).ok()?).ok()
}

/// FIDO's registry of predefined values, section 3.6.1.
fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "secp256r1_ecdsa_sha256_raw" | "secp256r1_ecdsa_sha256_der" => Algorithm::Es256,
        "secp384r1_ecdsa_sha384_raw" => Algorithm::Es384,
        "secp521r1_ecdsa_sha512_raw" => Algorithm::Es512,
        "rsassa_pkcsv15_sha256_raw" | "rsassa_pkcsv15_sha256_der" => Algorithm::Rs256,
        "rsassa_pkcsv15_sha384_raw" => Algorithm::Rs384,
        "rsassa_pkcsv15_sha512_raw" => Algorithm::Rs512,
        "rsassa_pss_sha256_raw" | "rsassa_pss_sha256_der" => Algorithm::Ps256,
        "ed25519_eddsa_sha512_raw" => Algorithm::EdDsa,
        "ed448_eddsa_sha512_raw" => Algorithm::Ed448,
        _ => return None,
    })
}
