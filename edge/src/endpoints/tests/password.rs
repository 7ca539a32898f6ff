//! A new password within a session.

use crate::host::Store as _;
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with, memory, opening};
use serde_json::{Value, json};
use std::time::Duration;

const NEW: &str = "Kumo-73-minato#R";

fn logged_in(memory: &Memory) -> (Browser, String) {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    (browser, number)
}

fn change(memory: &Memory, browser: &mut Browser, body: &Value) -> Answer {
    browser.post(memory, "/.sekisho/password/change", body)
}

#[test]
fn the_current_password_sets_a_new_one_and_ends_every_other_session() {
    let memory = memory();
    let (mut browser, number) = logged_in(&memory);
    let mut other = Browser::default();
    assert_eq!(other.login(&memory, &number, PASSWORD).status, 200);
    let mut thief = browser.clone();
    // However old the session: the current password is itself a fresh proof.
    memory.pass(Duration::from_secs(3_600));
    let done = change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": NEW }));
    assert_eq!((done.status, &done.json["amr"]), (200, &json!(["pwd"])), "{}", done.json);
    assert_eq!(done.json["auth_time"], memory.now().as_millis());
    assert_eq!(browser.get(&memory, "/.sekisho/session").status, 200);
    for ended in [&mut other, &mut thief] {
        assert_eq!(ended.get(&memory, "/.sekisho/session").code(), "no_session");
    }
    assert_eq!(Browser::default().login(&memory, &number, PASSWORD).code(), "sign_in_failed");
    assert_eq!(Browser::default().login(&memory, &number, NEW).status, 200);
    memory.ring_alarms();
    let mails = memory.mailroom.sent("/send");
    assert_eq!(
        mails.iter().filter(|mail| mail.body["subject"].as_str().unwrap().contains("パスワード変更")).count(),
        1
    );
}

/// When the one account's password was changed, as its store has it.
fn changed(memory: &Memory) -> Option<i64> {
    let mut mark = None;
    memory.each_account_store(|store| {
        let found = store.transaction(|sql| sql.run("SELECT COALESCE(password_set, 0) FROM account", &[]));
        mark = mark.or(found.unwrap_or_default().first().map(|row| row.integer(0).unwrap()));
    });
    mark
}

#[test]
fn the_mark_of_a_changed_password_is_set_by_a_change_alone() {
    let memory = memory();
    memory.mailroom.holds("C-7", PASSWORD);
    let mut browser = Browser::default();
    browser.import(&memory, "ops-token-of-tests", &[("hanako", "C-7")]);
    assert_eq!(browser.login(&memory, "hanako", PASSWORD).status, 200);
    assert_eq!(changed(&memory), Some(0), "adopted is not changed");
    assert_eq!(change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": "short-1A" })).status, 422);
    assert_eq!(changed(&memory), Some(0), "nor is what was refused");
    assert_eq!(change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": NEW })).status, 200);
    let now = i64::try_from(memory.now().as_millis()).ok();
    assert_eq!(changed(&memory), now);
    memory.pass(Duration::from_secs(60));
    assert_eq!(browser.login(&memory, "hanako", NEW).status, 200);
    assert_eq!(changed(&memory), now, "a login does not move it");
    let opened = self::memory();
    Browser::default().open(&opened);
    assert_eq!(changed(&opened), Some(0), "nor is an opening a change");
}

#[test]
fn the_rules_bind_and_nothing_is_changed_by_a_refusal() {
    let memory = memory();
    let (mut browser, number) = logged_in(&memory);
    for (new, code) in [
        ("short-1A", "too_short"),
        ("alllowercaseletters", "too_long"),
        ("abcdefghijkl", "too_few_kinds"),
        ("Hoshi 42 kawa#Q", "charset"),
        (PASSWORD, "unchanged"),
    ] {
        let refused = change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": new }));
        assert_eq!((refused.status, refused.code()), (422, "password_refused"), "{new}");
        let codes: Vec<_> =
            refused.json["complaints"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
        assert!(codes.contains(&json!(code)), "{new}: {codes:?}");
    }
    assert_eq!(Browser::default().login(&memory, &number, PASSWORD).status, 200);
}

#[test]
fn wrong_current_passwords_are_counted_and_held() {
    let memory = memory();
    let (mut browser, number) = logged_in(&memory);
    let guess = json!({ "current": "Wrong-42-kawa#Q", "password": NEW });
    for _ in 0..10 {
        assert_eq!(change(&memory, &mut browser, &guess).code(), "password_wrong");
    }
    let held = change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": NEW }));
    assert_eq!((held.status, held.code()), (429, "locked"));
    assert_eq!(Browser::default().login(&memory, &number, PASSWORD).status, 200, "logins have a bucket of their own");
    assert_eq!(change(&memory, &mut Browser::default(), &guess).code(), "no_session");
}

#[test]
fn without_the_current_password_only_a_fresh_passkey_sets_one() {
    let memory = memory();
    let (mut browser, _) = logged_in(&memory);
    let refused = change(&memory, &mut browser, &json!({ "password": NEW }));
    assert_eq!(refused.code(), "insufficient_user_authentication");
    let odd = change(&memory, &mut browser, &json!({ "current": null, "password": NEW, "more": 1 }));
    assert_eq!(odd.code(), "malformed");
    let long = "a".repeat(600);
    assert_eq!(change(&memory, &mut browser, &json!({ "current": long, "password": NEW })).code(), "password_wrong");
    assert_eq!(change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": long })).code(), "too_large");
}

/// An edge that asks a collection of breached passwords.
fn asking() -> Memory {
    let section = "[breached]\nurl = \"https://breached.example/range/\"\ntimeout = \"2s\"\n";
    Memory::new(house_with(|config| format!("{config}\n{section}")), START, 1)
}

#[test]
fn a_breached_password_is_refused_and_its_collection_learns_five_digits() {
    use sha1_of::digits;
    let memory = asking();
    let (mut browser, _) = logged_in(&memory);
    let whole = digits(NEW);
    let (told, kept) = whole.split_at(5);
    memory.mailroom.lists(&format!("0000000000000000000000000000000000A:3\r\n{kept}:7\r\n"));
    let refused = change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": NEW }));
    assert_eq!((refused.status, refused.code()), (422, "password_refused"));
    assert_eq!(refused.json["complaints"], json!([{ "code": "breached", "severity": "refuse" }]));
    let asked = memory.mailroom.sent(told);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].url, format!("https://breached.example/range/{told}"));

    // Padding counts zero, and a collection that is down keeps nobody from a new password.
    memory.mailroom.lists(&format!("{kept}:0\r\n"));
    assert_eq!(change(&memory, &mut browser, &json!({ "current": PASSWORD, "password": NEW })).status, 200);
    memory.mailroom.set_down(true);
    assert_eq!(change(&memory, &mut browser, &json!({ "current": NEW, "password": PASSWORD })).status, 200);
}

#[test]
fn an_account_is_not_opened_with_a_breached_password() {
    let memory = asking();
    memory.mailroom.lists(&format!("{}:1\n", &sha1_of::digits(PASSWORD)[5..]));
    let refused = Browser::default().post(&memory, "/.sekisho/open", &opening());
    assert_eq!((refused.status, refused.code()), (422, "password_refused"));
    assert_eq!(refused.json["complaints"][0]["code"], "breached");
    memory.mailroom.lists("");
    Browser::default().open(&memory);
}

/// SHA-1 by another crate's hand than the one under test.
mod sha1_of {
    pub fn digits(text: &str) -> String {
        use sha1::Digest as _;
        sha1::Sha1::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect()
    }
}
