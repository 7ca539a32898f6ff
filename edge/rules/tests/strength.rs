//! The estimate against what zxcvbn says of its own corpus.

mod vectors;

use sekisho_rules::Person;
use sekisho_rules::password::{Data, Level, Profile, Strength, check};

fn strength(text: &str) -> Strength {
    let data = Data::parse(include_bytes!("../src/password/data/passwords.bin")).unwrap_or_default();
    let found = check(text, &Profile::JP_BROKER, &Person::default(), &data);
    found.strength.unwrap_or(Strength { log10_guesses: f64::NAN, reason: None })
}

#[test]
fn a_part_found_makes_it_weaker_and_a_longer_rest_stronger() {
    for (weaker, stronger) in [
        ("Sakura-2024", "Sxkvrq-2z2v"),
        ("Kabushiki01", "Kxbvshqkq01"),
        ("qwertyuiop1A", "qoepryuwit1A"),
        ("A8$kfL2x.W", "A8$kfL2x.Wq"),
        ("password", "p4ssword"),
        ("aaaaaaaaaa", "aaaaaaaaaaaa"),
    ] {
        let (one, other) = (strength(weaker), strength(stronger));
        assert!(one.log10_guesses < other.log10_guesses, "{weaker} {one:?} {stronger} {other:?}");
    }
}

#[test]
fn the_levels_are_words_for_powers_of_ten() {
    let level = |log10_guesses| Strength { log10_guesses, reason: None }.level().code();
    assert_eq!(
        [0.0, 7.99, 8.0, 9.99, 10.0, 13.99, 14.0].map(level),
        ["weak", "weak", "fair", "fair", "good", "good", "strong"]
    );
    assert_eq!(strength("").level(), Level::Weak);
    let long: String = (0..120).filter_map(|i| char::from_u32(0x4e00 + i * i * 37 % 9_973)).collect();
    assert!(strength(&long).log10_guesses > 110.0);
}

#[test]
fn the_estimate_is_that_of_zxcvbn_for_the_patterns_that_both_know() {
    let Some(corpus) = vectors::public("passwords/zxcvbn_demo_corpus.json") else { return };
    let (mut compared, mut differences) = (0, Vec::new());
    for case in corpus["cases"].as_array().unwrap() {
        let text = case["password"].as_str().unwrap();
        let theirs = &case["zxcvbn_4_4_2"];
        let guesses = theirs["guesses_log10"].as_f64().unwrap();
        if text.chars().count() > 64 {
            continue;
        }
        let difference = (strength(text).log10_guesses - guesses).abs();
        differences.push(difference);
        let known = |part: &serde_json::Value| match part["pattern"].as_str().unwrap() {
            "spatial" => part["graph"] == "qwerty",
            pattern => ["sequence", "repeat", "date", "bruteforce"].contains(&pattern),
        };
        if theirs["sequence"].as_array().unwrap().iter().all(known) {
            compared += 1;
            assert!(difference <= 0.5, "{text}: {difference} powers of ten apart");
        }
    }
    differences.sort_by(f64::total_cmp);
    let median = differences[differences.len() / 2];
    println!(
        "{compared} within half a power of ten; over all {} the median difference is {median:.2}",
        differences.len()
    );
    assert!(compared >= 15, "{compared}");
    assert!(median <= 1.5, "{median}");
}
