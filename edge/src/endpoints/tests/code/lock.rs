//! The owner's own lock: one call from any session, and nothing but a passkey or the desk opens then.

use super::{code, enter, verified, waiting};
use crate::memory::testing::{Browser, PASSWORD, memory};
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
