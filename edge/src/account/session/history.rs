//! The history of logins: shown to the customer page by page, asked by staff for one address. Kept for 15 months.

use super::super::{Fault, LoginEntry, Reply, Room, SessionKey, Visit};
use crate::config::Config;
use crate::host::{self, Outside, Sql, Store, StoreFault, Value};
use crate::keys::Trace;
use sekisho_rules::Timestamp;
use std::net::IpAddr;

/// The most lines a page holds.
const PAGE: usize = 20;
/// The most lines that staff is told of one address.
const ACCESSES: usize = 100;
const COLUMNS: &str = "at, channel, method, outcome, client, place, id";

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// A page of it, newest first.
    pub(in crate::account) fn history(
        &self,
        key: SessionKey,
        before: Option<Timestamp>,
        line: i64,
    ) -> Result<Reply, Fault> {
        self.within(key, |sql, _, _| {
            let before = before.map_or(i64::from(u32::MAX) << 20, Timestamp::as_sql);
            let (entries, more) = lines(sql, "(at, id) < (?1, ?2)", &[before.into(), line.into()], PAGE)?;
            Ok(Reply::History { entries, more })
        })
    }

    /// What of it was done from an address, newest first under each key.
    pub(in crate::account) fn accesses(&self, address: IpAddr) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let (mut entries, mut more) = (Vec::new(), false);
            for Trace { generation, address, .. } in self.house.keys.traces(address) {
                let values = [i64::from(generation).into(), kept(address)];
                let (found, rest) = lines(sql, "generation = ?1 AND address = ?2", &values, ACCESSES)?;
                entries.extend(found);
                more |= rest;
            }
            Ok(Reply::History { entries, more })
        })
    }

    /// Writes a line and answers its row.
    pub(in crate::account) fn record(
        &self,
        sql: &dyn Sql,
        visit: &Visit,
        method: &str,
        outcome: &str,
    ) -> Result<i64, StoreFault> {
        let Trace { generation, address, device } = self.house.keys.trace(visit.shown.address(), visit.shown.device());
        let rows = sql.run(
            "INSERT INTO history (at, channel, method, outcome, client, place, generation, address, device) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id",
            &[
                self.now.into(),
                visit.channel.as_str().into(),
                method.into(),
                outcome.into(),
                visit.client.as_str().into(),
                visit.place.as_str().into(),
                i64::from(generation).into(),
                kept(address),
                kept(device),
            ],
        )?;
        rows.first().map_or_else(|| Err(StoreFault("no row was written".into())), |row| row.integer(0))
    }
}

/// Writes a line of a session's own channel, client and place, without an address.
pub(in crate::account) fn note_of(
    sql: &dyn Sql,
    key: Value,
    now: Timestamp,
    [method, outcome]: [&str; 2],
) -> Result<(), StoreFault> {
    let statement = "INSERT INTO history (at, channel, method, outcome, client, place) \
         SELECT ?1, channel, ?2, ?3, client, place FROM session WHERE key = ?4";
    sql.run(statement, &[now.into(), method.into(), outcome.into(), key]).map(|_| ())
}

/// The lines for which `condition` holds, and whether there are more than `most`.
fn lines(sql: &dyn Sql, condition: &str, values: &[Value], most: usize) -> Result<(Vec<LoginEntry>, bool), StoreFault> {
    let statement =
        format!("SELECT {COLUMNS} FROM history WHERE {condition} ORDER BY at DESC, id DESC LIMIT {}", most + 1);
    let mut entries = sql.run(&statement, values)?.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let more = entries.len() > most;
    entries.truncate(most);
    Ok((entries, more))
}

fn kept(tag: Option<[u8; 16]>) -> Value {
    tag.map_or(Value::Null, |tag| Value::Blob(tag.to_vec()))
}

/// The last successful login before the row `before`, but for those of apps that log in by themselves, every day perhaps: by what they
/// do nobody sees that a stranger was here.
pub(super) fn last_success(sql: &dyn Sql, config: &Config, before: i64) -> Result<Option<LoginEntry>, StoreFault> {
    let statement = format!(
        "SELECT {COLUMNS} FROM history WHERE outcome = 'success' AND method <> 'token' AND id < ?1 \
         AND channel NOT IN (SELECT value FROM json_each(?2)) ORDER BY id DESC LIMIT 1"
    );
    let limited: Vec<_> =
        config.channels.iter().filter(|channel| channel.is_limited()).map(|channel| &channel.name).collect();
    let values = [before.min(1 << 52).into(), serde_json::to_string(&limited).unwrap_or_default().into()];
    sql.run(&statement, &values)?.first().map(entry).transpose()
}

fn entry(row: &host::Row) -> Result<LoginEntry, StoreFault> {
    Ok(LoginEntry {
        at: row.moment(0)?,
        channel: row.text(1)?.to_owned(),
        method: row.text(2)?.to_owned(),
        outcome: row.text(3)?.to_owned(),
        client: row.text(4)?.to_owned(),
        place: row.text(5)?.to_owned(),
        line: row.integer(6)?,
    })
}
