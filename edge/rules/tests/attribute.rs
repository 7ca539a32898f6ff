//! The `passwordrules` attribute: what we emit reads back, and what Apple's collection holds is read as their tool does.

mod vectors;

use sekisho_rules::password::attribute::{AttributeError, CharSet, emit, parse};
use sekisho_rules::password::{Profile, Rules};
use serde_json::Value;

#[test]
fn the_attribute_of_the_brokers_rule_asks_for_three_kinds_by_name() {
    let rules = parse(&emit(&Profile::JP_BROKER)).unwrap();
    let named = |name| CharSet::named(name).unwrap();
    assert_eq!((rules.min_length, rules.max_length), (Some(10), Some(16)));
    assert_eq!(rules.required, [named("lower"), named("upper"), named("digit")]);
    assert_eq!(rules.allowed, Some(CharSet::of("@#$%^&*_+-=:,.".chars())));
}

#[test]
fn every_profile_allows_in_the_attribute_what_it_allows_in_a_password() {
    for symbols in [None, Some(""), Some("-"), Some("]"), Some("-]["), Some("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")] {
        for min_kinds in 0..=if symbols == Some("") { 3 } else { 4 } {
            let rules = Rules { min_length: 8, max_length: 64, min_kinds, symbols: symbols.map(str::to_owned) };
            let profile = Profile::new(&rules).unwrap();
            let text = emit(&profile);
            let read = parse(&text).unwrap();
            assert_eq!(read.required.len(), usize::from(min_kinds), "{text}");
            let wanted = match symbols {
                None => CharSet::named("unicode").unwrap(),
                Some(_) => CharSet::of((' '..='~').filter(|c| profile.allows(*c))),
            };
            assert_eq!(read.charset(), wanted, "{text}");
        }
    }
}

#[test]
fn what_leaves_the_grammar_is_told_with_its_place() {
    for (text, at) in [(";", 0), ("required", 8), ("minlength: x", 11), ("foo: bar", 0), ("minlength: 8; ;", 14)] {
        assert_eq!(parse(text), Err(AttributeError(at)), "{text}");
    }
    for text in
        ["allowed: [abc", "required: upper,", "required: upper lower", "minlength: 99999999999", "REQUIRED: upper"]
    {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_public_collection_is_read_as_its_own_tool_reads_it() {
    let Some(collection) = vectors::public("passwords/apple_passwordrules_vectors.json") else { return };
    let mut read = 0;
    for case in collection["vectors"].as_array().unwrap() {
        let text = case["input"].as_str().unwrap();
        let expected = case["formatted"].as_array().unwrap();
        let rules = match parse(text) {
            Ok(rules) => rules,
            Err(_) => {
                assert_eq!(case["minified"].as_array().unwrap().len(), 0, "{text}");
                assert!(!case["messages"].as_array().unwrap().is_empty(), "{text}");
                continue;
            }
        };
        let of =
            |name: &'static str| expected.iter().filter(move |property| property["name"] == name).map(|p| &p["value"]);
        let required: Vec<CharSet> = of("required").map(set).collect();
        assert_eq!(rules.required, required, "{text}");
        assert_eq!(Some(rules.charset()), of("allowed").map(set).next(), "{text}");
        for (name, value) in [
            ("minlength", rules.min_length),
            ("maxlength", rules.max_length),
            ("max-consecutive", rules.max_consecutive),
        ] {
            assert_eq!(value.map(u64::from), of(name).next().and_then(Value::as_u64), "{text}");
        }
        read += 1;
    }
    println!("{read} attributes read");
    assert!(read > 400);
}

fn set(value: &Value) -> CharSet {
    let one = |class: &Value| match class["_name"].as_str() {
        Some(name) => CharSet::named(name).unwrap_or_default(),
        None => {
            let characters = class["_characters"].as_array().into_iter().flatten();
            CharSet::of(characters.filter_map(Value::as_str).flat_map(str::chars))
        }
    };
    value.as_array().into_iter().flatten().map(one).fold(CharSet::default(), CharSet::union)
}
