//! The second step of a sign-in by password, and the address that it goes to.

mod address;
mod lock;
mod outbox;
mod sms;

use super::passkey::{by_passkey, device, opens, register};
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with, memory};
use serde_json::json;
use std::time::Duration;

/// The code of the last letter that holds one.
pub(super) fn code(memory: &Memory) -> String {
    memory.ring_alarms();
    let mails = memory.mailroom.sent("/send");
    let text = |mail: &crate::memory::Captured| mail.body["text"].as_str().unwrap().to_owned();
    let last = mails.iter().rev().map(text).find(|text| text.contains("認証コード:")).unwrap();
    last.split("認証コード:").nth(1).unwrap().chars().take(6).collect()
}

fn other(code: &str) -> String {
    let first = if code.starts_with('9') { '0' } else { '9' };
    format!("{first}{}", &code[1..])
}

/// A customer with a verified address: the browser that confirmed it, and the account number.
fn verified(memory: &Memory) -> (Browser, String) {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    assert_eq!(browser.get(memory, "/.sekisho/me").json["address_verified"], false);
    let begun = browser.post(memory, "/.sekisho/address/begin", &json!({}));
    assert_eq!((begun.status, begun.json["masked"].as_str()), (200, Some("t***@example.com")), "{}", begun.json);
    let confirmed = browser.post(memory, "/.sekisho/address/confirm", &json!({ "code": code(memory) }));
    assert_eq!(confirmed.status, 200, "{}", confirmed.json);
    assert_eq!(browser.get(memory, "/.sekisho/me").json["address_verified"], true);
    (browser, number)
}

/// Logs in up to the code; answers the browser and what it holds of the sign-in.
fn waiting(memory: &Memory, number: &str) -> (Browser, String) {
    let mut browser = Browser::default();
    let asked = browser.login(memory, number, PASSWORD);
    assert_eq!((asked.status, browser.cookie.is_none()), (202, true), "{}", asked.json);
    assert_eq!(asked.json["masked"], "t***@example.com");
    assert_eq!(asked.json["unusual"], false, "everybody is asked");
    let from = &asked.json["from"];
    assert_eq!((&from["channel_ja"], &from["client"]), (&json!("PCサイト"), &json!("Chrome / Windows")));
    assert_eq!(from["at"].as_u64(), Some(memory.now().as_millis()));
    let pending = asked.json["pending"].as_str().unwrap().to_owned();
    (browser, pending)
}

fn enter(memory: &Memory, browser: &mut Browser, pending: &str, code: &str) -> Answer {
    browser.post(memory, "/.sekisho/login/code", &json!({ "pending": pending, "code": code }))
}

#[test]
fn a_password_login_is_complete_only_with_the_code() {
    let memory = memory();
    let (_, number) = verified(&memory);
    let (mut browser, pending) = waiting(&memory, &number);
    memory.ring_alarms();
    let logins = |memory: &Memory| {
        let mails = memory.mailroom.sent("/send");
        mails.iter().filter(|mail| mail.body["subject"].as_str().unwrap().contains("ログインのお知らせ")).count()
    };
    assert_eq!(logins(&memory), 1, "the login that is not complete is told to nobody");
    let letter = memory.mailroom.sent("/send").last().unwrap().body["text"].as_str().unwrap().to_owned();
    for part in ["ログインのみ", "PCサイト", "Chrome / Windows", "有効時間:10分"] {
        assert!(letter.contains(part), "{part} in {letter}");
    }
    let code = code(&memory);
    let wide: String = code.chars().map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap()).collect();
    let body =
        json!({ "pending": pending, "code": format!(" {}\u{3000}{} ", &wide[..9], &wide[9..]), "return": "/history" });
    let done = browser.post(&memory, "/.sekisho/login/code", &body);
    assert_eq!(done.status, 200, "{}", done.json);
    assert_eq!((&done.json["amr"], &done.json["next"]), (&json!(["pwd", "otp"]), &json!("/history")));
    memory.ring_alarms();
    assert_eq!(logins(&memory), 2);
    let entries = browser.get(&memory, "/.sekisho/history").json["entries"].clone();
    assert_eq!(entries[0]["method"], "password_code");
    assert_eq!(enter(&memory, &mut Browser::default(), &pending, &code).code(), "code_gone", "a code is good once");
}

#[test]
fn three_wrong_codes_void_it_and_its_owner_hears_of_it() {
    let memory = memory();
    let (_, number) = verified(&memory);
    let (mut browser, pending) = waiting(&memory, &number);
    let right = code(&memory);
    for left in [2, 1, 0] {
        let wrong = enter(&memory, &mut browser, &pending, &other(&right));
        assert_eq!((wrong.status, wrong.code(), wrong.json["left"].as_u64()), (422, "code_wrong", Some(left)));
    }
    assert_eq!(enter(&memory, &mut browser, &pending, &right).code(), "code_gone", "the right one comes too late");
    memory.ring_alarms();
    let told = memory.mailroom.sent("/send");
    assert!(told.iter().any(|mail| mail.body["subject"].as_str().unwrap().contains("ログインが完了しなかった")));
    memory.pass(Duration::from_secs(60));
    let again = browser.post(&memory, "/.sekisho/login/code/resend", &json!({ "pending": pending }));
    assert_eq!(again.status, 200, "{}", again.json);
    let fresh = code(&memory);
    assert_ne!(fresh, right);
    assert_eq!(enter(&memory, &mut browser, &pending, &fresh).status, 200);
}

#[test]
fn a_code_ends_with_its_time_and_with_the_one_after_it() {
    let memory = memory();
    let (_, number) = verified(&memory);
    let (mut browser, pending) = waiting(&memory, &number);
    let first = code(&memory);
    let resend = |memory: &Memory, browser: &mut Browser| {
        browser.post(memory, "/.sekisho/login/code/resend", &json!({ "pending": pending }))
    };
    let early = resend(&memory, &mut browser);
    assert_eq!((early.status, early.code()), (429, "rate_limited"));
    assert!(early.response.headers().contains_key("retry-after"));
    memory.pass(Duration::from_secs(60));
    assert_eq!(resend(&memory, &mut browser).status, 200);
    let second = code(&memory);
    assert_eq!(enter(&memory, &mut browser, &pending, &first).code(), "code_wrong", "the one before is void");
    memory.pass(Duration::from_secs(600));
    assert_eq!(enter(&memory, &mut browser, &pending, &second).code(), "code_gone");
    for _ in 0..3 {
        memory.pass(Duration::from_secs(60));
        assert_eq!(resend(&memory, &mut browser).status, 200);
    }
    memory.pass(Duration::from_secs(60));
    assert_eq!(resend(&memory, &mut browser).code(), "code_gone", "five letters are enough");
    let (mut browser, pending) = waiting(&memory, &number);
    memory.pass(Duration::from_secs(1_800));
    let late = browser.post(&memory, "/.sekisho/login/code/resend", &json!({ "pending": pending }));
    assert_eq!(late.code(), "code_gone");
}

#[test]
fn who_has_the_password_alone_is_held_like_a_guesser() {
    let memory = memory();
    let (_, number) = verified(&memory);
    for _ in 0..10 {
        waiting(&memory, &number);
    }
    let held = Browser::default().login(&memory, &number, PASSWORD);
    assert_eq!((held.status, held.code()), (429, "locked"));
}

#[test]
fn a_made_up_sign_in_touches_no_object() {
    let memory = memory();
    let (_, number) = verified(&memory);
    let (mut browser, pending) = waiting(&memory, &number);
    let code = code(&memory);
    let calls = memory.calls();
    let mut bent: Vec<String> =
        vec![String::new(), "x".into(), pending[1..].into(), format!("{pending}A"), "A".repeat(87)];
    bent.extend((0..pending.len()).step_by(7).map(|at| {
        let letter = if pending.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{letter}{}", &pending[..at], &pending[at + 1..])
    }));
    for odd in bent {
        assert_eq!(enter(&memory, &mut browser, &odd, &code).code(), "code_gone", "{odd}");
    }
    assert_eq!(memory.calls(), calls);
    for odd in ["", "12345", "1234567", "abcdef", &"1".repeat(60_000)] {
        assert_ne!(enter(&memory, &mut browser, &pending, odd).status, 200, "{odd}");
    }
}

#[test]
fn an_address_is_confirmed_only_by_its_own_code_in_its_own_session() {
    let memory = memory();
    let (mut browser, number) = verified(&memory);
    assert_eq!(browser.post(&memory, "/.sekisho/address/begin", &json!({})).code(), "address_known");
    assert_eq!(Browser::default().post(&memory, "/.sekisho/address/begin", &json!({})).code(), "no_session");
    let (mut other_browser, pending) = waiting(&memory, &number);
    let login = code(&memory);
    let confirm = |browser: &mut Browser| browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": login }));
    assert_eq!(confirm(&mut browser).code(), "code_gone", "a login's code confirms no address");
    assert_eq!(enter(&memory, &mut other_browser, &pending, &login).status, 200);
}

#[test]
fn without_a_verified_address_or_where_codes_are_off_the_password_alone_opens() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    let login = browser.login(&memory, &number, PASSWORD);
    assert_eq!((login.status, &login.json["amr"]), (200, &json!(["pwd"])));
    let off = house_with(|config| config.replace("second_factor = \"always\"", "second_factor = \"off\""));
    let memory = Memory::new(off, memory.now(), 1);
    let (_, number) = verified(&memory);
    assert_eq!(Browser::default().login(&memory, &number, PASSWORD).json["second_factor"], "off");
}

#[test]
fn no_code_lies_in_the_store_at_any_time() {
    let memory = memory();
    let (_, number) = verified(&memory);
    let (_, _) = waiting(&memory, &number);
    let due = |memory: &Memory| {
        let mut all = String::new();
        memory.each_account_store(|store| {
            use crate::host::Store as _;
            let rows = store.transaction(|sql| sql.run("SELECT body FROM due", &[])).unwrap_or_default();
            rows.iter().for_each(|row| all.push_str(row.text(0).unwrap()));
        });
        all
    };
    let before = due(&memory);
    assert!(before.contains("\"code\""), "the letter waits");
    let code = code(&memory);
    assert!(!before.contains(&code), "{before}");
}

#[test]
fn a_password_makes_no_code_fresh() {
    let routes = "\n[[routes]]\npath = \"/withdraw\"\nproof = \"factors\"\nage = \"10m\"\n";
    let memory = Memory::new(house_with(|config| config + routes), START, 1);
    let (_, number) = verified(&memory);
    let (mut browser, pending) = waiting(&memory, &number);
    assert_eq!(enter(&memory, &mut browser, &pending, &code(&memory)).status, 200);
    assert!(opens(&memory, &browser, "/withdraw"));
    memory.pass(Duration::from_secs(3_600));
    let change = json!({ "current": PASSWORD, "password": "Kumo-73-minato#R" });
    assert_eq!(browser.post(&memory, "/.sekisho/password/change", &change).status, 200);
    assert!(!opens(&memory, &browser, "/withdraw"), "the code is of an hour ago");
    let address = browser.post(&memory, "/.sekisho/address/begin", &json!({ "address": "other@example.com" }));
    assert_eq!(address.code(), "insufficient_user_authentication", "{}", address.json);
}

#[test]
fn logins_are_counted_by_what_proved_them() {
    let memory = memory();
    let (mut owner, number) = verified(&memory);
    let (mut browser, pending) = waiting(&memory, &number);
    let right = code(&memory);
    assert_eq!(enter(&memory, &mut browser, &pending, &other(&right)).status, 422);
    assert_eq!(enter(&memory, &mut browser, &pending, &right).status, 200);
    let mut passkey = device();
    let handle = register(&memory, &mut owner, &mut passkey);
    for _ in 0..2 {
        assert_eq!(by_passkey(&memory, &mut Browser::default(), &mut passkey, &handle), 200);
    }
    let counts: serde_json::Value =
        serde_json::from_str(&memory.house.tally().take_counts(memory.now()).unwrap()).unwrap();
    let mut logins: Vec<_> = counts.as_object().unwrap().iter().filter(|(name, _)| name.starts_with("login")).collect();
    logins.sort_unstable_by_key(|(name, _)| *name);
    let told = [("login.code", 1), ("login.passkey", 2), ("login.password", 1)];
    assert_eq!(logins.iter().map(|(name, count)| (name.as_str(), count.as_i64().unwrap())).collect::<Vec<_>>(), told);
    assert_eq!(counts["code_asked"], 1);
}
