//! The networks of the world: countries, fixed lines, carriers that put many customers behind one address, workplaces.

use super::draw::Dice;
use super::facts::{self, assumed};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address, as a number; all but its last 8 bits are its /24.
    pub address: u32,
    /// The network it belongs to.
    pub network: u16,
    /// The country, by its place in the facts; those past their end are where takeovers come from.
    pub country: u8,
    /// The city, unique in the world.
    pub city: u16,
}

/// Everything shared.
pub struct World {
    countries: Vec<Country>,
}

struct Country {
    carriers: Vec<Vec<Place>>,
    workplaces: Vec<Place>,
}

/// Networks of one country: the fixed ones, then the carriers, then one for hosting.
pub const SPAN: u16 = 16;
pub const CARRIERS: u16 = 8;
pub const HOSTING: u16 = 15;

impl World {
    /// The world for so many customers.
    pub fn new(seed: u64, customers: u32) -> Self {
        let dice = &mut Dice::new(seed, u64::MAX);
        let all: f64 = facts::COUNTRIES.iter().map(living).sum();
        let scale = f64::from(customers) / facts::CUSTOMERS;
        let countries = (0..facts::COUNTRIES.len() as u8).map(|country| {
            let share = living(&facts::COUNTRIES[usize::from(country)]) / all * scale;
            let carriers = assumed::CARRIERS.iter().enumerate().map(|(carrier, part)| {
                // Two classes of shared addresses: of each class as many as published, each drawn as often as it has sharers.
                let classes = [1, 2].map(|class| (facts::SHARED[class] * share * part).ceil() as u32);
                let number = classes[0] + classes[1] * (facts::SHARERS[2] / facts::SHARERS[1]) as u32;
                let huge = classes[1];
                let place = |at: u32| {
                    let own = if at < classes[0] { at + huge } else { (at - classes[0]) % huge.max(1) };
                    let network = u16::from(country) * SPAN + CARRIERS + carrier as u16;
                    let city = city(country, own % 2);
                    Place { address: u32::from(network) << 16 | own, network, country, city }
                };
                (0..number).map(place).collect()
            });
            let carriers = carriers.collect();
            let number = (facts::SHARED[0] * share).ceil() as u32;
            let workplaces = (0..number).map(|_| fixed_line(dice, country)).collect();
            Country { carriers, workplaces }
        });
        Self { countries: countries.collect() }
    }

    /// An address of a carrier, as its gateway gives them out.
    pub fn mobile(&self, dice: &mut Dice, country: u8, carrier: usize) -> Place {
        let addresses = &self.countries[usize::from(country)].carriers[carrier];
        addresses[dice.below(addresses.len() as u32) as usize]
    }

    /// A workplace's address.
    pub fn workplace(&self, dice: &mut Dice, country: u8) -> Place {
        let places = &self.countries[usize::from(country)].workplaces;
        places[dice.below(places.len() as u32) as usize]
    }

    /// The addresses of a country's carriers, each as often as it is drawn.
    pub fn carriers(&self, country: u8) -> &[Vec<Place>] {
        self.countries.get(usize::from(country)).map_or(&[], |country| &country.carriers)
    }

    /// The workplaces of a country.
    pub fn workplaces(&self, country: u8) -> &[Place] {
        self.countries.get(usize::from(country)).map_or(&[], |country| &country.workplaces)
    }

    /// Another address of the network that `place` is in, anywhere it reaches.
    pub fn same_network(&self, dice: &mut Dice, place: Place) -> Place {
        let within = place.network % SPAN;
        if (CARRIERS..HOSTING).contains(&within) && usize::from(place.country) < self.countries.len() {
            return self.mobile(dice, place.country, usize::from(within - CARRIERS));
        }
        line_of(dice, place.country, place.network)
    }
}

pub fn living((_, share, success): &(&str, f64, f64)) -> f64 {
    share * success
}

/// A country, as customers live in them.
pub fn country(dice: &mut Dice) -> u8 {
    dice.pick(facts::COUNTRIES.iter().map(living)) as u8
}

/// A fixed line anywhere in a country.
pub fn fixed_line(dice: &mut Dice, country: u8) -> Place {
    let network = u16::from(country) * SPAN + dice.pick(facts::NETWORKS.iter().copied()) as u16;
    line_of(dice, country, network)
}

/// A server to rent in a country.
pub fn hosting(dice: &mut Dice, country: u8) -> Place {
    line_of(dice, country, u16::from(country) * SPAN + HOSTING)
}

fn line_of(dice: &mut Dice, country: u8, network: u16) -> Place {
    let rank = dice.ranked(assumed::CITIES);
    line_in(dice, country, network, rank)
}

fn line_in(dice: &mut Dice, country: u8, network: u16, rank: u32) -> Place {
    let prefix = u32::from(network) << 13 | rank << 8 | dice.below(prefixes(rank));
    Place {
        address: 1 << 31 | (prefix & 0x7f_ffff) << 8 | dice.below(256),
        network,
        country,
        city: city(country, rank),
    }
}

/// A larger city has more /24s: a hundred lines or so to each.
pub fn prefixes(rank: u32) -> u32 {
    (400 / (rank + 1)).clamp(4, 256)
}

/// The next address of a fixed line.
pub fn renewed(dice: &mut Dice, place: Place) -> Place {
    if dice.chance(assumed::SAME_PREFIX) {
        return Place { address: place.address & !0xff | dice.below(256), ..place };
    }
    let rank = u32::from(place.city) % assumed::CITIES;
    line_in(dice, place.country, place.network, rank)
}

fn city(country: u8, rank: u32) -> u16 {
    u16::from(country) * assumed::CITIES as u16 + rank as u16
}
