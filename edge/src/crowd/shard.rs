//! One shard's counts, and what the sum was handed by each.
//!
//! What is handed over is put together, and added up, by SQL: JSON lists of `[feature, value, tenths of logins, accounts]`, and of
//! `[feature, tenths of logins, values]` over all that the shard has.

use super::{Counted, FEATURES, HOUR, LISTED, Tally};
use crate::host::{Sql, StoreFault, Value};
use crate::risk::{Feature, ONE, faded, left};
use sekisho_rules::Timestamp;
use std::time::Duration;

/// What nobody has shown for six months is forgotten.
const KEPT: Duration = Duration::from_secs(183 * 86_400);
/// The most values that a shard remembers; past it the rarest go.
const MOST: i64 = 65_536;
/// The most values that it hands over.
const HANDED: i64 = 4_096;

pub(super) fn tables(sql: &dyn Sql) -> Result<(), StoreFault> {
    for statement in [
        // weight: thousandths of logins as of `at`, fading. accounts: how many have shown it for the first time.
        "CREATE TABLE IF NOT EXISTS value (feature INTEGER NOT NULL, value INTEGER NOT NULL, weight INTEGER NOT NULL, \
         accounts INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (feature, value))",
        // Whether the alarm is set.
        "CREATE TABLE IF NOT EXISTS planned (at INTEGER NOT NULL)",
        // The sum's own: what each shard handed over last, and how often it was published.
        "CREATE TABLE IF NOT EXISTS part (shard INTEGER PRIMARY KEY, tallies TEXT NOT NULL, totals TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS published (version INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS judged (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, \
         channel TEXT NOT NULL, body TEXT NOT NULL)",
    ] {
        sql.run(statement, &[])?;
    }
    Ok(())
}

/// Counts what a login shows.
pub(super) fn count(sql: &dyn Sql, counted: &Counted, now: Timestamp, soon: Timestamp) -> Result<(), StoreFault> {
    for of in Feature::ALL {
        add_one(sql, (of as usize, counted.values.of(of)), counted.fresh.of(of), now)?;
    }
    // Every account has its hours; one more or less makes nobody known.
    add_one(sql, (HOUR, u64::from(counted.hour) + 1), true, now)?;
    plan(sql, soon)
}

fn add_one(sql: &dyn Sql, (feature, value): (usize, u64), fresh: bool, now: Timestamp) -> Result<(), StoreFault> {
    if value == 0 {
        return Ok(());
    }
    let key = [number(feature), number(value)];
    let rows = sql.run("SELECT weight, at FROM value WHERE feature = ?1 AND value = ?2", &key)?;
    let before = match rows.first() {
        Some(row) => faded(u32::try_from(row.integer(0)?).unwrap_or(u32::MAX), left(now - row.moment(1)?)),
        None => 0,
    };
    let [feature, value] = key;
    sql.run(
        "INSERT INTO value (feature, value, weight, accounts, at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (feature, value) DO UPDATE SET weight = ?3, accounts = accounts + ?4, at = ?5",
        &[feature, value, number(before.saturating_add(ONE)), fresh.into(), now.into()],
    )?;
    Ok(())
}

/// Keeps a shard's counts instead of those that it handed over before.
pub(super) fn add(sql: &dyn Sql, shard: u8, lists: [&str; 2], soon: Timestamp) -> Result<(), StoreFault> {
    let [tallies, totals] = lists;
    sql.run(
        "INSERT INTO part (shard, tallies, totals) VALUES (?1, ?2, ?3) \
         ON CONFLICT (shard) DO UPDATE SET tallies = ?2, totals = ?3",
        &[number(shard), tallies.into(), totals.into()],
    )?;
    plan(sql, soon)
}

/// What the shard hands over, two lists. Its alarm has rung; the next count sets it again.
pub(super) fn part(sql: &dyn Sql, now: Timestamp) -> Result<[String; 2], StoreFault> {
    tables(sql)?;
    sql.run("DELETE FROM planned", &[])?;
    sql.run("DELETE FROM value WHERE at < ?1", &[(now - KEPT).into()])?;
    sql.run(
        "DELETE FROM value WHERE rowid IN (SELECT rowid FROM value ORDER BY weight DESC, at DESC LIMIT -1 OFFSET ?1)",
        &[MOST.into()],
    )?;
    // What nobody has shown since its day fades too: half of it in four months, a straight line being near enough.
    let rows = sql.run(
        "WITH kept AS (SELECT feature, value, accounts, \
         weight / 100 * (10368000000 - CAST(?1 AS INTEGER) / 2 + at / 2) / 10368000000 AS tenths \
         FROM value) SELECT \
         (SELECT json_group_array(json_array(feature, value, tenths, accounts)) FROM \
         (SELECT * FROM kept ORDER BY tenths DESC LIMIT ?2)), \
         (SELECT json_group_array(json_array(feature, tenths, number)) FROM \
         (SELECT feature, SUM(tenths) AS tenths, COUNT(*) AS number FROM kept GROUP BY feature))",
        &[now.into(), HANDED.into()],
    )?;
    let row = rows.first().ok_or_else(|| StoreFault("no lists".into()))?;
    Ok([row.text(0)?.to_owned(), row.text(1)?.to_owned()])
}

/// What all shards have counted: the values that at least so many accounts have shown, at most [`LISTED`] and the commonest,
/// sorted; of each feature the tenths of logins and the number of all values.
pub(super) struct Sum {
    pub version: u32,
    pub listed: Vec<Tally>,
    pub totals: [(u32, u32); FEATURES],
}

/// Adds up. A version is never given twice, not even where nobody took what was published.
pub(super) fn sum(sql: &dyn Sql, fewest: u32) -> Result<Sum, StoreFault> {
    tables(sql)?;
    sql.run("DELETE FROM planned", &[])?;
    let last = sql.run("SELECT version FROM published", &[])?;
    let version = last.first().map_or(Ok(0), |row| row.integer(0))? + 1;
    sql.run("DELETE FROM published", &[])?;
    sql.run("INSERT INTO published (version) VALUES (?1)", &[version.into()])?;
    let of_features = sql.run(
        "SELECT json_extract(one.value, '$[0]') AS f, SUM(json_extract(one.value, '$[1]')), \
         SUM(json_extract(one.value, '$[2]')) FROM part, json_each(part.totals) AS one GROUP BY f",
        &[],
    )?;
    let mut totals = [(0, 0); FEATURES];
    for row in &of_features {
        if let Some(total) = totals.get_mut(whole(row.integer(0)?) as usize) {
            *total = (whole(row.integer(1)?), whole(row.integer(2)?));
        }
    }
    let rows = sql.run(
        "SELECT f, v, w FROM (SELECT json_extract(one.value, '$[0]') AS f, json_extract(one.value, '$[1]') AS v, \
         SUM(json_extract(one.value, '$[2]')) AS w FROM part, json_each(part.tallies) AS one GROUP BY f, v \
         HAVING SUM(json_extract(one.value, '$[3]')) >= ?1 ORDER BY w DESC LIMIT ?2) ORDER BY f, v",
        &[number(fewest), number(LISTED)],
    )?;
    let mut listed = Vec::with_capacity(rows.len());
    for row in &rows {
        let (feature, value) = (whole(row.integer(0)?) as usize, row.integer(1)?.unsigned_abs());
        listed.push(Tally { feature, value, tenths: whole(row.integer(2)?) });
    }
    Ok(Sum { version: whole(version), listed, totals })
}

/// Sets the alarm where none is set.
fn plan(sql: &dyn Sql, at: Timestamp) -> Result<(), StoreFault> {
    if sql.run("SELECT 1 FROM planned", &[])?.is_empty() {
        sql.run("INSERT INTO planned (at) VALUES (?1)", &[at.into()])?;
        sql.wake(Some(at))?;
    }
    Ok(())
}

fn whole(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

/// Below 2^53, as every number here is.
fn number(number: impl TryInto<i64>) -> Value {
    Value::Integer(number.try_into().unwrap_or_default())
}
