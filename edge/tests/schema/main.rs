//! `sekisho.schema.json` is for editors; what is refused is the parser's word. So each is held against the other, field by
//! field and value by value, with configs that are made from the schema itself.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics has failed, as it should"
)]

mod judge;

use judge::Schema;
use sekisho_edge::{Complaint, Config};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DEMO: &str = include_str!("../../sekisho.toml");

/// What only one who sees all of the config can say; the schema lets these pass.
const BEYOND: [&str; 8] = [
    "must be the host of site.origin",
    "must be shorter than",
    "must not be shorter than",
    "cannot be kept",
    "its route must",
    "is this machine",
    "must name channels of",
    "can be read in two ways",
];

/// The least that is accepted.
fn least() -> Value {
    json!({
        "site": { "origin": "https://www.example.com" },
        "origin": { "url": "https://origin.example.com" },
        "mail": { "url": "https://mail.example.com", "from": "a@example.com" },
        "channels": [{ "name": "pc", "ja": "PC", "en": "PC" }],
        "routes": [{ "path": "/x" }, { "path": "/login", "demand": "public" }],
    })
}

fn parse(config: &Value) -> Vec<Complaint> {
    Config::parse(&toml::to_string(config).unwrap()).err().unwrap_or_default()
}

/// The sections, each with its place in a config: `routes` becomes `/routes/0`.
const SECTIONS: [&str; 17] = [
    "/site",
    "/origin",
    "/login",
    "/login/ask_address",
    "/password",
    "/password/rules",
    "/passkey",
    "/session",
    "/risk",
    "/channels/0",
    "/routes/0",
    "/mail",
    "/elsewhere",
    "/events",
    "/headers",
    "/limits",
    "/log",
];

/// A good config with `field` of `section` set to `value`. What a table needs besides is there.
fn with(section: &str, field: &str, value: &Value, profile: &str) -> Value {
    let mut config = least();
    for needed in ["login", "password", "passkey", "session", "risk", "headers", "limits", "log"] {
        config[needed] = json!({});
    }
    config["password"]["rules"] = json!({ "profile": profile });
    config["login"]["ask_address"] = json!({});
    for needed in ["elsewhere", "events"] {
        config[needed] = json!({ "url": "https://origin.example.com/x" });
    }
    config.pointer_mut(section).unwrap()[field] = value.clone();
    config
}

/// `/routes/0` and `age` as complaints name them.
fn place(section: &str, field: &str) -> String {
    format!("{}.{field}", section.trim_start_matches('/').replace("/0", "[0]").replace('/', "."))
}

#[test]
fn the_least_and_the_demo_are_good_to_both() {
    let schema = Schema::read();
    let demo = serde_json::to_value(toml::from_str::<toml::Table>(DEMO).unwrap()).unwrap();
    for config in [least(), demo] {
        assert_eq!(schema.judge(&config), Ok(()));
        assert_eq!(parse(&config), []);
    }
}

#[test]
fn every_documented_field_is_in_the_schema_and_the_other_way_round() {
    let schema = Schema::read();
    let header = regex::Regex::new(r"^\[+(\w+(?:\.\w+)?)\]+").unwrap();
    let field = regex::Regex::new(r#"^(?:# )?(\w+) = \S"#).unwrap();
    let mention = regex::Regex::new(r"#.*?\b(\w+) = \S").unwrap();
    let (mut written, mut mentioned, mut section) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for line in DEMO.lines() {
        if let Some(found) = header.captures(line) {
            section = format!("/{}", found[1].replace('.', "/"));
        }
        if let Some(found) = field.captures(line) {
            written.insert((section.clone(), found[1].to_owned()));
        }
        for part in line.split([';', ',']).map(|part| format!("# {part}")) {
            mentioned.extend(mention.captures(&part).map(|found| (section.clone(), found[1].to_owned())));
        }
    }
    let known: BTreeSet<_> = SECTIONS
        .iter()
        .flat_map(|section| schema.fields(section).into_iter().map(|name| (section.replace("/0", ""), name)))
        .filter(|(section, name)| {
            !matches!((section.as_str(), name.as_str()), ("/password", "rules") | ("/login", "ask_address"))
        })
        .collect();
    let undocumented: Vec<_> = known.iter().filter(|one| !mentioned.contains(*one)).collect();
    assert!(undocumented.is_empty(), "sekisho.toml does not speak of {undocumented:?}");
    let missing: Vec<_> = written.difference(&known).collect();
    assert!(missing.is_empty(), "the schema does not know {missing:?}");
    assert!(written.len() > 40);
}

#[test]
fn a_field_is_known_to_both_or_to_neither() {
    let schema = Schema::read();
    let mut names: BTreeSet<String> = SECTIONS.iter().flat_map(|section| schema.fields(section)).collect();
    names.extend(schema.fields("").into_iter().chain(["no_such_field".to_owned()]));
    let mut tried = 0;
    for section in SECTIONS {
        let known = schema.fields(section);
        for name in &names {
            let complaints = parse(&with(section, name, &json!("x"), "custom"));
            let place = place(section, name);
            let unknown = complaints.iter().any(|one| one.place == place && one.problem.starts_with("is not known"));
            assert_eq!(!unknown, known.contains(name), "{place}: {complaints:?}");
            tried += 1;
        }
    }
    for name in &names {
        let mut config = least();
        if config.get(name).is_none() {
            config[name] = json!({});
        }
        let unknown = parse(&config).iter().any(|one| &one.place == name && one.problem.starts_with("is not known"));
        assert_eq!(!unknown, schema.fields("").contains(name), "{name}");
    }
    assert!(tried > 500);
}

#[test]
fn what_is_required_is_missed_by_both() {
    let schema = Schema::read();
    for section in SECTIONS {
        for name in schema.fields(section) {
            let mut config = with(section, &name, &json!("x"), "custom");
            config.pointer_mut(section).unwrap().as_object_mut().unwrap().remove(&name);
            assert_eq!(schema.judge(&config).is_ok(), parse(&config).is_empty(), "{}", place(section, &name));
        }
    }
    for name in schema.fields("") {
        let mut config = least();
        config.as_object_mut().unwrap().remove(&name);
        assert_eq!(schema.judge(&config).is_ok(), parse(&config).is_empty(), "{name}");
    }
}

#[test]
fn a_value_is_good_to_both_or_to_neither() {
    let schema = Schema::read();
    let mut values = vec![
        json!(true),
        json!(false),
        json!(-1),
        json!(0),
        json!(1),
        json!(5),
        json!(10),
        json!(16),
        json!(60),
        json!(129),
        json!(19_456),
        json!(70_000),
        json!(1.5),
        json!(""),
        json!("x"),
        json!("関所"),
        json!("a\u{7}b"),
        json!("a\nb"),
        json!("x".repeat(512)),
        json!("x".repeat(513)),
        json!("#$"),
        json!("/"),
        json!("/p"),
        json!("/p/q"),
        json!("//p"),
        json!("/p//q"),
        json!("/p%2fq"),
        json!("p"),
        json!("/p?q"),
        json!("/p#q"),
        json!("/p\\q"),
        json!("5s"),
        json!("60s"),
        json!("250ms"),
        json!("10m"),
        json!("12h"),
        json!("10 m"),
        json!("10d"),
        json!("-1s"),
        json!("1.5s"),
        json!("https://www.example.com"),
        json!("https://www.example.com:8443"),
        json!("https://www.example.com/"),
        json!("https://a@www.example.com"),
        json!("http://www.example.com"),
        json!("http://localhost"),
        json!("http://localhost:8787"),
        json!("http://localhost.example.com"),
        json!("http://127.0.0.1:1/x"),
        json!("http://[::1]:1"),
        json!("ftp://x"),
        json!("HTTPS://www.example.com"),
        json!("www.example.com"),
        json!([]),
        json!(["x"]),
        json!([1]),
        json!(["date"]),
        json!(vec!["x"; 16]),
        json!(vec!["x"; 17]),
        json!({}),
    ];
    values.extend(schema.values());
    let duration = regex::Regex::new("^[0-9]+(ms|s|m|h)$").unwrap();
    let (mut good, mut bad) = (0, 0);
    for section in SECTIONS {
        for name in schema.fields(section).into_iter().filter(|name| name != "rules") {
            for value in &values {
                let profiles = if section == "/password/rules" { &["custom", "jp-broker"][..] } else { &["custom"] };
                for profile in profiles {
                    let config = with(section, &name, value, profile);
                    let mut complaints = parse(&config);
                    complaints.retain(|one| !BEYOND.iter().any(|words| one.problem.contains(words)));
                    // The range of a duration.
                    let ranged = value.as_str().is_some_and(|text| duration.is_match(text));
                    complaints.retain(|one| !(ranged && one.problem.starts_with("must be like 250ms")));
                    let (judged, place) = (schema.judge(&config), place(section, &name));
                    // Of what is beyond it the schema may say what it can, for instance that no rule allows 129 characters.
                    if judged.is_err() && complaints.is_empty() {
                        assert!(!parse(&config).is_empty(), "{place} = {value}: {judged:?}, but it is accepted");
                        continue;
                    }
                    assert_eq!(judged.is_ok(), complaints.is_empty(), "{place} = {value}: {judged:?} {complaints:?}");
                    if judged.is_ok() { good += 1 } else { bad += 1 }
                }
            }
        }
    }
    assert!(good > 400 && bad > 2_000, "{good} good, {bad} bad");
}
