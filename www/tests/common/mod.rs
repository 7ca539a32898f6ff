//! What the tests share: an origin with a hand-set clock, an edge that signs with a real key and publishes it over HTTP.

#![allow(dead_code, missing_docs, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "test support")]

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, Response};
use axum::{Json, Router, extract::State, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use http_body_util::BodyExt as _;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use sekisho_www::settings::Settings;
use sekisho_www::store::Store;
use sekisho_www::{Origin, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const ISSUER: &str = "http://localhost:8787";
pub const AUDIENCE: &str = "https://origin.example";
pub const MAIL_TOKEN: &str = "mail-token-of-the-tests";
pub const ORIGIN_TOKEN: &str = "origin-token-of-the-tests";
/// 2026-11-22T05:05:00Z.
pub const START: u64 = 1_795_323_900_000;

/// A signing key of the edge's.
pub struct Signer {
    pub kid: String,
    pair: EcdsaKeyPair,
}

impl Signer {
    pub fn new(kid: &str) -> Self {
        let rng = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &rng).unwrap();
        Self { kid: kid.into(), pair }
    }

    pub fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.kid,
            "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..65]),
        })
    }

    pub fn header(&self) -> Value {
        json!({ "alg": "ES256", "typ": "sekisho-assertion+jwt", "kid": self.kid })
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", B64.encode(signature.as_ref()))
    }

    pub fn state(&self, claims: &Value) -> String {
        self.sign(&self.header(), claims)
    }
}

/// The claims of a statement at [`START`]; a customer's where `sub` is given.
pub fn claims(sub: Option<&str>) -> Value {
    let now = START / 1000;
    let mut claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 60, "channel": "pc-main" });
    if let Some(sub) = sub {
        claims["sub"] = json!(sub);
        claims["sid"] = json!("s1");
        claims["amr"] = json!(["pwd"]);
        claims["auth_time"] = json!(now - 30);
    }
    claims
}

#[derive(Default)]
struct Published {
    keys: Mutex<Vec<Value>>,
    asked: AtomicUsize,
}

/// The origin under test with the edge beside it.
pub struct Bench {
    pub origin: Arc<Origin>,
    pub app: Router,
    pub signer: Signer,
    clock: Arc<AtomicU64>,
    published: Arc<Published>,
}

impl Bench {
    pub async fn new() -> Self {
        let signer = Signer::new("k1");
        let published = Arc::new(Published::default());
        published.keys.lock().unwrap().push(signer.jwk());
        let server = Router::new()
            .route(
                "/.well-known/jwks.json",
                get(|State(published): State<Arc<Published>>| async move {
                    published.asked.fetch_add(1, Ordering::SeqCst);
                    Json(json!({ "keys": *published.keys.lock().unwrap() }))
                }),
            )
            .with_state(Arc::clone(&published));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, server).await });
        Self::over(&format!("http://{address}/.well-known/jwks.json"), signer, published)
    }

    /// One whose edge cannot be reached.
    pub async fn without_edge() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        Self::over(&format!("http://{address}/jwks"), Signer::new("k1"), Arc::default())
    }

    fn over(jwks_url: &str, signer: Signer, published: Arc<Published>) -> Self {
        Self::put_together(jwks_url, signer, published, Store::in_memory().unwrap())
    }

    /// One over the records in `folder`; the edge's keys are there as ever.
    pub async fn in_folder(folder: &std::path::Path) -> Self {
        let Self { signer, published, origin, .. } = Self::new().await;
        Self::put_together(&origin.settings.jwks_url, signer, published, Store::open(folder).unwrap())
    }

    fn put_together(jwks_url: &str, signer: Signer, published: Arc<Published>, store: Store) -> Self {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: ".".into(),
            assets: concat!(env!("CARGO_MANIFEST_DIR"), "/../pkg").into(),
            jwks_url: jwks_url.into(),
            jwks_ca: None,
            issuer: ISSUER.into(),
            audience: AUDIENCE.into(),
            mail_token: MAIL_TOKEN.into(),
            origin_token: ORIGIN_TOKEN.into(),
        };
        let clock = Arc::new(AtomicU64::new(START));
        let hand = Arc::clone(&clock);
        let origin = Origin::new(settings, store, Arc::new(move || hand.load(Ordering::SeqCst))).unwrap();
        Self { app: router(Arc::clone(&origin)), origin, signer, clock, published }
    }

    pub fn wait(&self, millis: u64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    /// From now on the edge publishes only `keys`.
    pub fn publish(&self, keys: &[&Signer]) {
        *self.published.keys.lock().unwrap() = keys.iter().map(|key| key.jwk()).collect();
    }

    /// How often the edge's keys were fetched.
    pub fn fetches(&self) -> usize {
        self.published.asked.load(Ordering::SeqCst)
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.app.clone().oneshot(request).await.unwrap()).await
    }

    /// GET `path` with `token` as the statement.
    pub async fn with(&self, path: &str, token: &str) -> Answer {
        self.send(Request::get(path).header("sekisho-assertion", token).body(Body::empty()).unwrap()).await
    }

    /// A browser opens `path`, as the customer `sub` or as a visitor.
    pub async fn open(&self, path: &str, sub: Option<&str>) -> Answer {
        let token = self.signer.state(&claims(sub));
        let request = Request::get(path).header("sekisho-assertion", token).header("accept", "text/html,*/*;q=0.8");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The edge calls an internal path.
    pub async fn call(&self, path: &str, token: &str, key: Option<&str>, body: &Value) -> Answer {
        let mut request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}

/// An answer with its body read.
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a problem document; fails where it is none.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json");
        (self.status, self.json()["code"].as_str().unwrap().into())
    }
}
