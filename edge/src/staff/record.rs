//! The record: who did what, when, and on which account. It is written before anything is done, and only ever added to.

use super::{Fault, Role, Room};
use crate::host::{Outside, Sql, Store, StoreFault};
use sekisho_rules::{Refusal, Timestamp};
use serde_json::{Value, json};

/// The most lines a page holds.
const PAGE: i64 = 50;

/// What staff do to customers, and who may; a replay touches nobody.
const ACTIONS: [(&str, Role); 4] = [
    ("look", Role::Support),
    ("release", Role::Support),
    ("end_sessions", Role::Support),
    ("replay", Role::Risk),
];

/// Writes a line.
pub(super) fn note(
    sql: &dyn Sql,
    now: Timestamp,
    author: &str,
    action: &str,
    subject: &str,
) -> Result<(), StoreFault> {
    let values = [now.into(), author.into(), action.into(), subject.into()];
    sql.run("INSERT INTO record (at, author, action, subject) VALUES (?1, ?2, ?3, ?4)", &values)?;
    Ok(())
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Whether the member may do this, and that it is about to be done.
    pub(super) fn act(&self, by: &str, action: &str, subject: &str) -> Result<Value, Fault> {
        let known = ACTIONS.iter().find(|(name, _)| *name == action);
        let (_, role) = known.ok_or(Refusal::Malformed)?;
        self.within(by, &[*role], |sql, member| {
            note(sql, self.now, &member.name, action, subject)?;
            Ok(json!({}))
        })
    }

    /// What was written down could not be done.
    pub(super) fn failed(&self, by: &str, action: &str, subject: &str) -> Result<Value, Fault> {
        self.within(by, &Role::ALL, |sql, member| {
            note(sql, self.now, &member.name, &format!("{action}_failed"), subject)?;
            Ok(json!({}))
        })
    }

    /// A page of the record, the newest first.
    pub(super) fn record(&self, by: &str, before: &str) -> Result<Value, Fault> {
        let before: i64 = if before.is_empty() { 1 << 52 } else { before.parse().map_err(|_| Refusal::Malformed)? };
        self.within(by, &[Role::Admin, Role::Risk], |sql, _| {
            let rows = sql.run(
                "SELECT id, at, author, action, subject FROM record WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
                &[before.min(1 << 52).into(), PAGE.into()],
            )?;
            let mut lines = Vec::with_capacity(rows.len());
            for row in &rows {
                lines.push(json!({
                    "id": row.integer(0)?, "at": row.integer(1)?, "author": row.text(2)?, "action": row.text(3)?,
                    "subject": row.text(4)?,
                }));
            }
            Ok(json!({ "lines": lines }))
        })
    }
}
