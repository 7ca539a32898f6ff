//! The FIDO Metadata Service's blob (MDS 3): which authenticator models exist, what they may attest with, and which of
//! them are broken. Supplied by the operator as data; nothing is fetched here.

mod blob;
mod entry;
mod summary;

use std::collections::HashMap;

use sekisho_rules::Timestamp;

pub use self::entry::MetadataEntry;
use crate::ceremony::Ceremony;
use crate::certificate::{RevocationList, TrustAnchor};
use crate::error::Error;

/// A verified blob.
///
/// ```no_run
/// # async fn load(jwt: &str, root: &[u8], now: sekisho_rules::Timestamp) -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use sekisho_webauthn::{Metadata, RelyingParty, RingVerifier, TrustAnchor};
/// let anchors = [TrustAnchor::from_der(root)?];
/// let metadata = Metadata::begin(jwt, &anchors, &[], now)?.run(&RingVerifier).await?;
/// let mut rp = RelyingParty::new("broker.example", "Example Securities", ["https://www.broker.example"])?;
/// rp.attestation.metadata = Some(Arc::new(metadata));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Metadata {
    number: u64,
    next_update: String,
    models: HashMap<[u8; 16], MetadataEntry>,
    /// U2F authenticators have no AAGUID; they are known by the SHA-1 of their attestation keys.
    keys: HashMap<[u8; 20], MetadataEntry>,
}

impl Metadata {
    /// Judges a blob, up to the signatures it asks to have checked.
    ///
    /// # Arguments
    /// * `jwt`: the blob as downloaded.
    /// * `anchors`: the roots it may be signed under.
    /// * `revocations`: lists of revoked certificates; a certificate whose issuer has no list here counts as not revoked.
    /// * `now`: the time at which certificates and lists must be valid.
    ///
    /// # Errors
    /// The first failed step of the service's processing rules (MDS 3.0, section 3.2).
    pub fn begin(
        jwt: &str,
        anchors: &[TrustAnchor],
        revocations: &[RevocationList],
        now: Timestamp,
    ) -> Result<Ceremony<Self>, Error> {
        blob::begin(jwt, anchors, revocations, now)
    }

    /// The blob's serial number; a host that has seen a higher one ignores this blob.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When the next blob is due, a date such as `2026-12-01`.
    pub fn next_update(&self) -> &str {
        &self.next_update
    }

    /// What the service says of an authenticator model: its name and picture for a customer's list, among others.
    pub fn entry(&self, aaguid: &[u8; 16]) -> Option<&MetadataEntry> {
        self.models.get(aaguid)
    }

    /// What a relying party needs at every sign-in and no more, as one JSON text: the models' names, their pictures and
    /// which of them are reported as compromised. A blob has megabytes and is verified once, by a program such as
    /// `examples/metadata.rs`; what serves customers reads this.
    ///
    /// `{"number", "next_update", "models": {"<AAGUID>": {"name", "icon"?, "compromised"?}}}`; `icon` is a PNG in base64,
    /// `compromised` the word of the report that says so.
    pub fn summary(&self) -> String {
        summary::of(self)
    }

    pub(crate) fn entry_by_key(&self, key_id: &[u8; 20]) -> Option<&MetadataEntry> {
        self.keys.get(key_id)
    }
}
