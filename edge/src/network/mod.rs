//! ONE network prefix: which login names were tried from it in the last hour and not logged in to.
//!
//! An object is named by the HMAC of the prefix and knows names by a part of their tags. It locks nobody out: past a number of
//! names it says so, and the accounts ask more. What must never enter: an address, an account.
//!
//! A prefix has one object, hot or not. An isolate that has heard that it is sprayed from asks no more for a minute, neither to
//! count a try nor to take one back, so that the calls it gets are those up to the threshold and then one a minute from each
//! isolate, however many tries there are. Objects by a part of the names' hash would spread those few calls and make worse what is
//! counted: each sees a share of the names, whose sum nobody knows without asking all, and a threshold for each is met early by chance.

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
}

/// How many names were tried from here within the hour and not logged in to, this one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The names.
    pub names: u32,
}

/// Obeys one command in one transaction, and sees to it that nothing outlives its hour.
///
/// # Errors
/// The store's own.
pub fn obey<S: Store>(store: &S, now: Timestamp, command: &Command) -> Result<Reply, StoreFault> {
    store.transaction(|sql| {
        sql.run("CREATE TABLE IF NOT EXISTS tried (name BLOB PRIMARY KEY, at INTEGER NOT NULL)", &[])?;
        forget(sql, now)?;
        let part = |tag: &NameTag| Value::Blob(tag.0.iter().copied().take(8).collect());
        match command {
            Command::Tried(tag) if count(sql)? < NAMES => {
                let values = [part(tag), now.into()];
                sql.run(
                    "INSERT INTO tried (name, at) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET at = ?2",
                    &values,
                )?;
            }
            Command::Tried(_) => {}
            Command::Succeeded(tag) => {
                sql.run("DELETE FROM tried WHERE name = ?1", &[part(tag)])?;
            }
        }
        let names = count(sql)?;
        sql.wake((names > 0).then(|| now + WINDOW))?;
        Ok(Reply { names: u32::try_from(names).unwrap_or(u32::MAX) })
    })
}

/// The alarm: what is past its hour goes.
///
/// # Errors
/// The store's own.
pub fn due<S: Store>(store: &S, now: Timestamp) -> Result<(), StoreFault> {
    store.transaction(|sql| {
        forget(sql, now)?;
        let left = count(sql)? > 0;
        sql.wake(left.then(|| now + WINDOW))
    })
}

fn forget(sql: &dyn Sql, now: Timestamp) -> Result<(), StoreFault> {
    sql.run("DELETE FROM tried WHERE at <= ?1", &[(now - WINDOW).into()]).map(|_| ())
}

fn count(sql: &dyn Sql) -> Result<i64, StoreFault> {
    let rows = sql.run("SELECT COUNT(*) FROM tried", &[])?;
    rows.first().map_or(Ok(0), |row: &Row| row.integer(0))
}

#[cfg(test)]
mod tests;
