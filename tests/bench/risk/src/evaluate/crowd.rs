//! What all customers together have shown so far, for the models to look up.

use crate::generator::{Agent, Login};
use sekisho_edge::risk::{Feature, Features, PerFeature, Population};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A value and the one it is part of, each with how often it was seen.
#[derive(Default)]
pub struct Crowd {
    values: [HashMap<u64, u32>; 8],
    hours: [u32; 24],
    /// Logins.
    pub all: u32,
    /// The published model's own levels: browser and system with their versions.
    versions: [HashMap<u64, u32>; 2],
}

/// A number for a thing; never 0.
fn number(thing: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish() >> 11 | 1
}

/// A login as the models see it.
pub fn features(login: &Login, device: Option<u64>) -> Features {
    let (place, agent) = (login.place, login.agent);
    let stem = (agent.family, agent.system, agent.kind);
    let values = PerFeature::new(|feature| match feature {
        Feature::Address => number(place.address),
        Feature::Prefix => number((place.address >> 8, place.city, place.network)),
        Feature::Site => number((place.network, place.country, place.city)),
        Feature::Network => number((place.network, place.country)),
        Feature::Country => number(place.country),
        Feature::Agent => number(agent),
        Feature::Stem => number(stem),
        Feature::Kind => number(agent.kind),
    });
    let versions = u32::from(agent.version) << 16 | u32::from(agent.system_version);
    Features { values, versions, hour: (login.day.fract() * 24.0) as u8, device, ..Features::default() }
}

/// Browser and version, system and version.
pub fn versions(agent: &Agent) -> [u64; 2] {
    [number((agent.family, agent.version)), number((agent.system, agent.system_version))]
}

impl Crowd {
    /// A login has succeeded.
    pub fn learn(&mut self, login: &Login, features: &Features) {
        for feature in Feature::ALL {
            *self.values[feature as usize].entry(features.values.of(feature)).or_default() += 1;
        }
        for (counts, version) in self.versions.iter_mut().zip(versions(&login.agent)) {
            *counts.entry(version).or_default() += 1;
        }
        self.hours[usize::from(features.hour)] += 1;
        self.all += 1;
    }

    /// How often a value was seen.
    pub fn count(&self, feature: Feature, value: u64) -> u32 {
        self.values[feature as usize].get(&value).copied().unwrap_or_default()
    }

    /// How many values there are.
    pub fn distinct(&self, feature: Feature) -> u32 {
        self.values[feature as usize].len() as u32
    }

    /// The same for the published model's own levels.
    pub fn version(&self, level: usize, value: u64) -> (u32, u32) {
        (self.versions[level].get(&value).copied().unwrap_or_default(), self.versions[level].len() as u32)
    }
}

impl Population for Crowd {
    fn share(&self, feature: Feature, value: u64, under: u64) -> u32 {
        let of = feature.coarser().map_or(self.all, |coarser| self.count(coarser, under));
        // One login more, of a value not seen yet.
        let share = (f64::from(self.count(feature, value)) + 0.5) / (f64::from(of) + 1.0);
        (share * 1e6) as u32
    }

    fn hour(&self, hour: u8) -> u32 {
        let count = f64::from(self.hours[usize::from(hour)]) + 10.0;
        (count / (f64::from(self.all) + 240.0) * 1e6) as u32
    }
}
