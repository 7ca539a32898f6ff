//! An estimate of how many guesses a password takes: the cheapest way to put it together from what was found.
//!
//! The model is that of D. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016, section 4:
//! a guesser knows the parts but not their order, and tries random characters where nothing was found.

use super::findings::Warning;
use super::matching::{Match, Text};

/// How hard a password is to guess.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strength {
    /// The power of ten of the number of guesses.
    pub log10_guesses: f64,
    /// What lowers it most; none where nothing was found.
    pub reason: Option<Warning>,
}

/// A strength in a word, for the meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Fewer than 10^8 guesses: falls to a guesser with a copy of the database in no time.
    Weak,
    /// Fewer than 10^10.
    Fair,
    /// Fewer than 10^14.
    Good,
    /// More.
    Strong,
}

impl Level {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Good => "good",
            Self::Strong => "strong",
        }
    }
}

impl Strength {
    /// The strength in a word.
    pub fn level(&self) -> Level {
        match self.log10_guesses {
            guesses if guesses < 8.0 => Level::Weak,
            guesses if guesses < 10.0 => Level::Fair,
            guesses if guesses < 14.0 => Level::Good,
            _ => Level::Strong,
        }
    }
}

/// A cheapest way to reach a character: with how many parts, the product of their guesses, the last part.
#[derive(Clone, Copy)]
struct Step {
    product: f64,
    start: usize,
    part: Option<usize>,
}

/// Each further part that a guesser must expect costs this factor, so that long chains of tiny parts are not free.
const PER_PART: f64 = 10_000.0;
/// Guesses for one character of which nothing is known.
const PER_CHARACTER: f64 = 10.0;

/// The cheapest cover of `text` by `matches` and unknown characters: its log10 guesses and the matches in it.
pub(super) fn cheapest(text: &Text, matches: &[Match]) -> (f64, Vec<Match>) {
    let length = text.len();
    // steps[end][parts - 1]: the cheapest way to reach `end` with so many parts.
    let mut steps: Vec<Vec<Option<Step>>> = vec![Vec::new(); length + 1];
    for end in 1..=length {
        let found = matches.iter().enumerate().filter(|(_, part)| part.end == end);
        let found = found.map(|(at, part)| (part.start, Some(at), at_least(part, length)));
        let unknown = (0..end).map(|start| (start, None, unknown(end - start)));
        let mut best: Vec<Option<Step>> = Vec::new();
        for (start, part, guesses) in found.chain(unknown) {
            let before = steps.get(start).map(Vec::as_slice).unwrap_or_default();
            let so_far = if start == 0 { [(0, 1.0)].to_vec() } else { reached(before, part.is_none()) };
            for (parts, product) in so_far {
                let product = product * guesses;
                if best.len() <= parts {
                    best.resize(parts + 1, None);
                }
                if let Some(slot) = best.get_mut(parts)
                    && slot.is_none_or(|slot| product < slot.product)
                {
                    *slot = Some(Step { product, start, part });
                }
            }
        }
        if let Some(slot) = steps.get_mut(end) {
            *slot = best;
        }
    }
    follow(&steps, length, matches)
}

/// The ways to reach a place, as number of parts and product; unknown characters do not follow unknown ones.
fn reached(steps: &[Option<Step>], after_known: bool) -> Vec<(usize, f64)> {
    let fits = |step: &Step| !after_known || step.part.is_some();
    let known = |(at, step): (usize, &Option<Step>)| step.filter(fits).map(|step| (at + 1, step.product));
    steps.iter().enumerate().filter_map(known).collect()
}

/// Walks the cheapest way back from the end.
fn follow(steps: &[Vec<Option<Step>>], length: usize, matches: &[Match]) -> (f64, Vec<Match>) {
    let at = |end: usize, parts: usize| steps.get(end)?.get(parts.checked_sub(1)?).copied().flatten();
    let total = |parts: usize| {
        let orders: f64 = (1..=parts).map(|n| n as f64).product();
        at(length, parts).map(|step| orders * step.product + PER_PART.powi(parts as i32 - 1))
    };
    let all = (1..=length).filter_map(|parts| Some((parts, total(parts)?)));
    let Some((mut parts, guesses)) = all.min_by(|a, b| a.1.total_cmp(&b.1)) else { return (0.0, Vec::new()) };
    let mut end = length;
    let mut cover = Vec::new();
    while let Some(step) = at(end, parts) {
        cover.extend(step.part.and_then(|part| matches.get(part)));
        (end, parts) = (step.start, parts - 1);
    }
    cover.reverse();
    (guesses.log10(), cover)
}

fn unknown(length: usize) -> f64 {
    // A shade above a match of the same cost, so that what can be named is named.
    let floor = if length == 1 { 11.0 } else { 51.0 };
    PER_CHARACTER.powi(length as i32).max(floor)
}

/// A part that is not the whole password is never cheaper than a few guesses.
fn at_least(part: &Match, length: usize) -> f64 {
    let whole = part.end - part.start == length;
    let floor = if whole {
        1.0
    } else if part.end - part.start == 1 {
        10.0
    } else {
        50.0
    };
    part.guesses.max(floor)
}
