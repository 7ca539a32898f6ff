//! Passkeys through the endpoints, where the policy closes passwords.

use crate::conformance::setting::Authenticator;
use crate::gate::Decision;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use std::time::Duration;

/// An authenticator on the site of these tests.
pub fn device() -> Authenticator {
    let mut device = Authenticator::new(1).unwrap();
    device.site = ["http://localhost:8787", "localhost"];
    device
}

fn challenge(options: &serde_json::Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(options["publicKey"]["challenge"].as_str().unwrap()).unwrap()
}

/// Registers a passkey in a browser's session; the account's user handle.
pub fn register(memory: &Memory, owner: &mut Browser, passkey: &mut Authenticator) -> Vec<u8> {
    let begun = owner.post(memory, "/.sekisho/passkey/register/begin", &json!({}));
    assert_eq!(begun.status, 200, "{}", begun.json);
    let handle = URL_SAFE_NO_PAD.decode(begun.json["publicKey"]["user"]["id"].as_str().unwrap()).unwrap();
    let response = passkey.register(&challenge(&begun.json));
    let finished = owner.send(memory, finishing(owner, "register", &response));
    assert_eq!(finished.status, 201, "{}", finished.json);
    handle
}

fn finishing(browser: &Browser, what: &str, response: &str) -> http::Request<Vec<u8>> {
    let body = format!("{{\"credential\":{response}}}");
    browser.request(http::Method::POST, &format!("/.sekisho/passkey/{what}/finish"), body.into_bytes())
}

/// Logs in by it, and answers the status.
pub fn by_passkey(memory: &Memory, browser: &mut Browser, passkey: &mut Authenticator, handle: &[u8]) -> u16 {
    let begun = browser.post(memory, "/.sekisho/passkey/login/begin", &json!({}));
    let response = passkey.authenticate(&challenge(&begun.json), handle);
    browser.send(memory, finishing(browser, "login", &response)).status
}

/// Proves it within the browser's session.
pub fn prove(memory: &Memory, browser: &mut Browser, passkey: &mut Authenticator, handle: &[u8]) {
    let begun = browser.post(memory, "/.sekisho/passkey/step-up/begin", &json!({}));
    assert_eq!(begun.status, 200, "{}", begun.json);
    let response = passkey.authenticate(&challenge(&begun.json), handle);
    assert_eq!(browser.send(memory, finishing(browser, "step-up", &response)).status, 200);
}

/// A site by whose policy a passkey that has worked closes passwords.
fn closing(policy: &str) -> Memory {
    let change = |config: String| config.replace("policy = \"optional\"", &format!("policy = \"{policy}\""));
    Memory::new(house_with(change), START, 1)
}

/// A customer with a session by password on two devices, a passkey made on the first, and its user handle.
fn customer(memory: &Memory) -> ([Browser; 2], Authenticator, Vec<u8>) {
    let (mut one, mut two, mut passkey) = (Browser::default(), Browser::default(), device());
    let number = one.open(memory);
    for browser in [&mut one, &mut two] {
        assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    }
    let handle = register(memory, &mut one, &mut passkey);
    ([one, two], passkey, handle)
}

fn lives(browser: &mut Browser, memory: &Memory) -> bool {
    browser.get(memory, "/.sekisho/me").status == 200
}

#[test]
fn a_login_by_passkey_that_closes_passwords_ends_who_came_in_by_one() {
    for (policy, live) in [("default-on", false), ("required", false), ("optional", true)] {
        let memory = closing(policy);
        let ([mut one, mut two], mut passkey, handle) = customer(&memory);
        assert!(lives(&mut one, &memory) && lives(&mut two, &memory), "a passkey that was only made closes nothing");
        let mut third = Browser::default();
        assert_eq!(by_passkey(&memory, &mut third, &mut passkey, &handle), 200);
        assert_eq!([lives(&mut one, &memory), lives(&mut two, &memory)], [live; 2], "{policy}");
        assert!(lives(&mut third, &memory), "{policy}");
        // The next login by it closes nothing any more, and ends nobody.
        assert_eq!(by_passkey(&memory, &mut Browser::default(), &mut passkey, &handle), 200);
        assert!(lives(&mut third, &memory), "{policy}");
    }
}

#[test]
fn a_proof_within_a_session_that_closes_passwords_leaves_that_session_alone() {
    let memory = closing("required");
    let ([mut one, mut two], mut passkey, handle) = customer(&memory);
    prove(&memory, &mut one, &mut passkey, &handle);
    assert!(lives(&mut one, &memory) && !lives(&mut two, &memory));
    memory.ring_alarms();
    let told = |mail: &crate::memory::Captured| mail.body["text"].as_str().unwrap().contains("ほかの端末はログアウト");
    assert_eq!(memory.mailroom.sent("/send").iter().filter(|mail| told(mail)).count(), 1);
}

/// Whether the gate forwards a page of the browser's; else it must lead to the proof.
pub fn opens(memory: &Memory, browser: &Browser, path: &str) -> bool {
    match memory.pass_gate(&browser.packed(path)) {
        Decision::Forward { .. } => true,
        Decision::Refuse { status: 303, headers, .. } => {
            assert!(headers.iter().any(|(name, to)| name == "location" && to.starts_with("/confirm?")), "{headers:?}");
            false
        }
        _ => panic!("{path} is neither forwarded nor led to a proof"),
    }
}

#[test]
fn a_password_makes_no_passkey_fresh_and_a_passkey_no_password() {
    let routes = "\n[[routes]]\npath = \"/withdraw\"\nproof = \"passkey\"\nage = \"10m\"\n\
         \n[[routes]]\npath = \"/mail\"\namr = [\"pwd\"]\nage = \"10m\"\n";
    let memory = Memory::new(house_with(|config| config + routes), START, 1);
    let ([mut one, _], mut passkey, handle) = customer(&memory);
    assert!(opens(&memory, &one, "/mail") && !opens(&memory, &one, "/withdraw"));
    memory.pass(Duration::from_secs(3_600));
    prove(&memory, &mut one, &mut passkey, &handle);
    assert!(opens(&memory, &one, "/withdraw"), "the passkey is of now");
    assert!(!opens(&memory, &one, "/mail"), "the password is of an hour ago");

    memory.pass(Duration::from_secs(3_600));
    let shown = memory.now();
    assert!(!opens(&memory, &one, "/withdraw"));
    let change = json!({ "current": PASSWORD, "password": "Kumo-73-minato#R" });
    let changed = one.post(&memory, "/.sekisho/password/change", &change);
    assert_eq!(changed.status, 200, "{}", changed.json);
    assert!(changed.json["auth_time"].as_u64() < Some(shown.as_millis()), "{}", changed.json);
    assert!(!opens(&memory, &one, "/withdraw"), "the passkey is of an hour ago, whatever password came since");
    let again = one.post(&memory, "/.sekisho/password/change", &json!({ "password": PASSWORD }));
    assert_eq!(again.code(), "insufficient_user_authentication");
    let only = one.post(&memory, "/.sekisho/passkeys/only", &json!({ "on": true }));
    assert_eq!(only.code(), "insufficient_user_authentication", "{}", only.json);
    prove(&memory, &mut one, &mut passkey, &handle);
    assert!(opens(&memory, &one, "/withdraw"));
}
