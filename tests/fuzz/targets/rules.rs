//! Any text as a name, a password, a personal datum, or as what a browser, a page and the platform say of themselves: no panic,
//! a canonical form is its own canonical form, and a client names nothing in its own words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_edge::risk::{Networks, Platform, UserAgent};
use sekisho_rules::password::attribute;
use sekisho_rules::password::{Data, Profile, check, check_rule, half_width, too_alike};
use sekisho_rules::{AccountNumber, LoginName, Person, mask, sealing};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if let Ok(name) = LoginName::parse(&text) {
        assert_eq!(LoginName::parse(name.as_str()).as_ref(), Ok(&name));
    }
    if let Some(number) = AccountNumber::parse(&text) {
        assert_eq!(number.to_string(), text);
    }
    let some = Some(text.to_string());
    let person = Person {
        family_kana: some.clone(),
        given: some.clone(),
        phone: some.clone(),
        mail: some.clone(),
        birthday: Person::birthday_of(&text),
        ..Person::default()
    };
    let found = check(&text, &Profile::JP_BROKER, &person, Data::embedded());
    for place in found.findings.iter().filter_map(|finding| finding.place) {
        assert!(text.get(place.start..place.end).is_some(), "a place off the text's borders");
    }
    let _ = half_width(&text, &Profile::JP_BROKER);
    let (one, other) = text.split_at(text.floor_char_boundary(text.len() / 2));
    assert_eq!(too_alike(one, other).is_some(), too_alike(other, one).is_some());
    for masked in
        [mask::phone(&text), mask::mail(&text), mask::address(&text), mask::birthday(&text), mask::postal(&text)]
    {
        assert!(masked.len() <= text.len() + 64);
    }
    let _ = sealing::unpad(data);
    let agent = UserAgent::parse(&text);
    assert!(agent.family.len() < 32 && agent.system.len() < 32, "a name of the client's own");
    assert!(Platform::read(&text).city.is_none_or(|city| city.len() <= text.len()));
    let _ = attribute::parse(&text);
    let _ = Networks::parse(&text);
    // What passes keeps the rule as it is written.
    if !check_rule(&text, &Profile::JP_BROKER).refused() {
        assert!((10..=16).contains(&text.len()) && text.is_ascii());
    }
});
