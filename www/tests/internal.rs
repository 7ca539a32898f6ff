//! The edge's own calls: mail, old passwords, events.

#![allow(missing_docs, clippy::indexing_slicing, reason = "tests")]

mod common;

use axum::body::Body;
use axum::http::Request;
use common::{Bench, MAIL_TOKEN, ORIGIN_TOKEN, claims};
use serde_json::{Value, json};

const MAIL: &str = "/internal/mail/v1/send";

fn letter(subject: &str) -> Value {
    json!({
        "from": { "address": "no-reply@sekisho.example", "name": "関所証券" },
        "to": [{ "address": "taro@example.com", "name": "山田 太郎" }],
        "subject": subject, "text": "本文です。<b>", "html": "<p>本文です。</p>", "headers": {},
    })
}

fn profile() -> Value {
    json!({
        "family": "田中", "given": "一", "family_kana": "タナカ", "given_kana": "ハジメ", "birthday": "1990-04-01",
        "postal": "1000001", "address": "東京都千代田区千代田1丁目1番", "phone": "09000000001", "mail": "a..b.@docomo.ne.jp",
        "lang": "ja",
    })
}

#[tokio::test]
async fn the_same_key_twice_is_one_mail() {
    let bench = Bench::new().await;
    let first = bench.call(MAIL, MAIL_TOKEN, Some("m-1"), &letter("一通目")).await;
    assert_eq!(first.status, 202);
    let again = bench.call(MAIL, MAIL_TOKEN, Some("m-1"), &letter("一通目")).await;
    assert_eq!((again.status, again.json()), (202, first.json()));
    let other = bench.call(MAIL, MAIL_TOKEN, Some("m-2"), &letter("二通目")).await;
    assert_ne!(other.json()["id"], first.json()["id"]);
    let subjects: Vec<String> =
        bench.origin.store.mails(9).unwrap().into_iter().map(|mail| mail.letter.subject).collect();
    assert_eq!(subjects, ["二通目", "一通目"]);
}

#[tokio::test]
async fn the_mailbox_shows_a_mail_as_text() {
    let bench = Bench::new().await;
    assert!(bench.open("/mailbox", None).await.text.contains("まだメールはありません"));
    bench.call(MAIL, MAIL_TOKEN, Some("m-1"), &letter("ログインのお知らせ")).await;
    let page = bench.open("/mailbox", None).await.text;
    assert!(page.contains("ログインのお知らせ") && page.contains("taro@example.com"));
    assert!(page.contains("本文です。&lt;b&gt;"), "a mail's text must not become markup");
    assert!(page.contains("2026年11月22日(日)14:05"));
}

#[tokio::test]
async fn each_door_has_its_own_token() {
    let bench = Bench::new().await;
    let doors = [(MAIL, MAIL_TOKEN), ("/internal/verify", ORIGIN_TOKEN), ("/internal/events", ORIGIN_TOKEN)];
    for (path, right) in doors {
        for wrong in ["", "x", MAIL_TOKEN, ORIGIN_TOKEN] {
            let answer = bench.call(path, wrong, Some("k"), &json!({})).await;
            let expected = if wrong == right { (400, "malformed") } else { (401, "wrong_token") };
            assert_eq!(answer.problem(), (expected.0, expected.1.into()), "{path} {wrong}");
        }
        // A customer's statement opens none of them.
        let token = bench.signer.state(&claims(Some("3100101")));
        let request = Request::post(path).header("sekisho-assertion", token).body(Body::empty()).unwrap();
        assert_eq!(bench.send(request).await.problem(), (401, "wrong_token".into()));
    }
}

#[tokio::test]
async fn what_is_not_of_the_form_is_refused() {
    let bench = Bench::new().await;
    let mut nobody = letter("x");
    nobody["to"] = json!([]);
    let malformed = (400, String::from("malformed"));
    assert_eq!(bench.call(MAIL, MAIL_TOKEN, Some("m"), &nobody).await.problem(), malformed);
    assert_eq!(bench.call(MAIL, MAIL_TOKEN, None, &letter("x")).await.problem(), malformed);
    assert_eq!(bench.call(MAIL, MAIL_TOKEN, Some(&"k".repeat(256)), &letter("x")).await.problem(), malformed);
    let plain = Request::post(MAIL)
        .header("authorization", format!("Bearer {MAIL_TOKEN}"))
        .header("idempotency-key", "m")
        .body(Body::from(letter("x").to_string()))
        .unwrap();
    assert_eq!(bench.send(plain).await.problem(), malformed);
    assert_eq!(bench.origin.store.mails(9).unwrap().len(), 0);
    assert_eq!(bench.call("/internal/nothing", MAIL_TOKEN, None, &json!({})).await.problem().0, 404);
}

#[tokio::test]
async fn an_old_customers_password_is_judged() {
    let bench = Bench::new().await;
    let ask = |customer: &'static str, password: &'static str| {
        let bench = &bench;
        async move {
            let body = json!({ "customer": customer, "password": password });
            bench.call("/internal/verify", ORIGIN_TOKEN, None, &body).await.json()
        }
    };
    let answer = ask("3100102", "sakura88").await;
    assert_eq!(answer["answer"], "match");
    assert_eq!(answer["profile"]["family"], "佐藤");
    assert!(!answer.to_string().contains("argon2"));
    assert_eq!(ask("3100102", "sakura89").await, json!({ "answer": "no_match" }));
    assert_eq!(ask("K999999", "sakura88").await, json!({ "answer": "no_match" }));
    assert_eq!(ask("", "").await, json!({ "answer": "no_match" }));
}

#[tokio::test]
async fn ten_wrong_passwords_hold_verification_for_half_an_hour() {
    let bench = Bench::new().await;
    let ask = |password: &'static str| {
        let bench = &bench;
        async move {
            let body = json!({ "customer": "3100104", "password": password });
            bench.call("/internal/verify", ORIGIN_TOKEN, None, &body).await.json()["answer"]
                .as_str()
                .unwrap()
                .to_owned()
        }
    };
    for _ in 0..9 {
        assert_eq!(ask("wrong").await, "no_match");
    }
    assert_eq!(ask("umi482").await, "match", "a right password starts the count anew");
    for _ in 0..10 {
        assert_eq!(ask("wrong").await, "no_match");
    }
    assert_eq!(ask("umi482").await, "locked");
    bench.wait(30 * 60 * 1000 - 1);
    assert_eq!(ask("umi482").await, "locked");
    bench.wait(1);
    assert_eq!(ask("umi482").await, "match");
}

#[tokio::test]
async fn an_opened_account_gets_its_balance_once() {
    let bench = Bench::new().await;
    let event = json!({ "event": "account.opened", "at": 1, "customer": "12345678", "profile": profile() });
    for key in ["e-1", "e-1", "e-2"] {
        assert_eq!(bench.call("/internal/events", ORIGIN_TOKEN, Some(key), &event).await.status, 204);
    }
    let answer = bench.open("/api/balance", Some("12345678")).await;
    assert_eq!(answer.json()["cash"], 1_000_000);
    let record = bench.origin.store.customer("12345678").unwrap().unwrap();
    assert_eq!(record.profile.mail, "a..b.@docomo.ne.jp");
    // The account's password is the edge's; here there is none that could match.
    let body = json!({ "customer": "12345678", "password": "" });
    assert_eq!(bench.call("/internal/verify", ORIGIN_TOKEN, None, &body).await.json()["answer"], "no_match");
}

#[tokio::test]
async fn an_unknown_event_is_refused_and_may_be_sent_again() {
    let bench = Bench::new().await;
    let unknown = json!({ "event": "account.closed", "at": 1, "customer": "12345678" });
    let answer = bench.call("/internal/events", ORIGIN_TOKEN, Some("e-1"), &unknown).await;
    assert_eq!(answer.problem(), (422, "unknown_event".into()));
    let lacking = json!({ "event": "account.opened", "at": 1, "customer": "12345678" });
    assert_eq!(bench.call("/internal/events", ORIGIN_TOKEN, Some("e-1"), &lacking).await.problem().0, 400);
    let whole = json!({ "event": "account.opened", "at": 1, "customer": "12345678", "profile": profile() });
    assert_eq!(bench.call("/internal/events", ORIGIN_TOKEN, Some("e-1"), &whole).await.status, 204);
    assert!(bench.origin.store.customer("12345678").unwrap().is_some());
}

#[tokio::test]
async fn a_customer_whose_event_has_not_arrived_has_no_balance_yet() {
    let bench = Bench::new().await;
    assert_eq!(bench.open("/api/balance", Some("87654321")).await.json()["cash"], Value::Null);
}

#[test]
fn the_import_list_names_the_customers_of_old() {
    let list: Value = serde_json::from_str(include_str!("../demo/customers.json")).unwrap();
    let old: Vec<Value> = serde_json::from_str(include_str!("../demo/old-customers.json")).unwrap();
    let listed: Vec<&Value> = list["customers"].as_array().unwrap().iter().map(|entry| &entry["customer"]).collect();
    assert_eq!(listed, old.iter().map(|customer| &customer["number"]).collect::<Vec<_>>());
}
