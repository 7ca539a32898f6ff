//! Customers whose password only the origin can check are told from nobody neither by the answer nor by its time.

use super::*;
use crate::account::password_runs;
use crate::memory::Memory;
use crate::memory::testing::{START, house_with};
use std::time::Duration;

const HELD: &str = "Origin-held-7#q";
const WRONG: &str = "Wrong-42-kawa#Q";

/// An adopted customer, one whom the origin alone knows, and one who logs in by passkey alone, with the passwords to be tried.
fn everybody(memory: &Memory) -> Vec<(&'static str, String, &'static str)> {
    let mut browser = Browser::default();
    let adopted = browser.open(memory);
    let locked = browser.open(memory);
    assert_eq!(browser.login(memory, &locked, PASSWORD).status, 200);
    assert_eq!(browser.post(memory, "/.sekisho/lock", &json!({})).status, 200);
    memory.mailroom.holds("C-7", HELD);
    browser.import(memory, "ops-token-of-tests", &[("hanako", "C-7")]);
    vec![
        ("the origin's", "hanako".into(), WRONG),
        ("adopted", adopted, WRONG),
        ("locked, by the right password", locked, PASSWORD),
        ("nobody", "99999999".into(), WRONG),
        ("no name", "!".into(), WRONG),
    ]
}

fn tried(memory: &Memory, id: &str, password: &str) -> (u16, String, Duration, usize, u32) {
    let (began, asked, runs) = (memory.now(), memory.mailroom.sent("/verify").len(), password_runs());
    let answer = Browser::default().login(memory, id, password);
    let asked = memory.mailroom.sent("/verify").len() - asked;
    (answer.status, answer.code().to_owned(), memory.now() - began, asked, password_runs() - runs)
}

#[test]
fn an_origin_slower_than_the_grid_tells_nobody_who_is_not_adopted() {
    let memory = memory();
    let everybody = everybody(&memory);
    let limit = memory.house.config.elsewhere.as_ref().unwrap().timeout;
    for slow in [Duration::ZERO, Duration::from_millis(249), Duration::from_millis(251), limit] {
        memory.mailroom.set_slow(slow);
        let wide = (401, "sign_in_failed".to_owned(), limit + Duration::from_millis(250), 1, 1);
        for (who, id, password) in &everybody {
            assert_eq!(tried(&memory, id, password), wide, "{who}: {slow:?}");
        }
    }
    // Of nobody nothing is told, neither who nor what was typed.
    let asked = memory.mailroom.sent("/verify");
    assert!(asked.iter().all(|asked| [json!("C-7"), json!("-")].contains(&asked.body["customer"])));
    let strangers: Vec<_> = asked.iter().filter(|asked| asked.body["customer"] == "-").collect();
    assert!(strangers.len() == 16 && strangers.iter().all(|asked| asked.body["password"] != WRONG));
    assert_ne!(strangers[0].body["password"], strangers[1].body["password"]);
}

#[test]
fn an_origin_that_is_down_is_down_for_everybody_whose_password_is_not_right_here() {
    let memory = memory();
    let everybody = everybody(&memory);
    let adopted = everybody[1].1.clone();
    memory.mailroom.set_down(true);
    let told = tried(&memory, "hanako", HELD);
    assert_eq!((told.0, told.1.as_str()), (503, "unavailable"));
    for (who, id, password) in &everybody {
        let (status, code, took, ..) = tried(&memory, id, password);
        assert_eq!((status, &code, took), (told.0, &told.1, told.2), "{who}");
    }
    let mut owner = Browser::default();
    assert_eq!(owner.login(&memory, &adopted, PASSWORD).status, 200, "who is adopted needs no origin");
    // What was compared here and wrong stands in the history all the same, and holds the name like any guess.
    assert_eq!(failures(&memory, &mut owner), 1);
    let attempts = memory.house.config.login.attempts;
    for _ in 0..attempts {
        assert_eq!(tried(&memory, &adopted, WRONG).0, 503);
    }
    assert_eq!(tried(&memory, &adopted, WRONG).1, "locked");
    assert_eq!(failures(&memory, &mut owner), 1 + attempts as usize);
    memory.mailroom.set_down(false);
    let mut hanako = Browser::default();
    assert_eq!(hanako.login(&memory, "hanako", HELD).status, 200);
    assert_eq!(failures(&memory, &mut hanako), 0, "where nothing could be compared nobody failed");
}

fn failures(memory: &Memory, owner: &mut Browser) -> usize {
    let entries = owner.get(memory, "/.sekisho/history").json["entries"].clone();
    let failed = |entry: &&serde_json::Value| entry["method"] == "password" && entry["outcome"] == "failure";
    entries.as_array().unwrap().iter().filter(failed).count()
}

#[test]
fn a_site_that_holds_every_password_asks_nobody_and_is_as_quick_as_its_grid() {
    let alone = |config: String| {
        let (before, rest) = config.split_once("[elsewhere]").unwrap();
        format!("{before}{}", &rest[rest.find("\n[").unwrap()..])
    };
    let memory = Memory::new(house_with(alone), START, 1);
    let number = Browser::default().open(&memory);
    for id in [number.as_str(), "99999999"] {
        let quick = (401, "sign_in_failed".to_owned(), Duration::from_millis(250), 0, 1);
        assert_eq!(tried(&memory, id, WRONG), quick, "{id}");
    }
}
