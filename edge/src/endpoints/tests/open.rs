use crate::memory::Memory;
use crate::memory::testing::{Browser, START, house_with, memory, opening};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn an_account_is_opened_and_the_origin_and_the_customer_hear_of_it() {
    let memory = memory();
    let answer = Browser::default().post(&memory, "/.sekisho/open", &opening());
    assert_eq!(answer.status, 201, "{}", answer.json);
    let number = answer.json["account_number"].as_str().unwrap();
    assert_eq!(number.len(), 8);
    assert_eq!(answer.json["receipt"].as_str().unwrap().len(), 14);
    memory.ring_alarms();
    let events = memory.mailroom.sent("/events");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].body["customer"], number);
    assert_eq!(events[0].body["profile"]["phone"], "09012345678");
    assert_eq!(events[0].bearer, "Bearer origin-token-of-tests");
    let letters = memory.mailroom.sent("/send");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].body["to"][0]["address"], "taro@example.com");
    assert!(letters[0].key.is_some());
}

#[test]
fn every_bad_field_is_named_at_once() {
    let mut form = opening();
    form["family"] = json!("");
    form["given_kana"] = json!("Taro");
    form["birthday"] = json!("2027-01-01");
    form["mail"] = json!("taro@@example.com");
    form["address"] = json!("あ".repeat(201));
    let answer = Browser::default().post(&memory(), "/.sekisho/open", &form);
    assert_eq!((answer.status, answer.code()), (422, "fields_refused"));
    let wanted = json!({
        "family": "missing", "given_kana": "form", "birthday": "form", "mail": "form", "address": "too_long",
    });
    assert_eq!(answer.json["fields"], wanted);
}

#[test]
fn a_weak_password_is_refused_with_its_complaints_and_nothing_is_made() {
    let memory = memory();
    let mut form = opening();
    form["password"] = json!("abcdefgh12");
    let answer = Browser::default().post(&memory, "/.sekisho/open", &form);
    assert_eq!((answer.status, answer.code()), (422, "password_refused"));
    let codes: Vec<&Value> = answer.json["complaints"].as_array().unwrap().iter().map(|row| &row["code"]).collect();
    assert!(!codes.is_empty());
    assert_eq!(memory.calls(), 0);
}

#[test]
fn a_letter_that_cannot_be_delivered_waits_and_arrives_once() {
    let memory = memory();
    memory.mailroom.set_down(true);
    Browser::default().open(&memory);
    for _ in 0..20 {
        memory.ring_alarms();
        memory.pass(Duration::from_secs(180));
    }
    assert!(memory.mailroom.sent("").is_empty());
    memory.mailroom.set_down(false);
    memory.pass(Duration::from_secs(3600));
    memory.ring_alarms();
    memory.pass(Duration::from_secs(3600));
    memory.ring_alarms();
    assert_eq!(memory.mailroom.sent("/send").len(), 1);
    assert_eq!(memory.mailroom.sent("/events").len(), 1);
    assert!(memory.now() > START);
}

#[test]
fn names_are_imported_once_with_the_right_token_only() {
    let memory = memory();
    let rows = [("hanako", "C-1"), ("12345678", "C-2")];
    let ask = |token: &str| Browser::default().import(&memory, token, &rows);
    assert_eq!(ask("wrong").code(), "insufficient_user_authentication");
    assert_eq!(ask("ops-token-of-tests").json, json!({ "imported": 2, "kept": 0 }));
    assert_eq!(ask("ops-token-of-tests").json, json!({ "imported": 0, "kept": 2 }));
}

#[test]
fn a_site_with_another_profile_takes_any_text_in_its_one_composed_form() {
    let nist = house_with(|config| config.replacen("profile = \"jp-broker\"", "profile = \"nist-63b-4\"", 1));
    let memory = Memory::new(nist, START, 1);
    let mut browser = Browser::default();
    let mut open = |password: &str| {
        let mut form = opening();
        form["password"] = json!(password);
        browser.post(&memory, "/.sekisho/open", &form)
    };
    let complaint = |answer: crate::memory::testing::Answer| answer.json["complaints"][0]["code"].clone();
    assert_eq!(complaint(open("Hoshi-42-kawa#")), "too_short");
    assert_eq!(complaint(open(&"a".repeat(20))), "guessable");
    // Fourteen characters, although the voiced one is written in two.
    assert_eq!(complaint(open("か\u{3099}っこうのうらのいちょうと犬")), "too_short");
    let opened = open("か\u{3099}っこうのうらのいちょうと犬九");
    assert_eq!(opened.status, 201, "{}", opened.json);
    let number = opened.json["account_number"].as_str().unwrap();
    for (typed, status) in [
        ("がっこうのうらのいちょうと犬九", 200),
        ("か\u{3099}っこうのうらのいちょうと犬九", 200),
        ("かっこうのうらのいちょうと犬九", 401),
    ] {
        assert_eq!(Browser::default().login(&memory, number, typed).status, status, "{typed}");
    }
    let site = Browser::default().get(&memory, "/.sekisho/site").json;
    assert_eq!(site["password_profile"], "nist-63b-4");
    let wanted = json!({
        "min_length": 15, "max_length": 128, "min_kinds": 0, "symbols": null, "refuse": ["guessable"],
    });
    assert_eq!(site["password_rules"], wanted);
}

#[test]
fn a_carriers_odd_address_is_handed_to_the_mail_api_in_the_form_that_mail_has_for_it() {
    let memory = memory();
    let mut form = opening();
    form["mail"] = json!("a..b.@docomo.ne.jp");
    assert_eq!(Browser::default().post(&memory, "/.sekisho/open", &form).status, 201);
    memory.ring_alarms();
    let mails = memory.mailroom.sent("/send");
    assert_eq!(mails[0].body["to"][0]["address"], "\"a..b.\"@docomo.ne.jp");
    assert_eq!(mails[0].body["from"]["address"], "no-reply@sekisho.example");
}
