//! The outer JSON of a registration.

use serde_json::{Value, json};

use crate::list::{Cases, member, none, packed_chain};

const SUITE: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-1";

pub fn registration(cases: &mut Cases) {
    cases.accept(format!("{SUITE}/P-1 valid packed"), packed_chain(|_| {}));
    let faults: [(&str, &'static str, &'static str, Value); 13] = [
        ("F-1 id missing", "", "id", Value::Null),
        ("F-2 id not a string", "", "id", json!(7)),
        ("F-3 id not base64url", "", "id", json!("####")),
        ("F-4 type missing", "", "type", Value::Null),
        ("F-5 type not a string", "", "type", json!([])),
        ("F-6 type not public-key", "", "type", json!("public")),
        ("F-7 response missing", "", "response", Value::Null),
        ("F-8 response not an object", "", "response", json!("x")),
        ("F-9 clientDataJSON missing", "/response", "clientDataJSON", Value::Null),
        ("F-10 clientDataJSON not a string", "/response", "clientDataJSON", json!({})),
        ("F-11 clientDataJSON empty", "/response", "clientDataJSON", json!("")),
        ("F-12 attestationObject missing", "/response", "attestationObject", Value::Null),
        ("F-13 attestationObject not a string", "/response", "attestationObject", json!(1)),
    ];
    for (name, parent, key, value) in faults {
        cases.reject(format!("{SUITE}/{name}"), "7.1 step 3", none(|r| r.json = member(parent, key, value)));
    }
    let empty = none(|r| r.json = member("/response", "attestationObject", json!("")));
    cases.reject(format!("{SUITE}/F-14 attestationObject empty"), "7.1 step 3", empty);
    cases.reject(format!("{SUITE}/F-15 UV clear while required"), "7.1 step 16", none(|r| r.flags = 0x41));
    own(cases);
}

fn own(cases: &mut Cases) {
    let pad = |name: &'static str, parent: &'static str| {
        none(|r| {
            r.json = Box::new(move |json| {
                let value = json.pointer_mut(parent).unwrap().as_object_mut().unwrap().get_mut(name).unwrap();
                *value = json!(format!("{}=", value.as_str().unwrap()));
            });
        })
    };
    cases.reject(
        "response/id padded",
        "7.1 step 3",
        none(|r| {
            r.json = Box::new(|json| {
                let padded = format!("{}=", json["id"].as_str().unwrap());
                json["id"] = json!(padded);
                json["rawId"] = json!(padded);
            });
        }),
    );
    cases.reject("response/clientDataJSON padded", "7.1 step 3", pad("clientDataJSON", "/response"));
    cases.reject("response/attestationObject padded", "7.1 step 3", pad("attestationObject", "/response"));
    cases.reject(
        "response/id with stray bits",
        "7.1 step 3",
        none(|r| {
            r.id = vec![0x1d; 16];
            r.json = Box::new(|json| {
                // Sixteen bytes leave four bits unused in the last character; 1d1d... ends in Q.
                let stray = format!("{}R", json["id"].as_str().unwrap().strip_suffix('Q').unwrap());
                json["id"] = json!(stray);
                json["rawId"] = json!(stray);
            });
        }),
    );
    cases.reject(
        "response/standard base64 alphabet",
        "7.1 step 3",
        none(|r| {
            r.id = vec![0xff; 33];
            r.json = Box::new(|json| {
                let plain = json["id"].as_str().unwrap().replace('_', "/");
                json["id"] = json!(plain);
                json["rawId"] = json!(plain);
            });
        }),
    );
    let single: [(&str, &'static str, &'static str, Value); 11] = [
        ("rawId of another credential", "", "rawId", json!("AQID")),
        ("rawId not a string", "", "rawId", json!(1)),
        ("type empty", "", "type", json!("")),
        ("type in capitals", "", "type", json!("Public-Key")),
        ("id empty", "", "id", json!("")),
        ("transports not an array", "/response", "transports", json!("usb")),
        ("a transport that is no string", "/response", "transports", json!(["usb", 1])),
        ("a transport of odd characters", "/response", "transports", json!(["<script>"])),
        ("client extension results not an object", "", "clientExtensionResults", json!([])),
        ("credProps.rk not a boolean", "", "clientExtensionResults", json!({"credProps": {"rk": "yes"}})),
        ("attachment not a string", "", "authenticatorAttachment", json!({})),
    ];
    for (name, parent, key, value) in single {
        cases.reject(format!("response/{name}"), "7.1 step 3", none(|r| r.json = member(parent, key, value)));
    }
    cases.reject(
        "response/another credential's id",
        "7.1 step 13",
        none(|r| {
            r.json = Box::new(|json| {
                json["id"] = json!("AQID");
                json["rawId"] = json!("AQID");
            });
        }),
    );
    let texts: [(&str, fn(&mut String)); 9] = [
        ("id twice", |text| text.insert_str(1, r#""id":"AQID","#)),
        ("type twice in another spelling", |text| text.insert_str(1, r#""\u0074ype":"public-key","#)),
        ("response twice", |text| text.insert_str(1, r#""response":{},"#)),
        ("a key twice deep inside", |text| text.insert_str(1, r#""x":{"y":{"a":1,"a":2}},"#)),
        ("something after the object", |text| text.push_str("{}")),
        ("a byte order mark", |text| text.insert(0, '\u{feff}')),
        ("truncated", |text| text.truncate(text.len() - 1)),
        ("nested deeply", |text| text.insert_str(1, &format!(r#""x":{}1{},"#, "[".repeat(2000), "]".repeat(2000)))),
        ("an array", |text| *text = format!("[{text}]")),
    ];
    for (name, edit) in texts {
        cases.reject(format!("response/{name}"), "7.1 step 3", none(|r| r.text = Box::new(edit)));
    }
    let long = none(|r| r.text = Box::new(|text| text.insert_str(1, &format!(r#""x":"{}","#, "a".repeat(70_000)))));
    cases.reject("response/longer than any authenticator's", "7.1 step 3", long);
    cases
        .accept("response/members unknown today", none(|r| r.json = member("", "later", json!({"a": [1, 2.5, null]}))));
    cases.accept(
        "response/no rawId, no transports",
        none(|r| {
            r.json = Box::new(|json| {
                json.as_object_mut().unwrap().remove("rawId");
                json["response"].as_object_mut().unwrap().remove("transports");
            });
        }),
    );
}
