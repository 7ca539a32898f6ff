//! What is known of one login when it is judged: whole numbers only, so that the same judgement can be made again from
//! the record, bit for bit, on any machine.

use super::features::{Feature, Features, PerFeature};
use super::habits::{Habits, Memory, ONE, faded};
use super::signs::Signs;
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of customers in general: how common a value is among those that share what it is part of.
pub trait Population {
    /// The share of `value` in millionths, among logins with the value `under` of the coarser feature.
    fn share(&self, feature: Feature, value: u64, under: u64) -> u32;
    /// The share of an hour of the day, in millionths.
    fn hour(&self, hour: u8) -> u32;
    /// Which version of the counts it is; 0 where nobody has been counted.
    fn version(&self) -> u32 {
        0
    }
}

/// How a login stands to the devices that the account knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// It brought the cookie of one of them.
    Known,
    /// It did not.
    #[default]
    Unknown,
}

/// The numbers. In a record those that are nought are left out: it is kept for each login, and most of most logins are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// What the account's logins weigh; [`ONE`] is a login of this moment.
    #[serde(skip_serializing_if = "is_nought")]
    pub logins: u32,
    /// What those weigh that showed the same value.
    #[serde(skip_serializing_if = "is_nought")]
    pub weight: PerFeature<u32>,
    /// What those weigh that showed what the value is part of; all of them where it is part of nothing.
    #[serde(skip_serializing_if = "is_nought")]
    pub within: PerFeature<u32>,
    /// What those of `within` weigh that brought a new value.
    #[serde(skip_serializing_if = "is_nought")]
    pub fresh: PerFeature<u32>,
    /// How many hours ago what the address is part of was last seen.
    #[serde(skip_serializing_if = "is_nought")]
    pub away: u32,
    /// How many networks of the country are known.
    #[serde(skip_serializing_if = "is_nought")]
    pub networks: u32,
    /// What those weigh that showed the same network and the same agent together.
    #[serde(skip_serializing_if = "is_nought")]
    pub pair: u32,
    /// Whether its versions are not older than the last that the same browser on the same system showed.
    #[serde(skip_serializing_if = "is_nought")]
    pub newer: bool,
    /// How many hours ago the same browser on the same system was last seen, in whatever version.
    #[serde(skip_serializing_if = "is_nought")]
    pub idle: u32,
    /// How common the value is, in millionths of those that share what it is part of; 0 where it was not shown.
    #[serde(skip_serializing_if = "is_nought")]
    pub share: PerFeature<u32>,
    /// Whether another version of the same browser on the same system has been seen since this one was.
    #[serde(skip_serializing_if = "is_nought")]
    pub superseded: bool,
    /// What the account's logins about this hour of the day weigh.
    #[serde(skip_serializing_if = "is_nought")]
    pub hour: u32,
    /// How common the hour is, in millionths.
    #[serde(skip_serializing_if = "is_nought")]
    pub hour_share: u32,
    /// How the login stands to the known devices.
    pub device: Device,
    /// What the logins weigh that came from one.
    #[serde(skip_serializing_if = "is_nought")]
    pub known: u32,
    /// Whether the account has ever known one.
    #[serde(skip_serializing_if = "is_nought")]
    pub devices: bool,
    /// Whether passwords are being sprayed from where it came.
    #[serde(skip_serializing_if = "is_nought")]
    pub sprayed: bool,
    /// Whether it came by a channel by which the account was never logged in to.
    #[serde(skip_serializing_if = "is_nought")]
    pub new_channel: bool,
    /// Whether it shows no address, where the owner's logins show one.
    #[serde(skip_serializing_if = "is_nought")]
    pub hidden: bool,
    /// By which version of the counts the shares are; 0: by general experience.
    #[serde(skip_serializing_if = "is_nought")]
    pub population: u32,
    /// What in the login does not fit together.
    #[serde(skip_serializing_if = "is_nought")]
    pub signs: Signs,
    /// How far it is from the last login, in kilometres, at the least.
    #[serde(skip_serializing_if = "is_nought")]
    pub kilometres: u32,
    /// How long ago that was, in minutes.
    #[serde(skip_serializing_if = "is_nought")]
    pub minutes: u32,
    /// How many accounts have been logged in to from its device.
    #[serde(skip_serializing_if = "is_nought")]
    pub accounts: u8,
    /// How many wrong passwords came before the right one.
    #[serde(skip_serializing_if = "is_nought")]
    pub failures: u32,
    /// Whether a code can be sent to where the owner has confirmed.
    #[serde(skip_serializing_if = "is_nought")]
    pub has_code: bool,
    /// Whether the account has a passkey that has proved itself.
    #[serde(skip_serializing_if = "is_nought")]
    pub has_passkey: bool,
    /// Whether it was proved by a passkey.
    #[serde(skip_serializing_if = "is_nought")]
    pub by_passkey: bool,
    /// Whether a rule turns it down: its passkey may have been copied, and the site takes none that may.
    #[serde(skip_serializing_if = "is_nought")]
    pub refused: bool,
}

/// What a record leaves out.
pub(super) fn is_nought<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

impl Evidence {
    /// Gathers it for a login that shows `features` at `now`.
    pub fn gather(habits: &Habits, features: &Features, population: &impl Population, now: Timestamp) -> Self {
        let left = habits.left(now);
        let of = |feature: Feature| habits.of(feature);
        let weight = |feature: Feature| {
            let seen = of(feature).and_then(|memory| memory.find(features.values.of(feature)));
            seen.map_or(0, |seen| faded(seen.weight, left))
        };
        let share = |feature: Feature| match features.values.of(feature) {
            0 => 0,
            value => {
                let under = feature.coarser().map_or(0, |coarser| features.values.of(coarser));
                population.share(feature, value, under).clamp(1, 1_000_000)
            }
        };
        let device = match features.device.and_then(|device| habits.devices.find(device)) {
            Some(_) => Device::Known,
            None => Device::Unknown,
        };
        let journey = features.spot.zip(habits.last).map(|(here, (there, at))| {
            let minutes = u32::try_from((now - at).as_secs() / 60).unwrap_or(u32::MAX);
            (here.kilometres(there), minutes)
        });
        let (kilometres, minutes) = journey.unwrap_or_default();
        let hours = |last: Timestamp| u32::try_from((now - last).as_secs() / 3_600).unwrap_or(u32::MAX);
        let whole = |feature: Feature| {
            let coarser = features.shown_coarser(feature)?;
            Some(of(coarser).and_then(|memory| memory.find(features.values.of(coarser))))
        };
        let within = |feature: Feature| match whole(feature) {
            Some(seen) => seen.map_or(0, |seen| seen.weight),
            None => habits.logins,
        };
        let fresh = |feature: Feature| match whole(feature) {
            Some(seen) => seen.map_or(0, |seen| seen.fresh),
            None => of(feature).map_or(0, |memory| memory.fresh),
        };
        let parts = |feature: Feature, whole: Feature| {
            let under = features.values.of(whole);
            of(feature).into_iter().flat_map(|memory| &memory.seen).filter(move |seen| seen.under == under)
        };
        let latest = parts(Feature::Agent, Feature::Stem).max_by_key(|seen| seen.last);
        let strange = features.greeting.is_some_and(|greeting| habits.greetings.is_new_under(greeting));
        let stem = of(Feature::Stem).and_then(|stems| stems.find(features.values.of(Feature::Stem)));
        let idle = stem.map_or(0, |seen| hours(seen.last));
        Self {
            logins: faded(habits.logins, left),
            weight: PerFeature::new(weight),
            within: PerFeature::new(|feature| faded(within(feature), left)),
            fresh: PerFeature::new(|feature| faded(fresh(feature), left)),
            away: whole(Feature::Address).flatten().map_or(0, |seen| hours(seen.last)),
            networks: u32::try_from(parts(Feature::Network, Feature::Country).count()).unwrap_or_default(),
            pair: habits.pairs.find(features.pair()).map_or(0, |seen| faded(seen.weight, left)),
            newer: latest.is_some_and(|seen| features.is_not_older(seen.versions)),
            idle,
            share: PerFeature::new(share),
            superseded: of(Feature::Agent).is_some_and(|agents| is_superseded(agents, features)),
            hour: faded(around(&habits.hours, features.hour), left),
            hour_share: population.hour(features.hour).max(1),
            device,
            known: faded(habits.known, left),
            devices: !habits.devices.seen.is_empty(),
            sprayed: features.sprayed,
            new_channel: false,
            hidden: features.values.of(Feature::Address) == 0
                && of(Feature::Address).is_some_and(|memory| !memory.seen.is_empty()),
            population: population.version(),
            signs: if strange { features.signs.with(Signs::GREETING) } else { features.signs },
            kilometres,
            minutes,
            accounts: features.accounts,
            failures: 0,
            has_code: false,
            has_passkey: false,
            by_passkey: false,
            refused: false,
        }
    }

    /// Whether the account has no login to compare with.
    pub const fn is_first(&self) -> bool {
        self.logins < ONE / 100
    }
}

fn is_superseded(agents: &Memory, features: &Features) -> bool {
    let stem = features.values.of(Feature::Stem);
    let last = agents.find(features.values.of(Feature::Agent)).map(|seen| seen.last);
    last.is_some_and(|last| agents.seen.iter().any(|other| other.under == stem && other.last > last))
}

/// The weight of an hour with its neighbours: half of it, a fifth each of the next, a twentieth of those beyond.
fn around(hours: &[u32], hour: u8) -> u32 {
    let at = |distance: i32| {
        let place = usize::try_from((i32::from(hour) + distance).rem_euclid(24)).unwrap_or_default();
        hours.get(place).copied().map_or(0, u64::from)
    };
    let sum = (at(0) * 10 + (at(-1) + at(1)) * 4 + at(-2) + at(2)) / 20;
    u32::try_from(sum).unwrap_or(u32::MAX)
}
