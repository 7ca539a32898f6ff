//! One customer's logins over the whole period.

use super::client::{Agent, Device, exponential};
use super::draw::Dice;
use super::facts;
use super::facts::assumed::{self, Life};
use super::world::{self, Place, World};
use rand_distr::{Distribution, Normal, Poisson};

/// A successful login of the customer.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// Whose.
    pub customer: u32,
    /// The day of the period, with its part of the day.
    pub day: f64,
    /// Where from.
    pub place: Place,
    /// With what.
    pub agent: Agent,
    /// Which of the customer's devices, counted over all that they ever had.
    pub device: u16,
    /// What no model sees, and the oracle is told of past logins.
    pub truth: Truth,
}

/// Where a login really came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Home, carrier, workplace, elsewhere in the country, abroad, in the order of [`Life`].
    pub at: u8,
    /// The device's place among those in use, from the one used most.
    pub slot: u8,
    /// The country that the customer lives in.
    pub country: u8,
}

/// How many logins a customer has in the period, of those who have any.
fn number(dice: &mut Dice) -> u32 {
    let share = dice.unit();
    let Some(after) = facts::LOGINS.iter().position(|(tail, _)| share >= *tail) else { return 5_972 };
    if after == 0 {
        return 1;
    }
    let ((upper, few), (lower, many)) = (facts::LOGINS[after - 1], facts::LOGINS[after]);
    let part = (upper.ln() - share.ln()) / (upper.ln() - lower.ln());
    (few.ln() + part * (many.ln() - few.ln())).exp().round() as u32
}

/// The moments of the logins, in order.
fn days(dice: &mut Dice, number: u32) -> Vec<f64> {
    // Customers come and go: somebody's time here is a stretch of the period, the whole of it for those who log in often.
    let stretch = facts::DAYS * if number > 30 { 0.5 + 0.5 * dice.unit() } else { dice.unit().max(0.05) };
    let first = dice.unit() * (facts::DAYS - stretch);
    let centre = dice.pick(facts::HOURS.iter().copied()) as f64;
    let own = Normal::new(centre, assumed::OWN_WIDTH).ok();
    let mut days: Vec<f64> = (0..number)
        .map(|_| {
            let day = loop {
                let day = (first + dice.unit() * stretch).floor();
                // The period began on a Monday.
                if dice.chance(facts::WEEKDAYS[day as usize % 7] / facts::WEEKDAYS[1]) {
                    break day;
                }
            };
            let hour = match own.filter(|_| dice.chance(assumed::OWN_HOURS)) {
                Some(own) => own.sample(dice.rng()).rem_euclid(24.0),
                None => dice.pick(facts::HOURS.iter().copied()) as f64 + dice.unit(),
            };
            day + hour / 24.0
        })
        .collect();
    days.sort_by(f64::total_cmp);
    days
}

/// Everything that `customer` does.
pub fn logins(world: &World, life: Life, seed: u64, customer: u32) -> Vec<Login> {
    let dice = &mut Dice::new(seed, u64::from(customer));
    let days = {
        let number = number(dice);
        days(dice, number)
    };
    let first = days.first().copied().unwrap_or_default();
    let country = world::country(dice);
    let mut home = world::fixed_line(dice, country);
    let mut home_until = first + exponential(dice, life.address_life);
    let carrier = dice.pick(assumed::CARRIERS.iter().copied());
    let workplace = dice.chance(assumed::WORKPLACE).then(|| world.workplace(dice, country));
    let more = Poisson::new(assumed::MORE_DEVICES).map_or(0.0, |more| more.sample(dice.rng())) as u16;
    let mut devices: Vec<(u16, Device)> = (0..=more).map(|at| (at, Device::new(dice, first))).collect();
    let mut bought = more;
    days.into_iter()
        .map(|day| {
            while home_until < day {
                home = world::renewed(dice, home);
                home_until += exponential(dice, life.address_life);
            }
            // The first device is the one used most.
            let at = dice.ranked(devices.len() as u32) as usize;
            let (number, device) = &mut devices[at];
            if device.end < day {
                bought += 1;
                (*number, *device) = (bought, Device::of_kind(dice, device.kind, day));
            } else if dice.chance(assumed::OTHER_CHANGE) {
                device.change(dice);
            }
            let (number, device, slot) = (*number, *device, at as u8);
            let habits = if device.kind == 1 { life.desktop_at } else { life.phone_at };
            let (at, place) = match (dice.pick(habits.iter().copied()), workplace) {
                (0, _) => (0, home),
                (2, Some(workplace)) => (2, workplace),
                (1 | 2, _) => (1, world.mobile(dice, country, carrier)),
                (3, _) => (3, world::fixed_line(dice, country)),
                _ => {
                    let abroad = world::country(dice);
                    (4, world::fixed_line(dice, abroad))
                }
            };
            Login { customer, day, place, agent: device.agent(day), device: number, truth: Truth { at, slot, country } }
        })
        .collect()
}
