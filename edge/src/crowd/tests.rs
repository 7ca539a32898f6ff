use super::*;
use crate::memory::testing::{Browser, PASSWORD, house, memory};
use crate::memory::{Memory, MemoryStore};
use crate::risk::{Judgement, Population as _, Priors, Reason};
use serde_json::json;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_millis(1_795_323_900_000);
const HOME: &str = r#"{"address":"203.0.113.7","asn":2516,"country":"JP","city":"Tokyo"}"#;

/// A login that shows `value` of every feature, from a network of its own number.
fn login(value: u64, network: u64) -> Counted {
    let values = PerFeature::new(|of| if of == Feature::Network { network } else { value });
    Counted { values, hour: 20, fresh: PerFeature::new(|_| true) }
}

fn count(store: &MemoryStore, counted: &Counted, now: Timestamp) {
    obey(&house(), store, now, &Command::Count(counted.clone()).pack()).unwrap();
}

fn part(store: &MemoryStore, now: Timestamp) -> [Vec<Vec<u64>>; 2] {
    let lists = store.transaction(|sql| shard::part(sql, now)).unwrap();
    lists.map(|list| serde_json::from_str(&list).unwrap())
}

/// What the sum publishes of these shards.
fn summed(stores: &[MemoryStore]) -> Snapshot {
    let sum = MemoryStore::default();
    for (shard, store) in stores.iter().enumerate() {
        let lists = store.transaction(|sql| shard::part(sql, NOW)).unwrap();
        obey(&house(), &sum, NOW, &Command::Add { shard: shard as u8, lists }.pack()).unwrap();
    }
    let sum = sum.transaction(|sql| shard::sum(sql, FEWEST)).unwrap();
    Snapshot::new(sum.version, &sum.totals, &sum.listed)
}

fn features(counted: &Counted) -> Features {
    Features { values: counted.values, hour: counted.hour, ..Features::default() }
}

/// Seventy thousand addresses: value, weight and accounts as `columns` say for the i-th.
fn fill(store: &MemoryStore, columns: &str) {
    let statement = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000) \
         INSERT INTO value SELECT 0, {columns}, ?1 FROM n WHERE i <> 7"
    );
    store.transaction::<_, StoreFault>(|sql| sql.run(&statement, &[NOW.into()])).unwrap();
}

fn lists(snapshot: &Snapshot, value: u64) -> bool {
    let (entries, rest) = snapshot.bytes()[snapshot::HEAD..].as_chunks::<12>();
    rest.is_empty() && entries.iter().any(|entry| entry[..8] == value.to_be_bytes())
}

#[test]
fn what_travels_is_read_as_it_was_written_and_nothing_else_is() {
    let fresh = PerFeature::new(|of| (of as usize).is_multiple_of(3));
    let commands = [
        Command::Count(Counted { fresh, ..login((1 << 53) - 1, 3) }),
        Command::Add { shard: 63, lists: ["[[1,2]]".into(), "[]".into()] },
        Command::Keep { channel: "pc main".into(), judgement: vec![1, -5, i64::MIN >> 16] },
        Command::Replay { channel: String::new(), thresholds: vec![-2_100, 0], attacks: vec![7, 9] },
    ];
    for command in commands {
        assert_eq!(Command::read(&command.pack()), Some(command));
    }
    for odd in ["", "count", "count\n1 2", "count\n1 2 3 4 5 6 7 8 24 0", "add\n256\nA\nB", "keep\nx\ny", "x\ny\nz"] {
        assert_eq!(Command::read(odd), None, "{odd:?}");
    }
    let replayed = Replayed {
        reproduced: 3,
        foreign: 1,
        suspected: 2,
        attacks: 1,
        verdicts: vec![2, 0, 0, 1, 0],
        would: vec![3, 0],
        caught: vec![1, 0],
        reasons: vec![1; 9],
        rules: vec![0; 9],
        weights: vec![-1_234; 9],
        since: Some(NOW),
    };
    assert_eq!(Replayed::read(&replayed.pack()), Some(replayed));
}

#[test]
fn counts_fade_and_are_forgotten_after_six_months() {
    let store = MemoryStore::default();
    for _ in 0..10 {
        count(&store, &login(7, 3), NOW);
    }
    let weight = |days: u64| {
        let [tallies, _] = part(&store, NOW + Duration::from_secs(days * 86_400));
        tallies.first().map(|tally| tally[2])
    };
    assert_eq!((weight(0), weight(120)), (Some(100), Some(50)));
    assert_eq!(weight(184), None);
}

#[test]
fn what_few_accounts_have_shown_is_not_listed_and_what_many_have_is_added_up_over_the_shards() {
    let stores = [MemoryStore::default(), MemoryStore::default()];
    for time in 0..40 {
        // The same browser from five networks; and an address that nobody shares.
        count(&stores[(time % 2) as usize], &login(7, 1 + time % 5), NOW);
    }
    for _ in 0..50 {
        let again = Counted { fresh: PerFeature::default(), ..login(99, 99) };
        count(&stores[0], &again, NOW);
    }
    let snapshot = summed(&stores);
    assert!(lists(&snapshot, 7) && !lists(&snapshot, 99), "fifty logins of one account are still one account's");
    assert!(!lists(&snapshot, 1), "eight accounts by one network are too few");
    let common = snapshot.scale(&features(&login(7, 1)));
    let rare = snapshot.scale(&features(&login(1_234, 5)));
    for of in [Feature::Country, Feature::Kind] {
        assert!(common.share(of, 0, 0) > 400_000, "forty of ninety: {common:?}");
        assert!(rare.share(of, 0, 0) < 200_000, "{rare:?}");
    }
    assert_eq!(common.version(), 1);
}

#[test]
fn the_snapshot_never_outgrows_its_bytes_and_drops_the_rarest() {
    let store = MemoryStore::default();
    count(&store, &login(7, 3), NOW);
    fill(&store, "i, 1000 * i, 20");
    let snapshot = summed(&[store]);
    assert_eq!(snapshot.bytes().len(), snapshot::HEAD + 4_096 * 12, "a shard hands over no more");
    assert!(lists(&snapshot, 70_000) && !lists(&snapshot, 60_000));
    let tally = |value: u64| Tally { feature: 0, value, tenths: 9 };
    let all: Vec<Tally> = (0..30_000).map(tally).collect();
    let snapshot = Snapshot::new(1, &[(1, 1); FEATURES], &all);
    let sealed = board::sealed(&house().keys, POPULATION, snapshot.bytes());
    assert!(sealed.len() <= LONGEST && sealed.len() > LONGEST - 12);
    assert!(Snapshot::read(vec![0; LONGEST + 1]).is_none() && Snapshot::read(vec![0; 8]).is_none());
    // Whatever the bytes say of themselves, nothing is read past their end.
    let wild = Snapshot::read(vec![0xff; 400]).unwrap();
    assert!(wild.scale(&features(&login(7, 1))).hour > 0);
}

#[test]
fn where_nobody_was_counted_general_experience_stands() {
    let scale = crate::risk::Scale::default();
    assert_eq!(scale.share(Feature::Address, 1, 2), Priors.share(Feature::Address, 1, 2));
    let empty = summed(&[]).scale(&features(&login(7, 1)));
    // Half a login of whatever was not counted weighs little against it.
    let close = |of: Feature| empty.share(of, 0, 0).abs_diff(Priors.share(of, 0, 0)) < 40_000;
    assert!(Feature::ALL.into_iter().all(close), "{empty:?}");
}

#[test]
fn a_shard_remembers_only_so_many_values() {
    let store = MemoryStore::default();
    count(&store, &login(7, 3), NOW);
    fill(&store, "i + 100, 500, 1");
    let handed = part(&store, NOW);
    let [tallies, totals] = handed;
    assert_eq!(tallies.len(), 4_096);
    assert!(totals[0][2] <= 65_536 && totals[0][2] > 65_000, "{:?}", totals[0]);
    assert!(tallies.iter().any(|tally| tally[1] == 7), "the common ones stay");
}

/// Somebody who logs in from home for the first time and once more on the same day.
fn customer(memory: &Memory) -> (Browser, String) {
    let mut browser = Browser { platform: crate::risk::Platform::read(HOME), ..Browser::default() };
    let id = browser.open(memory);
    assert_eq!(browser.login(memory, &id, PASSWORD).status, 200);
    assert_eq!(browser.login(memory, &id, PASSWORD).status, 200);
    (browser, id)
}

/// An hour for the shards, one for the sum, and the minute for which an edge believes what it has.
fn hours_pass(memory: &Memory) {
    memory.ring_alarms();
    for _ in 0..3 {
        memory.pass(Duration::from_secs(3_601));
        memory.ring_crowds().unwrap();
    }
}

fn judged(memory: &Memory) -> Judgement {
    serde_json::from_str(memory.judged().last().unwrap()).unwrap()
}

#[test]
fn what_many_customers_show_reaches_the_judgement_of_each_with_its_version() {
    let memory = memory();
    let mut customers: Vec<_> = (0..12).map(|_| customer(&memory)).collect();
    assert_eq!(judged(&memory).evidence.population, 0);
    hours_pass(&memory);
    let (browser, id) = &mut customers[0];
    assert_eq!(browser.login(&memory, id, PASSWORD).status, 200);
    let judgement = judged(&memory);
    assert!(judgement.evidence.population > 0 && judgement.is_reproduced());
    let share = judgement.evidence.share;
    assert!(share.of(Feature::Country) > Priors.share(Feature::Country, 0, 0), "everybody is from there");
    assert!(share.of(Feature::Address) > 100_000, "and from one address: {share:?}");
}

#[test]
fn nothing_is_published_that_nine_accounts_have_shown() {
    let memory = memory();
    let nine: Vec<_> = (0..9).map(|_| customer(&memory)).collect();
    hours_pass(&memory);
    let mut length = 0;
    memory.published_mut(POPULATION, |bytes| length = bytes.len());
    assert_eq!((nine.len(), length), (9, snapshot::HEAD + 33), "totals and the mark, not a value");
}

#[test]
fn an_account_counts_once_a_day_however_often_it_logs_in() {
    let memory = memory();
    let (mut browser, id) = customer(&memory);
    for _ in 0..20 {
        assert_eq!(browser.login(&memory, &id, PASSWORD).status, 200);
    }
    browser.post(&memory, "/.sekisho/login", &json!({ "id": id, "password": "Wrong#2026-no" }));
    memory.ring_alarms();
    let total = || memory.crowd_weight();
    assert_eq!(total(), 1_000);
    memory.pass(Duration::from_secs(86_400));
    browser.login(&memory, &id, PASSWORD);
    memory.ring_alarms();
    assert!((1_980..=2_000).contains(&total()), "{}", total());
}

#[test]
fn what_bears_no_mark_or_is_older_than_before_is_not_believed_and_the_log_says_so() {
    let memory = memory();
    let mut customers: Vec<_> = (0..12).map(|_| customer(&memory)).collect();
    hours_pass(&memory);
    let mut log_in = |memory: &Memory| {
        let (browser, id) = &mut customers[0];
        assert_eq!(browser.login(memory, id, PASSWORD).status, 200);
        judged(memory).evidence.population
    };
    let version = log_in(&memory);
    let mut old = Vec::new();
    memory.published_mut(POPULATION, |bytes| old.clone_from(bytes));
    // Another's text in its place.
    memory.published_mut(POPULATION, |bytes| bytes[40] ^= 1);
    memory.pass(Duration::from_secs(61));
    assert_eq!((log_in(&memory), memory.faults().len()), (version, 1));
    // The house's own, of another name.
    memory
        .published_mut(POPULATION, |bytes| *bytes = board::sealed(&memory.house.keys, "other", &old[..old.len() - 33]));
    memory.pass(Duration::from_secs(61));
    assert_eq!((log_in(&memory), memory.faults().len()), (version, 2));
    // A newer one, and then the old one again.
    memory.pass(Duration::from_secs(86_400));
    log_in(&memory);
    hours_pass(&memory);
    let newer = log_in(&memory);
    assert!(newer > version);
    let before = memory.faults().len();
    memory.published_mut(POPULATION, |bytes| bytes.clone_from(&old));
    memory.pass(Duration::from_secs(61));
    assert_eq!((log_in(&memory), memory.faults().len()), (newer, before + 1));
}

#[test]
fn other_thresholds_are_tried_on_what_was_judged_and_what_another_release_judged_is_left_out() {
    let memory = memory();
    let (mut browser, id) = customer(&memory);
    memory.ring_alarms();
    let tell = |shard, command: Command| {
        pollster::block_on(crate::host::Crowds::crowd(&memory, shard, command.pack())).unwrap()
    };
    let replay_with = |channel: &str, attacks: &[i64]| {
        let mut sum = Replayed::default();
        for shard in Shard::windows() {
            let command = Command::Replay {
                channel: channel.into(),
                thresholds: vec![-20_000, -2_100, 20_000],
                attacks: attacks.to_vec(),
            };
            sum.join(&Replayed::read(&tell(shard, command)).unwrap());
        }
        sum
    };
    let replay = |channel: &str| replay_with(channel, &[]);
    let all = replay("");
    assert_eq!((all.reproduced, all.foreign, all.suspected), (2, 0, 1));
    assert_eq!((all.attacks, all.caught), (0, vec![0, 0, 0]));
    let named = i64::try_from(judged(&memory).reference).unwrap();
    let told = replay_with("", &[1, named]);
    assert_eq!((told.attacks, told.caught, told.would), (1, vec![1, 0, 0], all.would.clone()));
    assert_eq!(replay_with("smartphone-site", &[named]).attacks, 0);
    // The first login has no score, and is asked by every threshold.
    assert_eq!(all.would, [2, 1, 1]);
    let first = Reason::ALL.iter().position(|one| *one == Reason::FirstLogin).unwrap();
    assert_eq!((all.reasons[first], all.rules[first], all.weights[first], all.since), (1, 1, 0, Some(NOW)));
    assert_eq!(all.verdicts, [2, 0, 0, 0, 0]);
    assert_eq!(replay("pc-main").reproduced, 2);
    assert_eq!(replay("smartphone-site").reproduced, 0);
    let altered = Judgement { score: Some(123_456), ..judged(&memory) };
    tell(Shard::at(NOW), Command::Keep { channel: "pc-main".into(), judgement: altered.numbers() });
    assert_eq!((replay("").reproduced, replay("").foreign), (2, 1));
    // A login that was asked for a sign is asked by every threshold too, and an attack that a sign met is caught.
    let Judgement { mut evidence, threshold, .. } = judged(&memory);
    (evidence.device, evidence.signs) = (crate::risk::Device::Unknown, crate::risk::Signs::HOSTING);
    let signed = Judgement { reference: 77, ..Judgement::of(evidence, threshold) };
    tell(Shard::at(NOW), Command::Keep { channel: "pc-main".into(), judgement: signed.numbers() });
    let told = replay_with("", &[77]);
    assert_eq!((told.suspected, told.would[2], told.caught), (2, 2, vec![1, 1, 1]));
    assert_eq!(browser.login(&memory, &id, PASSWORD).status, 200);
}
