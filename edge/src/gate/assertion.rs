//! The signed statement of who asks and how surely that is known: `Sekisho-Assertion`.
//!
//! A JWT (ES256), signed once per session and lease and kept for that long; an anonymous visit has one too, without
//! `sub`, so that the origin can refuse whatever did not come through the gate.

use super::packed::Packed;
use super::{Cookie, Who};
use crate::House;
use crate::host::{Signer, Unreached};
use crate::keys;
use sekisho_rules::{Amr, Timestamp};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

/// The token's type: no other token of ours carries it (RFC 8725 §3.11).
const TYP: &str = "sekisho-assertion+jwt";
/// How long an anonymous statement is used.
const ANONYMOUS: Duration = Duration::from_secs(60);
/// How long past its lease a statement is still true: the way to the origin and its clock.
const GRACE: Duration = Duration::from_secs(30);
/// The most statements an isolate keeps; past it the lapsed ones go, and if none lapsed, all.
const MOST: usize = 4096;

/// Statements already signed in this isolate, each with the end of its use.
#[derive(Default)]
pub struct Assertions(RefCell<HashMap<Vec<u8>, (Timestamp, String)>>);

impl Assertions {
    fn find(&self, key: &[u8], now: Timestamp) -> Option<String> {
        let kept = self.0.borrow();
        kept.get(key).filter(|(end, _)| now < *end).map(|(_, token)| token.clone())
    }

    fn keep(&self, key: Vec<u8>, end: Timestamp, token: String, now: Timestamp) {
        let mut kept = self.0.borrow_mut();
        if kept.len() >= MOST {
            kept.retain(|_, (end, _)| now < *end);
            if kept.len() >= MOST {
                kept.clear();
            }
        }
        kept.insert(key, (end, token));
    }
}

/// The claims of RFC 7519 and RFC 8176, with our `channel`; of an anonymous visit only the first five.
#[derive(Serialize)]
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
}

impl House {
    pub(super) fn cached_assertion(&self, request: &Packed, now: Timestamp, who: &Who) -> Option<String> {
        self.assertions.find(&cache_key(who, request.channel(&self.config)), now)
    }

    /// Signs and keeps the statement for `who`, if none is kept.
    pub(super) async fn sign_assertion<S: Signer>(
        &self,
        signer: &S,
        request: &Packed<'_>,
        now: Timestamp,
        who: &Who,
    ) -> Result<(), Unreached> {
        let channel = request.channel(&self.config);
        let key = cache_key(who, channel);
        if self.assertions.find(&key, now).is_some() {
            return Ok(());
        }
        let end = match who {
            Who::Anonymous => now + ANONYMOUS,
            // Inside the renewal window the lease is already over: the statement then serves this request only.
            Who::Customer(cookie) => cookie.lease.max(now + Duration::from_millis(1)),
        };
        let session = match who {
            Who::Anonymous => None,
            Who::Customer(cookie) => Some((&cookie.session, cookie.sid())),
        };
        let claims = Claims {
            iss: &self.config.site.origin,
            aud: &self.config.origin.audience,
            iat: now.as_seconds(),
            exp: (end + GRACE).as_seconds(),
            channel: session.as_ref().map_or(channel, |(session, _)| &session.channel),
            sub: session.as_ref().map(|(session, _)| session.customer.as_str()),
            sid: session.as_ref().map(|(_, sid)| sid.as_str()),
            amr: session.as_ref().map(|(session, _)| session.amr.names().collect()),
            acr: session.as_ref().map(|(session, _)| acr(session.amr)),
            auth_time: session.as_ref().map(|(session, _)| session.auth_time.as_seconds()),
        };
        let signing = self.keys.signing_key().ok_or_else(|| Unreached("no signing key".into()))?;
        let token = keys::sign(signer, signing, TYP, &claims).await?;
        self.assertions.keep(key, end, token, now);
        Ok(())
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

/// Session, lease and proofs together: a renewed lease or a raised session has a statement of its own.
fn session_cache_key(cookie: &Cookie) -> Vec<u8> {
    let mut key = vec![0];
    key.extend_from_slice(&cookie.key().0);
    key.extend_from_slice(&cookie.lease.as_millis().to_be_bytes());
    key.push(cookie.session.amr.bits());
    key
}
