//! The address that the desk writes down, and what confirms it.

use super::*;
use crate::memory::testing::named_house;

const NEW: &str = "Jiro..x.@docomo.ne.jp";
const QUOTED: &str = "\"Jiro..x.\"@docomo.ne.jp";
const DAY: Duration = Duration::from_secs(86_400);

/// A site with staff, which acts on what it judges, and its member of the desk.
fn desk(second_factor: &str) -> (Memory, String) {
    let config = |config: String| {
        let config = config.replace("mode = \"shadow\"", "mode = \"act\"");
        let config = config.replace("second_factor = \"always\"", &format!("second_factor = \"{second_factor}\""));
        format!("{config}\n[staff]\norigin = \"{ORIGIN}\"\n")
    };
    let memory = Memory::new(house_with(config), START, 1);
    let support = member(&memory, 1, Role::Support);
    (memory, support)
}

/// The texts of the letters to `to`, newest last.
fn letters(memory: &Memory, to: &str) -> Vec<String> {
    memory.ring_alarms();
    let mails = memory.mailroom.sent("/send");
    let to = mails.iter().filter(|mail| mail.body["to"][0]["address"] == to);
    to.map(|mail| mail.body["text"].as_str().unwrap().to_owned()).collect()
}

fn code_to(memory: &Memory, to: &str) -> String {
    let letters = letters(memory, to);
    let last = letters.iter().rev().find_map(|text| text.split_once("認証コード:")).unwrap();
    last.1.chars().take(6).collect()
}

fn write_down(memory: &Memory, support: &str, number: &str, address: &str) -> Answer {
    ask(memory, support, "address", json!({ "name": number, "address": address }))
}

/// A customer whose contact address is the verified one, and a live session of theirs.
fn verified(memory: &Memory) -> (Browser, String) {
    let mut customer = Browser::default();
    let number = customer.open(memory);
    assert_eq!(customer.login(memory, &number, PASSWORD).status, 200);
    assert_eq!(customer.post(memory, "/.sekisho/address/begin", &json!({})).status, 200);
    let body = json!({ "code": code_to(memory, "taro@example.com") });
    assert_eq!(customer.post(memory, "/.sekisho/address/confirm", &body).status, 200);
    (customer, number)
}

/// Logs in to where the code is asked for; the masked address and what the browser holds.
fn waiting(memory: &Memory, browser: &mut Browser, number: &str) -> (String, String) {
    let asked = browser.login(memory, number, PASSWORD);
    assert_eq!(asked.status, 202, "{}", asked.json);
    let text = |field: &str| asked.json[field].as_str().unwrap().to_owned();
    (text("masked"), text("pending"))
}

fn enter(memory: &Memory, browser: &mut Browser, pending: &str, code: &str) -> Answer {
    browser.post(memory, "/.sekisho/login/code", &json!({ "pending": pending, "code": code }))
}

#[test]
fn after_a_lock_who_has_no_passkey_comes_back_by_the_desk_the_password_and_the_mailbox() {
    let (memory, support) = desk("off");
    let mut customer = Browser::default();
    let number = customer.open(&memory);
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(customer.post(&memory, "/.sekisho/lock", &json!({})).status, 200);
    done(&memory, &support, "release", json!({ "name": number }));
    let registers =
        |browser: &mut Browser| browser.post(&memory, "/.sekisho/passkey/register/begin", &json!({})).status;
    assert_eq!((customer.login(&memory, &number, PASSWORD).status, registers(&mut customer)), (200, 401), "barred");
    assert_eq!(write_down(&memory, &support, &number, NEW).status, 200);
    let seen = done(&memory, &support, "look", json!({ "name": number }));
    assert_eq!(seen["address_waits_until"].as_u64(), Some((memory.now() + 3 * DAY).as_millis()));
    assert_eq!(seen["address_verified"], false, "the desk's word alone confirms nothing");
    // The code is asked for although the site asks nobody.
    let (masked, pending) = waiting(&memory, &mut customer, &number);
    assert_eq!(masked, "J***@docomo.ne.jp");
    assert!(code_to(&memory, QUOTED).len() == 6 && letters(&memory, QUOTED)[0].contains("お申し出いただいたこの"));
    let entered = enter(&memory, &mut customer, &pending, &code_to(&memory, QUOTED));
    assert_eq!((entered.status, &entered.json["amr"]), (200, &json!(["pwd", "otp"])), "{}", entered.json);
    let me = customer.get(&memory, "/.sekisho/me").json;
    assert_eq!((&me["verified_address"], &me["ask_address"]), (&json!("J***@docomo.ne.jp"), &json!(false)));
    assert_eq!(registers(&mut customer), 200);
    assert!(letters(&memory, QUOTED).pop().is_some_and(|text| text.contains("お客さまの口座へログイン")));
    // It was learned as its owner's: the next one, by the password that the site is content with, is barred from nothing.
    memory.pass(Duration::from_secs(60));
    assert_eq!(customer.login(&memory, &number, PASSWORD).status, 200);
    assert_eq!(registers(&mut customer), 200);
    assert_eq!(done(&memory, &support, "look", json!({ "name": number }))["address_waits_until"], Value::Null);
}

#[test]
fn who_has_lost_the_mailbox_gets_the_code_at_the_new_one_and_every_other_session_ends() {
    let (memory, support) = desk("always");
    let (mut before, number) = verified(&memory);
    // A code that was under way to the old one is good for nothing.
    let (_, under_way) = waiting(&memory, &mut Browser::default(), &number);
    let old = code_to(&memory, "taro@example.com");
    assert_eq!(write_down(&memory, &support, &number, &format!(" {NEW} ")).status, 200);
    assert_eq!(enter(&memory, &mut Browser::default(), &under_way, &old).code(), "code_gone");
    let told = letters(&memory, "taro@example.com").pop().unwrap();
    for part in ["変更を承りました", "新しいアドレス:J***@docomo.ne.jp", "停止番号:", "0120-000-000"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains("Jiro") && letters(&memory, QUOTED).is_empty(), "a stranger's mailbox hears nothing yet");
    assert_eq!(before.get(&memory, "/.sekisho/me").status, 200);
    let mut customer = Browser::default();
    let (masked, pending) = waiting(&memory, &mut customer, &number);
    assert_eq!(masked, "J***@docomo.ne.jp");
    memory.pass(Duration::from_secs(60));
    let again = customer.post(&memory, "/.sekisho/login/code/resend", &json!({ "pending": pending }));
    assert_eq!((again.status, &again.json["masked"]), (200, &json!("J***@docomo.ne.jp")));
    assert_eq!(enter(&memory, &mut customer, &pending, &code_to(&memory, QUOTED)).status, 200);
    assert_eq!(before.get(&memory, "/.sekisho/me").code(), "no_session");
    assert_eq!(customer.get(&memory, "/.sekisho/me").json["verified_address"], "J***@docomo.ne.jp");
    memory.pass(Duration::from_secs(60));
    assert_eq!(waiting(&memory, &mut Browser::default(), &number).0, "J***@docomo.ne.jp", "from now on");
}

#[test]
fn the_address_before_stops_it_before_and_after_it_counts() {
    // Once it is confirmed there are two numbers: that of the desk's word and that of the confirmation.
    for (confirmed, number_at) in [(false, 0), (true, 0), (true, 1)] {
        let (memory, support) = desk("always");
        let (_, number) = verified(&memory);
        assert_eq!(write_down(&memory, &support, &number, "thief@example.com").status, 200);
        let mut thief = Browser::default();
        if confirmed {
            let (_, pending) = waiting(&memory, &mut thief, &number);
            assert_eq!(enter(&memory, &mut thief, &pending, &code_to(&memory, "thief@example.com")).status, 200);
        }
        let letters = letters(&memory, "taro@example.com");
        let numbers: Vec<_> = letters.iter().filter_map(|text| text.split_once("停止番号:")).collect();
        assert_eq!(numbers.len(), 1 + usize::from(confirmed));
        let stop = numbers[number_at].1;
        let body = json!({ "id": number, "number": stop.chars().take(14).collect::<String>() });
        assert_eq!(Browser::default().post(&memory, "/.sekisho/address/stop", &body).status, 200, "{confirmed}");
        assert_eq!(thief.get(&memory, "/.sekisho/me").status, 401, "{confirmed}");
        let seen = done(&memory, &support, "look", json!({ "name": number }));
        assert_eq!((&seen["locked"], &seen["address_waits_until"]), (&json!(true), &Value::Null), "{confirmed}");
        done(&memory, &support, "release", json!({ "name": number }));
        assert_eq!(waiting(&memory, &mut Browser::default(), &number).0, "t***@example.com", "{confirmed}");
    }
}

#[test]
fn confirmed_at_the_last_moment_it_can_be_stopped_for_as_long_again() {
    let (memory, support) = desk("always");
    let (_, number) = verified(&memory);
    assert_eq!(write_down(&memory, &support, &number, "thief@example.com").status, 200);
    memory.pass(3 * DAY - Duration::from_secs(60));
    let mut thief = Browser::default();
    let (_, pending) = waiting(&memory, &mut thief, &number);
    assert_eq!(enter(&memory, &mut thief, &pending, &code_to(&memory, "thief@example.com")).status, 200);
    let told = letters(&memory, "taro@example.com").pop().unwrap();
    for part in ["変更されました", "新しいアドレス:t***@example.com", "停止番号:"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    memory.pass(3 * DAY - Duration::from_secs(60));
    let _ = waiting(&memory, &mut thief, &number);
    let stop: String = told.split_once("停止番号:").unwrap().1.chars().take(14).collect();
    let body = json!({ "id": number, "number": stop });
    assert_eq!(Browser::default().post(&memory, "/.sekisho/address/stop", &body).status, 200);
    let support = member(&memory, 2, Role::Support);
    done(&memory, &support, "release", json!({ "name": number }));
    memory.pass(Duration::from_secs(60));
    let _ = waiting(&memory, &mut Browser::default(), &number);
    assert_eq!(letters(&memory, "taro@example.com").pop().map(|text| text.contains("認証コード:")), Some(true));
}

#[test]
fn it_is_forgotten_after_three_days_by_another_by_the_customers_own_and_by_a_lock() {
    let (memory, support) = desk("always");
    let (mut owner, number) = verified(&memory);
    let asked_at = |memory: &Memory| waiting(memory, &mut Browser::default(), &number).0;
    assert_eq!(write_down(&memory, &support, &number, "one@example.com").status, 200);
    assert_eq!(write_down(&memory, &support, &number, "two@example.com").status, 200);
    assert_eq!(asked_at(&memory), "t***@example.com");
    assert!(code_to(&memory, "two@example.com").len() == 6 && letters(&memory, "one@example.com").is_empty());
    memory.pass(3 * DAY);
    assert_eq!(asked_at(&memory), "t***@example.com");
    code_to(&memory, "taro@example.com");
    assert_eq!(letters(&memory, "two@example.com").len(), 1, "no second code went there");
    assert_eq!(owner.get(&memory, "/.sekisho/me").status, 401, "idle");
    let (_, pending) = waiting(&memory, &mut owner, &number);
    assert_eq!(enter(&memory, &mut owner, &pending, &code_to(&memory, "taro@example.com")).status, 200);
    let support = member(&memory, 2, Role::Support);
    let waits = || done(&memory, &support, "look", json!({ "name": number }))["address_waits_until"].is_u64();
    assert_eq!(write_down(&memory, &support, &number, "three@example.com").status, 200);
    // What its customer confirms in a session of two factors is their last word.
    assert!(waits());
    let begun = owner.post(&memory, "/.sekisho/address/begin", &json!({ "address": "own@example.com" }));
    assert_eq!(begun.status, 200, "{}", begun.json);
    let body = json!({ "code": code_to(&memory, "own@example.com") });
    assert_eq!(owner.post(&memory, "/.sekisho/address/confirm", &body).status, 200);
    assert!(!waits());
    assert_eq!(write_down(&memory, &support, &number, "four@example.com").status, 200);
    assert_eq!(owner.post(&memory, "/.sekisho/lock", &json!({})).status, 200);
    assert!(!waits());
}

#[test]
fn what_is_no_address_the_known_one_nobodys_and_another_role_are_refused_and_the_record_holds_no_address() {
    let (memory, support) = desk("always");
    let (_, number) = verified(&memory);
    let risk = member(&memory, 2, Role::Risk);
    for odd in ["", "x", "a@b@example.com", "a@example.com\r\nBcc: b@example.com", &"a".repeat(400)] {
        assert_eq!(write_down(&memory, &support, &number, odd).code(), "fields_refused", "{odd}");
    }
    assert_eq!(write_down(&memory, &support, &number, "Taro@Example.com").code(), "address_known");
    assert_eq!(write_down(&memory, &support, "00000000", NEW).code(), "not_found");
    assert_eq!(write_down(&memory, &risk, &number, NEW).code(), "not_found");
    Browser::default().import(&memory, TOKEN, &[("hanako", "C-1")]);
    assert_eq!(write_down(&memory, &support, "hanako", NEW).code(), "not_found", "nothing is known of her yet");
    assert_eq!(waiting(&memory, &mut Browser::default(), &number).0, "t***@example.com", "nothing came of it");
    assert_eq!(write_down(&memory, &support, &number, NEW).status, 200);
    let record = recorded(&memory, &risk);
    assert_eq!((record[0].0.as_str(), record[0].1.as_str()), ("support 1", "address"));
    assert!(record.iter().any(|(_, action, _)| action == "address_failed"));
    assert!(!format!("{record:?}").contains('@') && !format!("{record:?}").contains(&number));
}

#[test]
fn the_contact_address_hears_of_it_too_and_an_app_that_only_reads_is_not_asked() {
    let (memory, support) = desk("off");
    let (mut customer, number) = verified(&memory);
    assert_eq!(write_down(&memory, &support, &number, "one@example.com").status, 200);
    let (_, pending) = waiting(&memory, &mut customer, &number);
    assert_eq!(enter(&memory, &mut customer, &pending, &code_to(&memory, "one@example.com")).status, 200);
    let before = letters(&memory, "taro@example.com").len();
    assert_eq!(write_down(&memory, &support, &number, "two@example.com").status, 200);
    let mut app = Browser { app: Some("kakeibo signed"), ..Browser::default() };
    assert_eq!(app.login(&memory, &number, PASSWORD).status, 200, "it has no mailbox to look into");
    let (old, contact) = (letters(&memory, "one@example.com"), letters(&memory, "taro@example.com"));
    assert!(old.iter().any(|text| text.contains("変更を承りました") && text.contains("停止番号:")));
    assert_eq!(contact.len(), before + 1);
    assert!(contact.last().is_some_and(|text| text.contains("変更を承りました") && !text.contains("停止番号")));
}

#[test]
fn one_mailbox_over_many_accounts_is_seen_in_the_record_and_outlasts_a_stop_and_a_rotation() {
    let (mut memory, support) = desk("always");
    let risk = member(&memory, 2, Role::Risk);
    let [(_, one), (_, two)] = [verified(&memory), verified(&memory)];
    let none = "00000000".to_owned();
    assert_eq!(write_down(&memory, &support, &one, "Thief@Example.com").status, 200);
    let told = letters(&memory, "taro@example.com");
    let stop = told.iter().find_map(|text| text.split_once("停止番号:")).unwrap().1;
    for (number, address, status) in
        [(&two, "thief+2@example.com", 200), (&two, NEW, 200), (&none, "thief@example.com", 404)]
    {
        assert_eq!(write_down(&memory, &support, number, address).status, status);
    }
    let body = json!({ "id": one, "number": stop.chars().take(14).collect::<String>() });
    assert_eq!(Browser::default().post(&memory, "/.sekisho/address/stop", &body).status, 200);
    memory.house.keys = named_house(&format!("2:{},1:{}", "E".repeat(43), "Q".repeat(43))).keys;
    assert_eq!(write_down(&memory, &support, &two, "thief@example.com").status, 200);
    let lines: Vec<_> = recorded(&memory, &risk).into_iter().filter(|line| line.1.starts_with("address")).collect();
    let subject = |line: &(String, String, String)| {
        let (account, tag) = line.2.split_once(' ').unwrap();
        (account.to_owned(), tag.to_owned())
    };
    let [after, nobody, other, second, first] = lines.iter().map(subject).collect::<Vec<_>>().try_into().unwrap();
    assert!(first.0 != second.0 && first.1.len() == 16 && first.1.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!([&second.1, &nobody.1, &after.1], [&first.1; 3]);
    assert_ne!(other.1, first.1);
    assert_eq!(nobody.0, "-");
}

#[test]
fn an_app_that_only_reads_and_is_asked_for_a_code_gets_it_at_the_confirmed_address_and_confirms_no_other() {
    let config = |config: String| {
        let (before, app) = config.split_once("app = \"kakeibo\"").unwrap();
        let app = app.replacen("second_factor = \"off\"", "second_factor = \"always\"", 1);
        format!("{before}app = \"kakeibo\"{app}\n[staff]\norigin = \"{ORIGIN}\"\n")
    };
    let memory = Memory::new(house_with(config), START, 1);
    let support = member(&memory, 1, Role::Support);
    let (_, number) = verified(&memory);
    let mut app = Browser { app: Some("kakeibo signed"), ..Browser::default() };
    // A code of its login, sent on without its signature, opens none that may do more.
    let (_, pending) = waiting(&memory, &mut app, &number);
    let mut unsigned = Browser { app: None, ..app.clone() };
    assert_eq!(enter(&memory, &mut unsigned, &pending, &code_to(&memory, "taro@example.com")).code(), "code_gone");
    assert_eq!(write_down(&memory, &support, &number, NEW).status, 200);
    let (masked, pending) = waiting(&memory, &mut app, &number);
    assert_eq!(masked, "t***@example.com");
    memory.pass(Duration::from_secs(60));
    let again = app.post(&memory, "/.sekisho/login/code/resend", &json!({ "pending": pending }));
    assert_eq!((again.status, &again.json["masked"]), (200, &json!("t***@example.com")));
    assert_eq!(enter(&memory, &mut app, &pending, &code_to(&memory, "taro@example.com")).status, 200);
    let seen = done(&memory, &support, "look", json!({ "name": number }));
    assert!(seen["address_waits_until"].is_u64() && letters(&memory, QUOTED).is_empty());
    // Nor does it confirm one by a code that a browser was sent.
    let (masked, pending) = waiting(&memory, &mut Browser::default(), &number);
    assert_eq!(masked, "J***@docomo.ne.jp");
    assert_eq!(enter(&memory, &mut app, &pending, &code_to(&memory, QUOTED)).code(), "code_gone");
}
