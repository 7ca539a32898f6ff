//! The edge's public keys: fetched over HTTP, kept for a while, fetched again when a statement names one we lack.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use tokio::sync::Mutex;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::es256;
use crate::StartError;
use crate::problem::Problem;
use crate::settings::Settings;

/// After this long the keys are fetched anew, so that a withdrawn key stops being trusted (milliseconds).
const FRESH: u64 = 10 * 60 * 1000;
/// Keys that could not be renewed are trusted this long at most (milliseconds).
const STALE: u64 = 60 * 60 * 1000;
/// Between two fetches: made-up key names must not turn the origin against the edge (milliseconds).
const PAUSE: u64 = 2_000;
/// A key set is a few hundred bytes; longer answers are not read.
const LARGEST: u64 = 64 * 1024;

/// The edge's public keys by `kid`.
pub struct Keys {
    url: String,
    agent: ureq::Agent,
    kept: RwLock<Kept>,
    // One fetch at a time: a burst of requests after a rotation asks the edge once, and known keys do not wait for it.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Kept {
    by_kid: HashMap<String, DecodingKey>,
    fetched: Option<u64>,
    tried: Option<u64>,
}

impl Kept {
    fn within(&self, age: u64, now: u64) -> bool {
        self.fetched.is_some_and(|at| now.abs_diff(at) < age)
    }
}

impl Keys {
    /// No key yet; the first statement has them fetched from the address in `settings`.
    ///
    /// # Errors
    /// When the certificate authority in `settings` is not PEM.
    pub fn new(settings: &Settings) -> Result<Self, StartError> {
        es256::install();
        let mut config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(3)))
            .max_redirects(0)
            .user_agent("sekisho-www");
        if let Some(pem) = &settings.jwks_ca {
            let root =
                Certificate::from_pem(pem.as_bytes()).map_err(|error| StartError::Certificate(error.to_string()))?;
            config = config.tls_config(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).build());
        }
        Ok(Self {
            url: settings.jwks_url.clone(),
            agent: config.build().into(),
            kept: RwLock::default(),
            turn: Mutex::new(()),
        })
    }

    /// The key named `kid` at `now` (milliseconds), or none where the edge does not publish it.
    ///
    /// # Errors
    /// [`Problem::KeysUnreachable`] when no key set has been had within the last hour.
    pub async fn find(&self, kid: &str, now: u64) -> Result<Option<DecodingKey>, Problem> {
        if let Some(key) = self.fresh(kid, now) {
            return Ok(Some(key));
        }
        let _turn = self.turn.lock().await;
        // Whoever had the turn before may have brought it.
        if let Some(key) = self.fresh(kid, now) {
            return Ok(Some(key));
        }
        if self.begin(now) {
            match self.fetch().await {
                Ok(by_kid) => {
                    let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
                    kept.by_kid = by_kid;
                    kept.fetched = Some(now);
                }
                Err(reason) => eprintln!("sekisho-www: the edge's keys could not be fetched: {reason}"),
            }
        }
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if kept.within(STALE, now) { Ok(kept.by_kid.get(kid).cloned()) } else { Err(Problem::KeysUnreachable) }
    }

    fn fresh(&self, kid: &str, now: u64) -> Option<DecodingKey> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if kept.within(FRESH, now) { kept.by_kid.get(kid).cloned() } else { None }
    }

    /// Notes an attempt at `now`, unless the last one was too short a time ago.
    fn begin(&self, now: u64) -> bool {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let rested = kept.tried.is_none_or(|at| now.abs_diff(at) >= PAUSE);
        if rested {
            kept.tried = Some(now);
        }
        rested
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, String> {
        let (agent, url) = (self.agent.clone(), self.url.clone());
        let text = tokio::task::spawn_blocking(move || {
            let mut answer = agent.get(&url).header("accept", "application/json").call()?;
            answer.body_mut().with_config().limit(LARGEST).read_to_string()
        })
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
        let set: JwkSet = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        Ok(set.keys.iter().filter_map(usable).collect())
    }
}

/// A key as we take it: P-256, named, and not meant for encryption; others in the set are passed over.
fn usable(key: &Jwk) -> Option<(String, DecodingKey)> {
    let AlgorithmParameters::EllipticCurve(ec) = &key.algorithm else { return None };
    let signs = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let kid = key.common.key_id.clone()?;
    (ec.curve == EllipticCurve::P256 && signs).then(|| DecodingKey::from_jwk(key).ok().map(|key| (kid, key))).flatten()
}
