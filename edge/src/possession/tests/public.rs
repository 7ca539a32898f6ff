//! The public collection's proofs and addresses; and a channel that serves only what is bound.

use super::super::*;
use super::{App, SITE, packed, send, token};
use crate::gate::Decision;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with};
use serde_json::{Value, json};

/// A file of the public collection, if it is at hand.
pub fn public(name: &str) -> Option<Value> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    let named = std::env::var("SEKISHO_PUBLIC_VECTORS");
    let all = std::path::PathBuf::from(root).join(named.as_deref().unwrap_or("../shared/vectors"));
    let path = all.join("dbsc").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap(),
        // Where the collection is asked for, or there without this part of it, nothing has passed.
        Err(fault) if named.is_ok() || all.is_dir() => panic!("{}: {fault}", path.display()),
        Err(_) => {
            eprintln!("skipped: {} is not there", path.display());
            None
        }
    }
}

fn split(url: &str) -> (&str, &str) {
    let start = url.find("://").unwrap() + 3;
    let end = url[start..].find('/').map_or(url.len(), |at| at + start);
    (&url[..end], if end == url.len() { "/" } else { &url[end..] })
}

#[test]
fn addresses_are_the_same_where_the_public_collection_has_them_so() {
    let Some(vectors) = public("dpop-htu-normalization.json") else { return };
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 12);
    for case in cases {
        let (origin, path) = split(case["requestUrl"].as_str().unwrap());
        let same = is_same(case["claimedHtu"].as_str().unwrap(), origin, path);
        assert_eq!(same, case["expectMatch"].as_bool().unwrap(), "{}", case["why"]);
    }
}

#[test]
fn the_public_collections_proofs_are_taken_and_refused_as_it_says() {
    let site = |config: String| {
        config
            .replace("\"http://localhost:8787\"", "\"https://api.example.com\"")
            .replace("rp_id = \"localhost\"", "rp_id = \"example.com\"")
            .replace("http://127.0.0.1:8788", "https://origin.example.com")
    };
    let house = house_with(site);
    let mut judged = 0;
    for name in ["dpop-proof.json", "dpop-bound-token.json"] {
        let Some(vector) = public(name) else { return };
        let (_, path) = split(vector["url"].as_str().unwrap());
        let text = vector["dpopHeader"].as_str().unwrap();
        let now = Timestamp::from_millis(vector["claims"]["iat"].as_u64().unwrap() * 1_000);
        let is_for = |method: &str, path: &str, token: Option<&str>, now| {
            let brought = Brought { method, entrance: 0, path, proof: text, background: false };
            house.is_for(&brought, token, now)
        };
        let (method, token) = (vector["method"].as_str().unwrap(), vector["accessToken"].as_str());
        assert_eq!(is_for(method, path, token, now), Ok(()), "{name}");
        let proof = PossessionProof::read(TYP, text).unwrap();
        let key = proof.key().unwrap().clone();
        let jkt = vector["jkt"].as_str().or(vector["tokenCnf"]["jkt"].as_str());
        assert_eq!(Some(key.thumbprint().as_str()), jkt, "{name}");
        let run = proof.begin(&key).unwrap().run(&sekisho_webauthn::RingVerifier);
        assert_eq!(pollster::block_on(run).is_ok(), vector["signatureVerifies"].as_bool().unwrap());
        for case in vector["expectedReject"].as_array().unwrap() {
            let other = case["url"].as_str().map_or(path, |url| split(url).1);
            let (method, token) = (case["method"].as_str().unwrap_or(method), case["accessToken"].as_str().or(token));
            let refused = match case["tokenCnf"] {
                // Whose key a token is for is held against the thumbprint at the account.
                Value::Null if case.get("tokenCnf").is_none() => is_for(method, other, token, now).is_err(),
                ref confirmation => confirmation["jkt"].as_str() != Some(&key.thumbprint()),
            };
            assert!(refused, "{name}: {}", case["case"]);
            judged += 1;
        }
        assert!(is_for(method, path, token, now + Duration::from_secs(61)).is_err());
    }
    assert!(judged >= 5);
}

#[test]
fn a_token_is_bound_to_its_key_and_that_is_enough_where_binding_is_required() {
    let strict = |config: String| {
        let config = config.replace(SITE, "https://localhost:8787");
        config.replace("app = \"smartphone-app\"", "app = \"smartphone-app\"\nbound = \"required\"")
    };
    let memory = Memory::new(house_with(strict), START, 1);
    let site = |path: &str| json!({ "htu": format!("https://localhost:8787{path}") });
    let mut browser = Browser { app: Some("smartphone-app"), ..Browser::default() };
    let number = browser.open(&memory);
    let mut app = App::new();
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    let proof = app.proof(&memory, ("POST", "/.sekisho/token"), None, &site("/.sekisho/token"));
    let token = token(&send(&mut browser, &memory, ("POST", "/.sekisho/token"), None, &proof));
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    for seconds in [0, 61, 600] {
        memory.pass(std::time::Duration::from_secs(seconds));
        let proof = app.proof(&memory, ("GET", "/home"), Some(&token), &site("/home"));
        let decision = memory.pass_gate(&packed(("GET", "/home"), &token, &proof));
        assert!(matches!(decision, Decision::Forward { .. }), "after {seconds} s: {decision:?}");
        let proof = app.proof(&memory, ("GET", "/.sekisho/me"), Some(&token), &site("/.sekisho/me"));
        assert_eq!(send(&mut Browser::default(), &memory, ("GET", "/.sekisho/me"), Some(&token), &proof).status, 200);
        // The cookie of the same app, which anybody could copy.
        let me = browser.get(&memory, "/.sekisho/me");
        assert_eq!(if seconds == 0 { 200 } else { 403 }, me.status, "after {seconds} s: {}", me.json);
    }
}
