//! The weak passwords of tests/vectors/passwords/weak.txt, written by hand apart from the matchers: nearly all of them
//! draw a warning, whichever class they are of.

#[path = "vectors/person.rs"]
mod person;
mod vectors;

use person::person;

use sekisho_rules::password::{Complaint, Data, Profile, check, check_rule};
use std::collections::BTreeMap;

/// The bar over all passwords, and the one for each class, in percent.
const OVERALL: usize = 95;
const EACH_CLASS: usize = 80;

#[test]
fn weak_japanese_passwords_are_flagged() {
    let data = Data::parse(include_bytes!("../src/password/data/passwords.bin")).unwrap();
    let people = vectors::read("weak_people.json");
    let text = std::fs::read_to_string(vectors::folder().join("weak.txt")).unwrap();
    let (mut classes, mut missed) = (BTreeMap::<&str, (usize, usize)>::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with("//")) {
        let (class, password) = line.split_once('\t').unwrap();
        assert!(!check_rule(password, &Profile::JP_BROKER).refused(), "{password} does not pass the rule");
        let found = check(password, &Profile::JP_BROKER, &person(&people, class.split('-').next().unwrap()), &data);
        let personal = class.starts_with('p') && class.as_bytes()[1].is_ascii_digit();
        let flagged = found.findings.iter().any(|finding| match finding.complaint {
            // Of a customer's own data it is to be said that it is theirs.
            Complaint::Weakness(warning) => !personal || warning.is_personal(),
            _ => true,
        });
        let count = classes.entry(class).or_default();
        count.0 += usize::from(flagged);
        count.1 += 1;
        if !flagged {
            missed.push(password);
        }
    }
    let (flagged, all) = classes.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    println!("{flagged} of {all} weak passwords flagged; missed: {missed:?}");
    assert!(all >= 300, "only {all} cases");
    assert!(flagged * 100 >= all * OVERALL, "{flagged} of {all}: {missed:?}");
    for (class, (flagged, all)) in classes {
        assert!(flagged * 100 >= all * EACH_CLASS, "{class}: {flagged} of {all}; {missed:?}");
    }
}
