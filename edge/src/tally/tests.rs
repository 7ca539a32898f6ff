use super::*;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house, house_with};
use rand_core::SeedableRng as _;
use std::time::Duration;

#[test]
fn counts_are_told_once_and_then_begin_anew() {
    let tally = Tally::default();
    assert_eq!(tally.take_counts(START), None);
    tally.count("login", "");
    tally.count("refused", "locked");
    tally.count("refused", "locked");
    tally.count("refused", "malformed");
    assert_eq!(tally.take_counts(START).as_deref(), Some(r#"{"login":1,"refused.locked":2,"refused.malformed":1}"#));
    assert_eq!(tally.take_counts(START), None);
}

#[test]
fn a_flood_of_refusals_is_counted_whole_and_noted_in_part() {
    let house = house();
    for _ in 0..1_000 {
        house.note(Refusal::Malformed, "REF", "/.sekisho/login");
    }
    let lines = house.tally.take_lines();
    assert_eq!(lines.len(), LINES);
    assert_eq!(lines[0], r#"{"ref":"REF","refused":"malformed","at":"/.sekisho/login"}"#);
    assert_eq!(house.tally.take_counts(START).as_deref(), Some(r#"{"refused.malformed":1000,"unwritten":900}"#));
    // The first telling begins the ten seconds; what is told within them makes no more room.
    for _ in 0..300 {
        house.note(Refusal::Malformed, "REF", "/.sekisho/login");
        house.tally.take_counts(START + Duration::from_millis(9_999));
    }
    assert_eq!(house.tally.take_lines().len(), LINES, "however often the counts are told");
    house.tally.take_counts(START + Duration::from_secs(10));
    house.note(Refusal::Malformed, "REF", "/.sekisho/login");
    assert_eq!(house.tally.take_lines().len(), 1, "there is room again");
}

#[test]
fn judgements_crowd_out_no_fault() {
    let tally = Tally::default();
    for _ in 0..1_000 {
        tally.note("{\"judged\":{}}".to_owned());
    }
    tally.note(fault("REF", "gone"));
    let lines = tally.take_lines();
    assert_eq!((lines.len(), lines.last()), (LINES + 1, Some(&fault("REF", "gone"))));
}

#[test]
fn faults_have_room_of_their_own_and_no_more_than_that() {
    let house = house();
    for _ in 0..1_000 {
        house.note(Refusal::Malformed, "REF", "/.sekisho/login");
        house.tally.note(fault("REF", "ACCOUNTS: \"gone\""));
    }
    let lines = house.tally.take_lines();
    let faults: Vec<_> = lines.iter().filter(|line| line.contains("fault")).collect();
    assert_eq!((lines.len(), faults.len()), (2 * LINES, LINES), "no flood of refusals hides why they came");
    assert_eq!(faults[0], r#"{"ref":"REF","fault":"ACCOUNTS: \"gone\""}"#);
    assert_eq!(house.tally.take_counts(START).as_deref(), Some(r#"{"refused.malformed":1000,"unwritten":1800}"#));
}

#[test]
fn two_in_one_moment_have_two_numbers() {
    let (house, now) = (house(), START);
    let numbers: std::collections::BTreeSet<_> = (0..usize::from(NUMBERS)).map(|_| house.reference(now)).collect();
    assert_eq!(numbers.len(), usize::from(NUMBERS));
    // 1,795,323,900,000 in base 36 and two digits, as DEPLOY.md shows one.
    assert_eq!(numbers.first().map(String::as_str), Some("MWRDHV1C00"));
    house.tally.begin_at(u16::MAX);
    assert_eq!(house.reference(now).len(), 10);
    assert!(include_str!("../../../.github/DEPLOY.md").contains("{\"ref\":\"MWRDHV1C0A\""));
}

#[test]
fn who_comes_without_a_session_fills_no_log() {
    let house = house();
    house.note(Refusal::NoSession, "REF", "/home");
    assert!(house.tally.take_lines().is_empty());
    assert_eq!(house.tally.take_counts(START).as_deref(), Some(r#"{"refused.no_session":1}"#));
}

#[test]
fn where_all_is_to_be_noted_each_request_for_a_page_has_one_line_and_nothing_of_the_customers() {
    let noisy = |config: String| {
        config.replace("decisions = \"refused\"", "decisions = \"all\"")
            + "\n[[routes]]\npath = \"/trade\"\nproof = \"passkey\"\n"
    };
    let memory = Memory::new(house_with(noisy), START, 1);
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    memory.house.tally.take_lines();
    let numbers = std::cell::RefCell::new(std::collections::BTreeSet::new());
    // Each under a number of its own, which is told apart from the rest here.
    let take = || {
        let lines = memory.house.tally.take_lines();
        let apart = |line: &String| {
            let (number, rest) = line.strip_prefix("{\"ref\":\"").unwrap().split_once("\",").unwrap();
            assert!(numbers.borrow_mut().insert(number.to_owned()), "{number} twice");
            format!("{{{rest}")
        };
        lines.iter().map(apart).collect::<Vec<_>>()
    };
    let said = |request: &str| {
        let decided = memory.house.decide_packed(memory.now(), request);
        if decided == "ask" {
            memory.pass_gate(request);
        }
        take()
    };
    let line = |rest: &str| vec![format!("{{{rest}}}")];
    let stranger = Browser::default();
    // The second time it is known, and so it is a hundred times, which no room limits.
    for _ in 0..2 * LINES {
        let passed = line(r#""passed":"customer","at":"","channel":"pc-main""#);
        assert_eq!(said(&browser.packed("/home/secret?account=12345678")), passed);
    }
    assert_eq!(
        said(&stranger.packed("/assets/a.css")),
        line(r#""passed":"anonymous","at":"/assets","channel":"pc-main""#)
    );
    assert_eq!(
        said(&browser.packed("/assets/a.css")),
        line(r#""passed":"customer","at":"/assets","channel":"pc-main""#)
    );
    assert_eq!(said(&stranger.packed("/home")), line(r#""refused":"no_session","at":"""#));
    let led = line(r#""led":"proof","at":"/trade""#);
    assert_eq!(said(&browser.packed("/trade/now?to=1")), led, "who is led to a proof");
    let mut rng = chacha20::ChaCha20Rng::seed_from_u64(3);
    let form = browser.packed("/trade").replacen("GET", "POST", 1);
    let kept = pollster::block_on(memory.house.park(&memory, memory.now(), &mut rng, &form, b"amount=1"));
    assert!(matches!(kept.decision, crate::gate::Decision::Refuse { status: 303, .. }));
    assert_eq!(take(), led, "and whose form waits");
    assert_eq!(said(&stranger.packed("/internal/x")), line(r#""refused":"not_found","at":"/internal""#));
}

#[test]
fn where_all_is_to_be_noted_each_answer_of_an_endpoint_has_one_line_and_nothing_of_the_customers() {
    let noisy = |config: String| {
        config.replace("decisions = \"refused\"", "decisions = \"all\"")
            + "\n[staff]\norigin = \"https://staff.localhost\"\n"
    };
    let memory = Memory::new(house_with(noisy), START, 1);
    let mut browser = Browser::default();
    let said = || {
        let lines = memory.house.tally.take_lines();
        lines.iter().map(|line| line.split_once("\",").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let number = browser.open(&memory);
    assert_eq!(said(), [r#""answered":"201","at":"/.sekisho/open","channel":"pc-main"}"#]);
    browser.login(&memory, &number, PASSWORD);
    assert_eq!(said(), [r#""answered":"200","at":"/.sekisho/login","channel":"pc-main"}"#]);
    browser.login(&memory, &number, "Wrong-42-pass#Q");
    assert_eq!(said(), [r#""refused":"sign_in_failed","at":"/.sekisho/login"}"#]);
    Browser { app: Some("smartphone-app"), ..browser.clone() }.get(&memory, "/.sekisho/history");
    assert_eq!(said(), [r#""answered":"200","at":"/.sekisho/history","channel":"smartphone-app"}"#]);
    browser.get(&memory, &format!("/.sekisho/{number}"));
    assert_eq!(said(), [r#""refused":"not_found","at":""}"#], "what is no endpoint's may be anything");
    let mut staff = Browser { site: Some("https://staff.localhost"), ..Browser::default() };
    staff.get(&memory, "/");
    assert_eq!(said(), [r#""answered":"200","at":"/"}"#]);
    staff.post(&memory, "/.sekisho/staff/me", &serde_json::json!({}));
    assert_eq!(said(), [r#""refused":"no_session","at":"/.sekisho/staff/me"}"#]);
    staff.post(&memory, &format!("/.sekisho/staff/{number}"), &serde_json::json!({}));
    assert_eq!(said(), [r#""refused":"not_found","at":""}"#]);
}

#[test]
fn as_delivered_what_passes_or_is_answered_leaves_no_line() {
    let memory = Memory::new(house(), START, 1);
    memory.pass_gate(&Browser::default().packed("/assets/a.css"));
    Browser::default().open(&memory);
    assert!(memory.house.tally.take_lines().is_empty());
}

#[test]
fn the_number_of_a_refusal_is_that_of_its_fault() {
    let memory = Memory::new(house(), START, 1);
    let number = Browser::default().open(&memory);
    memory.cut_off(true);
    let refused = Browser::default().login(&memory, &number, PASSWORD);
    let shown = refused.json["ref"].as_str().unwrap();
    assert_eq!((refused.status, memory.faults()), (503, vec![format!("{shown} unreached: cut off")]));
    let packed = Browser::default().packed("/home").replace("navigate", "cors").replace("text/html", "*/*");
    let crate::gate::Decision::Refuse { body, .. } = memory.house.unreachable(&memory, &packed, (false, "gone"), START)
    else {
        panic!("it passed")
    };
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let told = format!("{} origin: gone", body["ref"].as_str().unwrap());
    assert_eq!(memory.faults().last(), Some(&told));
}

#[test]
fn operators_are_told_of_every_counter_and_of_none_that_is_not_there() {
    let paper = include_str!("../../../.github/DEPLOY.md");
    let (_, paper) = paper.split_once("## Counters and alarms").unwrap();
    let (paper, _) = paper.split_once("\n## ").unwrap();
    for (name, _) in COUNTERS {
        assert!(paper.contains(&format!("`{name}")), "{name} is missing in DEPLOY.md");
    }
    let named = regex::Regex::new(r"`(\w+)\.(\w+)`").unwrap();
    // `limits` is a section of the config.
    for name in named.captures_iter(paper).filter(|name| &name[1] != "limits") {
        let known = COUNTERS.iter().any(|(counter, of)| {
            *counter == &name[1]
                && (of.contains(&name[0].trim_matches('`').to_owned()) || Refusal::from_code(&name[2]).is_some())
        });
        assert!(known, "{} is no counter", &name[0]);
    }
}
