//! What a login shows, from the fine to the coarse, each as a number that means nothing outside its account.

use super::signs::{Signs, Spot};
use serde::{Deserialize, Serialize};

/// One thing that a login shows. Of the first five each is part of the next, and so are the agent, its stem and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum Feature {
    /// The network address.
    Address,
    /// Its neighbourhood: a /24, or a /48 of IPv6.
    Prefix,
    /// The network in one city.
    Site,
    /// The network, by its number, in one country.
    Network,
    /// The country.
    Country,
    /// The browser and the system with their versions.
    Agent,
    /// Both without.
    Stem,
    /// Phone, tablet or desktop.
    Kind,
}

impl Feature {
    /// Every feature, in the order in which [`Features`] keeps them.
    pub const ALL: [Self; 8] =
        [Self::Address, Self::Prefix, Self::Site, Self::Network, Self::Country, Self::Agent, Self::Stem, Self::Kind];

    /// The feature that it is part of; none for the coarsest.
    pub const fn coarser(self) -> Option<Self> {
        match self {
            Self::Address => Some(Self::Prefix),
            Self::Prefix => Some(Self::Site),
            Self::Site => Some(Self::Network),
            Self::Network => Some(Self::Country),
            Self::Agent => Some(Self::Stem),
            Self::Stem => Some(Self::Kind),
            Self::Country | Self::Kind => None,
        }
    }
}

/// One value for each [`Feature`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerFeature<T>([T; 8]);

impl<T: Copy + Default> PerFeature<T> {
    /// Asks `make` for each feature's value.
    pub fn new(make: impl FnMut(Feature) -> T) -> Self {
        Self(Feature::ALL.map(make))
    }

    /// The value of one feature.
    pub fn of(&self, feature: Feature) -> T {
        self.0.get(feature as usize).copied().unwrap_or_default()
    }

    /// Sets the value of one feature.
    pub fn set(&mut self, feature: Feature, value: T) {
        if let Some(place) = self.0.get_mut(feature as usize) {
            *place = value;
        }
    }
}

/// What one login shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// Each feature's value, below 2^53; 0 where the request did not show it.
    pub values: PerFeature<u64>,
    /// The versions that the agent shows, the browser's in the upper half and the system's in the lower.
    #[serde(default)]
    pub versions: u32,
    /// The hour of the day in Japan, 0 to 23.
    pub hour: u8,
    /// The device, by the cookie that we gave it; none where it brought none.
    pub device: Option<u64>,
    /// Whether passwords are being sprayed from where it came.
    #[serde(default)]
    pub sprayed: bool,
    /// What in it does not fit together.
    #[serde(default)]
    pub signs: Signs,
    /// Where it is on the globe, to the degree.
    #[serde(default)]
    pub spot: Option<Spot>,
    /// How many accounts have been logged in to from its device.
    #[serde(default)]
    pub accounts: u8,
    /// By which version of the browser over TCP or QUIC, and how, it opens connections; none where nobody tells.
    #[serde(default)]
    pub greeting: Option<[u64; 2]>,
}

impl Features {
    /// The nearest that is shown of those that a feature is part of.
    pub fn shown_coarser(&self, feature: Feature) -> Option<Feature> {
        std::iter::successors(feature.coarser(), |coarser| coarser.coarser()).find(|of| self.values.of(*of) != 0)
    }

    /// Network and agent together, as who copies one login of the customer's has both from it.
    pub fn pair(&self) -> u64 {
        self.values.of(Feature::Network).rotate_left(7) ^ self.values.of(Feature::Agent)
    }

    /// Whether these versions are those of the other or later ones, neither being older.
    pub const fn is_not_older(&self, versions: u32) -> bool {
        self.versions >> 16 >= versions >> 16 && self.versions & 0xffff >= versions & 0xffff
    }
}
