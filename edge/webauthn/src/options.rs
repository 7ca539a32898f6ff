//! What the browser is asked: the two option objects, in the JSON form that `parseCreationOptionsFromJSON` and
//! `parseRequestOptionsFromJSON` read. The wire types are webauthn-rs-proto's; extensions it does not know stand beside.

use serde::Serialize;
use webauthn_rs_proto as proto;

use crate::attestation::Conveyance;
use crate::relying_party::{Extensions, RelyingParty, SetupError, UserVerification};

/// The user a credential is made for.
#[derive(Clone, Copy, Debug)]
pub struct User<'a> {
    /// The user handle: 1 to 64 random-looking bytes, never a name or number of the customer's.
    pub handle: &'a [u8],
    /// What the customer signs in with, shown in the browser's list.
    pub name: &'a str,
    /// The customer's name for display.
    pub display_name: &'a str,
}

/// A credential to exclude or to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialDescriptor {
    /// The credential id.
    pub id: Vec<u8>,
    /// The transports kept at registration; helps the browser to find the authenticator.
    pub transports: Vec<String>,
}

/// `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Clone, Debug, Serialize)]
pub struct CreationOptions {
    #[serde(flatten)]
    base: proto::PublicKeyCredentialCreationOptions,
    extensions: ExtensionInputs,
}

/// `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Clone, Debug, Serialize)]
pub struct RequestOptions(proto::PublicKeyCredentialRequestOptions);

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionInputs {
    #[serde(skip_serializing_if = "Option::is_none")]
    cred_props: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prf: Option<Empty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large_blob: Option<LargeBlob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_protection_policy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enforce_credential_protection_policy: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
struct Empty {}

#[derive(Clone, Debug, Serialize)]
struct LargeBlob {
    support: &'static str,
}

impl From<Extensions> for ExtensionInputs {
    fn from(asked: Extensions) -> Self {
        Self {
            cred_props: asked.cred_props.then_some(true),
            prf: asked.prf.then_some(Empty {}),
            large_blob: asked.large_blob.then_some(LargeBlob { support: "preferred" }),
            credential_protection_policy: asked.cred_protect.then_some("userVerificationRequired"),
            enforce_credential_protection_policy: asked.cred_protect.then_some(false),
        }
    }
}

/// Options for `navigator.credentials.create()` (WebAuthn Level 3, section 7.1, step 1).
///
/// # Arguments
/// * `challenge`: at least 16 random bytes, used once.
/// * `exclude`: the account's credentials, so that no authenticator makes a second one.
///
/// # Errors
/// [`SetupError::UserHandle`] when the handle is empty or longer than 64 bytes.
///
/// ```
/// use sekisho_webauthn::{RelyingParty, User, creation_options};
/// let rp = RelyingParty::new("broker.example", "Example Securities", ["https://www.broker.example"])?;
/// let user = User { handle: &[7; 16], name: "12345678", display_name: "山田 太郎" };
/// let json = serde_json::to_value(creation_options(&rp, &user, &[1; 32], &[])?).unwrap();
/// assert_eq!(json["rp"]["id"], "broker.example");
/// assert_eq!(json["authenticatorSelection"]["residentKey"], "required");
/// # Ok::<(), sekisho_webauthn::SetupError>(())
/// ```
pub fn creation_options(
    rp: &RelyingParty,
    user: &User<'_>,
    challenge: &[u8],
    exclude: &[CredentialDescriptor],
) -> Result<CreationOptions, SetupError> {
    if user.handle.is_empty() || user.handle.len() > 64 {
        return Err(SetupError::UserHandle);
    }
    let base = proto::PublicKeyCredentialCreationOptions {
        rp: proto::RelyingParty { name: rp.name.clone(), id: rp.id.clone() },
        user: proto::User {
            id: user.handle.to_vec(),
            name: user.name.to_owned(),
            display_name: user.display_name.to_owned(),
        },
        challenge: challenge.to_vec(),
        pub_key_cred_params: rp
            .algorithms
            .iter()
            .map(|algorithm| proto::PubKeyCredParams { type_: PUBLIC_KEY.to_owned(), alg: algorithm.id() })
            .collect(),
        timeout: Some(rp.timeout_ms),
        exclude_credentials: Some(exclude.iter().map(descriptor).collect()),
        authenticator_selection: Some(proto::AuthenticatorSelectionCriteria {
            authenticator_attachment: None,
            resident_key: Some(proto::ResidentKeyRequirement::Required),
            require_resident_key: true,
            user_verification: verification(rp.user_verification),
        }),
        hints: None,
        attestation: Some(match rp.attestation.conveyance {
            Conveyance::None => proto::AttestationConveyancePreference::None,
            Conveyance::Indirect => proto::AttestationConveyancePreference::Indirect,
            Conveyance::Direct => proto::AttestationConveyancePreference::Direct,
        }),
        attestation_formats: None,
        extensions: None,
    };
    Ok(CreationOptions { base, extensions: rp.extensions.into() })
}

/// Options for `navigator.credentials.get()` (WebAuthn Level 3, section 7.2, step 1).
///
/// # Arguments
/// * `challenge`: at least 16 random bytes, used once.
/// * `allow`: the account's credentials; empty lets the customer choose any passkey of this site.
///
/// ```
/// use sekisho_webauthn::{RelyingParty, request_options};
/// let rp = RelyingParty::new("broker.example", "Example Securities", ["https://www.broker.example"])?;
/// let json = serde_json::to_value(request_options(&rp, &[1; 32], &[])).unwrap();
/// assert_eq!(json["userVerification"], "required");
/// # Ok::<(), sekisho_webauthn::SetupError>(())
/// ```
pub fn request_options(rp: &RelyingParty, challenge: &[u8], allow: &[CredentialDescriptor]) -> RequestOptions {
    RequestOptions(proto::PublicKeyCredentialRequestOptions {
        challenge: challenge.to_vec(),
        timeout: Some(rp.timeout_ms),
        rp_id: rp.id.clone(),
        allow_credentials: allow
            .iter()
            .map(descriptor)
            .map(|known| proto::AllowCredentials { type_: known.type_, id: known.id, transports: known.transports })
            .collect(),
        user_verification: verification(rp.user_verification),
        hints: None,
        extensions: None,
    })
}

const PUBLIC_KEY: &str = "public-key";

fn descriptor(known: &CredentialDescriptor) -> proto::PublicKeyCredentialDescriptor {
    let transports: Vec<_> = known.transports.iter().filter_map(|name| name.parse().ok()).collect();
    proto::PublicKeyCredentialDescriptor {
        type_: PUBLIC_KEY.to_owned(),
        id: known.id.clone(),
        transports: (!transports.is_empty()).then_some(transports),
    }
}

const fn verification(policy: UserVerification) -> proto::UserVerificationPolicy {
    match policy {
        UserVerification::Required => proto::UserVerificationPolicy::Required,
        UserVerification::Preferred => proto::UserVerificationPolicy::Preferred,
        UserVerification::Discouraged => proto::UserVerificationPolicy::Discouraged_DO_NOT_USE,
    }
}
