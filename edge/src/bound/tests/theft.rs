use super::*;
use crate::account::Command;
use crate::gate::Course;

fn fetch(browser: &Browser, path: &str) -> String {
    browser.packed(path).replace("text/html\nsame-origin\nnavigate\ndocument", "*/*\nsame-origin\ncors\nempty")
}

#[test]
fn the_session_cookie_alone_is_refused_at_once_and_everywhere() {
    let memory = secure();
    let (browser, _, _) = bound(&memory);
    let mut thief = Browser { bound: None, ..browser.clone() };
    assert!(leads_to_login(&page(&mut thief, &memory, "/home")), "inside the lease");
    let Decision::Refuse { status, body, .. } = memory.pass_gate(&fetch(&thief, "/home")) else { panic!() };
    assert!(status == 401 && body.contains("no_session"));
    for path in ["/.sekisho/session", "/.sekisho/me", "/.sekisho/sessions", "/.sekisho/history", "/.sekisho/passkeys"] {
        assert_eq!(thief.get(&memory, path).code(), "no_session", "{path}");
    }
    assert_eq!(thief.post(&memory, "/.sekisho/sessions/end", &json!({})).code(), "no_session");
    assert_eq!(thief.post(&memory, "/.sekisho/passkey/step-up/begin", &json!({})).code(), "no_session");
    // A public page is a visit of nobody's.
    let Decision::Forward { response, .. } = memory.pass_gate(&thief.packed("/security")) else { panic!() };
    assert!(!response.iter().any(|(name, _)| name == "sekisho-session"));
}

#[test]
fn a_page_that_another_site_opened_is_opened_again_once() {
    let memory = secure();
    let (browser, _, _) = bound(&memory);
    let away = Browser { bound: None, ..browser.clone() };
    for site in ["cross-site", "same-site"] {
        let packed = |browser: &Browser| browser.packed("/home?a=\"><b").replace("same-origin", site);
        let Decision::Refuse { status, headers, body } = memory.pass_gate(&packed(&away)) else { panic!() };
        assert!(status == 401 && body.contains("content=\"0;url=/home?a=&quot;&gt;&lt;b\""), "{body}");
        assert!(headers.iter().any(|(name, _)| name == "content-security-policy"));
        assert!(passes(&memory.pass_gate(&packed(&browser))), "with the cookie there is no need");
        let nobody = memory.pass_gate(&packed(&Browser::default()));
        assert!(matches!(nobody, Decision::Refuse { status: 303, .. }), "nor where no session is bound");
        let fetched = memory.pass_gate(&fetch(&away, "/home").replace("same-origin", site));
        assert!(matches!(fetched, Decision::Refuse { status: 401, body, .. } if body.contains("no_session")));
    }
}

#[test]
fn both_cookies_are_good_until_the_bound_one_ends_and_no_key_no_more() {
    let memory = secure();
    let (mut browser, _, mut binding) = bound(&memory);
    memory.pass(LEASE);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    let mut thief = browser.clone();
    memory.pass(cookie::LIFE - LEASE - Duration::from_millis(1));
    assert!(passes(&page(&mut thief, &memory, "/home")), "the copy of both is as good as they are");
    memory.pass(Duration::from_millis(1));
    assert!(leads_to_login(&page(&mut thief, &memory, "/home")));
    assert_eq!(thief.get(&memory, "/.sekisho/me").code(), "no_session");
    assert_eq!(binding.ask(&mut thief, &memory).status, 403);
    let guess = challenge(&binding.ask(&mut thief, &memory)).unwrap();
    assert_eq!(binding.show(&mut thief, &memory, proof(&key(), &guess, false)).status, 400);
    assert_eq!(binding.refresh(&mut browser, &memory).status, 200);
    assert!(passes(&page(&mut browser, &memory, "/home")), "the owner goes on");
    assert!(leads_to_login(&page(&mut thief, &memory, "/home")), "and the thief does not");
}

#[test]
fn a_bound_cookie_of_an_id_that_went_on_ends_nothing_and_one_that_counts_is_written_once() {
    use crate::account::Reply;
    use crate::host::{Accounts as _, Store as _};
    let memory = secure();
    let (mut browser, _, _) = bound(&memory);
    let touch = |cookies: &str| {
        let cookie = Cookie::brought(cookies, &memory.house.keys).unwrap();
        let command = Command::Touch { session: cookie.key(), background: true, shown: true };
        pollster::block_on(memory.account(cookie.account, command)).unwrap()
    };
    let old = browser.cookies();
    let body = json!({ "current": PASSWORD, "password": "Hoshi-43-kawa#Q" });
    assert_eq!(browser.post(&memory, "/.sekisho/password/change", &body).status, 200);
    assert!(matches!(touch(&old), Reply::Gone(Standing::Unknown)), "a poll that came late");
    let written = || {
        let mut written = 0;
        memory.each_account_store(|store| {
            let rows = store.transaction(|sql| sql.run("SELECT total_changes()", &[])).unwrap();
            written += rows[0].integer(0).unwrap();
        });
        written
    };
    assert!(matches!(touch(&browser.cookies()), Reply::Session(_)), "the session goes on");
    let before = written();
    assert!(matches!(touch(&browser.cookies()), Reply::Session(_)));
    assert_eq!(written(), before, "nothing more is written");
}

#[test]
fn a_binding_that_comes_while_the_session_goes_on_ends_not_what_it_goes_on_as() {
    use crate::account::Reply;
    use crate::host::Accounts as _;
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    // The change is under way with the cookie from before the registration.
    let mut under_way = browser.clone();
    register(&mut browser, &memory, &login);
    let body = json!({ "current": PASSWORD, "password": "Hoshi-43-kawa#Q" });
    assert_eq!(under_way.post(&memory, "/.sekisho/password/change", &body).status, 200);
    let touch = |cookies: &str, shown| {
        let cookie = Cookie::brought(cookies, &memory.house.keys).unwrap();
        let command = Command::Touch { session: cookie.key(), background: true, shown };
        pollster::block_on(memory.account(cookie.account, command)).unwrap()
    };
    assert!(matches!(touch(&browser.cookies(), true), Reply::Gone(Standing::Unknown)));
    assert!(matches!(touch(&under_way.cookies(), false), Reply::Session(_)), "the session goes on");
}

#[test]
fn a_cookie_from_before_the_binding_ends_with_its_lease() {
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let mut thief = browser.clone();
    register(&mut browser, &memory, &login);
    assert!(passes(&page(&mut thief, &memory, "/home")), "the edge believes it for its lease");
    memory.pass(LEASE);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    assert!(leads_to_login(&page(&mut thief, &memory, "/home")));
    assert_eq!(thief.get(&memory, "/.sekisho/me").code(), "no_session", "our own routes ask too");
    assert_eq!(thief.get(&memory, "/.sekisho/session").code(), "no_session");
    memory.cut_off(true);
    assert_eq!(thief.get(&memory, "/.sekisho/me").status, 503, "nobody guesses");
}

#[test]
fn a_bound_cookie_is_good_for_its_own_binding_and_as_we_made_it() {
    let memory = secure();
    let (browser, _, _) = bound(&memory);
    let (other, _, _) = bound(&memory);
    let mut mixed = Browser { bound: other.bound, ..browser.clone() };
    assert!(leads_to_login(&page(&mut mixed, &memory, "/home")));
    assert!(passes(&page(&mut browser.clone(), &memory, "/home")));
    let sound = browser.bound.clone().unwrap();
    let name = cookie::NAME.len() + 1;
    for at in name..sound.len() {
        let mut bytes = sound.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let mut bent = Browser { bound: String::from_utf8(bytes).ok(), ..browser.clone() };
        assert!(leads_to_login(&page(&mut bent, &memory, "/home")), "character {at}");
    }
    for odd in
        [format!("{sound}; {sound}"), format!("{}=", cookie::NAME), format!("{sound}A"), sound[..name + 40].to_owned()]
    {
        let mut bent = Browser { bound: Some(odd.clone()), ..browser.clone() };
        assert!(leads_to_login(&page(&mut bent, &memory, "/home")), "{odd}");
    }
}

#[test]
fn a_stream_ends_with_the_bound_cookie_and_may_be_opened_anew() {
    let memory = secure();
    let (mut browser, _, mut binding) = bound(&memory);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    let packed = browser.packed("/quotes");
    let goes_on = || pollster::block_on(memory.house.stream_goes_on(&memory, &packed, memory.now()));
    assert_eq!(memory.house.stream_lease(&packed, memory.now()), LEASE);
    memory.pass(Duration::from_secs(270));
    assert_eq!(goes_on().unwrap(), Course::On(Duration::from_secs(30)), "no longer than the cookie");
    memory.pass(Duration::from_secs(30));
    let calls = memory.calls();
    assert_eq!(goes_on().unwrap(), Course::Again, "no fault of anybody's");
    assert_eq!(memory.calls(), calls, "nobody is told of a cookie that is over");
    assert_eq!(binding.refresh(&mut browser, &memory).status, 200);
    let packed = browser.packed("/quotes");
    assert!(passes(&memory.pass_gate(&packed)));
    browser.post(&memory, "/.sekisho/logout", &json!({}));
    let ended = pollster::block_on(memory.house.stream_goes_on(&memory, &packed, memory.now()));
    assert_eq!(ended.unwrap(), Course::Over, "a session that has ended is another matter");
}

#[test]
fn a_stream_from_before_the_binding_is_opened_anew_as_well() {
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let packed = browser.packed("/quotes");
    register(&mut browser, &memory, &login);
    memory.pass(LEASE);
    assert!(passes(&page(&mut browser, &memory, "/home")));
    let asked = pollster::block_on(memory.house.stream_goes_on(&memory, &packed, memory.now()));
    assert_eq!(asked.unwrap(), Course::Again);
}

#[test]
fn a_form_of_a_session_that_is_not_shown_does_not_wait() {
    let memory = secure();
    let (browser, _, _) = bound(&memory);
    let thief = Browser { bound: None, ..browser };
    let packed = thief.packed("/withdraw").replacen("GET", "POST", 1) + "application/x-www-form-urlencoded";
    let Decision::Refuse { status, .. } = memory.pass_gate(&packed) else { panic!() };
    assert_eq!(status, 401);
    let (_, _, _) = bound(&memory);
    let mut rng = rand_core::SeedableRng::seed_from_u64(1);
    let sent = pollster::block_on(memory.house.park::<_, chacha20::ChaCha20Rng>(
        &memory,
        memory.now(),
        &mut rng,
        &packed,
        b"amount=1",
    ));
    let Decision::Refuse { status, .. } = sent.decision else { panic!() };
    assert_eq!(status, 401);
}

#[test]
fn where_it_is_turned_off_what_was_bound_passes_without() {
    let memory = secure();
    let (browser, _, _) = bound(&memory);
    let thief = Browser { bound: None, ..browser };
    let off = house_with(|config| config.replace("bound = \"offer\"", "bound = \"off\""));
    let packed = thief.packed("/home");
    assert!(memory.house.session_of(&Packed::read(&packed), memory.now()).is_none());
    assert!(off.session_of(&Packed::read(&packed), memory.now()).is_some());
}

#[test]
fn a_bound_session_is_not_carried_on_unbound_at_another_of_the_sites_origins() {
    let memory = Memory::new(
        house_with(|config| {
            let config = config.replace("\"http://localhost:8787\"", "\"https://localhost:8787\"");
            config.replacen("[site]\n", "[site]\nentrances = [\"https://alt.localhost:8787\"]\n", 1)
        }),
        START,
        1,
    );
    let leave = |browser: &Browser| {
        let path = format!("/.sekisho/cross/leave?to=1&for={}", "A".repeat(43));
        let mut request = browser.request(Method::GET, &path, Vec::new());
        *request.uri_mut() = format!("https://localhost:8787{path}").parse().unwrap();
        request.headers_mut().insert("sec-fetch-mode", "navigate".parse().unwrap());
        request.headers_mut().insert("sec-fetch-dest", "document".parse().unwrap());
        let answer = browser.clone().send(&memory, request);
        header(&answer, "location").to_owned()
    };
    let (mut browser, _, login) = logged_in(&memory);
    let carried = leave(&browser);
    assert!(carried.starts_with("https://alt.localhost:8787/.sekisho/cross/arrive?return=/home&code="), "{carried}");
    let before = browser.clone();
    register(&mut browser, &memory, &login);
    for copy in [&browser, &before, &Browser { bound: None, ..browser.clone() }] {
        let turned_away = leave(copy);
        // The cookie from before it was bound gets a code, which the account takes no more.
        let lost = turned_away.contains("code=") && copy.bound.is_none() && copy.cookie == before.cookie;
        assert!(
            lost || turned_away == "https://alt.localhost:8787/.sekisho/cross/arrive?return=/home",
            "{turned_away}"
        );
    }
    assert!(passes(&page(&mut browser, &memory, "/home")), "the account hears that its browser knows");
    memory.pass(LEASE);
    assert_eq!(leave(&before), "https://alt.localhost:8787/.sekisho/cross/arrive?return=/home");
}

#[test]
fn a_copy_from_before_the_binding_that_comes_first_gains_nothing_that_lasts() {
    use crate::account::Reply;
    use crate::gate::session_key;
    use crate::host::Accounts as _;
    let memory = secure();
    let (mut browser, _, login) = logged_in(&memory);
    let mut thief = browser.clone();
    let cookie = Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap();
    let tell = |command| pollster::block_on(memory.account(cookie.account, command)).unwrap();
    let cross = |code: u8| Command::Cross {
        session: cookie.key(),
        entrance: 1,
        code: [code; 32],
        until: memory.now() + Duration::from_secs(30),
    };
    let Reply::SignedIn(carried) = tell(cross(1)) else { panic!("nothing is bound yet") };
    register(&mut browser, &memory, &login);
    assert!(matches!(tell(cross(2)), Reply::Gone(_)), "a key is registered, whether its browser has shown it or not");
    let proof = signed("dpop+jwt", &key(), "exchange", true);
    let visit = crate::account::Visit::default();
    let possessed = tell(Command::Possess { session: cookie.key(), proof, visit });
    let refused = matches!(possessed, Reply::Refused { refusal: Refusal::InsufficientAuthentication, .. });
    assert!(refused, "{possessed:?}");
    memory.pass(LEASE);
    assert!(passes(&page(&mut thief, &memory, "/home")), "it is renewed as long as the owner does nothing");
    assert!(passes(&page(&mut browser, &memory, "/home")), "whose next request shows the binding");
    let touch = |id: &[u8; 32]| Command::Touch { session: session_key(id), background: true, shown: false };
    assert!(matches!(tell(touch(&carried.id)), Reply::Gone(_)), "what was carried on before has ended with that");
    memory.pass(LEASE);
    assert!(leads_to_login(&page(&mut thief, &memory, "/home")));
    assert!(passes(&page(&mut browser, &memory, "/home")));
}

#[test]
fn the_browsers_next_request_shows_the_binding() {
    for path in ["/home", "/.sekisho/sessions"] {
        let memory = secure();
        let (mut browser, _, _) = bound(&memory);
        match path {
            "/home" => assert!(passes(&page(&mut browser, &memory, path))),
            _ => assert_eq!(browser.get(&memory, path).status, 200),
        }
        assert_eq!(browser.get(&memory, "/.sekisho/sessions").json["sessions"][0]["bound"], true, "{path}");
    }
}

#[test]
fn a_key_registered_while_our_own_change_makes_nobody_look_moved() {
    use crate::memory::testing::keyed_house_with;
    use crate::risk::Platform;
    let https = |config: String| config.replace("\"http://localhost:8787\"", "\"https://localhost:8787\"");
    let ring = |fill: &str| fill.repeat(43);
    let mut memory = secure();
    let mut browser = Browser { platform: Platform::read(r#"{"asn":2516,"country":"JP"}"#), ..Browser::default() };
    let number = browser.open(&memory);
    let login = browser.login(&memory, &number, PASSWORD);
    memory.house = keyed_house_with(https, &format!("2:{},1:{}", ring("Q"), ring("A")));
    register(&mut browser, &memory, &login);
    let seen = |network: &str, agent: &str| {
        let packed = format!("{}\n\n\n\n\n\n\n{network}", browser.packed("/home"));
        let mut lines: Vec<&str> = packed.split('\n').collect();
        lines[10] = agent;
        memory.pass_gate(&lines.join("\n"))
    };
    let [own, other] = ["Mozilla/5.0 (Windows NT 10.0) Chrome/150.0.0.0 Safari/537.36", "Firefox/145.0"];
    assert!(passes(&seen("2516 JP", own)));
    assert!(!passes(&seen("64500 NL", other)), "and who is elsewhere is told from that");
    assert!(passes(&seen("2516 JP", own)));
}
