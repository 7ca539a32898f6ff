//! What customers in general show when they log in: how common a network, a browser, an hour is. Counted in 64 shards, added up
//! by one more, published to every edge.
//!
//! Only completed logins are counted, each account's once a day, under a key of the house: so a shard knows no address and no
//! account, and whoever would make a value look common has to log in to as many accounts, day after day. A shard hands its
//! counts to the sum by its alarm, and the sum publishes by its own: nobody has to be told to, on whatever platform. Beside the
//! counts each shard keeps a window of judgements, to see what another threshold would have done. What must never enter:
//! a try that failed, an account, an address.

mod board;
mod shard;
mod snapshot;
mod window;
mod wire;

pub use board::Board;
pub(crate) use board::{sealed, unsealed};
pub use snapshot::{FEWEST, LISTED, LONGEST, Snapshot};
pub use window::Replayed;
pub use wire::{numbers_of, text_of};

use crate::House;
use crate::host::{Outside, Store, StoreFault, Unreached};
use crate::risk::{Feature, Features, PerFeature};
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};

/// The features and, behind them, the hour.
pub(crate) const FEATURES: usize = Feature::ALL.len() + 1;
/// The place of the hour among them.
const HOUR: usize = Feature::ALL.len();
/// As many shards count; the sum is the one after them.
const SHARDS: u8 = 64;
/// As many of them keep judgements.
const WINDOWS: u8 = 16;
/// Under which name the counts are published.
pub const POPULATION: &str = "population";

/// One of the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shard(u8);

impl Shard {
    /// The one that adds up.
    pub const SUM: Self = Self(SHARDS);

    /// The one that counts what this login shows: by its network, so that what is part of a network is counted in one place.
    pub fn of(values: &PerFeature<u64>) -> Self {
        Self((values.of(Feature::Network) % u64::from(SHARDS)) as u8)
    }

    /// The one that keeps a judgement made at this moment.
    pub fn at(now: Timestamp) -> Self {
        Self((now.as_millis() % u64::from(WINDOWS)) as u8)
    }

    /// Those that keep judgements.
    pub fn windows() -> impl Iterator<Item = Self> {
        (0..WINDOWS).map(Self)
    }

    /// The object's name.
    pub fn name(self) -> String {
        self.0.to_string()
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().filter(|number| *number <= SHARDS).map(Self)
    }
}

/// A completed login, as numbers under the house's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What it showed.
    pub values: PerFeature<u64>,
    /// The hour of the day in Japan.
    pub hour: u8,
    /// Which of the values the account has shown for the first time.
    pub fresh: PerFeature<bool>,
}

impl Counted {
    /// A login that shows `features`.
    pub const fn of(features: &Features, fresh: PerFeature<bool>) -> Self {
        Self { values: features.values, hour: features.hour, fresh }
    }
}

/// A value and what was counted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The feature's place among [`Feature::ALL`], or behind them that of the hour.
    pub feature: usize,
    /// The value.
    pub value: u64,
    /// Tenths of logins.
    pub tenths: u32,
}

/// What a shard, or the sum, can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A login is complete.
    Count(Counted),
    /// To the sum: a shard's counts as they are now.
    Add {
        /// Whose.
        shard: u8,
        /// The lists, as JSON.
        lists: [String; 2],
    },
    /// A login by password, by this channel, was judged so.
    Keep {
        /// The channel's name.
        channel: String,
        /// The judgement, as [`crate::risk::Judgement::numbers`].
        judgement: Vec<i64>,
    },
    /// What other thresholds would have done to what is kept.
    Replay {
        /// Of the channel of this name alone; of all where it is empty.
        channel: String,
        /// The thresholds.
        thresholds: Vec<i64>,
        /// The references of judgements whose login staff say was an attacker's.
        attacks: Vec<i64>,
    },
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The object's own store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// Something outside.
    #[error(transparent)]
    Outside(#[from] Unreached),
    /// What was sent is no command: a fault of ours.
    #[error("no command")]
    Unread,
}

/// Obeys one command, packed as it travels, and answers a packed reply.
///
/// # Errors
/// The store's own.
pub fn obey<S: Store>(house: &House, store: &S, now: Timestamp, command: &str) -> Result<String, Fault> {
    let command = &Command::read(command).ok_or(Fault::Unread)?;
    let soon = now + house.config().risk.counts;
    store.transaction(|sql| {
        shard::tables(sql)?;
        match command {
            Command::Count(counted) => shard::count(sql, counted, now, soon)?,
            Command::Add { shard, lists: [tallies, totals] } => shard::add(sql, *shard, [tallies, totals], soon)?,
            Command::Keep { channel, judgement } => window::keep(sql, now, channel, judgement)?,
            Command::Replay { channel, thresholds, attacks } => {
                return Ok(window::replay(sql, channel, thresholds, attacks)?.pack());
            }
        }
        Ok(String::new())
    })
}

/// The alarm. A shard: what is too old goes, the rest is handed to the sum. The sum: what it was handed is published. It is
/// called again where it fails.
///
/// # Errors
/// The store's own, or where nobody takes it.
pub async fn due<S: Store, O: Outside>(
    house: &House,
    store: &S,
    outside: &O,
    now: Timestamp,
    shard: Shard,
) -> Result<(), Fault> {
    if shard == Shard::SUM {
        let sum = store.transaction(|sql| shard::sum(sql, FEWEST))?;
        let snapshot = Snapshot::new(sum.version, &sum.totals, &sum.listed);
        let sealed = board::sealed(&house.keys, POPULATION, snapshot.bytes());
        return Ok(outside.publish(POPULATION, &sealed).await?);
    }
    let lists = store.transaction(|sql| shard::part(sql, now))?;
    Ok(outside.crowd(Shard::SUM, Command::Add { shard: shard.0, lists }.pack()).await.map(drop)?)
}

#[cfg(test)]
mod tests;
