//! The record: who did what, when, and on which account. It is written before anything is done, and only ever added to.

use super::{Desk, Fault, NOTHING, Role};
use crate::host::{Row, Sql, StoreFault};
use sekisho_rules::{Refusal, Timestamp};

/// The most lines a page holds.
const PAGE: i64 = 50;

/// What staff do to customers, and who may; a replay touches nobody.
const ACTIONS: [(&str, Role); 7] = [
    ("look", Role::Support),
    ("release", Role::Support),
    ("end_sessions", Role::Support),
    ("send_letters", Role::Support),
    ("address", Role::Support),
    ("judged", Role::Risk),
    ("replay", Role::Risk),
];

/// Writes a line.
pub(super) fn note(sql: &dyn Sql, now: Timestamp, author: &str, action: &str, subject: &str) -> Result<(), StoreFault> {
    let values = [now.into(), author.into(), action.into(), subject.into()];
    sql.run("INSERT INTO record (at, author, action, subject) VALUES (?1, ?2, ?3, ?4)", &values)?;
    Ok(())
}

impl Desk<'_> {
    /// Whether the member may do this, and that it is about to be done.
    pub(super) fn act(&self, sql: &dyn Sql, by: &str, action: &str, subject: &str) -> Result<String, Fault> {
        let known = ACTIONS.iter().find(|(name, _)| *name == action);
        let (_, role) = known.ok_or(Refusal::Malformed)?;
        let member = self.member(sql, by, &[*role])?;
        note(sql, self.now, &member.name, action, subject)?;
        Ok(NOTHING.to_owned())
    }

    /// What was written down could not be done.
    pub(super) fn failed(&self, sql: &dyn Sql, by: &str, action: &str, subject: &str) -> Result<String, Fault> {
        let member = self.live(sql, by)?;
        note(sql, self.now, &member.name, &format!("{action}_failed"), subject)?;
        Ok(NOTHING.to_owned())
    }

    /// A page of the record, the newest first.
    pub(super) fn record(&self, sql: &dyn Sql, by: &str, before: &str) -> Result<String, Fault> {
        self.member(sql, by, &[Role::Admin, Role::Risk])?;
        let before: i64 = if before.is_empty() { 1 << 52 } else { before.parse().map_err(|_| Refusal::Malformed)? };
        let rows = sql.run(
            "SELECT json_object('lines', json_group_array(json(line))) FROM (SELECT json_object('id', id, 'at', at, \
             'author', author, 'action', action, 'subject', subject) AS line FROM record \
             WHERE id < ?1 ORDER BY id DESC LIMIT ?2)",
            &[before.min(1 << 52).into(), PAGE.into()],
        )?;
        text(&rows)
    }
}

/// The one text of an answer that SQL has put together.
pub(super) fn text(rows: &[Row]) -> Result<String, Fault> {
    let row = rows.first().ok_or_else(|| StoreFault("no text".into()))?;
    Ok(row.text(0)?.to_owned())
}
