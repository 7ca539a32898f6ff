//! The threshold of an operation, which staff set as they set a channel's.

use super::*;

const CHANGE: &str = "account_change";

/// A site that acts on what it judges, asks no second factor, and the customer with a session there.
fn acting() -> (Memory, Browser, String) {
    let config = |config: String| {
        let config = config.replace("mode = \"shadow\"", "mode = \"act\"");
        let config = config.replace("second_factor = \"always\"", "second_factor = \"off\"");
        format!("{config}\n[staff]\norigin = \"{ORIGIN}\"\n")
    };
    let memory = Memory::new(house_with(config), START, 1);
    let mut customer = Browser::default();
    let number = customer.open(&memory);
    (memory, customer, number)
}

/// Logs in and begins to register a passkey.
fn changes(memory: &Memory, customer: &mut Browser, number: &str) -> (Judgement, u16) {
    let judgement = judged(memory, customer, number);
    (judgement, customer.post(memory, "/.sekisho/passkey/register/begin", &json!({})).status)
}

#[test]
fn staff_set_it_as_a_channels_and_no_login_is_judged_by_it() {
    let (memory, mut customer, number) = acting();
    let (one, two) = (member(&memory, 1, Role::Risk), member(&memory, 2, Role::Risk));
    judged(&memory, &mut customer, &number);
    let (judgement, status) = changes(&memory, &mut customer, &number);
    assert_eq!((judgement.account_change, judgement.policy, status), (Some(-2_100), 0, 200));
    let propose = |value: &str| {
        let body = json!({ "subject": CHANGE, "value": value });
        done(&memory, &one, "thresholds/propose", body)["applied"].clone()
    };
    // One makes it stricter than any login's score, and every edge knows within the minute.
    assert_eq!(propose("-20000"), true);
    memory.pass(Duration::from_secs(60));
    let (judgement, status) = changes(&memory, &mut customer, &number);
    assert_eq!((judgement.account_change, judgement.policy, status), (Some(-20_000), 1, 401));
    assert!(judgement.threshold == -2_100 && judgement.is_reproduced(), "the login goes by its own: {judgement:?}");
    // It takes two to go back.
    assert_eq!(propose(""), false);
    assert_eq!(changes(&memory, &mut customer, &number).1, 401);
    done(&memory, &two, "thresholds/second", json!({ "id": "1" }));
    memory.pass(Duration::from_secs(60));
    let (judgement, status) = changes(&memory, &mut customer, &number);
    assert_eq!((judgement.account_change, judgement.policy, status), (Some(-2_100), 2, 200));
    let record = recorded(&memory, &one);
    assert_eq!(
        record[0],
        ("risk 2".to_owned(), "threshold_set".to_owned(), "account_change -20000 -> config".to_owned())
    );
}

#[test]
fn an_edge_that_does_not_reach_the_object_goes_by_what_it_published() {
    let (memory, mut customer, number) = acting();
    let risk = member(&memory, 1, Role::Risk);
    judged(&memory, &mut customer, &number);
    done(&memory, &risk, "thresholds/propose", json!({ "subject": CHANGE, "value": "-20000" }));
    memory.ring_staff().unwrap();
    memory.staff_broken(true);
    memory.pass(Duration::from_secs(60));
    assert_eq!(changes(&memory, &mut customer, &number).1, 401);
}

#[test]
fn a_login_of_a_channel_never_used_is_not_measured_by_it() {
    let set = vec![(CHANGE.to_owned(), -9_000), ("pc-main".to_owned(), -2_000)];
    let policy = Policy { version: 1, set };
    assert_eq!(
        (policy.strictest(), policy.of("pc-main"), policy.of(CHANGE)),
        (Some(-2_000), Some(-2_000), Some(-9_000))
    );
}
