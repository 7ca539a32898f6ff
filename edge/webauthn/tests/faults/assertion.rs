//! Assertions.

use serde_json::{Value, json};

use crate::forge::assertion::Assertion;
use crate::forge::cbor::{C, t};
use crate::forge::signer::Signer;
use crate::forge::{b64, sha256};
use crate::list::{Cases, assertion, member};

const OUTER: &str = "fido/Server-ServerAuthenticatorAssertionResponse-Resp-1";
const DATA: &str = "fido/Server-ServerAuthenticatorAssertionResponse-Resp-3";

pub fn all(cases: &mut Cases) {
    outer(cases);
    data(cases);
    signatures(cases);
    stored(cases);
}

fn outer(cases: &mut Cases) {
    cases.accept(format!("{OUTER}/P-1 valid"), assertion(|_| {}));
    let faults: [(&str, &'static str, &'static str, Value); 20] = [
        ("F-1 id missing", "", "id", Value::Null),
        ("F-2 id not a string", "", "id", json!(1)),
        ("F-3 id not base64url", "", "id", json!("####")),
        ("F-4 type missing", "", "type", Value::Null),
        ("F-5 type not a string", "", "type", json!(1)),
        ("F-6 type not public-key", "", "type", json!("private-key")),
        ("F-7 response missing", "", "response", Value::Null),
        ("F-8 response not an object", "", "response", json!([])),
        ("F-9 clientDataJSON missing", "/response", "clientDataJSON", Value::Null),
        ("F-10 clientDataJSON not a string", "/response", "clientDataJSON", json!({})),
        ("F-11 clientDataJSON empty", "/response", "clientDataJSON", json!("")),
        ("F-12 authenticatorData missing", "/response", "authenticatorData", Value::Null),
        ("F-13 authenticatorData not a string", "/response", "authenticatorData", json!(1)),
        ("F-14 authenticatorData not base64url", "/response", "authenticatorData", json!("####")),
        ("F-15 authenticatorData empty", "/response", "authenticatorData", json!("")),
        ("F-16 signature missing", "/response", "signature", Value::Null),
        ("F-17 signature not a string", "/response", "signature", json!([])),
        ("F-18 signature not base64url", "/response", "signature", json!("####")),
        ("F-19 signature empty", "/response", "signature", json!("")),
        ("F-21 userHandle not a string", "/response", "userHandle", json!(1)),
    ];
    for (name, parent, key, value) in faults {
        cases.reject(format!("{OUTER}/{name}"), "7.2 step 3", assertion(|a| a.json = member(parent, key, value)));
    }
    let altered = assertion(|a| a.signature = Box::new(|signature| *signature.last_mut().unwrap() ^= 1));
    cases.reject(format!("{OUTER}/F-20 signature not verifiable"), "7.2 step 21", altered);
    let texts: [(&str, fn(&mut String)); 3] = [
        ("response twice", |text| text.insert_str(1, r#""response":{},"#)),
        ("something after it", |text| text.push('1')),
        ("id twice", |text| text.insert_str(1, r#""id":"AQID","#)),
    ];
    for (name, edit) in texts {
        cases.reject(format!("assertion/{name}"), "7.2 step 3", assertion(|a| a.text = Box::new(edit)));
    }
    let padded = assertion(|a| {
        a.json = Box::new(|json| {
            let value = format!("{}=", json["response"]["signature"].as_str().unwrap());
            json["response"]["signature"] = json!(value);
        });
    });
    cases.reject("assertion/signature padded", "7.2 step 3", padded);
    cases.accept("assertion/no user handle", assertion(|a| a.json = member("/response", "userHandle", Value::Null)));
    let other = assertion(|a| a.json = member("/response", "userHandle", json!(b64(b"other"))));
    cases.reject("assertion/the user handle of another", "7.2 step 6", other);
    let empty = assertion(|a| a.json = member("/response", "userHandle", json!("")));
    cases.reject("assertion/an empty user handle", "7.2 step 6", empty);
}

fn preferring(word: &'static str, flags: u8) -> Assertion {
    assertion(|a| {
        a.flags = flags;
        a.case = Box::new(move |case| case["userVerification"] = json!(word));
    })
}

fn counted(stored: u32, sent: u32) -> Assertion {
    assertion(|a| {
        a.count = sent;
        a.case = Box::new(move |case| case["stored"]["signCount"] = json!(stored));
    })
}

fn data(cases: &mut Cases) {
    cases.accept(format!("{DATA}/P-1 counter always 0"), counted(0, 0));
    cases.accept(format!("{DATA}/P-2 UV set, required"), assertion(|_| {}));
    cases.accept(format!("{DATA}/P-3 UV clear, preferred"), preferring("preferred", 0x01));
    cases.accept(format!("{DATA}/P-4 UV set, preferred"), preferring("preferred", 0x05));
    cases.accept(format!("{DATA}/P-5 UV clear, discouraged"), preferring("discouraged", 0x01));
    cases.accept(format!("{DATA}/P-6 UV set, discouraged"), preferring("discouraged", 0x05));
    let extended = |a: &mut Assertion| {
        a.flags |= 0x80;
        a.extensions = C::Map(vec![(t("x"), C::Bool(true))]).encode();
    };
    cases.accept(format!("{DATA}/P-7 ED flag with data"), assertion(extended));
    let rejected: [(&str, &str, fn(&mut Assertion)); 16] = [
        ("F-1 leftover bytes", "15", |a| a.auth_data = Box::new(|data| data.push(0))),
        ("F-2 rpIdHash invalid", "15", |a| a.rp_hash = sha256(b"evil.example")),
        ("F-3 clientDataHash invalid", "21", |a| {
            // The client data are altered after they were signed, in a member no step reads.
            a.json = Box::new(|json| {
                let mut client = crate::forge::client_data("webauthn.get");
                client["later"] = json!(1);
                json["response"]["clientDataJSON"] = json!(b64(client.to_string().as_bytes()));
            });
        }),
        ("F-5 only UP while UV required", "17", |a| a.flags = 0x01),
        ("UP clear", "16", |a| a.flags = 0x04),
        ("BS without BE", "18", |a| a.flags |= 0x10),
        ("BE set on a credential that had it not", "19", |a| a.flags |= 0x08),
        ("BE clear on a credential that had it", "19", |a| {
            a.case = Box::new(|case| case["stored"]["backupEligible"] = json!(true))
        }),
        ("ED set, no extensions", "15", |a| a.flags |= 0x80),
        ("extensions, ED clear", "15", |a| a.extensions = vec![0xa0]),
        ("extensions not a map", "15", |a| {
            a.flags |= 0x80;
            a.extensions = vec![0x80];
        }),
        ("AT set, no data", "15", |a| a.flags |= 0x40),
        ("36 bytes", "15", |a| a.auth_data = Box::new(|data| data.truncate(36))),
        ("one byte", "15", |a| a.auth_data = Box::new(|data| data.truncate(1))),
        ("the counter altered after signing", "21", |a| {
            a.json = Box::new(|json| {
                let mut data = [&sha256(crate::forge::RP_ID.as_bytes())[..], &[5, 0, 0, 0, 9]].concat();
                data[36] = 200;
                json["response"]["authenticatorData"] = json!(b64(&data));
            });
        }),
        ("UV set after signing", "21", |a| {
            a.flags = 0x01;
            a.json = Box::new(|json| {
                let data = [&sha256(crate::forge::RP_ID.as_bytes())[..], &[5, 0, 0, 0, 9]].concat();
                json["response"]["authenticatorData"] = json!(b64(&data));
            });
        }),
    ];
    for (name, step, bend) in rejected {
        let id = if name.starts_with("F-") { format!("{DATA}/{name}") } else { format!("assertion data/{name}") };
        cases.reject(id, &format!("7.2 step {step}"), assertion(bend));
    }
    cases.reject(format!("{DATA}/F-4 counter did not increase"), "7.2 step 22", counted(9, 9));
    cases.reject("assertion data/the counter went back", "7.2 step 22", counted(10, 9));
    cases.reject("assertion data/the counter fell to zero", "7.2 step 22", counted(10, 0));
    cases.accept("assertion data/the counter began", counted(0, 1));
}

fn signatures(cases: &mut Cases) {
    for key in [
        Signer::Ed25519(1),
        Signer::P384(1),
        Signer::P521(1),
        Signer::Rs256,
        Signer::Rs384,
        Signer::Rs512,
        Signer::Ps256,
    ] {
        let name = key.algorithm();
        cases.accept(format!("signature {name}/valid"), Assertion::new(key));
        let bent = |edit: fn(&mut Vec<u8>)| {
            let mut forged = Assertion::new(key);
            forged.signature = Box::new(edit);
            forged
        };
        cases.reject(format!("signature {name}/altered"), "7.2 step 21", bent(|bytes| *bytes.last_mut().unwrap() ^= 1));
        cases.reject(format!("signature {name}/a byte after it"), "7.2 step 21", bent(|bytes| bytes.push(0)));
        cases.reject(
            format!("signature {name}/truncated"),
            "7.2 step 21",
            bent(|bytes| bytes.truncate(bytes.len() - 1)),
        );
    }
    let p256: [(&str, fn(&mut Vec<u8>)); 9] = [
        ("a byte after it", |bytes| bytes.push(0)),
        ("a byte inside after s", |bytes| {
            bytes.push(0);
            bytes[1] += 1;
        }),
        ("a length in its long form", |bytes| bytes.insert(1, 0x81)),
        ("r with a needless zero", |bytes| {
            bytes.insert(4, 0);
            bytes[3] += 1;
            bytes[1] += 1;
        }),
        ("truncated", |bytes| bytes.truncate(bytes.len() - 1)),
        ("raw r and s", |bytes| *bytes = vec![1; 64]),
        ("r and s zero", |bytes| *bytes = vec![0x30, 6, 2, 1, 0, 2, 1, 0]),
        ("r and s one", |bytes| *bytes = vec![0x30, 6, 2, 1, 1, 2, 1, 1]),
        ("negative r", |bytes| *bytes = vec![0x30, 6, 2, 1, 0x81, 2, 1, 1]),
    ];
    for (name, edit) in p256 {
        cases.reject(format!("signature -7/{name}"), "7.2 step 21", assertion(|a| a.signature = Box::new(edit)));
    }
    let mut other = Assertion::new(Signer::P256(2));
    other.case = Box::new(|case| {
        case["stored"]["publicKeyCose"] = json!(b64(&C::Map(Signer::P256(1).cose()).encode()));
    });
    cases.reject("signature -7/by another key", "7.2 step 21", other);
}

fn stored(cases: &mut Cases) {
    let other = assertion(|a| a.case = Box::new(|case| case["stored"]["credentialId"] = json!("AQID")));
    cases.reject("stored/another credential", "7.2 step 6", other);
    let mixed = assertion(|a| a.case = Box::new(|case| case["stored"]["alg"] = json!(-257)));
    cases.reject("stored/another algorithm than the key's", "7.2 step 21", mixed);
    let broken = assertion(|a| a.case = Box::new(|case| case["stored"]["publicKeyCose"] = json!("oA")));
    cases.reject("stored/a key that is none", "7.2 step 21", broken);
    let challenge = assertion(|a| a.case = Box::new(|case| case["challenge"] = json!(b64(&[1; 32]))));
    cases.reject("stored/the challenge of another ceremony", "7.2 step 11", challenge);
    let site = assertion(|a| a.case = Box::new(|case| case["rpId"] = json!("other.example")));
    cases.reject("stored/the RP ID of another site", "7.2 step 15", site);
}
