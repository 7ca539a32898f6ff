//! Many logins fail nearby, of few names.

use super::*;

/// Passwords tried for four names, each six times: with the owner fewer names than a spray of six has.
fn failures(memory: &Memory, place: &str, whose: &str) {
    let mut guesser = at(place);
    for number in 0..24 {
        let wrong = json!({ "id": format!("{}{whose}", number % 4), "password": PASSWORD });
        assert_eq!(guesser.post(memory, "/.sekisho/login", &wrong).code(), "sign_in_failed");
    }
}

#[test]
fn failures_nearby_raise_what_is_asked_of_an_unknown_device_and_of_nobody_elsewhere() {
    let change =
        |config: String| config.replace("spray = 30", "spray = 6").replace("mode = \"shadow\"", "mode = \"act\"");
    let memory = Memory::new(house_with(change), START, 1);
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let judged = |memory: &Memory| judged(memory).pop().unwrap();
    failures(&memory, FAR, "far");
    assert_eq!(login(&mut at(HOME), &memory, &number).0, 200);
    assert!(!judged(&memory).reasons.contains(&Reason::FailuresNearby), "they were elsewhere");
    failures(&memory, r#"{"address":"203.0.113.200"}"#, "near");
    assert_eq!(login(&mut owner, &memory, &number).0, 200);
    let known = judged(&memory);
    assert!(known.reasons.contains(&Reason::FailuresNearby) && !known.asks(), "who comes with the usual device");
    assert_eq!(login(&mut at(HOME), &memory, &number).0, 200, "what others do locks nobody out");
    let stranger = judged(&memory);
    assert!(stranger.reasons.contains(&Reason::FailuresNearby) && stranger.asks());
    assert!(!stranger.reasons.contains(&Reason::Spray) && stranger.is_reproduced());
    memory.pass(Duration::from_secs(3_600));
    assert_eq!(login(&mut at(HOME), &memory, &number).0, 200);
    assert!(!judged(&memory).reasons.contains(&Reason::FailuresNearby), "an hour later");
}
