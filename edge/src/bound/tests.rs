use super::*;
use crate::gate::{Decision, Packed};
use crate::keys::Challenge;
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with, memory};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

mod moved;
mod refresh;
mod required;
mod theft;

const REGISTER: &str = "/.sekisho/bound/register";
const REFRESH: &str = "/.sekisho/bound/refresh";
const LEASE: Duration = Duration::from_secs(60);

/// A browser that binds sessions, with its key and what it was told.
struct Binding {
    key: EcdsaKeyPair,
    /// The session identifier.
    id: String,
    /// The challenge to sign next.
    next: Option<String>,
}

fn secure() -> Memory {
    let routes = "\n[[routes]]\npath = \"/withdraw\"\nproof = \"passkey\"\n";
    let house = house_with(|config| config.replace("\"http://localhost:8787\"", "\"https://localhost:8787\"") + routes);
    Memory::new(house, START, 1)
}

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap()
}

/// A proof, its header's key left out where the session has it already.
fn proof(key: &EcdsaKeyPair, challenge: &str, with_key: bool) -> String {
    signed("dbsc+jwt", key, challenge, with_key)
}

/// The same of another type.
fn signed(typ: &str, key: &EcdsaKeyPair, challenge: &str, with_key: bool) -> String {
    let mut header = json!({ "alg": "ES256", "typ": typ });
    if with_key {
        let point = key.public_key().as_ref();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        header["jwk"] = json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) });
    }
    let payload = json!({ "jti": challenge }).to_string();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// As the browser's network stack sends it: no page, no body, no Fetch Metadata.
fn by_itself(browser: &mut Browser, memory: &Memory, path: &str, headers: &[(&'static str, String)]) -> Answer {
    let mut request = browser.request(Method::POST, path, Vec::new());
    for name in ["sec-fetch-site", "content-type"] {
        request.headers_mut().remove(name);
    }
    for (name, value) in headers {
        request.headers_mut().insert(*name, format!("\"{value}\"").parse().unwrap());
    }
    browser.send(memory, request)
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// The challenge of an answer's offer.
fn offered(answer: &Answer) -> Option<String> {
    let offer = header(answer, "secure-session-registration");
    let rest = offer.strip_prefix("(ES256 RS256);path=\"/.sekisho/bound/register\";challenge=\"")?;
    rest.strip_suffix('"').map(str::to_owned)
}

fn challenge(answer: &Answer) -> Option<String> {
    let text = header(answer, "secure-session-challenge");
    text.strip_prefix('"')?.split_once('"').map(|(challenge, _)| challenge.to_owned())
}

fn logged_in(memory: &Memory) -> (Browser, String, Answer) {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    let answer = browser.login(memory, &number, PASSWORD);
    assert_eq!(answer.status, 200);
    (browser, number, answer)
}

fn register(browser: &mut Browser, memory: &Memory, login: &Answer) -> Binding {
    let key = key();
    let proof = proof(&key, &offered(login).unwrap(), true);
    let answer = by_itself(browser, memory, REGISTER, &[("secure-session-response", proof)]);
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(header(&answer, "secure-session-challenge"), "", "browsers take none at registration");
    Binding { key, id: answer.json["session_identifier"].as_str().unwrap().to_owned(), next: None }
}

/// A login whose browser has bound its session.
fn bound(memory: &Memory) -> (Browser, String, Binding) {
    let (mut browser, number, login) = logged_in(memory);
    let binding = register(&mut browser, memory, &login);
    (browser, number, binding)
}

impl Binding {
    fn ask(&self, browser: &mut Browser, memory: &Memory) -> Answer {
        by_itself(browser, memory, REFRESH, &[("sec-secure-session-id", self.id.clone())])
    }

    fn show(&self, browser: &mut Browser, memory: &Memory, proof: String) -> Answer {
        let headers = [("sec-secure-session-id", self.id.clone()), ("secure-session-response", proof)];
        by_itself(browser, memory, REFRESH, &headers)
    }

    /// What a browser does when the cookie is over: it signs the challenge that it has, and where that is not taken the one
    /// that it gets.
    fn refresh(&mut self, browser: &mut Browser, memory: &Memory) -> Answer {
        let mut challenge_now = self.next.take();
        for _ in 0..3 {
            let answer = match &challenge_now {
                Some(text) => self.show(browser, memory, proof(&self.key, text, false)),
                None => self.ask(browser, memory),
            };
            challenge_now = challenge(&answer);
            if answer.status != 403 {
                self.next = challenge_now;
                return answer;
            }
        }
        panic!("asked again and again");
    }
}

/// A page request as [`Memory::pass_gate`] walks it, keeping the cookie that comes back.
fn page(browser: &mut Browser, memory: &Memory, path: &str) -> Decision {
    let decision = memory.pass_gate(&browser.packed(path));
    if let Decision::Forward { response, .. } = &decision {
        let lines = response.iter().filter(|(name, _)| name == "+set-cookie");
        let mut values = lines.filter_map(|(_, line)| line.strip_prefix("__Host-sekisho=")?.split(';').next());
        if let Some(value) = values.next_back() {
            browser.cookie = Some(value.to_owned());
        }
    }
    decision
}

fn passes(decision: &Decision) -> bool {
    matches!(decision, Decision::Forward { response, .. } if response.iter().any(|(name, _)| name == "sekisho-session"))
}

fn leads_to_login(decision: &Decision) -> bool {
    let Decision::Refuse { status: 303, headers, .. } = decision else { return false };
    headers.contains(&("location".into(), "/login?return=/home".into()))
}

#[test]
fn a_login_over_https_offers_and_the_registration_binds() {
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let before = browser.clone();
    let binding = register(&mut browser, &memory, &login);
    let list = before.clone().get(&memory, "/.sekisho/sessions");
    assert_eq!(list.json["sessions"][0]["bound"], false, "not before the browser has shown that it knows");
    assert_ne!(browser.cookie, before.cookie);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    memory.pass(LEASE);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    assert_eq!(browser.get(&memory, "/.sekisho/sessions").json["sessions"][0]["bound"], true);
    assert_eq!(binding.id.len(), 32);
    // The lease holds: no object is called for what follows.
    let calls = memory.calls();
    for _ in 0..3 {
        assert!(passes(&page(&mut browser, &memory, "/home")));
    }
    assert_eq!(memory.calls(), calls);
}

#[test]
fn what_browsers_are_told_is_the_drafts() {
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let key = key();
    let headers = [("secure-session-response", proof(&key, &offered(&login).unwrap(), true))];
    let answer = by_itself(&mut browser, &memory, REGISTER, &headers);
    let id = answer.json["session_identifier"].clone();
    let attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";
    assert_eq!(
        answer.json,
        json!({
            "session_identifier": id, "refresh_url": REFRESH,
            "scope": { "origin": "https://localhost:8787", "include_site": false, "scope_specification": [] },
            "credentials": [{ "type": "cookie", "name": "__Host-sekisho-bound", "attributes": attributes }],
            "allowed_refresh_initiators": [],
        })
    );
    let lines: Vec<_> =
        answer.response.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let bound = lines.iter().find(|line| line.starts_with("__Host-sekisho-bound=")).unwrap();
    assert!(bound.ends_with(&format!("; {attributes}; Max-Age=300")), "{bound}");
    assert!(!lines.iter().any(|line| line.contains("Partitioned") || line.contains("Domain")));
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let asked = Binding { key, id: id.as_str().unwrap().to_owned(), next: None }.ask(&mut browser, &memory);
    assert_eq!((asked.status, asked.response.body().len()), (403, 0));
    assert!(header(&asked, "secure-session-challenge").ends_with(&format!("\";id={id}")));
}

#[test]
fn the_headers_have_the_form_of_the_public_collection() {
    let Some(vector) = crate::possession::tests::public::public("registration-header.json") else { return };
    let text = |pointer: &str| vector.pointer(pointer).and_then(Value::as_str).unwrap();
    let challenge = Challenge { bytes: vec![7; 32], until: START };
    let (ours, id) = (URL_SAFE_NO_PAD.encode(&challenge.bytes), BindingId([7; 16]));
    // Of their values ours are others: two algorithms, our own path, challenge and identifier.
    let wanted = |header: &str| {
        let header = text(&format!("/expected/{header}")).replace(text("/inputs/challenge"), &ours);
        let header = header.replace(text("/inputs/registrationPath"), REGISTER);
        header.replace(text("/inputs/sessionId"), &id.to_hex()).replace("(ES256)", "(ES256 RS256)")
    };
    assert_eq!(registration_header(&challenge), wanted("Secure-Session-Registration"));
    assert_eq!(challenge_header(&challenge, id), wanted("Secure-Session-Challenge (with id)"));
    // Both forms of a challenge are one string, as our reader of such headers has it.
    for header in ["(with id)", "(bare)"] {
        assert_eq!(super::text(&wanted(&format!("Secure-Session-Challenge {header}"))), Some(ours.as_str()));
    }
}

#[test]
fn nothing_is_offered_over_http_or_where_it_is_off() {
    let (_, _, login) = logged_in(&memory());
    assert_eq!(offered(&login), None);
    let off = |config: String| {
        config
            .replace("\"http://localhost:8787\"", "\"https://localhost:8787\"")
            .replace("bound = \"offer\"", "bound = \"off\"")
    };
    let (_, _, login) = logged_in(&Memory::new(house_with(off), START, 1));
    assert_eq!(offered(&login), None);
}

#[test]
fn an_answer_that_was_lost_leaves_the_session_as_it_was() {
    let memory = secure();
    let (mut browser, number, login) = logged_in(&memory);
    register(&mut browser.clone(), &memory, &login);
    for _ in 0..3 {
        memory.pass(LEASE);
        assert!(passes(&page(&mut browser, &memory, "/home")));
    }
    assert_eq!(browser.get(&memory, "/.sekisho/sessions").json["sessions"][0]["bound"], false);
    let again = proof(&key(), &offered(&login).unwrap(), true);
    let twice = by_itself(&mut browser, &memory, REGISTER, &[("secure-session-response", again)]);
    assert_eq!(twice.code(), "challenge_gone", "an offer is good once");
    assert!(offered(&browser.login(&memory, &number, PASSWORD)).is_some(), "the next login offers it again");
}

#[test]
fn a_key_is_replaced_until_it_counts_and_never_after() {
    use crate::account::{Command, Reply};
    use crate::host::Accounts as _;
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let cookie = Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap();
    // As a later fresh proof would offer it to the same session.
    let later = |memory: &Memory| {
        let challenge = memory.house.keys.binding_challenge(cookie.key(), memory.now() + CHALLENGE);
        let proof = proof(&key(), &URL_SAFE_NO_PAD.encode(&challenge.bytes), true);
        let command =
            Command::Bind { session: cookie.key(), challenge: challenge.bytes, until: challenge.until, proof };
        pollster::block_on(memory.account(cookie.account, command)).unwrap()
    };
    register(&mut browser.clone(), &memory, &login);
    memory.pass(Duration::from_secs(1));
    assert!(matches!(later(&memory), Reply::Session(_)), "its answer was lost");
    memory.pass(Duration::from_secs(1));
    let challenge = memory.house.keys.binding_challenge(cookie.key(), memory.now() + CHALLENGE);
    let text = proof(&key(), &URL_SAFE_NO_PAD.encode(&challenge.bytes), true);
    let answer = by_itself(&mut browser, &memory, REGISTER, &[("secure-session-response", text)]);
    assert_eq!(answer.status, 200, "{}", answer.json);
    memory.pass(LEASE);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    assert!(matches!(later(&memory), Reply::Refused { .. }), "now the browser has shown it");
    assert!(passes(&page(&mut browser, &memory, "/home")));
}

#[test]
fn a_registration_takes_its_own_challenge_once_and_in_time() {
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let (mut other, _, others) = logged_in(&memory);
    let mine = offered(&login).unwrap();
    let tried = |browser: &mut Browser, text: &str| {
        let answer = by_itself(browser, &memory, REGISTER, &[("secure-session-response", text.to_owned())]);
        (answer.status, answer.code().to_owned())
    };
    let gone = (409, "challenge_gone".to_owned());
    assert_eq!(tried(&mut browser, &proof(&key(), &offered(&others).unwrap(), true)), gone, "another session's");
    assert_eq!(tried(&mut other, &proof(&key(), &mine, true)), gone);
    assert_eq!(tried(&mut browser, &proof(&key(), "made-up", true)), gone);
    assert_eq!(tried(&mut Browser::default(), &proof(&key(), &mine, true)), gone, "no session");
    assert_eq!(tried(&mut browser, "no proof").0, 400);
    assert_eq!(tried(&mut browser, "no.proof.").0, 409);
    let (mut late, _, login_late) = logged_in(&memory);
    memory.pass(CHALLENGE);
    assert_eq!(tried(&mut late, &proof(&key(), &offered(&login_late).unwrap(), true)), gone, "too late");
    let without = by_itself(&mut browser, &memory, REGISTER, &[]);
    assert_eq!(without.status, 400);
}

#[test]
fn a_registration_that_does_not_verify_uses_its_challenge_up() {
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let text = proof(&key(), &offered(&login).unwrap(), true);
    let (signed, _) = text.rsplit_once('.').unwrap();
    let bent = format!("{signed}.{}", URL_SAFE_NO_PAD.encode([1; 64]));
    for (what, text, status) in [("bent", bent, 400), ("and then the true one", text, 409)] {
        let answer = by_itself(&mut browser, &memory, REGISTER, &[("secure-session-response", text)]);
        assert_eq!(answer.status, status, "{what}");
    }
    assert!(passes(&page(&mut browser, &memory, "/home")), "the session stays, unbound");
}

#[test]
fn the_statement_says_that_a_session_is_bound() {
    let memory = secure();
    let (mut browser, _, _) = bound(&memory);
    let claims = |decision: Decision| -> Value {
        let Decision::Forward { request, .. } = decision else { panic!("{decision:?}") };
        let token = &request.iter().find(|(name, _)| name == "sekisho-assertion").unwrap().1;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    };
    assert_eq!(claims(page(&mut browser, &memory, "/home"))["device_bound"], true);
    let (mut plain, _, _) = logged_in(&memory);
    assert_eq!(claims(page(&mut plain, &memory, "/home")).get("device_bound"), None);
}

#[test]
fn a_session_that_goes_on_under_a_new_id_keeps_its_binding() {
    let memory = secure();
    let (mut browser, _, mut binding) = bound(&memory);
    let old = browser.cookie.clone();
    let body = json!({ "current": PASSWORD, "password": "Hoshi-43-kawa#Q" });
    let changed = browser.post(&memory, "/.sekisho/password/change", &body);
    assert_eq!(changed.status, 200, "{}", changed.json);
    assert_ne!(browser.cookie, old);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    memory.pass(cookie::LIFE);
    assert!(!passes(&page(&mut browser, &memory, "/home")), "the new id is bound as the old one was");
    assert_eq!(binding.refresh(&mut browser, &memory).status, 200);
    assert!(passes(&page(&mut browser, &memory, "/home")));
}

#[test]
fn headers_are_one_string_quoted_or_bare() {
    for (header, wanted) in [
        ("\"a.b\"", Some("a.b")),
        (" \"a\";id=\"x\" ", Some("a")),
        ("a.b-c_d", Some("a.b-c_d")),
        ("a;id=\"x\"", Some("a")),
        ("\"\"", None),
        ("a b", None),
        ("a\"", None),
        ("a,b", None),
        ("\"a", None),
        ("\"a\" b", None),
        ("\"a\\\"b\"", None),
        ("\"a\", \"b\"", None),
        ("", None),
    ] {
        assert_eq!(text(header), wanted, "{header}");
    }
}
