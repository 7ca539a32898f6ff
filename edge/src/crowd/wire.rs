//! How commands travel to a shard: lines of text, numbers with a space between. A derived reader for each of these types would
//! weigh more in the worker than all that is done with them.

use super::{Command, Counted, FEATURES, Replayed};
use crate::risk::{Feature, PerFeature};
use sekisho_rules::Timestamp;

/// Numbers with a space behind each; for 0, the most of them, the space alone.
pub fn text_of(numbers: &[i64]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(numbers.len() * 8);
    for number in numbers {
        let _ = if *number == 0 { write!(text, " ") } else { write!(text, "{number} ") };
    }
    text
}

/// The numbers of such a text; none where it holds anything else.
pub fn numbers_of(text: &str) -> Option<Vec<i64>> {
    let mut numbers = Vec::new();
    for part in text.split_terminator(' ') {
        numbers.push(if part.is_empty() { 0 } else { part.parse().ok()? });
    }
    Some(numbers)
}

impl Counted {
    /// The values, the hour, and the fresh ones as bits.
    pub fn numbers(&self) -> Vec<i64> {
        let mut numbers = Vec::with_capacity(FEATURES + 1);
        let mut fresh = 0;
        for of in Feature::ALL {
            numbers.push(i64::try_from(self.values.of(of)).unwrap_or_default());
            fresh |= i64::from(self.fresh.of(of)) << of as u8;
        }
        numbers.extend_from_slice(&[i64::from(self.hour), fresh]);
        numbers
    }

    /// The login of those numbers.
    pub fn read(numbers: &[i64]) -> Option<Self> {
        let (values, [hour, fresh]) = numbers.split_first_chunk::<8>()? else { return None };
        let value = |of: Feature| values.get(of as usize).map_or(0, |value| value.unsigned_abs());
        let hour = u8::try_from(*hour).ok().filter(|hour| *hour < 24)?;
        Some(Self { values: PerFeature::new(value), hour, fresh: PerFeature::new(|of| fresh >> of as u8 & 1 == 1) })
    }
}

impl Command {
    /// Its text.
    pub fn pack(&self) -> String {
        match self {
            Self::Count(login) => format!("count\n{}", text_of(&login.numbers())),
            Self::Add { shard, lists: [tallies, totals] } => format!("add\n{shard}\n{tallies}\n{totals}"),
            Self::Keep { channel, judgement } => format!("keep\n{channel}\n{}", text_of(judgement)),
            Self::Replay { channel, thresholds, attacks } => {
                format!("replay\n{channel}\n{}\n{}", text_of(thresholds), text_of(attacks))
            }
        }
    }

    /// Reads it.
    pub fn read(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.split('\n').collect();
        Some(match lines.as_slice() {
            ["count", numbers] => Self::Count(Counted::read(&numbers_of(numbers)?)?),
            ["add", shard, tallies, totals] => {
                Self::Add { shard: shard.parse().ok()?, lists: [(*tallies).to_owned(), (*totals).to_owned()] }
            }
            ["keep", channel, numbers] => {
                Self::Keep { channel: (*channel).to_owned(), judgement: numbers_of(numbers)? }
            }
            ["replay", channel, thresholds, attacks] => Self::Replay {
                channel: (*channel).to_owned(),
                thresholds: numbers_of(thresholds)?,
                attacks: numbers_of(attacks)?,
            },
            _ => return None,
        })
    }
}

impl Replayed {
    /// Its text: since when, four sums, how many verdicts and reasons there are, how often each was come to, each was given, each
    /// asked by itself, what each weighed, then what would be suspected and, as long, what of it was an attack.
    pub fn pack(&self) -> String {
        let mut numbers = vec![self.since.map_or(0, Timestamp::as_sql)];
        let lengths = [self.verdicts.len() as u32, self.reasons.len() as u32];
        for count in [self.reproduced, self.foreign, self.suspected, self.attacks].into_iter().chain(lengths) {
            numbers.push(count.into());
        }
        for counts in [&self.verdicts, &self.reasons, &self.rules] {
            counts.iter().for_each(|count| numbers.push((*count).into()));
        }
        numbers.extend_from_slice(&self.weights);
        for counts in [&self.would, &self.caught] {
            counts.iter().for_each(|count| numbers.push((*count).into()));
        }
        text_of(&numbers)
    }

    /// Reads it.
    pub fn read(text: &str) -> Option<Self> {
        let numbers = numbers_of(text)?;
        let ([since, sums @ ..], mut rest) = numbers.split_first_chunk::<7>()?;
        let mut take = |length: usize| {
            let (part, left) = rest.split_at_checked(length)?;
            rest = left;
            Some(part)
        };
        let sums = counts(sums)?;
        let [reproduced, foreign, suspected, attacks, outcomes, length] = sums.first_chunk().copied()?;
        let length = usize::try_from(length).ok()?;
        let verdicts = counts(take(usize::try_from(outcomes).ok()?)?)?;
        let (reasons, rules) = (counts(take(length)?)?, counts(take(length)?)?);
        let weights = take(length)?.to_vec();
        let (would, caught) = rest.split_at_checked(rest.len() / 2)?;
        Some(Self {
            reproduced,
            foreign,
            suspected,
            attacks,
            verdicts,
            would: counts(would)?,
            caught: counts(caught)?,
            reasons,
            rules,
            weights,
            since: (*since > 0).then(|| Timestamp::from_sql(*since)),
        })
    }
}

fn counts(numbers: &[i64]) -> Option<Vec<u32>> {
    let mut counts = Vec::with_capacity(numbers.len());
    for number in numbers {
        counts.push(u32::try_from(*number).ok()?);
    }
    Some(counts)
}
