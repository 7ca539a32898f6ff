//! Who asks too often, and what was refused already: nobody is asked about either, and nobody else pays for it.

use crate::account::password_runs;
use crate::gate::Decision;
use crate::host::{Store as _, StoreFault};
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with, memory};
use crate::risk::Platform;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const WRONG: &str = "Wrong-42-kawa#Q";
/// One address of a carrier's, behind which there are thousands.
const CARRIER: &str = r#"{"address":"203.0.113.7","asn":2516,"country":"JP"}"#;
/// The requests of an attack.
const MANY: u32 = 10_000;

fn at(place: &str) -> Browser {
    Browser { platform: Platform::read(place), ..Browser::default() }
}

/// An edge that lets a client ask `client` times a minute. Its failures come at once: waiting on the grid would let the minute
/// pass for which things are remembered.
fn edge(client: u32) -> Memory {
    let change = |config: String| {
        config.replace("client = 300", &format!("client = {client}")).replace("grid = \"250ms\"", "grid = \"0ms\"")
    };
    Memory::new(house_with(change), START, 1)
}

fn guess(browser: &mut Browser, memory: &Memory, name: &str) -> String {
    browser.login(memory, name, WRONG).code().to_owned()
}

fn wait(answer: &Answer) -> u64 {
    answer.response.headers()["retry-after"].to_str().unwrap().parse().unwrap()
}

#[test]
fn ten_thousand_malformed_requests_ask_nobody_and_take_nobodys_room() {
    let memory = memory();
    let mut attacker = at(CARRIER);
    let routes = ["login", "open", "login/code", "login/code/resend", "address/stop", "passkey/login/finish"];
    let bodies = ["", "{", "[]", r#"{"id":1}"#, r#"{"id":"a","id":"a","password":"b"}"#];
    for number in 0..MANY {
        let (route, body) = (routes[number as usize % routes.len()], bodies[number as usize % bodies.len()]);
        let path = format!("/.sekisho/{route}");
        let request = attacker.request(Method::POST, &path, body.as_bytes().to_vec());
        assert_eq!(attacker.send(&memory, request).code(), "malformed", "{path} {body}");
    }
    // Well formed, and nothing that we ever marked.
    for number in 0..MANY {
        let made_up = json!({ "pending": format!("{number:064x}"), "code": "123456" });
        assert_eq!(attacker.post(&memory, "/.sekisho/login/code", &made_up).code(), "code_gone");
        attacker.cookie = Some(format!("{number:064x}"));
        assert_eq!(attacker.get(&memory, "/.sekisho/me").code(), "no_session");
        attacker.cookie = None;
    }
    assert_eq!((memory.calls(), memory.metered()), (0, 0));
    assert_eq!(guess(&mut at(CARRIER), &memory, "somebody"), "sign_in_failed", "there is room for others");
    let counts: Value = serde_json::from_str(&memory.house.tally().take_counts(memory.now()).unwrap()).unwrap();
    assert_eq!((&counts["refused.malformed"], &counts["cookie_refused"]), (&json!(MANY), &json!(MANY)));
}

#[test]
fn ten_thousand_tries_of_a_name_that_is_held_ask_nobody_known_or_not() {
    let memory = edge(300);
    let number = Browser::default().open(&memory);
    for name in [number.as_str(), "nobody-at-all"] {
        let mut attacker = at(CARRIER);
        for _ in 0..10 {
            assert_eq!(guess(&mut attacker, &memory, name), "sign_in_failed");
        }
        let first = attacker.login(&memory, name, WRONG);
        assert_eq!((first.status, first.code()), (429, "locked"));
        let (calls, runs, metered) = (memory.calls(), password_runs(), memory.metered());
        // A fresh browser each time: what is refused is the name, whoever asks.
        let last = (0..MANY).map(|_| at(CARRIER).login(&memory, name, WRONG)).last().unwrap();
        assert_eq!((last.status, last.code(), &last.json["until"]), (429, "locked", &first.json["until"]));
        assert_eq!((memory.calls(), password_runs(), memory.metered()), (calls, runs, metered), "{name}");
        assert!(wait(&last) > 800, "it is the account's end that is told, not that of our memory");
    }
}

#[test]
fn what_was_refused_is_believed_for_a_minute_and_then_asked_anew() {
    let memory = edge(300);
    let number = Browser::default().open(&memory);
    let mut attacker = at(CARRIER);
    (0..10).for_each(|_| drop(guess(&mut attacker, &memory, &number)));
    assert_eq!(guess(&mut attacker, &memory, &number), "locked");
    // The desk lets the customer in again, of which this isolate hears nothing.
    memory.each_account_store(|store| {
        store.transaction::<_, StoreFault>(|sql| sql.run("DELETE FROM tries", &[])).unwrap();
    });
    assert_eq!(at(CARRIER).login(&memory, &number, PASSWORD).code(), "locked");
    memory.pass(Duration::from_secs(60));
    assert_eq!(at(CARRIER).login(&memory, &number, PASSWORD).status, 200);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again_and_asks_nobody_till_then() {
    let memory = edge(10);
    let mut flood = at(CARRIER);
    for number in 0..10 {
        assert_eq!(guess(&mut flood, &memory, &format!("name{number}")), "sign_in_failed");
    }
    let (calls, metered) = (memory.calls(), memory.metered());
    for number in 0..MANY {
        let refused = flood.login(&memory, &format!("name{number}"), WRONG);
        assert_eq!((refused.status, refused.code()), (429, "rate_limited"));
        assert!((1..=61).contains(&wait(&refused)), "{}", wait(&refused));
    }
    for (path, body) in [
        ("passkey/login/begin", json!({ "id": "name1" })),
        ("address/stop", json!({ "id": "name1", "number": "12345678" })),
        ("open", crate::memory::testing::opening()),
    ] {
        assert_eq!(flood.post(&memory, &format!("/.sekisho/{path}"), &body).code(), "rate_limited", "{path}");
    }
    assert_eq!((memory.calls(), memory.metered()), (calls, metered));
    memory.pass(Duration::from_secs(60));
    assert_eq!(guess(&mut flood, &memory, "name1"), "sign_in_failed");
}

#[test]
fn a_flood_at_a_carriers_address_shuts_out_nobody_who_has_been_here() {
    let memory = edge(10);
    let mut customer = at(CARRIER);
    let number = customer.open(&memory);
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    memory.pass(Duration::from_secs(60));
    (0..20).for_each(|name| drop(guess(&mut at(CARRIER), &memory, &format!("name{name}"))));
    assert_eq!(guess(&mut at(CARRIER), &memory, "name1"), "rate_limited");
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200, "a browser that is known has room of its own");
    assert_eq!(customer.get(&memory, "/.sekisho/me").status, 200, "and a session is not counted at all");
    let next_door = at(r#"{"address":"203.0.113.8"}"#);
    assert_eq!(guess(&mut next_door.clone(), &memory, "name1"), "sign_in_failed");
    // One line of IPv6 is one client, however many addresses it has.
    for host in 0..10 {
        let mut line = at(&format!(r#"{{"address":"2001:db8:0:{host}::{host}"}}"#));
        assert_eq!(guess(&mut line, &memory, &format!("other{host}")), "sign_in_failed");
    }
    assert_eq!(guess(&mut at(r#"{"address":"2001:db8:0:ff::1"}"#), &memory, "other1"), "rate_limited");
    assert_eq!(guess(&mut at(r#"{"address":"2001:db8:0:100::1"}"#), &memory, "other1"), "sign_in_failed");
}

#[test]
fn browsers_that_one_account_has_made_known_have_no_more_than_ten_clients_room_at_one_address() {
    let memory = edge(10);
    let number = at(CARRIER).open(&memory);
    let mut known: Vec<_> = (0..12)
        .map(|_| {
            memory.pass(Duration::from_secs(60));
            let mut browser = at(CARRIER);
            assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
            // What is asked about a session is not counted here.
            browser.cookie = None;
            browser
        })
        .collect();
    memory.pass(Duration::from_secs(60));
    // What one asks past its own room takes nothing of the others'.
    for (one, browser) in known.iter_mut().take(10).enumerate() {
        for name in 0..10 {
            assert_eq!(guess(browser, &memory, &format!("name{one}-{name}")), "sign_in_failed");
        }
        assert_eq!(guess(browser, &memory, "name"), "rate_limited", "its own lane");
    }
    let (calls, metered) = (memory.calls(), memory.metered());
    for browser in known.iter_mut().skip(10) {
        assert_eq!(guess(browser, &memory, "name"), "rate_limited", "that of its address");
    }
    assert_eq!((memory.calls(), memory.metered()), (calls, metered));
    assert_eq!(guess(&mut at(CARRIER), &memory, "name"), "sign_in_failed", "strangers have room of their own");
    known[11].platform = Platform::read(r#"{"address":"203.0.113.8"}"#);
    assert_eq!(guess(&mut known[11], &memory, "name"), "sign_in_failed", "and so has it next door");
}

#[test]
fn a_guesser_of_one_name_fills_nobodys_room() {
    let memory = edge(15);
    let mut guesser = at(CARRIER);
    (0..10).for_each(|_| assert_eq!(guess(&mut guesser, &memory, "victim"), "sign_in_failed"));
    for _ in 0..100 {
        assert_eq!(guess(&mut guesser, &memory, "victim"), "locked");
    }
    // 11 were counted: ten tries and the one that was told.
    assert_eq!(guess(&mut at(CARRIER), &memory, "somebody-else"), "sign_in_failed");
}

#[test]
fn what_the_platform_counts_beyond_this_isolate_is_believed() {
    let memory = memory();
    memory.meter(5);
    let mut flood = at(CARRIER);
    for number in 0..5 {
        assert_eq!(guess(&mut flood, &memory, &format!("name{number}")), "sign_in_failed");
    }
    let calls = memory.calls();
    for _ in 0..100 {
        assert_eq!(guess(&mut flood, &memory, "name"), "rate_limited");
    }
    assert_eq!((memory.calls(), memory.metered()), (calls, 6), "after the first no the platform is not asked either");
}

#[test]
fn a_session_that_is_over_is_asked_about_once() {
    let memory = memory();
    let mut customer = Browser::default();
    let number = customer.open(&memory);
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    let thief = customer.clone();
    assert_eq!(customer.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    assert_eq!(thief.clone().get(&memory, "/.sekisho/me").code(), "no_session");
    memory.pass(Duration::from_millis(1));
    let calls = memory.calls();
    for _ in 0..MANY {
        assert_eq!(thief.clone().get(&memory, "/.sekisho/history").code(), "no_session");
    }
    memory.pass(Duration::from_secs(30));
    // Behind the lease the gate would ask, if it did not know.
    let lapsed = {
        memory.pass(Duration::from_secs(31));
        let Decision::Refuse { status: 303, .. } = memory.pass_gate(&thief.packed("/home")) else { panic!() };
        memory.calls()
    };
    assert_eq!(lapsed, calls + 1, "after a minute it is asked once more");
    for _ in 0..MANY {
        let Decision::Refuse { status: 303, .. } = memory.pass_gate(&thief.packed("/home")) else { panic!() };
    }
    assert_eq!(memory.calls(), lapsed);
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200, "a new session is another matter");
}

#[test]
fn inside_the_lease_no_object_is_called_however_many_customers_there_are() {
    let memory = memory();
    for customers in [1, 10, 50] {
        let customers: Vec<_> = (0..customers)
            .map(|_| {
                let mut customer = Browser::default();
                let number = customer.open(&memory);
                assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
                customer
            })
            .collect();
        let calls = memory.calls();
        for request in 0..1_000 {
            let customer = &customers[request % customers.len()];
            let Decision::Forward { .. } = memory.pass_gate(&customer.packed("/home")) else { panic!() };
        }
        assert_eq!(memory.calls(), calls);
    }
}

#[test]
fn made_up_codes_and_cookies_do_not_run_staffs_one_object_hot() {
    let config = |config: String| {
        let config = config.replace("client = 300", "client = 10");
        format!("{config}\n[staff]\norigin = \"http://staff.localhost:8787\"\n")
    };
    let memory = Memory::new(house_with(config), START, 1);
    let mut flood = at(CARRIER);
    let ask = |flood: &mut Browser, path: &str, body: &Value| {
        let mut request = flood.request(Method::POST, "/", body.to_string().into_bytes());
        *request.uri_mut() = format!("http://staff.localhost:8787/.sekisho/staff/{path}").parse().unwrap();
        request.headers_mut().insert("cookie", "__Host-sekisho-staff=AAAA".parse().unwrap());
        flood.send(&memory, request).code().to_owned()
    };
    for number in 0..10 {
        assert_eq!(ask(&mut flood, "enrol/begin", &json!({ "code": number.to_string() })), "code_gone");
    }
    let calls = memory.calls();
    for _ in 0..100 {
        assert_eq!(ask(&mut flood, "enrol/begin", &json!({ "code": "made-up" })), "rate_limited");
        assert_eq!(ask(&mut flood, "members", &json!({})), "no_session", "a cookie that we never marked asks nobody");
    }
    assert_eq!(memory.calls(), calls);
}

#[test]
fn from_where_passwords_are_sprayed_nothing_is_counted_for_a_while() {
    let memory = memory();
    let mut sprayer = at(CARRIER);
    for number in 0..30 {
        guess(&mut sprayer, &memory, &format!("name{number}"));
    }
    let before = memory.calls();
    guess(&mut sprayer, &memory, "name99");
    assert_eq!(memory.calls() - before, 2, "the name and its decoy: not the prefix, whose object would run hot");
    // Nor is it told of a login whose try was not counted.
    let mut customer = at(CARRIER);
    let number = customer.open(&memory);
    let before = memory.calls();
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(memory.calls() - before, 2, "the name and its account");
}

#[test]
fn wrangler_gives_the_platforms_counter_the_figure_that_the_config_has() {
    let layout: toml::Table = include_str!("../../../wrangler.toml").parse().unwrap();
    let simple = &layout["ratelimits"][0]["simple"];
    assert_eq!(layout["ratelimits"][0]["name"].as_str(), Some("CLIENTS"));
    let window = i64::try_from(crate::limits::WINDOW.as_secs()).unwrap();
    assert_eq!(simple["period"].as_integer(), Some(window));
    assert_eq!(simple["limit"].as_integer(), Some(i64::from(memory().house.config().limits.client)));
}

/// Asks one of our routes as a browser does that opens a page.
fn navigated(browser: &mut Browser, memory: &Memory, (method, path): (Method, &str), body: &str) -> (Answer, String) {
    let mut request = browser.request(method, path, body.as_bytes().to_vec());
    request.headers_mut().insert("sec-fetch-mode", "navigate".parse().unwrap());
    let answer = browser.send(memory, request);
    let page = String::from_utf8(answer.response.body().clone()).unwrap();
    (answer, page)
}

#[test]
fn who_opens_a_page_too_often_is_shown_one_that_says_when_to_come_again() {
    let memory = edge(10);
    let mut browser = at(CARRIER);
    for _ in 0..10 {
        guess(&mut browser, &memory, "12345678");
    }
    let (path, body) = ("/.sekisho/passkey/login/begin", json!({ "id": "12345678" }));
    let (answer, page) = navigated(&mut browser, &memory, (Method::POST, path), &body.to_string());
    let headers = answer.response.headers();
    assert_eq!((answer.status, headers["content-type"].to_str().unwrap()), (429, "text/html; charset=utf-8"));
    assert!((1..=61).contains(&wait(&answer)));
    assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'; style-src 'sha256-"));
    let until = memory.now() + Duration::from_secs(wait(&answer) - 1 + 59);
    for said in [crate::notice::moment(until, false) + "以降", format!("after {}", crate::notice::moment(until, true))]
    {
        assert!(page.contains(&said), "{said} in {page}");
    }
    let line = memory.house.tally().take_lines().pop().unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(page.matches(line["ref"].as_str().unwrap()).count(), 2, "the log's number, in both languages");
    // A fetch is told the same as a problem, as before.
    let fetched = browser.post(&memory, path, &body);
    assert_eq!((fetched.status, fetched.code()), (429, "rate_limited"));
    assert_eq!(fetched.response.headers()["content-type"], "application/problem+json");
}

#[test]
fn so_is_whoever_opens_one_of_our_routes_that_has_no_page_under_any_policy_of_the_site() {
    let change = |config: String| config.replace("csp_mode =", "csp = [\"default-src 'self'\"]\ncsp_mode =");
    let memory = Memory::new(house_with(change), START, 1);
    let mut browser = at(CARRIER);
    for path in ["/.sekisho/me", "/.sekisho/cross/leave", "/.sekisho/nothing"] {
        let (answer, page) = navigated(&mut browser, &memory, (Method::GET, path), "");
        assert!(answer.status >= 400 && page.starts_with("<!doctype html>"), "{path} {page}");
        let policy = answer.response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("style-src 'sha256-"), "{path} {policy}");
    }
    let site = browser.get(&memory, "/.sekisho/site");
    assert_eq!(site.response.headers()["content-security-policy"], "default-src 'self'");
}
