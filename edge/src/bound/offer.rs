//! What is said to browsers, in the draft's own headers and JSON.

use super::cookie::{ATTRIBUTES, NAME};
use super::{BindingId, TYP};
use crate::House;
use crate::keys::{Challenge, Purpose};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sekisho_rules::Timestamp;
use sekisho_webauthn::PossessionProof;

/// Where a browser registers its key.
const REGISTER: &str = "/.sekisho/bound/register";
/// Where it has the bound cookie renewed.
const REFRESH: &str = "/.sekisho/bound/refresh";

/// `Secure-Session-Registration`: the offer to bind the session just opened.
pub(crate) fn registration_header(challenge: &Challenge) -> String {
    format!("(ES256 RS256);path=\"{REGISTER}\";challenge=\"{}\"", URL_SAFE_NO_PAD.encode(&challenge.bytes))
}

/// `Secure-Session-Challenge`: what is to be signed next for this binding.
pub(crate) fn challenge_header(challenge: &Challenge, binding: BindingId) -> String {
    format!("\"{}\";id=\"{}\"", URL_SAFE_NO_PAD.encode(&challenge.bytes), binding.to_hex())
}

/// The instructions: the whole origin, for requests that its own pages begin. Other sites' could not bring the session's cookie
/// along to where it is renewed, since that is SameSite.
pub(crate) fn instructions(house: &House, entrance: u8, binding: BindingId) -> String {
    // The relying party takes only an origin in its one spelling, which holds nothing that JSON would escape.
    format!(
        "{{\"session_identifier\":\"{}\",\"refresh_url\":\"{REFRESH}\",\"scope\":{{\"origin\":\"{}\",\"include_site\":false,\
         \"scope_specification\":[]}},\"credentials\":[{{\"type\":\"cookie\",\"name\":\"{NAME}\",\"attributes\":\"{ATTRIBUTES}\"}}],\
         \"allowed_refresh_initiators\":[]}}",
        binding.to_hex(),
        house.config.origin_of(entrance)
    )
}

/// The instructions to a browser whose session is no more: it forgets the key.
pub(crate) fn over(binding: BindingId) -> String {
    format!("{{\"session_identifier\":\"{}\",\"continue\":false}}", binding.to_hex())
}

/// The text of a header that the draft has as one string (RFC 9651 §3.3.3), without escapes, which none of ours needs; or as
/// Chromium sends it, bare. Parameters are ignored.
pub(crate) fn text(header: &str) -> Option<&str> {
    let header = header.trim();
    let (text, rest) = match header.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => header.split_at(header.find(';').unwrap_or(header.len())),
    };
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (plain && !text.is_empty() && (rest.is_empty() || rest.starts_with(';'))).then_some(text)
}

impl House {
    /// The challenge of ours that a proof says it has signed; that it has is for the account to see.
    pub(crate) fn signed_challenge(
        &self,
        proof: &str,
        purpose: Purpose,
        binding: &[u8],
        now: Timestamp,
    ) -> Option<Challenge> {
        let proof = PossessionProof::read(TYP, proof).ok()?;
        let bytes = URL_SAFE_NO_PAD.decode(&proof.claims().jti).ok()?;
        self.keys.own_challenge(&bytes, purpose, binding, now)
    }
}
