//! What nobody took: from the line in the log to the customer, and sent again.

use super::*;

/// Rings the alarms minute by minute for five days.
fn five_days(memory: &Memory) {
    for _ in 0..5 * 24 * 60 {
        memory.pass(Duration::from_secs(60));
        memory.ring_alarms();
    }
}

#[test]
fn who_has_only_the_log_finds_the_customer_and_the_letter_and_has_it_sent_again() {
    let memory = site();
    memory.mailroom.set_down(true);
    let mut customer = Browser::default();
    let number = customer.open(&memory);
    five_days(&memory);
    let lines: Vec<Value> = memory.noted().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let dead: Vec<_> = lines.iter().filter(|line| line["outbox_dead"].is_string()).collect();
    let told = |line: &&Value| (line["outbox_dead"].clone(), line["matter"].clone(), line["tries"].clone());
    let mut kinds: Vec<_> = dead.iter().map(told).collect();
    kinds.sort_by_key(|(kind, ..)| kind.to_string());
    assert_eq!(kinds, [(json!("letter"), json!("opened"), json!(100)), (json!("opened"), json!(""), json!(100))]);
    assert!(dead.iter().all(|line| line["fault"] == "unreached: down"), "{dead:?}");
    for secret in [&number, "taro", "山田", "example.com", "090"] {
        assert!(!format!("{lines:?}").contains(secret), "{secret}");
    }

    let (support, risk) = (member(&memory, 1, Role::Support), member(&memory, 2, Role::Risk));
    let name = json!({ "name": dead[0]["account"] });
    let seen = done(&memory, &support, "look", name.clone());
    assert_eq!((&seen["customer"], &seen["account"]), (&json!(number), &dead[0]["account"]));
    assert_eq!(done(&memory, &support, "look", json!({ "name": number })), seen, "by either name");
    let undelivered = seen["undelivered"].as_array().unwrap();
    let letter = undelivered.iter().find(|one| one["kind"] == "letter").unwrap();
    assert_eq!((undelivered.len(), &letter["matter"], &letter["tries"]), (2, &json!("opened"), &json!(100)));
    assert_eq!(letter["fault"], "unreached: down");
    assert!(letter["at"].as_u64().unwrap() < memory.now().as_millis(), "when it was given up");

    memory.mailroom.set_down(false);
    memory.ring_alarms();
    assert_eq!(memory.mailroom.sent("/send").len(), 0, "by itself nothing is tried");
    assert_eq!(ask(&memory, &risk, "letters/send", name.clone()).code(), "not_found");
    done(&memory, &support, "letters/send", name.clone());
    memory.ring_alarms();
    assert_eq!((memory.mailroom.sent("/send").len(), memory.mailroom.sent("/events").len()), (1, 1));
    assert_eq!(done(&memory, &support, "look", name)["undelivered"], json!([]));
    let record = recorded(&memory, &risk);
    assert!(record.iter().any(|(author, action, subject)| {
        (author.as_str(), action.as_str()) == ("support 1", "send_letters") && json!(subject) == dead[0]["account"]
    }));
}

#[test]
fn an_id_that_nobody_has_is_no_customers() {
    let memory = site();
    let support = member(&memory, 1, Role::Support);
    for name in ["0123456789abcdef0123456789abcdef", "0123456789abcdef"] {
        assert_eq!(ask(&memory, &support, "look", json!({ "name": name })).code(), "not_found");
    }
}
