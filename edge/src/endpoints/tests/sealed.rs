use crate::memory::Memory;
use crate::memory::testing::{
    Answer, Browser, PASSWORD, START, house_with, memory, opening, seal, seal_bytes, seal_key, sealed_house,
};
use sekisho_rules::sealing::{Place, SEALED, pad};
use sekisho_rules::{Secret, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const LOGIN: &str = "/.sekisho/login";
const CHANGE: &str = "/.sekisho/password/change";

fn login(memory: &Memory, body: &Value) -> Answer {
    Browser::default().post(memory, LOGIN, body)
}

#[test]
fn a_sealed_password_signs_in_and_a_plain_one_is_counted() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    let plain = || memory.counted().iter().filter(|what| **what == "plain_password").count();
    let before = plain();
    let body = Browser::default().sealed_login(&memory, &number, PASSWORD);
    assert_eq!(login(&memory, &body).status, 200);
    assert_eq!(plain(), before);
    assert_eq!(Browser::default().login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(plain(), before + 1);
}

#[test]
fn a_wrong_one_is_answered_as_ever_and_every_body_is_as_long() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    let mut lengths = Vec::new();
    for password in ["", "a", "Wrong-42-kawa#Q", &"x".repeat(512)] {
        let body = Browser::default().sealed_login(&memory, &number, password);
        lengths.push(body.to_string().len());
        assert_eq!(login(&memory, &body).code(), "sign_in_failed", "{password}");
    }
    lengths.dedup();
    assert_eq!(lengths.len(), 1);
}

#[test]
fn a_replay_is_refused_and_never_counted_for_known_and_unknown_names_alike() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    for (id, first) in [(number.as_str(), 200), ("99999999", 401)] {
        let body = Browser::default().sealed_login(&memory, id, PASSWORD);
        assert_eq!(login(&memory, &body).status, first, "{id}");
        for _ in 0..20 {
            let again = login(&memory, &body);
            assert_eq!((again.status, again.code()), (409, "attempt_gone"), "{id}");
        }
        let fresh = Browser::default().sealed_login(&memory, id, "Wrong-42-kawa#Q");
        assert_eq!(login(&memory, &fresh).code(), "sign_in_failed", "twenty replays hold nobody: {id}");
    }
}

#[test]
fn one_attempt_under_many_names_tells_nothing_of_them() {
    let memory = memory();
    let known = [Browser::default().open(&memory), Browser::default().open(&memory)];
    // Two names that nobody has and that share a decoy: among more names than decoys there are always two.
    let mut met = BTreeMap::new();
    let mut names = (0..257).map(|number| format!("nobody{number}"));
    let unknown = names.find_map(|name| {
        let tags = memory.house.keys.name_tags(&name);
        met.insert(memory.house.keys.decoy(tags[0]).0, name.clone()).map(|other| [other, name])
    });
    let unknown = unknown.unwrap();
    for names in [known, unknown] {
        let (attempt, key) = Browser::default().attempt(&memory);
        for name in &names {
            let place = Place { attempt: &attempt, path: LOGIN, id: name, field: "password" };
            let body = json!({ "id": name, "password": seal("Wrong-42-kawa#Q", &place, &key), "attempt": attempt });
            assert_eq!(login(&memory, &body).code(), "sign_in_failed", "{name}");
            assert_eq!(login(&memory, &body).code(), "attempt_gone", "{name}");
        }
    }
}

#[test]
fn what_was_sealed_for_another_place_does_not_open() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    let mut browser = Browser::default();
    let (attempt, key) = browser.attempt(&memory);
    let (other, _) = browser.attempt(&memory);
    let place = Place { attempt: &attempt, path: LOGIN, id: &number, field: "password" };
    let elsewhere = [
        Place { attempt: &other, ..place },
        Place { path: CHANGE, ..place },
        Place { path: "/.sekisho/open", ..place },
        Place { id: "99999999", ..place },
        Place { id: "", ..place },
        Place { field: "current", ..place },
    ];
    let sealed = |place: &Place| json!({ "id": number, "password": seal(PASSWORD, place, &key), "attempt": attempt });
    for place in elsewhere {
        let answer = login(&memory, &sealed(&place));
        assert_eq!((answer.status, answer.code()), (422, "seal_broken"), "{place:?}");
    }
    // A key that is not the edge's.
    let stranger = "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a";
    let strange = json!({ "id": number, "password": seal(PASSWORD, &place, stranger), "attempt": attempt });
    assert_eq!(login(&memory, &strange).code(), "seal_broken");
    assert_eq!(login(&memory, &sealed(&place)).status, 200, "none of them used the attempt up");
}

#[test]
fn one_length_and_one_form_are_taken() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    let (attempt, key) = Browser::default().attempt(&memory);
    let place = Place { attempt: &attempt, path: LOGIN, id: &number, field: "password" };
    let whole = seal(PASSWORD, &place, &key);
    assert_eq!(whole.len(), SEALED * 2);
    let padded = pad(&Secret::new(PASSWORD.into())).unwrap();
    let mut odd_padding = padded.to_vec();
    *odd_padding.last_mut().unwrap() = 1;
    let odd = [
        whole[2..].to_owned(),
        whole[..whole.len() - 2].to_owned(),
        whole[1..].to_owned(),
        format!("{whole}00"),
        whole.to_uppercase(),
        whole.replacen(char::is_numeric, "g", 1),
        String::new(),
        PASSWORD.to_owned(),
        seal_bytes(&mut padded.to_vec()[..20], &place, &key),
        seal_bytes(&mut odd_padding, &place, &key),
    ];
    for sealed in odd {
        let answer = login(&memory, &json!({ "id": number, "password": sealed, "attempt": attempt }));
        assert_eq!((answer.status, answer.code()), (400, "malformed"), "{sealed}");
    }
    assert_eq!(login(&memory, &json!({ "id": number, "password": whole, "attempt": attempt })).status, 200);
}

#[test]
fn an_attempt_is_ours_whole_or_not_at_all_and_lasts_ten_minutes() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    let body = Browser::default().sealed_login(&memory, &number, PASSWORD);
    let attempt = body["attempt"].as_str().unwrap();
    for at in 0..attempt.len() {
        let digit = if &attempt[at..=at] == "0" { "1" } else { "0" };
        let mut bent = body.clone();
        bent["attempt"] = format!("{}{digit}{}", &attempt[..at], &attempt[at + 1..]).into();
        assert_eq!(login(&memory, &bent).code(), "attempt_gone", "digit {at}");
    }
    for odd in ["", "00", &attempt[2..], &format!("{attempt}00")] {
        let mut bent = body.clone();
        bent["attempt"] = odd.into();
        assert_eq!(login(&memory, &bent).code(), "attempt_gone", "{odd}");
    }
    memory.pass(Duration::from_millis(599_999));
    let late = Browser::default().sealed_login(&memory, &number, PASSWORD);
    assert_eq!(login(&memory, &body).status, 200);
    memory.pass(Duration::from_millis(600_000));
    assert_eq!(login(&memory, &late).code(), "attempt_gone");
}

#[test]
fn used_attempts_are_forgotten_once_they_are_out_of_date() {
    let memory = memory();
    for _ in 0..3 {
        let body = Browser::default().sealed_login(&memory, "99999999", PASSWORD);
        login(&memory, &body);
    }
    let kept = || {
        let mut rows = 0;
        memory.each_account_store(|store| {
            use crate::host::Store as _;
            rows += store.transaction(|sql| sql.run("SELECT 1 FROM challenge", &[])).unwrap_or_default().len();
        });
        rows
    };
    assert_eq!(kept(), 3);
    memory.pass(Duration::from_secs(86_400 + 60));
    memory.ring_alarms();
    assert_eq!(kept(), 0);
}

#[test]
fn a_key_that_was_replaced_still_opens_and_the_one_before_it_no_longer() {
    let mut memory = Memory::new(house_with(|config| config), START, 1);
    let number = Browser::default().open(&memory);
    let keys = |numbers: &[u8]| numbers.iter().map(|number| seal_key(*number)).collect::<Vec<_>>().join(",");
    let bodies: Vec<Value> = (0..2).map(|_| Browser::default().sealed_login(&memory, &number, PASSWORD)).collect();
    let (_, first) = Browser::default().attempt(&memory);
    memory.house = sealed_house(|config| config, &keys(&[2, 1]));
    let (_, second) = Browser::default().attempt(&memory);
    assert_ne!(first, second, "what is handed out is the new one");
    assert_eq!(login(&memory, &bodies[0]).status, 200, "sealed before the change, arrived after it");
    let fresh = Browser::default().sealed_login(&memory, &number, PASSWORD);
    assert_eq!(login(&memory, &fresh).status, 200);
    memory.house = sealed_house(|config| config, &keys(&[3, 2, 1]));
    assert_eq!(login(&memory, &bodies[1]).code(), "attempt_gone");
}

#[test]
fn an_opening_is_sealed_too_and_a_replay_opens_no_second_account() {
    let memory = memory();
    let mut browser = Browser::default();
    let (attempt, key) = browser.attempt(&memory);
    let place = Place { attempt: &attempt, path: "/.sekisho/open", id: "", field: "password" };
    let mut form = opening();
    form["password"] = seal(PASSWORD, &place, &key).into();
    form["attempt"] = attempt.as_str().into();
    let opened = browser.post(&memory, "/.sekisho/open", &form);
    assert_eq!(opened.status, 201, "{}", opened.json);
    let accounts = memory.accounts();
    let again = browser.post(&memory, "/.sekisho/open", &form);
    assert_eq!((again.status, again.code()), (409, "attempt_gone"));
    assert_eq!(memory.accounts(), accounts);
    memory.ring_alarms();
    assert_eq!(memory.mailroom.sent("/events").len(), 1);
    let number = opened.json["account_number"].as_str().unwrap();
    assert_eq!(Browser::default().login(&memory, number, PASSWORD).status, 200);
}

#[test]
fn a_change_is_sealed_field_by_field_and_only_within_the_session_that_asked() {
    const NEW: &str = "Kumo-73-minato#R";
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    browser.login(&memory, &number, PASSWORD);
    let (attempt, key) = browser.attempt(&memory);
    let sealed = |field: &str, text: &str| seal(text, &Place { attempt: &attempt, path: CHANGE, id: "", field }, &key);
    let (current, password) = (sealed("current", PASSWORD), sealed("password", NEW));
    let body = json!({ "current": current, "password": password, "attempt": attempt });
    let swapped = json!({ "current": password, "password": current, "attempt": attempt });
    assert_eq!(browser.post(&memory, CHANGE, &swapped).code(), "seal_broken");
    let mut other = Browser::default();
    let other_number = other.open(&memory);
    other.login(&memory, &other_number, PASSWORD);
    assert_eq!(other.post(&memory, CHANGE, &body).code(), "attempt_gone");
    assert_eq!(browser.post(&memory, CHANGE, &body).status, 200);
    assert_eq!(browser.post(&memory, CHANGE, &body).code(), "attempt_gone");
    assert_eq!(Browser::default().login(&memory, &number, NEW).status, 200);
}

#[test]
fn a_site_may_refuse_what_is_not_sealed() {
    let refuse = house_with(|config| config.replace("plain = \"allow\"", "plain = \"refuse\""));
    let memory = Memory::new(refuse, Timestamp::from_millis(START.as_millis()), 1);
    let mut browser = Browser::default();
    let refused = |answer: Answer| assert_eq!((answer.status, answer.code()), (403, "plain_refused"));
    refused(browser.post(&memory, "/.sekisho/open", &opening()));
    let (attempt, key) = browser.attempt(&memory);
    let place = Place { attempt: &attempt, path: "/.sekisho/open", id: "", field: "password" };
    let mut form = opening();
    form["password"] = seal(PASSWORD, &place, &key).into();
    form["attempt"] = attempt.as_str().into();
    let number = browser.post(&memory, "/.sekisho/open", &form).json["account_number"].as_str().unwrap().to_owned();
    refused(browser.login(&memory, &number, PASSWORD));
    refused(browser.login(&memory, "99999999", PASSWORD));
    let body = browser.sealed_login(&memory, &number, PASSWORD);
    assert_eq!(browser.post(&memory, LOGIN, &body).status, 200);
    refused(browser.post(&memory, CHANGE, &json!({ "current": PASSWORD, "password": "Kumo-73-minato#R" })));
    assert!(!memory.counted().contains(&"plain_password"));
}
