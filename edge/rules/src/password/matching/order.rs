//! What follows from its own beginning: sequences, repeats, the first letters of a feature phone's keys.

use super::super::findings::Warning;
use super::text::{Match, Text};

/// Letters or digits at a constant step, up or down, three or more, case apart: letters by one or
/// two, digits by three as well.
pub(super) fn sequences(text: &Text, out: &mut Vec<Match>) {
    let step = |pair: &[u8]| match *pair {
        [a, b] if same_kind(a, b) => Some(i16::from(b) - i16::from(a)),
        _ => None,
    };
    let steps: Vec<Option<i16>> = text.lower.windows(2).map(step).collect();
    let mut start = 0;
    for run in steps.chunk_by(|a, b| a == b) {
        let end = start + run.len() + 1;
        if let Some(&[Some(step), _, ..]) = run.get(..2.min(run.len()))
            && let first = text.lower.get(start).copied().unwrap_or_default()
            && (matches!(step.abs(), 1 | 2) || step.abs() == 3 && first.is_ascii_digit())
        {
            let starts = match first {
                b'a' | b'z' | b'0' | b'1' | b'9' => 4.0,
                b if b.is_ascii_digit() => 10.0,
                _ => 26.0,
            };
            let ways = if step == 1 { 1.0 } else { 2.0 };
            let guesses = starts * ways * (end - start) as f64 * text.case_variations(start, end);
            out.push(Match { start, end, guesses, warning: Warning::Sequence });
        }
        start += run.len();
    }
}

/// Two sequences that take turns (a1b2c3), six characters or more, case apart.
pub(super) fn interleaved(text: &Text, out: &mut Vec<Match>) {
    let step = |triple: &[u8]| match *triple {
        [a, _, b] if same_kind(a, b) => Some(i16::from(b) - i16::from(a)),
        _ => None,
    };
    let steps: Vec<Option<i16>> = text.lower.windows(3).map(step).collect();
    let mut start = 0;
    while start + 6 <= text.len() {
        let (Some(Some(one)), Some(Some(other))) = (steps.get(start), steps.get(start + 1)) else {
            start += 1;
            continue;
        };
        let (one, other) = (*one, *other);
        let wanted = [one, other].into_iter().cycle();
        let run = steps.iter().skip(start).zip(wanted).take_while(|(step, wanted)| **step == Some(*wanted)).count();
        let end = start + run + 2;
        if end - start >= 6 && one.abs() <= 2 && other.abs() <= 2 && (one, other) != (0, 0) {
            let guesses = 26.0 * 26.0 * (end - start) as f64 * text.case_variations(start, end);
            out.push(Match { start, end, guesses, warning: Warning::Sequence });
            start = end - 2;
        }
        start += 1;
    }
}

/// A character three times or a group twice and more, case apart.
pub(super) fn repeats(text: &Text, out: &mut Vec<Match>) {
    let lower = text.lower.as_slice();
    for start in 0..lower.len() {
        for unit in 1..=(lower.len() - start) / 2 {
            let times = count(lower.get(start..).unwrap_or_default(), unit);
            let end = start + unit * times;
            // A group that itself repeats, or began before, is told by its shortest and earliest form.
            let earlier = start >= unit && lower.get(start - unit..start) == lower.get(start..start + unit);
            if times < 2 || end - start < 3 || earlier {
                continue;
            }
            // A pair that stands there twice is no accident only where its characters are of one kind (abab, 1212).
            if end - start < 5 && unit > 1 && !one_kind(text.typed.get(start..end).unwrap_or_default()) {
                continue;
            }
            let group = 10f64.powi(unit as i32);
            let guesses = group * times as f64 * text.case_variations(start, end);
            out.push(Match { start, end, guesses, warning: Warning::Repeat });
        }
    }
}

fn same_kind(a: u8, b: u8) -> bool {
    a.is_ascii_digit() && b.is_ascii_digit() || a.is_ascii_lowercase() && b.is_ascii_lowercase()
}

fn one_kind(part: &[u8]) -> bool {
    let kinds: [fn(&u8) -> bool; 3] = [u8::is_ascii_digit, u8::is_ascii_lowercase, u8::is_ascii_uppercase];
    kinds.iter().any(|kind| part.iter().all(kind))
}

/// How often the first `unit` bytes of `text` stand one after the other at its beginning.
fn count(text: &[u8], unit: usize) -> usize {
    let group = text.get(..unit).unwrap_or_default();
    text.chunks(unit).take_while(|chunk| *chunk == group).count()
}

/// Four or more of `adgjmptw` in order, forwards, backwards or around the corner: one press on each key from 2 to 9.
pub(super) fn phone_keypad(text: &Text, out: &mut Vec<Match>) {
    const FIRST: &[u8; 8] = b"adgjmptw";
    let keys: Vec<Option<usize>> = text.lower.iter().map(|b| FIRST.iter().position(|first| first == b)).collect();
    for by in [1, FIRST.len() - 1] {
        let mut start = 0;
        let follows = |a: &Option<usize>, b: &Option<usize>| match (a, b) {
            (Some(a), Some(b)) => (a + by) % FIRST.len() == *b,
            _ => false,
        };
        for run in keys.chunk_by(follows) {
            let end = start + run.len();
            if run.len() >= 4 {
                let guesses = (FIRST.len() * 2 * run.len()) as f64 * text.case_variations(start, end);
                out.push(Match { start, end, guesses, warning: Warning::PhoneKeypad });
            }
            start = end;
        }
    }
}
