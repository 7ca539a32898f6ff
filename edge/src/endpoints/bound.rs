//! Device bound sessions: where browsers register a key and have the bound cookie renewed. They come here by themselves, no
//! page calls.
//!
//! How a browser reads the status is the draft's: 403 with a challenge has it sign and come again, another 4xx ends its
//! session, 5xx lets it try later. So nothing here answers 401, and a session that is no more is told so with 200.

use super::sign_in::no;
use crate::account::{Command, Reply};
use crate::bound::{self, BindingId, CHALLENGE};
use crate::gate::Cookie;
use crate::host::Host;
use crate::keys::Purpose;
use crate::routes::{Answer, Asked, No, append, set};
use http::{HeaderMap, Response, StatusCode};
use rand_core::CryptoRng;
use sekisho_rules::Refusal;

/// The headers that the draft names, as they arrive.
const PROOF: &str = "secure-session-response";
const IDENTIFIER: &str = "sec-secure-session-id";

/// Offers to bind the session of `cookie`, which has just been proved, to the browser. Over plain http none would take it.
pub(crate) fn offer<H: Host>(asked: &Asked<'_, H>, headers: &mut HeaderMap, cookie: &Cookie) {
    let config = asked.config();
    if config.session.bound && cookie.session.bound.is_none() && config.site.origin.starts_with("https://") {
        let challenge = asked.house.keys.binding_challenge(cookie.key(), asked.now + CHALLENGE);
        set(headers, "secure-session-registration", &bound::registration_header(&challenge));
    }
}

/// Registers the key with which the browser has signed the offer's challenge.
pub(crate) async fn bound_register<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let gone = || No::from(Refusal::ChallengeGone);
    let cookie = asked.any_cookie().filter(|_| asked.config().session.bound).ok_or_else(gone)?;
    let proof = bound::text(asked.header(PROOF)).ok_or(Refusal::Malformed)?;
    let challenge = asked.house.signed_challenge(proof, Purpose::Bind, &cookie.key().0, asked.now).ok_or_else(gone)?;
    let command = Command::Bind {
        session: cookie.key(),
        challenge: challenge.bytes,
        until: challenge.until,
        proof: proof.to_owned(),
    };
    match asked.host.account(cookie.account, command).await? {
        Reply::Session(session) => {
            let binding = session.bound.ok_or(Refusal::Unavailable)?;
            let mut response = said(bound::instructions(asked.house, asked.entrance(), binding));
            // Without a lease: the browser's next request shows the account that it knows of the binding.
            let cookie = Cookie { lease: asked.now, session, ..cookie };
            set(response.headers_mut(), "set-cookie", &cookie.set(&asked.house.keys));
            append(response.headers_mut(), "set-cookie", &bound::set(binding, &asked.house.keys, asked.now));
            Ok(response)
        }
        Reply::Gone(_) => Err(gone()),
        reply => Err(no(&reply)),
    }
}

/// Renews the bound cookie for a signature; asks for one where none came, or one under a challenge that is not good any more.
pub(crate) async fn bound_refresh<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let identifier = bound::text(asked.header(IDENTIFIER)).ok_or(Refusal::Malformed)?;
    let binding = BindingId::from_hex(identifier).ok_or(Refusal::Malformed)?;
    let over = || Ok(said(bound::over(binding)));
    // A newer session's browser still knows the older one's key. Which account it was is nobody's to say any more.
    let fits = |cookie: &Cookie| cookie.session.bound.is_none_or(|bound| bound == binding);
    let Some(cookie) = asked.any_cookie().filter(fits).filter(|_| asked.config().session.bound) else { return over() };
    let next = asked.house.keys.challenge(rng, Purpose::Refresh, &binding.0, asked.now + CHALLENGE);
    let next = bound::challenge_header(&next, binding);
    let ask = || {
        let mut response = Response::new(Vec::new());
        *response.status_mut() = StatusCode::FORBIDDEN;
        set(response.headers_mut(), "secure-session-challenge", &next);
        Ok(response)
    };
    let Some(proof) = bound::text(asked.header(PROOF)) else { return ask() };
    let Some(challenge) = asked.house.signed_challenge(proof, Purpose::Refresh, &binding.0, asked.now) else {
        return ask();
    };
    let command =
        Command::Refresh { binding, challenge: challenge.bytes, until: challenge.until, proof: proof.to_owned() };
    match asked.host.account(cookie.account, command).await? {
        Reply::Session(_) => {
            let mut response = said(bound::instructions(asked.house, asked.entrance(), binding));
            set(response.headers_mut(), "set-cookie", &bound::set(binding, &asked.house.keys, asked.now));
            set(response.headers_mut(), "secure-session-challenge", &next);
            Ok(response)
        }
        Reply::Gone(_) => over(),
        Reply::Refused { refusal: Refusal::ChallengeGone, .. } => ask(),
        reply => Err(no(&reply)),
    }
}

/// What a browser is told, JSON.
fn said(text: String) -> Response<Vec<u8>> {
    let mut response = Response::new(text.into_bytes());
    set(response.headers_mut(), "content-type", "application/json");
    response
}
