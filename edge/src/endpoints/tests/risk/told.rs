//! What the application hears of the judgement: the level of a session, in the statement.

use super::*;
use crate::endpoints::tests::passkey::{by_passkey, device, prove, register};
use crate::gate::Decision;
use crate::host::StoreFault;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// A page request that shows the browser's network and user agent.
fn from_its_place(browser: &Browser, path: &str) -> String {
    let packed = browser.packed(path);
    let mut lines: Vec<_> = packed.split('\n').map(str::to_owned).collect();
    lines.resize(20, String::new());
    lines[10] = browser.agent.unwrap_or_default().to_owned();
    lines[19] = crate::bound::network(&browser.platform).unwrap_or_default();
    lines.join("\n")
}

/// The claim `risk` of a page of the browser's; of a visitor's where it has no session.
fn told(memory: &Memory, browser: &Browser) -> serde_json::Value {
    let path = if browser.cookie.is_some() { "/home" } else { "/login" };
    let decision = memory.pass_gate(&from_its_place(browser, path));
    let Decision::Forward { request, .. } = decision else { panic!("{decision:?}") };
    let statement = &request.iter().find(|(name, _)| name == "sekisho-assertion").unwrap().1;
    let claims = URL_SAFE_NO_PAD.decode(statement.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<serde_json::Value>(&claims).unwrap()["risk"].clone()
}

#[test]
fn a_session_is_elevated_while_a_doubtful_login_has_shown_the_password_alone() {
    for (mode, factor) in [("shadow", "always"), ("shadow", "off"), ("act", "off")] {
        let (memory, mut owner, mut passkey) = (edge(mode, factor), at(HOME), device());
        let number = owner.open(&memory);
        ten_days(&mut owner, &memory, &number);
        assert_eq!(told(&memory, &owner), "low", "{mode} {factor}");
        let handle = register(&memory, &mut owner, &mut passkey);
        let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
        assert_eq!(login(&mut stranger, &memory, &number).0, 200);
        for _ in 0..3 {
            assert_eq!(told(&memory, &stranger), "elevated", "{mode} {factor}: at each lease");
            memory.pass(Duration::from_secs(61));
            memory.pass_gate(&from_its_place(&stranger, "/home"));
        }
        assert_eq!(told(&memory, &owner), "low", "and nobody else's");
        prove(&memory, &mut stranger, &mut passkey, &handle);
        assert_eq!(told(&memory, &stranger), "low", "a passkey answers the doubt");
        let mut elsewhere = Browser { agent: Some(LINUX), ..at(FAR) };
        assert_eq!(by_passkey(&memory, &mut elsewhere, &mut passkey, &handle), 200);
        assert_eq!(told(&memory, &elsewhere), "low", "and so it does from the start");
        assert_eq!(told(&memory, &Browser::default()), serde_json::Value::Null, "a visitor was not judged");
    }
}

#[test]
fn of_a_login_of_the_release_before_nothing_is_told() {
    let (memory, mut owner, mut passkey) = (edge("shadow", "off"), at(HOME), device());
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let handle = register(&memory, &mut owner, &mut passkey);
    memory.each_account_store(|store| {
        for statement in [
            "ALTER TABLE session DROP COLUMN elevated",
            "CREATE INDEX judged_at ON judged (at)",
            "UPDATE release SET step = 13",
        ] {
            store.transaction::<_, StoreFault>(|sql| sql.run(statement, &[])).unwrap();
        }
    });
    memory.pass(Duration::from_secs(61));
    for _ in 0..2 {
        assert_eq!(told(&memory, &owner), serde_json::Value::Null, "by the account, and by the renewed cookie");
        owner.get(&memory, "/.sekisho/session");
    }
    prove(&memory, &mut owner, &mut passkey, &handle);
    assert_eq!(told(&memory, &owner), "low", "a passkey answers whatever doubt there was");
}

#[test]
fn a_code_answers_it_too() {
    let memory = edge("act", "risk");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    assert_eq!(login(&mut owner, &memory, &number).0, 200);
    owner.post(&memory, "/.sekisho/address/begin", &json!({}));
    let code = crate::endpoints::tests::code::code(&memory);
    assert_eq!(owner.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
    ten_days(&mut owner, &memory, &number);
    let mut traveller = Browser { agent: Some(LINUX), ..at(FAR) };
    let asked = traveller.post(&memory, "/.sekisho/login", &json!({ "id": number, "password": PASSWORD }));
    let body = json!({ "pending": asked.json["pending"], "code": crate::endpoints::tests::code::code(&memory) });
    assert_eq!(traveller.post(&memory, "/.sekisho/login/code", &body).status, 200);
    assert_eq!(told(&memory, &traveller), "low");
}

#[test]
fn a_passkey_that_may_have_been_copied_answers_nothing() {
    let change = |config: String| config.replace("clone = \"refuse\"", "clone = \"notice\"");
    let (memory, mut owner, mut passkey) = (Memory::new(house_with(change), START, 1), at(HOME), device());
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let handle = register(&memory, &mut owner, &mut passkey);
    passkey.count = 7;
    assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
    assert_eq!(told(&memory, &owner), "low");
    passkey.count = 3;
    assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
    assert_eq!(told(&memory, &owner), "elevated");
    // Nor does a session that was free of doubt stay so where one proves it.
    passkey.count = 20;
    assert_eq!(login(&mut owner, &memory, &number).0, 200);
    assert_eq!(told(&memory, &owner), "low");
    passkey.count = 4;
    prove(&memory, &mut owner, &mut passkey, &handle);
    assert_eq!(told(&memory, &owner), "elevated");
}
