//! Each matcher by itself: against tests/vectors/passwords/matchers.json and against the public collection of zxcvbn's
//! cases, for the patterns that both know.

use super::super::findings::Warning;
use super::dates::{Date, at_start_of};
use super::text::{Match, Text};
use super::{Known, Lexicon, kana, matches};
use serde_json::Value;

#[path = "../../../tests/vectors/mod.rs"]
mod vectors;

/// The parts found in `text` of one sort, longest first.
fn parts(text: &str, warning: Warning) -> Vec<&str> {
    let seen = Text::new(text);
    let mut found: Vec<Match> = matches(&seen, &Lexicon::default(), &Known::default());
    found.retain(|part| part.warning == warning);
    found.sort_by_key(|part| (core::cmp::Reverse(part.end - part.start), part.start));
    found.iter().map(|part| seen.place(part.start, part.end).part(text)).collect()
}

fn texts(values: &Value) -> Vec<&str> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

#[test]
fn every_spelling_of_a_word_is_one_word() {
    for case in vectors::read("matchers.json")["spellings"].as_array().unwrap() {
        let word = case["kana"].as_str().unwrap();
        let forms = kana::spelled(word);
        for romaji in texts(&case["romaji"]) {
            let read = kana::romaji(romaji.as_bytes());
            assert!(forms.contains(&read.codes), "{romaji} is not read as {word}");
            assert_eq!(read.end(read.codes.len()), romaji.len(), "{romaji}");
        }
        for other in texts(&case["not"]) {
            assert!(!forms.contains(&kana::romaji(other.as_bytes()).codes), "{other} is read as {word}");
        }
    }
}

#[test]
fn kana_of_any_width_and_size_are_the_same() {
    for (one, other) in [("ヤマダ", "やまだ"), ("ﾔﾏﾀﾞ", "やまだ"), ("ﾊﾟｽﾜｰﾄﾞ", "ぱすわど"), ("キョウト", "きよと")]
    {
        assert_eq!(kana::spelled(one), kana::spelled(other), "{one}");
    }
    for none in ["", "山田", "やま田", "yamada", "　"] {
        assert!(kana::spelled(none).is_empty(), "{none}");
    }
}

#[test]
fn words_are_read_from_the_kana_keys() {
    for case in vectors::read("matchers.json")["kana_keys"].as_array().unwrap() {
        let (word, keys) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let codes: Vec<Option<u8>> = keys.bytes().map(kana::on_key).collect();
        assert!(kana::spelled(word).contains(&kana::typed(&codes).codes), "{word} {keys}");
    }
}

#[test]
fn dates_are_found_whole_and_no_other() {
    for case in vectors::read("matchers.json")["dates"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let mut found: Vec<(usize, Date)> = Vec::new();
        at_start_of(text.to_ascii_lowercase().as_bytes(), &mut |length, date, _| found.push((length, date)));
        let whole = found.iter().filter(|(length, _)| *length == text.len());
        let said: Vec<Value> = whole.map(|(_, date)| serde_json::json!([date.year, date.month, date.day])).collect();
        match &case["date"] {
            Value::Null => assert!(said.is_empty(), "{text} {said:?}"),
            date => assert!(said.contains(date), "{text} {said:?}"),
        }
    }
}

#[test]
fn walks_runs_and_repeats_are_found_as_the_table_says() {
    for case in vectors::read("matchers.json")["order"].as_array().unwrap() {
        let (text, code) = (case["text"].as_str().unwrap(), case["code"].as_str().unwrap());
        let found = parts(text, Warning::from_code(code).unwrap());
        assert_eq!(found.first().copied(), case["part"].as_str(), "{text} {code}");
    }
}

#[test]
fn the_public_cases_of_patterns_that_both_know() {
    let Some(collection) = vectors::public("passwords/zxcvbn_matcher_vectors.json") else { return };
    let mut checked = 0;
    let mut whole = |text: &str, part: &str, warning| {
        // Case apart, so that BBBb is one run here.
        let found = parts(text, warning);
        assert!(found.iter().any(|found| found.contains(part)), "{part} in {text}: {found:?}");
        checked += 1;
    };
    for case in collection["spatial"]["cases"].as_array().unwrap() {
        if ["qwerty", "keypad"].contains(&case["graph"].as_str().unwrap()) {
            let text = case["pattern"].as_str().unwrap();
            whole(text, text, Warning::KeyboardWalk);
        }
    }
    let embedded = &collection["spatial"]["embedded"][0];
    whole(embedded["password"].as_str().unwrap(), embedded["match"].as_str().unwrap(), Warning::KeyboardWalk);
    for case in collection["sequence"]["cases"].as_array().unwrap() {
        // Letters by steps of more than two and other alphabets are no sequence here.
        let text = case["pattern"].as_str().unwrap();
        if text.is_ascii() {
            whole(text, text, Warning::Sequence);
        }
    }
    for case in collection["repeat"]["cases"].as_array().unwrap() {
        let text = case["password"].as_str().unwrap();
        match case["matches"].as_array() {
            Some(found) => found.iter().for_each(|part| whole(text, part[0].as_str().unwrap(), Warning::Repeat)),
            None => whole(text, text, Warning::Repeat),
        }
    }
    for separator in texts(&collection["date"]["separators"]) {
        // A space or a backslash is no mark that a password of the brokers' rule can hold.
        if !" \\".contains(separator) || separator.is_empty() {
            let text = format!("13{separator}12{separator}1921");
            whole(&text, &text, Warning::Date);
        }
    }
    for text in ["111504", "199911", "2000811", "2005129", "02/02/02"] {
        whole(text, text, Warning::Date);
    }
    whole("a1/1/91!", "1/1/91", Warning::Date);
    whole("12/20/1991.12.20", "12/20/1991", Warning::Date);
    whole("912/20/919", "12/20/91", Warning::Date);
    assert!(checked > 35, "{checked}");
}
