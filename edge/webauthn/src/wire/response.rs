//! `RegistrationResponseJSON` and `AuthenticationResponseJSON`, as the browser's own `toJSON()` writes them
//! (WebAuthn Level 3, section 5.1), with every member that is read checked for type and canonical encoding.

use super::base64url;
use super::json::{self, Json};
use crate::error::{Fault, ensure};

/// No authenticator's response comes near this; a longer one is refused unread.
pub const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// Who a response says it is from, read before any ceremony so that the host can find account and credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The user handle, where the authenticator gave one (always for a discoverable credential).
    pub user_handle: Option<Vec<u8>>,
}

pub(crate) struct RegistrationResponse {
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) transports: Vec<String>,
    pub(crate) attachment: Option<String>,
    pub(crate) discoverable: Option<bool>,
    pub(crate) prf: Option<bool>,
    pub(crate) large_blob: Option<bool>,
}

pub(crate) struct AuthenticationResponse {
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
}

pub(crate) fn peek(text: &str) -> Result<Peek, Fault> {
    let json = credential(text)?;
    Ok(Peek { credential_id: id(&json)?, user_handle: user_handle(inner(&json)?)? })
}

impl RegistrationResponse {
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let json = credential(text)?;
        let response = inner(&json)?;
        let outputs = extension_outputs(&json)?;
        Ok(Self {
            id: id(&json)?,
            client_data: bytes(response, "clientDataJSON")?,
            attestation_object: bytes(response, "attestationObject")?,
            transports: transports(response)?,
            attachment: json.optional_text("authenticatorAttachment")?.map(str::to_owned),
            discoverable: flag(outputs, "credProps", "rk")?,
            prf: flag(outputs, "prf", "enabled")?,
            large_blob: flag(outputs, "largeBlob", "supported")?,
        })
    }
}

impl AuthenticationResponse {
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let json = credential(text)?;
        let response = inner(&json)?;
        extension_outputs(&json)?;
        Ok(Self {
            id: id(&json)?,
            client_data: bytes(response, "clientDataJSON")?,
            authenticator_data: bytes(response, "authenticatorData")?,
            signature: bytes(response, "signature")?,
            user_handle: user_handle(response)?,
        })
    }
}

fn credential(text: &str) -> Result<Json<'_>, Fault> {
    ensure(text.len() <= MAX_RESPONSE_BYTES, Fault::TooLong)?;
    let json = json::parse(text.as_bytes())?;
    ensure(json.is_object(), Fault::Field("credential"))?;
    ensure(json.text("type")? == "public-key", Fault::CredentialType)?;
    json.optional_text("authenticatorAttachment")?;
    Ok(json)
}

fn inner<'a, 'j>(json: &'j Json<'a>) -> Result<&'j Json<'a>, Fault> {
    json.get("response").filter(|value| value.is_object()).ok_or(Fault::Field("response"))
}

/// `id` and `rawId` are two spellings of one thing; a response in which they differ is refused, whichever is used.
fn id(json: &Json<'_>) -> Result<Vec<u8>, Fault> {
    let id = json.text("id")?;
    ensure(!id.is_empty(), Fault::Field("id"))?;
    ensure(json.optional_text("rawId")?.is_none_or(|raw| raw == id), Fault::Field("rawId"))?;
    base64url::decode(id, "id")
}

fn bytes(json: &Json<'_>, key: &'static str) -> Result<Vec<u8>, Fault> {
    let text = json.text(key)?;
    ensure(!text.is_empty(), Fault::Field(key))?;
    base64url::decode(text, key)
}

fn user_handle(response: &Json<'_>) -> Result<Option<Vec<u8>>, Fault> {
    response.optional_text("userHandle")?.map(|text| base64url::decode(text, "userHandle")).transpose()
}

fn transports(response: &Json<'_>) -> Result<Vec<String>, Fault> {
    const FIELD: Fault = Fault::Field("transports");
    let Some(value) = response.get("transports") else { return Ok(Vec::new()) };
    let list = value.as_array().ok_or(FIELD)?;
    ensure(list.len() <= 16, FIELD)?;
    let mut names: Vec<String> = Vec::with_capacity(list.len());
    for item in list {
        let name = item.as_str().ok_or(FIELD)?;
        // Names unknown today are kept for the day the browser wants them back, as section 5.2.1 asks.
        ensure(name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), FIELD)?;
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn extension_outputs<'a, 'j>(json: &'j Json<'a>) -> Result<Option<&'j Json<'a>>, Fault> {
    let outputs = json.get("clientExtensionResults");
    ensure(outputs.is_none_or(Json::is_object), Fault::Field("clientExtensionResults"))?;
    Ok(outputs)
}

fn flag(outputs: Option<&Json<'_>>, extension: &'static str, member: &'static str) -> Result<Option<bool>, Fault> {
    let Some(output) = outputs.and_then(|outputs| outputs.get(extension)) else { return Ok(None) };
    ensure(output.is_object(), Fault::Field(extension))?;
    output.optional_bool(member)
}
