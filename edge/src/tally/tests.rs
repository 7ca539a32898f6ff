use super::*;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house, house_with};
use rand_core::SeedableRng as _;

#[test]
fn counts_are_told_once_and_then_begin_anew() {
    let tally = Tally::default();
    assert_eq!(tally.take_counts(), None);
    tally.count("login", "");
    tally.count("refused", "locked");
    tally.count("refused", "locked");
    tally.count("refused", "malformed");
    assert_eq!(tally.take_counts().as_deref(), Some(r#"{"login":1,"refused.locked":2,"refused.malformed":1}"#));
    assert_eq!(tally.take_counts(), None);
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
    assert_eq!(house.tally.take_counts().as_deref(), Some(r#"{"refused.malformed":1000}"#));
    house.note(Refusal::Malformed, "REF", "/.sekisho/login");
    assert_eq!(house.tally.take_lines().len(), 1, "there is room again");
}

#[test]
fn who_comes_without_a_session_fills_no_log() {
    let house = house();
    house.note(Refusal::NoSession, "REF", "/home");
    assert!(house.tally.take_lines().is_empty());
    assert_eq!(house.tally.take_counts().as_deref(), Some(r#"{"refused.no_session":1}"#));
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
    let reference = House::reference(memory.now());
    let said = |request: &str| {
        let decided = memory.house.decide_packed(memory.now(), request);
        if decided == "ask" {
            memory.pass_gate(request);
        }
        memory.house.tally.take_lines()
    };
    let line = |rest: &str| vec![format!("{{\"ref\":\"{reference}\",{rest}}}")];
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
    assert_eq!(memory.house.tally.take_lines(), led, "and whose form waits");
    assert_eq!(said(&stranger.packed("/internal/x")), line(r#""refused":"not_found","at":"/internal""#));
}

#[test]
fn as_delivered_what_passes_leaves_no_line() {
    let memory = Memory::new(house(), START, 1);
    memory.pass_gate(&Browser::default().packed("/assets/a.css"));
    assert!(memory.house.tally.take_lines().is_empty());
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
