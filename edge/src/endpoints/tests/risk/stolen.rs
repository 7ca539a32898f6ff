//! Somebody works through a list of right passwords.

use super::*;

/// So many customers at home, each with a confirmed address, and their numbers.
fn customers(memory: &Memory, count: u8) -> Vec<(Browser, String)> {
    let one = |home| {
        let mut owner = at(&format!(r#"{{"address":"192.0.{home}.7","asn":2516,"country":"JP"}}"#));
        let number = owner.open(memory);
        assert_eq!(login(&mut owner, memory, &number).0, 200);
        owner.post(memory, "/.sekisho/address/begin", &json!({}));
        let code = super::super::code::code(memory);
        assert_eq!(owner.post(memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
        (owner, number)
    };
    (0..count).map(one).collect()
}

fn sprayed(memory: &Memory) -> bool {
    let last: Judgement = serde_json::from_str(memory.judged().last().unwrap()).unwrap();
    last.reasons.contains(&Reason::Spray)
}

#[test]
fn right_passwords_that_codes_stop_are_a_spray_and_logins_that_are_completed_are_none() {
    let memory = edge("act", "always");
    let mut customers = customers(&memory, 40);
    memory.pass(Duration::from_secs(3_600));
    // Their owners, all in one office: those on the device of old are nobody's list, before they have entered the code.
    for (owner, number) in &mut customers {
        owner.platform = Platform::read(r#"{"address":"203.0.113.7"}"#);
        assert_eq!(login(owner, &memory, number).0, 202);
    }
    assert!(!sprayed(&memory));
    memory.ring_alarms();
    // And those on a new one, once they have.
    for (_, number) in &customers {
        let mut new = at(r#"{"address":"203.0.113.8"}"#);
        let asked = new.post(&memory, "/.sekisho/login", &json!({ "id": number, "password": PASSWORD }));
        let body = json!({ "pending": asked.json["pending"], "code": super::super::code::code(&memory) });
        assert_eq!(new.post(&memory, "/.sekisho/login/code", &body).status, 200);
        assert!(!sprayed(&memory));
    }
    // Whoever has the passwords and no mailbox comes no further, and is seen.
    let thief = |host: usize| at(&format!(r#"{{"address":"198.51.100.{host}","asn":9009,"country":"RO"}}"#));
    let seen = |(host, (_, number)): (usize, &(Browser, String))| {
        assert_eq!(login(&mut thief(host), &memory, number).0, 202);
        sprayed(&memory)
    };
    let seen: Vec<bool> = customers.iter().enumerate().map(seen).collect();
    assert_eq!(seen.iter().position(|sprayed| *sprayed), Some(29), "from the thirtieth name on");
    assert!(seen[29..].iter().all(|sprayed| *sprayed));
}
