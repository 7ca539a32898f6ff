//! What is said of a password and of which part, against tests/vectors/passwords/advice.json.

#[path = "vectors/person.rs"]
mod person;
mod vectors;

use person::person;

use sekisho_rules::Person;
use sekisho_rules::password::{Complaint, Data, Profile, Severity, Warning, check};
use serde_json::{Value, json};

fn data() -> Data {
    Data::parse(include_bytes!("../src/password/data/passwords.bin")).unwrap_or_default()
}

#[test]
fn every_case_is_told_with_its_part() {
    let (data, people) = (data(), vectors::read("weak_people.json"));
    for case in vectors::read("advice.json")["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let person = case["person"].as_str().map_or_else(Person::default, |name| person(&people, name));
        let found = check(text, &Profile::JP_BROKER, &person, &data);
        let said = found.findings.iter().map(|f| json!([f.complaint.code(), f.place.map(|place| place.part(text))]));
        assert_eq!(said.collect::<Value>(), case["said"], "{text}");
    }
}

#[test]
fn a_profile_turns_advice_into_a_refusal() {
    let strict = Profile::JP_BROKER.refusing(&[Warning::FinanceWord]);
    let data = data();
    let outcome = |text, profile| check(text, profile, &Person::default(), &data).outcome();
    assert_eq!(outcome("8xQzw.Kabushiki", &Profile::JP_BROKER), "warn");
    assert_eq!(outcome("8xQzw.Kabushiki", &strict), "refuse");
    assert_eq!(outcome("8xQzw.Himitsu", &strict), "warn");
    let found = check("8xQzw.Kabushiki", &strict, &Person::default(), &data);
    assert_eq!(found.findings[0].complaint, Complaint::Weakness(Warning::FinanceWord));
    assert_eq!(found.findings[0].severity, Severity::Refuse);
}

#[test]
fn findings_hold_no_character_of_the_password() {
    let text = "Takahashi-ZQXJ";
    let found = check(text, &Profile::JP_BROKER, &Person::default(), &data());
    let printed = format!("{found:?}");
    assert!(!printed.contains("Takahashi") && !printed.contains("ZQXJ"), "{printed}");
}

#[test]
fn any_text_is_checked_without_harm() {
    let data = data();
    let person = Person {
        family: Some("ﾞー゛".into()),
        given_kana: Some("ーーー".into()),
        birthday: Some((0, 0, 99)),
        phone: Some("-".into()),
        mail: Some("@@".into()),
        ..Person::default()
    };
    for text in
        ["\u{0}\u{ffff}", "ー゛゜", "nnnnnnnnnnnnnnnn", "n'n'n'", "4gatsu", "S-----", "@@@@[[[[", "é😀é😀", "ohhhhoh"]
    {
        for text in [text.to_owned(), text.repeat(40)] {
            let found = check(&text, &Profile::JP_BROKER, &person, &data);
            for finding in found.findings {
                assert!(finding.place.is_none_or(|place| !place.part(&text).is_empty()), "{text:?} {finding:?}");
            }
            assert!(found.strength.unwrap().log10_guesses.is_finite(), "{text:?}");
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_finding_goes_out_as_json_with_code_severity_number_and_place() {
    let found = check("Kabu.Ｋ", &Profile::JP_BROKER, &Person::default(), &data());
    let json = serde_json::to_value(&found.findings).unwrap();
    assert_eq!(json[0], json!({ "code": "too_short", "severity": "refuse", "n": 4 }));
    assert_eq!(json[1], json!({ "code": "full_width", "severity": "refuse", "start": 5, "end": 8 }));
}
