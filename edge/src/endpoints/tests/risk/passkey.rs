//! Logins by passkey: judged and kept like the others, asked for nothing.

use super::*;
use crate::conformance::setting::Authenticator;
use crate::crowd::{self, Replayed, Shard};
use crate::endpoints::tests::passkey::{by_passkey, device, prove, register};
use crate::risk::{Device, Verdict};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// An owner with ten logins from home and a passkey; its user handle.
fn registered(memory: &Memory, owner: &mut Browser, passkey: &mut Authenticator) -> (String, Vec<u8>) {
    let number = owner.open(memory);
    ten_days(owner, memory, &number);
    let handle = register(memory, owner, passkey);
    (number, handle)
}

/// How much the windows hold, and what of it a threshold that asks everybody would ask.
fn would(memory: &Memory) -> (u32, u32) {
    memory.ring_alarms();
    let mut sum = Replayed::default();
    for shard in Shard::windows() {
        let command = crowd::Command::Replay { channel: String::new(), thresholds: vec![-40_000], attacks: Vec::new() };
        let reply = pollster::block_on(crate::host::Crowds::crowd(memory, shard, command.pack())).unwrap();
        sum.join(&Replayed::read(&reply).unwrap());
    }
    assert_eq!(sum.foreign, 0);
    (sum.reproduced, sum.would[0])
}

#[test]
fn one_that_is_unlike_its_owners_is_let_in_and_told_with_its_reasons_in_the_record() {
    for (mode, letter) in [("act", "いつもと異なる環境"), ("shadow", "新しい端末")] {
        let (memory, mut owner, mut passkey) = (edge(mode, "always"), at(HOME), device());
        let (_, handle) = registered(&memory, &mut owner, &mut passkey);
        assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
        let usual = judged(&memory).pop().unwrap();
        assert!(usual.reasons.is_empty() && usual.verdict == Verdict::Allow && !usual.suspects(), "{usual:?}");
        assert!(subjects(&memory).last().unwrap().contains("ログインのお知らせ"));
        let mut elsewhere = Browser { agent: Some(LINUX), ..at(FAR) };
        assert_eq!(by_passkey(&memory, &mut elsewhere, &mut passkey, &handle), 200, "it is asked for nothing");
        let odd = judged(&memory).pop().unwrap();
        let told = [Reason::NewDevice, Reason::UnfamiliarCountry, Reason::UnfamiliarNetwork, Reason::UnfamiliarClient];
        assert_eq!((odd.reasons.as_slice(), odd.verdict), (told.as_slice(), Verdict::Allow));
        assert!(odd.evidence.by_passkey && odd.suspects() && !odd.asks() && !odd.would_ask(-20_000));
        assert!(odd.evidence.has_passkey && odd.is_reproduced());
        assert!(subjects(&memory).last().unwrap().contains(letter), "{mode}: {:?}", subjects(&memory).last());
        assert_eq!(memory.judged().len(), 12, "each of them in the log");
        assert_eq!(would(&memory), (10, 10), "and a threshold's shares are of those that it can ask");
    }
}

#[test]
fn where_a_code_is_asked_for_the_answer_tells_whether_a_passkey_that_has_worked_may_come_first() {
    let (memory, mut owner, mut passkey) = (edge("act", "always"), at(HOME), device());
    let (number, handle) = registered(&memory, &mut owner, &mut passkey);
    owner.post(&memory, "/.sekisho/address/begin", &json!({}));
    let code = crate::endpoints::tests::code::code(&memory);
    assert_eq!(owner.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
    let asked = || {
        let body = json!({ "id": number, "password": PASSWORD });
        let asked = at(HOME).post(&memory, "/.sekisho/login", &body);
        (asked.status, asked.json["passkey"].clone())
    };
    assert_eq!(asked(), (202, json!(false)), "one that was only made has shown nothing yet");
    assert_eq!(by_passkey(&memory, &mut at(HOME), &mut passkey, &handle), 200);
    assert_eq!(asked(), (202, json!(true)));
}

#[test]
fn a_copy_is_refused_by_rule_and_recorded_as_that() {
    let (memory, mut owner, mut passkey) = (edge("shadow", "always"), at(HOME), device());
    let (_, handle) = registered(&memory, &mut owner, &mut passkey);
    passkey.count = 7;
    assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
    passkey.count = 3;
    assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 401);
    let refused = judged(&memory).pop().unwrap();
    assert_eq!((refused.verdict, refused.reasons.as_slice()), (Verdict::Refuse, [Reason::PasskeySuspected].as_slice()));
    assert_eq!(refused.weight(Reason::PasskeySuspected), Some(None), "whatever the score");
    assert!(refused.is_reproduced());
    assert_eq!(would(&memory), (10, 10));
}

#[test]
fn a_session_by_password_stays_doubtful_whatever_a_passkey_showed_at_the_same_moment() {
    let (memory, mut owner, mut passkey) = (edge("act", "off"), at(HOME), device());
    let (number, handle) = registered(&memory, &mut owner, &mut passkey);
    let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
    assert_eq!(login(&mut stranger, &memory, &number).0, 200, "nothing more is asked here");
    assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
    let begun = stranger.post(&memory, "/.sekisho/passkey/register/begin", &json!({}));
    assert_eq!(begun.code(), "insufficient_user_authentication");
}

/// A site that lets a passkey in that may be copied.
fn lenient() -> Memory {
    let change = |config: String| {
        config.replace("mode = \"shadow\"", "mode = \"act\"").replace("clone = \"refuse\"", "clone = \"notice\"")
    };
    Memory::new(house_with(change), START, 1)
}

/// Whether the account knows the device of a browser by whose passkey it was logged in to, as its next login by password tells.
fn is_known(memory: &Memory, browser: &mut Browser, number: &str) -> bool {
    login(browser, memory, number);
    judged(memory).pop().unwrap().evidence.device == Device::Known
}

#[test]
fn a_passkey_that_may_be_copied_teaches_nothing_nor_does_any_of_an_unknown_device_for_a_month() {
    let (memory, mut owner, mut passkey) = (lenient(), at(HOME), device());
    let (number, handle) = registered(&memory, &mut owner, &mut passkey);
    passkey.count = 7;
    assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
    let (mut stranger, mut again) =
        (Browser { agent: Some(LINUX), ..at(FAR) }, Browser { agent: Some(LINUX), ..at(FAR) });
    passkey.count = 3;
    assert_eq!(by_passkey(&memory, &mut stranger, &mut passkey, &handle), 200, "the site wants it so");
    assert!(!is_known(&memory, &mut stranger, &number));
    // Which of the two was the copy nobody knows: its next one may be ahead of the owner's.
    passkey.count = 20;
    assert_eq!(by_passkey(&memory, &mut again, &mut passkey, &handle), 200);
    assert!(!is_known(&memory, &mut again, &number));
    assert!(is_known(&memory, &mut owner, &number), "and its owner is as before");
    memory.pass(DAY * 31);
    assert_eq!(by_passkey(&memory, &mut again, &mut passkey, &handle), 200);
    assert!(is_known(&memory, &mut again, &number));
}

#[test]
fn one_that_proves_a_session_and_may_be_copied_begins_that_month_as_a_login_does() {
    let (memory, mut owner, mut passkey) = (lenient(), at(HOME), device());
    let (number, handle) = registered(&memory, &mut owner, &mut passkey);
    passkey.count = 7;
    assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
    passkey.count = 3;
    prove(&memory, &mut owner, &mut passkey, &handle);
    let line = owner.get(&memory, "/.sekisho/history").json["entries"][0].clone();
    assert_eq!((&line["method"], &line["outcome"]), (&json!("passkey_suspected"), &json!("confirmed")));
    let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
    passkey.count = 20;
    assert_eq!(by_passkey(&memory, &mut stranger, &mut passkey, &handle), 200);
    assert!(!is_known(&memory, &mut stranger, &number));
}

#[test]
fn an_unusual_one_is_told_and_learned_as_its_owners_who_was_verified_there() {
    let (memory, mut owner, mut passkey) = (edge("act", "always"), at(HOME), device());
    let (number, handle) = registered(&memory, &mut owner, &mut passkey);
    let mut elsewhere = Browser { agent: Some(LINUX), ..at(FAR) };
    assert_eq!(by_passkey(&memory, &mut elsewhere, &mut passkey, &handle), 200);
    assert!(subjects(&memory).last().unwrap().contains("いつもと異なる環境"));
    assert!(is_known(&memory, &mut elsewhere, &number));
}

#[test]
fn a_passkey_that_is_removed_while_one_may_be_copied_takes_the_known_devices_with_it() {
    for (count, known) in [(20, true), (3, false)] {
        let (memory, mut owner, mut passkey) = (lenient(), at(HOME), device());
        let (number, handle) = registered(&memory, &mut owner, &mut passkey);
        passkey.count = 7;
        // The copy comes first, and nothing tells it from the passkey.
        let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
        assert_eq!(by_passkey(&memory, &mut stranger, &mut passkey, &handle), 200);
        passkey.count = count;
        assert_eq!(by_passkey(&memory, &mut owner, &mut passkey, &handle), 200);
        let id = URL_SAFE_NO_PAD.encode(passkey.id());
        let gone = owner.post(&memory, "/.sekisho/passkeys/delete", &json!({ "id": id }));
        assert_eq!(gone.status, 200, "{}", gone.json);
        assert_eq!(is_known(&memory, &mut stranger, &number), known, "{count}");
    }
}
