//! One recorded case (form: `{id, ceremony, rpId, origins, challenge, response, ...}`) judged by the crate. Shared by the
//! program `examples/vectors.rs` and the tests.

use sekisho_rules::Timestamp;
use sekisho_webauthn::{
    Algorithm, Authentication, CounterPolicy, Embedding, Registration, RelyingParty, StoredCredential, TrustAnchor,
    TrustPolicy, UserVerification, Verifier,
};
use serde_json::Value;

pub type Failure = Box<dyn std::error::Error>;

/// The time for certificates where a case names none: 2026-01-01.
pub const NOW: u64 = 1_767_225_600;

/// Runs the case's ceremony. `strict` leaves on the checks of the default policy that the W3C's own vectors fail.
#[cfg(not(target_arch = "wasm32"))]
pub fn judge(case: &Value, now: u64, strict: bool) -> Result<(), Failure> {
    pollster::block_on(judge_with(case, now, strict, &sekisho_webauthn::RingVerifier))
}

/// The same by any verifier.
pub async fn judge_with(case: &Value, now: u64, strict: bool, verifier: &impl Verifier) -> Result<(), Failure> {
    let rp = relying_party(case, strict)?;
    let challenge = bytes(case, "challenge")?;
    let response = case.get("response").ok_or("no response")?;
    // A response that needs a spelling JSON values lose (a key twice) is given as a text.
    let response = response.as_str().map_or_else(|| response.to_string(), str::to_owned);
    if text(case, "ceremony")? == "registration" {
        let now = case.get("now").and_then(Value::as_u64).unwrap_or(now);
        let now = Timestamp::from_millis(now.saturating_mul(1000));
        let conditional = case.get("mediation").and_then(Value::as_str) == Some("conditional");
        let begin = if conditional { Registration::begin_conditional } else { Registration::begin };
        begin(&rp, &challenge, now, &response)?.run(verifier).await?;
    } else {
        let stored = stored(case, &response)?;
        Authentication::begin(&rp, &challenge, &stored, &response)?.run(verifier).await?;
    }
    Ok(())
}

fn relying_party(case: &Value, strict: bool) -> Result<RelyingParty, Failure> {
    let mut rp = RelyingParty::new("localhost", "", ["http://localhost"])?;
    // Set past the checks of `new`: a recorded case may have run where no site of ours would.
    text(case, "rpId")?.clone_into(&mut rp.id);
    rp.origins = texts(case, "origins")?;
    rp.user_verification = match case.get("userVerification").and_then(Value::as_str) {
        Some("discouraged") => UserVerification::Discouraged,
        Some("preferred") => UserVerification::Preferred,
        _ => UserVerification::Required,
    };
    if case.get("allowCrossOrigin").and_then(Value::as_bool) == Some(true) {
        let pages = texts(case, "topOrigins")?;
        rp.embedding = if pages.is_empty() { Embedding::Anywhere } else { Embedding::Within(pages) };
    }
    if let Some(allowed) = case.get("allowedAlgs").and_then(Value::as_array) {
        rp.algorithms = allowed.iter().filter_map(Value::as_i64).filter_map(Algorithm::from_id).collect();
    }
    rp.counter = CounterPolicy::Refuse;
    let strict = strict || case.get("strict").and_then(Value::as_bool) == Some(true);
    rp.attestation.u2f_zero_aaguid = strict;
    rp.attestation.tpm_known_vendor = strict;
    rp.attestation.android_key_authorizations = strict;
    if let Some(anchors) = case.get("trustAnchorsDer").and_then(Value::as_array).filter(|anchors| !anchors.is_empty()) {
        let anchors = anchors
            .iter()
            .map(|anchor| Ok(TrustAnchor::from_der(&decode(anchor.as_str().ok_or("an anchor is no text")?)?)?))
            .collect::<Result<_, Failure>>()?;
        rp.attestation.trust = TrustPolicy::Anchored { anchors, allow_none: false, allow_self: false };
    }
    Ok(rp)
}

fn stored(case: &Value, response: &str) -> Result<StoredCredential, Failure> {
    let stored = case.get("stored").ok_or("no stored credential")?;
    let flag = |name| stored.get(name).and_then(Value::as_bool);
    let handle = match stored.get("userHandle").and_then(Value::as_str) {
        Some(handle) => decode(handle)?,
        // A case that does not say whose the credential is leaves the owner open.
        None => sekisho_webauthn::peek(response).ok().and_then(|peek| peek.user_handle).unwrap_or_default(),
    };
    Ok(StoredCredential {
        id: bytes(stored, "credentialId")?,
        public_key: bytes(stored, "publicKeyCose")?,
        algorithm: stored.get("alg").and_then(Value::as_i64).ok_or("no alg")?,
        sign_count: stored.get("signCount").and_then(Value::as_u64).unwrap_or(0).try_into()?,
        backup_eligible: flag("backupEligible").ok_or("no backupEligible")?,
        backup_state: flag("backupState").unwrap_or(false),
        user_handle: handle,
    })
}

pub fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Failure> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| format!("no text `{name}`").into())
}

fn texts(value: &Value, name: &str) -> Result<Vec<String>, Failure> {
    let list = value.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| format!("`{name}` holds no texts").into()))
        .collect()
}

fn bytes(value: &Value, name: &str) -> Result<Vec<u8>, Failure> {
    decode(text(value, name)?)
}

/// Takes either alphabet: certificates are usually written in the plain one.
fn decode(text: &str) -> Result<Vec<u8>, Failure> {
    use base64::Engine as _;
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text)?)
}
