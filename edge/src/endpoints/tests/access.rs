//! From where an account is touched: what its owner is told of it, and what staff may ask.

use crate::host::{Store as _, StoreFault};
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with, memory, named_house};
use crate::risk::Platform;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const TOKYO: &str = r#"{"address":"203.0.113.7","country":"JP","region":"13"}"#;
const ABROAD: &str = r#"{"address":"2001:db8:7::1","country":"RO","region":"B"}"#;

fn at(place: &str) -> Browser {
    Browser { platform: Platform::read(place), ..Browser::default() }
}

/// Staff's question.
fn asked(memory: &Memory, token: &str, name: &str, address: &str) -> Answer {
    let body = json!({ "name": name, "address": address }).to_string().into_bytes();
    let mut request = Browser::default().request(Method::POST, "/.sekisho/ops/accesses", body);
    request.headers_mut().remove("sec-fetch-site");
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    Browser::default().send(memory, request)
}

/// The outcomes that were found.
fn found(memory: &Memory, name: &str, address: &str) -> Vec<String> {
    let answer = asked(memory, "ops-token-of-tests", name, address);
    assert_eq!(answer.status, 200, "{}", answer.json);
    let entries = answer.json["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["outcome"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn history_sessions_and_letters_tell_from_where() {
    let memory = memory();
    let mut browser = at(TOKYO);
    let number = browser.open(&memory);
    browser.login(&memory, &number, PASSWORD);
    let mut abroad = at(ABROAD);
    let answer = abroad.login(&memory, &number, PASSWORD);
    assert_eq!(answer.json["last_login"]["place_ja"], "東京都付近(推定)");
    Browser::default().login(&memory, &number, PASSWORD);
    let places = |json: &Value, language: &str| -> Vec<Value> {
        json.as_array().unwrap().iter().map(|line| line[language].clone()).collect()
    };
    let history = browser.get(&memory, "/.sekisho/history").json;
    let told = [json!(null), json!("ルーマニア(推定)"), json!("東京都付近(推定)")];
    assert_eq!(places(&history["entries"], "place_ja"), told);
    let sessions = browser.get(&memory, "/.sekisho/sessions").json;
    let told = [json!("Romania (estimated)"), json!("near Tokyo (estimated)"), json!(null)];
    let mut shown = places(&sessions["sessions"], "place_en");
    shown.sort_by_key(|place| place.as_str().map_or(2, |text| usize::from(text.starts_with("near"))));
    assert_eq!(shown, told);
    memory.ring_alarms();
    let letters = memory.mailroom.sent("/send");
    let count = |text: &str| letters.iter().filter(|mail| mail.body["text"].as_str().unwrap().contains(text)).count();
    assert_eq!(
        (count("アクセス元:東京都付近(推定)"), count("アクセス元:ルーマニア(推定)"), count("アクセス元")),
        (1, 1, 2)
    );
}

#[test]
fn staff_finds_whether_an_account_was_touched_from_an_address() {
    let memory = memory();
    let mut browser = at(TOKYO);
    let number = browser.open(&memory);
    browser.login(&memory, &number, PASSWORD);
    at(ABROAD).login(&memory, &number, "Wrong#2026-pass");
    assert_eq!(found(&memory, &number, "203.0.113.7"), ["success"]);
    assert_eq!(found(&memory, &number, "::ffff:203.0.113.7"), ["success"]);
    assert_eq!(found(&memory, &number, "2001:db8:7::ffff"), ["failure"], "a line has a /64");
    assert!(found(&memory, &number, "203.0.113.8").is_empty() && found(&memory, &number, "2001:db8:7:1::1").is_empty());

    assert_eq!(
        asked(&memory, "another-token-of-tests", &number, "203.0.113.7").code(),
        "insufficient_user_authentication"
    );
    assert_eq!(asked(&memory, "ops-token-of-tests", "nobody", "203.0.113.7").code(), "not_found");
    assert_eq!(asked(&memory, "ops-token-of-tests", &number, "203.0.113").code(), "fields_refused");
    let other = at(TOKYO).open(&memory);
    assert!(found(&memory, &other, "203.0.113.7").is_empty(), "what is asked of one account is told of that one");
}

#[test]
fn a_rotation_of_keys_hides_no_access_and_no_store_shows_an_address() {
    let key = |fill: &str| fill.repeat(43);
    let mut memory = Memory::new(named_house(&format!("1:{}", key("Q"))), START, 1);
    let mut browser = at(TOKYO);
    let number = browser.open(&memory);
    browser.login(&memory, &number, PASSWORD);
    memory.house = named_house(&format!("2:{},1:{}", key("E"), key("Q")));
    browser.login(&memory, &number, PASSWORD);
    assert_eq!(found(&memory, &number, "203.0.113.7"), ["success", "success"]);
    memory.house = named_house(&format!("2:{}", key("E")));
    let mut tags = Vec::new();
    memory.each_account_store(|store| {
        let look = |sql: &dyn crate::host::Sql| sql.run("SELECT address FROM history WHERE address IS NOT NULL", &[]);
        let rows = store.transaction::<_, StoreFault>(look).unwrap();
        tags.extend(rows.iter().map(|row| row.blob(0).unwrap().to_vec()));
    });
    assert_eq!(tags.len(), 2);
    assert!(tags[0] != tags[1] && tags.iter().all(|tag| tag.len() == 16 && !tag.starts_with(&[203, 0, 113])));
}

#[test]
fn a_session_was_last_seen_to_the_quarter_of_an_hour_and_never_by_a_background_request() {
    let memory = memory();
    let (mut one, mut other) = (at(TOKYO), at(TOKYO));
    let number = one.open(&memory);
    one.login(&memory, &number, PASSWORD);
    other.login(&memory, &number, PASSWORD);
    let seen = |watcher: &mut Browser| {
        let list = watcher.get(&memory, "/.sekisho/sessions").json;
        let list = list["sessions"].as_array().unwrap();
        let other = list.iter().find(|session| session["current"] == false).unwrap();
        other["last_seen"].as_u64().unwrap() - other["opened"].as_u64().unwrap()
    };
    let minute = Duration::from_secs(60);
    memory.pass(minute * 14);
    other.post(&memory, "/.sekisho/session/extend", &json!({}));
    assert_eq!(seen(&mut one), 0, "no write for every request");
    memory.pass(minute * 6);
    other.get(&memory, "/.sekisho/session");
    assert_eq!(seen(&mut one), 0, "a page that asks by itself is nobody");
    other.post(&memory, "/.sekisho/session/extend", &json!({}));
    assert_eq!(seen(&mut one), 20 * 60_000);
}

/// A site whose logins lead over a page that asks for an address.
fn asking() -> Memory {
    Memory::new(house_with(|config| config.replacen("put_off =", "page = \"/address\"\nput_off =", 1)), START, 1)
}

#[test]
fn a_login_leads_over_the_page_that_asks_for_an_address_until_it_is_put_off_or_confirmed() {
    let memory = asking();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    let next = |browser: &mut Browser, back: &str| {
        let body = json!({ "id": number, "password": PASSWORD, "return": back });
        browser.post(&memory, "/.sekisho/login", &body).json["next"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(next(&mut browser, "/history?page=2"), "/address?return=/history%3Fpage%3D2");
    assert_eq!(browser.post(&memory, "/.sekisho/address/later", &json!({})).status, 200);
    let asked = |browser: &mut Browser| browser.get(&memory, "/.sekisho/me").json["ask_address"].clone();
    assert_eq!((asked(&mut browser), next(&mut browser, "/home")), (json!(false), "/home".to_owned()));
    let mut elsewhere = Browser::default();
    assert_eq!(next(&mut elsewhere, "/home"), "/home", "it is the customer's word, on whichever device");
    memory.pass(Duration::from_secs(7 * 86_400 - 1));
    assert_eq!(next(&mut browser, "/home"), "/home");
    memory.pass(Duration::from_secs(1));
    assert_eq!((next(&mut browser, "/home"), asked(&mut browser)), ("/address?return=/home".into(), json!(true)));
    browser.post(&memory, "/.sekisho/address/begin", &json!({}));
    let code = super::code::code(&memory);
    assert_eq!(browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
    assert_eq!(browser.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    assert!(browser.post(&memory, "/.sekisho/address/later", &json!({})).status == 401, "a session's alone");
    let body = json!({ "id": number, "password": PASSWORD });
    let waiting = browser.post(&memory, "/.sekisho/login", &body);
    let body = json!({ "pending": waiting.json["pending"], "code": super::code::code(&memory) });
    assert_eq!(browser.post(&memory, "/.sekisho/login/code", &body).json["next"], "/home");
}

#[test]
fn who_is_asked_for_an_address_is_a_matter_of_channel_and_cohort() {
    let asked = |channels: &str, percent: u32| {
        let change = |config: String| {
            let config = config.replacen("channels = []", &format!("channels = {channels}"), 1);
            config.replacen("percent = 100", &format!("percent = {percent}"), 1)
        };
        let memory = Memory::new(house_with(change), START, 1);
        let mut browser = Browser::default();
        let number = browser.open(&memory);
        browser.login(&memory, &number, PASSWORD);
        let before = browser.get(&memory, "/.sekisho/me").json["ask_address"].clone();
        browser.post(&memory, "/.sekisho/address/begin", &json!({}));
        let code = super::code::code(&memory);
        assert_eq!(browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
        assert_eq!(browser.get(&memory, "/.sekisho/me").json["ask_address"], false, "who has one is not asked");
        before
    };
    assert_eq!(asked("[]", 100), true);
    assert_eq!(asked("[]", 0), false);
    assert_eq!(asked("[\"pc-main\"]", 100), true);
    assert_eq!(asked("[\"smartphone-site\"]", 100), false);
}
