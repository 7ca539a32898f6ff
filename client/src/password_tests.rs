//! The list while a customer types, in both languages.

use super::{Line, UNSAID, summary, view};
use crate::Lang;
use sekisho_rules::Person;
use sekisho_rules::password::{self, Data, Findings, Profile};

const PROFILE: &Profile = &Profile::JP_BROKER;

fn check(text: &str, profile: &Profile) -> Findings {
    password::check_rule(text, profile)
}

fn notes(text: &str, lang: Lang) -> Vec<String> {
    view(text, &check(text, PROFILE), PROFILE, lang).notes.into_iter().map(|note| note.text).collect()
}

fn met(text: &str) -> Vec<Option<bool>> {
    view(text, &check(text, PROFILE), PROFILE, Lang::Ja).rules.into_iter().map(|line| line.met).collect()
}

#[test]
fn an_empty_field_shows_the_rules_and_no_complaint() {
    let shown = view("", &check("", PROFILE), PROFILE, Lang::Ja);
    assert_eq!(shown.rules[0], Line { text: "10桁以上16桁以下".into(), met: None });
    assert_eq!(shown.rules.len(), 3);
    assert!(shown.notes.is_empty() && !shown.offers_half_width);
}

#[test]
fn each_rule_follows_the_typing() {
    assert_eq!(met("Kaede"), [Some(false), Some(false), Some(true)]);
    assert_eq!(met("Kaede-2026"), [Some(true), Some(true), Some(true)]);
    assert_eq!(met("Kaede!2026"), [Some(true), Some(true), Some(false)]);
    assert_eq!(met("abcdefgh12"), [Some(true), Some(false), Some(true)]);
}

#[test]
fn complaints_name_the_number_and_the_character() {
    assert_eq!(notes("Kaede", Lang::Ja), ["あと5文字入力してください。", "あと1種類の文字を加えてください。"]);
    assert_eq!(notes("Kaede-2026-momiji", Lang::Ja), ["1文字超えています。16桁以下で入力してください。"]);
    assert_eq!(notes("Kaede!2026", Lang::En), ["\"!\" cannot be used."]);
}

#[test]
fn full_width_is_named_once_and_can_be_put_right() {
    let text = "Ｋaede-２026";
    let shown = view(text, &check(text, PROFILE), PROFILE, Lang::Ja);
    assert!(shown.offers_half_width);
    assert_eq!(shown.notes.iter().filter(|note| note.text.contains("全角")).count(), 1);
}

#[test]
fn the_summary_counts() {
    assert_eq!(summary(&check("abc", PROFILE), Lang::Ja), "満たしていない条件が2件あります。");
    assert_eq!(summary(&check("Kaede-2026", PROFILE), Lang::En), "All password rules are met.");
}

#[test]
fn what_is_guessable_is_named_with_its_part_and_does_not_refuse() {
    let person = Person { family_kana: Some("ヤマダ".into()), ..Person::default() };
    let text = "Yamada-9xkQw27";
    let found = password::check(text, PROFILE, &person, &Data::default());
    let shown = view(text, &found, PROFILE, Lang::Ja);
    let note = shown.notes.iter().find(|note| note.text.contains("(Yamada)")).expect("the surname is not named");
    assert!(!note.refuses);
    assert!(shown.strength.is_some_and(|strength| strength.starts_with("推測されにくさ:")));
}

#[test]
fn a_text_that_is_not_to_be_said_is_not_in_any_sentence() {
    for text in ["Abc!123456789", "!", "short", "Abcdefgh 12"] {
        let found = check(text, PROFILE);
        let shown = view(UNSAID, &found, PROFILE, Lang::En);
        assert_eq!(shown.notes.len(), view(text, &found, PROFILE, Lang::En).notes.len(), "{text}");
        let said: String = shown.notes.iter().map(|note| note.text.as_str()).collect();
        assert!(!said.contains('!') && !said.contains("short"), "{said}");
        assert_eq!(said.contains("\"…\""), text.contains(['!', ' ']), "{said}");
    }
}
