use super::*;
use sekisho_rules::Timestamp;

const START: u64 = 1_795_323_900_000;
const DAY: u64 = 86_400_000;

fn at(day: u64) -> Timestamp {
    Timestamp::from_millis(START + day * DAY)
}

/// A login whose every feature has the value that `value` gives it.
fn shown(value: impl Fn(Feature) -> u64) -> Features {
    Features { values: PerFeature::new(value), hour: 20, device: None, ..Features::default() }
}

fn usual() -> Features {
    shown(|feature| 100 + feature as u64)
}

fn settled(days: u64) -> Habits {
    let mut habits = Habits::default();
    (0..days).for_each(|day| habits.learn(&usual(), at(day)));
    habits
}

fn scored(habits: &Habits, features: &Features, day: u64) -> i32 {
    score(&Evidence::gather(habits, features, &Priors, at(day))).unwrap()
}

#[test]
fn a_first_login_has_no_score_and_is_asked_but_not_suspected() {
    let judgement = Judgement::of(Evidence::gather(&Habits::default(), &usual(), &Priors, at(0)), -2_100);
    assert_eq!(judgement.score, None);
    assert!(judgement.asks() && !judgement.suspects());
    assert_eq!(judgement.reasons, [Reason::FirstLogin]);
}

#[test]
fn the_more_of_it_is_new_the_worse_and_the_coarser_the_worse() {
    let habits = settled(12);
    let new = |which: &[Feature]| {
        let which = which.to_vec();
        scored(&habits, &shown(|feature| if which.contains(&feature) { 999 } else { 100 + feature as u64 }), 12)
    };
    let place = [Feature::Address, Feature::Prefix, Feature::Site, Feature::Network, Feature::Country];
    let scores: Vec<i32> = (0..=place.len()).map(|count| new(&place[..count])).collect();
    // A new city or neighbourhood of the known operator is worse than a second network: a phone has its carrier.
    assert!(scores[..3].is_sorted() && scores[4] < scores[3] && scores[4] < scores[5], "{scores:?}");
    assert!(new(&[Feature::Agent]) < new(&[Feature::Agent, Feature::Stem]));
    assert!(scores[0] < -5_000 && scores[1] < -5_000 && scores[5] > -2_500, "{scores:?}");
}

#[test]
fn what_an_owner_often_does_is_held_against_nobody() {
    // One is never at the same address twice, the other always.
    let mut roaming = Habits::default();
    (0..12).for_each(|day| {
        let login = shown(|feature| if feature == Feature::Address { 500 + day } else { 100 + feature as u64 });
        roaming.learn(&login, at(day));
    });
    let new = shown(|feature| if feature == Feature::Address { 999 } else { 100 + feature as u64 });
    assert!(scored(&roaming, &new, 12) < scored(&settled(12), &new, 12));
}

#[test]
fn a_known_device_speaks_for_the_owner_and_its_absence_against() {
    let mut habits = Habits::default();
    (0..12).for_each(|day| habits.learn(&Features { device: Some(7), ..usual() }, at(day)));
    let by = |device| scored(&habits, &Features { device, ..usual() }, 12);
    assert!(by(Some(7)) < by(None) && by(None) == by(Some(8)));
    assert!(by(Some(7)) + 5_000 < by(None));
}

#[test]
fn an_hour_at_which_the_owner_never_comes_counts() {
    let habits = settled(12);
    assert!(scored(&habits, &usual(), 12) < scored(&habits, &Features { hour: 4, ..usual() }, 12));
}

#[test]
fn memories_fade_by_half_in_four_months_and_are_gone_in_the_end() {
    let habits = settled(1);
    let weight = |day| Evidence::gather(&habits, &usual(), &Priors, at(day)).weight.of(Feature::Address);
    assert_eq!([weight(0), weight(120), weight(240), weight(12_000)], [1_000, 500, 250, 0]);
    assert!(Evidence::gather(&habits, &usual(), &Priors, at(1_000)).is_first());
}

#[test]
fn an_older_version_of_the_same_browser_is_told() {
    let mut habits = settled(3);
    habits.learn(&shown(|feature| if feature == Feature::Agent { 555 } else { 100 + feature as u64 }), at(3));
    let judgement = Judgement::of(Evidence::gather(&habits, &usual(), &Priors, at(4)), 0);
    assert!(judgement.reasons.contains(&Reason::OldClient));
}

#[test]
fn an_address_that_is_not_shown_is_asked_about_where_others_were() {
    let habits = settled(12);
    let place = [Feature::Address, Feature::Prefix, Feature::Site, Feature::Network, Feature::Country];
    let bare = shown(|feature| if place.contains(&feature) { 0 } else { 100 + feature as u64 });
    let judgement = Judgement::of(Evidence::gather(&habits, &bare, &Priors, at(12)), 20_000);
    assert_eq!(judgement.reasons, [Reason::PlaceHidden]);
    assert!(judgement.asks() && judgement.suspects(), "whatever the score");
    let mut never = Habits::default();
    (0..12).for_each(|day| never.learn(&bare, at(day)));
    let judgement = Judgement::of(Evidence::gather(&never, &bare, &Priors, at(12)), -2_100);
    assert!(judgement.reasons.is_empty() && !judgement.asks(), "where no platform tells, nobody is asked for it");
}

#[test]
fn no_number_of_logins_overflows() {
    let mut habits = Habits::default();
    habits.learn(&usual(), at(0));
    habits.logins = u32::MAX;
    habits.hours = vec![u32::MAX; 24];
    habits.features.iter_mut().for_each(|memory| {
        memory.fresh = u32::MAX;
        memory.seen.iter_mut().for_each(|seen| seen.weight = u32::MAX);
    });
    habits.learn(&usual(), at(0));
    assert!(score(&Evidence::gather(&habits, &usual(), &Priors, at(0))).is_some());
}

#[test]
fn a_feature_that_is_not_always_shown_makes_no_chance_above_one() {
    // The city is never told, and every login comes by another network.
    let login = |network| {
        shown(move |feature| match feature {
            Feature::Site => 0,
            Feature::Network | Feature::Prefix | Feature::Address => network,
            feature => 100 + feature as u64,
        })
    };
    let mut habits = Habits::default();
    (0..12).for_each(|day| habits.learn(&login(day + 1), at(day)));
    let (known, new) = (scored(&habits, &login(3), 12), scored(&habits, &login(999), 12));
    assert!(known < new && known > -30_000 && new < 10_000, "{known} {new}");
}

#[test]
fn many_logins_in_a_row_wear_nothing_away() {
    let mut habits = settled(1);
    let other = Timestamp::from_millis(START + 60_000);
    (0..5_000).for_each(|_| habits.learn(&shown(|feature| 200 + feature as u64), other));
    let evidence = Evidence::gather(&habits, &usual(), &Priors, other);
    assert!(evidence.weight.of(Feature::Address) > 990);
}

#[test]
fn a_judgement_is_kept_as_numbers_and_read_again_whole() {
    let mut habits = settled(12);
    habits.learn(&Features { device: Some(7), ..usual() }, at(12));
    let shown = [
        usual(),
        Features { device: Some(7), sprayed: true, ..usual() },
        Features { hour: 4, ..shown(|feature| if feature == Feature::Address { 0 } else { 999 }) },
    ];
    let evidence = |features: &Features| Evidence::gather(&habits, features, &Priors, at(13));
    let mut judgements: Vec<_> = shown.iter().map(|one| Judgement::of(evidence(one), -2_100)).collect();
    judgements.push(Judgement::of(Evidence::gather(&Habits::default(), &usual(), &Priors, at(0)), 5));
    for judgement in judgements {
        let signs = Signs::HINTS.with(Signs::PASSKEY);
        let counted = Evidence {
            population: 77,
            known: 5,
            signs,
            kilometres: 9_001,
            minutes: 3,
            accounts: 7,
            failures: 6,
            ..judgement.evidence.clone()
        };
        let judgement = Judgement { policy: 9, ..Judgement::of(counted, judgement.threshold) };
        let read = Judgement::read(&judgement.numbers()).unwrap();
        assert!(read.is_reproduced());
        assert_eq!(
            (&read.evidence, read.score, read.threshold, read.policy),
            (&judgement.evidence, judgement.score, judgement.threshold, 9)
        );
        let altered = Judgement { score: read.score.map(|score| score + 1), ..read.clone() };
        assert!(altered.score.is_none() || !altered.is_reproduced());
        assert!(
            Judgement { reasons: vec![Reason::UnfamiliarHour], ..read.clone() } == read
                || !Judgement { reasons: vec![Reason::UnfamiliarHour], ..read }.is_reproduced()
        );
        assert!(Judgement::read(&judgement.numbers()[1..]).is_none());
    }
}

#[test]
fn staffs_threshold_stands_over_the_configs_and_a_channel_never_used_has_the_strictest() {
    let set = Scale { threshold: Some(-2_000), strictest: Some(-3_000), policy: 4, ..Scale::default() };
    assert_eq!((set.over(-2_100, true), set.over(-2_100, false), set.over(-5_000, false)), (-2_000, -3_000, -5_000));
    assert_eq!((Scale::default().over(-2_100, true), Scale::default().over(-2_100, false)), (-2_100, -2_100));
    for scale in [set, Scale::default(), Scale { version: 7, hour: 9, threshold: Some(-1), ..Scale::default() }] {
        assert_eq!(Scale::from(Vec::from(scale)), scale);
    }
    assert_eq!(Scale::from(Vec::new()), Scale::default(), "what brings none is measured by experience");
}

#[test]
fn another_greeting_of_a_version_that_has_greeted_is_told_and_moves_no_score() {
    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36";
    let login = |agent: &str, ja4: &str| {
        let platform = Platform::read(&format!(r#"{{"country":"JP","ja4":{ja4}}}"#));
        Fingerprint::new(platform, &UserAgent::parse(agent), None).features(b"salt", at(0))
    };
    let usual = login(CHROME, r#""t13d1516h2_8daaf6152771_b186095e22b6""#);
    let mut habits = Habits::default();
    (0..3).for_each(|day| habits.learn(&usual, at(day)));
    let judged = |features: &Features| Judgement::of(Evidence::gather(&habits, features, &Priors, at(3)), 0);
    let newer = CHROME.replace("150", "151");
    for (agent, ja4, strange) in [
        (CHROME, r#""t13d1516h2_8daaf6152771_b186095e22b6""#, false),
        (CHROME, r#""t13d190900_9dc949149365_97f8aa674fd9""#, true),
        // By QUIC for the first time, an update, and where nobody tells.
        (CHROME, r#""q13d0312h3_55b375c5d22e_06cda9e17597""#, false),
        (newer.as_str(), r#""t13d190900_9dc949149365_97f8aa674fd9""#, false),
        (CHROME, "null", false),
        (CHROME, r#""""#, false),
    ] {
        let judgement = judged(&login(agent, ja4));
        assert_eq!(judgement.reasons.contains(&Reason::UnfamiliarGreeting), strange, "{agent} {ja4}");
        if strange {
            assert_eq!((judgement.score, judgement.weights.as_slice()), (judged(&usual).score, [Some(0)].as_slice()));
            assert!(judgement.is_reproduced() && !judgement.raised);
        }
    }
    assert!(!serde_json::to_string(&habits).unwrap().contains("8daaf"), "it is kept as numbers");
    assert!(habits.forget(at(9)) && habits.greetings.seen.is_empty(), "no longer than the rest");
}

/// By hand. Nothing of the place is shown, all ten logins had this browser, last seen 500 hours ago; the hour is anybody's. Kind, new
/// with .08/14: .994286 + .005714·.5 = .997143. Stem, new with .12/14: .991429 + .008571·.997143·.15 = .992711. Version:
/// .97·2^−(500/192) = .159529. Attackers: (.5·.15·.3 + 1 + .2)/4 = .305625. The logarithm of .305625/(.992711·.159529·11) is −1.7404.
#[test]
fn a_score_by_hand() {
    let client = |of: [u32; 3]| PerFeature::new(|feature| (feature as usize).checked_sub(5).map_or(0, |at| of[at]));
    let evidence = Evidence {
        logins: 10_000,
        weight: client([10_000; 3]),
        within: client([10_000; 3]),
        pair: 10_000,
        share: client([300_000, 150_000, 500_000]),
        idle: 500,
        hour: 500,
        hour_share: 50_000,
        devices: false,
        known: 0,
        ..Evidence::gather(&Habits::default(), &usual(), &Priors, at(0))
    };
    assert_eq!(score(&evidence), Some(-1_740));
}

#[test]
fn a_new_address_is_expected_where_all_were_new() {
    // Ten logins from one address at home; four by a carrier, each from another.
    let login = |prefix: u64, address: u64| {
        shown(move |feature| match feature {
            Feature::Address => address,
            Feature::Prefix | Feature::Site | Feature::Network => prefix + feature as u64,
            feature => 100 + feature as u64,
        })
    };
    let mut habits = Habits::default();
    (0..10).for_each(|day| habits.learn(&login(1_000, 1), at(day)));
    (10..14).for_each(|day| habits.learn(&login(2_000, day), at(day)));
    let of = |prefix| {
        let evidence = Evidence::gather(&habits, &login(prefix, 999), &Priors, at(14));
        [evidence.within, evidence.fresh].map(|of| of.of(Feature::Address))
    };
    let [left, all] = [of(1_000)[0], of(2_000)[0]];
    assert!(left > 8_500 && of(1_000)[1] == 0 && of(3_000) == [0, 0], "{:?}", of(1_000));
    assert!(all > 3_500 && of(2_000)[1] > all * 7 / 10, "{:?}", of(2_000));
    let [home, carrier, other] = [1_000, 2_000, 3_000].map(|prefix| scored(&habits, &login(prefix, 999), 14));
    assert!(carrier < home && home < other, "{carrier} {home} {other}");
}

#[test]
fn after_weeks_a_newer_version_is_expected_and_the_old_one_less() {
    let habits = settled(12);
    let new = shown(|feature| if feature == Feature::Agent { 999 } else { 100 + feature as u64 });
    assert_eq!(Evidence::gather(&habits, &new, &Priors, at(13)).idle, 48);
    assert!(scored(&habits, &new, 72) < scored(&habits, &new, 12));
    assert!(scored(&habits, &usual(), 72) > scored(&habits, &usual(), 12));
}

#[test]
fn a_renewal_within_the_hour_and_a_device_without_updates_stay_their_owners() {
    let habits = settled(12);
    let renewed = shown(|feature| if feature == Feature::Agent { 999 } else { 100 + feature as u64 });
    let hours = |hours: u64| at(11) + std::time::Duration::from_secs(3_600 * hours);
    let scored = |login: &Features, now| score(&Evidence::gather(&habits, login, &Priors, now)).unwrap();
    for now in [0, 1, 24].map(hours) {
        assert!(scored(&renewed, now) < -5_000, "{}", scored(&renewed, now));
    }
    assert!((scored(&renewed, hours(0)) - scored(&renewed, hours(1))).abs() < 1_000);
    // After a year without an update: less sure than after a month, and no stranger.
    for days in [90, 365, 1_000] {
        assert!(scored(&usual(), hours(24 * days)) < -2_000, "{days}: {}", scored(&usual(), hours(24 * days)));
    }
}

#[test]
fn a_version_of_before_that_has_faded_is_an_old_one_and_no_impossible_one() {
    let faded = Evidence {
        superseded: true,
        weight: PerFeature::new(|feature| if feature == Feature::Agent { 0 } else { 10_000 }),
        ..Evidence::gather(&settled(12), &usual(), &Priors, at(13))
    };
    assert!(score(&faded).unwrap() < -2_000, "{:?}", score(&faded));
}

#[test]
fn versions_rise_and_one_that_falls_behind_is_another_browser() {
    let versions = |number, versions| {
        let of = |feature| if feature == Feature::Agent { number } else { 100 + feature as u64 };
        Features { versions, ..shown(of) }
    };
    let mut habits = Habits::default();
    (0..12).for_each(|day| habits.learn(&versions(1, 150 << 16 | 18), at(day)));
    let scored = |number, shown| scored(&habits, &versions(number, shown), 20);
    let newer = [151 << 16 | 18, 150 << 16 | 19, 151 << 16 | 19].map(|shown| scored(2, shown));
    let older = [149 << 16 | 18, 150 << 16 | 17, 151 << 16 | 17].map(|shown| scored(2, shown));
    assert!(newer[0] == newer[1] && newer[0] == newer[2] && older[0] == older[1] && older[0] == older[2]);
    assert!(newer[0] + 1_000 < older[0], "{newer:?} {older:?}");
}

#[test]
fn who_copies_a_login_has_network_and_browser_of_the_same_one() {
    let login = |network: u64, address: u64, agent: u64| {
        shown(move |feature| match feature {
            Feature::Address => address,
            Feature::Prefix | Feature::Site | Feature::Network => network + feature as u64,
            Feature::Agent => agent,
            Feature::Stem => 200 + agent,
            feature => 100 + feature as u64,
        })
    };
    let mut habits = Habits::default();
    (0..10).for_each(|day| habits.learn(&login(1_000 * (1 + day % 2), 1 + day % 2, 7 + day % 2), at(day)));
    let scored = |agent| scored(&habits, &login(2_000, 99, agent), 10);
    assert!(scored(8) > scored(7), "{} {}", scored(8), scored(7));
}

#[test]
fn the_more_networks_are_known_the_odder_is_another() {
    let login = |network: u64| {
        shown(move |feature| match feature {
            Feature::Address | Feature::Prefix | Feature::Site | Feature::Network => network + feature as u64,
            feature => 100 + feature as u64,
        })
    };
    let of = |many: u64| {
        let mut habits = Habits::default();
        (0..12).for_each(|day| habits.learn(&login(1_000 * (1 + day % many)), at(day)));
        Evidence { fresh: PerFeature::default(), ..Evidence::gather(&habits, &login(9_000), &Priors, at(12)) }
    };
    let [one, three] = [1, 3].map(|many| (of(many).networks, score(&of(many)).unwrap()));
    assert!((one.0, three.0) == (1, 3) && one.1 + 1_000 < three.1, "{one:?} {three:?}");
}

#[test]
fn an_account_that_is_used_often_is_its_owners_more_often() {
    // Of what they show there is nothing, so that only the number is left: ln(31/4).
    let [few, many] = [3_000, 30_000].map(|logins| {
        let evidence = Evidence::gather(&settled(3), &usual(), &Priors, at(3));
        let all = PerFeature::new(|_| logins);
        let hour = logins / 1_000 * evidence.hour_share / 1_000;
        Evidence { logins, weight: all, pair: logins, hour, share: PerFeature::default(), ..evidence }
    });
    let [few, many] = [few, many].map(|evidence| score(&evidence).unwrap());
    assert!(many + 1_500 < few, "{many} {few}");
}

#[test]
fn a_line_unused_for_months_may_have_another_address() {
    let habits = settled(12);
    let moved = shown(|feature| if feature == Feature::Address { 999 } else { 100 + feature as u64 });
    let scored = |idle| {
        let evidence = Evidence::gather(&habits, &moved, &Priors, at(12));
        score(&Evidence { away: idle, ..evidence }).unwrap()
    };
    assert!(scored(24 * 150) < scored(24) && scored(u32::MAX) < scored(24), "{} {}", scored(24 * 150), scored(24));
}
