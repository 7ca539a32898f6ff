//! The signed statement of who asks and how surely that is known: `Sekisho-Assertion`.
//!
//! A JWT (ES256), signed once per session and lease and kept for that long; an anonymous visit has one too, without
//! `sub`, so that the origin can refuse whatever did not come through the gate. Where a route has it so, each request has
//! one of its own that names method and URL in RFC 9449's words and that no other request is believed with.

use super::known::Kept;
use super::packed::Packed;
use super::{Cookie, Who, path_of};
use crate::House;
use crate::host::{Signer, Unreached};
use crate::keys;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use sekisho_rules::{Amr, Timestamp};
use serde::Serialize;
use std::cell::RefCell;
use std::time::Duration;

/// The token's type: no other token of ours carries it (RFC 8725 §3.11).
const TYP: &str = "sekisho-assertion+jwt";
/// How long an anonymous statement is used.
const ANONYMOUS: Duration = Duration::from_secs(60);
/// How long past its lease a statement is still true: the way to the origin and its clock.
const GRACE: Duration = Duration::from_secs(30);
/// The most statements an isolate keeps, about 1 KB each of its 128 MB; where so many are live, all go.
const MOST: usize = 16_384;

/// Statements already signed in this isolate, each with the end of its use.
#[derive(Default)]
pub struct Assertions(RefCell<Kept<Vec<u8>, (Timestamp, String)>>);

impl Assertions {
    fn find(&self, key: &[u8], now: Timestamp) -> Option<String> {
        let kept = self.0.borrow();
        kept.get(key).filter(|(end, _)| now < *end).map(|(_, token)| token.clone())
    }

    fn keep(&self, key: Vec<u8>, end: Timestamp, token: String, now: Timestamp) {
        self.0.borrow_mut().keep(key, (end, token), MOST, |(end, _)| now < *end);
    }
}

/// The claims of RFC 7519 and RFC 8176, with our `channel`; of an anonymous visit only the first five.
#[derive(Default, Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_bound: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    htm: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    htu: Option<String>,
}

/// What binds a statement to one request (RFC 7519 §4.1.7, RFC 9449 §4.2).
struct Once<'a> {
    jti: String,
    htm: &'a str,
    htu: String,
}

impl House {
    pub(super) fn cached_assertion(&self, request: &Packed, now: Timestamp, who: &Who) -> Option<String> {
        self.assertions.find(&cache_key(who, request.channel(&self.config)), now)
    }

    /// The statement for `who`: the one that is kept, or one that is signed now and kept.
    pub(super) async fn assertion<S: Signer>(
        &self,
        signer: &S,
        request: &Packed<'_>,
        now: Timestamp,
        who: &Who,
    ) -> Result<String, Unreached> {
        if let Some(kept) = self.cached_assertion(request, now, who) {
            return Ok(kept);
        }
        let end = match who {
            Who::Anonymous => now + ANONYMOUS,
            // Inside the renewal window the lease is already over: the statement then serves this request only.
            Who::Customer(cookie) => cookie.lease.max(now + Duration::from_millis(1)),
        };
        let token = self.sign_assertion(signer, request, (now, end), who, None).await?;
        self.assertions.keep(cache_key(who, request.channel(&self.config)), end, token.clone(), now);
        Ok(token)
    }

    /// A statement for this one request, which is not kept.
    pub(super) async fn assertion_once<S: Signer, R: CryptoRng>(
        &self,
        signer: &S,
        rng: &mut R,
        request: &Packed<'_>,
        now: Timestamp,
        who: &Who,
    ) -> Result<String, Unreached> {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let htu = format!("{}{}", self.config.origin_of(request.entrance(&self.config)), path_of(request.target()));
        let once = Once { jti: URL_SAFE_NO_PAD.encode(id), htm: request.method, htu };
        self.sign_assertion(signer, request, (now, now), who, Some(once)).await
    }

    async fn sign_assertion<S: Signer>(
        &self,
        signer: &S,
        request: &Packed<'_>,
        (now, end): (Timestamp, Timestamp),
        who: &Who,
        once: Option<Once<'_>>,
    ) -> Result<String, Unreached> {
        let sid;
        let mut claims = Claims {
            iss: &self.config.site.origin,
            aud: &self.config.origin.audience,
            iat: now.as_seconds(),
            exp: (end + GRACE).as_seconds(),
            ..Claims::default()
        };
        if let Some(Once { jti, htm, htu }) = once {
            (claims.jti, claims.htm, claims.htu) = (Some(jti), Some(htm), Some(htu));
        }
        match who {
            Who::Anonymous => claims.channel = request.channel(&self.config),
            Who::Customer(cookie) => {
                let session = &cookie.session;
                sid = cookie.sid();
                claims.channel = &session.channel;
                claims.sub = Some(&session.customer);
                claims.sid = Some(&sid);
                claims.amr = Some(session.amr.names().collect());
                claims.acr = Some(acr(session.amr));
                claims.auth_time = Some(session.auth_time.as_seconds());
                claims.device_bound = session.bound.map(|_| true);
                claims.risk = session.elevated.map(|elevated| if elevated { "elevated" } else { "low" });
            }
        }
        let signing = self.keys.signing_key().ok_or_else(|| Unreached("no signing key".into()))?;
        keys::sign(signer, signing, TYP, &claims).await
    }
}

/// How surely the customer is known, as one word: a verified passkey, two factors, or one.
fn acr(amr: Amr) -> &'static str {
    if amr.contains(Amr::PASSKEY | Amr::USER_VERIFIED) {
        "urn:sekisho:acr:phishing-resistant"
    } else if amr.contains(Amr::PASSWORD | Amr::CODE) {
        "urn:sekisho:acr:two-factor"
    } else {
        "urn:sekisho:acr:single-factor"
    }
}

fn cache_key(who: &Who, channel: &str) -> Vec<u8> {
    match who {
        Who::Anonymous => channel.as_bytes().to_vec(),
        Who::Customer(cookie) => session_cache_key(cookie),
    }
}

/// Session, lease, proofs, binding and risk together: a renewed lease or a raised session has a statement of its own.
fn session_cache_key(cookie: &Cookie) -> Vec<u8> {
    let mut key = vec![0];
    key.extend_from_slice(&cookie.key().0);
    key.extend_from_slice(&cookie.lease.as_millis().to_be_bytes());
    key.push(cookie.session.amr.bits());
    key.push(cookie.session.bound.is_some().into());
    key.push(cookie.session.elevated.map_or(2, u8::from));
    key
}
