//! What a token has opened and stays open.

use super::super::*;
use super::{packed, possessed};
use crate::gate::{Course, Decision};
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with, memory};
use serde_json::json;

fn goes_on(memory: &Memory, packed: &str) -> Course {
    pollster::block_on(memory.house.stream_goes_on(memory, packed, memory.now())).unwrap()
}

#[test]
fn a_stream_that_a_token_opened_goes_on_by_its_session_and_not_by_a_cookie_that_came_along() {
    let memory = memory();
    let (mut app, token, _) = possessed(&memory);
    let mut other = Browser::default();
    let number = other.open(&memory);
    other.login(&memory, &number, PASSWORD);
    let proof = app.proof(&memory, ("GET", "/home/prices"), Some(&token), &json!({}));
    let cookie = format!("\n__Host-sekisho={}\n*/*\n", other.cookie.clone().unwrap());
    let packed = packed(("GET", "/home/prices"), &token, &proof).replacen("\n\n*/*\n", &cookie, 1);
    assert!(matches!(memory.pass_gate(&packed), Decision::Forward { .. }));
    let minute = Duration::from_secs(60);
    // The proof has long grown old, and the question extends nothing.
    for left in [179, 178] {
        memory.pass(minute);
        assert_eq!(goes_on(&memory, &packed), Course::On(minute));
        let asked = app.ask(&memory, ("GET", "/.sekisho/session"), &token);
        assert_eq!(asked.json["remaining_ms"], left * 60_000);
    }
    assert_eq!(app.ask(&memory, ("POST", "/.sekisho/logout"), &token).status, 200);
    assert_eq!(goes_on(&memory, &packed), Course::Over);
    assert_eq!(other.get(&memory, "/.sekisho/session").status, 200);
    let bent = packed.replacen("DPoP ", "DPoP A", 1);
    assert_eq!(goes_on(&memory, &bent), Course::Over);
}

#[test]
fn one_that_its_route_asks_more_of_by_now_does_not() {
    let routes = "\n[[routes]]\npath = \"/orders\"\nage = \"10m\"\n";
    let memory = Memory::new(house_with(|config| config + routes), START, 1);
    let (mut app, token, _) = possessed(&memory);
    let proof = app.proof(&memory, ("GET", "/orders"), Some(&token), &json!({}));
    let packed = packed(("GET", "/orders"), &token, &proof);
    assert!(matches!(goes_on(&memory, &packed), Course::On(_)));
    memory.pass(Duration::from_secs(601));
    assert_eq!(goes_on(&memory, &packed), Course::Over);
}

#[test]
fn one_whose_token_another_has_followed_may_be_opened_again() {
    let memory = memory();
    let (mut app, token, _) = possessed(&memory);
    let proof = app.proof(&memory, ("GET", "/home/prices"), Some(&token), &json!({}));
    let packed = packed(("GET", "/home/prices"), &token, &proof);
    let path = "/.sekisho/password/change";
    let proof = app.proof(&memory, ("POST", path), Some(&token), &json!({}));
    let body = json!({ "current": PASSWORD, "password": "Kaede-77-mori#Z" }).to_string().into_bytes();
    let mut request = Browser::default().request(http::Method::POST, path, body);
    request.headers_mut().insert("authorization", format!("DPoP {token}").parse().unwrap());
    request.headers_mut().insert("dpop", proof.parse().unwrap());
    let changed = Browser::default().send(&memory, request);
    assert!(changed.json["access_token"].as_str().is_some_and(|next| next != token), "{}", changed.json);
    assert_eq!(goes_on(&memory, &packed), Course::Again);
}
