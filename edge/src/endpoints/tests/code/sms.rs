//! A login's code as a text message: the second way, to a number that was confirmed by a code.

use super::{enter, verified, waiting};
use crate::config::json_of;
use crate::host::{Store as _, StoreFault};
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with};
use crate::{House, Settings};
use serde_json::json;
use std::time::Duration;

const SECTION: &str = "[sms]\nurl = \"http://127.0.0.1:8788/text\"\n\n[password]";

fn edge() -> Memory {
    Memory::new(house_with(|config| config.replacen("[password]", SECTION, 1)), START, 1)
}

fn resend(memory: &Memory, browser: &mut Browser, pending: &str, by: &str) -> Answer {
    memory.pass(Duration::from_secs(60));
    browser.post(memory, "/.sekisho/login/code/resend", &json!({ "pending": pending, "by": by }))
}

/// The last text message, and how many there were.
fn message(memory: &Memory) -> (String, String, usize) {
    memory.ring_alarms();
    let sent = memory.mailroom.sent("/text");
    let last = sent.last().unwrap();
    assert_eq!(last.bearer, "Bearer sms-token-of-tests");
    (last.body["to"].as_str().unwrap().to_owned(), last.body["text"].as_str().unwrap().to_owned(), sent.len())
}

/// The six digits of the last text message.
fn texted(memory: &Memory) -> String {
    message(memory).1.rsplit_once('#').unwrap().1.to_owned()
}

fn begin(memory: &Memory, browser: &mut Browser, number: &str) -> Answer {
    let body =
        if number.is_empty() { json!({ "kind": "phone" }) } else { json!({ "kind": "phone", "address": number }) };
    browser.post(memory, "/.sekisho/address/begin", &body)
}

fn confirm(memory: &Memory, browser: &mut Browser) -> Answer {
    let code = texted(memory);
    browser.post(memory, "/.sekisho/address/confirm", &json!({ "code": code }))
}

/// The house, and a session there by password and code.
fn by_code(memory: &Memory) -> (Browser, String) {
    let (_, number) = verified(memory);
    let (mut browser, pending) = waiting(memory, &number);
    assert_eq!(enter(memory, &mut browser, &pending, &super::code(memory)).status, 200);
    (browser, number)
}

/// An account whose number on file is confirmed.
fn confirmed(memory: &Memory) -> (Browser, String) {
    let (mut browser, number) = by_code(memory);
    assert_eq!(begin(memory, &mut browser, "").status, 200);
    assert_eq!(confirm(memory, &mut browser).status, 200);
    memory.pass(Duration::from_secs(60));
    (browser, number)
}

#[test]
fn a_number_that_nobody_has_confirmed_gets_no_code() {
    let memory = edge();
    let (_, number) = verified(&memory);
    let mut browser = Browser::default();
    let asked = browser.login(&memory, &number, PASSWORD);
    assert_eq!((asked.status, &asked.json["sms"]), (202, &json!(null)));
    let pending = asked.json["pending"].as_str().unwrap().to_owned();
    assert_eq!(resend(&memory, &mut browser, &pending, "sms").code(), "code_gone");
    memory.ring_alarms();
    assert!(memory.mailroom.sent("/text").is_empty());
}

#[test]
fn it_is_confirmed_under_two_factors_and_both_addresses_hear_of_it() {
    let memory = edge();
    // By the password alone, or too long after: not even the number on file.
    let (mut weak, number) = verified(&memory);
    assert_eq!(weak.login(&memory, &number, PASSWORD).status, 202);
    assert_eq!(begin(&memory, &mut weak, "").code(), "insufficient_user_authentication");
    let (mut browser, pending) = waiting(&memory, &number);
    assert_eq!(enter(&memory, &mut browser, &pending, &super::code(&memory)).status, 200);
    let me = |browser: &mut Browser| browser.get(&memory, "/.sekisho/me").json;
    assert_eq!((&me(&mut browser)["sms"], &me(&mut browser)["verified_phone"]), (&json!(true), &json!(null)));
    let sent = begin(&memory, &mut browser, "");
    assert_eq!((sent.status, &sent.json["masked"]), (200, &json!("090-****-5678")));
    let (to, text, _) = message(&memory);
    assert!(to == "+819012345678" && text.contains("この電話番号を確認する"), "no login's: {text}");
    let wrong = browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": "000000" }));
    assert_eq!(wrong.code(), "code_wrong");
    assert_eq!(confirm(&memory, &mut browser).status, 200);
    let shown = me(&mut browser);
    assert_eq!(
        (&shown["verified_phone"], &shown["verified_address"]),
        (&json!("090-****-5678"), &json!("t***@example.com"))
    );
    assert_eq!(begin(&memory, &mut browser, "").code(), "address_known");
    memory.ring_alarms();
    let letters = memory.mailroom.sent("/send");
    let told = letters.iter().filter(|letter| letter.body["subject"].as_str().unwrap().contains("携帯電話番号登録"));
    assert_eq!(told.count(), 1, "contact and verified address are the same");
    memory.pass(Duration::from_secs(601));
    assert_eq!(
        begin(&memory, &mut browser, "08012345678").code(),
        "insufficient_user_authentication",
        "too old a proof"
    );
}

#[test]
fn another_number_takes_its_place_by_its_own_code_and_codes_under_way_to_the_old_one_open_nothing() {
    let memory = edge();
    let (mut browser, number) = confirmed(&memory);
    let (mut elsewhere, pending) = waiting(&memory, &number);
    assert_eq!(resend(&memory, &mut elsewhere, &pending, "sms").status, 200);
    let old = texted(&memory);
    for wrong in ["0312345678", "x", "+819012345678", "taro@example.com"] {
        assert_eq!(begin(&memory, &mut browser, wrong).code(), "fields_refused", "{wrong}");
    }
    assert_eq!(begin(&memory, &mut browser, "０80-1234-5678").json["masked"], "080-****-5678");
    assert_eq!(confirm(&memory, &mut browser).status, 200);
    assert_eq!(enter(&memory, &mut elsewhere, &pending, &old).code(), "code_gone");
    let (_, pending) = waiting(&memory, &number);
    assert_eq!(resend(&memory, &mut Browser::default(), &pending, "sms").json["masked"], "080-****-5678");
}

#[test]
fn a_stopped_change_of_the_address_takes_the_number_back_too() {
    let memory = edge();
    let (mut browser, number) = confirmed(&memory);
    let body = json!({ "address": "thief@example.net" });
    assert_eq!(browser.post(&memory, "/.sekisho/address/begin", &body).status, 200);
    let code = super::code(&memory);
    assert_eq!(browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
    memory.ring_alarms();
    let letters = memory.mailroom.sent("/send");
    let stop = letters.iter().rev().find_map(|letter| letter.body["text"].as_str()?.split("停止番号:").nth(1)).unwrap();
    let stop: String = stop.chars().take(14).collect();
    let body = json!({ "id": number, "number": stop });
    assert_eq!(Browser::default().post(&memory, "/.sekisho/address/stop", &body).status, 200);
    memory.each_account_store(|store| {
        let rows = store.transaction::<_, StoreFault>(|sql| sql.run("SELECT phone FROM account", &[])).unwrap();
        assert!(rows.iter().all(|row| row.is_null(0)));
    });
}

fn has_number(memory: &Memory) -> bool {
    let mut any = false;
    memory.each_account_store(|store| {
        let rows = store.transaction::<_, StoreFault>(|sql| sql.run("SELECT phone FROM account", &[])).unwrap();
        any |= rows.iter().any(|row| !row.is_null(0));
    });
    any
}

#[test]
fn the_owners_lock_and_the_desks_release_take_the_number_back() {
    let memory = edge();
    let (mut owner, _) = confirmed(&memory);
    assert!(has_number(&memory));
    assert_eq!(owner.post(&memory, "/.sekisho/lock", &json!({})).status, 200);
    assert!(!has_number(&memory), "whoever was in may have set it");

    let memory = edge();
    let (_, number) = confirmed(&memory);
    let desk = Browser::default();
    let body = json!({ "name": number }).to_string();
    let mut request = desk.request(http::Method::POST, "/.sekisho/ops/release", body.into());
    let token = "Bearer ops-token-of-tests".parse().unwrap();
    request.headers_mut().insert("authorization", token);
    assert_eq!(memory.answer(request).status(), 200);
    assert!(!has_number(&memory), "held or not");
}

#[test]
fn the_customer_takes_it_back_under_the_proof_that_confirmed_it() {
    let memory = edge();
    let (mut browser, number) = confirmed(&memory);
    let (mut other, pending) = waiting(&memory, &number);
    assert_eq!(enter(&memory, &mut other, &pending, &super::code(&memory)).status, 200);
    memory.pass(Duration::from_secs(601));
    let remove = |browser: &mut Browser| browser.post(&memory, "/.sekisho/address/remove", &json!({}));
    assert_eq!(remove(&mut browser).code(), "insufficient_user_authentication", "too old a proof");
    let (mut fresh, pending) = waiting(&memory, &number);
    assert_eq!(enter(&memory, &mut fresh, &pending, &super::code(&memory)).status, 200);
    assert_eq!((remove(&mut fresh).status, has_number(&memory)), (200, false));
    assert_eq!(remove(&mut fresh).status, 200, "there is none any more");
    assert_eq!(remove(&mut other).code(), "no_session", "every other session has ended");
    memory.ring_alarms();
    let letters = memory.mailroom.sent("/send");
    let told = letters.iter().filter(|letter| letter.body["subject"].as_str().unwrap().contains("登録取消"));
    assert_eq!(told.count(), 1);
}

#[test]
fn another_number_ends_every_other_session_and_the_first_ends_none() {
    let memory = edge();
    let (mut other, number) = by_code(&memory);
    let (mut browser, pending) = waiting(&memory, &number);
    assert_eq!(enter(&memory, &mut browser, &pending, &super::code(&memory)).status, 200);
    let lives = |browser: &mut Browser| browser.get(&memory, "/.sekisho/me").status == 200;
    assert_eq!(begin(&memory, &mut browser, "").status, 200);
    assert_eq!(confirm(&memory, &mut browser).status, 200);
    assert!(lives(&mut other) && lives(&mut browser));
    memory.pass(Duration::from_secs(60));
    assert_eq!(begin(&memory, &mut browser, "08012345678").status, 200);
    assert_eq!(confirm(&memory, &mut browser).status, 200);
    assert!(!lives(&mut other) && lives(&mut browser));
}

#[test]
fn three_messages_a_day_confirm_numbers_of_an_account() {
    let memory = edge();
    let (mut browser, _) = by_code(&memory);
    for number in ["", "08012345678", "07012345678"] {
        assert_eq!(begin(&memory, &mut browser, number).status, 200, "{number}");
        memory.pass(Duration::from_secs(60));
    }
    let day = Duration::from_secs(24 * 3_600 - 180);
    let refused = begin(&memory, &mut browser, "06012345678");
    assert_eq!((refused.status, refused.code()), (429, "rate_limited"));
    assert_eq!(refused.json["until"], json!((memory.now() + day).as_millis()));
    assert_eq!(message(&memory).2, 3);
}

#[test]
fn three_accounts_an_hour_have_codes_sent_to_one_number() {
    let memory = edge();
    let mut customers: Vec<Browser> = (0..4).map(|_| by_code(&memory).0).collect();
    for (at, browser) in customers.iter_mut().enumerate() {
        let answer = begin(&memory, browser, "08012345678");
        assert_eq!(answer.status, if at < 3 { 200 } else { 429 }, "{at}: {}", answer.json);
    }
    let other = begin(&memory, customers.last_mut().unwrap(), "08087654321");
    assert_eq!(other.status, 200, "other numbers are free");
    assert_eq!(message(&memory).2, 4);
}

#[test]
fn a_code_goes_to_the_confirmed_number_and_opens_like_the_mailed_one_which_is_void() {
    let memory = edge();
    let (_, number) = confirmed(&memory);
    let mut browser = Browser::default();
    let asked = browser.login(&memory, &number, PASSWORD);
    assert_eq!((asked.status, &asked.json["sms"]), (202, &json!("090-****-5678")));
    let mailed = super::code(&memory);
    let pending = asked.json["pending"].as_str().unwrap().to_owned();
    let sent = resend(&memory, &mut browser, &pending, "sms");
    assert_eq!((&sent.json["masked"], &sent.json["sms"]), (&json!("090-****-5678"), &json!("090-****-5678")));
    let (to, text, count) = message(&memory);
    assert_eq!((to.as_str(), count), ("+819012345678", 2));
    let (line, code) = text.rsplit_once('#').unwrap();
    assert!(line.ends_with("\n\n@localhost ") && code.len() == 6 && text.matches(code).count() == 2, "{text}");
    assert!(!text.contains("http"));
    assert_eq!(enter(&memory, &mut browser, &pending, &mailed).code(), "code_wrong");
    let answer = enter(&memory, &mut browser, &pending, code);
    assert_eq!((answer.status, &answer.json["amr"]), (200, &json!(["pwd", "otp"])));
}

#[test]
fn the_mailed_code_stands_while_none_may_be_sent_and_comes_again_by_mail() {
    let memory = edge();
    let (_, number) = confirmed(&memory);
    let mut browser = Browser::default();
    let asked = browser.login(&memory, &number, PASSWORD);
    let (mailed, pending) = (super::code(&memory), asked.json["pending"].as_str().unwrap().to_owned());
    let early = browser.post(&memory, "/.sekisho/login/code/resend", &json!({ "pending": pending, "by": "sms" }));
    assert_eq!(early.code(), "rate_limited");
    assert_eq!(
        enter(&memory, &mut browser, &pending, &mailed).status,
        200,
        "the one that was sent is good all the same"
    );

    let mut browser = Browser::default();
    let asked = browser.login(&memory, &number, PASSWORD);
    let pending = asked.json["pending"].as_str().unwrap().to_owned();
    assert_eq!(resend(&memory, &mut browser, &pending, "sms").status, 200);
    let back = resend(&memory, &mut browser, &pending, "mail");
    assert_eq!(back.json["masked"], "t***@example.com");
    assert_eq!(enter(&memory, &mut browser, &pending, &super::code(&memory)).status, 200);
}

#[test]
fn where_it_is_not_offered_none_is_sent() {
    let plain = crate::memory::testing::memory();
    let (_, number) = verified(&plain);
    let mut browser = Browser::default();
    let asked = browser.login(&plain, &number, PASSWORD);
    assert_eq!(asked.json["sms"], json!(null));
    let pending = asked.json["pending"].as_str().unwrap().to_owned();
    assert_eq!(resend(&plain, &mut browser, &pending, "sms").code(), "code_gone");
    assert_eq!(resend(&plain, &mut browser, &pending, "pigeon").code(), "malformed");
    plain.ring_alarms();
    assert!(plain.mailroom.sent("/text").is_empty());
}

#[test]
fn only_mobile_numbers_take_text_messages() {
    use crate::notice::mobile;
    for number in ["09012345678", "08012345678", "07012345678", "06012345678"] {
        assert_eq!(mobile(number), Some(number));
    }
    for number in ["0312345678", "05012345678", "0901234567", "090123456789", ""] {
        assert_eq!(mobile(number), None, "{number}");
    }
}

#[test]
fn a_house_with_text_messages_needs_their_token() {
    let config = include_str!("../../../../sekisho.toml").replacen("[password]", SECTION, 1);
    let settings = Settings {
        config: &json_of(&config).unwrap(),
        mac_keys: "",
        name_keys: "",
        seal_keys: "",
        jwt_keys: "",
        mail_token: "",
        dkim_key: "",
        origin_token: "",
        ops_token: "",
        proxy_token: "",
        app_keys: "app-keys-of-tests-32-characters-long",
        sms_token: "short",
    };
    let complaints = House::build(&settings).err().unwrap();
    assert!(complaints.iter().any(|one| one.place == "SEKISHO_SMS_TOKEN"), "{complaints:?}");
}
