//! The live list of password rules, as sentences: what `sekisho-rules` found, in the customer's language.
//!
//! Which password is acceptable is decided in `sekisho_rules::password` alone; here it is only put into words. A sentence
//! may quote a part of what the customer is typing (「{part}」), so a [`View`] belongs on the screen and nowhere else.

use crate::wording::{Lang, Text, fill};
use sekisho_rules::password::{Complaint, Finding, Findings, Level, Profile, Rule, RuleState, Severity, Warning};

/// What the element shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The rules in their order, each with its state.
    pub rules: Vec<Line>,
    /// What is wrong, or better avoided, in sentences; empty for an empty field.
    pub notes: Vec<Note>,
    /// How hard it is to guess, in words; none while nothing is typed or where that was not estimated.
    pub strength: Option<String>,
    /// Whether 「半角に直す」 is offered.
    pub offers_half_width: bool,
}

/// One rule of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The rule.
    pub text: String,
    /// Whether it is met; none while nothing is typed.
    pub met: Option<bool>,
}

/// One sentence below the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// Whether it forbids the password.
    pub refuses: bool,
}

/// Puts what was `found` in `text` into words.
///
/// ```
/// use sekisho_client::{Lang, password::view};
/// use sekisho_rules::password::{Profile, check_rule};
/// let found = check_rule("Kaede", &Profile::JP_BROKER);
/// let shown = view("Kaede", &found, &Profile::JP_BROKER, Lang::En);
/// assert_eq!(shown.notes[0].text, "Enter 5 more.");
/// ```
pub fn view(text: &str, found: &Findings, profile: &Profile, lang: Lang) -> View {
    let empty = text.is_empty();
    let rules = found
        .rules
        .iter()
        .filter_map(|state| Some(Line { text: rule(state, profile, lang)?, met: (!empty).then_some(state.met) }))
        .collect();
    let notes = found.findings.iter().filter(|_| !empty).map(|finding| Note {
        text: sentence(finding, text, profile, lang),
        refuses: finding.severity == Severity::Refuse,
    });
    let mut notes: Vec<Note> = notes.collect();
    // One sentence per fault: three pieces of full-width text are still one thing to put right.
    let mut said = Vec::new();
    notes.retain(|note| !said.contains(&note.text) && (said.push(note.text.clone()), true).1);
    let strength = found
        .strength
        .as_ref()
        .filter(|_| !empty)
        .map(|strength| fill(Text::PwStrength.lang(lang), &[("level", level(strength.level()).lang(lang))]));
    View {
        rules,
        notes,
        strength,
        offers_half_width: found.findings.iter().any(|finding| finding.complaint == Complaint::FullWidth),
    }
}

/// Stands for a text whose characters are not to be said: every sentence of [`view`] then has it where a part would stand.
pub const UNSAID: &str = "…";

/// What a screen reader is told once typing pauses: how many rules are not met yet, or that all are.
pub fn summary(found: &Findings, lang: Lang) -> String {
    match found.rules.iter().filter(|state| !state.met).count() {
        0 => Text::PwAllMet.lang(lang).to_owned(),
        missing => fill(Text::PwNotMet.lang(lang), &[("n", &missing.to_string())]),
    }
}

fn rule(state: &RuleState, profile: &Profile, lang: Lang) -> Option<String> {
    let (least, most) = (state.least.to_string(), state.most.to_string());
    Some(match state.rule {
        Rule::Length => fill(Text::PwLength.lang(lang), &[("min", &least), ("max", &most)]),
        Rule::Kinds if state.least < 2 => return None,
        Rule::Kinds => fill(Text::PwKinds.lang(lang), &[("n", &least)]),
        Rule::Charset => fill(Text::PwSymbols.lang(lang), &[("symbols", &profile.symbols()?)]),
    })
}

fn sentence(finding: &Finding, text: &str, profile: &Profile, lang: Lang) -> String {
    let part = finding.place.map(|place| place.part(text)).filter(|part| !part.is_empty()).unwrap_or(UNSAID);
    let n = finding.complaint.number().unwrap_or_default().to_string();
    let max = profile.max_length().to_string();
    let wording = match finding.complaint {
        Complaint::TooShort(_) => Text::PwShort,
        Complaint::TooLong(_) => Text::PwLong,
        Complaint::TooFewKinds(_) => Text::PwMoreKinds,
        Complaint::Charset => Text::PwCharset,
        Complaint::FullWidth => Text::PwFullwidth,
        Complaint::Common => Text::PwCommon,
        Complaint::TooAlike => Text::PwSame,
        Complaint::Weakness(warning) => weakness(warning),
        _ => Text::PwAdvice,
    };
    fill(wording.lang(lang), &[("n", &n), ("max", &max), ("c", part), ("part", part)])
}

fn level(level: Level) -> Text {
    match level {
        Level::Weak => Text::PwWeak,
        Level::Fair => Text::PwFair,
        Level::Good => Text::PwGood,
        Level::Strong => Text::PwStrong,
    }
}

fn weakness(warning: Warning) -> Text {
    match warning {
        Warning::Name | Warning::Birthday | Warning::Number | Warning::Mail => Text::PwPersonal,
        Warning::JapaneseWord | Warning::EnglishWord | Warning::FinanceWord | Warning::KanaKeys => Text::PwWord,
        Warning::Date => Text::PwDate,
        Warning::KeyboardWalk | Warning::PhoneKeypad | Warning::Sequence | Warning::Repeat => Text::PwWalk,
        _ => Text::PwAdvice,
    }
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;
