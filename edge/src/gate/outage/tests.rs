use super::*;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with};
use serde_json::json;

const MINUTE: Duration = Duration::from_secs(60);

/// An edge with a route of news, readable through an outage, and a customer who is logged in to it.
fn edge() -> (Memory, Browser) {
    let news = "[[routes]]\npath = \"/news\"\noutage = \"last_known\"\n\n[[routes]]\npath = \"/assets\"";
    let change = |config: String| config.replacen("[[routes]]\npath = \"/assets\"", news, 1);
    let memory = Memory::new(house_with(change), START, 1);
    let mut customer = Browser::default();
    let number = customer.open(&memory);
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    (memory, customer)
}

fn status(decision: &Decision) -> u16 {
    match decision {
        Decision::Refuse { status, .. } => *status,
        Decision::Forward { .. } => 200,
        _ => 0,
    }
}

/// The claims of the statement that a forwarded request bears.
fn claims(decision: &Decision) -> serde_json::Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let Decision::Forward { request, .. } = decision else { panic!("{decision:?}") };
    let (_, token) = request.iter().find(|(name, _)| name == "sekisho-assertion").unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[test]
fn without_the_account_public_pages_are_shown_to_nobody_in_particular_and_others_are_not() {
    let (memory, customer) = edge();
    memory.cut_off(true);
    assert_eq!(status(&memory.pass_gate(&customer.packed("/home"))), 200, "the lease still lives");
    memory.pass(MINUTE);
    let decision = memory.pass_gate(&customer.packed("/home"));
    assert_eq!(status(&decision), 503);
    let top = memory.pass_gate(&customer.packed("/"));
    assert!(claims(&top)["sub"].is_null(), "nobody is vouched for");
    let Decision::Forward { response, .. } = &top else { panic!() };
    assert!(!response.iter().any(|(name, _)| name == "+set-cookie" || name == "sekisho-session"));
    assert_eq!(memory.faults().len(), 2, "the operator hears of both");
    memory.cut_off(false);
    assert!(!claims(&memory.pass_gate(&customer.packed("/")))["sub"].is_null());
}

#[test]
fn where_it_is_so_configured_reading_goes_on_by_the_last_lease_for_a_quarter_of_an_hour() {
    let (memory, customer) = edge();
    memory.pass(MINUTE);
    memory.cut_off(true);
    let read = || memory.pass_gate(&customer.packed("/news/today"));
    let known = read();
    assert!(!claims(&known)["sub"].is_null());
    assert!(claims(&known)["exp"].as_u64().unwrap() > memory.now().as_seconds(), "the origin believes it now");
    let Decision::Forward { response, .. } = &known else { panic!() };
    assert!(!response.iter().any(|(name, _)| name == "+set-cookie"), "the cookie's lease is the account's to renew");
    let write = customer.packed("/news/today").replacen("GET", "POST", 1);
    assert_eq!(status(&memory.pass_gate(&write)), 503, "nothing is done on it");
    let ask = customer.packed("/news/today").replacen("GET", "OPTIONS", 1);
    assert_eq!(status(&memory.pass_gate(&ask)), 503, "what is documented as GET and HEAD is those two");
    let head = customer.packed("/news/today").replacen("GET", "HEAD", 1);
    assert_eq!(status(&memory.pass_gate(&head)), 200);
    memory.pass(GRACE - Duration::from_millis(1));
    assert_eq!(status(&read()), 200);
    memory.pass(Duration::from_millis(1));
    assert_eq!(status(&read()), 503);
    assert!(memory.counted().iter().filter(|what| **what == "last_known").count() == 3);
}

#[test]
fn a_session_that_is_over_is_not_believed_in_an_outage() {
    let (memory, customer) = edge();
    let thief = customer.clone();
    assert_eq!(customer.clone().post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    memory.pass(MINUTE);
    assert_eq!(status(&memory.pass_gate(&thief.packed("/news"))), 303);
    memory.cut_off(true);
    assert_eq!(status(&memory.pass_gate(&thief.packed("/news"))), 303, "this edge has heard that it ended");
}

#[test]
fn nor_one_whose_idle_time_has_run_out() {
    let (memory, customer) = edge();
    memory.pass(MINUTE * 180 - Duration::from_millis(1));
    memory.cut_off(true);
    // The lease of the cookie ended long ago.
    assert_eq!(status(&memory.pass_gate(&customer.packed("/news"))), 503);
}

#[test]
fn nor_may_a_session_that_only_reads_what_its_channel_names_read_more_then() {
    let (memory, _) = edge();
    let mut book = Browser { app: Some("kakeibo signed"), ..Browser::default() };
    let number = Browser::default().open(&memory);
    assert_eq!(book.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(status(&memory.pass_gate(&book.packed("/news/today"))), 403);
    memory.pass(MINUTE);
    memory.cut_off(true);
    assert_eq!(status(&memory.pass_gate(&book.packed("/news/today"))), 403);
    assert_eq!(status(&memory.pass_gate(&book.packed("/api/balance"))), 503);
}
