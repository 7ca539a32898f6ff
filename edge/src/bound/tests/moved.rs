use super::*;
use crate::account::Command;
use crate::gate::Course;
use crate::risk::{Judgement, Platform, Reason};

const WINDOWS: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const UPDATED: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";
const PHONE: &str =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";
const DESKTOP_MODE: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
const HOME: &str = r#"{"address":"203.0.113.7","asn":2516,"country":"JP"}"#;
const HOME_IPV6: &str = r#"{"address":"2001:db8::7","asn":2516,"country":"JP"}"#;
const MOBILE: &str = r#"{"address":"198.51.100.7","asn":9605,"country":"JP"}"#;
const ABROAD: &str = r#"{"address":"192.0.2.7","asn":64500,"country":"NL"}"#;

fn at(browser: &Browser, platform: &str, agent: &'static str) -> Browser {
    Browser { platform: Platform::read(platform), agent: Some(agent), ..browser.clone() }
}

/// A page request with all that the shim packs.
fn packed(browser: &Browser, path: &str) -> String {
    let text = browser.packed(path);
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines[10] = browser.agent.unwrap();
    let network = match (&browser.platform.asn, &browser.platform.country) {
        (Some(asn), Some(country)) => format!("{asn} {country}"),
        _ => String::new(),
    };
    format!("{}\n\n\n\n\n\n\n{network}", lines.join("\n"))
}

fn go(browser: &mut Browser, memory: &Memory, path: &str) -> Decision {
    let decision = memory.pass_gate(&packed(browser, path));
    if let Decision::Forward { response, .. } = &decision {
        let value =
            response.iter().find_map(|(name, line)| (name == "+set-cookie").then(|| line.split(['=', ';']).nth(1)));
        browser.cookie = value.flatten().map(str::to_owned).or(browser.cookie.take());
    }
    decision
}

fn is_asked(decision: &Decision) -> bool {
    let Decision::Refuse { status: 303, headers, .. } = decision else { return false };
    headers.contains(&("location".into(), "/confirm?return=/home".into()))
}

/// A login from home on Windows.
fn at_home(memory: &Memory) -> Browser {
    let mut browser = at(&Browser::default(), HOME, WINDOWS);
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    // The second time the edge knows the cookie.
    for _ in 0..2 {
        assert!(passes(&go(&mut browser, memory, "/home")));
    }
    browser
}

#[test]
fn another_client_elsewhere_is_asked_at_once_and_everywhere() {
    let memory = memory();
    let owner = at_home(&memory);
    let mut thief = at(&owner, ABROAD, FIREFOX);
    assert!(is_asked(&go(&mut thief, &memory, "/home")), "inside the lease");
    let fetched =
        packed(&thief, "/home").replace("text/html\nsame-origin\nnavigate\ndocument", "*/*\nsame-origin\ncors\nempty");
    let Decision::Refuse { status: 401, headers, body } = memory.pass_gate(&fetched) else { panic!() };
    let challenge = "Sekisho error=\"insufficient_user_authentication\", max_age=\"0\"";
    assert!(headers.contains(&("www-authenticate".into(), challenge.into())), "{headers:?}");
    assert!(body.contains("insufficient_user_authentication"));
    for path in ["/.sekisho/session", "/.sekisho/me", "/.sekisho/sessions", "/.sekisho/history", "/.sekisho/passkeys"] {
        assert_eq!(thief.get(&memory, path).code(), "insufficient_user_authentication", "{path}");
    }
    assert_eq!(
        thief.post(&memory, "/.sekisho/password/change", &json!({ "password": "x" })).code(),
        "insufficient_user_authentication"
    );
    // A public page is a visit of nobody's; the page where it is proved is the customer's, and teaches the edge nothing.
    for _ in 0..2 {
        assert!(
            matches!(go(&mut thief, &memory, "/security"), Decision::Forward { .. })
                && !passes(&go(&mut thief, &memory, "/security"))
        );
        assert!(passes(&go(&mut thief, &memory, "/confirm")));
        assert!(is_asked(&go(&mut thief, &memory, "/home")), "nor does that visit vouch for the next");
    }
    memory.pass(LEASE);
    assert!(passes(&go(&mut thief, &memory, "/confirm")));
    assert!(is_asked(&go(&mut thief, &memory, "/home")), "nor a lease that it renews");
    assert!(passes(&go(&mut owner.clone(), &memory, "/home")), "its owner is not troubled");
}

#[test]
fn what_changes_by_itself_troubles_nobody() {
    let memory = memory();
    for (what, platform, agent) in [
        ("an updated browser", HOME, UPDATED),
        ("another browser at home", HOME, FIREFOX),
        ("IPv6 of the same network", HOME_IPV6, WINDOWS),
        ("a tether, a VPN, a relay", MOBILE, WINDOWS),
        ("abroad", ABROAD, WINDOWS),
        ("an update abroad", ABROAD, UPDATED),
        ("a platform that says nothing", "{}", WINDOWS),
    ] {
        let mut browser = at(&at_home(&memory), platform, agent);
        assert!(passes(&go(&mut browser, &memory, "/home")), "{what}");
        assert_eq!(browser.get(&memory, "/.sekisho/me").status, 200, "{what}");
    }
}

#[test]
fn each_lease_is_held_against_the_one_before() {
    let memory = memory();
    let mut phone = at(&Browser::default(), HOME, PHONE);
    let number = phone.open(&memory);
    assert_eq!(phone.login(&memory, &number, PASSWORD).status, 200);
    // Out of the house, and a lease later the page in its desktop form.
    for (platform, agent) in [(MOBILE, PHONE), (MOBILE, DESKTOP_MODE), (HOME, DESKTOP_MODE), (HOME, PHONE)] {
        phone = at(&phone, platform, agent);
        assert!(passes(&go(&mut phone, &memory, "/home")), "{platform} {agent}");
        memory.pass(LEASE);
        assert!(passes(&go(&mut phone, &memory, "/home")), "{platform} {agent}, a lease later");
    }
    phone = at(&phone, MOBILE, DESKTOP_MODE);
    assert!(is_asked(&go(&mut phone, &memory, "/home")), "both between one lease and the next is another browser");
}

#[test]
fn the_history_tells_of_it_once_and_the_log_counts_it() {
    let memory = memory();
    let mut owner = at_home(&memory);
    let mut thief = at(&owner, ABROAD, FIREFOX);
    for _ in 0..3 {
        go(&mut thief, &memory, "/home");
        thief.get(&memory, "/.sekisho/me");
    }
    let history = owner.get(&memory, "/.sekisho/history").json;
    let lines: Vec<_> = history["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (&line["method"], &line["outcome"], &line["client"]))
        .collect();
    assert_eq!(lines[0], (&json!("session_moved"), &json!("asked"), &json!("Firefox / Windows")));
    assert_eq!(lines.iter().filter(|line| *line.0 == json!("session_moved")).count(), 1);
    assert_eq!(memory.counted().iter().filter(|what| **what == "session_moved").count(), 1);
    let noted = memory.house.tally().take_lines();
    let line = r#"{"asked_anew":"session_moved","channel":"pc-main"}"#;
    assert_eq!(noted.iter().filter(|noted| *noted == line).count(), 1, "{noted:?}");
    // The logins of a day after it say so; none is asked more for it.
    let (number, last) =
        (owner.get(&memory, "/.sekisho/me").json["number"].as_str().unwrap().to_owned(), |memory: &Memory| {
            serde_json::from_str::<Judgement>(memory.judged().last().unwrap()).unwrap()
        });
    for (hours, told) in [(1, true), (22, true), (2, false)] {
        memory.pass(Duration::from_secs(hours * 3_600));
        assert_eq!(owner.login(&memory, &number, PASSWORD).status, 200);
        let judgement = last(&memory);
        assert_eq!(judgement.weight(Reason::SessionMoved), told.then_some(Some(0)), "{judgement:?}");
    }
    let mut thief = at(&owner, ABROAD, FIREFOX);
    go(&mut thief, &memory, "/home");
    memory.cut_off(true);
    let Decision::Refuse { status, .. } = go(&mut thief, &memory, "/home") else { panic!() };
    assert_eq!(status, 503, "nobody guesses");
    assert_eq!(thief.get(&memory, "/.sekisho/me").status, 503);
}

#[test]
fn a_session_that_is_over_is_over_from_anywhere() {
    let memory = memory();
    let mut owner = at_home(&memory);
    let (mut idle, mut ended) = (at(&at_home(&memory), ABROAD, FIREFOX), at(&owner, ABROAD, FIREFOX));
    assert_eq!(owner.post(&memory, "/.sekisho/logout", &json!({})).status, 200);
    assert!(leads_to_login(&go(&mut ended, &memory, "/home")), "inside the lease too");
    assert_eq!(ended.get(&memory, "/.sekisho/me").code(), "no_session");
    memory.pass(Duration::from_secs(180 * 60));
    assert_eq!(idle.get(&memory, "/.sekisho/me").code(), "session_idle");
    let Decision::Refuse { headers, .. } = go(&mut idle, &memory, "/home") else { panic!() };
    assert!(headers.contains(&("location".into(), "/login?return=/home&reason=timeout".into())), "{headers:?}");
}

#[test]
fn another_login_is_proof_and_the_place_is_the_new_one() {
    let memory = memory();
    let mut browser = at(&Browser::default(), HOME, WINDOWS);
    let number = browser.open(&memory);
    browser.login(&memory, &number, PASSWORD);
    let mut moved = at(&browser, ABROAD, FIREFOX);
    assert!(is_asked(&go(&mut moved, &memory, "/home")));
    assert_eq!(moved.login(&memory, &number, PASSWORD).status, 200);
    assert!(passes(&go(&mut moved, &memory, "/home")));
    assert!(is_asked(&go(&mut at(&moved, HOME, WINDOWS), &memory, "/home")), "and the old one is elsewhere now");
}

#[test]
fn a_form_waits_for_the_proof() {
    let memory = memory();
    let thief = at(&at_home(&memory), ABROAD, FIREFOX);
    let text = packed(&thief, "/order").replacen("GET", "POST", 1);
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines[12] = "application/x-www-form-urlencoded";
    assert_eq!(memory.pass_gate(&lines.join("\n")), Decision::Park);
}

#[test]
fn a_stream_is_not_opened_from_elsewhere() {
    let memory = memory();
    let thief = at(&at_home(&memory), ABROAD, FIREFOX);
    let stream = packed(&thief, "/quotes")
        .replace("text/html\nsame-origin\nnavigate\ndocument", "text/event-stream\nsame-origin\ncors\nempty");
    assert!(matches!(memory.pass_gate(&stream), Decision::Refuse { status: 401, .. }));
}

#[test]
fn where_it_is_off_nobody_is_asked() {
    let off = Memory::new(house_with(|config| config.replace("moved = \"prove\"", "moved = \"off\"")), START, 1);
    let mut moved = at(&at_home(&off), ABROAD, FIREFOX);
    assert!(passes(&go(&mut moved, &off, "/home")));
    assert_eq!(moved.get(&off, "/.sekisho/me").status, 200);
}

#[test]
fn the_network_is_named_alike_by_the_gate_and_by_our_own_routes() {
    use crate::risk::UserAgent;
    let memory = memory();
    let shown = |text: &str| {
        let packed = format!("{}\n{text}", "\n".repeat(18));
        memory.house.shown(&Packed::read(&packed)).network
    };
    assert_eq!(
        (shown("2516 JP"), shown("0 JP"), shown("0 "), shown("")),
        (Some("2516 JP".into()), Some("0 JP".into()), None, None)
    );
    assert_eq!(UserAgent::parse(WINDOWS).client_name(), "Chrome / Windows");
    assert_eq!(UserAgent::parse(UPDATED).client_name(), "Chrome / Windows");
    assert_eq!(network(&Platform::read(HOME)), Some("2516 JP".into()), "as the shim packs it");
    assert_eq!(network(&Platform::read("{}")), None);
}

#[test]
fn a_session_that_may_only_read_has_no_form_kept_for_it_by_moving() {
    let memory = memory();
    let number = Browser::default().open(&memory);
    let book = Browser { app: Some("kakeibo signed"), ..Browser::default() };
    let mut book = at(&book, HOME, WINDOWS);
    assert_eq!(book.login(&memory, &number, PASSWORD).status, 200);
    for elsewhere in [&book, &at(&book, ABROAD, FIREFOX)] {
        let mut lines: Vec<String> = packed(elsewhere, "/home/order").split('\n').map(str::to_owned).collect();
        // The app's header has a line of its own, behind which the network is one too far.
        lines.remove(14);
        (lines[0], lines[12]) = ("POST".into(), "application/x-www-form-urlencoded".into());
        let decision = memory.pass_gate(&lines.join("\n"));
        assert!(matches!(decision, Decision::Refuse { status: 403, .. }), "{decision:?}");
    }
}

#[test]
fn once_asked_a_session_is_asked_from_every_other_network_until_it_is_proved() {
    let memory = memory();
    let mut owner = at_home(&memory);
    let (mut thief, mut fitted) = (at(&owner, ABROAD, FIREFOX), at(&owner, ABROAD, WINDOWS));
    // A change of the network alone passes, and the edge remembers it.
    for _ in 0..2 {
        assert!(passes(&memory.pass_gate(&packed(&fitted, "/home"))));
    }
    assert!(is_asked(&go(&mut thief, &memory, "/home")));
    assert!(is_asked(&go(&mut fitted, &memory, "/home")), "another user agent proves nothing, inside the lease");
    assert_eq!(fitted.get(&memory, "/.sekisho/me").code(), "insufficient_user_authentication");
    for leases in 1..=3 {
        memory.pass(LEASE * 2);
        let held = fitted.cookie.clone();
        assert!(passes(&go(&mut fitted, &memory, "/confirm")), "{leases}");
        for path in ["/.sekisho/session", "/.sekisho/me", "/.sekisho/history"] {
            assert_eq!(fitted.get(&memory, path).code(), "insufficient_user_authentication", "{path}, {leases}");
        }
        assert!(is_asked(&go(&mut fitted, &memory, "/home")), "{leases}");
        assert_eq!(fitted.cookie, held, "and no lease is renewed");
        assert!(passes(&go(&mut owner, &memory, "/home")), "{leases}: its owner at home is not troubled");
        assert_eq!(owner.get(&memory, "/.sekisho/me").status, 200, "{leases}");
    }
    assert!(memory.counted().iter().filter(|what| **what == "moved_again").count() > 3, "each try is counted");
    let body = json!({ "current": PASSWORD, "password": "Hoshi-43-kawa#Q" });
    assert_eq!(owner.post(&memory, "/.sekisho/password/change", &body).status, 200);
    let mut away = at(&owner, ABROAD, WINDOWS);
    assert!(passes(&go(&mut away, &memory, "/home")), "from the proof on it may go where it likes again");
    memory.pass(LEASE);
    assert!(passes(&go(&mut away, &memory, "/home")));
}

#[test]
fn who_has_to_prove_who_they_are_changes_nothing_meanwhile_and_carries_nothing_on() {
    use crate::account::Reply;
    use crate::host::Accounts as _;
    let memory = memory();
    let owner = at_home(&memory);
    assert!(is_asked(&go(&mut at(&owner, ABROAD, FIREFOX), &memory, "/home")));
    let cookie = Cookie::brought(&owner.cookies(), &memory.house.keys).unwrap();
    let begin = Command::BeginPasskey { session: cookie.key(), challenge: vec![1; 32] };
    let begun = pollster::block_on(memory.account(cookie.account, begin)).unwrap();
    assert!(matches!(begun, Reply::Refused { refusal: Refusal::InsufficientAuthentication, .. }), "{begun:?}");
}

#[test]
fn where_a_moved_session_is_proved_it_reads_that_page_and_does_nothing() {
    let memory = memory();
    let mut owner = at_home(&memory);
    let mut thief = at(&owner, ABROAD, FIREFOX);
    let edited = |change: &dyn Fn(&mut Vec<&str>)| {
        let text = packed(&thief, "/confirm");
        let mut lines: Vec<&str> = text.split('\n').collect();
        change(&mut lines);
        lines.join("\n")
    };
    let posted = edited(&|lines| (lines[0], lines[5]) = ("POST", "cors"));
    let socket = edited(&|lines| (lines[5], lines[7], lines[9]) = ("websocket", "http://localhost:8787", "websocket"));
    for refused in [posted, socket] {
        assert!(matches!(memory.pass_gate(&refused), Decision::Refuse { status: 401, .. }), "{refused}");
    }
    // Inside the renewal window: whoever waits there keeps nobody logged in.
    memory.pass(Duration::from_secs(178 * 60));
    assert!(passes(&go(&mut thief, &memory, "/confirm")));
    memory.pass(Duration::from_secs(2 * 60));
    assert_eq!(owner.get(&memory, "/.sekisho/me").code(), "session_idle");
}

#[test]
fn a_stream_is_cut_when_its_session_turns_out_to_have_moved() {
    let memory = memory();
    let owner = at_home(&memory);
    let fitted = packed(&at(&owner, ABROAD, WINDOWS), "/quotes");
    let goes_on = |packed: &str| pollster::block_on(memory.house.stream_goes_on(&memory, packed, memory.now()));
    memory.pass(LEASE);
    assert!(matches!(goes_on(&fitted).unwrap(), Course::On(_)));
    assert!(is_asked(&go(&mut at(&owner, ABROAD, FIREFOX), &memory, "/home")));
    assert_eq!(goes_on(&fitted).unwrap(), Course::Again, "it may be opened anew, once it is proved");
    assert!(matches!(goes_on(&packed(&owner, "/quotes")).unwrap(), Course::On(_)), "its owner's goes on");
}

#[test]
fn a_network_that_nobody_can_name_is_another_one_and_the_owners_is_not_forgotten() {
    let memory = memory();
    let owner = at_home(&memory);
    let mut nowhere = at(&owner, "{}", FIREFOX);
    assert!(is_asked(&go(&mut nowhere, &memory, "/home")));
    let mut owner = at_home(&memory);
    let mut hidden = at(&owner, "{}", WINDOWS);
    for _ in 0..2 {
        memory.pass(LEASE);
        assert!(passes(&go(&mut hidden, &memory, "/home")), "by itself it changes nothing");
    }
    assert!(is_asked(&go(&mut at(&hidden, ABROAD, FIREFOX), &memory, "/home")), "after which it is still known");
    assert!(passes(&go(&mut owner, &memory, "/home")));
}

#[test]
fn behind_a_proxy_pages_and_our_own_routes_see_the_same_network() {
    let mut memory = memory();
    memory.house.proxy_token = Some(sekisho_rules::Secret::new("proxy".into()));
    let number = Browser::default().open(&memory);
    for (client, at_login) in [("{}", false), (HOME, true)] {
        let mut browser = at(&Browser::default(), "{}", WINDOWS);
        let body = json!({ "id": number, "password": PASSWORD }).to_string().into_bytes();
        let mut request = browser.request(Method::POST, "/.sekisho/login", body);
        request.headers_mut().insert("sekisho-proxy", "proxy".parse().unwrap());
        request.headers_mut().insert("sekisho-client", client.parse().unwrap());
        assert_eq!(browser.send(&memory, request).status, 200);
        let page = |network: &str, agent| format!("{}{network}", packed(&at(&browser, "{}", agent), "/home"));
        assert!(passes(&memory.pass_gate(&page(&format!("proxy {client}"), WINDOWS))), "{client}");
        // Where the proxy knew no network at the login, there is none to have moved from.
        assert_eq!(is_asked(&memory.pass_gate(&page(&format!("proxy {ABROAD}"), FIREFOX))), at_login, "{client}");
        assert_eq!(is_asked(&memory.pass_gate(&page("other {}", FIREFOX))), at_login, "{client}: around the proxy");
    }
}
