//! Staff's passkeys: enrolment by a code that is good once, and the login. The user is always verified.

use super::super::passkey::challenge_of;
use super::{cookie, field, tell, written};
use crate::host::Host;
use crate::keys::Purpose;
use crate::routes::{Answer, Asked, json, set};
use crate::staff::handle;
use crate::wire::{from_hex, to_hex};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use ring::digest::{SHA256, digest};
use sekisho_rules::Refusal;
use sekisho_webauthn::{RelyingParty, User, creation_options, request_options};
use serde_json::json as document;
use std::time::Duration;

const CEREMONY: Duration = Duration::from_secs(300);

fn party<'a, H: Host>(asked: &Asked<'a, H>) -> Result<&'a RelyingParty, Refusal> {
    asked.house.staff_party().ok_or(Refusal::NotFound)
}

pub(super) fn login_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let challenge = asked.house.keys.challenge(rng, Purpose::StaffSignIn, b"", asked.now + CEREMONY);
    json(&document!({ "publicKey": request_options(party(asked)?, &challenge.bytes, &[]) }))
}

pub(super) async fn login_finish<H: Host>(asked: &Asked<'_, H>, credential: &str) -> Answer {
    let signed = challenge_of(credential).unwrap_or_default();
    let challenge = asked.house.keys.own_challenge(&signed, Purpose::StaffSignIn, b"", asked.now);
    let challenge = challenge.ok_or(Refusal::ChallengeGone)?;
    let until = challenge.until.as_millis().to_string();
    let told = tell(asked, &["sign_in", &to_hex(&challenge.bytes), &until, credential]).await?;
    let id = field(&told, "session").and_then(|id| from_hex::<32>(&id)).ok_or(Refusal::SignInFailed)?;
    let mut response = written("{}".to_owned());
    set(response.headers_mut(), "set-cookie", &cookie(&URL_SAFE_NO_PAD.encode(id), ""));
    Ok(response)
}

/// An enrolment's code as the object knows it.
pub(super) fn digest_of(code: &str) -> [u8; 32] {
    digest(&SHA256, code.as_bytes()).as_ref().try_into().unwrap_or([0; 32])
}

pub(super) async fn enrol_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R, code: &str) -> Answer {
    let party = party(asked)?;
    let digest = digest_of(code);
    let told = tell(asked, &["enrol_options", &to_hex(&digest)]).await?;
    let name = &field(&told, "name").unwrap_or_default();
    let challenge = asked.house.keys.challenge(rng, Purpose::StaffEnrol, &digest, asked.now + CEREMONY);
    let user = User { handle: handle(&digest), name, display_name: name };
    let options = creation_options(party, &user, &challenge.bytes, &[]).map_err(|_| Refusal::Unavailable)?;
    json(&document!({ "publicKey": options }))
}

pub(super) async fn enrol_finish<H: Host>(asked: &Asked<'_, H>, code: &str, credential: &str) -> Answer {
    let digest = digest_of(code);
    let signed = challenge_of(credential).unwrap_or_default();
    let challenge = asked.house.keys.own_challenge(&signed, Purpose::StaffEnrol, &digest, asked.now);
    let challenge = challenge.ok_or(Refusal::ChallengeGone)?;
    Ok(written(tell(asked, &["enrol", &to_hex(&digest), &to_hex(&challenge.bytes), credential]).await?))
}
