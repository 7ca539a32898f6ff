//! The account by itself, below HTTP: what a replay, a lapse or another release finds.

use super::*;
use crate::memory::MemoryStore;
use crate::memory::testing::{PASSWORD, START, memory};
use crate::name::NameTag;
use rand_core::SeedableRng as _;
use sekisho_rules::Secret;
use std::time::Duration;

const ID: AccountId = AccountId([7; 16]);
const NAME: NameTag = NameTag([7; 32]);

fn profile() -> Profile {
    let mut form = crate::memory::testing::opening();
    form.as_object_mut().unwrap().remove("password");
    serde_json::from_value(form).unwrap()
}

fn opening(receipt: &str) -> Command {
    let (customer, password) = ("12345678".into(), Secret::new(PASSWORD.into()));
    Command::Open { name: NAME, customer, receipt: receipt.into(), profile: Box::new(profile()), password }
}

fn tell(memory: &crate::memory::Memory, command: Command) -> Reply {
    let store = memory.account_store(ID);
    let mut rng = chacha20::ChaCha20Rng::seed_from_u64(memory.now().as_millis());
    let obeyed = obey(&memory.house, store.as_ref(), memory, memory.now(), &mut rng, ID, command);
    pollster::block_on(obeyed).unwrap()
}

#[test]
fn the_same_opening_twice_is_one_and_another_is_refused() {
    let memory = memory();
    assert!(matches!(tell(&memory, opening("R-1")), Reply::Done));
    assert!(matches!(tell(&memory, opening("R-1")), Reply::Done));
    assert!(matches!(tell(&memory, opening("R-2")), Reply::Refused { .. }));
    assert!(matches!(tell(&memory, Command::Activate), Reply::Done));
    assert!(matches!(tell(&memory, Command::Activate), Reply::Done));
    memory.ring_alarms();
    assert_eq!(memory.mailroom.sent("/events").len(), 1);
}

#[test]
fn an_opening_that_is_not_finished_leaves_nothing() {
    let memory = memory();
    tell(&memory, opening("R-1"));
    memory.pass(crate::name::RESERVATION - Duration::from_millis(1));
    memory.ring_alarms();
    assert!(matches!(tell(&memory, opening("R-1")), Reply::Done));
    memory.pass(Duration::from_millis(1));
    memory.ring_alarms();
    assert!(matches!(tell(&memory, Command::Activate), Reply::Refused { .. }));
    let rows = memory.account_store(ID).transaction(|sql| sql.run("SELECT 1 FROM account", &[])).unwrap();
    assert!(rows.is_empty());
    assert!(memory.mailroom.sent("").is_empty());
}

#[test]
fn an_account_that_was_opened_never_lapses() {
    let memory = memory();
    tell(&memory, opening("R-1"));
    tell(&memory, Command::Activate);
    memory.pass(Duration::from_secs(3600));
    memory.ring_alarms();
    assert!(matches!(tell(&memory, Command::Activate), Reply::Done));
}

#[test]
fn tables_of_a_later_release_are_left_alone() {
    let store = MemoryStore::default();
    store.transaction(schema::migrate).unwrap();
    store.transaction(schema::migrate).unwrap();
    store.transaction(|sql| sql.run("UPDATE release SET step = 99", &[])).unwrap();
    assert!(store.transaction(schema::migrate).is_err());
}

#[test]
fn no_two_deliveries_share_an_idempotency_key() {
    let memory = memory();
    tell(&memory, opening("R-1"));
    tell(&memory, Command::Activate);
    memory.ring_alarms();
    let visit = Visit { channel: "pc-main".into(), client: "? / ?".into(), ..Visit::default() };
    for _ in 0..3 {
        memory.pass(Duration::from_secs(1));
        let password = Secret::new(PASSWORD.into());
        tell(&memory, Command::SignIn { name: NAME, device: None, password, attempt: None, visit: visit.clone() });
        memory.ring_alarms();
    }
    let mut keys: Vec<_> = memory.mailroom.sent("").into_iter().map(|sent| sent.key).collect();
    assert!(keys.len() >= 5 && keys.iter().all(Option::is_some), "{keys:?}");
    keys.sort_unstable();
    let all = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), all);
}

#[test]
fn an_alarm_is_planned_for_the_earliest_task_and_undone_with_its_transaction() {
    let store = MemoryStore::default();
    store.transaction(schema::migrate).unwrap();
    store.transaction(|sql| due::put(sql, START + Duration::from_secs(9), &due::Task::Purge)).unwrap();
    store.transaction(|sql| due::put(sql, START + Duration::from_secs(5), &due::Task::Purge)).unwrap();
    let undone = store.transaction(|sql| {
        due::put(sql, START, &due::Task::Purge)?;
        Err::<(), Fault>(Fault::Refused(Refusal::Unavailable))
    });
    assert!(undone.is_err());
    assert_eq!(store.alarm(), Some(START + Duration::from_secs(5)));
}

#[test]
fn history_goes_after_fifteen_months_and_sessions_after_a_day() {
    let memory = memory();
    tell(&memory, opening("R-1"));
    tell(&memory, Command::Activate);
    let visit = Visit { channel: "pc-main".into(), client: "? / ?".into(), ..Visit::default() };
    let password = || Secret::new(PASSWORD.into());
    let sign_in =
        || Command::SignIn { name: NAME, device: None, password: password(), attempt: None, visit: visit.clone() };
    assert!(matches!(tell(&memory, sign_in()), Reply::SignedIn(_)));
    let count = |table: &str| {
        let statement = format!("SELECT COUNT(*) FROM {table}");
        let rows = memory.account_store(ID).transaction(|sql| sql.run(&statement, &[])).unwrap();
        rows[0].integer(0).unwrap()
    };
    assert_eq!((count("session"), count("history")), (1, 1));
    for _ in 0..3 {
        memory.pass(Duration::from_secs(86_400));
        memory.ring_alarms();
    }
    assert_eq!((count("session"), count("history")), (0, 1));
    memory.pass(Duration::from_secs(457 * 86_400));
    memory.ring_alarms();
    assert_eq!(count("history"), 0);
}

#[test]
fn neither_proof_nor_password_is_shown_by_debug() {
    let proof = format!("{:?}", Secret::new(PASSWORD.into()));
    assert!(!proof.contains(PASSWORD));
}
