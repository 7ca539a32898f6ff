//! The whole check: the rule, the list of common passwords, and the advice.

use super::findings::{Complaint, Finding, Findings, Severity, Warning};
use super::matching::{Known, Match, Text, matches};
use super::strength::{Level, Strength, cheapest};
use super::{Data, Profile, check_rule};
use crate::Person;

/// By how many powers of ten a part must be likelier than random characters before it is named. Measured on random
/// passwords: at this bar fewer than one in a hundred draws a warning.
const GAIN: f64 = 4.55;
/// By how much that bar is lower for the customer's own data, which is little and of the first that is tried.
const PERSONAL: f64 = 0.5;
/// The bar for a part beside another one of the kind.
const CHAINED: f64 = 2.5;
/// The power of ten below which a listed password is guessed.
const LISTED: f64 = 4.0;

/// Checks a password that is about to be set: what [`check_rule`](super::check_rule) says, then whether it is a common
/// password, then the advice with the part it is about, then the strength.
///
/// The page and the edge call the same function; the edge decides. It binds when a password is set, never at login.
///
/// ```
/// # #[cfg(feature = "embedded")] {
/// use sekisho_rules::Person;
/// use sekisho_rules::password::{Complaint, Data, Profile, Warning, check};
/// let person = Person { family_kana: Some("ヤマダ".into()), birthday: Some((1985, 4, 1)), ..Person::default() };
/// let text = "Yamada-S600401";
/// let found = check(text, &Profile::JP_BROKER, &person, Data::embedded());
/// let parts: Vec<_> =
///     found.findings.iter().filter_map(|f| Some((f.complaint.code(), f.place?.part(text)))).collect();
/// assert_eq!(parts, [("personal_name", "Yamada"), ("personal_birthday", "S600401")]);
/// assert!(!found.refused());
/// # }
/// ```
pub fn check(text: &str, profile: &Profile, person: &Person, data: &Data) -> Findings {
    let mut findings = check_rule(text, profile);
    let seen = Text::new(text);
    let found = matches(&seen, &data.lexicon, &Known::new(person));
    let (mut log10_guesses, cover) = cheapest(&seen, &found);
    // What is not looked at counts as unknown.
    log10_guesses += text.chars().count().saturating_sub(Text::LONGEST) as f64;
    let reason = cover.iter().max_by(|a, b| a.gain().total_cmp(&b.gain())).map(|part| part.warning);
    if data.is_common(text) {
        log10_guesses = log10_guesses.min(LISTED);
        findings.findings.push(Finding { complaint: Complaint::Common, severity: Severity::Refuse, place: None });
    }
    let strength = Strength { log10_guesses, reason };
    let mut advice: Vec<Finding> =
        named(found).iter().map(|part| advise(profile, part.warning, Some((&seen, part)))).collect();
    if strength.level() == Level::Weak && !text.is_empty() {
        advice.push(advise(profile, Warning::Guessable, None));
    }
    let (refusals, warnings): (Vec<_>, Vec<_>) =
        advice.into_iter().partition(|finding| finding.severity == Severity::Refuse);
    findings.findings.extend(refusals.into_iter().chain(warnings));
    findings.strength = Some(strength);
    findings
}

fn advise(profile: &Profile, warning: Warning, part: Option<(&Text, &Match)>) -> Finding {
    let severity = if profile.refuses(warning) { Severity::Refuse } else { Severity::Warn };
    let place = part.map(|(text, part)| text.place(part.start, part.end));
    Finding { complaint: Complaint::Weakness(warning), severity, place }
}

/// The parts worth naming, in the order of the text: the one that helps a guesser most, then what it leaves.
fn named(mut found: Vec<Match>) -> Vec<Match> {
    // Two parts side by side that are each nothing much are no accident together (147258369, Papa-Mama).
    let chained = |part: &Match| {
        found.iter().filter(|other| other.warning == part.warning).any(|other| {
            part.gap_to(other).is_some_and(|gap| gap <= 1)
                && part.gain().min(other.gain()) >= CHAINED
                && part.gain() + other.gain() >= 2.0 * CHAINED + 1.2
        })
    };
    let bar = |part: &Match| if part.warning.is_personal() { GAIN - PERSONAL } else { GAIN };
    let keep: Vec<bool> = found.iter().map(|part| part.gain() >= bar(part) || chained(part)).collect();
    let mut keep = keep.into_iter();
    found.retain(|_| keep.next() == Some(true));
    // What is the customer's own is named as such, though it be a date or a word as well.
    let weight = |part: &Match| part.gain() + if part.warning.is_personal() { 2.0 } else { 0.0 };
    let heavier = |a: &&Match, b: &&Match| weight(a).total_cmp(&weight(b)).then(b.warning.cmp(&a.warning));
    // Taken one by one and put in their place: a sort of its own would cost the page more bytes than time.
    let mut named: Vec<Match> = Vec::new();
    while let Some(best) = found.iter().max_by(heavier).copied() {
        found.retain(|part| part.gap_to(&best).is_some());
        named.insert(named.iter().take_while(|part| part.start < best.start).count(), best);
    }
    named
}
