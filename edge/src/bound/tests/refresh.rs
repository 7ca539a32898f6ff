use super::*;

#[test]
fn a_signature_renews_the_cookie_and_brings_the_next_challenge() {
    let memory = secure();
    let (mut browser, _, mut binding) = bound(&memory);
    for _ in 0..5 {
        memory.pass(cookie::LIFE);
        memory.house.tally().take_counts(memory.now());
        assert!(leads_to_login(&page(&mut browser, &memory, "/home")));
        let counts = memory.house.tally().take_counts(memory.now()).unwrap();
        assert!(counts.contains("\"bound_lapsed\":") && !counts.contains("cookie_refused"), "{counts}");
        // A cookie of the application's that is not ASCII stands in the same header.
        browser.device = Some("x=日本".into());
        let before = memory.calls();
        let answer = binding.refresh(&mut browser, &memory);
        assert_eq!(answer.json["session_identifier"].as_str(), Some(binding.id.as_str()));
        assert!(binding.next.is_some() && memory.calls() <= before + 1, "asking for a challenge calls nobody");
        assert!(passes(&page(&mut browser, &memory, "/home")));
    }
}

#[test]
fn a_challenge_is_good_once_for_its_own_binding_until_its_own_end() {
    let memory = secure();
    let (mut browser, _, binding) = bound(&memory);
    let (mut other, _, others) = bound(&memory);
    let first = challenge(&binding.ask(&mut browser, &memory)).unwrap();
    let second = challenge(&binding.ask(&mut browser, &memory)).unwrap();
    assert_ne!(first, second);
    let mut show = |text: &str| binding.show(&mut browser, &memory, proof(&binding.key, text, false));
    assert_eq!(show(&first).status, 200, "the one before is good until its own end");
    assert_eq!(show(&second).status, 200);
    let again = show(&second);
    assert_eq!((again.status, challenge(&again).is_some()), (403, true), "used, and a new one to sign");
    let foreign = challenge(&others.ask(&mut other, &memory)).unwrap();
    assert_eq!(show(&foreign).status, 403);
    for odd in ["", "made-up", &"A".repeat(55)] {
        assert_eq!(show(odd).status, 403, "{odd}");
    }
    let third = challenge(&show("")).unwrap();
    memory.pass(CHALLENGE);
    assert_eq!(show(&third).status, 403, "over");
}

#[test]
fn only_the_key_of_the_session_renews_it() {
    let memory = secure();
    let (mut browser, _, binding) = bound(&memory);
    let next = || challenge(&binding.ask(&mut browser.clone(), &memory)).unwrap();
    let good = proof(&binding.key, &next(), false);
    let unsigned = {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"dbsc+jwt"}"#);
        format!("{header}.{}.", URL_SAFE_NO_PAD.encode(json!({ "jti": next() }).to_string()))
    };
    for (what, text, status) in [
        ("another key", proof(&key(), &next(), false), 400),
        ("another key in the header", proof(&key(), &next(), true), 400),
        ("its own key in the header", proof(&binding.key, &next(), true), 400),
        // What cannot be read names no challenge: the browser is asked to sign one.
        ("not signed", unsigned, 403),
        ("cut", good[..good.len() - 5].to_owned(), 403),
        ("long", format!("{good}{}", "A".repeat(5000)), 403),
    ] {
        let before = browser.bound.clone();
        assert_eq!(binding.show(&mut browser, &memory, text).status, status, "{what}");
        assert_eq!(browser.bound, before, "{what}");
    }
    assert_eq!(binding.show(&mut browser, &memory, good).status, 200);
}

#[test]
fn the_account_holds_a_proof_against_the_challenge_that_it_uses_up() {
    use crate::account::{Command, Reply};
    use crate::host::Accounts as _;
    let memory = secure();
    let (mut browser, _, binding) = bound(&memory);
    let [signed, other] = [(); 2].map(|()| challenge(&binding.ask(&mut browser, &memory)).unwrap());
    let text = proof(&binding.key, &signed, false);
    let cookie = Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap();
    let command = Command::Refresh {
        binding: cookie.session.bound.unwrap(),
        challenge: URL_SAFE_NO_PAD.decode(other).unwrap(),
        until: memory.now() + CHALLENGE,
        proof: text,
    };
    let reply = pollster::block_on(memory.account(cookie.account, command)).unwrap();
    assert!(matches!(reply, Reply::Refused { refusal: sekisho_rules::Refusal::ChallengeGone, .. }), "{reply:?}");
}

#[test]
fn a_session_that_is_no_more_is_told_so_and_one_that_cannot_be_asked_is_left() {
    let memory = secure();
    let over = |answer: &Answer| answer.status == 200 && answer.json["continue"] == false;
    let (mut browser, _, mut binding) = bound(&memory);
    let copy = browser.clone();
    let challenge = challenge(&binding.ask(&mut browser, &memory)).unwrap();
    memory.cut_off(true);
    assert_eq!(binding.show(&mut browser, &memory, proof(&binding.key, &challenge, false)).status, 503);
    memory.cut_off(false);
    let out = browser.post(&memory, "/.sekisho/logout", &json!({}));
    assert_eq!((out.status, &browser.cookie, &browser.bound), (200, &None, &None));
    assert!(over(&binding.ask(&mut browser, &memory)), "without a session there is none to go on");
    assert!(over(&binding.refresh(&mut copy.clone(), &memory)), "with its cookie kept neither");

    let (mut idle, _, mut binding) = bound(&memory);
    memory.pass(Duration::from_secs(180 * 60));
    assert!(over(&binding.refresh(&mut idle, &memory)));

    let (mut browser, number, older) = bound(&memory);
    let login = browser.login(&memory, &number, PASSWORD);
    let newer = register(&mut browser, &memory, &login);
    assert!(over(&older.ask(&mut browser, &memory)), "the older one's key is forgotten");
    assert_eq!(newer.ask(&mut browser, &memory).status, 403, "and the newer one's is not");
}

#[test]
fn a_renewal_extends_nothing() {
    let memory = secure();
    let (mut browser, _, mut binding) = bound(&memory);
    memory.pass(Duration::from_secs(177 * 60));
    assert_eq!(binding.refresh(&mut browser, &memory).status, 200);
    let left = browser.get(&memory, "/.sekisho/session").json["remaining_ms"].as_u64();
    assert_eq!(left, Some(3 * 60_000));
}

#[test]
fn who_has_no_session_of_ours_learns_nothing() {
    let memory = secure();
    let (_, _, binding) = bound(&memory);
    let calls = memory.calls();
    let stranger = binding.show(&mut Browser::default(), &memory, proof(&binding.key, "x", false));
    assert_eq!((stranger.status, &stranger.json["continue"]), (200, &json!(false)));
    let mut forged = Browser { cookie: Some("A".repeat(200)), ..Browser::default() };
    assert_eq!(binding.ask(&mut forged, &memory).json["continue"], false);
    for odd in ["", "x", &"0".repeat(31), &"z".repeat(32)] {
        let answer = by_itself(&mut forged, &memory, REFRESH, &[("sec-secure-session-id", odd.to_owned())]);
        assert_eq!(answer.status, 400, "{odd}");
    }
    assert_eq!(memory.calls(), calls, "and nobody was asked");
}
