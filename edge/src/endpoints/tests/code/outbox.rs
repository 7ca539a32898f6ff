//! The outbox: what the mail API does not take is kept, tried again, counted, and in the end left where it can be seen.

use crate::host::Store as _;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, memory};
use std::collections::BTreeSet;
use std::time::Duration;

/// Rings the alarms minute by minute for `minutes`.
fn let_pass(memory: &Memory, minutes: u64) {
    for _ in 0..minutes {
        memory.pass(Duration::from_secs(60));
        memory.ring_alarms();
    }
}

/// Rows of the outbox where `condition` holds, with their faults.
fn rows(memory: &Memory, condition: &str) -> Vec<String> {
    let mut found = Vec::new();
    let statement = format!("SELECT COALESCE(fault, '') FROM due WHERE kind <> 'purge' AND {condition}");
    memory.each_account_store(|store| {
        let rows = store.transaction(|sql| sql.run(&statement, &[])).unwrap_or_default();
        found.extend(rows.iter().map(|row| row.text(0).unwrap().to_owned()));
    });
    found
}

#[test]
fn an_hour_without_the_mail_api_loses_nothing_and_sends_nothing_twice() {
    let memory = memory();
    memory.mailroom.set_down(true);
    let number = Browser::default().open(&memory);
    for _ in 0..3 {
        assert_eq!(Browser::default().login(&memory, &number, PASSWORD).status, 200);
        let_pass(&memory, 20);
    }
    assert_eq!(rows(&memory, "dead = 0").len(), 5, "the event, the opening's letter and three logins' are kept");
    assert!(rows(&memory, "dead = 0").iter().all(|fault| fault.contains("down")), "each with its fault");
    assert!(memory.counted().iter().filter(|what| **what == "outbox_put_off").count() > 10);
    let counts = memory.house.tally().take_counts(memory.now()).unwrap();
    assert!(counts.contains("\"outbox_put_off.letter\":") && counts.contains("\"outbox_put_off.opened\":"), "{counts}");
    let noted = memory.noted();
    let told = |matter: &str| {
        let cause = format!("{{\"outbox_put_off\":\"letter\",\"matter\":\"{matter}\",\"tries\":1,\"account\":\"");
        noted
            .iter()
            .filter(|line| line.starts_with(&cause) && line.ends_with(",\"fault\":\"unreached: down\"}"))
            .count()
    };
    assert_eq!(["opened", "login", "new_device"].map(told), [1, 1, 2], "why the first try of each failed");
    memory.mailroom.set_down(false);
    let_pass(&memory, 60);
    assert_eq!(rows(&memory, "1 = 1"), Vec::<String>::new());
    let mails = memory.mailroom.sent("/send");
    let keys: BTreeSet<_> = mails.iter().map(|mail| mail.key.clone().unwrap()).collect();
    assert_eq!((mails.len(), keys.len()), (4, 4));
    assert_eq!(memory.mailroom.sent("/events").len(), 1);
    assert!(!memory.counted().contains(&"outbox_dead"));
}

#[test]
fn what_nobody_takes_for_days_stays_with_its_fault_and_is_tried_no_more() {
    let memory = memory();
    memory.mailroom.set_down(true);
    Browser::default().open(&memory);
    let_pass(&memory, 5 * 24 * 60);
    assert_eq!(rows(&memory, "dead = 1 AND tries = 100").len(), 2);
    assert!(rows(&memory, "dead = 1").iter().all(|fault| fault.contains("down")));
    assert_eq!(memory.counted().iter().filter(|what| **what == "outbox_dead").count(), 2);
    let counts = memory.house.tally().take_counts(memory.now()).unwrap();
    assert!(counts.contains("\"outbox_dead.letter\":1") && counts.contains("\"outbox_dead.opened\":1"), "{counts}");
    let tried = memory.counted().len();
    memory.mailroom.set_down(false);
    let_pass(&memory, 24 * 60);
    assert_eq!((memory.counted().len(), memory.mailroom.sent("/send").len()), (tried, 0));
    let number = Browser::default().open(&memory);
    assert_eq!(Browser::default().login(&memory, &number, PASSWORD).status, 200);
    memory.ring_alarms();
    assert_eq!(memory.mailroom.sent("/send").len(), 2, "what is new goes out");
}
