//! The rule, the half-width offer and the likeness of two passwords, against tests/vectors/passwords/rule.json.

mod vectors;

use sekisho_rules::password::{
    Alike, Complaint, Finding, Impossible, Profile, Rules, Severity, Warning, check_rule, half_width, too_alike,
};
use serde_json::{Value, json};

#[test]
fn every_case_draws_its_complaints_and_no_other() {
    let cases = vectors::read("rule.json");
    for case in cases["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let found = check_rule(text, &Profile::JP_BROKER);
        let said: Vec<Value> = found.findings.iter().map(|finding| as_json(finding, text)).collect();
        assert_eq!(Value::from(said), case["found"], "{text:?}");
        assert_eq!(found.refused(), !found.findings.is_empty(), "{text:?}");
        assert_eq!(found.refused(), found.rules.iter().any(|state| !state.met), "{text:?}");
    }
}

fn as_json(finding: &Finding, text: &str) -> Value {
    assert_eq!(finding.severity, Severity::Refuse);
    match finding.place {
        Some(place) => json!([finding.complaint.code(), place.part(text)]),
        None => json!([finding.complaint.code(), finding.complaint.number()]),
    }
}

#[test]
fn every_ascii_character_is_allowed_or_not_as_the_brokers_say() {
    for c in (0..128u8).map(char::from) {
        let allowed = c.is_ascii_alphanumeric() || "@#$%^&*_+-=:,.".contains(c);
        assert_eq!(Profile::JP_BROKER.allows(c), allowed, "{c:?}");
    }
    assert_eq!(Profile::JP_BROKER.symbols().unwrap(), "#$%&*+,-.:=@^_");
}

#[test]
fn half_width_is_offered_only_where_it_helps() {
    for case in vectors::read("rule.json")["half_width"].as_array().unwrap() {
        let offered = half_width(case[0].as_str().unwrap(), &Profile::JP_BROKER);
        assert_eq!(offered.as_ref().map(|text| text.expose()), case[1].as_str(), "{case}");
    }
}

#[test]
fn two_passwords_are_too_alike_both_ways_round() {
    for case in vectors::read("rule.json")["alike"].as_array().unwrap() {
        let (one, other) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let word = |alike| match alike {
            Alike::Equal => "equal".to_owned(),
            Alike::Case => "case".to_owned(),
            Alike::Edits(n) => format!("edits {n}"),
        };
        assert_eq!(too_alike(one, other).map(word).as_deref(), case[2].as_str(), "{case}");
        assert_eq!(too_alike(other, one).map(word).as_deref(), case[2].as_str(), "{case}");
    }
}

#[test]
fn places_are_counted_in_bytes_characters_and_utf16_units() {
    let text = "😀bcＤefgh12";
    let found = check_rule(text, &Profile::JP_BROKER);
    let full = found.findings.iter().find(|finding| finding.complaint == Complaint::FullWidth).unwrap();
    let place = full.place.unwrap();
    assert_eq!((place.start, place.end), (6, 9));
    assert_eq!(place.chars(text), 3..4);
    assert_eq!(place.utf16(text), 4..5);
}

#[test]
fn impossible_rules_are_refused_with_every_reason() {
    let rules = |min_length, max_length, min_kinds, symbols: Option<&str>| Rules {
        min_length,
        max_length,
        min_kinds,
        symbols: symbols.map(str::to_owned),
    };
    let wrong = |rules| Profile::new(&rules).unwrap_err();
    assert_eq!(wrong(rules(0, 16, 3, Some("-"))), [Impossible::NoLength]);
    assert_eq!(wrong(rules(17, 16, 3, Some("-"))), [Impossible::LengthsCrossed]);
    assert_eq!(wrong(rules(8, 129, 3, Some("-"))), [Impossible::TooLong]);
    assert_eq!(wrong(rules(8, 16, 5, Some("-"))), [Impossible::TooManyKinds]);
    assert_eq!(wrong(rules(8, 16, 4, Some(""))), [Impossible::TooManyKinds]);
    assert_eq!(wrong(rules(1, 2, 3, None)), [Impossible::KindsDoNotFit]);
    assert_eq!(
        wrong(rules(0, 129, 5, Some("-a-　 "))),
        [
            Impossible::NotASymbol('a'),
            Impossible::SymbolTwice('-'),
            Impossible::NotASymbol('　'),
            Impossible::NotASymbol(' '),
            Impossible::NoLength,
            Impossible::TooLong,
            Impossible::TooManyKinds,
        ]
    );
    let own = Profile::new(&rules(10, 16, 3, Some("@#$%^&*_+-=:,."))).unwrap();
    assert_eq!(own, Profile::JP_BROKER);
}

#[test]
fn a_profile_says_which_warnings_refuse() {
    let strict = Profile::JP_BROKER.refusing(&[Warning::Name, Warning::Guessable]);
    for warning in Warning::ALL {
        assert_eq!(strict.refuses(warning), matches!(warning, Warning::Name | Warning::Guessable));
        assert!(!Profile::JP_BROKER.refuses(warning));
        assert_eq!(Warning::from_code(warning.code()), Some(warning));
    }
}

#[test]
fn nist_counts_code_points_and_asks_for_no_composition() {
    let mfa = Profile::NIST_63B_4_MFA;
    assert!(!check_rule("さくらさくら弥生", &mfa).refused());
    assert!(check_rule("さくらさくら弥", &mfa).refused());
    assert!(check_rule("eight chars", &Profile::NIST_63B_4).refused());
    assert!(!check_rule(&"長".repeat(128), &Profile::NIST_63B_4).refused());
    assert!(check_rule("tab\tin the password", &Profile::NIST_63B_4).refused());
    assert_eq!(Profile::named("nist-63b-4"), Some(Profile::NIST_63B_4));
}
