mod locks;
mod origin;

use crate::memory::testing::{Browser, PASSWORD, memory};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn a_customer_logs_in_sees_the_last_login_and_is_told_by_mail() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    let first = browser.login(&memory, &number, PASSWORD);
    assert_eq!(first.status, 200, "{}", first.json);
    assert_eq!(first.json["first"], true);
    assert_eq!(first.json["amr"], json!(["pwd"]));
    assert_eq!(first.json["next"], "/home");
    let at = memory.now().as_millis();
    memory.pass(Duration::from_secs(60));
    let second = browser.login(&memory, &number, PASSWORD);
    assert_eq!(second.json["last_login"]["at"], at);
    assert_eq!(second.json["last_login"]["channel"], "pc-main");
    memory.ring_alarms();
    let subjects: Vec<_> = memory.mailroom.sent("/send").iter().map(|mail| mail.body["subject"].to_string()).collect();
    assert_eq!(subjects.iter().filter(|subject| subject.contains("ログインのお知らせ")).count(), 2, "{subjects:?}");
}

#[test]
fn a_new_login_ends_the_browsers_old_session() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    browser.login(&memory, &number, PASSWORD);
    let mut old = browser.clone();
    browser.login(&memory, &number, PASSWORD);
    assert_ne!(old.cookie, browser.cookie);
    assert_eq!(old.get(&memory, "/.sekisho/session").code(), "no_session");
    assert_eq!(browser.get(&memory, "/.sekisho/session").status, 200);
}

#[test]
fn every_spelling_of_the_number_is_the_same_name() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    let wide: String = number.chars().map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap()).collect();
    assert_eq!(browser.login(&memory, &wide, PASSWORD).status, 200);
    assert_eq!(browser.login(&memory, &format!(" {} {} ", &number[..3], &number[3..]), PASSWORD).status, 200);
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_answered_alike_after_the_same_work() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    let ask = |id: &str| {
        let (calls, start) = (memory.calls(), memory.now());
        let mut answer = Browser::default().login(&memory, id, "Wrong-42-kawa#Q");
        answer.json["ref"] = json!(null);
        let headers = format!("{:?}", answer.response.headers());
        (answer.status, answer.json, headers, memory.calls() - calls, memory.now() - start)
    };
    let known = ask(&number);
    assert_eq!(known.0, 401);
    assert_eq!(known.1["code"], "sign_in_failed");
    for unknown in ["99999999", "nobody", "", "{}<>", &"x".repeat(2_000)] {
        assert_eq!(ask(unknown), known, "{unknown}");
    }
}

#[test]
fn wrong_passwords_hold_the_name_for_a_while_and_then_no_longer() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    for _ in 0..10 {
        assert_eq!(browser.login(&memory, &number, "Wrong-42-kawa#Q").code(), "sign_in_failed");
    }
    let held = browser.login(&memory, &number, PASSWORD);
    assert_eq!((held.status, held.code()), (429, "locked"));
    assert!(held.response.headers().contains_key("retry-after"));
    memory.pass(Duration::from_secs(15 * 60));
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    for _ in 0..9 {
        assert_eq!(browser.login(&memory, &number, "Wrong-42-kawa#Q").code(), "sign_in_failed");
    }
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200, "a success starts the count anew");
}

#[test]
fn unknown_names_are_held_as_known_ones_are() {
    let memory = memory();
    let mut browser = Browser::default();
    for _ in 0..10 {
        assert_eq!(browser.login(&memory, "nobody", "Wrong-42-kawa#Q").code(), "sign_in_failed");
    }
    assert_eq!(browser.login(&memory, "nobody", "Wrong-42-kawa#Q").code(), "locked");
    assert_eq!(browser.login(&memory, "somebody", "Wrong-42-kawa#Q").code(), "sign_in_failed");
}

#[test]
fn the_origins_password_is_adopted_at_the_first_success() {
    let memory = memory();
    memory.mailroom.holds("C-7", "Origin-held-7#q");
    let mut browser = Browser::default();
    browser.import(&memory, "ops-token-of-tests", &[("hanako", "C-7")]);
    assert_eq!(browser.login(&memory, "Hanako", "Wrong-42-kawa#Q").code(), "sign_in_failed");
    assert_eq!(browser.login(&memory, "HANAKO", "Origin-held-7#q").status, 200);
    let asked = memory.mailroom.sent("/verify").len();
    assert_eq!(browser.login(&memory, "hanako", "Origin-held-7#q").status, 200);
    assert_eq!(memory.mailroom.sent("/verify").len(), asked, "the origin is not asked again");
    assert_eq!(browser.get(&memory, "/.sekisho/me").json["number"], "C-7");
}

#[test]
fn an_origin_that_does_not_answer_signs_nobody_in() {
    let memory = memory();
    memory.mailroom.holds("C-7", "Origin-held-7#q");
    let mut browser = Browser::default();
    browser.import(&memory, "ops-token-of-tests", &[("hanako", "C-7")]);
    memory.mailroom.set_down(true);
    assert_eq!(browser.login(&memory, "hanako", "Origin-held-7#q").code(), "unavailable");
    assert!(browser.cookie.is_none());
}

#[test]
fn an_old_password_still_works_and_is_asked_to_be_renewed() {
    let memory = memory();
    memory.mailroom.holds("C-7", "oldpw6");
    let mut browser = Browser::default();
    browser.import(&memory, "ops-token-of-tests", &[("hanako", "C-7")]);
    let answer = browser.login(&memory, "hanako", "oldpw6");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json["renew_password"], true);
}

#[test]
fn a_login_leads_back_only_within_the_site() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    let mut login = |back: &str| {
        let body = json!({ "id": number, "password": PASSWORD, "return": back });
        browser.post(&memory, "/.sekisho/login", &body)
    };
    assert_eq!(login("/history?page=2").json["next"], "/history?page=2");
    for odd in
        ["https://evil.example", "//evil.example", "/\\evil.example", "/%2f/evil", "javascript:1", "/.sekisho/logout"]
    {
        assert_eq!(login(odd).code(), "malformed", "{odd}");
    }
}

#[test]
fn an_object_that_cannot_be_reached_is_503_and_nothing_more() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    memory.cut_off(true);
    let answer = browser.login(&memory, &number, PASSWORD);
    assert_eq!((answer.status, answer.code()), (503, "unavailable"));
    let reference = answer.json["ref"].as_str().unwrap();
    let faults = memory.faults();
    assert!(faults.len() == 1 && faults[0].starts_with(reference), "{faults:?}");
    assert!(!faults[0].contains(&number) && !faults[0].contains(PASSWORD));
}

#[test]
fn who_is_held_is_told_and_a_name_that_nobody_has_costs_the_same() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    let hold = |id: &str| {
        (0..10).for_each(|_| assert_eq!(Browser::default().login(&memory, id, "Wrong-42-kawa#Q").status, 401))
    };
    hold(&number);
    hold("88888888");
    let rows = |memory: &crate::memory::Memory| {
        let mut held = 0;
        memory.each_account_store(|store| {
            use crate::host::Store as _;
            let found = store.transaction(|sql| sql.run("SELECT 1 FROM due WHERE body LIKE '%locked%'", &[]));
            held += found.unwrap_or_default().len();
        });
        held
    };
    assert_eq!(rows(&memory), 2, "both leave a letter, one of which has no reader");
    memory.ring_alarms();
    let mails = memory.mailroom.sent("/send");
    let told: Vec<_> =
        mails.iter().filter(|mail| mail.body["subject"].as_str().unwrap().contains("一時停止")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].body["text"].as_str().unwrap().contains("解除予定"));
    assert_eq!(rows(&memory), 0);
}

#[test]
fn a_login_asks_the_account_one_question_at_each_step_whoever_it_is() {
    let memory = memory();
    let mut owner = Browser::default();
    let number = owner.open(&memory);
    let asked = |browser: &mut Browser, path: &str, body: &Value| {
        memory.house.tally.take_counts(memory.now());
        let answer = browser.post(&memory, path, body);
        let counts: Value =
            serde_json::from_str(&memory.house.tally.take_counts(memory.now()).unwrap_or_default()).unwrap();
        let pending = answer.json["pending"].as_str().unwrap_or_default().to_owned();
        (answer.status, counts["object.accounts"].as_u64(), pending)
    };
    let password = |id: &str, password: &str| json!({ "id": id, "password": password });
    let none = String::new();
    let login = "/.sekisho/login";
    assert_eq!(asked(&mut owner, login, &password(&number, PASSWORD)), (200, Some(1), none.clone()), "no code yet");
    for id in [&number, "99999999", "nobody", ""] {
        let wrong = asked(&mut Browser::default(), login, &password(id, "Wrong-42-kawa#Q"));
        assert_eq!(wrong, (401, Some(1), none.clone()), "{id}: known or not");
    }
    owner.post(&memory, "/.sekisho/address/begin", &json!({}));
    owner.post(&memory, "/.sekisho/address/confirm", &json!({ "code": super::code::code(&memory) }));
    let mut browser = Browser::default();
    let (status, calls, pending) = asked(&mut browser, login, &password(&number, PASSWORD));
    assert_eq!((status, calls), (202, Some(1)), "the password");
    let code = |pending: &str, code: &str| json!({ "pending": pending, "code": code });
    let right = super::code::code(&memory);
    let step = "/.sekisho/login/code";
    assert_eq!(asked(&mut browser, step, &code(&pending, "")), (422, Some(1), none.clone()), "a wrong code");
    assert_eq!(asked(&mut browser, step, &code(&pending, &right)), (200, Some(1), none.clone()), "the code");
    assert_eq!(asked(&mut browser, step, &code("made-up", &right)).1, None, "a made-up sign-in asks nobody");
}
