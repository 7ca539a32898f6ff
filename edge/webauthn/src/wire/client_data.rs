//! The client data: what the browser says it was asked, by whom and for whom (WebAuthn Level 3, section 5.8.1).

use super::base64url;
use super::json::{self, Json};
use crate::error::{AtStep, Error, Fault, SpecStep, ensure};
use crate::relying_party::{Embedding, RelyingParty};

/// Checks the client data of either ceremony in the order of the specification.
///
/// `step` turns the number of a step in section 7.1 (5 to 11) into the ceremony's own.
pub(crate) fn verify(
    client_data: &[u8],
    kind: &'static str,
    challenge: &[u8],
    rp: &RelyingParty,
    step: impl Fn(u8) -> SpecStep,
) -> Result<(), Error> {
    let json = json::parse(client_data).and_then(object).at(step(6))?;
    json.text("type").and_then(|text| ensure(text == kind, Fault::ClientDataType)).at(step(7))?;
    // Comparing texts, not bytes: the expected text is canonical, so any other spelling differs.
    let expected = base64url::encode(challenge);
    json.text("challenge").and_then(|text| ensure(text == expected, Fault::Challenge)).at(step(8))?;
    json.text("origin").and_then(|text| ensure(listed(&rp.origins, text), Fault::Origin)).at(step(9))?;
    cross_origin(&json, rp).at(step(10))?;
    top_origin(&json, rp).at(step(11))?;
    token_binding(&json).at(step(11))
}

fn object(json: Json<'_>) -> Result<Json<'_>, Fault> {
    if json.is_object() { Ok(json) } else { Err(Fault::Field("clientDataJSON")) }
}

fn listed(origins: &[String], origin: &str) -> bool {
    origins.iter().any(|known| known == origin)
}

fn cross_origin(json: &Json<'_>, rp: &RelyingParty) -> Result<(), Fault> {
    let crossed = json.optional_bool("crossOrigin")?.unwrap_or(false);
    ensure(!crossed || rp.embedding != Embedding::Refused, Fault::CrossOrigin)
}

fn top_origin(json: &Json<'_>, rp: &RelyingParty) -> Result<(), Fault> {
    match (json.optional_text("topOrigin")?, &rp.embedding) {
        (None, _) | (Some(_), Embedding::Anywhere) => Ok(()),
        (Some(_), Embedding::Refused) => Err(Fault::CrossOrigin),
        (Some(top), Embedding::Within(origins)) => ensure(listed(origins, top), Fault::TopOrigin),
    }
}

/// Level 3 no longer has token binding; what old browsers still send must at least be what Level 2 allowed.
fn token_binding(json: &Json<'_>) -> Result<(), Fault> {
    let Some(binding) = json.get("tokenBinding") else { return Ok(()) };
    // Firefox of 2018 wrote this word where an object belongs; it says that there is no binding.
    if binding.as_str() == Some("unused") {
        return Ok(());
    }
    let status = binding.optional_text("status").map_err(|_| Fault::TokenBinding)?;
    ensure(matches!(status, Some("present" | "supported" | "not-supported")), Fault::TokenBinding)
}
