use super::*;
use crate::risk::{Device, Evidence, Features, Habits, Judgement, Priors};
use sekisho_rules::Timestamp;
use std::time::Duration;

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36";
const START: Timestamp = Timestamp::from_millis(1_795_323_900_000);

/// The reasons of the signs that such a request shows.
fn signs(platform: &str, agent: &str, hints: &Hints, accepted: &str, said: &Said) -> Vec<Reason> {
    let networks = Networks::parse("hosting AS64500\nanonymising 203.0.113.0/24").unwrap();
    let agent = UserAgent::parse(agent);
    Signs::read(&Platform::read(platform), &networks, (&agent, hints), accepted, said).reasons().collect()
}

fn shown(platform: &str) -> Vec<Reason> {
    signs(platform, CHROME, &Hints::default(), "", &Said::default())
}

#[test]
fn a_whole_browser_at_home_shows_none() {
    let home = r#"{"address":"198.51.100.7","asn":2516,"country":"JP","zone":540,"language":"ja","protocol":"HTTP/2","rtt":12}"#;
    let hints = Hints { platform: "\"Windows\"", mobile: "?0", ..Hints::default() };
    let said = Said::read(Some("540"), Some("ja"));
    assert_eq!(signs(home, CHROME, &hints, "ja-JP,en;q=0.8", &said), []);
    // Nothing is held against whoever shows nothing, nor against a word that is not said.
    assert_eq!(signs("{}", "", &Hints::default(), "", &Said::default()), []);
    assert_eq!(signs(home, CHROME, &Hints::default(), "en-US", &Said::default()), []);
}

#[test]
fn what_does_not_fit_together_is_told_by_name() {
    let said = |zone, language| Said::read(zone, language);
    let hints = Hints { platform: "\"Linux\"", ..Hints::default() };
    assert_eq!(signs("{}", CHROME, &hints, "", &Said::default()), [Reason::HintsContradict]);
    assert_eq!(shown(r#"{"protocol":"HTTP/1.1"}"#), [Reason::ProtocolContradicts]);
    assert_eq!(signs(r#"{"protocol":"HTTP/1.1"}"#, "curl/8.0", &Hints::default(), "", &Said::default()), []);
    for (tls, told) in [("TLSv1", 1), ("TLSv1.1", 1), ("TLSv1.2", 0), ("TLSv1.3", 0), ("", 0)] {
        let platform = format!(r#"{{"tls":"{tls}"}}"#);
        assert_eq!(shown(&platform), [Reason::ProtocolContradicts][..told], "{tls}");
        for old in ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/97.0.0.0 Safari/537.36", "curl/8.0", ""] {
            assert_eq!(signs(&platform, old, &Hints::default(), "", &Said::default()), [], "{tls} {old}");
        }
    }
    assert_eq!(signs("{}", CHROME, &Hints::default(), "ja", &said(None, Some("ru"))), [Reason::LanguageContradicts]);
    let jp = r#"{"language":"ja","zone":540}"#;
    assert_eq!(signs(jp, CHROME, &Hints::default(), "ru-RU", &said(None, Some("ru"))), [Reason::ForeignLanguage]);
    assert_eq!(signs(jp, CHROME, &Hints::default(), "vi", &Said::default()), [Reason::ForeignLanguage]);
    assert_eq!(signs(jp, CHROME, &Hints::default(), "", &said(Some("180"), None)), [Reason::ForeignClock]);
    assert_eq!(signs(jp, CHROME, &Hints::default(), "", &said(Some("480"), None)), [], "a border, or summer time");
    assert_eq!(shown(r#"{"address":"198.51.100.7","asn":64500}"#), [Reason::HostingNetwork]);
    assert_eq!(shown(r#"{"address":"203.0.113.7","asn":64500}"#), [Reason::AnonymisedNetwork]);
    assert_eq!(shown(r#"{"country":"T1"}"#), [Reason::AnonymisedNetwork]);
    assert_eq!(shown(r#"{"rtt":249}"#), []);
    assert_eq!(shown(r#"{"rtt":250}"#), [Reason::LongWay]);
}

/// A judgement at `now` of an account that has logged in from Tokyo every day for twelve.
fn judged(change: impl FnOnce(&mut Features), after: Duration) -> Judgement {
    let usual = Features { device: Some(7), spot: Spot::of(36, 140), greeting: Some([1, 2]), ..Features::default() };
    let mut habits = Habits::default();
    let last =
        (0..12).map(|day| START + Duration::from_secs(86_400) * day).inspect(|at| habits.learn(&usual, *at)).last();
    let mut features = usual;
    change(&mut features);
    Judgement::of(Evidence::gather(&habits, &features, &Priors, last.unwrap() + after), 20_000)
}

/// A sign: its name, how a login comes to show it, its reason, whether it raises what is asked, and whether it is an attacker's.
type Case = (&'static str, fn(&mut Features), Reason, bool, bool);

#[test]
fn a_sign_raises_what_is_asked_of_an_unknown_device_and_of_no_known_one() {
    const HOUR: Duration = Duration::from_secs(3_600);
    let cases: [Case; 12] = [
        ("hosting", |shown| shown.signs = Signs::HOSTING, Reason::HostingNetwork, true, true),
        ("tor", |shown| shown.signs = Signs::ANONYMISED, Reason::AnonymisedNetwork, true, true),
        ("travel", |shown| shown.spot = Spot::of(44, 26), Reason::ImpossibleTravel, true, true),
        ("accounts", |shown| shown.accounts = 5, Reason::ManyAccounts, true, true),
        ("spray", |shown| shown.sprayed = true, Reason::Spray, true, false),
        ("clock", |shown| shown.signs = Signs::CLOCK, Reason::ForeignClock, true, false),
        ("passkey", |shown| shown.signs = Signs::PASSKEY, Reason::PasskeySuspected, true, false),
        ("failures", |shown| shown.signs = Signs::FAILURES_NEARBY, Reason::FailuresNearby, true, false),
        ("language", |shown| shown.signs = Signs::FOREIGN, Reason::ForeignLanguage, false, false),
        ("way", |shown| shown.signs = Signs::LONG_WAY, Reason::LongWay, false, false),
        ("moved", |shown| shown.signs = Signs::MOVED, Reason::SessionMoved, false, false),
        ("greeting", |shown| shown.greeting = Some([1, 3]), Reason::UnfamiliarGreeting, false, false),
    ];
    for (name, change, reason, raises, attackers) in cases {
        let unknown = judged(|shown| (shown.device = None, change(shown)).1, HOUR);
        assert!(unknown.reasons.contains(&reason) && unknown.evidence.device == Device::Unknown, "{name}");
        assert_eq!((unknown.asks(), unknown.raised), (raises, raises), "{name}");
        let known = judged(change, HOUR);
        assert!(known.reasons.contains(&reason) && !known.asks() && !known.suspects(), "{name}");
        assert_eq!(
            unknown.suspects(),
            attackers,
            "{name}: what others do nearby, or an odd browser, leads nobody to the desk"
        );
    }
    let plain = judged(|shown| shown.device = None, HOUR);
    assert!(!plain.asks() && plain.reasons == [Reason::NewDevice]);
    let flown = judged(|shown| (shown.device, shown.spot) = (None, Spot::of(44, 26)), HOUR * 24);
    assert!(!flown.asks(), "a day later it is a journey");
}

#[test]
fn wrong_passwords_before_the_right_one_are_a_sign() {
    let mut evidence = judged(|shown| shown.device = None, Duration::from_secs(60)).evidence;
    evidence.failures = 4;
    assert!(!Judgement::of(evidence.clone(), 20_000).asks());
    evidence.failures = 5;
    let judgement = Judgement::of(evidence, 20_000);
    assert!(judgement.asks() && judgement.reasons.contains(&Reason::ManyFailures));
}

#[test]
fn a_record_from_before_there_were_signs_is_judged_as_it_was() {
    let judgement = judged(|_| {}, Duration::from_secs(60));
    let mut record = serde_json::to_value(&judgement).unwrap();
    let evidence = record["evidence"].as_object_mut().unwrap();
    for added in ["signs", "kilometres", "minutes", "accounts", "failures"] {
        evidence.remove(added);
    }
    let old: Judgement = serde_json::from_value(record).unwrap();
    let again = Judgement::of(old.evidence.clone(), old.threshold);
    assert_eq!((again.score, &again.reasons), (judgement.score, &judgement.reasons));
    assert_eq!(again, old);
}
