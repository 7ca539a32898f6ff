//! ONE network prefix: which login names were tried from it in the last hour and not logged in to, and how often.
//!
//! An object is named by the HMAC of the prefix and knows names by a part of their tags. It locks nobody out: past a number of
//! names or of tries it says so, and the accounts ask more. What must never enter: an address, an account.
//!
//! An isolate that has heard that passwords are sprayed from a prefix asks no more for a minute, so a spray makes no object hot. What
//! does is a carrier's neighbourhood when the market opens, whose logins are each counted and taken back. Such a prefix is
//! divided, see `parts`.

pub(crate) mod parts;

use crate::host::{Row, Sql, Store, StoreFault, Value};
use crate::name::NameTag;
use crate::wire;
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a try counts.
pub const WINDOW: Duration = Duration::from_secs(3_600);
/// The most names that are remembered: far more than any threshold needs.
const NAMES: i64 = 4_096;
/// How many tries of one name count: by then it is held, and who goes on is somebody's broken program.
const TRIES: i64 = 10;
/// So many questions to one object within [`PACE`], 50 a second, make it hot. One answers 1,000 a second by the platform's word, and
/// 1,700 to 2,300 as measured on workerd with two cores; a peak is several times its ten seconds' mean.
pub const HOT: u32 = 500;
/// Over how long an object's host counts how often it was asked.
pub const PACE: Duration = Duration::from_secs(10);
/// For how long a prefix is hot at the least; half of that before the end it is hot for as long again, where it is asked hard still.
const HEAT: Duration = Duration::from_secs(60);

/// The HMAC-SHA256 of a network prefix: the object's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrefixTag(pub [u8; 32]);
wire::as_hex!(PrefixTag, 32);

/// What a prefix can be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A password is tried under this name.
    Tried(NameTag),
    /// Its login is complete, or it was right on a device of the owner's: the name counts no more.
    Succeeded(NameTag),
    /// So many names and so many tries of them lie with the prefix's other parts: enough for a spray, and to be remembered when it is
    /// one object again.
    Elsewhere(u32, u32),
}

/// What was tried from here within the hour and not logged in to, the try at hand included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The names.
    pub names: u32,
    /// The tries of them, of each ten at the most.
    #[serde(default)]
    pub tries: u32,
    /// Whether the object is asked so often that it is to be divided.
    #[serde(default)]
    pub hot: bool,
}

/// Obeys one command in one transaction, and sees to it that nothing outlives its hour. `asked` is how often the object was asked
/// since its host began to count, at most [`PACE`] ago, this time included.
///
/// # Errors
/// The store's own.
pub fn obey<S: Store>(store: &S, now: Timestamp, asked: u32, command: &Command) -> Result<Reply, StoreFault> {
    store.transaction(|sql| {
        forget(sql, now)?;
        let part = |tag: &NameTag| Value::Blob(tag.0.iter().copied().take(8).collect());
        match command {
            Command::Tried(tag) if count(sql)?.0 < NAMES => {
                let values = [part(tag), now.into(), TRIES.into()];
                sql.run(
                    "INSERT INTO counted (name, at, times) VALUES (?1, ?2, 1)
                     ON CONFLICT (name) DO UPDATE SET at = ?2, times = MIN(times + 1, ?3)",
                    &values,
                )?;
            }
            Command::Tried(_) => {}
            Command::Succeeded(tag) => {
                sql.run("DELETE FROM counted WHERE name = ?1", &[part(tag)])?;
            }
            Command::Elsewhere(names, times) => {
                keep(sql, 1, [i64::from(*names), i64::from(*times)], now + WINDOW)?;
            }
        }
        let hot = is_hot(sql, now, asked)?;
        let (names, tries) = count(sql)?;
        sql.wake((names > 0).then(|| now + WINDOW))?;
        let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Reply { names: number(names), tries: number(tries), hot })
    })
}

/// Whether the prefix is hot. One that is divided is asked an eighth of what it would be, so that half of that keeps it so.
fn is_hot(sql: &dyn Sql, now: Timestamp, asked: u32) -> Result<bool, StoreFault> {
    let rows = sql.run("SELECT until FROM whole WHERE what = 0", &[])?;
    let until = rows.first().map(|row: &Row| row.moment(0)).transpose()?;
    let hard = asked >= if until.is_some() { HOT / 16 } else { HOT };
    if hard && until.is_none_or(|until| until < now + HEAT / 2) {
        keep(sql, 0, [0, 0], now + HEAT)?;
    }
    Ok(hard || until.is_some())
}

/// The alarm: what is past its hour goes.
///
/// # Errors
/// The store's own.
pub fn due<S: Store>(store: &S, now: Timestamp) -> Result<(), StoreFault> {
    store.transaction(|sql| {
        forget(sql, now)?;
        let left = count(sql)?.0 > 0;
        sql.wake(left.then(|| now + WINDOW))
    })
}

/// Keeps the most and the latest: who tells less has heard less.
fn keep(sql: &dyn Sql, what: i64, [names, times]: [i64; 2], until: Timestamp) -> Result<(), StoreFault> {
    let values = [what.into(), names.into(), times.into(), until.into()];
    sql.run(
        "INSERT INTO whole (what, names, times, until) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (what) DO UPDATE
         SET names = MAX(names, ?2), times = MAX(times, ?3), until = MAX(until, ?4)",
        &values,
    )
    .map(|_| ())
}

/// Sees to the tables, and lets go of what is past its time. A build before counted names alone, in a table that lacks their tries.
fn forget(sql: &dyn Sql, now: Timestamp) -> Result<(), StoreFault> {
    let tables = [
        "DROP TABLE IF EXISTS tried",
        "CREATE TABLE IF NOT EXISTS counted (name BLOB PRIMARY KEY, at INTEGER NOT NULL, times INTEGER NOT NULL)",
        // What is known of the prefix as a whole: 0, until when it is hot; 1, what lies with its other parts.
        "CREATE TABLE IF NOT EXISTS whole (what INTEGER PRIMARY KEY, names INTEGER, times INTEGER, until INTEGER NOT NULL)",
    ];
    for table in tables {
        sql.run(table, &[])?;
    }
    sql.run("DELETE FROM counted WHERE at <= ?1", &[(now - WINDOW).into()])?;
    sql.run("DELETE FROM whole WHERE until <= ?1", &[now.into()]).map(|_| ())
}

/// The names and the tries of them, those with other parts included.
fn count(sql: &dyn Sql) -> Result<(i64, i64), StoreFault> {
    let rows = sql.run(
        "SELECT SUM(names), SUM(times) FROM (SELECT COUNT(*) AS names, COALESCE(SUM(times), 0) AS times FROM counted
         UNION ALL SELECT names, times FROM whole)",
        &[],
    )?;
    rows.first().map_or(Ok((0, 0)), |row: &Row| Ok((row.integer(0)?, row.integer(1)?)))
}

#[cfg(test)]
mod tests;
