//! Devices, and the user agent that each shows at a moment.

use super::draw::Dice;
use super::facts::{self, assumed};
use rand_distr::{Distribution, Exp};

/// A user agent, taken apart. All of it together stands for the whole string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Agent {
    /// The browser's family.
    pub family: u8,
    /// Its version.
    pub version: u16,
    /// The system.
    pub system: u8,
    /// Its version.
    pub system_version: u16,
    /// Mobile 0, desktop 1, tablet 2.
    pub kind: u8,
    /// Whatever else the string says.
    pub other: u16,
}

/// A device.
#[derive(Clone, Copy)]
pub struct Device {
    family: u8,
    system: u8,
    /// Mobile 0, desktop 1, tablet 2.
    pub kind: u8,
    /// Days by which it is behind; endless where it is never brought up to date.
    lag: f64,
    other: u16,
    /// The day on which it is given up.
    pub end: f64,
}

impl Device {
    /// A device bought on `day`.
    pub fn new(dice: &mut Dice, day: f64) -> Self {
        let kind = dice.pick(facts::DEVICES.iter().copied()) as u8;
        Self::of_kind(dice, kind, day)
    }

    /// A device of one kind.
    pub fn of_kind(dice: &mut Dice, kind: u8, day: f64) -> Self {
        let system = match kind {
            1 => 2 + dice.pick(facts::DESKTOP_SYSTEMS.iter().copied()) as u8,
            _ => dice.pick(facts::MOBILE_SYSTEMS.iter().copied()) as u8,
        };
        let family = dice.pick(facts::BROWSERS.iter().copied()) as u8;
        let lag = exponential(dice, assumed::LAG);
        let lag = if dice.chance(assumed::FROZEN) { lag + day + 10_000.0 } else { lag };
        let end = day + exponential(dice, assumed::DEVICE_LIFE);
        Self { family, system, kind, lag, other: dice.below(4) as u16, end }
    }

    /// Something in its string changes that is no version.
    pub fn change(&mut self, dice: &mut Dice) {
        self.other = dice.below(16) as u16;
    }

    /// What it shows on `day`.
    pub fn agent(&self, day: f64) -> Agent {
        // Five hundred days of releases lie before the period, so that no version is below nought.
        let release = |every: f64| ((day + 500.0 - self.lag % 10_000.0).max(0.0) / every) as u16;
        let frozen = self.lag > 9_000.0;
        let (version, system_version) = match frozen {
            true => ((500.0 / assumed::RELEASES[usize::from(self.family)]) as u16, 8),
            false => (release(assumed::RELEASES[usize::from(self.family)]), release(assumed::SYSTEM_RELEASE)),
        };
        let Self { family, system, kind, other, .. } = *self;
        Agent { family, version, system, system_version, kind, other }
    }
}

/// Days until something happens that happens every `mean` days.
pub fn exponential(dice: &mut Dice, mean: f64) -> f64 {
    Exp::new(1.0 / mean).map_or(mean, |exp| exp.sample(dice.rng()))
}
