//! A session that was used from elsewhere, at another entrance.

use super::{ALT, FX, MAIN, customer, edge};
use crate::account::{Command, Reply};
use crate::gate::Cookie;
use crate::host::Accounts as _;
use crate::memory::testing::PASSWORD;
use serde_json::json;

#[test]
fn a_login_that_was_used_from_elsewhere_is_so_at_every_entrance_and_goes_to_none() {
    let memory = edge();
    let (mut window, _) = customer(&memory);
    window.follow(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
    let cookie = |window: &super::Window, site| {
        let cookies = format!("__Host-sekisho={}", window.cookie(site, "__Host-sekisho").unwrap());
        Cookie::brought(&cookies, &memory.house.keys).unwrap()
    };
    let tell = |cookie: &Cookie, command| pollster::block_on(memory.account(cookie.account, command)).unwrap();
    let moved = |cookie: &Cookie| {
        let touch = Command::Touch { session: cookie.key(), background: true, shown: false };
        matches!(tell(cookie, touch), Reply::Session(session) if session.moved)
    };
    let (main, there) = (cookie(&window, MAIN), cookie(&window, ALT));
    let used = |cookie: &Cookie| tell(cookie, Command::Moved { session: cookie.key(), client: String::new() });
    assert!(matches!(used(&main), Reply::Session(_)));
    assert!(moved(&main) && moved(&there));
    assert!(matches!(used(&there), Reply::Done), "the history tells so once");
    window.follow(&memory, &format!("{FX}/.sekisho/cross?return=/home"));
    assert!(window.cookie(FX, "__Host-sekisho").is_none(), "it is carried on nowhere");
    let body = json!({ "current": PASSWORD, "password": "Hoshi-43-kawa#Q" });
    let mut browser = window.at(MAIN);
    assert_eq!(browser.post(&memory, "/.sekisho/password/change", &body).status, 200);
    let proved = Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap();
    assert!(!moved(&proved), "from the proof on it may");
    used(&there);
    assert!(!moved(&proved), "whatever another entrance, not proved yet, is used for");
}
