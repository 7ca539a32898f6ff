//! How likely every draw of the generator is: the same rules as those of the draws, written a second time as probabilities.
//! Only the oracle and its tests read them; no model may.

use super::client::Agent;
use super::facts::{self, assumed};
use super::world::{CARRIERS, HOSTING, Place, SPAN, World, living, prefixes};
use std::collections::HashMap;

/// The probabilities of one world.
pub struct Law {
    /// Where customers live.
    countries: Vec<f64>,
    networks: f64,
    ranks: f64,
    hours: f64,
    /// Of an address of a carrier, in that carrier.
    mobiles: HashMap<u32, f64>,
    /// Of a workplace's address in a country.
    workplaces: HashMap<(u8, u32), f64>,
}

/// Days within which a device's lag must lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// More than so many.
    pub above: f64,
    /// At the most so many.
    pub up_to: f64,
}

impl Interval {
    /// What is known of no device.
    pub const ANY: Self = Self { above: 0.0, up_to: 500.0 };

    /// What is in both.
    pub fn and(self, other: Self) -> Self {
        Self { above: self.above.max(other.above), up_to: self.up_to.min(other.up_to) }
    }

    /// How likely a lag lies in it.
    pub fn mass(self) -> f64 {
        let beyond = |days: f64| (-days / assumed::LAG).exp();
        (beyond(self.above) - beyond(self.up_to)).max(0.0)
    }
}

impl Law {
    /// Counts what the world has of each.
    pub fn new(world: &World) -> Self {
        let all: f64 = facts::COUNTRIES.iter().map(living).sum();
        let (mut mobiles, mut workplaces) = (HashMap::new(), HashMap::new());
        for country in 0..facts::COUNTRIES.len() as u8 {
            for carrier in world.carriers(country) {
                for place in carrier {
                    *mobiles.entry(place.address).or_default() += 1.0 / carrier.len() as f64;
                }
            }
            let places = world.workplaces(country);
            for place in places {
                *workplaces.entry((country, place.address)).or_default() += 1.0 / places.len() as f64;
            }
        }
        Self {
            countries: facts::COUNTRIES.iter().map(|country| living(country) / all).collect(),
            networks: facts::NETWORKS.iter().sum(),
            ranks: (1..=assumed::CITIES).map(|rank| 1.0 / f64::from(rank)).sum(),
            hours: facts::HOURS.iter().sum(),
            mobiles,
            workplaces,
        }
    }

    /// That a customer lives in the country.
    pub fn country(&self, country: u8) -> f64 {
        self.countries.get(usize::from(country)).copied().unwrap_or_default()
    }

    /// That the hour of a day is drawn from everybody's, by the hour.
    pub fn hour(&self, hour: f64) -> f64 {
        facts::HOURS.get(hour as usize).map_or(0.0, |weight| weight / self.hours)
    }

    /// That a fixed line anywhere in the country is this place.
    pub fn fixed_line(&self, country: u8, place: Place) -> f64 {
        let within = usize::from(place.network % SPAN);
        let share = facts::NETWORKS.get(within).map_or(0.0, |share| share / self.networks);
        share * self.line(country, u16::from(country) * SPAN + within as u16, place)
    }

    /// That a line of the network in the country is this place.
    pub fn line(&self, country: u8, network: u16, place: Place) -> f64 {
        let rank = u32::from(place.city) % assumed::CITIES;
        1.0 / f64::from(rank + 1) / self.ranks * self.line_in_its_city(country, network, place)
    }

    /// The same where the city is given.
    pub fn line_in_its_city(&self, country: u8, network: u16, place: Place) -> f64 {
        // The address tells the network too, by its ten lowest bits.
        let is_line = place.address >> 31 == 1 && place.address >> 21 & 0x3ff == u32::from(network) & 0x3ff;
        let is_line = is_line && place.country == country && place.network == network;
        let rank = u32::from(place.city) % assumed::CITIES;
        if is_line { 1.0 / f64::from(prefixes(rank)) / 256.0 } else { 0.0 }
    }

    /// That an address of the carrier in the country is this place.
    pub fn mobile(&self, country: u8, carrier: usize, place: Place) -> f64 {
        let is_its = place.country == country && place.network == u16::from(country) * SPAN + CARRIERS + carrier as u16;
        if is_its { self.mobiles.get(&place.address).copied().unwrap_or_default() } else { 0.0 }
    }

    /// That an address of any carrier in the country is this place.
    pub fn any_mobile(&self, country: u8, place: Place) -> f64 {
        let shares = assumed::CARRIERS.iter().enumerate();
        shares.map(|(carrier, share)| share * self.mobile(country, carrier, place)).sum()
    }

    /// That a workplace of the country is this place.
    pub fn workplace(&self, country: u8, place: Place) -> f64 {
        self.workplaces.get(&(country, place.address)).copied().unwrap_or_default()
    }

    /// That a line of hosting in the country is this place.
    pub fn hosting(&self, country: u8, place: Place) -> f64 {
        self.line(country, u16::from(country) * SPAN + HOSTING, place)
    }

    /// That another address of the network of `place` is this very one.
    pub fn same_network(&self, place: Place) -> f64 {
        match place.network % SPAN {
            within @ CARRIERS..HOSTING if usize::from(place.country) < facts::COUNTRIES.len() => {
                self.mobile(place.country, usize::from(within - CARRIERS), place)
            }
            _ => self.line(place.country, place.network, place),
        }
    }

    /// That the operator of `place` in another country, drawn as customers live, has given out that address: a fixed line's number
    /// under the operator's name.
    pub fn same_operator(&self, place: Place) -> f64 {
        // The address tells the network that it was drawn in.
        let drawn = ((place.address & 0x7fff_ffff) >> 21) as u16;
        if place.address >> 31 == 0 || drawn / SPAN != u16::from(place.country) {
            return 0.0;
        }
        self.country(place.country) * self.fixed_line(place.country, Place { network: drawn, ..place })
    }

    /// That a device bought new shows this agent on `day`, given its kind.
    pub fn agent_of_kind(&self, agent: &Agent, day: f64) -> f64 {
        let share = |of: &[f64], at: u8| of.get(usize::from(at)).copied().unwrap_or_default() / of.iter().sum::<f64>();
        let system = match agent.kind {
            1 => share(&facts::DESKTOP_SYSTEMS, agent.system.wrapping_sub(2)),
            _ => share(&facts::MOBILE_SYSTEMS, agent.system),
        };
        let versions = match is_frozen(agent) {
            true => assumed::FROZEN,
            false => (1.0 - assumed::FROZEN) * Interval::ANY.and(lags(agent, day)).mass(),
        };
        let other = if agent.other < 4 { 0.25 } else { 0.0 };
        system * share(&facts::BROWSERS, agent.family) * versions * other
    }

    /// That a new device is of this kind.
    pub fn kind(&self, kind: u8) -> f64 {
        facts::DEVICES.get(usize::from(kind)).copied().unwrap_or_default() / facts::DEVICES.iter().sum::<f64>()
    }
}

/// The versions of a device that is never brought up to date: no other ever shows them.
pub fn is_frozen(agent: &Agent) -> bool {
    agent.system_version == 8 && agent.version == (500.0 / every(agent)) as u16
}

/// The lags with which the agent is shown on `day`.
pub fn lags(agent: &Agent, day: f64) -> Interval {
    let with = |version: u16, every: f64| {
        let age = day + 500.0 - every * f64::from(version);
        Interval { above: age - every, up_to: age }
    };
    with(agent.version, every(agent)).and(with(agent.system_version, assumed::SYSTEM_RELEASE))
}

fn every(agent: &Agent) -> f64 {
    assumed::RELEASES.get(usize::from(agent.family)).copied().unwrap_or(42.0)
}
