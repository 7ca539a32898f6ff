use super::*;
use crate::crowd::sealed;
use crate::host::Staffs as _;
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, START, house_with, memory};
use crate::risk::Judgement;
use crate::wire::to_hex;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const ORIGIN: &str = "http://staff.localhost:8787";
const TOKEN: &str = "ops-token-of-tests";

fn site() -> Memory {
    let config = |config: String| format!("{config}\n[staff]\norigin = \"{ORIGIN}\"\n");
    Memory::new(house_with(config), START, 1)
}

/// A member with a live session, put there as a ceremony would; its number makes its cookie.
fn member(memory: &Memory, number: u8, role: Role) -> String {
    let id = [number; 32];
    let key = to_hex(&crate::gate::session_key(&id).0);
    memory
        .staff_store()
        .transaction::<_, StoreFault>(|sql| {
            schema::migrate(sql)?;
            let bytes = [number; 16];
            sql.run(
                "INSERT INTO member (id, name, role, credential, public_key, algorithm, sign_count, eligible, synced, since) \
                 VALUES (?1, ?2, ?3, ?1, ?1, -7, 0, 0, 0, 0)",
                &[bytes.as_slice().into(), format!("{} {number}", role.name()).into(), role.name().into()],
            )?;
            let until = memory.now() + Duration::from_secs(1_800);
            let values = [key.as_str().into(), bytes.as_slice().into(), until.into()];
            sql.run("INSERT INTO session (key, member, until) VALUES (?1, ?2, ?3)", &values)
        })
        .unwrap();
    format!("__Host-sekisho-staff={}", crate::endpoints::marked(&memory.house.keys, &id))
}

fn ask(memory: &Memory, cookie: &str, path: &str, body: Value) -> Answer {
    let mut request = Browser::default().request(Method::POST, "/", body.to_string().into_bytes());
    *request.uri_mut() = format!("{ORIGIN}/.sekisho/staff/{path}").parse().unwrap();
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    Browser::default().send(memory, request)
}

fn done(memory: &Memory, cookie: &str, path: &str, body: Value) -> Value {
    let answer = ask(memory, cookie, path, body);
    assert_eq!(answer.status, 200, "{path}: {}", answer.json);
    answer.json
}

fn recorded(memory: &Memory, cookie: &str) -> Vec<(String, String, String)> {
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    let line = |line: &Value| (text(line, "author"), text(line, "action"), text(line, "subject"));
    let page = done(memory, cookie, "record", json!({ "before": "" }));
    page["lines"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn without_a_section_there_is_no_staff_anywhere() {
    let memory = memory();
    let mut browser = Browser::default();
    for (path, _) in crate::STAFF_ROUTES {
        let answer = browser.post(&memory, &format!("/.sekisho/staff/{path}"), &json!({}));
        assert_eq!(answer.code(), "not_found", "{path}");
    }
    assert_eq!(memory.calls(), 0);
}

#[test]
fn staffs_host_has_nothing_of_the_site_and_the_site_nothing_of_staff() {
    let memory = site();
    for path in ["/", "/home", "/.sekisho/login", "/.sekisho/staff/me", "/.well-known/jwks.json"] {
        let packed = format!("GET\n{ORIGIN}{path}\n\ntext/html\nnone\nnavigate\ndocument\n\n\n\n\n?0\n");
        assert_eq!(memory.pass_gate(&packed), crate::gate::Decision::Own, "{path}: no origin sees it");
    }
    let staff = |method: Method, path: &str| {
        let mut request = Browser::default().request(method, "/", b"{}".to_vec());
        *request.uri_mut() = format!("{ORIGIN}{path}").parse().unwrap();
        Browser::default().send(&memory, request)
    };
    for path in ["/.sekisho/login", "/.sekisho/me", "/.sekisho/ops/release", "/home"] {
        assert_eq!(staff(Method::POST, path).code(), "not_found", "{path}");
    }
    assert_eq!(staff(Method::GET, "/.sekisho/staff/me").code(), "method_not_allowed");
    let page = staff(Method::GET, "/");
    assert_eq!(page.status, 200);
    let policy = page.response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    for (path, _) in crate::STAFF_ROUTES {
        let answer = Browser::default().post(&memory, &format!("/.sekisho/staff/{path}"), &json!({}));
        assert_eq!(answer.code(), "not_found", "{path}");
    }
}

#[test]
fn another_site_asks_for_nothing_and_nobody_without_a_session_does() {
    let memory = site();
    let risk = member(&memory, 1, Role::Risk);
    let mut request = Browser::default().request(Method::POST, "/", b"{}".to_vec());
    *request.uri_mut() = format!("{ORIGIN}/.sekisho/staff/thresholds").parse().unwrap();
    request.headers_mut().insert("cookie", risk.parse().unwrap());
    for (site, origin) in [("cross-site", ORIGIN), ("same-site", ORIGIN), ("", "http://localhost:8787"), ("", "null")] {
        let mut other = request.clone();
        other.headers_mut().remove("sec-fetch-site");
        if !site.is_empty() {
            other.headers_mut().insert("sec-fetch-site", site.parse().unwrap());
        }
        other.headers_mut().insert("origin", origin.parse().unwrap());
        assert_eq!(Browser::default().send(&memory, other).code(), "cross_site", "{site} {origin}");
    }
    assert_eq!(ask(&memory, &risk, "thresholds", json!({ "more": "x" })).code(), "malformed");
    for (path, fields) in crate::STAFF_ROUTES {
        if path.starts_with("login") || path.starts_with("enrol") || path == "logout" {
            continue;
        }
        let body: serde_json::Map<_, _> = fields.iter().map(|field| ((*field).to_owned(), json!(""))).collect();
        let (stranger, long) = (format!("__Host-sekisho-staff={}", "A".repeat(66)), "A".repeat(4_000));
        let unknown = format!("__Host-sekisho-staff={}", crate::endpoints::marked(&memory.house.keys, &[9; 32]));
        let before = memory.calls();
        for cookie in ["", "__Host-sekisho-staff=x", &stranger, &format!("__Host-sekisho-staff={long}")] {
            assert_eq!(ask(&memory, cookie, path, body.clone().into()).code(), "no_session", "{path} {cookie}");
        }
        assert_eq!(memory.calls(), before, "what we have not marked troubles no object");
        let answer = ask(&memory, &unknown, path, body.clone().into());
        assert_eq!(answer.code(), "no_session", "{path}");
    }
}

#[test]
fn everybody_does_what_their_role_is_for_and_nothing_else() {
    let memory = site();
    let staff = Role::ALL.map(|role| (role, member(&memory, role as u8 + 1, role)));
    Browser::default().import(&memory, TOKEN, &[("taro", "C-1")]);
    let cases = [
        ("look", json!({ "name": "taro" }), vec![Role::Support]),
        ("release", json!({ "name": "taro" }), vec![Role::Support]),
        ("sessions/end", json!({ "name": "taro" }), vec![Role::Support]),
        ("letters/send", json!({ "name": "taro" }), vec![Role::Support]),
        ("thresholds", json!({}), vec![Role::Risk]),
        ("thresholds/propose", json!({ "subject": "pc-main", "value": "-2200" }), vec![Role::Risk]),
        ("replay", json!({ "channel": "" }), vec![Role::Risk]),
        ("judged", json!({ "name": "taro", "from": "0", "until": "9999999999999" }), vec![Role::Risk]),
        ("label", json!({ "references": "7", "word": "attack" }), vec![Role::Risk]),
        ("labels", json!({}), vec![Role::Risk]),
        ("record", json!({ "before": "" }), vec![Role::Risk, Role::Admin]),
        ("members", json!({}), vec![Role::Admin]),
        ("members/invite", json!({ "name": "x", "role": "risk" }), vec![Role::Admin]),
    ];
    for (path, body, roles) in cases {
        for (role, cookie) in &staff {
            let answer = ask(&memory, cookie, path, body.clone());
            let expected = if roles.contains(role) { 200 } else { 404 };
            assert_eq!(answer.status, expected, "{path} {}", role.name());
        }
    }
    let admin = &staff[2].1;
    let by = |name: &str| recorded(&memory, admin).iter().filter(|(author, ..)| author == name).count();
    assert_eq!((by("support 1"), by("risk 2"), by("admin 3")), (4, 4, 1), "what was refused was not done");
}

#[test]
fn a_session_lasts_half_an_hour_and_no_longer_and_ends_with_the_member() {
    let memory = site();
    let (admin, support) = (member(&memory, 3, Role::Admin), member(&memory, 1, Role::Support));
    done(&memory, &support, "me", json!({}));
    let members = done(&memory, &admin, "members", json!({}));
    let id = members["members"].as_array().unwrap().iter().find(|one| one["role"] == "support").unwrap()["id"].clone();
    done(&memory, &admin, "members/dismiss", json!({ "id": id }));
    assert_eq!(ask(&memory, &support, "me", json!({})).code(), "no_session");
    memory.pass(Duration::from_millis(1_799_999));
    done(&memory, &admin, "me", json!({}));
    memory.pass(Duration::from_millis(1));
    assert_eq!(ask(&memory, &admin, "me", json!({})).code(), "no_session");
}

#[test]
fn who_is_dismissed_does_not_come_back_by_an_invitation_of_their_own() {
    let memory = site();
    let (admin, other) = (member(&memory, 3, Role::Admin), member(&memory, 4, Role::Admin));
    let invite = |cookie: &str| {
        let made = done(&memory, cookie, "members/invite", json!({ "name": "x", "role": "admin" }));
        made["code"].as_str().unwrap().to_owned()
    };
    let (theirs, ours) = (invite(&other), invite(&admin));
    let begin = |code: &str| ask(&memory, "", "enrol/begin", json!({ "code": code })).code().to_owned();
    assert_eq!(begin(&theirs), "", "it was good");
    done(&memory, &admin, "members/dismiss", json!({ "id": to_hex(&[4; 16]) }));
    assert_eq!((begin(&theirs), begin(&ours)), ("code_gone".to_owned(), String::new()));
}

#[test]
fn the_operators_token_invites_once_and_only_it_does_without_a_session() {
    let memory = site();
    let invite = |token: &str, role: &str| {
        let body = json!({ "name": "佐藤", "role": role }).to_string().into_bytes();
        let mut request = Browser::default().request(Method::POST, "/.sekisho/ops/staff/invite", body);
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        Browser::default().send(&memory, request)
    };
    assert_eq!(invite("wrong-token-of-tests", "admin").status, 401);
    assert_eq!(invite(TOKEN, "owner").code(), "fields_refused");
    let code = invite(TOKEN, "admin").json["code"].as_str().unwrap().to_owned();
    let begin = |code: &str| ask(&memory, "", "enrol/begin", json!({ "code": code }));
    let options = begin(&code).json;
    assert_eq!(options["publicKey"]["rp"]["id"], "staff.localhost");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(begin("made-up").code(), "code_gone");
    memory.pass(Duration::from_secs(86_400));
    assert_eq!(begin(&code).code(), "code_gone", "it is good for a day");
    let store = memory.staff_store();
    let text = store.transaction::<_, StoreFault>(|sql| sql.run("SELECT code FROM invitation", &[])).unwrap();
    assert!(!format!("{text:?}").contains(&code), "the code itself is kept nowhere");
}

#[test]
fn what_staff_do_to_a_customer_is_done_and_stands_in_the_record_under_the_accounts_id_alone() {
    let memory = site();
    let (support, risk) = (member(&memory, 1, Role::Support), member(&memory, 2, Role::Risk));
    let mut customer = Browser::default();
    let number = customer.open(&memory);
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    customer.post(&memory, "/.sekisho/lock", &json!({}));
    let name = json!({ "name": number });
    let seen = done(&memory, &support, "look", name.clone());
    assert_eq!((&seen["locked"], &seen["sessions"], &seen["passkeys"]), (&json!(true), &json!(0), &json!(0)));
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 401);
    done(&memory, &support, "release", name.clone());
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(done(&memory, &support, "look", name.clone())["sessions"], 1);
    done(&memory, &support, "sessions/end", name);
    assert_eq!(customer.get(&memory, "/.sekisho/me").status, 401);
    memory.ring_alarms();
    let letters = memory.mailroom.sent("/send");
    let told = letters.iter().filter(|letter| letter.body["text"].as_str().unwrap().contains("当社の担当者が"));
    assert_eq!(told.count(), 1, "its owner hears of it");
    let record = recorded(&memory, &risk);
    let actions: Vec<&str> = record.iter().map(|(_, action, _)| action.as_str()).collect();
    assert_eq!(actions, ["end_sessions", "look", "release", "look"]);
    let account = seen["account"].as_str().unwrap();
    assert!(record.iter().all(|(author, _, subject)| author == "support 1" && subject == account));
    assert!(!format!("{record:?}").contains(&number));
}

#[test]
fn what_cannot_be_written_down_is_not_done_and_what_failed_is_written_down() {
    let memory = site();
    let (support, risk) = (member(&memory, 1, Role::Support), member(&memory, 2, Role::Risk));
    let rows = [("taro", "C-1")];
    Browser::default().import(&memory, TOKEN, &rows);
    memory.cut_off(true);
    assert_eq!(ask(&memory, &support, "release", json!({ "name": "taro" })).status, 503);
    memory.cut_off(false);
    assert!(recorded(&memory, &risk).is_empty());
    assert_eq!(ask(&memory, &support, "release", json!({ "name": "hanako" })).code(), "not_found");
    assert_eq!(recorded(&memory, &risk)[0].2, "-");
}

#[test]
fn nobody_changes_the_record_not_even_with_the_store_in_hand() {
    let memory = site();
    let risk = member(&memory, 2, Role::Risk);
    done(&memory, &risk, "replay", json!({ "channel": "" }));
    for statement in ["UPDATE record SET author = 'x'", "DELETE FROM record"] {
        let outcome = memory.staff_store().transaction::<_, StoreFault>(|sql| sql.run(statement, &[]));
        assert!(outcome.unwrap_err().to_string().contains("the record"), "{statement}");
    }
    assert_eq!(recorded(&memory, &risk).len(), 1);
}

fn set_now(memory: &Memory, cookie: &str) -> Value {
    let page = done(memory, cookie, "thresholds", json!({}));
    page["current"].as_array().unwrap().iter().find(|one| one["subject"] == "pc-main").unwrap()["value"].clone()
}

#[test]
fn asking_more_takes_one_and_asking_less_takes_two() {
    let memory = site();
    let (one, two) = (member(&memory, 1, Role::Risk), member(&memory, 2, Role::Risk));
    let propose = |cookie: &str, value: &str| {
        done(&memory, cookie, "thresholds/propose", json!({ "subject": "pc-main", "value": value }))["applied"].clone()
    };
    assert_eq!((propose(&one, "-3000"), set_now(&memory, &one)), (json!(true), json!(-3_000)));
    // Less, and no threshold of staff's at all, which is less too.
    for (value, becomes) in [("-2500", json!(-2_500)), ("", Value::Null)] {
        let before = set_now(&memory, &one);
        assert_eq!((propose(&one, value), set_now(&memory, &one)), (json!(false), before));
        let page = done(&memory, &two, "thresholds", json!({}));
        let proposal = &page["proposals"][0];
        let id = json!({ "id": proposal["id"].to_string() });
        assert_eq!(ask(&memory, &one, "thresholds/second", id.clone()).code(), "not_found", "not one's own");
        done(&memory, &two, "thresholds/second", id.clone());
        assert_eq!(set_now(&memory, &one), becomes);
        assert_eq!(ask(&memory, &two, "thresholds/second", id).code(), "not_found", "once");
    }
    for (subject, value) in [("pc-main", "x"), ("pc-main", "-20001"), ("nothing", "-2000")] {
        let answer = ask(&memory, &one, "thresholds/propose", json!({ "subject": subject, "value": value }));
        assert_eq!(answer.code(), "fields_refused", "{subject} {value}");
    }
    let actions: Vec<String> = recorded(&memory, &one).into_iter().map(|(_, action, _)| action).rev().collect();
    assert_eq!(
        actions,
        ["threshold_set", "threshold_proposed", "threshold_set", "threshold_proposed", "threshold_set"]
    );
}

#[test]
fn a_proposal_waits_a_day_and_is_taken_back_by_whoever_has_the_role() {
    let memory = site();
    let (one, two) = (member(&memory, 1, Role::Risk), member(&memory, 2, Role::Risk));
    let propose = || done(&memory, &one, "thresholds/propose", json!({ "subject": "pc-main", "value": "0" }));
    propose();
    done(&memory, &two, "thresholds/withdraw", json!({ "id": "1" }));
    assert_eq!(ask(&memory, &two, "thresholds/second", json!({ "id": "1" })).code(), "not_found");
    propose();
    memory.pass(Duration::from_secs(86_401));
    let later = member(&memory, 3, Role::Risk);
    assert_eq!(ask(&memory, &later, "thresholds/second", json!({ "id": "2" })).code(), "not_found");
}

fn judged(memory: &Memory, browser: &mut Browser, number: &str) -> Judgement {
    assert_eq!(browser.login(memory, number, PASSWORD).status, 200);
    serde_json::from_str(memory.judged().last().unwrap()).unwrap()
}

#[test]
fn a_threshold_that_staff_set_is_every_edges_within_a_minute_and_stays_when_their_object_is_away() {
    let memory = site();
    let risk = member(&memory, 1, Role::Risk);
    let mut customer = Browser::default();
    let number = customer.open(&memory);
    let judgement = judged(&memory, &mut customer, &number);
    assert_eq!((judgement.threshold, judgement.policy), (-2_100, 0));
    done(&memory, &risk, "thresholds/propose", json!({ "subject": "pc-main", "value": "-2500" }));
    done(&memory, &risk, "thresholds/propose", json!({ "subject": "smartphone-site", "value": "-9000" }));
    memory.ring_staff().unwrap();
    memory.pass(Duration::from_secs(60));
    let judgement = judged(&memory, &mut customer, &number);
    assert_eq!((judgement.threshold, judgement.policy), (-2_500, 2));
    assert!(judgement.is_reproduced());
    // An edge that has just started, and does not reach the object: it goes by what was published.
    let read = |memory: &Memory, bytes: &[u8], now: Timestamp| Policy::published(&memory.house.keys, bytes, now);
    let mut published = Vec::new();
    memory.published_mut(THRESHOLDS, |bytes| published.clone_from(bytes));
    assert_eq!(read(&memory, &published, memory.now()).unwrap().of("pc-main"), Some(-2_500));
    assert_eq!(read(&memory, &published, memory.now() + Duration::from_secs(3_601)), None, "not an old one");
    let forged = String::from_utf8_lossy(&published[..published.len() - 33]).replace("-2500", "20000");
    let mut unmarked = forged.clone().into_bytes();
    unmarked.extend_from_slice(&published[published.len() - 33..]);
    assert_eq!(read(&memory, &unmarked, memory.now()), None, "who writes there holds no key");
    let other = sealed(&memory.house.keys, "population", &published[..published.len() - 33]);
    assert_eq!(read(&memory, &other, memory.now()), None, "nor puts one text in another's place");
    // And while nothing is reached, what was known stands.
    memory.staff_broken(true);
    memory.published_mut(THRESHOLDS, |bytes| *bytes = unmarked);
    memory.pass(Duration::from_secs(61));
    let faults = memory.faults().len();
    assert_eq!(judged(&memory, &mut customer, &number).threshold, -2_500);
    assert_eq!(memory.faults().len(), faults + 2);
}

#[test]
fn no_command_but_those_there_are() {
    let memory = site();
    for command in ["", "[]", "{}", "[\"policy\",\"x\"]", "[\"act\",\"\",\"look\",\"\"]", "[1]"] {
        let reply = pollster::block_on(memory.staff(command.to_owned()));
        assert!(reply.map_or(true, |reply| !reply.starts_with('{')), "{command}");
    }
}

#[test]
fn the_table_names_every_endpoint_with_its_fields() {
    let table = include_str!("../../../.github/STAFF.md");
    for (path, fields) in crate::STAFF_ROUTES {
        let line = table.lines().find(|line| line.starts_with("| `") && line.contains(&format!("`{path}`")));
        let line = line.unwrap_or_else(|| panic!("{path} is not told"));
        assert!(fields.iter().all(|field| line.contains(&format!("`{field}`"))), "{path}: {line}");
    }
}

mod address;
mod enrolment;
mod labels;
mod letters;
mod operations;
