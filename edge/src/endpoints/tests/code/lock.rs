//! The owner's own lock: one call from any session, and nothing but a passkey or the desk opens then. What either voids.

use super::{code, enter, verified, waiting};
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with, memory};
use serde_json::json;
use std::time::Duration;

#[test]
fn one_call_ends_every_session_and_no_password_or_code_opens_the_account() {
    let memory = memory();
    let (mut owner, number) = verified(&memory);
    let (mut thief, pending) = waiting(&memory, &number);
    assert_eq!(enter(&memory, &mut thief, &pending, &code(&memory)).status, 200);
    // A sign-in that is under way is over as well.
    let (mut half, half_way) = waiting(&memory, &number);
    let digits = code(&memory);
    assert_eq!(Browser::default().post(&memory, "/.sekisho/lock", &json!({})).code(), "no_session");
    memory.pass(Duration::from_secs(3_600));
    let locked = owner.post(&memory, "/.sekisho/lock", &json!({}));
    assert_eq!((locked.status, owner.cookie.is_none()), (200, true), "no fresh proof is asked for");
    assert_eq!(thief.get(&memory, "/.sekisho/me").code(), "no_session");
    assert_eq!(enter(&memory, &mut half, &half_way, &digits).code(), "code_gone");
    let wrong = Browser::default().login(&memory, &number, "Wrong-42-kawa#Q");
    let right = Browser::default().login(&memory, &number, PASSWORD);
    let bare = |answer: &crate::memory::testing::Answer| {
        let mut document = answer.json.clone();
        document.as_object_mut().unwrap().remove("ref");
        (answer.status, document)
    };
    assert_eq!(
        (bare(&right), right.code()),
        (bare(&wrong), "sign_in_failed"),
        "a right password is told from no wrong one"
    );
    memory.ring_alarms();
    let mails = memory.mailroom.sent("/send");
    let told: Vec<_> =
        mails.iter().filter(|mail| mail.body["subject"].as_str().unwrap().contains("口座ロック")).collect();
    let text = told[0].body["text"].as_str().unwrap();
    assert!(told.len() == 1 && text.contains("PCサイト") && text.contains("Chrome / Windows"), "{text}");
}

/// The desk's release, by the operator's token.
fn release(memory: &Memory, number: &str) {
    let mut desk = Browser::default();
    let body = json!({ "name": number }).to_string().into_bytes();
    let mut request = desk.request(http::Method::POST, "/.sekisho/ops/release", body);
    request.headers_mut().insert("authorization", "Bearer ops-token-of-tests".parse().unwrap());
    assert_eq!(desk.send(memory, request).status, 200);
}

fn texting() -> Memory {
    let section = "[sms]\nurl = \"http://127.0.0.1:8788/text\"\n\n[password]";
    Memory::new(house_with(|config| config.replacen("[password]", section, 1)), START, 1)
}

#[test]
fn the_desks_release_voids_every_code_under_way_whatever_it_is_for() {
    let memory = texting();
    let (_, number) = verified(&memory);
    let by_code = || {
        let (mut browser, pending) = waiting(&memory, &number);
        assert_eq!(enter(&memory, &mut browser, &pending, &code(&memory)).status, 200);
        browser
    };
    let (mut texted, mut mailed) = (by_code(), by_code());
    let begin = |browser: &mut Browser, body| browser.post(&memory, "/.sekisho/address/begin", &body).status;
    assert_eq!(begin(&mut texted, json!({ "kind": "phone" })), 200);
    memory.ring_alarms();
    let text = memory.mailroom.sent("/text").pop().unwrap().body["text"].as_str().unwrap().to_owned();
    assert_eq!(begin(&mut mailed, json!({ "address": "other@example.com" })), 200);
    let mailed_code = code(&memory);
    let (mut half, half_way) = waiting(&memory, &number);
    let login = code(&memory);
    release(&memory, &number);
    let confirm = |browser: &mut Browser, code: &str| {
        browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code })).code().to_owned()
    };
    assert_eq!(confirm(&mut texted, text.rsplit_once('#').unwrap().1), "code_gone", "a number");
    assert_eq!(confirm(&mut mailed, &mailed_code), "code_gone", "an address");
    assert_eq!(enter(&memory, &mut half, &half_way, &login).code(), "code_gone", "a login");
}

#[test]
fn a_code_that_waits_to_be_sent_is_not_sent_after_a_lock_or_a_release() {
    for locks in [true, false] {
        let memory = texting();
        let (mut owner, number) = verified(&memory);
        let (mut browser, pending) = waiting(&memory, &number);
        assert_eq!(enter(&memory, &mut browser, &pending, &code(&memory)).status, 200);
        assert_eq!(browser.post(&memory, "/.sekisho/address/begin", &json!({ "kind": "phone" })).status, 200);
        waiting(&memory, &number);
        let codes = |memory: &Memory| {
            memory.ring_alarms();
            let mails = memory.mailroom.sent("/send");
            let codes = mails.iter().filter(|mail| mail.body["text"].as_str().unwrap().contains("認証コード:"));
            codes.count() + memory.mailroom.sent("/text").len()
        };
        if locks {
            assert_eq!(owner.post(&memory, "/.sekisho/lock", &json!({})).status, 200);
        } else {
            release(&memory, &number);
        }
        assert_eq!(codes(&memory), 2, "those of before alone, locks: {locks}");
    }
}
