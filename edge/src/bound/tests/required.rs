//! A channel that serves only sessions which are bound to their device.

use super::*;

const MILLISECOND: Duration = Duration::from_millis(1);

/// The main channel demands it, the smartphone's does not; a lease that outlasts the grace.
fn strict() -> Memory {
    let house = house_with(|config| {
        let config = config.replace("\"http://localhost:8787\"", "\"https://localhost:8787\"");
        let config = config.replace("en = \"PC site\"\n", "en = \"PC site\"\nbound = \"required\"\n");
        config.replace("lease = \"60s\"", "lease = \"300s\"")
    });
    Memory::new(house, START, 1)
}

fn code(memory: &Memory, packed: &str) -> String {
    match memory.pass_gate(packed) {
        Decision::Refuse { status, body, .. } => {
            let body: Value = serde_json::from_str(&body).unwrap_or_default();
            format!("{status} {}", body["code"].as_str().unwrap_or("a page"))
        }
        _ => "passed".into(),
    }
}

#[test]
fn a_session_that_is_not_bound_is_served_for_a_minute_and_no_longer() {
    let memory = strict();
    let (mut browser, _, login) = logged_in(&memory);
    let fetch =
        browser.packed("/home").replace("text/html\nsame-origin\nnavigate\ndocument", "*/*\nsame-origin\ncors\nempty");
    memory.pass(GRACE - MILLISECOND);
    assert_eq!([code(&memory, &fetch), code(&memory, &fetch)], ["passed", "passed"], "and now it is remembered");
    assert_eq!(browser.get(&memory, "/.sekisho/me").status, 200);
    assert_eq!(memory.house.stream_lease(&fetch, memory.now()), MILLISECOND);
    memory.pass(MILLISECOND);
    assert_eq!(code(&memory, &fetch), "403 device_unbound", "although its lease goes on");
    let Decision::Refuse { status, body, .. } = memory.pass_gate(&browser.packed("/home")) else { panic!() };
    assert!(status == 403 && body.contains("端末に結び付けた") && body.contains("bound to their device"), "{body}");
    for path in ["/.sekisho/me", "/.sekisho/sessions", "/.sekisho/history"] {
        assert_eq!(browser.get(&memory, path).code(), "device_unbound", "{path}");
    }
    for path in ["/.sekisho/passkey/step-up/begin", "/.sekisho/sessions/end"] {
        assert_eq!(browser.post(&memory, path, &json!({})).code(), "device_unbound", "{path}");
    }
    let mut pages = [page(&mut browser, &memory, "/security")].into_iter();
    let nobodys = |page: Decision| matches!(page, Decision::Forward { .. }) && !passes(&page);
    assert!(pages.all(nobodys), "a public page is a visit of nobody's");
    // How long it lasts is told, and a browser that was slow is served as soon as it has registered.
    assert_eq!(browser.get(&memory, "/.sekisho/session").status, 200);
    register(&mut browser, &memory, &login);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    assert_eq!(browser.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
}

#[test]
fn one_that_is_bound_in_time_never_notices() {
    let memory = strict();
    let (mut browser, _, mut binding) = bound(&memory);
    memory.pass(GRACE);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    memory.pass(cookie::LIFE);
    binding.refresh(&mut browser, &memory);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    assert_eq!(browser.get(&memory, "/.sekisho/me").status, 200);
}

#[test]
fn a_channel_that_does_not_require_it_serves_on() {
    let memory = strict();
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1";
    let mut handset = Browser { agent: Some(phone), ..Browser::default() };
    let number = handset.open(&memory);
    assert_eq!(handset.login(&memory, &number, PASSWORD).status, 200);
    memory.pass(GRACE);
    assert!(passes(&page(&mut handset, &memory, "/home")));
    assert_eq!(handset.get(&memory, "/.sekisho/me").status, 200);
}
