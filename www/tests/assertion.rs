//! Which statements the origin believes, and which it refuses.

#![allow(missing_docs, clippy::indexing_slicing, reason = "tests")]

mod common;

use axum::body::Body;
use axum::http::Request;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use common::{AUDIENCE, Bench, ISSUER, START, Signer, claims};
use serde_json::{Value, json};

const PATH: &str = "/api/balance";

async fn refused(bench: &Bench, token: &str) {
    assert_eq!(bench.with(PATH, token).await.problem(), (401, "unasserted".into()), "{token}");
}

fn changed(name: &str, value: Value) -> Value {
    let mut claims = claims(Some("3100101"));
    claims[name] = value;
    claims
}

#[tokio::test]
async fn a_valid_statement_is_believed() {
    let bench = Bench::new().await;
    let answer = bench.with(PATH, &bench.signer.state(&claims(Some("3100101")))).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["customer"], "3100101");
    assert_eq!(answer.json()["cash"], 2_340_500);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn without_a_statement_nothing_is_answered() {
    let bench = Bench::new().await;
    for path in ["/", "/login", "/home", PATH, "/assets/sekisho/package.json", "/nowhere", "/healthz/more"] {
        let answer = bench.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.problem(), (401, "unasserted".into()), "{path}");
    }
    assert_eq!(bench.fetches(), 0);
}

#[tokio::test]
async fn health_is_free() {
    let bench = Bench::new().await;
    let answer = bench.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn claims_for_somebody_else_are_refused() {
    let bench = Bench::new().await;
    for claims in [
        changed("aud", json!("https://other.example")),
        changed("aud", json!([])),
        changed("iss", json!("https://evil.example")),
        changed("aud", Value::Null),
        changed("sub", json!("")),
        changed("exp", json!("never")),
    ] {
        refused(&bench, &bench.signer.state(&claims)).await;
    }
    for missing in ["iss", "aud", "exp", "iat"] {
        let mut claims = claims(Some("3100101"));
        claims.as_object_mut().unwrap().remove(missing);
        refused(&bench, &bench.signer.state(&claims)).await;
    }
}

#[tokio::test]
async fn time_is_kept_with_five_seconds_of_skew() {
    let bench = Bench::new().await;
    let now = START / 1000;
    for (name, value, believed) in [
        ("exp", now - 4, true),
        ("exp", now - 5, false),
        ("exp", now - 3600, false),
        ("iat", now + 5, true),
        ("iat", now + 6, false),
    ] {
        let answer = bench.with(PATH, &bench.signer.state(&changed(name, json!(value)))).await;
        assert_eq!(answer.status, if believed { 200 } else { 401 }, "{name} {value}");
    }
}

#[tokio::test]
async fn a_statement_for_one_request_is_believed_for_it_alone_and_once() {
    let bench = Bench::new().await;
    let once = |jti: Value, htm: Value, htu: Value| {
        let mut claims = claims(Some("3100101"));
        for (name, value) in [("jti", jti), ("htm", htm), ("htu", htu)] {
            claims[name] = value;
        }
        bench.signer.state(&claims)
    };
    let here = format!("{ISSUER}{PATH}");
    let good = once(json!("r1"), json!("GET"), json!(here));
    assert_eq!(bench.with(&format!("{PATH}?x=1"), &good).await.status, 200, "the query is not bound");
    refused(&bench, &good).await;
    refused(&bench, &once(json!("r1"), json!("GET"), json!(here))).await;
    for (jti, htm, htu) in [
        (json!("r2"), json!("POST"), json!(here)),
        (json!("r2"), json!("get"), json!(here)),
        (json!("r2"), json!("GET"), json!(format!("{ISSUER}/api/orders"))),
        (json!("r2"), json!("GET"), json!(format!("https://other.example{PATH}"))),
        (json!("r2"), json!("GET"), json!(PATH)),
        (json!("r2"), json!("GET"), Value::Null),
        (json!("r2"), Value::Null, json!(here)),
        (Value::Null, json!("GET"), json!(here)),
        (json!(""), json!("GET"), json!(here)),
    ] {
        refused(&bench, &once(jti, htm, htu)).await;
    }
    assert_eq!(bench.with(PATH, &once(json!("r2"), json!("GET"), json!(here))).await.status, 200, "not spent by those");
    bench.wait(64_000);
    refused(&bench, &good).await;
    assert_eq!(bench.with(PATH, &bench.signer.state(&claims(Some("3100101")))).await.status, 200, "the others go on");
}

#[tokio::test]
async fn headers_of_another_kind_are_refused() {
    let bench = Bench::new().await;
    let good = claims(Some("3100101"));
    for (name, value) in [
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("alg", json!("HS256")),
        ("alg", json!("ES384")),
        ("alg", json!("none")),
        ("kid", json!("k2")),
        ("kid", Value::Null),
        ("crit", json!(["exp"])),
        ("jku", json!("https://evil.example/jwks.json")),
        ("jwk", Signer::new("evil").jwk()),
    ] {
        let mut header = bench.signer.header();
        header[name] = value;
        refused(&bench, &bench.signer.sign(&header, &good)).await;
    }
}

#[tokio::test]
async fn a_signature_must_be_there_and_be_the_edges() {
    let bench = Bench::new().await;
    let good = claims(Some("3100101"));
    let token = bench.signer.state(&good);
    let (message, _) = token.rsplit_once('.').unwrap();
    // An unsigned statement, in the three ways in which such tokens are written.
    let none = B64.encode(json!({ "alg": "none", "typ": "sekisho-assertion+jwt", "kid": "k1" }).to_string());
    let payload = B64.encode(good.to_string());
    for token in [format!("{none}.{payload}."), format!("{none}.{payload}"), format!("{message}."), message.into()] {
        refused(&bench, &token).await;
    }
    // Another key under the edge's name.
    refused(&bench, &Signer::new("k1").state(&good)).await;
    // The payload of another statement under this signature.
    let (_, signature) = token.rsplit_once('.').unwrap();
    let header = token.split('.').next().unwrap();
    let other = B64.encode(claims(Some("3100105")).to_string());
    refused(&bench, &format!("{header}.{other}.{signature}")).await;
    for garbage in ["", "x", "a.b.c", "....", &"A".repeat(5000)] {
        refused(&bench, garbage).await;
    }
}

#[tokio::test]
async fn two_statements_are_as_good_as_none() {
    let bench = Bench::new().await;
    let token = bench.signer.state(&claims(Some("3100101")));
    let request = Request::get(PATH).header("sekisho-assertion", &token).header("sekisho-assertion", &token);
    let answer = bench.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), (401, "unasserted".into()));
}

#[tokio::test]
async fn a_visitor_reaches_public_pages_only() {
    let bench = Bench::new().await;
    let token = bench.signer.state(&claims(None));
    assert_eq!(bench.with("/login", &token).await.status, 200);
    for path in [PATH, "/home", "/history", "/settings", "/confirm"] {
        assert_eq!(bench.with(path, &token).await.problem(), (401, "no_customer".into()), "{path}");
    }
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_when_one_is_unknown() {
    let bench = Bench::new().await;
    let good = claims(Some("3100101"));
    let old = bench.signer.state(&good);
    for _ in 0..3 {
        assert_eq!(bench.with(PATH, &old).await.status, 200);
    }
    assert_eq!(bench.fetches(), 1);

    // Made-up names ask the edge once in two seconds, not once each.
    for _ in 0..5 {
        refused(&bench, &Signer::new("made-up").state(&good)).await;
    }
    assert_eq!(bench.fetches(), 1);

    let new = Signer::new("k2");
    bench.publish(&[&new, &bench.signer]);
    bench.wait(2_000);
    assert_eq!(bench.with(PATH, &new.state(&good)).await.status, 200);
    assert_eq!(bench.with(PATH, &old).await.status, 200);
    assert_eq!(bench.fetches(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_stops_being_trusted() {
    let bench = Bench::new().await;
    assert_eq!(bench.with(PATH, &bench.signer.state(&claims(None))).await.problem().1, "no_customer");
    let new = Signer::new("k2");
    bench.publish(&[&new]);
    bench.wait(10 * 60 * 1000);
    let mut later = claims(Some("3100101"));
    later["iat"] = json!(START / 1000 + 600);
    later["exp"] = json!(START / 1000 + 660);
    refused(&bench, &bench.signer.state(&later)).await;
    assert_eq!(bench.with(PATH, &new.state(&later)).await.status, 200);
}

#[tokio::test]
async fn without_the_edges_keys_no_statement_can_be_judged() {
    let bench = Bench::without_edge().await;
    let answer = bench.with(PATH, &bench.signer.state(&claims(Some("3100101")))).await;
    assert_eq!(answer.problem(), (503, "keys_unreachable".into()));
}

#[tokio::test]
async fn the_audience_may_be_one_of_several() {
    let bench = Bench::new().await;
    let several = changed("aud", json!(["https://other.example", AUDIENCE]));
    assert_eq!(bench.with(PATH, &bench.signer.state(&several)).await.status, 200);
    assert_eq!(several["iss"], ISSUER);
}
