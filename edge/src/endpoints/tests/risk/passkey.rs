//! Logins by passkey: judged and kept like the others, asked for nothing.

use super::*;
use crate::conformance::setting::Authenticator;
use crate::crowd::{self, Replayed, Shard};
use crate::endpoints::tests::passkey::{by_passkey, device, register};
use crate::risk::Verdict;

/// An owner with ten logins from home and a passkey; its user handle.
fn registered(memory: &Memory, owner: &mut Browser, passkey: &mut Authenticator) -> (String, Vec<u8>) {
    let number = owner.open(memory);
    ten_days(owner, memory, &number);
    let handle = register(memory, owner, passkey);
    (number, handle)
}

/// What a threshold that asks everybody would ask of what the windows hold, and how many of it were proved by a passkey.
fn would(memory: &Memory) -> (u32, u32, u32) {
    memory.ring_alarms();
    let mut sum = Replayed::default();
    for shard in Shard::windows() {
        let command = crowd::Command::Replay { channel: String::new(), thresholds: vec![-40_000], attacks: Vec::new() };
        let reply = pollster::block_on(crate::host::Crowds::crowd(memory, shard, command.pack())).unwrap();
        sum.join(&Replayed::read(&reply).unwrap());
    }
    assert_eq!(sum.foreign, 0);
    (sum.reproduced, sum.would[0], sum.passkeys)
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
        assert_eq!(would(&memory), (12, 10, 2), "and no threshold counts them as asked");
    }
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
    assert_eq!(would(&memory).2, 2);
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
