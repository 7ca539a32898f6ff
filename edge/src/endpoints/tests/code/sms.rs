//! A login's code as a text message: the second way, to the number on file.

use super::{enter, verified};
use crate::config::json_of;
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

#[test]
fn a_code_goes_to_the_number_on_file_and_opens_like_the_mailed_one_which_is_void() {
    let memory = edge();
    let (_, number) = verified(&memory);
    let mut browser = Browser::default();
    let asked = browser.login(&memory, &number, PASSWORD);
    assert_eq!((asked.status, &asked.json["sms"]), (202, &json!("090-****-5678")));
    let mailed = super::code(&memory);
    let pending = asked.json["pending"].as_str().unwrap().to_owned();
    let sent = resend(&memory, &mut browser, &pending, "sms");
    assert_eq!((&sent.json["masked"], &sent.json["sms"]), (&json!("090-****-5678"), &json!("090-****-5678")));
    let (to, text, count) = message(&memory);
    assert_eq!((to.as_str(), count), ("+819012345678", 1));
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
    let (_, number) = verified(&memory);
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
        sms_token: "short",
    };
    let complaints = House::build(&settings).err().unwrap();
    assert!(complaints.iter().any(|one| one.place == "SEKISHO_SMS_TOKEN"), "{complaints:?}");
}
