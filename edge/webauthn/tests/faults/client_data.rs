//! The client data of both ceremonies: the same faults, the same order, other step numbers.

use serde_json::{Value, json};

use crate::forge::{CHALLENGE, Edit, b64};
use crate::list::{Cases, assertion, member, none};

const REGISTRATION: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-2";
const ASSERTION: &str = "fido/Server-ServerAuthenticatorAssertionResponse-Resp-2";

/// Faults as (name, member, value or null to remove it, step of section 7.1).
fn faults(other: &str) -> Vec<(&'static str, &'static str, Value, u8)> {
    let mut padded = b64(&CHALLENGE);
    padded.push('=');
    vec![
        ("type missing", "type", Value::Null, 7),
        ("type not a string", "type", json!(1), 7),
        ("type empty", "type", json!(""), 7),
        ("type unknown", "type", json!("webauthn.other"), 7),
        ("type of the other ceremony", "type", json!(other), 7),
        ("challenge missing", "challenge", Value::Null, 8),
        ("challenge not a string", "challenge", json!([1]), 8),
        ("challenge empty", "challenge", json!(""), 8),
        ("challenge not base64url", "challenge", json!("####"), 8),
        ("challenge differs", "challenge", json!(b64(&[9; 32])), 8),
        ("origin missing", "origin", Value::Null, 9),
        ("origin not a string", "origin", json!(false), 9),
        ("origin empty", "origin", json!(""), 9),
        ("origin another site's", "origin", json!("https://www.evil.example"), 9),
        ("tokenBinding not an object", "tokenBinding", json!("present"), 11),
        ("tokenBinding.status missing", "tokenBinding", json!({"id": "x"}), 11),
        ("tokenBinding.status unknown", "tokenBinding", json!({"status": "perhaps"}), 11),
        // From here on our own.
        ("challenge padded", "challenge", json!(padded), 8),
        ("challenge a prefix", "challenge", json!(b64(&CHALLENGE[..31])), 8),
        ("challenge longer", "challenge", json!(b64(&[CHALLENGE.as_slice(), &[0]].concat())), 8),
        ("origin that ends in ours", "origin", json!("https://evil-www.broker.example"), 9),
        ("origin below ours", "origin", json!("https://a.www.broker.example"), 9),
        ("origin above ours", "origin", json!("https://broker.example"), 9),
        ("origin with another scheme", "origin", json!("http://www.broker.example"), 9),
        ("origin with another port", "origin", json!("https://www.broker.example:8443"), 9),
        ("origin with the default port", "origin", json!("https://www.broker.example:443"), 9),
        ("origin with a path", "origin", json!("https://www.broker.example/"), 9),
        ("origin in capitals", "origin", json!("https://WWW.broker.example"), 9),
        ("origin with a final dot", "origin", json!("https://www.broker.example."), 9),
        ("origin with user info", "origin", json!("https://x@www.broker.example"), 9),
        ("origin null", "origin", json!("null"), 9),
        ("origin of an app", "origin", json!("android:apk-key-hash:AAAA"), 9),
        ("origin with a space", "origin", json!("https://www.broker.example "), 9),
        ("crossOrigin", "crossOrigin", json!(true), 10),
        ("crossOrigin not a boolean", "crossOrigin", json!("false"), 10),
        ("topOrigin of our own", "topOrigin", json!("https://www.broker.example"), 11),
        ("topOrigin not a string", "topOrigin", json!({}), 11),
    ]
}

pub fn both(cases: &mut Cases) {
    for (index, (name, key, value, step)) in faults("webauthn.get").into_iter().enumerate() {
        let id = if index < 17 {
            format!("{REGISTRATION}/F-{} {name}", index + 1)
        } else {
            format!("client data/create: {name}")
        };
        cases.reject(id, &format!("7.1 step {step}"), none(|r| member("", key, value)(&mut r.client)));
    }

    for (index, (name, key, value, step)) in faults("webauthn.create").into_iter().enumerate() {
        let id =
            if index < 17 { format!("{ASSERTION}/F-{} {name}", index + 1) } else { format!("client data/get: {name}") };
        cases.reject(id, &format!("7.2 step {}", step + 3), assertion(|a| member("", key, value)(&mut a.client)));
    }
    let texts: [(&str, fn(&mut String)); 6] = [
        ("a key twice", |text| text.insert_str(1, r#""origin":"https://www.broker.example","#)),
        ("something after it", |text| text.push(' ')),
        ("not JSON", |text| *text = "webauthn.create".to_owned()),
        ("an array", |text| *text = format!("[{text}]")),
        ("a byte order mark", |text| text.insert(0, '\u{feff}')),
        ("comments", |text| text.insert_str(1, "/* */")),
    ];
    for (name, edit) in texts {
        // White space after JSON is JSON still.
        if name == "something after it" {
            cases.accept(format!("client data/create: {name}"), none(|r| r.client_text = Box::new(edit)));
            continue;
        }
        cases.reject(format!("client data/create: {name}"), "7.1 step 6", none(|r| r.client_text = Box::new(edit)));
        cases.reject(format!("client data/get: {name}"), "7.2 step 9", assertion(|a| a.client_text = Box::new(edit)));
    }
    embedding(cases);
}

/// Ceremonies inside frames of other sites, where that is allowed.
fn embedding(cases: &mut Cases) {
    let within = || -> Edit<Value> {
        Box::new(|case| {
            case["allowCrossOrigin"] = json!(true);
            case["topOrigins"] = json!(["https://partner.example"]);
        })
    };
    let framed = |top: &'static str| {
        move |client: &mut Value| {
            client["crossOrigin"] = json!(true);
            client["topOrigin"] = json!(top);
        }
    };
    cases.accept(
        "client data/create: in a frame of a partner",
        none(|r| {
            r.case = within();
            framed("https://partner.example")(&mut r.client);
        }),
    );
    cases.accept(
        "client data/get: in a frame of a partner",
        assertion(|a| {
            a.case = within();
            framed("https://partner.example")(&mut a.client);
        }),
    );
    for top in ["https://evil.example", "https://partner.example/", "https://x.partner.example", ""] {
        cases.reject(
            format!("client data/create: in a frame of {top:?}"),
            "7.1 step 11",
            none(|r| {
                r.case = within();
                framed(top)(&mut r.client);
            }),
        );
        cases.reject(
            format!("client data/get: in a frame of {top:?}"),
            "7.2 step 14",
            assertion(|a| {
                a.case = within();
                framed(top)(&mut a.client);
            }),
        );
    }
    cases.accept("client data/create: unknown members", none(|r| r.client["later"] = json!({"x": 1})));
    cases.accept(
        "client data/create: token binding supported",
        none(|r| r.client["tokenBinding"] = json!({"status": "supported"})),
    );
}
