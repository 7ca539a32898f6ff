//! A relying party for WebAuthn Level 3 that runs anywhere, wasm32 included.
//!
//! No I/O, no clock and no randomness in here: challenges come in, `now` is an argument, and signature checks go out to a
//! [`Verifier`] and come back as a [`Checked`] that nothing else can make. Storing, finding accounts and issuing
//! challenges are the host's.
//!
//! # A ceremony
//! The page calls `navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options)})` with
//! what [`request_options`] gave, and posts `JSON.stringify(credential.toJSON())`. The host finds the credential by
//! [`peek`], takes the challenge out of its store, and asks:
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
//! use sekisho_webauthn::{Authentication, RelyingParty, RingVerifier, StoredCredential, peek};
//!
//! let rp = RelyingParty::new("broker.example", "Example Securities", ["https://www.broker.example"])?;
//! let challenge = [0x5a; 32]; // from the host's random source in earnest, kept until the answer comes, used once
//! let response = concat!(
//!     r#"{"id":"HR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0","type":"public-key","clientExtensionResults":{},"response":{"#,
//!     r#""authenticatorData":"e5ezbNd7c7iCiiz3wOodjyLeui5jsPmz3IPJW8QrYNkFAAAACQ","#,
//!     r#""clientDataJSON":"eyJjaGFsbGVuZ2UiOiJXbHBhV2xwYVdscGFXbHBhV2xwYVdscGFXbHBhV2xwYVdscGFXbHBhV2xvIiwiY3Jvc3NPcmln"#,
//!     r#"aW4iOmZhbHNlLCJvcmlnaW4iOiJodHRwczovL3d3dy5icm9rZXIuZXhhbXBsZSIsInR5cGUiOiJ3ZWJhdXRobi5nZXQifQ","#,
//!     r#""signature":"MEUCIQCW2_zdq8kI9cIsO4ajWGhPdD24JwcBbtpRlmttZRgDdQIgIkjPnY20WNVwkYcjdwoU1eocmSV_j5pRb18khm8kYZw","#,
//!     r#""userHandle":"aGFuZGxl"}}"#,
//! );
//! let key = "pQECAyYgASFYIE1SlQ33KvymTA9xF47Nb2GvvHt9xwoPWDR4wkhODceOIlggw6gmfSmaQgt57Dgu4v_i915SawsrpKc3RojicNjj-IY";
//! let stored = StoredCredential {
//!     id: peek(response)?.credential_id, // the host finds its record by this
//!     public_key: URL_SAFE_NO_PAD.decode(key)?,
//!     algorithm: -7,
//!     sign_count: 8,
//!     backup_eligible: false,
//!     backup_state: false,
//!     user_handle: b"handle".to_vec(),
//! };
//! let ceremony = Authentication::begin(&rp, &challenge, &stored, response)?;
//! let done = pollster::block_on(ceremony.run(&RingVerifier))?;
//! assert!(done.user_verified && done.sign_count == 9 && !done.clone_suspected);
//!
//! // Against any other challenge the same answer is a replay.
//! let refused = Authentication::begin(&rp, &[0; 32], &stored, response).unwrap_err();
//! assert_eq!(refused.to_string(), "7.2 step 11: the challenge is not the one issued");
//! # Ok(())
//! # }
//! ```
//!
//! # In a Worker
//! The same with `features = ["web-crypto"]` and `WebCryptoVerifier` in the place of [`RingVerifier`]; the future needs no
//! executor but the runtime's own:
//! ```text
//! let ceremony = Authentication::begin(&rp, &challenge, &stored, &body)?;
//! let done = ceremony.run(&WebCryptoVerifier).await?;
//! ```
//! A host that must not hold a transaction open over an await drives [`Ceremony::next`] and [`Ceremony::answer`] itself, or
//! awaits [`Ceremony::run`] between two transactions and reads its records again in the second.
//!
//! # Features
//! * `ring`: [`RingVerifier`], for native builds (also builds for wasm32 where clang is at hand).
//! * `web-crypto`: `WebCryptoVerifier`, for workerd and browsers (wasm32 only), through js-sys alone.
//! * `testing`: `Yielding`, a verifier that gives way before each answer.

mod attestation;
mod authentication;
mod ceremony;
mod certificate;
mod error;
mod key;
mod metadata;
mod options;
mod proof;
mod registration;
mod relying_party;
mod verifier;
mod wire;

pub use attestation::{AttestationPolicy, AttestationType, Conveyance, Format, Trust, TrustPolicy};
pub use authentication::{Authenticated, Authentication, StoredCredential};
pub use ceremony::{Ceremony, Check, Step};
pub use certificate::{RevocationList, TrustAnchor};
pub use error::{Error, Fault, SpecStep};
pub use key::{Algorithm, Hash, Scheme};
pub use metadata::{Metadata, MetadataEntry};
pub use options::{CreationOptions, CredentialDescriptor, RequestOptions, User, creation_options, request_options};
pub use proof::{MAX_PROOF_BYTES, PossessionProof, ProofClaims, ProofKey};
pub use registration::{Registered, Registration};
pub use relying_party::{CounterPolicy, Embedding, Extensions, RelyingParty, SetupError, UserVerification};
#[cfg(feature = "ring")]
pub use verifier::RingVerifier;
#[cfg(all(feature = "web-crypto", target_arch = "wasm32"))]
pub use verifier::WebCryptoVerifier;
#[cfg(feature = "testing")]
pub use verifier::Yielding;
pub use verifier::{Checked, Verifier};
pub use wire::response::{MAX_RESPONSE_BYTES, Peek};

/// Reads who a response says it is from, so that the host can find account and credential before the ceremony. Nothing is
/// verified by this.
///
/// # Arguments
/// * `response`: a registration's or an authentication's `toJSON()` as text.
///
/// # Errors
/// Step 3 of section 7.2 when the text is not of that form.
pub fn peek(response: &str) -> Result<Peek, Error> {
    wire::response::peek(response).map_err(|fault| Error { step: SpecStep::Authentication(3), fault })
}

/// The README's code is compiled and run.
#[cfg(all(doctest, feature = "ring"))]
#[doc = include_str!("../README.md")]
struct Readme;
