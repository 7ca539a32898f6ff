//! What judgements are made by goes six months after it was last seen, whether or not its owner comes back.

use super::*;

fn habits(memory: &Memory) -> Habits {
    serde_json::from_str(rows(memory, "SELECT body FROM habits")[0].text(0).unwrap()).unwrap()
}

#[test]
fn numbers_of_networks_and_devices_go_after_six_months_without_a_login() {
    let memory = edge("act", "always");
    let mut owner =
        at(r#"{"address":"203.0.113.7","asn":2516,"country":"JP","city":"Tokyo","latitude":36,"longitude":140}"#);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    memory.pass(182 * DAY);
    memory.ring_alarms();
    let kept = habits(&memory);
    assert!(kept.features.iter().chain([&kept.devices]).all(|memory| memory.seen.len() == 1) && kept.last.is_some());
    memory.pass(2 * DAY);
    memory.ring_alarms();
    let kept = habits(&memory);
    assert!(kept.features.iter().chain([&kept.devices]).all(|memory| memory.seen.is_empty()), "{kept:?}");
    assert!(kept.last.is_none() && kept.logins > 0, "that there were logins stays");
    // So a stranger is still one, and no first login.
    let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
    assert_eq!(login(&mut stranger, &memory, &number), (403, "desk_needed".into()));
}
