//! The text as the matchers see it, and what a match is.

use super::super::findings::{Place, Warning};
use zeroize::Zeroizing;

/// A text of at most [`Text::LONGEST`] characters, each as one byte: what lies beyond is not looked at.
pub(in crate::password) struct Text {
    /// As typed; a character outside ASCII is a byte from 0x80 on, the same for the same character.
    pub typed: Zeroizing<Vec<u8>>,
    /// In lower case.
    pub lower: Zeroizing<Vec<u8>>,
    offsets: Vec<usize>,
}

impl Text {
    /// How many characters are looked at; a longer password has its strength in the length.
    pub const LONGEST: usize = 64;

    /// Reads `text`.
    pub fn new(text: &str) -> Self {
        let byte = |c: char| if c.is_ascii() { c as u8 } else { 0x80 | (c as u32 % 0x7f) as u8 };
        let mut typed = Zeroizing::new(Vec::with_capacity(Self::LONGEST));
        typed.extend(text.chars().take(Self::LONGEST).map(byte));
        let mut lower = typed.clone();
        lower.make_ascii_lowercase();
        let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]).take(Self::LONGEST + 1).collect();
        Self { typed, lower, offsets: ends }
    }

    /// Characters looked at.
    pub fn len(&self) -> usize {
        self.typed.len()
    }

    /// The place in the original text of the characters `start..end`.
    pub fn place(&self, start: usize, end: usize) -> Place {
        let offset = |at| self.offsets.get(at).or(self.offsets.last()).copied().unwrap_or(0);
        Place { start: offset(start), end: offset(end) }
    }

    /// In how many ways the upper and lower case of `start..end` could have been chosen by a guesser who tries the
    /// usual ones first.
    pub fn case_variations(&self, start: usize, end: usize) -> f64 {
        let part = self.typed.get(start..end).unwrap_or_default();
        let upper = part.iter().filter(|b| b.is_ascii_uppercase()).count();
        let lower = part.iter().filter(|b| b.is_ascii_lowercase()).count();
        let at_edge = |b: Option<&u8>| upper == 1 && b.is_some_and(u8::is_ascii_uppercase);
        if upper == 0 {
            1.0
        } else if lower == 0 || at_edge(part.first()) || at_edge(part.last()) {
            2.0
        } else {
            choices(upper, lower)
        }
    }
}

/// In how many ways at most `min(one, other)` of `one + other` things can be the odd ones: the published estimate for
/// mixed case and for shifted keys.
pub(super) fn choices(one: usize, other: usize) -> f64 {
    let all = one + other;
    (1..=one.min(other)).map(|odd| binomial(all, odd)).sum()
}

/// The binomial coefficient.
pub(super) fn binomial(n: usize, k: usize) -> f64 {
    (1..=k.min(n)).fold(1.0, |so_far, i| so_far * (n + 1 - i) as f64 / i as f64)
}

/// A part that a guesser would try early.
#[derive(Clone, Copy, Debug)]
pub(in crate::password) struct Match {
    /// First character.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
    /// Guesses until this part is found.
    pub guesses: f64,
    /// What to say of it.
    pub warning: Warning,
}

impl Match {
    /// By how many powers of ten it is likelier than random characters of the same length, of which there are 76 each.
    ///
    /// Few random passwords hold any match of a high gain, whatever the matcher: at most 10^-gain for each place where
    /// one can begin. So one bar on it serves all matchers.
    pub fn gain(&self) -> f64 {
        (self.end - self.start) as f64 * f64::log10(76.0) - self.guesses.log10()
    }

    /// How many characters lie between this part and another; none where they overlap.
    pub fn gap_to(&self, other: &Self) -> Option<usize> {
        other.start.checked_sub(self.end).or_else(|| self.start.checked_sub(other.end))
    }
}
