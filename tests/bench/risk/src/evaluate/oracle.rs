//! The limit: the best that any model could do on these streams, against each attacker by itself.
//!
//! It is the ratio of two likelihoods, of the login under that attacker's own rules and under the customer's, with the generator's
//! true parameters. Of the customer it is told what happened up to the login, and more than any model sees: from where each past
//! login really was made (home, carrier, workplace or none of them), with which of the devices, and the country the customer lives
//! in. What has not happened yet it weighs over everything that may: where home is before the first login from there, whether there
//! is a workplace, how many devices, how far one is behind, whether one has been given up or the line's address renewed since.
//! By the lemma of Neyman and Pearson no other score, with this knowledge or less, asks fewer owners in all where it catches as
//! many of the attempts made beside their logins.
//!
//! One thing is simplified: of two logins on one day the second is taken to be at any hour, not at a later one.

use crate::generator::facts::assumed::{self, Life};
use crate::generator::facts::{self, TARGETED_SAME_COUNTRY};
use crate::generator::facts::{NAIVE_SAME_COUNTRY, TAKEOVER_COUNTRIES, TAKEOVER_DESKTOP, TAKEOVER_FROM_INSIDE};
use crate::generator::{Agent, Attacker, Interval, Law, Login, Place, is_frozen, lags};

/// The most devices that are thought of.
const DEVICES: usize = 12;

/// The logarithm of odds for each attacker.
pub type Odds = [f64; Attacker::ALL.len()];

/// What the oracle knows of a customer.
pub struct Known {
    /// How likely the past is for each hour about which the customer's own may lie.
    centres: [f64; 24],
    /// How likely it is for each number of devices.
    numbers: [f64; DEVICES],
    devices: [Option<Used>; DEVICES],
    home: Option<(Place, f64)>,
    carrier: Option<Place>,
    workplace: Option<Place>,
    /// How likely the past is with a workplace never visited, against without one.
    unvisited: f64,
}

/// A device as it was when it was last used.
#[derive(Clone, Copy)]
struct Used {
    number: u16,
    agent: Agent,
    lag: Interval,
    day: f64,
}

impl Default for Known {
    fn default() -> Self {
        let mut numbers = [0.0; DEVICES];
        let mut share = (-assumed::MORE_DEVICES).exp();
        for (more, number) in numbers.iter_mut().enumerate() {
            *number = share;
            share *= assumed::MORE_DEVICES / (more + 1) as f64;
        }
        let centres = facts::HOURS;
        Self { centres, numbers, devices: [None; DEVICES], home: None, carrier: None, workplace: None, unvisited: 1.0 }
    }
}

impl Known {
    /// The customer has logged in.
    pub fn learn(&mut self, law: &Law, life: Life, login: &Login) {
        let hour = login.day.fract() * 24.0;
        for (centre, likely) in self.centres.iter_mut().enumerate() {
            *likely *= at_own_hour(centre as f64, hour, law);
        }
        scale(&mut self.centres);
        let slot = usize::from(login.truth.slot);
        for (number, likely) in self.numbers.iter_mut().enumerate() {
            *likely *= ranked(slot, number + 1);
        }
        scale(&mut self.numbers);
        if let Some(device) = self.devices.get_mut(slot) {
            let before = device.filter(|used| used.number == login.device).map_or(Interval::ANY, |used| used.lag);
            let lag = if is_frozen(&login.agent) { before } else { before.and(lags(&login.agent, login.day)) };
            *device = Some(Used { number: login.device, agent: login.agent, lag, day: login.day });
        }
        let habits = at(life, login.agent.kind);
        match login.truth.at {
            0 => self.home = Some((login.place, login.day)),
            1 => {
                self.carrier = Some(login.place);
                self.unvisited *= habits[1] / (habits[1] + habits[2]);
            }
            2 => self.workplace = Some(login.place),
            _ => {}
        }
    }

    /// The logarithm of the odds that `login` is the attacker's, after this history, for each attacker.
    pub fn scores(&self, law: &Law, life: Life, history: &[Login], login: &Login) -> Odds {
        let hour = login.day.fract() * 24.0;
        let hours = ln(law.hour(hour)) - ln(self.at_hour(law, hour));
        let owner = ln(self.client(law, history, login)) + ln(self.place(law, life, login));
        Attacker::ALL.map(|attacker| {
            // Some come at the customer's own hour.
            let hours = if matches!(attacker, Attacker::Mimic | Attacker::Phisher) { 0.0 } else { hours };
            ln(of_attacker(law, history, attacker, login)) + hours - owner
        })
    }

    fn at_hour(&self, law: &Law, hour: f64) -> f64 {
        let all: f64 = self.centres.iter().sum();
        let each = self.centres.iter().enumerate();
        each.map(|(centre, likely)| likely / all * at_own_hour(centre as f64, hour, law)).sum()
    }

    /// That the customer shows this agent.
    fn client(&self, law: &Law, history: &[Login], login: &Login) -> f64 {
        let Login { agent, day, .. } = login;
        let first = history.first().map_or(*day, |first| first.day);
        let all: f64 = self.numbers.iter().sum();
        let of_new = law.agent_of_kind(agent, *day);
        let slot = |slot: usize| {
            let numbers = self.numbers.iter().enumerate();
            let used: f64 = numbers.map(|(number, likely)| likely / all * ranked(slot, number + 1)).sum();
            let shows = match &self.devices[slot] {
                Some(device) => {
                    let kept = kept(device.day, *day);
                    let same_kind = if device.agent.kind == agent.kind { of_new } else { 0.0 };
                    kept * still(device, agent, *day) + (1.0 - kept) * same_kind
                }
                None => {
                    let kept = kept(first, *day);
                    let versions = law.agent_of_kind(&Agent { other: 0, ..*agent }, *day) * 4.0;
                    law.kind(agent.kind) * (kept * versions * changed(agent.other < 4, 0.25) + (1.0 - kept) * of_new)
                }
            };
            used * shows
        };
        (0..DEVICES).map(slot).sum()
    }

    /// That the customer, with a device of this kind, is at this place.
    fn place(&self, law: &Law, life: Life, login: &Login) -> f64 {
        let Login { place, day, .. } = *login;
        let country = login.truth.country;
        let [home, carrier, workplace, elsewhere, abroad] = at(life, login.agent.kind);
        let at_carrier = match self.carrier {
            Some(past) if past.network != place.network => 0.0,
            Some(_) => law.same_network(place),
            None => law.any_mobile(country, place),
        };
        let at_work = match self.workplace {
            Some(past) => f64::from(u8::from(past == place)),
            None => {
                let has = assumed::WORKPLACE * self.unvisited;
                let has = has / (has + 1.0 - assumed::WORKPLACE);
                has * law.workplace(country, place) + (1.0 - has) * at_carrier
            }
        };
        home * self.at_home(law, life, country, place, day)
            + carrier * at_carrier
            + workplace * at_work
            + elsewhere * law.fixed_line(country, place)
            + abroad * law.country(place.country) * law.fixed_line(place.country, place)
    }

    fn at_home(&self, law: &Law, life: Life, country: u8, place: Place, day: f64) -> f64 {
        let Some((home, last)) = self.home else { return law.fixed_line(country, place) };
        let renewals = (day - last).max(0.0) / life.address_life;
        let (never, in_prefix) = ((-renewals).exp(), (-renewals * (1.0 - assumed::SAME_PREFIX)).exp());
        let mut likely = 0.0;
        if home == place {
            likely += never;
        }
        if home.address >> 8 == place.address >> 8 && (home.network, home.city) == (place.network, place.city) {
            likely += (in_prefix - never) / 256.0;
        }
        if home.city == place.city {
            likely += (1.0 - in_prefix) * law.line_in_its_city(home.country, home.network, place);
        }
        likely
    }
}

/// That a device shows this agent on `day`, if it is still in use.
fn still(device: &Used, agent: &Agent, day: f64) -> f64 {
    let known = &device.agent;
    if (known.family, known.system, known.kind) != (agent.family, agent.system, agent.kind) {
        return 0.0;
    }
    let versions = match (is_frozen(known), is_frozen(agent)) {
        (true, true) => 1.0,
        (false, false) => device.lag.and(lags(agent, day)).mass() / device.lag.mass().max(1e-300),
        _ => 0.0,
    };
    versions * changed(known.other == agent.other, 1.0)
}

/// That a device says so beside its versions, which it does with `share` unless it has just changed.
fn changed(may: bool, share: f64) -> f64 {
    let unchanged = if may { (1.0 - assumed::OTHER_CHANGE) * share } else { 0.0 };
    unchanged + assumed::OTHER_CHANGE / 16.0
}

/// That a device lasts from one day to the other.
fn kept(from: f64, to: f64) -> f64 {
    (-(to - from).max(0.0) / assumed::DEVICE_LIFE).exp()
}

/// That of so many devices this is used.
fn ranked(slot: usize, number: usize) -> f64 {
    let all: f64 = (1..=number).map(|rank| 1.0 / rank as f64).sum();
    if slot < number { 1.0 / (slot + 1) as f64 / all } else { 0.0 }
}

/// The density, by the hour, of a login about this hour.
fn at_own_hour(centre: f64, hour: f64, law: &Law) -> f64 {
    let width = assumed::OWN_WIDTH;
    let bell = |away: f64| (-away * away / (2.0 * width * width)).exp() / (width * std::f64::consts::TAU.sqrt());
    let own: f64 = [-24.0, 0.0, 24.0].iter().map(|days| bell(hour - centre + days)).sum();
    assumed::OWN_HOURS * own + (1.0 - assumed::OWN_HOURS) * law.hour(hour)
}

/// The same for one of whom nobody knows which of the first four it is.
pub fn any(odds: &Odds) -> f64 {
    odds.iter().take(4).map(|odds| odds.exp() / 4.0).sum::<f64>().max(1e-200).ln()
}

fn at(life: Life, kind: u8) -> [f64; 5] {
    if kind == 1 { life.desktop_at } else { life.phone_at }
}

/// That the attacker shows place and agent of `login`, on an account with this history.
fn of_attacker(law: &Law, history: &[Login], attacker: Attacker, login: &Login) -> f64 {
    let Login { place, agent, day, .. } = login;
    let mean = |of: &dyn Fn(&Login) -> f64| history.iter().map(of).sum::<f64>() / history.len() as f64;
    let same = |past: &Login| f64::from(u8::from(past.agent == *agent));
    match attacker {
        Attacker::Naive => {
            law.kind(agent.kind)
                * law.agent_of_kind(agent, *day)
                * mean(&|past| {
                    let there = anywhere(law, place.country, *place);
                    match past.place.country == place.country {
                        true => NAIVE_SAME_COUNTRY * there,
                        false => {
                            let others = 1.0 - law.country(past.place.country);
                            (1.0 - NAIVE_SAME_COUNTRY) * law.country(place.country) / others * there
                        }
                    }
                })
        }
        Attacker::Vpn => {
            let there = mean(&|past| anywhere(law, past.place.country, *place));
            law.kind(agent.kind) * law.agent_of_kind(agent, *day) * there
        }
        Attacker::Targeted => {
            let beside = beside(law, history, *place);
            mean(&|past| same(past) * beside(past))
        }
        Attacker::Phisher => {
            let beside = beside(law, history, *place);
            history.last().map_or(0.0, |past| same(past) * beside(past))
        }
        Attacker::VeryTargeted => {
            let inside = mean(&|past| same(past) * f64::from(u8::from(past.place == *place)));
            let kind = if agent.kind == 1 { TAKEOVER_DESKTOP } else { 1.0 - TAKEOVER_DESKTOP };
            let kind = if agent.kind == 2 { 0.0 } else { kind };
            let from = TAKEOVER_COUNTRIES.iter().enumerate().map(|(country, weight)| {
                let there = match country {
                    1 => anywhere(law, 0, *place),
                    _ => law.hosting(100 + country as u8, *place),
                };
                weight / TAKEOVER_COUNTRIES.iter().sum::<f64>() * there
            });
            let outside = from.sum::<f64>() * kind * law.agent_of_kind(agent, *day);
            TAKEOVER_FROM_INSIDE * inside + (1.0 - TAKEOVER_FROM_INSIDE) * outside
        }
        Attacker::Mimic => mean(&|past| same(past) * f64::from(u8::from(past.place == *place))),
    }
}

fn anywhere(law: &Law, country: u8, place: Place) -> f64 {
    0.75 * law.fixed_line(country, place) + 0.25 * law.any_mobile(country.min(14), place)
}

/// That one who copies a past login's network is at `place`, of which the account has not seen the address.
fn beside<'a>(law: &'a Law, history: &'a [Login], place: Place) -> impl Fn(&Login) -> f64 + 'a {
    let network = |of: Place| (of.network, of.country);
    let mut seen: Vec<Place> = history.iter().map(|past| past.place).collect();
    seen.sort_by_key(|past| past.address);
    seen.dedup_by_key(|past| past.address);
    let is_new = seen.iter().all(|past| past.address != place.address);
    let of_seen: f64 =
        seen.iter().filter(|past| network(**past) == network(place)).map(|past| law.same_network(*past)).sum();
    // Twenty times another address is drawn, until one is new.
    let none = of_seen.powi(20);
    let drawn = match is_new && of_seen < 1.0 - 1e-9 {
        true => law.same_network(place) * (1.0 - none) / (1.0 - of_seen),
        false => 0.0,
    };
    let operator = law.same_operator(place);
    move |past| {
        let mut at_home = 0.0;
        if network(past.place) == network(place) {
            at_home += drawn;
        }
        if (Place { address: past.place.address ^ 0x4000, ..past.place }) == place {
            at_home += none;
        }
        let abroad = if past.place.network == place.network { operator } else { 0.0 };
        TARGETED_SAME_COUNTRY * at_home + (1.0 - TARGETED_SAME_COUNTRY) * abroad
    }
}

fn scale<const N: usize>(likely: &mut [f64; N]) {
    let all: f64 = likely.iter().sum();
    likely.iter_mut().for_each(|one| *one /= all);
}

fn ln(value: f64) -> f64 {
    value.max(1e-200).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{SETTLED, Truth, World};

    const HOME: Place = Place { address: 1 << 31 | 5, network: 0, country: 0, city: 0 };

    fn login(address: u32, day: f64) -> Login {
        let agent = Agent { family: 0, version: 11, system: 0, system_version: 8, kind: 0, other: 1 };
        let place = Place { address: 1 << 31 | address, ..HOME };
        Login { customer: 0, day, place, agent, device: 0, truth: Truth { at: 0, slot: 0, country: 0 } }
    }

    /// By hand. One login from home, 250 days ago, the mean life of an address: it is still the same with e⁻¹, another of the
    /// same 256 with (e^-½ − e⁻¹)/256, and of the city's 256 neighbourhoods of 256 lines with 1 − e^-½ each as likely.
    #[test]
    fn a_line_is_renewed_within_its_neighbourhood_or_its_city() {
        let law = Law::new(&World::new(1, 1_000));
        let mut known = Known::default();
        known.learn(&law, SETTLED, &login(5, 0.5));
        let at = |address| known.at_home(&law, SETTLED, 0, login(address, 0.5).place, 250.5);
        let anywhere = (1.0 - (-0.5_f64).exp()) / 65_536.0;
        let beside = ((-0.5_f64).exp() - (-1.0_f64).exp()) / 256.0;
        for (address, likely) in [(5, (-1.0_f64).exp() + beside + anywhere), (6, beside + anywhere), (0x105, anywhere)]
        {
            assert!((at(address) / likely - 1.0).abs() < 1e-9, "{address}: {} {likely}", at(address));
        }
    }

    /// By hand. A device that is never brought up to date, seen a moment ago, shows the same with .98 + .02/16.
    #[test]
    fn a_device_shows_what_it_showed_but_for_a_change() {
        let mut other = login(5, 0.5).agent;
        let device = Used { number: 0, agent: other, lag: Interval::ANY, day: 0.5 };
        assert!((still(&device, &other, 0.5) - 0.98125).abs() < 1e-12);
        other.other = 9;
        assert!((still(&device, &other, 0.5) - 0.00125).abs() < 1e-12);
        other.family = 1;
        assert_eq!(still(&device, &other, 0.5), 0.0);
    }
}
