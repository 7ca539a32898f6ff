//! The session's token against forged requests, where a browser says nothing of who had it send one.

use crate::gate::Decision;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, memory};
use http::Method;

/// A customer with a session, and its token.
fn customer(memory: &Memory) -> (Browser, String) {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    let session = browser.get(memory, "/.sekisho/session");
    (browser, session.json["csrf_token"].as_str().unwrap().to_owned())
}

/// What becomes of a form that is sent with this Fetch Metadata, Origin and token: the status, and whether it is the customer's.
fn sent(memory: &Memory, browser: &Browser, (site, origin, token): (&str, &str, &str)) -> u16 {
    let cookies = browser.cookies();
    let packed = format!(
        "POST\nhttp://localhost:8787/home/transfer\n{cookies}\n*/*\n{site}\n\n\n{origin}\n\n\n\n\n\n\n\n\n{token}\n"
    );
    match memory.pass_gate(&packed) {
        Decision::Forward { request, .. } => {
            assert!(!request.iter().any(|(name, _)| name.contains("csrf")));
            200
        }
        Decision::Refuse { status, .. } => status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_is_asked_for_where_neither_fetch_metadata_nor_origin_is_there_and_overrules_neither() {
    let memory = memory();
    let (browser, token) = customer(&memory);
    let (_, other) = customer(&memory);
    assert_eq!(sent(&memory, &browser, ("", "", &token)), 200);
    assert_eq!(sent(&memory, &browser, ("", "", &token)), 200, "again, by what the gate remembers");
    let one_off = format!("{}{}", &token[..token.len() - 1], if token.ends_with('A') { 'B' } else { 'A' });
    let cut = &token[..token.len() - 2];
    for wrong in ["", "x", &other, &one_off, cut, &token.repeat(2), &"A".repeat(4_096)] {
        assert_eq!(sent(&memory, &browser, ("", "", wrong)), 403, "{wrong}");
    }
    let foreign = [("cross-site", ""), ("same-site", ""), ("none", ""), ("", "null"), ("", "https://evil.example")];
    for (site, origin) in foreign {
        assert_eq!(sent(&memory, &browser, (site, origin, &token)), 403, "{site} {origin}");
    }
    assert_eq!(sent(&memory, &browser, ("cross-site", "http://localhost:8787", &token)), 403);
}

#[test]
fn our_own_routes_take_it_as_well_and_a_new_session_id_has_another() {
    let memory = memory();
    let (mut browser, token) = customer(&memory);
    let (_, other) = customer(&memory);
    let mut extend = |token: &str, origin: Option<&str>| {
        let mut request = browser.request(Method::POST, "/.sekisho/session/extend", b"{}".to_vec());
        request.headers_mut().remove("sec-fetch-site");
        request.headers_mut().insert("sekisho-csrf", token.parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        browser.send(&memory, request).code().to_owned()
    };
    assert_eq!(extend(&token, None), "");
    assert_eq!(extend(&other, None), "cross_site");
    assert_eq!(extend("", None), "cross_site");
    assert_eq!(extend(&token, Some("https://evil.example")), "cross_site");
    let again = customer(&memory).1;
    assert_ne!(again, token);
}

#[test]
fn it_stays_good_through_a_rotation_of_keys_and_not_through_two() {
    use crate::memory::testing::keyed_house;
    let [one, two, three] = ["A", "E", "I"].map(|letter| letter.repeat(43));
    let first = keyed_house(&format!("1:{one}"));
    let memory = Memory::new(first, crate::memory::testing::START, 1);
    let (browser, token) = customer(&memory);
    let cookie = super::Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap();
    assert!(cookie.has_csrf(&token, &keyed_house(&format!("2:{two},1:{one}")).keys));
    assert!(!cookie.has_csrf(&token, &keyed_house(&format!("3:{three},2:{two},1:{one}")).keys));
    assert!(!cookie.has_csrf(&token, &keyed_house(&format!("1:{two}")).keys));
}
