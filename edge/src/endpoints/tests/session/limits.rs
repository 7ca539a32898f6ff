//! How long a session lasts at the most, how many an account may have, and who ends them all.

use super::super::{code, passkey};
use crate::gate::Decision;
use crate::host::{Store as _, StoreFault};
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with, memory};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: u64 = 60_000;

/// A house with these fields in its `[session]`.
fn with(fields: &[(&str, &str)]) -> Memory {
    let change = |config: String| fields.iter().fold(config, |text, (from, to)| text.replace(from, to));
    Memory::new(house_with(change), START, 1)
}

fn opened(memory: &Memory) -> (Browser, String) {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    (browser, number)
}

fn lines(browser: &mut Browser, memory: &Memory) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let history = browser.get(memory, "/.sekisho/history");
    let entries = history.json["entries"].as_array().unwrap();
    entries.iter().map(|entry| (text(&entry["method"]), text(&entry["outcome"]))).collect()
}

#[test]
fn nothing_puts_the_absolute_end_off_to_the_millisecond() {
    let memory = with(&[("absolute = \"24h\"", "absolute = \"182m\"")]);
    let (mut browser, _) = opened(&memory);
    let extend = |browser: &mut Browser| browser.post(&memory, "/.sekisho/session/extend", &json!({}));
    memory.pass(Duration::from_millis(175 * MINUTE));
    let extended = extend(&mut browser);
    assert_eq!(extended.json["remaining_ms"], 7 * MINUTE, "not another 180 minutes");
    let header = extended.response.headers()["sekisho-session"].to_str().unwrap();
    assert!(header.starts_with("remaining=420000, "), "{header}");
    memory.pass(Duration::from_millis(7 * MINUTE - 1));
    assert_eq!(extend(&mut browser).json["remaining_ms"], 1);
    let Decision::Forward { response, .. } = memory.pass_gate(&browser.packed("/home")) else { panic!() };
    let (_, header) = response.iter().find(|(name, _)| name == "sekisho-session").unwrap();
    assert!(header.starts_with("remaining=1, "), "{header}");
    memory.pass(Duration::from_millis(1));
    assert_eq!(extend(&mut browser).code(), "session_idle");
    let Decision::Refuse { status: 303, .. } = memory.pass_gate(&browser.packed("/home")) else { panic!() };
}

#[test]
fn a_limit_that_was_lowered_binds_sessions_that_are_there() {
    let mut memory = memory();
    let (mut browser, number) = opened(&memory);
    memory.pass(Duration::from_millis(200));
    memory.house = house_with(|config| config.replace("timeout = \"180m\"", "timeout = \"30m\"").replace("24h", "30m"));
    memory.pass(Duration::from_millis(30 * MINUTE - 201));
    assert_eq!(browser.get(&memory, "/.sekisho/session").json["remaining_ms"], 1);
    assert_eq!(browser.get(&memory, "/.sekisho/sessions").json["sessions"].as_array().unwrap().len(), 1);
    memory.pass(Duration::from_millis(1));
    assert_eq!(browser.get(&memory, "/.sekisho/session").code(), "session_idle");
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(browser.get(&memory, "/.sekisho/sessions").json["sessions"].as_array().unwrap().len(), 1);
}

#[test]
fn one_session_too_many_ends_the_one_opened_first_and_the_history_tells() {
    let memory = with(&[("limit = 10                          # live", "limit = 2 # live")]);
    let (mut first, number) = opened(&memory);
    let mut others = [Browser::default(), Browser::default()];
    for browser in &mut others {
        memory.pass(Duration::from_secs(1));
        assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    }
    assert_eq!(first.get(&memory, "/.sekisho/session").code(), "no_session");
    let [second, third] = &mut others;
    let list = third.get(&memory, "/.sekisho/sessions").json;
    assert_eq!(
        (list["sessions"].as_array().unwrap().len(), &list["limit"], &list["at_limit"]),
        (2, &json!(2), &json!("oldest"))
    );
    assert_eq!(second.get(&memory, "/.sekisho/session").status, 200);
    let told = lines(third, &memory);
    assert!(told.contains(&("session_limit".into(), "ended".into())), "{told:?}");
    assert_eq!(told.iter().filter(|(_, outcome)| outcome == "success").count(), 3);
}

#[test]
fn or_the_login_is_turned_down_until_there_is_room_again() {
    let memory = with(&[
        ("limit = 10                          # live", "limit = 1 # live"),
        ("at_limit = \"oldest\"", "at_limit = \"refuse\""),
    ]);
    let (mut first, number) = opened(&memory);
    let mut second = Browser::default();
    let refused = second.login(&memory, &number, PASSWORD);
    assert_eq!((refused.status, refused.code()), (409, "session_limit"));
    assert_eq!(judged(&memory), memory.judged().len(), "what the log holds the account holds");
    assert!(second.cookie.is_none());
    for _ in 0..12 {
        assert_eq!(second.login(&memory, &number, PASSWORD).code(), "session_limit", "the right one is never held");
    }
    assert_eq!(
        second.login(&memory, &number, "Wrong#2026-pass").code(),
        "sign_in_failed",
        "only who knows it hears of it"
    );
    let told = lines(&mut first, &memory);
    assert_eq!(told.iter().filter(|line| **line == ("password".into(), "refused".into())).count(), 13, "{told:?}");
    memory.pass(Duration::from_millis(180 * MINUTE));
    assert_eq!(second.login(&memory, &number, PASSWORD).status, 200, "one that has lapsed takes no room");
    assert_eq!(second.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    assert_eq!(first.login(&memory, &number, PASSWORD).status, 200, "nor one that was ended");
}

#[test]
fn the_session_that_a_browser_logs_in_from_again_leaves_its_own_room() {
    let memory = with(&[
        ("limit = 10                          # live", "limit = 1 # live"),
        ("at_limit = \"oldest\"", "at_limit = \"refuse\""),
    ]);
    let (mut browser, number) = opened(&memory);
    let gone = |old: &Browser| assert_eq!(old.clone().get(&memory, "/.sekisho/session").code(), "no_session");
    let old = browser.clone();
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200, "by password");
    gone(&old);
    let (mut device, old) = (passkey::device(), browser.clone());
    let handle = passkey::register(&memory, &mut browser, &mut device);
    assert_eq!(passkey::by_passkey(&memory, &mut browser, &mut device, &handle), 200, "by passkey");
    gone(&old);
    assert_eq!(browser.post(&memory, "/.sekisho/address/begin", &json!({})).status, 200);
    let confirm = json!({ "code": code::code(&memory) });
    assert_eq!(browser.post(&memory, "/.sekisho/address/confirm", &confirm).status, 200);
    let old = browser.clone();
    let asked = browser.login(&memory, &number, PASSWORD);
    assert_eq!(asked.status, 202, "{}", asked.json);
    assert_eq!(browser.get(&memory, "/.sekisho/session").status, 200, "until the code has come the old one stands");
    let entered = json!({ "pending": asked.json["pending"], "code": code::code(&memory) });
    assert_eq!(browser.post(&memory, "/.sekisho/login/code", &entered).status, 200, "by code");
    gone(&old);
    assert!(!lines(&mut browser, &memory).iter().any(|(_, outcome)| outcome == "refused"));
    // A login that is turned down ends nothing: there are others, and more than there may be.
    let mut memory = with(&[("at_limit = \"oldest\"", "at_limit = \"refuse\"")]);
    let (mut first, number) = opened(&memory);
    let mut others = [Browser::default(), Browser::default()];
    others.iter_mut().for_each(|other| assert_eq!(other.login(&memory, &number, PASSWORD).status, 200));
    let lower = |text: String| text.replace("limit = 10                          # live", "limit = 1 # live");
    memory.house = house_with(|text| lower(text).replace("at_limit = \"oldest\"", "at_limit = \"refuse\""));
    assert_eq!(first.login(&memory, &number, PASSWORD).code(), "session_limit");
    assert_eq!(first.get(&memory, "/.sekisho/session").status, 200);
}

#[test]
fn nor_does_it_push_another_device_out_and_another_customers_ends_as_well() {
    let memory = with(&[("limit = 10                          # live", "limit = 2 # live")]);
    let (mut other, number) = opened(&memory);
    let mut browser = Browser::default();
    for _ in 0..2 {
        memory.pass(Duration::from_secs(1));
        assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    }
    assert_eq!(other.get(&memory, "/.sekisho/session").status, 200);
    let told = lines(&mut browser, &memory);
    assert!(!told.iter().any(|(method, _)| method == "session_limit"), "{told:?}");
    let (mut before, number) = (browser.clone(), Browser::default().open(&memory));
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(before.get(&memory, "/.sekisho/session").code(), "no_session");
}

/// How many judgements the accounts have kept.
fn judged(memory: &Memory) -> usize {
    let mut kept = 0;
    memory.each_account_store(|store| {
        let rows = store.transaction::<_, StoreFault>(|sql| sql.run("SELECT 1 FROM judged", &[]));
        kept += rows.unwrap().len();
    });
    kept
}

#[test]
fn staff_end_every_session_of_a_customer_and_of_nobody_else() {
    let memory = memory();
    let (mut one, number) = opened(&memory);
    let mut twin = Browser::default();
    assert_eq!(twin.login(&memory, &number, PASSWORD).status, 200);
    let (mut other, _) = opened(&memory);
    let end = |token: &str, name: &str| {
        let body = json!({ "name": name }).to_string().into_bytes();
        let mut request = Browser::default().request(Method::POST, "/.sekisho/ops/sessions/end", body);
        request.headers_mut().remove("sec-fetch-site");
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        Browser::default().send(&memory, request)
    };
    assert_eq!(end("ops-token-of-test", &number).code(), "insufficient_user_authentication");
    assert_eq!(one.get(&memory, "/.sekisho/session").status, 200);
    assert_eq!(end("ops-token-of-tests", "99999999").json, json!({ "found": false }));
    assert_eq!(end("ops-token-of-tests", "").code(), "fields_refused");
    assert_eq!(end("ops-token-of-tests", &number).json, json!({ "found": true }));
    for browser in [&mut one, &mut twin] {
        assert_eq!(browser.get(&memory, "/.sekisho/session").code(), "no_session");
    }
    assert_eq!(other.get(&memory, "/.sekisho/session").status, 200);
    assert_eq!(one.login(&memory, &number, PASSWORD).status, 200, "the account itself is not shut");
}

#[test]
fn a_browser_that_logs_in_again_and_again_leaves_no_trail_of_sessions() {
    let memory = memory();
    let (mut browser, number) = opened(&memory);
    let (mut elsewhere, lease) = (Browser::default(), memory.house.config.session.lease);
    assert_eq!(elsewhere.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(elsewhere.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    let ended = || {
        let mut ended = Vec::new();
        memory.each_account_store(|store| {
            let rows = store.transaction(|sql| sql.run("SELECT COALESCE(ended, '') FROM session ORDER BY login", &[]));
            ended.extend(rows.unwrap().iter().map(|row| row.text(0).unwrap().to_owned()));
        });
        ended
    };
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(ended(), ["replaced", "logout", "replaced", ""], "a lease of theirs may stand");
    memory.pass(2 * lease + Duration::from_millis(1));
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(ended(), ["logout", "replaced", ""]);
    assert_eq!(browser.get(&memory, "/.sekisho/session").status, 200);
}
