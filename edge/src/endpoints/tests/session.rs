mod channels;
mod limits;

use super::passkey;
use crate::gate::Decision;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, memory};
use serde_json::json;
use std::time::Duration;

const TIMEOUT: u64 = 180 * 60_000;
const WINDOW: u64 = 5 * 60_000;

fn logged_in(memory: &Memory) -> Browser {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    browser
}

fn remaining(browser: &mut Browser, memory: &Memory) -> u64 {
    browser.get(memory, "/.sekisho/session").json["remaining_ms"].as_u64().unwrap()
}

#[test]
fn only_a_request_inside_the_window_extends_to_the_millisecond() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    memory.pass(Duration::from_millis(TIMEOUT - WINDOW - 1));
    let early = browser.post(&memory, "/.sekisho/session/extend", &json!({}));
    assert_eq!(early.json["remaining_ms"], WINDOW + 1);
    memory.pass(Duration::from_millis(1));
    assert_eq!(remaining(&mut browser, &memory), WINDOW, "asking in the background never extends");
    let just = browser.post(&memory, "/.sekisho/session/extend", &json!({}));
    assert_eq!(just.json["remaining_ms"], TIMEOUT);
}

#[test]
fn what_says_of_itself_that_nobody_asked_for_it_extends_nothing() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    memory.pass(Duration::from_millis(TIMEOUT - 1_000));
    for (name, value) in [("sekisho-background", "?1"), ("sec-purpose", "prefetch;prerender")] {
        let mut request = browser.request(http::Method::POST, "/.sekisho/session/extend", b"{}".to_vec());
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(browser.send(&memory, request).json["remaining_ms"], 1_000, "{name}");
    }
    let ahead = format!("{}\n\n\n\n\n\nprefetch", browser.packed("/home"));
    assert!(crate::gate::Packed::read(&ahead).purpose == "prefetch");
    let Decision::Forward { response, .. } = memory.pass_gate(&ahead) else { panic!() };
    assert!(response.iter().any(|(_, value)| value.starts_with("remaining=1000, ")), "{response:?}");
    assert_eq!(remaining(&mut browser, &memory), 1_000);
    assert_eq!(browser.post(&memory, "/.sekisho/session/extend", &json!({ "x": 1 })).code(), "malformed");
    assert_eq!(browser.post(&memory, "/.sekisho/session/extend", &json!({})).json["remaining_ms"], TIMEOUT);
}

#[test]
fn a_page_request_inside_the_window_extends_and_one_at_the_deadline_is_too_late() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    memory.pass(Duration::from_millis(TIMEOUT - 1));
    let Decision::Forward { response, .. } = memory.pass_gate(&browser.packed("/home")) else { panic!() };
    let line = response.iter().find(|(name, _)| name == "+set-cookie").unwrap();
    browser.cookie = line.1.strip_prefix("__Host-sekisho=").and_then(|rest| rest.split(';').next()).map(str::to_owned);
    assert_eq!(remaining(&mut browser, &memory), TIMEOUT);
    memory.pass(Duration::from_millis(TIMEOUT));
    assert_eq!(browser.get(&memory, "/.sekisho/session").code(), "session_idle");
    assert_eq!(browser.post(&memory, "/.sekisho/session/extend", &json!({})).code(), "session_idle");
    let Decision::Refuse { status, headers, .. } = memory.pass_gate(&browser.packed("/home?a=1")) else { panic!() };
    assert_eq!(status, 303);
    assert!(headers.contains(&("location".into(), "/login?return=/home%3Fa%3D1&reason=timeout".into())), "{headers:?}");
}

#[test]
fn logout_ends_the_session_on_the_server() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    let mut thief = browser.clone();
    let answer = browser.post(&memory, "/.sekisho/logout", &json!({}));
    assert_eq!(answer.status, 200);
    assert!(answer.response.headers().contains_key("clear-site-data"));
    assert!(browser.cookie.is_none());
    assert_eq!(thief.get(&memory, "/.sekisho/me").code(), "no_session");
    memory.pass(Duration::from_secs(60));
    let Decision::Refuse { status: 303, .. } = memory.pass_gate(&thief.packed("/home")) else { panic!() };
    assert_eq!(browser.post(&memory, "/.sekisho/logout", &json!({})).status, 200, "nothing to end is no fault");
}

#[test]
fn a_cookie_that_is_not_ascii_does_not_hide_the_session_beside_it() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    let thief = browser.clone();
    browser.device = Some("x=日本".into());
    assert_eq!(browser.get(&memory, "/.sekisho/me").status, 200);
    assert_eq!(browser.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    memory.pass(Duration::from_secs(60));
    assert!(matches!(memory.pass_gate(&thief.packed("/home")), Decision::Refuse { status: 303, .. }), "it has ended");
}

#[test]
fn a_logout_that_did_not_reach_the_account_says_so() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    memory.cut_off(true);
    assert_eq!(browser.post(&memory, "/.sekisho/logout", &json!({})).code(), "unavailable");
    assert!(browser.cookie.is_some());
}

#[test]
fn the_customer_is_shown_masked() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    let me = browser.get(&memory, "/.sekisho/me");
    assert_eq!(me.status, 200);
    assert_eq!(me.json["name"], "山田 太郎");
    assert_eq!(me.json["first"], true);
    let text = me.json["masked"].to_string();
    for plain in ["1234", "taro@", "1985-04-01", "1000001", "千代田1-1"] {
        assert!(!text.contains(plain), "{plain} in {text}");
    }
}

#[test]
fn the_history_is_paged_newest_first() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    for _ in 0..25 {
        memory.pass(Duration::from_secs(1));
        browser.login(&memory, &number, PASSWORD);
    }
    let first = browser.get(&memory, "/.sekisho/history");
    let entries = first.json["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &first.json["more"]), (20, &json!(true)));
    assert_eq!(entries[0]["channel_ja"], "PCサイト");
    let last = entries[19]["at"].as_u64().unwrap();
    let second = browser.get(&memory, &format!("/.sekisho/history?before={last}"));
    assert_eq!(second.json["entries"].as_array().unwrap().len(), 5);
    assert_eq!(second.json["more"], false);
    assert_eq!(second.json["next"], json!(null));
    for odd in
        ["before=x", "before=-1", "before=1-", "before=1-+1", "before=1--1", "after=1", "before=99999999999999999"]
    {
        assert_eq!(browser.get(&memory, &format!("/.sekisho/history?{odd}")).code(), "malformed", "{odd}");
    }
}

#[test]
fn what_has_gone_on_under_another_id_this_isolate_knows_without_asking() {
    let memory = memory();
    let mut browser = logged_in(&memory);
    let old = browser.packed("/home");
    assert!(!memory.house.has_gone_on(&old, memory.now()));
    let change = json!({ "current": PASSWORD, "password": "Kaede-77-mori#Z" });
    assert_eq!(browser.post(&memory, "/.sekisho/password/change", &change).status, 200);
    let calls = memory.calls();
    assert!(memory.house.has_gone_on(&old, memory.now()));
    assert!(!memory.house.has_gone_on(&browser.packed("/home"), memory.now()));
    assert_eq!(memory.calls(), calls);
    // And what a login has taken the place of, the same customer's or another's.
    let numbers =
        [browser.get(&memory, "/.sekisho/me").json["number"].clone(), json!(Browser::default().open(&memory))];
    for (number, password) in numbers.iter().zip(["Kaede-77-mori#Z", PASSWORD]) {
        let old = browser.packed("/home");
        assert_eq!(browser.login(&memory, number.as_str().unwrap(), password).status, 200);
        memory.house.tally().take_counts(memory.now());
        assert!(memory.house.has_gone_on(&old, memory.now()));
        assert_eq!(memory.house.tally().take_counts(memory.now()), None, "nobody was refused");
    }
}

#[test]
fn no_line_of_one_moment_is_lost_where_a_page_ends() {
    let memory = memory();
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    for _ in 0..45 {
        browser.login(&memory, &number, PASSWORD);
    }
    let (mut next, mut pages, mut failures) = (String::new(), Vec::new(), 0);
    Browser::default().login(&memory, &number, "Wrong#2026-pass");
    loop {
        let page = browser.get(&memory, &format!("/.sekisho/history{next}")).json;
        let entries = page["entries"].as_array().unwrap();
        failures += entries.iter().filter(|entry| entry["outcome"] == "failure").count();
        pages.push(entries.len());
        let Some(text) = page["next"].as_str() else { break };
        next = format!("?before={text}");
    }
    assert_eq!((pages, failures), (vec![20, 20, 6], 1));
}

#[test]
fn a_device_that_has_gone_on_under_another_id_since_the_list_was_made_ends_by_the_old_one() {
    let memory = memory();
    let ([mut one, mut two], mut device, handle) = passkey::customer(&memory);
    let listed = one.get(&memory, "/.sekisho/sessions").json;
    let other = listed["sessions"].as_array().unwrap().iter().find(|line| line["current"] == false).unwrap().clone();
    passkey::prove(&memory, &mut two, &mut device, &handle);
    let own = one.get(&memory, "/.sekisho/session").json;
    assert_eq!(own["amr"], json!(["pwd"]));
    assert_eq!(one.post(&memory, "/.sekisho/sessions/end", &json!({ "id": other["id"] })).status, 200);
    assert_eq!(two.get(&memory, "/.sekisho/session").code(), "no_session");
    assert_eq!(one.get(&memory, "/.sekisho/session").status, 200);
}

#[test]
fn sessions_are_listed_and_others_are_ended_by_a_fresh_proof_alone() {
    let memory = memory();
    let mut here = Browser::default();
    let number = here.open(&memory);
    assert_eq!(here.login(&memory, &number, PASSWORD).status, 200);
    let mut there = Browser::default();
    memory.pass(Duration::from_secs(60));
    assert_eq!(there.login(&memory, &number, PASSWORD).status, 200);
    let list =
        |browser: &mut Browser| browser.get(&memory, "/.sekisho/sessions").json["sessions"].as_array().unwrap().clone();
    let seen = list(&mut here);
    let current: Vec<_> = seen.iter().map(|one| one["current"].as_bool().unwrap()).collect();
    assert_eq!((seen.len(), current), (2, vec![false, true]));
    assert_eq!((&seen[0]["channel_ja"], &seen[0]["client"]), (&json!("PCサイト"), &json!("Chrome / Windows")));
    assert!(!here.cookie.as_ref().unwrap().contains(seen[1]["id"].as_str().unwrap()));

    let end = |browser: &mut Browser, body| browser.post(&memory, "/.sekisho/sessions/end", &body);
    assert_eq!(end(&mut here, json!({ "id": "x" })).code(), "malformed");
    assert_eq!(end(&mut here, json!({ "id": seen[1]["id"] })).status, 200);
    assert_eq!(list(&mut here).len(), 2, "one's own session is ended by logging out");
    assert_eq!(end(&mut here, json!({ "id": seen[0]["id"] })).status, 200);
    assert_eq!(there.get(&memory, "/.sekisho/session").code(), "no_session");

    let mut more: Vec<_> = (0..3).map(|_| Browser::default()).collect();
    more.iter_mut().for_each(|browser| assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200));
    memory.pass(Duration::from_secs(600));
    assert_eq!(end(&mut here, json!({})).code(), "insufficient_user_authentication");
    assert_eq!(end(&mut more[0], json!({})).status, 200);
    assert_eq!(here.get(&memory, "/.sekisho/session").code(), "no_session");
    assert_eq!(list(&mut more[0]).len(), 1);

    assert_eq!(there.login(&memory, &number, PASSWORD).status, 200);
    let copied = more[0].clone();
    memory.pass(Duration::from_secs(600));
    assert_eq!(end(&mut more[0], json!({ "id": "all" })).code(), "insufficient_user_authentication");
    assert_eq!(there.get(&memory, "/.sekisho/session").status, 200, "and nothing has ended");
    assert_eq!(more[1].login(&memory, &number, PASSWORD).status, 200);
    let all = end(&mut more[1], json!({ "id": "all" }));
    assert_eq!((all.status, all.json), (200, json!({})));
    assert!(all.response.headers().contains_key("clear-site-data") && more[1].cookie.is_none());
    for mut gone in [there, copied, more.swap_remove(0)] {
        assert_eq!(gone.get(&memory, "/.sekisho/session").code(), "no_session");
    }
    let mut stranger = Browser::default();
    assert_eq!(stranger.get(&memory, "/.sekisho/sessions").code(), "no_session");
}

#[test]
fn programs_that_keep_passwords_and_passkeys_find_the_page() {
    let memory = memory();
    let mut browser = Browser::default();
    let page = browser.get(&memory, "/.well-known/change-password");
    assert_eq!((page.status, page.response.headers()["location"].to_str().unwrap()), (303, "/settings"));
    let endpoints = browser.get(&memory, "/.well-known/passkey-endpoints");
    assert_eq!(endpoints.json["manage"], "http://localhost:8787/settings");
    assert!(crate::gate::is_own("/.well-known/change-password"));
    assert!(!crate::gate::is_own("/.well-known/security.txt"));
}
