//! Wrong passwords: holds that grow and are forgotten, one bucket for every spelling, and nothing that tells a known name
//! from an unknown one.

use crate::account::password_runs;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, memory};
use std::time::Duration;

const WRONG: &str = "Wrong-42-kawa#Q";
const HOUR: u64 = 3_600;

fn wrong(memory: &Memory, id: &str, times: u32) {
    for _ in 0..times {
        assert_eq!(Browser::default().login(memory, id, WRONG).code(), "sign_in_failed");
    }
}

/// How many seconds the hold lasts that the next try meets.
fn held(memory: &Memory, id: &str) -> u64 {
    let answer = Browser::default().login(memory, id, PASSWORD);
    assert_eq!((answer.status, answer.code()), (429, "locked"), "{}", answer.json);
    (answer.json["until"].as_u64().unwrap() - memory.now().as_millis()).div_ceil(1_000)
}

#[test]
fn every_further_hold_lasts_twice_as_long_up_to_a_day_until_a_success() {
    let memory = memory();
    let account = Browser::default().open(&memory);
    for minutes in [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440] {
        wrong(&memory, &account, 10);
        assert_eq!(held(&memory, &account).div_ceil(60), minutes);
        memory.pass(Duration::from_secs(minutes * 60));
    }
    assert_eq!(Browser::default().login(&memory, &account, PASSWORD).status, 200);
    wrong(&memory, &account, 10);
    assert_eq!(held(&memory, &account).div_ceil(60), 15, "a success forgets them");
}

#[test]
fn a_month_without_a_try_forgets_and_a_days_purge_does_not() {
    let memory = memory();
    let account = Browser::default().open(&memory);
    for minutes in [15, 30] {
        wrong(&memory, &account, 10);
        assert_eq!(held(&memory, &account).div_ceil(60), minutes);
        memory.pass(Duration::from_secs(25 * HOUR));
        memory.ring_alarms();
    }
    memory.pass(Duration::from_secs(31 * 24 * HOUR));
    wrong(&memory, &account, 10);
    assert_eq!(held(&memory, &account).div_ceil(60), 15);
}

#[test]
fn every_spelling_is_one_bucket() {
    let memory = memory();
    let account = Browser::default().open(&memory);
    let wide: String = account.chars().map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap()).collect();
    let spellings = [account.clone(), wide, format!(" {account} "), format!("{}-{}", &account[..4], &account[4..])];
    for at in 0..10 {
        wrong(&memory, &spellings[at % spellings.len()], 1);
    }
    for spelling in &spellings {
        held(&memory, spelling);
    }
}

#[test]
fn known_and_unknown_names_take_the_same_statements_and_the_same_argon2_runs_at_every_try() {
    let memory = memory();
    let account = Browser::default().open(&memory);
    let unknown = if account == "88888888" { "88888889" } else { "88888888" };
    let statements = |memory: &Memory| {
        let mut all = 0;
        memory.each_account_store(|store| all += store.statements());
        all
    };
    let tried = |id: &str| {
        let before = (statements(&memory), password_runs());
        let answer = Browser::default().login(&memory, id, WRONG);
        let until = answer.json["until"].as_u64().map(|until| until - memory.now().as_millis());
        let spent = (statements(&memory) - before.0, password_runs() - before.1);
        (answer.status, answer.code().to_owned(), until.is_some(), spent)
    };
    // The first touch of a decoy makes its tables.
    assert_ne!(tried(&account).3.0, tried(unknown).3.0);
    let mut locked = 0;
    for round in 0..40 {
        let (known, nobody) = (tried(&account), tried(unknown));
        assert_eq!(known, nobody, "round {round}");
        assert_eq!(known.3.1, u32::from(known.1 == "sign_in_failed"), "one run a try, none while it is held");
        locked += u32::from(known.1 == "locked");
        if round % 13 == 12 {
            memory.pass(Duration::from_secs(2 * HOUR));
        }
    }
    assert!(locked > 5);
}
