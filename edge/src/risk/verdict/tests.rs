use super::*;
use crate::risk::{Features, Habits, PerFeature, Signs};
use sekisho_rules::Timestamp;

fn at(day: u64) -> Timestamp {
    Timestamp::from_millis(1_795_323_900_000 + day * 86_400_000)
}

/// A login whose features have values of their own, those of `new` others than before.
fn shown(new: &[Feature], hour: u8, device: Option<u64>) -> Features {
    let values = PerFeature::new(|of| if new.contains(&of) { 999 } else { 100 + of as u64 });
    Features { values, hour, device, ..Features::default() }
}

const PLACE: [Feature; 5] = [Feature::Address, Feature::Prefix, Feature::Site, Feature::Network, Feature::Country];
const CLIENT: [Feature; 3] = [Feature::Agent, Feature::Stem, Feature::Kind];

fn evidence(features: &Features) -> Evidence {
    let mut habits = Habits::default();
    (0..30).for_each(|day| habits.learn(&shown(&[], 20, Some(7)), at(day)));
    Evidence::gather(&habits, features, &Priors, at(30))
}

fn stranger() -> Evidence {
    evidence(&shown(&[PLACE.as_slice(), &CLIENT].concat(), 3, None))
}

fn owner() -> Evidence {
    evidence(&shown(&[], 20, Some(7)))
}

#[test]
fn weights_and_what_is_left_add_up_to_the_score() {
    let judgement = Judgement::of(stranger(), 0);
    let told = [
        Reason::NewDevice,
        Reason::UnfamiliarCountry,
        Reason::UnfamiliarNetwork,
        Reason::UnfamiliarClient,
        Reason::UnfamiliarHour,
    ];
    assert_eq!(judgement.reasons, told);
    let weight = |reason| judgement.weight(reason).flatten().unwrap();
    // A new country's networks are all new: what the country weighs is all of it.
    let heavy =
        told.into_iter().filter(|reason| *reason != Reason::UnfamiliarNetwork).all(|reason| weight(reason) > 500);
    assert!(heavy && weight(Reason::UnfamiliarNetwork) == 0, "{:?}", judgement.weights);
    // What is left: nothing of it was shown, no device was asked for, the hour is anybody's.
    let blank = Evidence { share: PerFeature::default(), devices: false, ..stranger() };
    let hour = (u64::from(blank.logins) * u64::from(blank.hour_share) / 1_000_000) as u32;
    let left = score(&Evidence { hour, ..blank }).unwrap();
    let sum: i32 = told.into_iter().map(weight).sum();
    assert_eq!(left + sum, judgement.score.unwrap(), "{:?}", judgement.weights);
    assert!(left < 0, "which speaks for nobody in particular: {left}");
    assert_eq!(judgement.weight(Reason::Spray), None);
}

#[test]
fn a_weight_is_what_the_score_would_lack_without() {
    let abroad = evidence(&shown(&[Feature::Country], 20, Some(7)));
    let judgement = Judgement::of(abroad.clone(), 0);
    let mut unseen = abroad;
    unseen.share.set(Feature::Country, 0);
    let without = score(&unseen).unwrap();
    assert_eq!(judgement.reasons, [Reason::UnfamiliarCountry]);
    assert_eq!(judgement.weights, [Some(judgement.score.unwrap() - without)]);
}

#[test]
fn what_asks_by_itself_has_no_weight_and_what_is_only_told_has_none_to_add() {
    let signs = crate::risk::Signs::HOSTING.with(crate::risk::Signs::FOREIGN);
    let odd = |evidence: Evidence| Judgement::of(Evidence { sprayed: true, failures: 9, signs, ..evidence }, 0);
    let (unknown, known) = (odd(evidence(&shown(&[], 20, None))), odd(owner()));
    for reason in [Reason::Spray, Reason::ManyFailures, Reason::HostingNetwork] {
        assert_eq!((unknown.weight(reason), known.weight(reason)), (Some(None), Some(Some(0))), "{reason:?}");
    }
    assert_eq!(unknown.weight(Reason::ForeignLanguage), Some(Some(0)));
    assert!(unknown.raised && !known.raised);
    let first = Judgement::of(Evidence::gather(&Habits::default(), &shown(&[], 20, None), &Priors, at(0)), 0);
    assert_eq!(
        (first.reasons.as_slice(), first.weights.as_slice()),
        ([Reason::FirstLogin].as_slice(), [None].as_slice())
    );
}

/// Each sign alone: a reason has no weight where it raises, and only there.
#[test]
fn a_reason_without_a_weight_is_one_that_raises() {
    let base = || evidence(&shown(&[], 20, None));
    let mut all = vec![
        Evidence { sprayed: true, ..base() },
        Evidence { hidden: true, ..base() },
        Evidence { accounts: 9, ..base() },
        Evidence { failures: 9, ..base() },
        Evidence { kilometres: 9_000, ..base() },
        Evidence { new_channel: true, ..base() },
    ];
    all.extend((0..16).map(|bit| Evidence { signs: crate::risk::Signs::of_bits(1 << bit), ..base() }));
    all.extend([stranger(), owner()]);
    for evidence in all {
        let judgement = Judgement::of(evidence, 0);
        let by_itself = judgement.weights.contains(&None);
        // A bit that is no sign yet has no reason, and raises all the same.
        assert!(judgement.raised == by_itself || judgement.evidence.signs.reasons().next().is_none(), "{judgement:?}");
    }
}

#[test]
fn the_verdict_says_with_what_and_no_score_refuses() {
    let verdict = |evidence: Evidence, threshold| Judgement::of(evidence, threshold).verdict;
    let step_up = Verdict::StepUp;
    for (has_code, has_passkey, of_stranger) in
        [(true, false, With::Code), (true, true, With::Code), (false, true, With::Passkey), (false, false, With::Desk)]
    {
        let at_hand = |evidence: Evidence| Evidence { has_code, has_passkey, ..evidence };
        assert_eq!(verdict(at_hand(stranger()), 0), step_up(of_stranger));
        assert_eq!(verdict(at_hand(owner()), 0), Verdict::Allow);
        assert_eq!(
            verdict(at_hand(Evidence { failures: 9, ..evidence(&shown(&[], 20, None)) }), 20_000),
            step_up(of_stranger)
        );
        // Not a doubt that calls for the desk: who can be sent a code is sent one.
        let sprayed = Evidence { sprayed: true, ..evidence(&shown(&[], 20, None)) };
        let mild = if has_code { step_up(With::Code) } else { Verdict::Allow };
        assert_eq!(verdict(at_hand(sprayed), 20_000), mild);
        for threshold in [-20_000, 20_000] {
            let by_passkey = |evidence: Evidence| Evidence { by_passkey: true, ..at_hand(evidence) };
            assert_eq!(verdict(by_passkey(stranger()), threshold), Verdict::Allow, "a passkey is asked for nothing");
            assert_eq!(verdict(Evidence { refused: true, ..by_passkey(owner()) }, threshold), Verdict::Refuse);
        }
    }
    assert!(Judgement::of(Evidence { by_passkey: true, ..stranger() }, 0).suspects(), "though it may be suspected");
}

#[test]
fn nothing_that_a_passkey_shows_asks_by_itself_but_that_it_is_refused_as_a_copy() {
    let signed = Evidence { by_passkey: true, signs: Signs::HOSTING.with(Signs::PASSKEY), failures: 9, ..stranger() };
    let first = Evidence { logins: 0, ..signed.clone() };
    for evidence in [signed.clone(), first] {
        let judgement = Judgement::of(evidence, 0);
        assert!(judgement.reasons.contains(&Reason::HostingNetwork), "{judgement:?}");
        assert!(judgement.weights.iter().all(Option::is_some), "{judgement:?}");
    }
    let refused = Judgement::of(Evidence { refused: true, ..signed }, 0);
    let alone: Vec<Reason> = Reason::ALL.into_iter().filter(|one| refused.weight(*one) == Some(None)).collect();
    assert_eq!(alone, [Reason::PasskeySuspected]);
}

#[test]
fn everything_in_it_is_kept_and_made_again_and_an_altered_one_is_not() {
    let by_passkey = Evidence { by_passkey: true, refused: true, ..stranger() };
    let signed = Evidence { failures: 9, has_code: true, ..evidence(&shown(&[Feature::Country], 20, None)) };
    for evidence in [stranger(), owner(), by_passkey, signed] {
        let judgement = Judgement { reference: 7, ..Judgement::of(evidence, -2_100) };
        let read = Judgement::read(&judgement.numbers()).unwrap();
        assert!(read.is_reproduced());
        assert_eq!(
            (&read.evidence, read.verdict, read.raised),
            (&judgement.evidence, judgement.verdict, judgement.raised)
        );
        for reason in Reason::ALL {
            assert_eq!(read.weight(reason), judgement.weight(reason), "{reason:?}");
        }
        let text = serde_json::to_string(&judgement).unwrap();
        assert_eq!(serde_json::from_str::<Judgement>(&text).unwrap(), judgement);
        for other in Verdict::ALL.into_iter().filter(|verdict| *verdict != read.verdict) {
            assert!(!Judgement { verdict: other, ..read.clone() }.is_reproduced(), "{other:?}");
        }
        for at in 0..read.weights.len() {
            let mut altered = read.clone();
            altered.weights[at] = altered.weights[at].map_or(Some(0), |weight| Some(weight + 1));
            assert!(!altered.is_reproduced());
        }
    }
}

#[test]
fn a_record_leaves_out_what_is_nought_and_reads_the_same_where_it_stands_there() {
    let mut plain = serde_json::to_value(owner()).unwrap();
    let record = plain.as_object_mut().unwrap();
    assert!(
        !record
            .values()
            .any(|value| *value == 0 || *value == false || *value == serde_json::json!([0, 0, 0, 0, 0, 0, 0, 0]))
    );
    for (name, nought) in [("signs", 0.into()), ("refused", false.into()), ("fresh", vec![0; 8].into())] {
        assert!(record.insert(name.to_owned(), nought).is_none(), "{name}");
    }
    assert_eq!(serde_json::from_value::<Evidence>(plain).unwrap(), owner());
}
