//! The attackers, as far as they are described: each makes one attempt on an account whose password they have.

use super::client::Device;
use super::customer::Login;
use super::draw::Dice;
use super::facts;
use super::world::{self, Place, World};

/// What an attacker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attacker {
    /// Nothing: any address of the world, any user agent that is common.
    Naive,
    /// The country.
    Vpn,
    /// Network and user agent; the address is new.
    Targeted,
    /// The same with what the customer's latest login showed, at the customer's own hour: as one who has just lured the
    /// customer to a page of his own. Nothing is published of these; without this row a model could live on stale copies.
    Phisher,
    /// As the known takeovers were: most of them from far away, some out of the victim's own network.
    VeryTargeted,
    /// Everything: an address and a user agent that the account has seen, at the customer's own hour. Nobody can tell.
    Mimic,
}

impl Attacker {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Naive, Self::Vpn, Self::Targeted, Self::Phisher, Self::VeryTargeted, Self::Mimic];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Naive => "naive",
            Self::Vpn => "vpn",
            Self::Targeted => "targeted",
            Self::Phisher => "phisher",
            Self::VeryTargeted => "very_targeted",
            Self::Mimic => "perfect_mimic",
        }
    }

    /// An attempt on the account with this `history` (never empty) on the day of its customer's next login.
    pub fn attempt(self, dice: &mut Dice, world: &World, history: &[Login], day: f64) -> Login {
        let copied = if self == Self::Phisher { history.len() - 1 } else { dice.below(history.len() as u32) as usize };
        let victim = history[copied];
        let hour = dice.pick(facts::HOURS.iter().copied()) as f64 + dice.unit();
        let day = if matches!(self, Self::Mimic | Self::Phisher) { day } else { day.floor() + hour / 24.0 };
        let common = Device::new(dice, day).agent(day);
        let (place, agent) = match self {
            Self::Naive if dice.chance(facts::NAIVE_SAME_COUNTRY) => {
                (anywhere(dice, world, victim.place.country), common)
            }
            Self::Naive => {
                let country = other_country(dice, victim.place.country);
                (anywhere(dice, world, country), common)
            }
            Self::Vpn => (anywhere(dice, world, victim.place.country), common),
            Self::Targeted | Self::Phisher => (self.beside(dice, world, history, victim), victim.agent),
            Self::VeryTargeted if dice.chance(facts::TAKEOVER_FROM_INSIDE) => (victim.place, victim.agent),
            Self::VeryTargeted => {
                let desktop = dice.chance(facts::TAKEOVER_DESKTOP);
                let agent = Device::of_kind(dice, u8::from(desktop), day).agent(day);
                // The second of the countries is the customers' own.
                let country = dice.pick(facts::TAKEOVER_COUNTRIES.iter().copied()) as u8;
                let place = if country == 1 { anywhere(dice, world, 0) } else { world::hosting(dice, 100 + country) };
                (place, agent)
            }
            Self::Mimic => (victim.place, victim.agent),
        };
        Login { customer: victim.customer, day, place, agent, device: u16::MAX, truth: victim.truth }
    }

    /// An address in the victim's network that the account has not seen.
    fn beside(self, dice: &mut Dice, world: &World, history: &[Login], victim: Login) -> Place {
        if !dice.chance(facts::TARGETED_SAME_COUNTRY) {
            // The same operator's network in another country.
            let country = world::country(dice);
            return Place { network: victim.place.network, ..world::fixed_line(dice, country) };
        }
        for _ in 0..20 {
            let place = world.same_network(dice, victim.place);
            if history.iter().all(|login| login.place.address != place.address) {
                return place;
            }
        }
        // A small carrier, all of whose addresses the account has seen: one that it has just been given.
        Place { address: victim.place.address ^ 0x4000, ..victim.place }
    }
}

/// A country that is not the victim's.
fn other_country(dice: &mut Dice, victims: u8) -> u8 {
    loop {
        let country = world::country(dice);
        if country != victims {
            return country;
        }
    }
}

/// A hired or hijacked machine in a country: as often in a carrier's network as customers' phones are.
fn anywhere(dice: &mut Dice, world: &World, country: u8) -> Place {
    match dice.pick([0.75, 0.25].into_iter()) {
        0 => world::fixed_line(dice, country),
        _ => {
            let carrier = dice.pick([0.5, 0.3, 0.2].into_iter());
            world.mobile(dice, country.min(14), carrier)
        }
    }
}
