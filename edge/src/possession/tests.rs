pub mod public;
mod streams;

use super::*;
use crate::gate::Decision;
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with, memory};
use http::Method;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

const SITE: &str = "http://localhost:8787";

/// An app with its key, and how many proofs it has made.
struct App {
    key: EcdsaKeyPair,
    made: u32,
}

/// What a proof says, and what of it is left out (null) or said otherwise.
fn changed(mut claims: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

impl App {
    fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self { key, made: 0 }
    }

    fn proof(&mut self, memory: &Memory, (method, path): (&str, &str), token: Option<&str>, changes: &Value) -> String {
        self.made += 1;
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let point = self.key.public_key().as_ref();
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) });
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let path = path.split('?').next().unwrap();
        let mut claims = json!({
            "jti": format!("proof {}", self.made), "htm": method, "htu": format!("{SITE}{path}"),
            "iat": memory.now().as_seconds(),
        });
        if let Some(token) = token {
            claims["ath"] = text(digest::digest(&digest::SHA256, token.as_bytes()).as_ref()).into();
        }
        let signed = format!(
            "{}.{}",
            text(header.to_string().as_bytes()),
            text(changed(claims, changes).to_string().as_bytes())
        );
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", text(signature.as_ref()))
    }

    /// Exchanges the browser's cookie for a token.
    fn exchange(&mut self, browser: &mut Browser, memory: &Memory) -> Answer {
        let proof = self.proof(memory, ("POST", "/.sekisho/token"), None, &json!({}));
        send(browser, memory, ("POST", "/.sekisho/token"), None, &proof)
    }

    /// Asks one of our endpoints by token.
    fn ask(&mut self, memory: &Memory, route: (&str, &str), token: &str) -> Answer {
        let proof = self.proof(memory, route, Some(token), &json!({}));
        send(&mut Browser::default(), memory, route, Some(token), &proof)
    }

    /// Asks for a page by token.
    fn page(&mut self, memory: &Memory, path: &str, token: &str) -> Decision {
        let proof = self.proof(memory, ("GET", path), Some(token), &json!({}));
        memory.pass_gate(&packed(("GET", path), token, &proof))
    }
}

fn send(
    browser: &mut Browser,
    memory: &Memory,
    (method, path): (&str, &str),
    token: Option<&str>,
    proof: &str,
) -> Answer {
    let body = if method == "GET" { Vec::new() } else { b"{}".to_vec() };
    let mut request = browser.request(Method::from_bytes(method.as_bytes()).unwrap(), path, body);
    if let Some(token) = token {
        request.headers_mut().insert("authorization", format!("DPoP {token}").parse().unwrap());
    }
    request.headers_mut().insert("dpop", proof.parse().unwrap());
    browser.send(memory, request)
}

fn packed((method, path): (&str, &str), token: &str, proof: &str) -> String {
    format!("{method}\n{SITE}{path}\n\n*/*\n\n\n\n\n\n\nApp/1\n\n\n\nDPoP {token}\n{proof}\n")
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["access_token"].as_str().unwrap().to_owned()
}

/// A customer whose app has just logged in and exchanged its cookie: app, token, and the cookie that it had.
fn possessed(memory: &Memory) -> (App, String, Browser) {
    let mut browser = Browser { app: Some("smartphone-app"), ..Browser::default() };
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    let before = browser.clone();
    let mut app = App::new();
    let answer = app.exchange(&mut browser, memory);
    assert_eq!((&answer.json["token_type"], &answer.json["expires_in"]), (&json!("DPoP"), &json!(10_800)));
    assert!(browser.cookie.is_none(), "the cookie is taken away");
    let token = token(&answer);
    (app, token, before)
}

fn refused(decision: &Decision) -> (u16, String) {
    let Decision::Refuse { status, headers, .. } = decision else { panic!("{decision:?}") };
    let told = headers.iter().find(|(name, _)| name == "www-authenticate");
    (*status, told.map(|(_, value)| value.clone()).unwrap_or_default())
}

const INVALID_TOKEN: &str = "DPoP error=\"invalid_token\", algs=\"ES256 RS256\"";
const INVALID_PROOF: &str = "DPoP error=\"invalid_dpop_proof\", algs=\"ES256 RS256\"";

#[test]
fn a_token_passes_with_a_proof_for_each_request_and_stays_at_the_edge() {
    let memory = memory();
    let (mut app, token, mut before) = possessed(&memory);
    for path in ["/home", "/home?tab=1", "/api/balance"] {
        let Decision::Forward { url, request, response, again } = app.page(&memory, path, &token) else { panic!() };
        assert_eq!((url, again), (format!("http://127.0.0.1:8788{path}"), true));
        for name in ["-authorization", "-dpop"] {
            assert!(request.contains(&(name.into(), String::new())), "{name}");
        }
        assert!(request.iter().any(|(name, _)| name == "sekisho-assertion"));
        assert!(
            response.iter().any(|(name, value)| name == "sekisho-session" && value.starts_with("remaining=10800000,"))
        );
        assert!(!response.iter().any(|(name, _)| name == "+set-cookie"), "never a cookie");
    }
    let me = app.ask(&memory, ("GET", "/.sekisho/me"), &token);
    assert_eq!((me.status, &me.json["name"]), (200, &json!("山田 太郎")));
    let session = app.ask(&memory, ("GET", "/.sekisho/session"), &token);
    assert_eq!(session.json["access_token"], token.as_str());
    assert!(!session.response.headers().contains_key("set-cookie"));
    // The cookie that was exchanged is nobody's, and there is no way from the token to one.
    assert_eq!(before.get(&memory, "/.sekisho/session").code(), "no_session");
    let list = app.ask(&memory, ("GET", "/.sekisho/sessions"), &token);
    assert_eq!(list.json["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(app.ask(&memory, ("POST", "/.sekisho/token"), &token).code(), "proof_refused");
    assert_eq!(app.ask(&memory, ("POST", "/.sekisho/logout"), &token).status, 200);
    assert_eq!(refused(&app.page(&memory, "/home", &token)), (401, INVALID_TOKEN.into()), "at once: there is no lease");
}

#[test]
fn a_proof_is_for_one_method_address_token_and_moment_and_good_once() {
    let memory = memory();
    let (mut app, token, _) = possessed(&memory);
    let now = memory.now().as_seconds();
    let good = json!({});
    for (changes, route) in [
        (json!({ "htm": "POST" }), ("GET", "/home")),
        (json!({ "htm": "get" }), ("GET", "/home")),
        (json!({ "htm": null }), ("GET", "/home")),
        (json!({ "htu": "http://localhost:8787/homes" }), ("GET", "/home")),
        (json!({ "htu": "http://evil.example/home" }), ("GET", "/home")),
        (json!({ "htu": null }), ("GET", "/home")),
        (json!({ "ath": null }), ("GET", "/home")),
        (json!({ "ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo" }), ("GET", "/home")),
        (json!({ "iat": now - 61 }), ("GET", "/home")),
        (json!({ "iat": now + 6 }), ("GET", "/home")),
        (json!({ "iat": u64::MAX }), ("GET", "/home")),
        (json!({ "iat": null }), ("GET", "/home")),
        (json!({ "iat": now.to_string() }), ("GET", "/home")),
        (json!({ "jti": "" }), ("GET", "/home")),
        (json!({ "jti": "x".repeat(257) }), ("GET", "/home")),
        (json!({ "jti": null }), ("GET", "/home")),
    ] {
        let proof = app.proof(&memory, route, Some(&token), &changes);
        assert_eq!(
            refused(&memory.pass_gate(&packed(route, &token, &proof))),
            (401, INVALID_PROOF.into()),
            "{changes}"
        );
    }
    for (changes, path) in [(json!({ "iat": now - 60 }), "/home"), (json!({ "iat": now + 5 }), "/home?x=1")] {
        let proof = app.proof(&memory, ("GET", path), Some(&token), &changes);
        assert!(
            matches!(memory.pass_gate(&packed(("GET", path), &token, &proof)), Decision::Forward { .. }),
            "{changes}"
        );
    }
    let proof = app.proof(&memory, ("GET", "/home"), Some(&token), &good);
    assert!(matches!(memory.pass_gate(&packed(("GET", "/home"), &token, &proof)), Decision::Forward { .. }));
    for _ in 0..2 {
        assert_eq!(refused(&memory.pass_gate(&packed(("GET", "/home"), &token, &proof))), (401, INVALID_PROOF.into()));
    }
    // It is forgotten when it is too old to be sent again, and not before.
    memory.pass(AGE);
    assert_eq!(refused(&memory.pass_gate(&packed(("GET", "/home"), &token, &proof))).1, INVALID_PROOF);
    memory.pass(Duration::from_secs(60));
    assert_eq!(refused(&memory.pass_gate(&packed(("GET", "/home"), &token, &proof))).1, INVALID_PROOF);
    assert!(matches!(app.page(&memory, "/home", &token), Decision::Forward { .. }));
}

#[test]
fn a_stolen_token_is_worth_nothing_without_the_key() {
    let memory = memory();
    let (mut app, token, before) = possessed(&memory);
    let mut thief = App::new();
    assert_eq!(refused(&thief.page(&memory, "/home", &token)), (401, INVALID_PROOF.into()));
    assert_eq!(thief.ask(&memory, ("GET", "/.sekisho/me"), &token).code(), "proof_refused");
    let told = thief.ask(&memory, ("GET", "/.sekisho/me"), &token);
    assert_eq!(told.response.headers()["www-authenticate"], INVALID_PROOF);
    assert_eq!(refused(&memory.pass_gate(&packed(("GET", "/home"), &token, ""))).0, 401);
    // A proof of the app's, bent anywhere, is none.
    let proof = app.proof(&memory, ("GET", "/home"), Some(&token), &json!({}));
    for at in (0..proof.len()).step_by(7) {
        let mut bent = proof.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        let bent = String::from_utf8(bent).unwrap();
        assert!(bent == proof || refused(&memory.pass_gate(&packed(("GET", "/home"), &token, &bent))).0 == 401, "{at}");
    }
    for at in 0..token.len() {
        let mut bent = token.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        let bent = String::from_utf8(bent).unwrap();
        assert_eq!(refused(&app.page(&memory, "/home", &bent)), (401, INVALID_TOKEN.into()), "{at}");
    }
    // Nor is it a cookie, and whoever copied the cookie before it was exchanged has nothing after its lease.
    let as_cookie = Browser { cookie: Some(token.clone()), ..Browser::default() };
    assert!(matches!(memory.pass_gate(&as_cookie.packed("/home")), Decision::Refuse { status: 303, .. }));
    memory.pass(Duration::from_secs(60));
    assert!(matches!(memory.pass_gate(&before.packed("/home")), Decision::Refuse { status: 303, .. }));
    assert!(matches!(app.page(&memory, "/home", &token), Decision::Forward { .. }));
}

#[test]
fn a_session_by_token_has_the_same_deadline_rules_and_proofs_as_any_other() {
    let memory = Memory::new(
        house_with(|config| config + "\n[[routes]]\npath = \"/withdraw\"\nproof = \"passkey\"\n"),
        START,
        1,
    );
    let (mut app, token, _) = possessed(&memory);
    let Decision::Refuse { status, headers, .. } = app.page(&memory, "/withdraw", &token) else { panic!() };
    let challenge =
        "Sekisho error=\"insufficient_user_authentication\", acr_values=\"urn:sekisho:acr:phishing-resistant\"";
    assert!(status == 401 && headers.contains(&("www-authenticate".into(), challenge.into())), "{headers:?}");
    memory.pass(Duration::from_millis(175 * 60_000 - 1));
    let left = |answer: Answer| answer.json["remaining_ms"].clone();
    assert_eq!(left(app.ask(&memory, ("POST", "/.sekisho/session/extend"), &token)), 300_001);
    memory.pass(Duration::from_millis(1));
    assert_eq!(left(app.ask(&memory, ("GET", "/.sekisho/session"), &token)), 300_000, "asking extends nothing");
    assert_eq!(left(app.ask(&memory, ("POST", "/.sekisho/session/extend"), &token)), 10_800_000);
    memory.pass(Duration::from_secs(180 * 60));
    assert_eq!(refused(&app.page(&memory, "/home", &token)), (401, INVALID_TOKEN.into()));
    assert_eq!(app.ask(&memory, ("GET", "/.sekisho/session"), &token).code(), "session_idle");
    // On a public page what is no token of ours goes on untouched, and what is ours has to be good.
    let theirs = packed(("GET", "/security"), "their-own", "their.own.proof");
    let Decision::Forward { request, .. } = memory.pass_gate(&theirs) else { panic!() };
    assert!(!request.iter().any(|(name, _)| name.starts_with('-')));
    assert_eq!(refused(&app.page(&memory, "/security", &token)).0, 401);
}

#[test]
fn the_memory_of_proofs_is_bounded_and_says_when_it_is_full() {
    use crate::host::{Sql, Store as _, StoreFault};
    let memory = memory();
    let mut browser = Browser { app: Some("smartphone-app"), ..Browser::default() };
    let number = browser.open(&memory);
    let [(mut other, others), (mut app, token)] = [0, 1].map(|_| {
        assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
        let mut app = App::new();
        let token = token(&app.exchange(&mut browser, &memory));
        (app, token)
    });
    memory.each_account_store(|store| {
        let fill = |sql: &dyn Sql| {
            let until = (memory.now() + AGE).as_sql();
            (0..4_096_i64).try_for_each(|number| {
                let statement = "INSERT INTO proof (login, id, until) SELECT MAX(login), ?1, ?2 FROM session";
                sql.run(statement, &[number.to_be_bytes().as_slice().into(), until.into()]).map(|_| ())
            })
        };
        // A store without tables is nobody's.
        let _ = store.transaction::<_, StoreFault>(fill);
    });
    assert_eq!(refused(&app.page(&memory, "/home", &token)).0, 429);
    let Decision::Forward { .. } = other.page(&memory, "/home", &others) else { panic!("the owner's other app waits") };
    memory.pass(AGE + SKEW);
    assert!(matches!(app.page(&memory, "/home", &token), Decision::Forward { .. }));
}

#[test]
fn only_the_session_of_an_app_is_exchanged_and_its_owner_is_told() {
    let memory = memory();
    let mut owner = Browser::default();
    let number = owner.open(&memory);
    assert_eq!(owner.login(&memory, &number, PASSWORD).status, 200);
    // A script on a page has the cookie's session and may write any header; the session stays the page's.
    for header in [None, Some("smartphone-app")] {
        owner.app = header;
        assert_eq!(App::new().exchange(&mut owner, &memory).code(), "channel_limited", "{header:?}");
    }
    assert!(owner.cookie.is_some());
    let mut book = Browser { app: Some("kakeibo signed"), ..Browser::default() };
    assert_eq!(book.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(App::new().exchange(&mut book, &memory).code(), "channel_limited");
    let lines = |owner: &mut Browser| {
        let history = owner.get(&memory, "/.sekisho/history").json;
        let line = |line: &Value| ["method", "outcome", "channel"].map(|name| line[name].as_str().unwrap().to_owned());
        history["entries"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    assert!(lines(&mut owner).iter().all(|line| line[0] != "token"));
    let mut own = Browser { app: Some("smartphone-app"), ..Browser::default() };
    assert_eq!(own.login(&memory, &number, PASSWORD).status, 200);
    token(&App::new().exchange(&mut own, &memory));
    assert_eq!(lines(&mut owner)[0], ["token", "success", "smartphone-app"]);
    // It is no login, and is told as none.
    let told = Browser { app: None, ..Browser::default() }.login(&memory, &number, PASSWORD);
    assert_eq!(told.json["last_login"]["method"], "password", "{}", told.json);
}

#[test]
fn a_token_whose_session_is_over_is_asked_about_once() {
    let memory = memory();
    let (mut app, token, _) = possessed(&memory);
    assert_eq!(app.ask(&memory, ("POST", "/.sekisho/logout"), &token).status, 200);
    let calls = memory.calls();
    for _ in 0..3 {
        assert_eq!(refused(&app.page(&memory, "/home", &token)), (401, INVALID_TOKEN.into()));
        assert_eq!(app.ask(&memory, ("GET", "/.sekisho/me"), &token).code(), "no_session");
    }
    assert_eq!(memory.calls(), calls + 1);
    let (mut app, token, _) = possessed(&memory);
    memory.pass(Duration::from_secs(180 * 60));
    let calls = memory.calls();
    for _ in 0..3 {
        assert_eq!(app.ask(&memory, ("GET", "/.sekisho/session"), &token).code(), "session_idle");
    }
    assert_eq!(memory.calls(), calls + 1);
}

/// The cookie that was exchanged lives on, as one for another of the site's origins does.
fn revive(memory: &Memory) {
    use crate::host::{Sql, Store as _, StoreFault};
    memory.each_account_store(|store| {
        let revive = |sql: &dyn Sql| sql.run("UPDATE session SET ended = NULL WHERE ended = 'possessed'", &[]);
        // A store without tables is nobody's.
        let _ = store.transaction::<_, StoreFault>(revive);
    });
}

#[test]
fn a_token_beside_a_cookie_of_the_same_login_is_a_line_of_its_own_and_either_can_end_the_other() {
    let memory = memory();
    let lines = |answer: &Answer| {
        let all = answer.json["sessions"].as_array().unwrap().clone();
        let (own, other): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one["current"] == true);
        (own.len(), other.iter().map(|one| one["id"].clone()).collect::<Vec<_>>())
    };
    for by_id in [true, false] {
        let (mut app, token, mut cookie) = possessed(&memory);
        revive(&memory);
        assert_eq!(lines(&app.ask(&memory, ("GET", "/.sekisho/sessions"), &token)).1.len(), 1);
        let (own, other) = lines(&cookie.get(&memory, "/.sekisho/sessions"));
        assert_eq!((own, other.len()), (1, 1));
        let which = if by_id { json!({ "id": other[0] }) } else { json!({}) };
        assert_eq!(cookie.post(&memory, "/.sekisho/sessions/end", &which).status, 200);
        assert_eq!(refused(&app.page(&memory, "/home", &token)), (401, INVALID_TOKEN.into()));
        assert_eq!(lines(&cookie.get(&memory, "/.sekisho/sessions")), (1, vec![]));
        // And the other way round.
        let (mut app, token, mut cookie) = possessed(&memory);
        revive(&memory);
        assert_eq!(cookie.get(&memory, "/.sekisho/session").status, 200);
        assert_eq!(app.ask(&memory, ("POST", "/.sekisho/sessions/end"), &token).status, 200);
        assert_eq!(cookie.get(&memory, "/.sekisho/session").code(), "no_session");
        assert_eq!(lines(&app.ask(&memory, ("GET", "/.sekisho/sessions"), &token)), (1, vec![]));
    }
}
