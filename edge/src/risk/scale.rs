//! What a login is measured by, looked up once where it comes in and carried to the account: how common it is what this one
//! shows, and the thresholds of the moment.

use super::evidence::Population;
use super::features::{Feature, PerFeature};
use super::verdict::Priors;
use serde::{Deserialize, Serialize};

/// Shares and thresholds of the moment, each with its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<i64>", into = "Vec<i64>")]
pub struct Scale {
    /// Which version of the counts; 0: nobody has been counted yet, and general experience stands for it.
    pub version: u32,
    /// How common the hour is, in millionths.
    pub hour: u32,
    /// How common each value is among those that share what it is part of, in millionths.
    pub shares: PerFeature<u32>,
    /// Which version of staff's thresholds; 0: they have set none, and the config's stand.
    pub policy: u32,
    /// The score from which on a login by this channel is suspected, where staff have set one.
    pub threshold: Option<i32>,
    /// The strictest that staff have set for any channel.
    pub strictest: Option<i32>,
    /// The score from which on a login's session changes nothing of how one logs in, where staff have set one.
    pub account_change: Option<i32>,
}

impl Scale {
    /// The threshold of a login, where the config has `config` for it: staff's own for a channel that the account is `known` to use;
    /// for another, the strictest of all.
    pub fn over(&self, config: i32, known: bool) -> i32 {
        match known {
            true => self.threshold.unwrap_or(config),
            false => self.strictest.map_or(config, |strictest| strictest.min(config)),
        }
    }
}

impl Population for Scale {
    fn share(&self, feature: Feature, value: u64, under: u64) -> u32 {
        if self.version == 0 { Priors.share(feature, value, under) } else { self.shares.of(feature) }
    }

    fn hour(&self, hour: u8) -> u32 {
        if self.version == 0 { Priors.hour(hour) } else { self.hour }
    }

    fn version(&self) -> u32 {
        self.version
    }
}

/// Stands for no threshold: no number of this kind is so large.
const NONE: i64 = 1 << 40;

/// It travels as numbers.
impl From<Scale> for Vec<i64> {
    fn from(scale: Scale) -> Self {
        let mut numbers = vec![scale.version.into(), scale.hour.into(), scale.policy.into()];
        Feature::ALL.iter().for_each(|of| numbers.push(scale.shares.of(*of).into()));
        let set = [scale.threshold, scale.strictest, scale.account_change];
        numbers.extend(set.map(|threshold| threshold.map_or(NONE, i64::from)));
        numbers
    }
}

impl From<Vec<i64>> for Scale {
    fn from(numbers: Vec<i64>) -> Self {
        let at = |at: usize| numbers.get(at).and_then(|number| u32::try_from(*number).ok()).unwrap_or_default();
        let set = |at: usize| numbers.get(at).and_then(|number| i32::try_from(*number).ok());
        Self {
            version: at(0),
            hour: at(1),
            policy: at(2),
            shares: PerFeature::new(|of| at(3 + of as usize)),
            threshold: set(11),
            strictest: set(12),
            account_change: set(13),
        }
    }
}
