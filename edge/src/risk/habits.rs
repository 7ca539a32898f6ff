//! What an account remembers of its owner's logins: how often each value was seen, fading by half in four months.
//!
//! Kept no longer than six months past its last login, by the daily purge. Bounded, whatever the number of logins: the rarest values go first. So what is judged against it costs the same at the
//! tenth login and at the ten thousandth. What must never enter: a login that was not its owner's.

use super::features::{Feature, Features};
use super::signs::Spot;
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One login weighs so much, at the moment it is made.
pub const ONE: u32 = 1_000;
/// After so many milliseconds a login weighs half.
const HALF_LIFE: f64 = 120.0 * 86_400_000.0;
/// The least time between two fadings.
const DAY: Duration = Duration::from_secs(86_400);
/// The most values that are remembered of one feature.
const VALUES: usize = 24;

/// A value that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The value.
    pub value: u64,
    /// The value that it is part of.
    pub under: u64,
    /// What its logins weigh.
    pub weight: u32,
    /// When it was last seen.
    pub last: Timestamp,
    /// What those of its logins weigh, beyond the first, that brought a new value of what is part of it.
    #[serde(default)]
    pub fresh: u32,
    /// Of an agent, the versions that it shows.
    #[serde(default)]
    pub versions: u32,
}

/// What was seen of one feature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The values.
    pub seen: Vec<Seen>,
    /// What those logins weigh, beyond the first, that brought a value for the first time.
    pub fresh: u32,
}

/// An account's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habits {
    /// When the weights were last brought up to date.
    pub at: Timestamp,
    /// What all logins weigh.
    pub logins: u32,
    /// The features, in the order of [`Feature::ALL`].
    pub features: Vec<Memory>,
    /// The devices that were given a cookie, known by it.
    pub devices: Memory,
    /// Networks and agents that came together, known by [`Features::pair`].
    #[serde(default)]
    pub pairs: Memory,
    /// What the logins weigh that brought a known device's cookie.
    pub known: u32,
    /// The hours of the day.
    pub hours: Vec<u32>,
    /// The day, since 1970, on which a login was last counted among all customers'.
    #[serde(default)]
    pub counted: u32,
    /// How the browsers open connections, each version's under it; of the account's own only, and nothing is counted by it.
    #[serde(default)]
    pub greetings: Memory,
    /// Where the last login was made that showed where, and when.
    #[serde(default)]
    pub last: Option<(Spot, Timestamp)>,
}

impl Habits {
    /// Remembers a login of the account's owner at `now`, and fades what was before.
    pub fn learn(&mut self, features: &Features, now: Timestamp) {
        self.fade(now);
        let first = self.logins == 0;
        self.features.resize(Feature::ALL.len(), Memory::default());
        // From the fine to the coarse, so that what a new value is part of was there before where it is found.
        for feature in Feature::ALL {
            let value = features.values.of(feature);
            if value == 0 {
                continue;
            }
            let new = self.of(feature).is_none_or(|memory| memory.find(value).is_none());
            if let Some(coarser) = features.shown_coarser(feature).filter(|_| new) {
                let memory = self.features.get_mut(coarser as usize);
                let of = memory.and_then(|memory| memory.find_mut(features.values.of(coarser)));
                of.into_iter().for_each(|seen| add(&mut seen.fresh));
            }
            let under = feature.coarser().map_or(0, |coarser| features.values.of(coarser));
            if let Some(memory) = self.features.get_mut(feature as usize) {
                memory.learn(value, under, first, now);
                if let Some(seen) = memory.find_mut(value).filter(|_| feature == Feature::Agent) {
                    seen.versions = features.versions;
                }
            }
        }
        self.pairs.learn(features.pair(), 0, first, now);
        if let Some(device) = features.device {
            if self.devices.find(device).is_some() {
                add(&mut self.known);
            }
            self.devices.learn(device, 0, first, now);
        }
        if let Some([of, greeting]) = features.greeting {
            self.greetings.learn(greeting, of, first, now);
        }
        self.hours.resize(24, 0);
        if let Some(hour) = self.hours.get_mut(usize::from(features.hour)) {
            add(hour);
        }
        add(&mut self.logins);
        self.last = features.spot.map(|spot| (spot, now)).or(self.last);
    }

    /// Forgets each value, and the place of the last login, that was last seen before a moment; whether there was any. What all
    /// logins weigh stays: what comes next is no first login, and is held against nothing that it could resemble.
    pub fn forget(&mut self, before: Timestamp) -> bool {
        let mut any = self.last.take_if(|(_, at)| *at < before).is_some();
        for memory in self.features.iter_mut().chain([&mut self.devices, &mut self.pairs, &mut self.greetings]) {
            let many = memory.seen.len();
            memory.seen.retain(|seen| seen.last >= before);
            any |= memory.seen.len() < many;
        }
        any
    }

    /// What is remembered of one feature.
    pub fn of(&self, feature: Feature) -> Option<&Memory> {
        self.features.get(feature as usize)
    }

    /// How much of a weight is left at `now`, in millionths.
    pub fn left(&self, now: Timestamp) -> u32 {
        left(now - self.at)
    }

    /// Once a day at the most: each time rounds, and many logins in a row must not wear memories away.
    fn fade(&mut self, now: Timestamp) {
        if self.logins > 0 && now - self.at < DAY {
            return;
        }
        let left = self.left(now);
        let fade = |weight: &mut u32| *weight = faded(*weight, left);
        fade(&mut self.logins);
        fade(&mut self.known);
        self.hours.iter_mut().for_each(fade);
        for memory in self.features.iter_mut().chain([&mut self.devices, &mut self.pairs, &mut self.greetings]) {
            fade(&mut memory.fresh);
            memory.seen.iter_mut().flat_map(|seen| [&mut seen.weight, &mut seen.fresh]).for_each(fade);
            memory.seen.retain(|seen| seen.weight > 0);
        }
        self.at = now;
    }
}

impl Memory {
    /// What is remembered of one value.
    pub fn find(&self, value: u64) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.value == value)
    }

    /// Whether something is remembered under `under`, and `value` is not.
    pub fn is_new_under(&self, [under, value]: [u64; 2]) -> bool {
        self.find(value).is_none() && self.seen.iter().any(|seen| seen.under == under)
    }

    fn find_mut(&mut self, value: u64) -> Option<&mut Seen> {
        self.seen.iter_mut().find(|seen| seen.value == value)
    }

    fn learn(&mut self, value: u64, under: u64, first: bool, now: Timestamp) {
        if let Some(seen) = self.find_mut(value) {
            add(&mut seen.weight);
            seen.last = now;
            return;
        }
        if !first {
            add(&mut self.fresh);
        }
        if self.seen.len() >= VALUES {
            let rarest = self.seen.iter().enumerate().min_by_key(|(_, seen)| seen.weight).map(|(at, _)| at);
            if let Some(rarest) = rarest {
                self.seen.swap_remove(rarest);
            }
        }
        self.seen.push(Seen { value, under, weight: ONE, last: now, fresh: 0, versions: 0 });
    }
}

/// One login more. Whoever logs in every second for months comes to an end, and no further.
fn add(weight: &mut u32) {
    *weight = weight.saturating_add(ONE);
}

/// How much of a weight is left after `age`, in millionths.
pub fn left(age: Duration) -> u32 {
    (libm::exp2(-(age.as_millis() as f64) / HALF_LIFE) * 1e6) as u32
}

/// What is left of a weight.
pub fn faded(weight: u32, left: u32) -> u32 {
    u32::try_from(u64::from(weight) * u64::from(left) / 1_000_000).unwrap_or(u32::MAX)
}
