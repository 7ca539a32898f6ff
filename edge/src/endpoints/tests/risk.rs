//! Logins judged by what the account remembers of its owner's, through the endpoints.

use crate::host::{Row, Store as _, StoreFault};
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with};
use crate::risk::{Habits, Judgement, Networks, Platform, Reason};
use serde_json::json;
use std::time::Duration;

mod barred;
mod copied;
mod forgotten;
mod nearby;
mod passkey;
mod stolen;
mod told;

const HOME: &str = r#"{"address":"203.0.113.7","asn":2516,"country":"JP","city":"Tokyo"}"#;
const FAR: &str = r#"{"address":"198.51.100.9","asn":9009,"country":"RO","city":"Bucharest"}"#;
const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const DAY: Duration = Duration::from_secs(86_400);

fn at(place: &str) -> Browser {
    Browser { platform: Platform::read(place), ..Browser::default() }
}

fn edge(mode: &str, factor: &str) -> Memory {
    edge_at(-2_100, mode, factor)
}

/// One whose thresholds are that.
fn edge_at(threshold: i32, mode: &str, factor: &str) -> Memory {
    let change = |config: String| {
        let config = config.replace("-2100  ", &format!("{threshold}  "));
        let config = config.replace("mode = \"shadow\"", &format!("mode = \"{mode}\""));
        config.replace("second_factor = \"always\"", &format!("second_factor = \"{factor}\""))
    };
    Memory::new(house_with(change), START, 1)
}

fn login(browser: &mut Browser, memory: &Memory, number: &str) -> (u16, String) {
    let answer = browser.post(memory, "/.sekisho/login", &json!({ "id": number, "password": PASSWORD }));
    (answer.status, answer.code().to_owned())
}

/// What a statement finds in the accounts' stores.
fn rows(memory: &Memory, statement: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    memory.each_account_store(|store| {
        rows.extend(store.transaction::<_, StoreFault>(|sql| sql.run(statement, &[])).unwrap());
    });
    rows
}

/// The subjects of the letters, in the order in which they went out.
fn subjects(memory: &Memory) -> Vec<String> {
    memory.ring_alarms();
    memory.mailroom.sent("/send").iter().map(|mail| mail.body["subject"].as_str().unwrap().to_owned()).collect()
}

/// The judgements that the account has kept, the oldest first.
fn judged(memory: &Memory) -> Vec<Judgement> {
    let rows = rows(memory, "SELECT body FROM judged ORDER BY id");
    rows.iter().map(|row| serde_json::from_str(row.text(0).unwrap()).unwrap()).collect()
}

fn ten_days(browser: &mut Browser, memory: &Memory, number: &str) {
    for _ in 0..10 {
        memory.pass(DAY);
        assert_eq!(login(browser, memory, number).0, 200);
    }
}

#[test]
fn an_owner_is_let_in_and_a_stranger_with_the_password_is_sent_to_the_desk() {
    let memory = edge("act", "always");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    memory.ring_alarms();
    let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
    assert_eq!(login(&mut stranger, &memory, &number), (403, "desk_needed".into()));
    assert!(stranger.cookie.is_none() && stranger.device.is_none(), "a login that did not succeed leaves nothing");
    let last = judged(&memory).pop().unwrap();
    assert_eq!(
        last.reasons,
        [Reason::NewDevice, Reason::UnfamiliarCountry, Reason::UnfamiliarNetwork, Reason::UnfamiliarClient]
    );
    assert!(subjects(&memory).last().unwrap().contains("ログインをお止めしました"));
    assert_eq!(login(&mut owner, &memory, &number).0, 200, "and its owner is as before");
}

#[test]
fn in_shadow_everything_is_judged_and_nothing_follows() {
    let memory = edge("shadow", "always");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    assert_eq!(login(&mut Browser { agent: Some(LINUX), ..at(FAR) }, &memory, &number).0, 200);
    assert!(judged(&memory).pop().unwrap().suspects());
}

#[test]
fn by_risk_a_code_is_asked_of_strangers_alone() {
    let memory = edge("act", "risk");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    assert_eq!(login(&mut owner, &memory, &number).0, 200);
    owner.post(&memory, "/.sekisho/address/begin", &json!({}));
    let code = super::code::code(&memory);
    assert_eq!(owner.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code })).status, 200);
    ten_days(&mut owner, &memory, &number);
    let body = json!({ "id": number, "password": PASSWORD });
    let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
    let asked = stranger.post(&memory, "/.sekisho/login", &body);
    assert_eq!((asked.status, &asked.json["unusual"]), (202, &json!(true)), "and told why");
    assert_eq!(login(&mut owner, &memory, &number).0, 200);
}

#[test]
fn a_judgement_is_made_again_from_its_record() {
    let memory = edge("shadow", "always");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    login(&mut Browser { agent: Some(LINUX), ..at(FAR) }, &memory, &number);
    let kept = judged(&memory);
    assert_eq!(kept.len(), 11);
    let logged: Vec<Judgement> = memory.judged().iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert_eq!(logged, kept, "the operator's log holds the same");
    for judgement in kept {
        let again = Judgement::of(judgement.evidence.clone(), judgement.threshold);
        let Judgement { reference, account_change, .. } = judgement;
        assert_eq!(Judgement { reference, account_change, ..again }, judgement);
    }
}

#[test]
fn nothing_that_is_kept_shows_an_address_or_a_user_agent() {
    let memory = edge("shadow", "always");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    for row in rows(&memory, "SELECT body FROM habits UNION ALL SELECT body FROM judged UNION ALL SELECT body FROM due")
    {
        for shown in ["203.0.113", "2516", "Tokyo", "Windows 150"] {
            assert!(!row.text(0).unwrap().contains(shown), "{shown}");
        }
    }
}

#[test]
fn memory_stays_small_however_many_logins_there_are() {
    let memory = edge("shadow", "always");
    let mut browser = at(HOME);
    let number = browser.open(&memory);
    for login_number in 0..60u8 {
        browser.platform =
            Platform::read(&format!(r#"{{"address":"203.0.113.{login_number}","country":"JP","asn":{login_number}}}"#));
        browser.device = None;
        memory.pass(DAY);
        login(&mut browser, &memory, &number);
    }
    let rows = rows(&memory, "SELECT body FROM habits");
    let habits: Habits = serde_json::from_str(rows[0].text(0).unwrap()).unwrap();
    assert!(habits.features.iter().chain([&habits.devices]).all(|memory| memory.seen.len() <= 24));
    assert!(rows[0].text(0).unwrap().len() < 24_000);
}

#[test]
fn a_new_device_is_told_and_a_known_one_is_not() {
    let memory = edge("shadow", "off");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    for _ in 0..2 {
        login(&mut owner, &memory, &number);
    }
    login(&mut at(HOME), &memory, &number);
    let told = subjects(&memory).iter().filter(|subject| subject.contains("新しい端末")).count();
    assert_eq!(told, 1);
}

#[test]
fn a_spray_over_many_names_asks_more_of_everybody_there_and_of_nobody_elsewhere() {
    let memory = edge("act", "always");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let mut sprayer = at(r#"{"address":"203.0.113.200"}"#);
    for name in 0..30 {
        let wrong = json!({ "id": format!("name{name}"), "password": PASSWORD });
        assert_eq!(sprayer.post(&memory, "/.sekisho/login", &wrong).code(), "sign_in_failed");
    }
    assert_eq!(login(&mut owner, &memory, &number).0, 200, "who lives there and comes with the usual device is let in");
    assert!(judged(&memory).pop().unwrap().reasons.contains(&Reason::Spray));
    let bare = |place: &str| Browser { platform: Platform::read(place), ..Browser::default() };
    assert_eq!(login(&mut bare(HOME), &memory, &number).0, 200, "what others do locks nobody out");
    let asked = |memory: &Memory| judged(memory).pop().unwrap().asks();
    assert!(asked(&memory), "but who comes without a known device is asked for whatever there is");
    memory.pass(Duration::from_secs(3_600));
    assert_eq!(login(&mut bare(HOME), &memory, &number).0, 200);
    assert!(!asked(&memory), "an hour later");
}

#[test]
fn an_account_that_was_locked_knows_no_device_any_more() {
    let memory = edge("shadow", "off");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    assert_eq!(owner.post(&memory, "/.sekisho/lock", &json!({})).status, 200);
    assert!(rows(&memory, "SELECT 1 FROM habits").is_empty());
}

#[test]
fn a_customer_who_logs_in_again_and_again_is_no_spray() {
    let memory = edge("act", "always");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    for _ in 0..60 {
        assert_eq!(login(&mut owner, &memory, &number).0, 200);
    }
    assert!(judged(&memory).iter().all(|judgement| !judgement.reasons.contains(&Reason::Spray)));
}

#[test]
fn a_change_of_password_forgets_the_devices_and_their_lanes() {
    let memory = edge("shadow", "off");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let thief = owner.clone();
    let body = json!({ "current": PASSWORD, "password": "Kumo-73-minato#R" });
    assert_eq!(owner.post(&memory, "/.sekisho/password/change", &body).status, 200);
    let guess = |browser: &mut Browser| {
        let wrong = json!({ "id": number, "password": "Wrong#2026-pass" });
        browser.post(&memory, "/.sekisho/login", &wrong).code().to_owned()
    };
    // The copied cookie has no tries of its own any more: it fills the bucket of everybody.
    (0..10).for_each(|_| assert_eq!(guess(&mut thief.clone()), "sign_in_failed"));
    assert_eq!(guess(&mut at(FAR)), "locked");
}

#[test]
fn a_channel_that_the_account_never_used_is_judged_at_the_strictest_threshold() {
    let strict = |config: String| {
        let config = config.replace("mode = \"shadow\"", "mode = \"act\"");
        config.replacen("app = \"smartphone-app\"", "app = \"smartphone-app\"\nthreshold = -19999", 1)
    };
    let memory = Memory::new(house_with(strict), START, 1);
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    assert_eq!(judged(&memory).pop().unwrap().threshold, -2_100, "its own, once it is known");
    // The smartphone's site has the usual threshold and the same score; but the owner never came by it.
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1";
    let mut handset = Browser { agent: Some(phone), ..owner.clone() };
    assert_eq!(login(&mut handset, &memory, &number), (403, "desk_needed".into()));
    let first = judged(&memory).pop().unwrap();
    assert!(first.threshold == -19_999 && first.reasons.contains(&Reason::NewChannel), "{first:?}");
    assert!(first.score.unwrap() < -2_100, "the usual one would have let it in: {first:?}");
    assert!(first.is_reproduced(), "made again from its record");
    assert_eq!(login(&mut owner, &memory, &number).0, 200);
    assert!(!judged(&memory).pop().unwrap().reasons.contains(&Reason::NewChannel));
}

#[test]
fn where_an_account_book_runs_is_not_learned_as_its_owners() {
    let memory = edge("shadow", "always");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let habits = || rows(&memory, "SELECT body FROM habits")[0].text(0).unwrap().to_owned();
    let before = habits();
    let mut book = Browser { agent: Some(LINUX), app: Some("kakeibo signed"), ..at(FAR) };
    assert_eq!(login(&mut book, &memory, &number).0, 200);
    assert_eq!(habits(), before);
    let mut thief = Browser { agent: Some(LINUX), ..at(FAR) };
    login(&mut thief, &memory, &number);
    assert!(judged(&memory).pop().unwrap().suspects(), "one who sits where the book does is a stranger all the same");
}

#[test]
fn what_does_not_fit_together_asks_more_of_an_unknown_device_alone() {
    let list = Networks::parse("hosting AS2516").unwrap();
    let mut memory = edge("act", "risk");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let last = |memory: &Memory| judged(memory).pop().unwrap();
    // A browser at home that the account does not know: new, and nothing else.
    login(&mut at(HOME), &memory, &number);
    assert!(last(&memory).reasons == [Reason::NewDevice] && !last(&memory).asks());
    let body = json!({ "id": number, "password": PASSWORD, "zone": "180", "language": "ru" });
    let place = r#"{"address":"203.0.113.7","asn":2516,"country":"JP","city":"Tokyo","zone":540,"language":"ja","protocol":"HTTP/1.1"}"#;
    let mut odd = at(place);
    let mut request = odd.request(http::Method::POST, "/.sekisho/login", body.to_string().into_bytes());
    for (name, value) in [("sec-ch-ua-platform", "\"macOS\""), ("accept-language", "ja")] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    memory.house = memory.house.watching(list);
    assert_eq!(odd.send(&memory, request).status, 403, "there is nothing else to ask for");
    let told = [
        Reason::NewDevice,
        Reason::HintsContradict,
        Reason::ProtocolContradicts,
        Reason::LanguageContradicts,
        Reason::ForeignLanguage,
        Reason::ForeignClock,
        Reason::HostingNetwork,
    ];
    assert!(last(&memory).reasons == told && last(&memory).asks() && last(&memory).suspects(), "{:?}", last(&memory));
    login(&mut owner, &memory, &number);
    assert!(last(&memory).reasons == [Reason::HostingNetwork] && !last(&memory).asks());
}

#[test]
fn nobody_is_in_two_places_at_once() {
    let memory = edge("act", "risk");
    let mut owner =
        at(r#"{"address":"203.0.113.7","asn":2516,"country":"JP","city":"Tokyo","latitude":36,"longitude":140}"#);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    memory.pass(Duration::from_secs(3_600));
    let far = r#"{"address":"203.0.113.8","asn":2516,"country":"JP","city":"Tokyo","latitude":44,"longitude":26}"#;
    login(&mut at(far), &memory, &number);
    let judgement = judged(&memory).pop().unwrap();
    assert!(judgement.reasons.contains(&Reason::ImpossibleTravel) && judgement.asks());
    assert!((8_100..8_400).contains(&judgement.evidence.kilometres) && judgement.evidence.minutes == 60);
}

#[test]
fn wrong_passwords_before_the_right_one_raise_what_is_asked() {
    let memory = edge("act", "risk");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let mut guesser = at(HOME);
    for _ in 0..5 {
        guesser.post(&memory, "/.sekisho/login", &json!({ "id": number, "password": "Wrong#2026-pass" }));
    }
    login(&mut guesser, &memory, &number);
    let judgement = judged(&memory).pop().unwrap();
    assert!(judgement.evidence.failures == 5 && judgement.reasons.contains(&Reason::ManyFailures) && judgement.asks());
    login(&mut guesser, &memory, &number);
    assert_eq!(
        judged(&memory).pop().unwrap().evidence.failures,
        6,
        "a right password that opened nothing forgets none"
    );
    assert_eq!(login(&mut owner, &memory, &number).0, 200);
    assert_eq!(judged(&memory).pop().unwrap().evidence.failures, 0, "and the owner's device has a lane of its own");
}

#[test]
fn a_device_of_many_accounts_is_no_familys() {
    let memory = edge("act", "risk");
    let mut shared = at(HOME);
    for _ in 0..6 {
        let number = shared.open(&memory);
        shared.cookie = None;
        login(&mut shared, &memory, &number);
    }
    let many: Vec<bool> = memory.judged().iter().map(|line| line.contains("many_accounts")).collect();
    assert_eq!(many, [false, false, false, false, false, true]);
}

#[test]
fn a_doubtful_login_changes_nothing_of_how_one_logs_in_and_its_threshold_is_its_own() {
    for (account_change, at_home) in [("-2100", 200), ("-20000", 401)] {
        let change = |config: String| {
            let config = config.replace("mode = \"shadow\"", "mode = \"act\"");
            let config = config.replace("second_factor = \"always\"", "second_factor = \"off\"");
            config.replace("account_change = -2100", &format!("account_change = {account_change}"))
        };
        let memory = Memory::new(house_with(change), START, 1);
        let mut owner = at(HOME);
        let number = owner.open(&memory);
        ten_days(&mut owner, &memory, &number);
        let begin = |browser: &mut Browser| browser.post(&memory, "/.sekisho/passkey/register/begin", &json!({}));
        assert_eq!(begin(&mut owner).status, at_home, "{account_change}");
        let mut stranger = Browser { agent: Some(LINUX), ..at(FAR) };
        assert_eq!(login(&mut stranger, &memory, &number).0, 200, "nothing more is asked here");
        let refused = begin(&mut stranger);
        assert_eq!((refused.status, refused.code()), (401, "insufficient_user_authentication"));
        let other = json!({ "address": "thief@example.com" });
        assert_eq!(stranger.post(&memory, "/.sekisho/address/begin", &other).status, 401);
        let refused = stranger.post(&memory, "/.sekisho/address/begin", &json!({}));
        assert_eq!(refused.code(), "insufficient_user_authentication", "nor does it confirm the contact address");
        let password = json!({ "current": PASSWORD, "password": "Kumo-73-minato#R" });
        assert_eq!(stranger.post(&memory, "/.sekisho/password/change", &password).status, 401);
    }
}
