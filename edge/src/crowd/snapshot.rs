//! The counts of all shards as one text of at most 256 KB, looked up in where it lies, never taken apart.
//!
//! version 4 · then for each feature and the hour: all 4 · what is not listed 4 · values 4 · then the values, each 8 and its
//! weight 4, sorted. Weights are tenths of logins, numbers big-endian.

use super::{FEATURES, HOUR, Tally};
use crate::risk::{Features, PerFeature, Population as _, Priors, Scale};

/// The most bytes.
pub const LONGEST: usize = 256 * 1024;
/// A value that fewer accounts have shown is not listed: it could be somebody's.
pub const FEWEST: u32 = 10;
/// The most values that are listed.
pub const LISTED: usize = (LONGEST - HEAD - MARKED) / ENTRY;
/// So many logins of experience stand beside what was counted.
const EXPERIENCE: f64 = 20.0;
const ENTRY: usize = 12;
/// Bytes for the house's mark behind it.
const MARKED: usize = 33;
pub(super) const HEAD: usize = 4 + FEATURES * 12;

/// What was counted, or the part of it that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(Vec<u8>);

impl Snapshot {
    /// Writes down what was counted.
    ///
    /// # Arguments
    /// * `totals`: of each feature, and of the hour behind them, tenths of logins and number of values, listed or not.
    /// * `listed`: the values that may be told, sorted by feature and value, at most [`LISTED`].
    pub fn new(version: u32, totals: &[(u32, u32); FEATURES], listed: &[Tally]) -> Self {
        let mut bytes = version.to_be_bytes().to_vec();
        for (feature, (tenths, values)) in totals.iter().enumerate() {
            let (mut shown, mut count) = (0_u32, 0_u32);
            for tally in listed.iter().filter(|tally| tally.feature == feature) {
                shown = shown.saturating_add(tally.tenths);
                count += 1;
            }
            // What is not listed has, one with another, this weight: at least half a login, and less than what would be listed.
            let rest = tenths.saturating_sub(shown).checked_div(values.saturating_sub(count)).unwrap_or(0);
            for number in [*tenths, rest.clamp(5, FEWEST * 10), count] {
                bytes.extend_from_slice(&number.to_be_bytes());
            }
        }
        for tally in listed.iter().take(LISTED) {
            bytes.extend_from_slice(&tally.value.to_be_bytes());
            bytes.extend_from_slice(&tally.tenths.to_be_bytes());
        }
        Self(bytes)
    }

    /// Takes the bytes as they are; none where they are too long or too short to be any.
    pub fn read(bytes: Vec<u8>) -> Option<Self> {
        (HEAD..=LONGEST).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Which version it is.
    pub fn version(&self) -> u32 {
        self.number(0)
    }

    /// How common each value of `shown` is, which are numbers under the house's own key, and its hour.
    pub fn scale(&self, shown: &Features) -> Scale {
        let shares = PerFeature::new(|feature| {
            let under = feature.coarser().map(|coarser| (coarser as usize, shown.values.of(coarser)));
            let prior = Priors.share(feature, 0, 0);
            self.share((feature as usize, shown.values.of(feature)), under, prior)
        });
        let hour = self.share((HOUR, u64::from(shown.hour) + 1), None, Priors.hour(shown.hour));
        Scale { version: self.version(), shares, hour, ..Scale::default() }
    }

    fn share(&self, of: (usize, u64), under: Option<(usize, u64)>, prior: u32) -> u32 {
        let all = match under {
            Some((coarser, value)) => self.weight(coarser, value),
            None => self.total(of.0),
        };
        let own = self.weight(of.0, of.1).min(all);
        let prior = f64::from(prior) / 1e6;
        let share = (own + EXPERIENCE * prior) / (all + EXPERIENCE);
        ((share * 1e6) as u32).max(1)
    }

    /// How many logins showed the feature at all.
    fn total(&self, feature: usize) -> f64 {
        f64::from(self.number(4 + feature * 12)) / 10.0
    }

    /// How many showed this value: what was counted, or what values that are not listed have one with another.
    fn weight(&self, feature: usize, value: u64) -> f64 {
        let values = |feature: usize| self.number(12 + feature * 12) as usize;
        let entries = self.0.get(HEAD..).unwrap_or_default().as_chunks::<ENTRY>().0;
        let before = (0..feature).fold(0, |sum: usize, earlier| sum.saturating_add(values(earlier)));
        let own = entries.get(before..before.saturating_add(values(feature))).unwrap_or_default();
        let key = |entry: &[u8; ENTRY]| u64::from_be_bytes(entry.first_chunk().copied().unwrap_or_default());
        let found = own.binary_search_by_key(&value, key).ok().and_then(|at| own.get(at)?.last_chunk());
        let tenths = found.map_or(self.number(8 + feature * 12), |weight| u32::from_be_bytes(*weight));
        f64::from(tenths) / 10.0
    }

    fn number(&self, at: usize) -> u32 {
        self.0.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_be_bytes(*bytes))
    }
}
