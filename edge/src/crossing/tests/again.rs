//! A browser that has been at the entrance before, or is on its way there twice.

use super::{ALT, MAIN, Window, customer, edge, led};
use crate::gate::Decision;
use crate::memory::testing::PASSWORD;
use serde_json::json;
use std::time::Duration;

#[test]
fn a_cookie_of_a_session_that_has_ended_keeps_nobody_from_being_carried_on() {
    let memory = edge();
    let (mut window, number) = customer(&memory);
    window.follow(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
    assert_eq!(window.at(MAIN).post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    let mut again = window.at(MAIN);
    assert_eq!(again.login(&memory, &number, PASSWORD).status, 200);
    window.jar.retain(|(at, name, _)| at != MAIN || name != "__Host-sekisho");
    window.jar.push((MAIN.into(), "__Host-sekisho".into(), again.cookie.unwrap()));
    memory.pass(Duration::from_secs(61));
    let location = led(&memory, &window, ALT);
    let way = window.follow(&memory, &format!("{ALT}{location}"));
    assert_eq!((way.len(), way.last().unwrap()), (4, &format!("{ALT}/home")), "{way:?}");
    assert!(matches!(memory.pass_gate(&window.at(ALT).packed("/home")), Decision::Forward { .. }));
    // Of one that lives nothing changes.
    let before = window.cookie(ALT, "__Host-sekisho");
    let way = window.follow(&memory, &format!("{ALT}/.sekisho/cross?return=/orders"));
    assert_eq!((way.len(), way.last().unwrap()), (2, &format!("{ALT}/orders")));
    assert_eq!(window.cookie(ALT, "__Host-sekisho"), before);
}

#[test]
fn two_tabs_that_cross_at_once_both_come_to_their_pages() {
    let memory = edge();
    for first in [0, 1] {
        let (mut window, _) = customer(&memory);
        let next = |window: &mut Window, url: &str| {
            let response = window.open(&memory, url);
            assert_eq!(response.status(), 303, "{url}");
            response.headers()["location"].to_str().unwrap().to_owned()
        };
        let begun =
            ["/home?tab=1", "/orders"].map(|back| next(&mut window, &format!("{ALT}/.sekisho/cross?return={back}")));
        let left = begun.map(|leave| next(&mut window, &leave));
        for tab in [first, 1 - first] {
            assert_eq!(next(&mut window, &left[tab]), ["/home?tab=1", "/orders"][tab]);
            assert!(matches!(memory.pass_gate(&window.at(ALT).packed("/home")), Decision::Forward { .. }));
        }
        // A failure in one leaves the other its way.
        window.jar.retain(|(at, _, _)| at == MAIN);
        let begun = next(&mut window, &format!("{ALT}/.sekisho/cross?return=/orders"));
        let left = next(&mut window, &begun);
        assert_eq!(
            next(&mut window, &format!("{ALT}/.sekisho/cross/arrive?return=/home&code=x")),
            "/login?return=/home"
        );
        assert_eq!(next(&mut window, &left), "/orders");
    }
}
