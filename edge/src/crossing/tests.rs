use crate::House;
use crate::gate::Decision;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, built, seal_key};
use http::{Method, Response};
use serde_json::json;
use std::time::Duration;

mod again;
mod device;
mod moved;
mod rotation;

const MAIN: &str = "http://main.localhost:8787";
const ALT: &str = "http://alt.localhost:8787";
const FX: &str = "http://fx.localhost:8787";

/// A site of three origins under one relying party.
fn edge() -> Memory {
    Memory::new(marking(&format!("1:{}", "A".repeat(43))), START, 1)
}

/// Its house with these keys to mark with.
fn marking(keys: &str) -> House {
    let change = |config: String| {
        let config = config.replace("http://localhost:8787", MAIN);
        config.replacen("[site]\n", &format!("[site]\nentrances = [\"{ALT}\", \"{FX}\"]\n"), 1)
    };
    built(change, keys, &seal_key(1))
}

/// One real browser: its cookies by origin, since none of ours is sent to another.
#[derive(Clone, Default)]
struct Window {
    jar: Vec<(String, String, String)>,
    /// What it says of who leads it.
    by: Option<&'static str>,
}

impl Window {
    fn cookie(&self, site: &str, name: &str) -> Option<String> {
        self.jar.iter().find(|(at, known, _)| at == site && known == name).map(|(_, _, value)| value.clone())
    }

    fn cookies(&self, site: &str) -> String {
        let own = self.jar.iter().filter(|(at, _, _)| at == site);
        own.map(|(_, name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Opens an address of ours; the answer, its cookies kept.
    fn open(&mut self, memory: &Memory, url: &str) -> Response<Vec<u8>> {
        let (site, _) = split(url);
        let request = http::Request::builder()
            .method(Method::GET)
            .uri(url)
            .header("sec-fetch-site", self.by.unwrap_or("same-site"))
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("cookie", self.cookies(&site))
            .body(Vec::new());
        let response = memory.answer(request.unwrap());
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            assert!(line.contains("; Path=/; Secure; HttpOnly; SameSite=Lax") && !line.contains("Domain"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.jar.retain(|(at, known, _)| *at != site || known != name);
            if !line.contains("Max-Age=0") {
                self.jar.push((site.clone(), name.to_owned(), value.to_owned()));
            }
        }
        response
    }

    /// As [`Window::open`], and on to where it leads, as long as that is an address of ours; all addresses.
    fn follow(&mut self, memory: &Memory, url: &str) -> Vec<String> {
        let mut way = vec![url.to_owned()];
        while way.last().unwrap().contains("/.sekisho/") {
            let response = self.open(memory, way.last().unwrap());
            assert_eq!(response.status(), 303, "{way:?}");
            let location = response.headers()["location"].to_str().unwrap();
            let next = if location.starts_with('/') {
                format!("{}{location}", split(way.last().unwrap()).0)
            } else {
                location.to_owned()
            };
            way.push(next);
            assert!(way.len() < 6, "{way:?}");
        }
        way
    }

    /// The browser at one origin, for everything else.
    fn at(&self, site: &'static str) -> Browser {
        Browser { cookie: self.cookie(site, "__Host-sekisho"), site: Some(site), ..Browser::default() }
    }
}

fn split(url: &str) -> (String, String) {
    let end = url.find("://").unwrap() + 3;
    let path = url[end..].find('/').map_or(url.len(), |at| at + end);
    (url[..path].to_owned(), url[path..].to_owned())
}

/// A customer at the first origin.
fn customer(memory: &Memory) -> (Window, String) {
    let mut browser = Browser { site: Some(MAIN), ..Browser::default() };
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    let mut window = Window::default();
    window.jar.push((MAIN.into(), "__Host-sekisho".into(), browser.cookie.unwrap()));
    let device = browser.device.unwrap();
    let (name, value) = device.split_once('=').unwrap();
    window.jar.push((MAIN.into(), name.into(), value.into()));
    (window, number)
}

#[test]
fn a_session_goes_on_at_another_origin_under_a_cookie_of_its_own_and_ends_with_it() {
    let memory = edge();
    let (mut window, _) = customer(&memory);
    // The gate itself leads there, once.
    let Decision::Refuse { status: 303, headers, .. } = memory.pass_gate(&window.at(ALT).packed("/home?tab=1&x=/"))
    else {
        panic!()
    };
    let location = &headers.iter().find(|(name, _)| name == "location").unwrap().1;
    assert_eq!(location, "/.sekisho/cross?return=/home%3Ftab%3D1%26x%3D/");
    let way = window.follow(&memory, &format!("{ALT}{location}"));
    assert_eq!(way.last().unwrap(), &format!("{ALT}/home?tab=1&x=/"));
    assert_eq!(way.len(), 4, "{way:?}");
    assert!(window.cookie(ALT, "__Host-sekisho-cross").is_none(), "the secret is spent");
    let (main, alt) = (window.cookie(MAIN, "__Host-sekisho"), window.cookie(ALT, "__Host-sekisho"));
    assert!(main.is_some() && alt.is_some() && main != alt);
    let Decision::Forward { request, .. } = memory.pass_gate(&window.at(ALT).packed("/home")) else { panic!() };
    assert!(request.contains(&("x-forwarded-host".into(), "alt.localhost:8787".into())));
    let Decision::Forward { request, .. } = memory.pass_gate(&window.at(MAIN).packed("/home")) else { panic!() };
    assert!(request.contains(&("x-forwarded-host".into(), "main.localhost:8787".into())));
    // One session: one line in the list, one deadline.
    let list = window.at(ALT).get(&memory, "/.sekisho/sessions").json["sessions"].clone();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["current"]), (1, &json!(true)), "{list}");
    memory.pass(Duration::from_secs(176 * 60));
    assert_eq!(window.at(ALT).post(&memory, "/.sekisho/session/extend", &json!({})).json["remaining_ms"], 10_800_000);
    for site in [MAIN, ALT] {
        assert_eq!(window.at(site).get(&memory, "/.sekisho/session").json["remaining_ms"], 10_800_000, "{site}");
    }
    assert_eq!(window.at(MAIN).post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    assert_eq!(window.at(ALT).get(&memory, "/.sekisho/session").code(), "no_session");
    // Its cookie is still there, and where there is no session at all the way ends at the login.
    memory.pass(Duration::from_secs(61));
    let location = led(&memory, &window, ALT);
    assert_eq!(location, "/.sekisho/cross?return=/home");
    let way = window.follow(&memory, &format!("{ALT}{location}"));
    assert_eq!(way.last().unwrap(), &format!("{ALT}/login?return=/home"));
}

/// Where the gate leads who opens the home page.
fn led(memory: &Memory, window: &Window, site: &'static str) -> String {
    let Decision::Refuse { status: 303, headers, .. } = memory.pass_gate(&window.at(site).packed("/home")) else {
        panic!()
    };
    headers.iter().find(|(name, _)| name == "location").unwrap().1.clone()
}

#[test]
fn a_cookie_is_nobodys_at_another_origin_not_even_one_that_is_remembered() {
    let memory = edge();
    let (window, _) = customer(&memory);
    let here = window.at(MAIN);
    memory.pass_gate(&here.packed("/home"));
    assert!(matches!(memory.pass_gate(&here.packed("/home")), Decision::Forward { .. }));
    for site in [ALT, FX] {
        let mut copied = Browser { site: Some(site), ..here.clone() };
        assert!(matches!(memory.pass_gate(&copied.packed("/home")), Decision::Refuse { status: 303, .. }), "{site}");
        assert_eq!(copied.get(&memory, "/.sekisho/session").code(), "no_session", "{site}");
    }
}

#[test]
fn a_code_is_good_once_for_thirty_seconds_at_one_origin_in_the_browser_that_began() {
    let memory = edge();
    let (mut window, _) = customer(&memory);
    let begun = window.open(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
    let leave = begun.headers()["location"].to_str().unwrap().to_owned();
    assert!(leave.starts_with(&format!("{MAIN}/.sekisho/cross/leave?to=1&for=")), "{leave}");
    let arrive = || {
        let left = window.clone().open(&memory, &leave);
        left.headers()["location"].to_str().unwrap().to_owned()
    };
    let first = arrive();
    assert!(first.starts_with(&format!("{ALT}/.sekisho/cross/arrive?return=/home&code=")), "{first}");
    let tried = |window: &Window, url: &str| {
        let mut window = window.clone();
        let response = window.open(&memory, url);
        assert_eq!(response.status(), 303);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let (site, _) = split(url);
        (location, window.cookie(&site, "__Host-sekisho").is_some())
    };
    let refused = ("/login?return=/home".to_owned(), false);
    // Planted at a victim, who has no secret, or one of a crossing of their own.
    let mut victim = Window::default();
    assert_eq!(tried(&victim, &first), ("/login?return=/home".into(), false));
    victim.open(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
    assert_eq!(tried(&victim, &first), refused);
    // At another origin, although with a secret of this one's there.
    let mut elsewhere = window.clone();
    let secret = window.cookie(ALT, "__Host-sekisho-cross").unwrap();
    elsewhere.jar.push((FX.into(), "__Host-sekisho-cross".into(), secret));
    assert_eq!(tried(&elsewhere, &first.replace(ALT, FX)), refused);
    // Bent anywhere, cut, or none.
    let code = first.split("code=").nth(1).unwrap();
    for at in 0..code.len() {
        let mut bent = code.to_owned().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        let bent = String::from_utf8(bent).unwrap();
        assert_eq!(tried(&window, &format!("{ALT}/.sekisho/cross/arrive?code={bent}")), refused, "character {at}");
    }
    for none in ["", "?code=", "?code=%00", "?x=1"] {
        assert_eq!(tried(&window, &format!("{ALT}/.sekisho/cross/arrive{none}")), refused, "{none}");
    }
    // To the millisecond.
    memory.pass(Duration::from_millis(29_999));
    let late = arrive();
    assert_eq!(tried(&window, &first), ("/home".into(), true));
    assert_eq!(tried(&window, &first), refused, "a replay finds nothing");
    memory.pass(Duration::from_secs(30));
    assert_eq!(tried(&window, &late), refused);
}

#[test]
fn without_a_session_or_with_one_that_ended_on_the_way_the_login_is_next() {
    let memory = edge();
    let mut stranger = Window::default();
    let way = stranger.follow(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
    assert_eq!(way.last().unwrap(), &format!("{ALT}/login?return=/home"));
    let (mut window, _) = customer(&memory);
    let begun = window.open(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
    let left = window.open(&memory, begun.headers()["location"].to_str().unwrap());
    assert_eq!(window.at(MAIN).post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    let arrived = window.open(&memory, left.headers()["location"].to_str().unwrap());
    assert_eq!(arrived.headers()["location"], "/login?return=/home");
    assert!(window.cookie(ALT, "__Host-sekisho").is_none());
}

#[test]
fn who_comes_from_another_site_is_carried_nowhere() {
    let memory = edge();
    let (mut window, _) = customer(&memory);
    let Decision::Refuse { headers, .. } =
        memory.pass_gate(&window.at(ALT).packed("/home").replace("\nsame-origin\n", "\ncross-site\n"))
    else {
        panic!()
    };
    assert!(headers.contains(&("location".into(), "/login?return=/home".into())), "{headers:?}");
    let leave = window.open(&memory, &format!("{ALT}/.sekisho/cross"));
    let leave = leave.headers()["location"].to_str().unwrap().to_owned();
    let arrive = window.open(&memory, &leave).headers()["location"].to_str().unwrap().to_owned();
    for by in ["cross-site", ""] {
        window.by = Some(by);
        assert_eq!(window.open(&memory, &format!("{ALT}/.sekisho/cross")).headers()["location"], "/login?return=/home");
        assert_eq!(window.open(&memory, &leave).status(), 403);
        assert_eq!(window.clone().open(&memory, &arrive).headers()["location"], "/login?return=/home", "{by}");
        assert!(window.cookie(ALT, "__Host-sekisho").is_none());
    }
}

#[test]
fn no_parameter_leads_away_from_the_site() {
    let memory = edge();
    let (window, _) = customer(&memory);
    for odd in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "https:%2f%2fevil.example",
        "/.sekisho/cross",
        "javascript:alert(1)",
        "/a/../../b",
        "",
    ] {
        let way = window.clone().follow(&memory, &format!("{ALT}/.sekisho/cross?return={odd}"));
        assert_eq!(way.last().unwrap(), &format!("{ALT}/home"), "{odd}");
    }
    for odd in ["https://evil.example", "http://alt.localhost:8787.evil.example", "1", "null"] {
        let response = window.clone().open(&memory, &format!("{FX}/.sekisho/cross?from={odd}"));
        assert_eq!(response.status(), 400, "{odd}");
    }
    let digest = "A".repeat(43);
    for odd in ["to=3", "to=-1", "to=1%0d", "to=", "", "to=256"] {
        let response = window.clone().open(&memory, &format!("{MAIN}/.sekisho/cross/leave?{odd}&for={digest}"));
        assert_eq!(response.status(), 400, "{odd}");
    }
    let good = window.clone().open(&memory, &format!("{MAIN}/.sekisho/cross/leave?to=2&for={digest}"));
    assert!(good.headers()["location"].to_str().unwrap().starts_with(FX));
    assert_eq!(
        window.clone().open(&memory, &format!("{MAIN}/.sekisho/cross/leave?to=2&for={}", &digest[1..])).status(),
        400
    );
}

#[test]
fn a_session_that_began_at_an_entrance_is_carried_to_any_other_that_asks_there() {
    let memory = edge();
    let (window, number) = customer(&memory);
    let mut browser = Browser { site: Some(ALT), ..Browser::default() };
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    let mut other = Window::default();
    other.jar.push((ALT.into(), "__Host-sekisho".into(), browser.cookie.clone().unwrap()));
    let from = "http:%2f%2falt.localhost:8787";
    for site in [MAIN, FX] {
        let way = other.follow(&memory, &format!("{site}/.sekisho/cross?from={from}&return=/home"));
        assert_eq!(way.last().unwrap(), &format!("{site}/home"));
    }
    assert_eq!(other.at(FX).get(&memory, "/.sekisho/sessions").json["sessions"].as_array().unwrap().len(), 2);
    // Each time anew, and never more than one id an origin.
    for _ in 0..3 {
        other.jar.retain(|(site, _, _)| site != FX);
        other.follow(&memory, &format!("{FX}/.sekisho/cross?from={from}"));
    }
    memory.each_account_store(|store| {
        use crate::host::Store as _;
        let count = |sql: &dyn crate::host::Sql| sql.run("SELECT COUNT(*) FROM session WHERE ended IS NULL", &[]);
        let rows = store.transaction::<_, crate::host::StoreFault>(count);
        // A store without tables is a decoy's.
        if let Ok(rows) = rows {
            assert!([0, 4].contains(&rows[0].integer(0).unwrap()));
        }
    });
    assert!(matches!(memory.pass_gate(&window.at(MAIN).packed("/home")), Decision::Forward { .. }));
    // All others end, at every origin, and whatever else goes on from the same login; where the one that asks led, it leads anew.
    assert_eq!(other.at(FX).post(&memory, "/.sekisho/sessions/end", &json!({})).status, 200);
    assert_eq!(window.at(MAIN).get(&memory, "/.sekisho/session").code(), "no_session");
    for (site, code) in [(MAIN, "no_session"), (ALT, "no_session"), (FX, "")] {
        assert_eq!(other.at(site).get(&memory, "/.sekisho/session").code(), code, "{site}");
    }
    other.jar.retain(|(site, name, _)| site == FX || name != "__Host-sekisho");
    other.follow(&memory, &format!("{ALT}/.sekisho/cross?from={FX}&return=/home"));
    assert_eq!(other.at(ALT).get(&memory, "/.sekisho/session").status, 200);
}

#[test]
fn pages_of_an_origin_are_its_own_and_no_other_ones() {
    let memory = edge();
    let (window, _) = customer(&memory);
    for (origin, wanted) in [(MAIN, 200), (ALT, 403), ("http://evil.example", 403), ("", 403)] {
        let mut browser = window.at(MAIN);
        let mut request = browser.request(Method::POST, "/.sekisho/session/extend", b"{}".to_vec());
        request.headers_mut().remove("sec-fetch-site");
        request.headers_mut().insert("origin", origin.parse().unwrap());
        assert_eq!(browser.send(&memory, request).status, wanted, "{origin}");
    }
    let site = Browser { site: Some(ALT), ..Browser::default() }.get(&memory, "/.sekisho/site").json;
    assert_eq!((&site["origin"], &site["broker"]["domain"]), (&json!(ALT), &json!("alt.localhost")));
    assert_eq!(memory.house.relying_party().origins, [MAIN, ALT, FX]);
}
