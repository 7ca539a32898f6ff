//! The OpenAPI file is held against the route table and against what the endpoints really answer.

use crate::ROUTES;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, memory, opening};
use http::Method;
use sekisho_rules::Refusal;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(include_str!("../../../openapi.json")).unwrap()
}

#[test]
fn the_document_has_every_route_and_no_other() {
    let document = document();
    let mut written = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        written.extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    let routes = ROUTES.iter().map(|(method, path, _)| (method.to_string(), (*path).to_owned()));
    assert_eq!(written, routes.collect::<BTreeSet<_>>());
}

#[test]
fn every_code_in_the_document_is_a_refusal_with_that_status() {
    for (path, item) in document()["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                if answer["content"]["application/problem+json"].is_null() {
                    continue;
                }
                let text = answer["description"].as_str().unwrap();
                let codes: Vec<_> = text.split('`').skip(1).step_by(2).filter_map(Refusal::from_code).collect();
                assert!(!codes.is_empty(), "{path} {status}");
                for code in codes {
                    assert_eq!(code.status().to_string(), *status, "{path} {}", code.code());
                }
            }
        }
    }
}

/// Whether `value` is as `schema` says; only the words that the document uses.
fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        return fits(document, document.pointer(name.trim_start_matches('#')).unwrap(), value);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().any(|choice| fits(document, choice, value).is_ok());
        return if fitting { Ok(()) } else { Err(format!("{value} fits none of {schema}")) };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    if !kinds.contains(&json!(kind)) {
        return Err(format!("{value} is {kind}, not {kinds:?}"));
    }
    if let Some(list) = value.as_array() {
        return list.iter().try_for_each(|entry| fits(document, &schema["items"], entry));
    }
    let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        fields.get(name).ok_or_else(|| format!("{name} is missing in {value}"))?;
    }
    for (name, entry) in fields {
        match properties.get(name) {
            Some(schema) => fits(document, schema, entry)?,
            None if schema["additionalProperties"] == false => return Err(format!("{name} is not in the document")),
            None => {}
        }
    }
    Ok(())
}

#[test]
fn what_endpoints_answer_is_what_the_document_says() {
    let document = document();
    let memory = memory();
    let mut browser = Browser::default();
    let mut held = Vec::new();
    let mut ask = |memory: &Memory, browser: &mut Browser, method: Method, path: &str, body: Value| {
        let bytes = if method == Method::GET { Vec::new() } else { body.to_string().into_bytes() };
        let mut request = browser.request(method.clone(), path, bytes);
        request.headers_mut().insert("authorization", "Bearer ops-token-of-tests".parse().unwrap());
        let answer = browser.send(memory, request);
        let pointer = format!("/paths/{}/{}", path.replace('/', "~1"), method.as_str().to_lowercase());
        let operation = document.pointer(&pointer).unwrap();
        let written = &operation["responses"][answer.status.to_string()];
        assert!(written.is_object(), "{method} {path}: {} is not written", answer.status);
        // An answer without a body leads elsewhere, and a page is for the eye.
        let content = written["content"].as_object().filter(|content| !content.contains_key("text/html"));
        if let Some(schema) = content.and_then(|content| content.values().next()) {
            let checked = fits(&document, &schema["schema"], &answer.json);
            checked.unwrap_or_else(|fault| panic!("{method} {path}: {fault}"));
        }
        if method == Method::POST {
            // What browsers call by themselves has no body.
            assert_eq!(operation["requestBody"].is_null(), path.contains("/bound/"), "{path}");
            if let Some(asked) =
                operation["requestBody"]["content"].as_object().and_then(|content| content.values().next())
            {
                fits(&document, &asked["schema"], &body).unwrap_or_else(|fault| panic!("{path}: {fault}"));
            }
        }
        held.push((method, path.to_owned()));
        answer.json
    };
    let opened = ask(&memory, &mut browser, Method::POST, "/.sekisho/open", opening());
    let login = json!({ "id": opened["account_number"], "password": PASSWORD, "return": "/home" });
    for _ in 0..2 {
        ask(&memory, &mut browser, Method::POST, "/.sekisho/login", login.clone());
    }
    let rows = json!({ "customers": [{ "name": "hanako", "customer": "C-1" }] });
    ask(&memory, &mut browser, Method::POST, "/.sekisho/ops/import", rows);
    ask(&memory, &mut browser, Method::POST, "/.sekisho/ops/release", json!({ "name": "hanako" }));
    ask(&memory, &mut browser, Method::POST, "/.sekisho/ops/staff/invite", json!({ "name": "x", "role": "risk" }));
    let access = json!({ "name": opened["account_number"], "address": "203.0.113.7" });
    ask(&memory, &mut browser, Method::POST, "/.sekisho/ops/accesses", access);
    ask(&memory, &mut browser, Method::POST, "/.sekisho/ops/sessions/end", json!({ "name": "hanako" }));
    for (method, path, _) in ROUTES {
        if path.ends_with("/logout")
            || path.ends_with("/lock")
            || path.contains("finish")
            || path.contains("/ops/")
            || path.ends_with("/open")
        {
            continue;
        }
        let body = match path {
            "/.sekisho/login" => login.clone(),
            "/.sekisho/login/code" => json!({ "pending": "x", "code": "000000" }),
            "/.sekisho/password/change" => json!({ "current": PASSWORD, "password": "Kumo-73-minato#R" }),
            "/.sekisho/login/code/resend" => json!({ "pending": "x" }),
            "/.sekisho/address/confirm" => json!({ "code": "000000" }),
            "/.sekisho/address/stop" => json!({ "id": "x", "number": "1" }),
            "/.sekisho/passkeys/only" => json!({ "on": true }),
            "/.sekisho/passkeys/rename" => json!({ "id": "AAAA", "name": "x" }),
            "/.sekisho/passkey/confirm/begin" => json!({ "operation": "delete_passkey", "id": "AAAA" }),
            "/.sekisho/ops/sessions/end" | "/.sekisho/parked/send" => json!({ "name": "hanako" }),
            "/.sekisho/passkeys/delete" => json!({ "id": "AAAA" }),
            _ => json!({}),
        };
        ask(&memory, &mut browser, method, path, body);
    }
    ask(&memory, &mut browser, Method::POST, "/.sekisho/lock", json!({}));
    ask(&memory, &mut browser, Method::POST, "/.sekisho/logout", json!({}));
    let finish = json!({ "credential": {} });
    ask(&memory, &mut browser, Method::POST, "/.sekisho/passkey/login/finish", finish.clone());
    ask(&memory, &mut browser, Method::POST, "/.sekisho/passkey/step-up/finish", finish.clone());
    ask(&memory, &mut browser, Method::POST, "/.sekisho/passkey/confirm/finish", finish.clone());
    ask(&memory, &mut browser, Method::POST, "/.sekisho/passkey/register/finish", finish);
    let held: BTreeSet<_> = held.into_iter().map(|(method, path)| (method.to_string(), path)).collect();
    assert_eq!(held.len(), ROUTES.len(), "every route was held against the document");
}
