//! The rule itself: length, kinds, charset. Light enough to run at every key.

use super::findings::{Complaint, Finding, Findings, Place, Rule, RuleState, Severity};
use super::{Profile, width};
use crate::Secret;

/// Checks `text` against the rule of `profile` alone, without lists, dates or personal data.
///
/// This is what a live list calls at every key. It binds when a password is set, never at login.
///
/// ```
/// use sekisho_rules::password::{Complaint, Profile, check_rule};
/// let found = check_rule("abcdefgh12", &Profile::JP_BROKER);
/// assert!(found.refused());
/// assert_eq!(found.findings[0].complaint, Complaint::TooFewKinds(1));
/// ```
pub fn check_rule(text: &str, profile: &Profile) -> Findings {
    let mut findings = Vec::new();
    let mut length = 0;
    let mut kinds = [false; 4];
    let mut refused = 0;
    for (start, c) in text.char_indices() {
        length += 1;
        if let Some(kind) = kinds.get_mut(kind(c)) {
            *kind |= profile.allows(c);
        }
        if !profile.allows(c) {
            refused += 1;
            let full = width::half(c).is_some_and(|c| profile.allows(c));
            let complaint = if full { Complaint::FullWidth } else { Complaint::Charset };
            note(&mut findings, complaint, Place { start, end: start + c.len_utf8() }, text);
        }
    }
    let kinds = kinds.into_iter().filter(|there| *there).count();
    let (least, most, asked) = (profile.min_length(), profile.max_length(), profile.min_kinds());
    let complaints = [
        (length < least).then(|| Complaint::TooShort(least - length)),
        (length > most).then(|| Complaint::TooLong(length - most)),
        (kinds < asked).then(|| Complaint::TooFewKinds(asked - kinds)),
    ];
    let whole = complaints.into_iter().flatten();
    let whole = whole.map(|complaint| Finding { complaint, severity: Severity::Refuse, place: None });
    findings.splice(0..0, whole);
    let state = |rule, met, have, least, most| RuleState { rule, met, have, least, most };
    Findings {
        rules: [
            state(Rule::Length, (least..=most).contains(&length), length, least, most),
            state(Rule::Kinds, kinds >= asked, kinds, asked, 4),
            state(Rule::Charset, refused == 0, refused, 0, 0),
        ],
        findings,
        strength: None,
    }
}

/// Adds a character that is not allowed: full-width neighbours make one place, another character is named once.
fn note(findings: &mut Vec<Finding>, complaint: Complaint, place: Place, text: &str) {
    if let Some(last) = findings.last_mut()
        && complaint == Complaint::FullWidth
        && last.complaint == complaint
        && let Some(before) = &mut last.place
        && before.end == place.start
    {
        before.end = place.end;
        return;
    }
    let said = |finding: &Finding| {
        finding.complaint == complaint && finding.place.is_some_and(|at| at.part(text) == place.part(text))
    };
    if complaint == Complaint::FullWidth || !findings.iter().any(said) {
        findings.push(Finding { complaint, severity: Severity::Refuse, place: Some(place) });
    }
}

/// Digits 0, upper case 1, lower case 2, everything else 3.
fn kind(c: char) -> usize {
    match c {
        '0'..='9' => 0,
        'A'..='Z' => 1,
        'a'..='z' => 2,
        _ => 3,
    }
}

/// `text` with its full-width characters made half-width, to be *offered* (「半角に直す」); none where it has none that
/// the profile refuses and whose half-width form it allows. A password is never changed without its owner.
///
/// ```
/// use sekisho_rules::password::{Profile, half_width};
/// let offered = half_width("Ｋaede-2026", &Profile::JP_BROKER);
/// assert_eq!(offered.map(|text| text.expose().to_owned()).as_deref(), Some("Kaede-2026"));
/// ```
pub fn half_width(text: &str, profile: &Profile) -> Option<Secret> {
    let half = |c: char| width::half(c).filter(|half| !profile.allows(c) && profile.allows(*half));
    text.chars().any(|c| half(c).is_some()).then(|| {
        // Reserved in full, since a buffer that grows leaves copies of a password behind.
        let mut out = String::with_capacity(text.len());
        out.extend(text.chars().map(|c| half(c).unwrap_or(c)));
        Secret::new(out)
    })
}
