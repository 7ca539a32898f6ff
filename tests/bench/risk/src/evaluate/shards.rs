//! The counts as the worker has them: each account's once a day, fading, handed on once a week (the worker does it every hour
//! or two), and without what few accounts have shown.

use sekisho_edge::crowd::{FEWEST, Snapshot, Tally};
use sekisho_edge::risk::{Feature, Features, Habits, ONE, Scale, faded, left};
use sekisho_rules::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// All shards and what they have published last.
#[derive(Default)]
pub struct Shards {
    values: HashMap<(u8, u64), (u32, u32, Timestamp)>,
    published: Option<Snapshot>,
    at: Timestamp,
}

impl Shards {
    /// Counts an owner's login, before the account learns of it.
    pub fn count(&mut self, shown: &Features, habits: &Habits, now: Timestamp) {
        let hour = (Feature::ALL.len() as u8, u64::from(shown.hour) + 1, true);
        let new = |of: Feature| {
            let value = shown.values.of(of);
            (of as u8, value, habits.of(of).is_none_or(|memory| memory.find(value).is_none()))
        };
        for (feature, value, fresh) in Feature::ALL.map(new).into_iter().chain([hour]) {
            let (weight, accounts, at) = self.values.entry((feature, value)).or_insert((0, 0, now));
            *weight = faded(*weight, left(now - *at)) + ONE;
            *accounts += u32::from(fresh);
            *at = now;
        }
        if now - self.at >= WEEK {
            self.at = now;
            let version = self.published.as_ref().map_or(0, Snapshot::version) + 1;
            self.published = Some(self.sum(version, now));
        }
    }

    fn sum(&self, version: u32, now: Timestamp) -> Snapshot {
        let mut totals = [(0_u32, 0_u32); 9];
        let mut listed = Vec::new();
        for (&(feature, value), &(weight, accounts, at)) in &self.values {
            let (feature, tenths) = (usize::from(feature), faded(weight, left(now - at)) / (ONE / 10));
            totals[feature].0 += tenths;
            totals[feature].1 += 1;
            if accounts >= FEWEST {
                listed.push(Tally { feature, value, tenths });
            }
        }
        listed.sort_by_key(|tally| (tally.feature, tally.value));
        Snapshot::new(version, &totals, &listed)
    }

    /// What a login is measured by.
    pub fn scale(&self, shown: &Features) -> Scale {
        let published = self.published.as_ref();
        published.map_or_else(Scale::default, |snapshot| snapshot.scale(shown))
    }
}
