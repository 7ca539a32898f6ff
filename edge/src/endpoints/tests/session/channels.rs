//! Channels with rules of their own: how long their sessions last, and an app that may only read.

use crate::gate::{Decision, return_path};
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with, memory};
use serde_json::{Value, json};
use std::time::Duration;

const KAKEIBO: &str = "kakeibo demo-token-of-the-kakeibo-app";

/// The demo's smartphone app with `rule` of its own.
fn ruled(rule: &str) -> Memory {
    let app = "app = \"smartphone-app\"";
    Memory::new(house_with(|config| config.replacen(app, &format!("{app}\n{rule}"), 1)), START, 1)
}

fn app() -> Browser {
    Browser { app: Some("smartphone-app"), ..Browser::default() }
}

fn logged_in(mut browser: Browser, memory: &Memory) -> (Browser, String) {
    let number = Browser::default().open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    (browser, number)
}

fn extend(browser: &mut Browser, memory: &Memory) -> Value {
    let answer = browser.post(memory, "/.sekisho/session/extend", &json!({}));
    if answer.status == 200 { answer.json["remaining_ms"].clone() } else { answer.json["code"].clone() }
}

#[test]
fn a_session_lasts_as_its_own_channel_has_it_to_the_millisecond() {
    let memory = ruled("timeout = \"30m\"\nrenewal_window = \"2m\"\nabsolute = \"40m\"");
    let (mut app, number) = logged_in(app(), &memory);
    let mut site = Browser::default();
    assert_eq!(site.login(&memory, &number, PASSWORD).status, 200);
    let told = app.get(&memory, "/.sekisho/session");
    assert_eq!((&told.json["timeout_ms"], &told.json["window_ms"]), (&json!(1_800_000), &json!(120_000)));
    let header = told.response.headers().get("sekisho-session").unwrap();
    assert_eq!(header, "remaining=1800000, window=120000, timeout=1800000");
    let Decision::Forward { response, .. } = memory.pass_gate(&app.packed("/home")) else { panic!() };
    assert!(response.contains(&("sekisho-session".into(), "remaining=1800000, window=120000, timeout=1800000".into())));
    // Whoever sends another header within the session changes nothing of it.
    app.app = None;
    memory.pass(Duration::from_millis(28 * 60_000 - 1));
    assert_eq!(extend(&mut app, &memory), 120_001);
    memory.pass(Duration::from_millis(1));
    assert_eq!(extend(&mut app, &memory), 12 * 60_000, "no longer than the channel's absolute end");
    assert_eq!(extend(&mut site, &memory), 152 * 60_000);
    let list = site.get(&memory, "/.sekisho/sessions");
    let ends: Vec<_> =
        list.json["sessions"].as_array().unwrap().iter().map(|one| one["deadline"].as_u64().unwrap()).collect();
    assert!(ends.contains(&(START + Duration::from_secs(40 * 60)).as_millis()), "{ends:?}");
    memory.pass(Duration::from_millis(12 * 60_000 - 1));
    assert_eq!(extend(&mut app, &memory), 1);
    memory.pass(Duration::from_millis(1));
    assert_eq!(extend(&mut app, &memory), "session_idle");
    assert_eq!(site.get(&memory, "/.sekisho/sessions").json["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(extend(&mut site, &memory), 140 * 60_000);
}

#[test]
fn a_sliding_session_is_renewed_by_every_request_that_asks_the_account_and_by_none_in_the_background() {
    let memory = ruled("timeout = \"30m\"\nrenewal = \"sliding\"");
    let (mut app, _) = logged_in(app(), &memory);
    memory.pass(Duration::from_secs(600));
    assert_eq!(app.get(&memory, "/.sekisho/session").json["remaining_ms"], 1_200_000, "asking extends nothing");
    assert_eq!(extend(&mut app, &memory), 1_800_000);
    // Within the lease a page asks nobody; the end may so lag behind the last page by a lease, and never lead.
    memory.pass(Duration::from_millis(59_999));
    let Decision::Forward { .. } = memory.pass_gate(&app.packed("/home")) else { panic!() };
    assert_eq!(app.get(&memory, "/.sekisho/session").json["remaining_ms"], 1_740_001);
    memory.pass(Duration::from_secs(60));
    let Decision::Forward { response, .. } = memory.pass_gate(&app.packed("/home")) else { panic!() };
    assert!(response.iter().any(|(name, value)| name == "sekisho-session" && value.starts_with("remaining=1800000,")));
    memory.pass(Duration::from_millis(1_799_999));
    assert_eq!(extend(&mut app, &memory), 1_800_000);
    memory.pass(Duration::from_secs(1_800));
    assert_eq!(extend(&mut app, &memory), "session_idle");
}

#[test]
fn a_login_counts_by_its_page_and_a_login_page_by_where_it_leads() {
    let fx = "[[channels]]\nname = \"fx\"\nja = \"FX\"\nen = \"FX\"\npath = \"/fx\"\n\n# What a path demands";
    let memory = Memory::new(house_with(|config| config.replacen("# What a path demands", fx, 1)), START, 1);
    let number = Browser::default().open(&memory);
    for (referer, wanted) in [
        ("http://localhost:8787/fx/login", "fx"),
        ("http://localhost:8787/login?return=/fx/rates%3Fa", "fx"),
        ("http://localhost:8787/login?reason=timeout&return=/fx", "fx"),
        ("http://localhost:8787/login?return=/fxx", "pc-main"),
        ("http://localhost:8787/home?return=/fx", "pc-main"),
        ("http://localhost:8787/", "pc-main"),
        ("", "pc-main"),
        ("nonsense", "pc-main"),
    ] {
        let mut browser = Browser::default();
        let body = json!({ "id": number, "password": PASSWORD }).to_string().into_bytes();
        let mut request = browser.request(http::Method::POST, "/.sekisho/login", body);
        request.headers_mut().insert("referer", referer.parse().unwrap());
        assert_eq!(browser.send(&memory, request).status, 200);
        assert_eq!(browser.get(&memory, "/.sekisho/session").json["channel"], wanted, "{referer}");
    }
    assert_eq!(return_path("/fx"), Some("/fx"));
}

/// A customer with a confirmed address, to whom codes go, and the number.
fn confirmed(memory: &Memory) -> (Browser, String) {
    let (mut owner, number) = logged_in(Browser::default(), memory);
    owner.post(memory, "/.sekisho/address/begin", &json!({}));
    let code = super::super::code::code(memory);
    assert_eq!(owner.post(memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
    (owner, number)
}

#[test]
fn an_account_book_logs_in_without_a_code_and_may_read_what_is_named_and_nothing_else() {
    let memory = memory();
    let (mut owner, number) = confirmed(&memory);
    let mut book = Browser { app: Some(KAKEIBO), ..Browser::default() };
    let answer = book.login(&memory, &number, PASSWORD);
    assert_eq!((answer.status, &answer.json["second_factor"]), (200, &json!("off")));
    for _ in 0..3 {
        let Decision::Forward { .. } = memory.pass_gate(&book.packed("/api/balance")) else { panic!() };
    }
    let status = |packed: &str| match memory.pass_gate(packed) {
        Decision::Refuse { status, body, .. } => (status, body.contains("channel_limited")),
        decision => panic!("{packed}: {decision:?}"),
    };
    let fetch = |path: &str| book.packed(path).replace("\nnavigate\n", "\ncors\n");
    let socket = fetch("/api/balance").replacen("\n\n\n\n\n?0", "\n\n\nwebsocket\n\n?0", 1);
    let post = fetch("/api/balance").replacen("GET", "POST", 1);
    for packed in
        [fetch("/home"), fetch("/api/balances"), fetch("/api/balance/../x").replace("/../x", "x"), post, socket]
    {
        assert_eq!(status(&packed), (403, true), "{packed}");
    }
    // What it may not do as the customer it does as nobody, where anybody may.
    let Decision::Forward { request, response, .. } = memory.pass_gate(&book.packed("/security")) else { panic!() };
    assert!(!response.iter().any(|(name, _)| name == "sekisho-session"));
    let statement = &request.iter().find(|(name, _)| name == "sekisho-assertion").unwrap().1;
    let Decision::Forward { request, .. } = memory.pass_gate(&Browser::default().packed("/security")) else { panic!() };
    assert_ne!(statement, &request[2].1, "of its own channel");
    // Without the header it is what it was.
    book.app = None;
    assert_eq!(status(&book.packed("/home").replace("\nnavigate\n", "\ncors\n")), (403, true));
    for path in [
        "address/begin",
        "address/confirm",
        "password/change",
        "lock",
        "sessions/end",
        "passkey/register/begin",
        "passkey/register/finish",
        "passkey/step-up/begin",
        "passkey/step-up/finish",
        "passkey/confirm/begin",
        "passkey/confirm/finish",
        "passkeys/rename",
        "passkeys/delete",
        "passkeys/only",
    ] {
        let answer = book.post(&memory, &format!("/.sekisho/{path}"), &full(path));
        assert_eq!(answer.code(), "channel_limited", "{path}: {}", answer.json);
    }
    for path in ["me", "history", "sessions", "passkeys"] {
        assert_eq!(book.get(&memory, &format!("/.sekisho/{path}")).code(), "channel_limited", "{path}");
    }
    assert_eq!(book.get(&memory, "/.sekisho/session").status, 200);
    assert_eq!(book.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    assert!(matches!(memory.pass_gate(&owner.packed("/home")), Decision::Forward { .. }));
    assert_eq!(owner.get(&memory, "/.sekisho/me").status, 200);
}

/// A body of the form that the endpoint takes.
fn full(path: &str) -> Value {
    match path {
        "address/confirm" => json!({ "code": "123456" }),
        "password/change" => json!({ "password": "Kaede-77-mori#Z" }),
        "passkey/register/finish" | "passkey/step-up/finish" | "passkey/confirm/finish" => json!({ "credential": {} }),
        "passkey/confirm/begin" => json!({ "operation": "delete_passkey", "id": "AAAA" }),
        "passkeys/rename" => json!({ "id": "AAAA", "name": "x" }),
        "passkeys/delete" => json!({ "id": "AAAA" }),
        "passkeys/only" => json!({ "on": true }),
        _ => json!({}),
    }
}

#[test]
fn a_session_of_a_channel_that_the_config_has_lost_is_none() {
    let mut memory = memory();
    let (mut browser, _) = logged_in(app(), &memory);
    memory.pass_gate(&browser.packed("/home"));
    memory.house = house_with(|config| config.replace("name = \"smartphone-app\"", "name = \"renamed\""));
    assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Refuse { status: 303, .. }));
    assert!(matches!(memory.pass_gate(&browser.packed("/security")), Decision::Forward { .. }));
    assert_eq!(browser.get(&memory, "/.sekisho/me").code(), "no_session");
}

#[test]
fn whoever_writes_the_books_header_without_its_token_gains_nothing() {
    let memory = memory();
    let (_, number) = confirmed(&memory);
    for header in
        ["kakeibo", "kakeibo guessed-token", "kakeibo 7b10ccc4a2a60103c216769a37ca5b3d6fbf371caad60df6e312b6ba7cebd7a3"]
    {
        let mut thief = Browser { app: Some(header), ..Browser::default() };
        assert_eq!(thief.login(&memory, &number, PASSWORD).status, 202, "{header}: a code is asked for");
        assert!(thief.cookie.is_none());
    }
}

#[test]
fn an_account_book_fills_no_mailbox_and_pushes_nobody_out() {
    let memory = memory();
    let (mut owner, number) = confirmed(&memory);
    memory.ring_alarms();
    let letters = || {
        memory.ring_alarms();
        memory.mailroom.sent("/send").len()
    };
    let before = letters();
    // 14:05 in Japan: nine hours to midnight.
    for _ in 0..12 {
        let mut book = Browser { app: Some(KAKEIBO), ..Browser::default() };
        assert_eq!(book.login(&memory, &number, PASSWORD).status, 200);
        memory.pass(Duration::from_secs(600));
    }
    assert_eq!(letters(), before + 1);
    assert_eq!(owner.get(&memory, "/.sekisho/sessions").json["sessions"].as_array().unwrap().len(), 2);
    memory.pass(Duration::from_secs(8 * 3600));
    for _ in 0..2 {
        let mut book = Browser { app: Some(KAKEIBO), ..Browser::default() };
        assert_eq!(book.login(&memory, &number, PASSWORD).status, 200);
    }
    assert_eq!(letters(), before + 2, "and another day another");
    // Whether a stranger was here its owner sees by the logins of people.
    let asked = owner.login(&memory, &number, PASSWORD).json;
    let entered = json!({ "pending": asked["pending"], "code": super::super::code::code(&memory) });
    let answer = owner.post(&memory, "/.sekisho/login/code", &entered);
    assert_eq!(answer.json["last_login"]["channel"], "pc-main", "{}", answer.json);
    assert_eq!(owner.get(&memory, "/.sekisho/me").json["last_login"]["channel"], "pc-main");
}
