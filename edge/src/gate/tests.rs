use super::*;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house, house_with, keyed_house, memory};
use serde_json::Value;
use std::time::Duration;

fn logged_in(memory: &Memory) -> Browser {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    browser
}

fn claims(decision: &Decision) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let Decision::Forward { request, .. } = decision else { panic!("{decision:?}") };
    let token = &request.iter().find(|(name, _)| name == "sekisho-assertion").unwrap().1;
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[test]
fn a_live_lease_passes_without_a_call() {
    let memory = memory();
    let browser = logged_in(&memory);
    memory.pass_gate(&browser.packed("/home"));
    let calls = memory.calls();
    for _ in 0..100 {
        let decision = memory.house.decide(memory.now(), &browser.packed("/home?tab=2"));
        let Decision::Forward { url, response, .. } = &decision else { panic!("{decision:?}") };
        assert_eq!(url, "http://127.0.0.1:8788/home?tab=2");
        assert!(response.contains(&("cache-control".into(), "no-store".into())));
    }
    assert_eq!(memory.calls(), calls);
    memory.pass(Duration::from_secs(60));
    assert_eq!(memory.house.decide(memory.now(), &browser.packed("/home")), Decision::Ask);
    memory.pass_gate(&browser.packed("/home"));
    assert_eq!(memory.calls(), calls + 1);
}

#[test]
fn the_statement_says_who_and_how_surely() {
    let memory = memory();
    let anonymous = claims(&memory.pass_gate(&Browser::default().packed("/")));
    assert_eq!(anonymous.get("sub"), None);
    assert_eq!(anonymous["aud"], "https://origin.example");
    let browser = logged_in(&memory);
    let customer = claims(&memory.pass_gate(&browser.packed("/home")));
    assert_eq!(customer["sub"].as_str().unwrap().len(), 8);
    assert_eq!(customer["amr"], serde_json::json!(["pwd"]));
    assert_eq!(customer["acr"], "urn:sekisho:acr:single-factor");
    assert_eq!(customer["exp"], START.as_seconds() + 60 + 30);
}

#[test]
fn what_the_application_believes_ends_with_the_session_and_a_login_begins_it_anew() {
    let short = |config: String| {
        config.replace("timeout = \"180m\"", "timeout = \"10m\"").replace("absolute = \"24h\"", "absolute = \"10m\"")
    };
    let memory = Memory::new(house_with(short), START, 1);
    let mut browser = logged_in(&memory);
    for seconds in [0, 59, 61, 299, 301, 590, 599] {
        memory.pass(START + Duration::from_secs(seconds) - memory.now());
        let exp = claims(&memory.pass_gate(&browser.packed("/home")))["exp"].as_u64().unwrap();
        assert!(exp > memory.now().as_seconds() && exp <= memory.now().as_seconds() + 90, "after {seconds} s");
        assert!(exp <= START.as_seconds() + 630, "30 seconds past the absolute end at the most: after {seconds} s");
    }
    memory.pass(Duration::from_secs(1));
    assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Refuse { status: 303, .. }));
    browser = logged_in(&memory);
    assert_eq!(claims(&memory.pass_gate(&browser.packed("/home")))["auth_time"], START.as_seconds() + 600);
}

#[test]
fn a_statement_of_its_own_is_bound_to_one_request_and_never_kept() {
    let routes = "\n[[routes]]\npath = \"/withdraw\"\njti = true\n\n[[routes]]\npath = \"/prices\"\ndemand = \"public\"\njti = true\n";
    let memory = Memory::new(house_with(|config| config + routes), START, 1);
    let browser = logged_in(&memory);
    let page = claims(&memory.pass_gate(&browser.packed("/home")));
    assert_eq!((page.get("jti"), page.get("htm"), page.get("htu")), (None, None, None));
    let mut seen = std::collections::BTreeSet::new();
    for path in ["/withdraw", "/withdraw", "/withdraw/now?amount=1", "/Withdraw", "/prices", "/prices"] {
        assert_eq!(memory.house.decide(memory.now(), &browser.packed(path)), Decision::Ask, "{path}");
        let once = claims(&memory.pass_gate(&browser.packed(path)));
        assert_eq!(once["htm"], "GET");
        assert_eq!(once["htu"], format!("http://localhost:8787{}", path.split('?').next().unwrap()));
        assert_eq!(once["exp"].as_u64().unwrap() - once["iat"].as_u64().unwrap(), 30);
        assert_eq!(once["sub"], page["sub"], "{path}");
        assert!(seen.insert(once["jti"].as_str().filter(|id| id.len() == 22).unwrap().to_owned()), "{path}");
    }
    let visitor = claims(&memory.pass_gate(&Browser::default().packed("/prices")));
    assert!(visitor.get("sub").is_none() && seen.insert(visitor["jti"].as_str().unwrap().to_owned()));
    let post = browser.packed("/withdraw").replacen("GET", "POST", 1);
    assert_eq!(claims(&memory.pass_gate(&post))["htm"], "POST");
    assert!(claims(&memory.pass_gate(&browser.packed("/home"))).get("jti").is_none());
}

#[test]
fn without_a_session_people_are_led_to_the_login_and_fetches_are_told() {
    let memory = memory();
    let browser = Browser::default();
    let Decision::Refuse { status, headers, .. } = memory.pass_gate(&browser.packed("/home?x=1&y=2")) else { panic!() };
    assert_eq!(status, 303);
    assert!(headers.contains(&("location".into(), "/login?return=/home%3Fx%3D1%26y%3D2".into())), "{headers:?}");
    let fetch = browser.packed("/api/balance").replace("\nnavigate\n", "\ncors\n");
    let Decision::Refuse { status, headers, body } = memory.pass_gate(&fetch) else { panic!() };
    assert_eq!(status, 401);
    assert!(headers.contains(&("content-type".into(), "application/problem+json".into())));
    assert!(body.contains("\"code\":\"no_session\""), "{body}");
}

#[test]
fn what_is_denied_or_ambiguous_never_reaches_the_origin() {
    let memory = memory();
    let browser = logged_in(&memory);
    for (path, wanted) in [
        ("/internal/verify", 404),
        ("/internal", 404),
        ("/healthz", 404),
        ("//internal/verify", 400),
        ("/./internal", 400),
        ("/assets/../internal", 400),
        ("/assets/%2e%2e/internal", 400),
        ("/assets/..;/internal", 400),
        ("/assets%2finternal", 400),
        ("/assets\\internal", 400),
        ("/%69nternal%00", 400),
    ] {
        let decision = memory.pass_gate(&browser.packed(path));
        assert!(matches!(decision, Decision::Refuse { status, .. } if status == wanted), "{path}: {decision:?}");
    }
}

#[test]
fn a_percent_spelling_of_a_denied_path_is_denied() {
    let memory = memory();
    let browser = logged_in(&memory);
    for path in ["/%69nternal/verify", "/internal%2Fverify", "/INTERNAL/verify", "/i%6Eternal"] {
        let decision = memory.pass_gate(&browser.packed(path));
        assert!(matches!(decision, Decision::Refuse { .. }), "{path}: {decision:?}");
    }
}

#[test]
fn a_cookie_that_is_not_ours_to_the_byte_is_no_session() {
    let memory = memory();
    let browser = logged_in(&memory);
    let sound = browser.cookie.clone().unwrap();
    assert!(Cookie::open(&sound, &memory.house.keys).is_some());
    for at in 0..sound.len() {
        let mut bent = sound.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        let bent = String::from_utf8(bent).unwrap();
        assert!(Cookie::open(&bent, &memory.house.keys).is_none(), "byte {at}");
    }
    let other = house_with(|config| config);
    assert!(Cookie::open(&sound, &other.keys).is_some(), "the same keys believe it");
    assert_eq!(find(&format!("a=1; __Host-sekisho={sound}; b=2")), Some(sound.as_str()));
    assert_eq!(find(&format!("__Host-sekisho={sound}; __Host-sekisho=x")), None, "a second one was planted");
}

#[test]
fn two_new_mac_keys_in_front_end_every_session_and_no_passkey() {
    let mut memory = memory();
    let browser = logged_in(&memory);
    let account = find(browser.packed("/home").lines().nth(2).unwrap())
        .and_then(|value| Cookie::open(value, &memory.house.keys))
        .map(|cookie| cookie.account)
        .unwrap();
    let handle = memory.house.keys.user_handle(account);
    let [first, second, third] = ["1:A", "2:E", "3:I"].map(|text| format!("{}{}", &text[..2], text[2..].repeat(43)));
    memory.house = keyed_house(&format!("{second},{first}"));
    assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Forward { .. }), "rotated: it goes on");
    memory.house = keyed_house(&format!("{third},{second},{first}"));
    assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Refuse { status: 303, .. }));
    assert_eq!(memory.house.keys.account_of(&handle), Some(account));
    assert_eq!(memory.house.keys.user_handle(account), handle);
}

#[test]
fn a_dead_session_on_a_public_page_is_an_anonymous_visit_and_keeps_its_cookie() {
    let memory = memory();
    let browser = logged_in(&memory);
    memory.pass(Duration::from_secs(181 * 60));
    let decision = memory.pass_gate(&browser.packed("/login"));
    assert_eq!(claims(&decision).get("sub"), None);
    let Decision::Forward { response, .. } = decision else { panic!() };
    assert!(!response.iter().any(|(name, _)| name == "+set-cookie"));
}

#[test]
fn an_account_that_cannot_be_reached_fails_closed() {
    let memory = memory();
    let browser = logged_in(&memory);
    memory.pass(Duration::from_secs(61));
    memory.cut_off(true);
    let decision = memory.pass_gate(&browser.packed("/home"));
    assert!(matches!(decision, Decision::Refuse { status: 503, .. }), "{decision:?}");
}

#[test]
fn transport_security_is_for_true_hosts_over_tls_alone() {
    let sent = |origin: &str| {
        let house = house_with(|config| {
            let config =
                config.replace("http://localhost:8787", origin).replace("http://127.0.0.1:8788", "https://app.example");
            config.replace("rp_id = \"localhost\"", &format!("rp_id = \"{}\"", crate::config::host_of(origin)))
        });
        house.config.headers.every.iter().any(|(name, _)| name == "strict-transport-security")
    };
    assert!(sent("https://www.broker.example"));
    assert!(!sent("https://localhost:8787"));
    assert!(!sent("http://localhost:8787"));
}

#[test]
fn a_decision_survives_the_crossing() {
    let house = house();
    let refused = house.decide(START, &Browser::default().packed("/home")).pack();
    let mut lines = refused.split('\n');
    assert_eq!((lines.next(), lines.next()), (Some("refuse"), Some("303")));
    assert_eq!(house.decide(START, "GET\nhttp://localhost:8787/.sekisho/me").pack(), "own");
    assert_eq!(
        house.decide(START, "").pack().split('\n').next(),
        Some("ask"),
        "an empty request is one for the top page"
    );
}

#[test]
fn a_remembered_cookie_is_believed_no_longer_than_its_lease_and_no_other_is_taken_for_it() {
    let memory = memory();
    let browser = logged_in(&memory);
    memory.pass_gate(&browser.packed("/home"));
    let ask = |packed: &str| memory.house.decide_packed(memory.now(), packed);
    let first = ask(&browser.packed("/home"));
    memory.pass(Duration::from_secs(1));
    let second = ask(&browser.packed("/home"));
    let remaining =
        |answer: &str| answer.split("remaining=").nth(1).unwrap().split(',').next().unwrap().parse::<u64>().unwrap();
    assert_eq!(remaining(&first) - 1_000, remaining(&second), "the time left is told anew");
    assert!(second.starts_with("forward again\nhttp://127.0.0.1:8788/home\n"));
    assert!(ask(&browser.packed("/api/x?y=1")).starts_with("forward again\nhttp://127.0.0.1:8788/api/x?y=1\n"));
    assert_eq!(ask(&browser.packed("/.sekisho/me")), "own");
    for (path, status) in [("/internal/verify", "404"), ("//home", "400"), ("/a/..;/b", "400")] {
        assert!(ask(&browser.packed(path)).starts_with(&format!("refuse\n{status}")), "{path}");
    }
    let mut bent = browser.clone();
    let value = bent.cookie.take().unwrap();
    for cookie in [&value[1..], &value[..value.len() - 1], &format!("{value}A"), &value.to_lowercase(), ""] {
        bent.cookie = Some(cookie.to_owned());
        assert!(ask(&bent.packed("/home")).starts_with("refuse\n303"), "{cookie}");
    }
    bent.cookie = Some(format!("{value}; __Host-sekisho={value}"));
    assert!(ask(&bent.packed("/home")).starts_with("refuse\n303"), "one that stands there twice");
    memory.pass(Duration::from_secs(59));
    assert_eq!(ask(&browser.packed("/home")), "ask", "the lease is over");
}

/// A house whose `/withdraw` asks for a passkey of the last ten minutes, and whose `/recent` asks for any recent login.
fn guarded() -> Memory {
    let routes = "[[routes]]\npath = \"/withdraw\"\nproof = \"passkey\"\nage = \"10m\"\n\n[[routes]]\npath = \"/recent\"\nage = \"10m\"\n";
    Memory::new(house_with(|config| format!("{config}\n{routes}")), START, 1)
}

#[test]
fn who_is_not_sure_enough_is_led_to_the_proof_and_a_fetch_is_told_which() {
    let memory = guarded();
    let browser = logged_in(&memory);
    memory.pass_gate(&browser.packed("/home"));
    let Decision::Refuse { status, headers, .. } = memory.pass_gate(&browser.packed("/withdraw/now?to=1")) else {
        panic!()
    };
    assert_eq!(status, 303);
    assert!(headers.contains(&("location".into(), "/confirm?return=/withdraw/now%3Fto%3D1&need=passkey".into())));
    let fetch = browser.packed("/withdraw").replace("\nnavigate\n", "\ncors\n");
    let Decision::Refuse { status, headers, body } = memory.pass_gate(&fetch) else { panic!() };
    assert_eq!(status, 401);
    let challenge = "Sekisho error=\"insufficient_user_authentication\", \
                     acr_values=\"urn:sekisho:acr:phishing-resistant\", max_age=\"600\"";
    assert!(headers.contains(&("www-authenticate".into(), challenge.into())), "{headers:?}");
    assert_eq!(headers.iter().filter(|(name, _)| name == "www-authenticate").count(), 1);
    assert!(body.contains("\"code\":\"insufficient_user_authentication\""), "{body}");
    // The same before an upload, by a question that sends nothing.
    let Decision::Refuse { status, .. } = memory.pass_gate(&fetch.replacen("GET", "HEAD", 1)) else { panic!() };
    assert_eq!(status, 401);
    let posted = browser.packed("/withdraw").replacen("GET", "POST", 1);
    let Decision::Refuse { status, body, .. } = memory.pass_gate(&posted) else { panic!() };
    assert!(status == 401 && body.contains("送信された内容は受け付けていません"), "{body}");
}

#[test]
fn a_proof_grows_old_on_every_way_through_the_gate() {
    let memory = guarded();
    let browser = logged_in(&memory);
    let ask = |path: &str| memory.house.decide_packed(memory.now(), &browser.packed(path));
    memory.pass_gate(&browser.packed("/recent"));
    assert!(ask("/recent").starts_with("forward again\n"));
    assert!(ask("/home").starts_with("forward again\n"), "and the cookie is remembered");
    for path in ["/withdraw", "/Withdraw/x", "/WITHDRAW"] {
        assert!(ask(path).starts_with("refuse\n303\n"), "{path}: a remembered cookie opens no more than a new one");
    }
    memory.pass(Duration::from_secs(601));
    let after_renewal = memory.pass_gate(&browser.packed("/recent"));
    assert!(matches!(after_renewal, Decision::Refuse { status: 303, .. }), "{after_renewal:?}");
    assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Forward { .. }));
}

#[test]
fn who_is_not_logged_in_is_led_to_the_login_and_not_to_the_proof() {
    let memory = guarded();
    let Decision::Refuse { headers, .. } = memory.pass_gate(&Browser::default().packed("/withdraw")) else { panic!() };
    assert!(headers.contains(&("location".into(), "/login?return=/withdraw".into())), "{headers:?}");
}

#[test]
fn a_stream_is_asked_about_at_each_lease_end_and_extends_nothing() {
    let routes = "\n[[routes]]\npath = \"/orders\"\nage = \"10m\"\n";
    let memory = Memory::new(house_with(|config| config + routes), START, 1);
    let browser = logged_in(&memory);
    let minute = Duration::from_secs(60);
    let packed = browser.packed("/home/prices");
    let goes_on = |packed: &str| {
        let asked = memory.house.stream_goes_on(&memory, packed, memory.now());
        pollster::block_on(asked).map_err(|unreached| unreached.to_string())
    };
    memory.pass(Duration::from_secs(20));
    assert_eq!(memory.house.stream_lease(&packed, memory.now()), Duration::from_secs(40));
    memory.pass(Duration::from_secs(40));
    assert_eq!(memory.house.stream_lease(&packed, memory.now()), minute, "a lease that was renewed for it");
    assert_eq!(goes_on(&packed), Ok(Course::On(minute)));
    assert_eq!(goes_on(&browser.packed("/orders")), Ok(Course::On(minute)));
    memory.pass(minute * 10);
    assert_eq!(goes_on(&browser.packed("/orders")), Ok(Course::Over), "its proof has grown old");
    // Within the renewal window: neither the question nor an opening puts the end off.
    memory.pass(minute * 168 + Duration::from_secs(30));
    let socket = packed.replacen(
        "text/html\nsame-origin\nnavigate\ndocument\n\n\n\n",
        "*/*\n\nwebsocket\n\nhttp://localhost:8787\n\nWebSocket\n",
        1,
    );
    let events = packed.replacen("text/html", "text/event-stream, */*", 1);
    for opening in [&socket, &events] {
        assert!(Packed::read(opening).is_background(), "{opening}");
        assert!(matches!(memory.pass_gate(opening), Decision::Forward { .. }));
    }
    assert_eq!(goes_on(&packed), Ok(Course::On(Duration::from_secs(30))), "and no longer than to the end");
    memory.cut_off(true);
    assert!(goes_on(&packed).is_err());
    memory.cut_off(false);
    memory.pass(Duration::from_secs(30));
    assert_eq!(goes_on(&packed), Ok(Course::Over));
    assert_eq!(goes_on(&Browser::default().packed("/home/prices")), Ok(Course::Over));
}

#[test]
fn what_another_site_would_do_in_a_customers_name_is_not_done() {
    let memory = memory();
    let browser = logged_in(&memory);
    let ask = |method: &str, path: &str, metadata: &str| {
        let packed = browser.packed(path).replacen("GET", method, 1);
        memory
            .house
            .decide_packed(memory.now(), &packed.replacen("same-origin\nnavigate\ndocument\n\n\n\n", metadata, 1))
    };
    let own = ["same-origin\nnavigate\ndocument\n\n\n\n", "\n\n\nhttp://localhost:8787\n\n\n"];
    let foreign = [
        "cross-site\nnavigate\ndocument\nhttps://evil.example\n\n\n",
        "same-site\ncors\nempty\nhttp://localhost:8787\n\n\n",
        "none\nnavigate\ndocument\n\n\n\n",
        "\n\n\nnull\n\n\n",
        "\n\n\nhttp://localhost:8787.evil.example\n\n\n",
        "\n\n\n\n\n\n",
    ];
    // From here on the statements are signed and the cookie is remembered, which must lead to no other answer.
    assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Forward { .. }));
    assert!(matches!(memory.pass_gate(&Browser::default().packed("/security")), Decision::Forward { .. }));
    for (method, path) in [("GET", "/home"), ("POST", "/home/pay"), ("DELETE", "/home/orders/1"), ("PURGE", "/home")] {
        for metadata in own {
            let answer = ask(method, path, metadata);
            assert!(answer.starts_with("forward") && answer.contains("\nsekisho-session\n"), "{method} {metadata}");
        }
    }
    for metadata in foreign {
        for method in ["POST", "PUT", "PATCH", "DELETE", "PURGE"] {
            assert!(ask(method, "/home/pay", metadata).starts_with("refuse\n403\n"), "{method} {metadata}");
            let public = ask(method, "/security", metadata);
            assert!(!public.contains("\nsekisho-session\n") && !public.starts_with("refuse"), "{method} {metadata}");
        }
        assert!(ask("GET", "/home", metadata).starts_with("forward again\n"), "a link may lead here from anywhere");
    }
    let socket = |origin: &str| ask("GET", "/home/prices", &format!("\nwebsocket\n\n{origin}\n\nwebsocket\n"));
    assert!(socket("http://localhost:8787").starts_with("forward again\n"));
    for origin in ["", "null", "http://other.localhost:8787"] {
        assert!(socket(origin).starts_with("refuse\n403\n"), "{origin}");
    }
}
