//! Passkey ceremonies over and over, for `make bench`: the relying party and the verifier as the house uses them, and nothing
//! of the house around them. In the tests' own build alone.

use sekisho_rules::Timestamp;
use sekisho_webauthn::{Authentication, Registration, RelyingParty, StoredCredential, WebCryptoVerifier};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// When the certificates of the recorded ceremonies hold: 2026-01-01.
const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// Runs one recorded ceremony `times` over.
///
/// # Arguments
/// * `what`: `authenticate`, `register`; or `parse`, an authentication as far as its signature.
/// * `response`: the browser's answer, JSON text.
/// * `challenge`, `id`, `handle`, `key`: what the host kept; the last three for authentications.
///
/// # Errors
/// Throws where a ceremony is refused: then nothing was measured.
#[wasm_bindgen]
pub async fn ceremonies(
    what: String,
    response: String,
    challenge: Vec<u8>,
    id: Vec<u8>,
    handle: Vec<u8>,
    key: Vec<u8>,
    times: u32,
) -> Result<(), JsValue> {
    let rp = RelyingParty::new("broker.example", "Example", ["https://www.broker.example"]).map_err(thrown)?;
    let stored = StoredCredential {
        id,
        public_key: key,
        algorithm: -7,
        sign_count: 0,
        backup_eligible: false,
        backup_state: false,
        user_handle: handle,
    };
    for _ in 0..times {
        match what.as_str() {
            "register" => {
                let ceremony = Registration::begin(&rp, &challenge, NOW, &response).map_err(thrown)?;
                ceremony.run(&WebCryptoVerifier).await.map_err(thrown)?;
            }
            "authenticate" => {
                let ceremony = Authentication::begin(&rp, &challenge, &stored, &response).map_err(thrown)?;
                ceremony.run(&WebCryptoVerifier).await.map_err(thrown)?;
            }
            _ => drop(Authentication::begin(&rp, &challenge, &stored, &response).map_err(thrown)?),
        }
    }
    Ok(())
}

fn thrown(fault: impl std::fmt::Display) -> JsValue {
    js_sys::Error::new(&fault.to_string()).into()
}
