//! The verified address is changed, and the change is stopped.

use super::{code, verified, waiting};
use crate::memory::Memory;
use crate::memory::testing::{Answer, Browser, PASSWORD, memory};
use serde_json::json;
use std::time::Duration;

const NEW: &str = "Jiro..x.@docomo.ne.jp";
/// The same in the form that mail has for it.
const QUOTED: &str = "\"Jiro..x.\"@docomo.ne.jp";
const HOUR: Duration = Duration::from_secs(3_600);

fn begin(memory: &Memory, browser: &mut Browser, address: &str) -> Answer {
    browser.post(memory, "/.sekisho/address/begin", &json!({ "address": address }))
}

fn stop(memory: &Memory, id: &str, number: &str) -> Answer {
    Browser::default().post(memory, "/.sekisho/address/stop", &json!({ "id": id, "number": number }))
}

/// Logs in with the code.
fn by_code(memory: &Memory, number: &str) -> Browser {
    let (mut browser, pending) = waiting(memory, number);
    let body = json!({ "pending": pending, "code": code(memory) });
    assert_eq!(browser.post(memory, "/.sekisho/login/code", &body).status, 200);
    browser
}

/// Changes the address to `new` and answers the number that stops it.
fn change(memory: &Memory, browser: &mut Browser, new: &str, before: &str) -> String {
    let begun = begin(memory, browser, new);
    assert_eq!(begun.status, 200, "{}", begun.json);
    let confirmed = browser.post(memory, "/.sekisho/address/confirm", &json!({ "code": code(memory) }));
    assert_eq!(confirmed.status, 200, "{}", confirmed.json);
    number(memory, before)
}

/// The letters to `address` about the change, newest last.
fn told(memory: &Memory, address: &str) -> Vec<String> {
    memory.ring_alarms();
    let mails = memory.mailroom.sent("/send");
    let to = |mail: &&crate::memory::Captured| mail.body["to"][0]["address"] == address;
    mails.iter().filter(to).map(|mail| mail.body["text"].as_str().unwrap().to_owned()).collect()
}

fn number(memory: &Memory, address: &str) -> String {
    let letters = told(memory, address);
    let last = letters.iter().rev().find(|text| text.contains("停止番号:")).unwrap();
    last.split("停止番号:").nth(1).unwrap().chars().take(14).collect()
}

#[test]
fn a_change_is_told_to_old_and_new_and_codes_go_to_the_new_one() {
    let memory = memory();
    let (mut elsewhere, account) = verified(&memory);
    let mut browser = by_code(&memory, &account);
    let number = change(&memory, &mut browser, NEW, "taro@example.com");
    assert_eq!(browser.get(&memory, "/.sekisho/me").json["verified_address"], "J***@docomo.ne.jp");
    assert_eq!(elsewhere.get(&memory, "/.sekisho/session").code(), "no_session", "a factor was replaced");
    let old = told(&memory, "taro@example.com").pop().unwrap();
    for part in
        ["新しいアドレス:J***@docomo.ne.jp", "PCサイト", "Chrome / Windows", "変更の停止", "2026年11月25日(水)14:05"]
    {
        assert!(old.contains(part), "{part} in {old}");
    }
    assert_eq!((number.len(), old.contains("http")), (14, false), "{old}");
    assert!(told(&memory, QUOTED).pop().unwrap().contains("認証メールアドレスとして登録されました"));
    let asked = Browser::default().login(&memory, &account, PASSWORD);
    assert_eq!(asked.json["masked"], "J***@docomo.ne.jp");
    memory.ring_alarms();
    assert_eq!(memory.mailroom.sent("/send").last().unwrap().body["to"][0]["address"], QUOTED);
}

#[test]
fn only_a_fresh_proof_of_two_factors_changes_a_confirmed_address() {
    let memory = memory();
    // The session that confirmed the address was opened by the password alone.
    let (mut single, account) = verified(&memory);
    assert_eq!(begin(&memory, &mut single, NEW).code(), "insufficient_user_authentication");
    let mut browser = by_code(&memory, &account);
    for known in ["taro@example.com", "Taro@Example.com"] {
        assert_eq!(begin(&memory, &mut browser, known).code(), "address_known");
    }
    let odd = begin(&memory, &mut browser, "a@b@example.com");
    assert_eq!((odd.code(), &odd.json["fields"]["address"]), ("fields_refused", &json!("form")));
    assert_eq!(begin(&memory, &mut Browser::default(), NEW).code(), "no_session");
    memory.pass(Duration::from_secs(601));
    assert_eq!(begin(&memory, &mut browser, NEW).code(), "insufficient_user_authentication");
}

#[test]
fn a_new_address_voids_the_code_to_the_one_before_and_letters_are_counted_over_all() {
    let memory = memory();
    let (_, account) = verified(&memory);
    let mut browser = by_code(&memory, &account);
    assert_eq!(begin(&memory, &mut browser, "one@example.com").status, 200);
    let first = code(&memory);
    assert_eq!(begin(&memory, &mut browser, "two@example.com").code(), "rate_limited");
    let confirm = |browser: &mut Browser, code: &str| {
        browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code }))
    };
    assert_eq!(confirm(&mut browser, &first).code(), "code_gone", "it went to another address");
    for at in 0..4 {
        memory.pass(Duration::from_secs(60));
        assert_eq!(begin(&memory, &mut browser, &format!("a{at}@example.com")).status, 200);
    }
    let last = code(&memory);
    memory.pass(Duration::from_secs(60));
    assert_eq!(begin(&memory, &mut browser, "five@example.com").code(), "code_gone");
    assert_eq!(confirm(&mut browser, &last).code(), "code_gone");
}

#[test]
fn without_a_confirmed_address_another_than_the_contact_one_may_be_given_and_the_contact_one_hears_of_it() {
    let memory = memory();
    let mut browser = Browser::default();
    let account = browser.open(&memory);
    assert_eq!(browser.login(&memory, &account, PASSWORD).status, 200);
    let number = change(&memory, &mut browser, NEW, "taro@example.com");
    assert_eq!(stop(&memory, &account, &number).status, 200);
    assert_eq!(Browser::default().login(&memory, &account, PASSWORD).code(), "sign_in_failed");
}

#[test]
fn a_stop_puts_the_old_address_back_ends_every_session_and_holds_passwords_until_the_desk_releases_them() {
    let memory = memory();
    let (_, account) = verified(&memory);
    let mut browser = by_code(&memory, &account);
    let first = change(&memory, &mut browser, NEW, "taro@example.com");
    memory.pass(Duration::from_secs(60));
    // Who has taken the account over changes the address again; the first number still stops it all.
    let second = change(&memory, &mut browser, "saburo@example.com", QUOTED);
    assert_ne!(first, second);
    memory.pass(71 * HOUR);
    let wide: String = first.chars().map(|sign| char::from_u32(u32::from(sign) + 0xFEE0).unwrap()).collect();
    assert_eq!(stop(&memory, &account, &wide).status, 200);
    assert!(told(&memory, "taro@example.com").pop().unwrap().contains("変更を停止し"));
    assert_eq!(browser.get(&memory, "/.sekisho/me").code(), "no_session");
    assert_eq!(stop(&memory, &account, &second).code(), "stop_unknown", "it is void with what came before it");
    assert_eq!(Browser::default().login(&memory, &account, PASSWORD).code(), "sign_in_failed");
    let release = |token: &str| {
        let mut desk = Browser::default();
        let body = json!({ "name": account }).to_string().into_bytes();
        let mut request = desk.request(http::Method::POST, "/.sekisho/ops/release", body);
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        desk.send(&memory, request).status
    };
    assert_eq!(release("another-token-of-tests"), 401);
    assert_eq!(release("ops-token-of-tests"), 200);
    assert_eq!(Browser::default().login(&memory, &account, PASSWORD).json["masked"], "t***@example.com");
    assert!(told(&memory, "taro@example.com").iter().any(|text| text.contains("停止を解除しました")));
}

#[test]
fn a_stop_number_ends_with_its_time() {
    let memory = memory();
    let (_, account) = verified(&memory);
    let number = change(&memory, &mut by_code(&memory, &account), NEW, "taro@example.com");
    memory.pass(72 * HOUR);
    assert_eq!(stop(&memory, &account, &number).code(), "stop_unknown");
}

#[test]
fn tries_to_stop_are_limited_and_known_and_unknown_names_are_one_to_the_outside() {
    let memory = memory();
    let (_, account) = verified(&memory);
    let number = change(&memory, &mut by_code(&memory, &account), NEW, "taro@example.com");
    let statements = |memory: &Memory| {
        let mut all = 0;
        memory.each_account_store(|store| all += store.statements());
        all
    };
    let other = if account == "99999999" { "99999998" } else { "99999999" };
    // The first touch of a decoy makes its tables.
    stop(&memory, other, "1");
    stop(&memory, &account, "1");
    for _ in 1..10 {
        let tried = [account.as_str(), other].map(|id| {
            let before = statements(&memory);
            let answer = stop(&memory, id, "000000000000");
            (answer.status, answer.code().to_owned(), statements(&memory) - before)
        });
        assert_eq!((tried[0].1.as_str(), &tried[0]), ("stop_unknown", &tried[1]));
    }
    assert_eq!(stop(&memory, &account, "000000000000").code(), "rate_limited");
    assert_eq!(stop(&memory, other, "1").code(), "rate_limited", "nobody's name as well");
    assert_eq!(Browser::default().login(&memory, &account, PASSWORD).status, 202, "logins are counted elsewhere");
    assert_eq!(stop(&memory, &account, &number).status, 200, "who tries wrong ones keeps nobody from the right one");
    for odd in ["", "山田", "x".repeat(500).as_str()] {
        assert_eq!(stop(&memory, odd, &number).code(), "stop_unknown", "{odd}");
    }
}

#[test]
fn no_stop_number_lies_in_the_store() {
    let memory = memory();
    let (_, account) = verified(&memory);
    let mut browser = by_code(&memory, &account);
    begin(&memory, &mut browser, NEW);
    browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": code(&memory) }));
    let mut kept = String::new();
    memory.each_account_store(|store| {
        use crate::host::Store as _;
        let tables = ["SELECT body FROM due", "SELECT COALESCE(old, '') || generation || id FROM address_change"];
        for table in tables {
            let rows = store.transaction(|sql| sql.run(table, &[])).unwrap_or_default();
            rows.iter().for_each(|row| kept.push_str(row.text(0).unwrap()));
        }
    });
    let number = number(&memory, "taro@example.com");
    assert!(kept.contains("address_changed") && !kept.contains(&number.replace('-', "")) && !kept.contains(&number));
}

#[test]
fn a_code_is_good_for_the_address_that_it_was_sent_to_and_no_other() {
    let memory = memory();
    let (_, account) = verified(&memory);
    let mut browser = by_code(&memory, &account);
    let begun = begin(&memory, &mut browser, NEW);
    assert_eq!(begun.status, 200, "{}", begun.json);
    let first = code(&memory);
    assert_eq!(browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": first })).status, 200);
    // The same session, and an address that its owner cannot read.
    memory.pass(Duration::from_secs(61));
    assert_eq!(begin(&memory, &mut browser, "stranger@example.com").status, 200);
    let again = browser.post(&memory, "/.sekisho/address/confirm", &json!({ "code": first }));
    assert_eq!(again.code(), "code_wrong", "{}", again.json);
}

#[test]
fn an_account_sends_only_so_many_letters_to_addresses_that_it_names() {
    let memory = memory();
    let (_, account) = verified(&memory);
    let mut letters = 0;
    for round in 0..6 {
        // Each login is another session.
        let mut browser = by_code(&memory, &account);
        for at in 0..4 {
            memory.pass(Duration::from_secs(61));
            letters += u32::from(begin(&memory, &mut browser, &format!("x{round}{at}@example.com")).status == 200);
        }
    }
    assert!((5..=10).contains(&letters), "{letters}");
}
