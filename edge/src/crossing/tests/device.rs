//! A browser that is known at one of the site's origins is known where it crosses to, to that account and no other.

use super::{ALT, FX, MAIN, Window, customer, edge};
use crate::account::AccountId;
use crate::gate::Cookie;
use crate::keys::DeviceCookie;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD};
use serde_json::json;

const DEVICE: &str = "__Host-sekisho-device";

/// What the browser is known as at an origin.
fn device(memory: &Memory, window: &Window, site: &str) -> Option<DeviceCookie> {
    DeviceCookie::find(&format!("{DEVICE}={}", window.cookie(site, DEVICE)?), &memory.house.keys)
}

fn account(memory: &Memory, window: &Window, site: &str) -> AccountId {
    let cookies = format!("__Host-sekisho={}", window.cookie(site, "__Host-sekisho").unwrap());
    Cookie::brought(&cookies, &memory.house.keys).unwrap().account
}

/// Enters `site` from the first origin.
fn enter(memory: &Memory, window: &mut Window, site: &str) {
    let way = window.follow(memory, &format!("{site}/.sekisho/cross?return=/home"));
    assert_eq!(way.last().unwrap(), &format!("{site}/home"));
}

/// How many letters have told of a login by a new device.
fn told(memory: &Memory) -> usize {
    memory.ring_alarms();
    let letters = memory.mailroom.sent("/send");
    letters.iter().filter(|mail| mail.body["subject"].as_str().unwrap().contains("新しい端末")).count()
}

fn keep(window: &mut Window, site: &str, pair: &str) {
    let (name, value) = pair.split_once('=').unwrap();
    window.jar.retain(|(at, known, _)| at != site || known != name);
    window.jar.push((site.into(), name.into(), value.into()));
}

#[test]
fn a_login_at_an_entrance_is_no_new_devices_once_the_browser_has_crossed_to_it() {
    for crosses in [true, false] {
        let memory = edge();
        let (mut window, number) = customer(&memory);
        if crosses {
            enter(&memory, &mut window, ALT);
        }
        let mut there = Browser { site: Some(ALT), ..Browser::default() };
        there.device = window.cookie(ALT, DEVICE).map(|value| format!("{DEVICE}={value}"));
        assert_eq!(there.login(&memory, &number, PASSWORD).status, 200);
        assert_eq!(told(&memory), usize::from(!crosses));
    }
}

#[test]
fn no_other_account_of_the_browser_is_carried_and_none_that_is_known_there_is_lost() {
    let memory = edge();
    let (mut window, _) = customer(&memory);
    let first = account(&memory, &window, MAIN);
    enter(&memory, &mut window, ALT);
    // Another of the family logs in at the first origin, and enters.
    let mut second = Browser { site: Some(MAIN), ..Browser::default() };
    let number = second.open(&memory);
    second.device = window.cookie(MAIN, DEVICE).map(|value| format!("{DEVICE}={value}"));
    assert_eq!(second.login(&memory, &number, PASSWORD).status, 200);
    keep(&mut window, MAIN, &format!("__Host-sekisho={}", second.cookie.unwrap()));
    keep(&mut window, MAIN, &second.device.unwrap());
    window.jar.retain(|(site, name, _)| site != ALT || name != "__Host-sekisho");
    let other = account(&memory, &window, MAIN);
    for site in [ALT, FX] {
        enter(&memory, &mut window, site);
    }
    let [main, alt, fx] = [MAIN, ALT, FX].map(|site| device(&memory, &window, site).unwrap());
    assert!(alt.id() == main.id() && fx.id() == main.id());
    assert_eq!((main.accounts(), alt.accounts(), fx.accounts()), (2, 2, 1));
    assert!(fx.known_to(other).is_some() && fx.known_to(first).is_none(), "who has not entered is not told of");
    assert!(alt.known_to(first).is_some() && alt.known_to(other).is_some());
}

#[test]
fn a_browser_that_others_know_under_another_number_keeps_it() {
    let memory = edge();
    let (mut window, _) = customer(&memory);
    let mut other = Browser { site: Some(ALT), ..Browser::default() };
    let number = other.open(&memory);
    assert_eq!(other.login(&memory, &number, PASSWORD).status, 200);
    keep(&mut window, ALT, other.device.as_ref().unwrap());
    let before = window.cookie(ALT, DEVICE);
    enter(&memory, &mut window, ALT);
    assert_eq!(window.cookie(ALT, DEVICE), before);
}

#[test]
fn a_copied_session_makes_no_device_known_by_crossing() {
    let memory = edge();
    let (window, _) = customer(&memory);
    let (mut thief, _) = customer(&memory);
    let mut bare = Window::default();
    for window_of in [&mut bare, &mut thief] {
        keep(window_of, MAIN, &format!("__Host-sekisho={}", window.cookie(MAIN, "__Host-sekisho").unwrap()));
        // With none of the browser's own, or with one that is known to the thief's account alone.
        enter(&memory, window_of, ALT);
        assert_eq!(window_of.cookie(ALT, DEVICE), None);
    }
}

#[test]
fn the_code_does_not_say_which_device_it_is() {
    let memory = edge();
    let (mut window, _) = customer(&memory);
    let id = device(&memory, &window, MAIN).unwrap().id();
    let begun = window.open(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
    let left = window.open(&memory, begun.headers()["location"].to_str().unwrap());
    let location = left.headers()["location"].to_str().unwrap();
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let code = URL_SAFE_NO_PAD.decode(location.split("code=").nth(1).unwrap()).unwrap();
    assert!(!code.windows(16).any(|part| part == id));
    // A code that opens nothing makes no device known either.
    assert_eq!(window.at(MAIN).post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    window.open(&memory, location);
    assert_eq!(window.cookie(ALT, DEVICE), None);
}
