//! Thresholds that staff set over the config's, by channel, without a deploy.
//!
//! The smaller the number, the more logins are suspected: a smaller one takes effect at once on one member's word, a greater one
//! when a second member has agreed. Edges ask this object each minute; where it does not answer, they go by the text that it
//! published last, marked and dated, so that nobody who may write there can put an older or another in its place.

use super::record::note;
use super::{Fault, Member, Role, Room};
use crate::crowd::{sealed, unsealed};
use crate::host::{Outside, Sql, Store};
use crate::keys::Keys;
use sekisho_rules::{Refusal, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

/// Under which name they are published.
pub(crate) const THRESHOLDS: &str = "thresholds";
/// How often they are published anew, and how old a published text may be.
const AGAIN: Duration = Duration::from_secs(600);
const OLDEST: Duration = Duration::from_secs(3_600);
/// How long a proposal waits for the second member.
const WAITS: Duration = Duration::from_secs(86_400);
const RANGE: std::ops::RangeInclusive<i32> = -20_000..=20_000;

/// The thresholds that are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Grows with every change; 0: there was none.
    pub version: u32,
    /// Channel, and the score from which on a login by it is suspected.
    pub set: Vec<(String, i32)>,
}

impl Policy {
    /// The threshold of a channel, where one is set.
    pub fn of(&self, channel: &str) -> Option<i32> {
        self.set.iter().find(|(known, _)| known == channel).map(|(_, value)| *value)
    }

    /// Reads what the object answered, or has published at that moment or after.
    pub fn read(text: &[u8], since: Timestamp) -> Option<Self> {
        let value: Value = serde_json::from_slice(text).ok()?;
        let at = value.get("at")?.as_u64().map(Timestamp::from_millis)?;
        let mut set = Vec::new();
        for (channel, threshold) in value.get("set")?.as_object()? {
            set.push((channel.clone(), i32::try_from(threshold.as_i64()?).ok()?));
        }
        let version = u32::try_from(value.get("version")?.as_u64()?).ok()?;
        (at >= since).then_some(Self { version, set })
    }

    /// Reads what was published, under the house's mark and not long ago.
    pub fn published(keys: &Keys, bytes: &[u8], now: Timestamp) -> Option<Self> {
        Self::read(unsealed(keys, THRESHOLDS, bytes)?, now - OLDEST)
    }
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// What is set now, and what waits for a second member.
    pub(super) fn thresholds(&self, by: &str) -> Result<Value, Fault> {
        self.within(by, &[Role::Risk], |sql, member| {
            let rows = sql.run("SELECT subject, value, author FROM threshold", &[])?;
            let mut current = Vec::new();
            for (channel, config) in self.house.config().thresholds() {
                let (mut value, mut author) = (None, None);
                for row in &rows {
                    if row.text(0)? == channel {
                        (value, author) = (Some(row.integer(1)?), Some(row.text(2)?));
                    }
                }
                current.push(json!({ "subject": channel, "config": config, "value": value, "author": author }));
            }
            self.forget_proposals(sql)?;
            let rows = sql.run("SELECT id, at, subject, value, author, member FROM proposal ORDER BY id", &[])?;
            let mut proposals = Vec::with_capacity(rows.len());
            for row in &rows {
                let value = if row.is_null(3) { None } else { Some(row.integer(3)?) };
                proposals.push(json!({
                    "id": row.integer(0)?, "at": row.integer(1)?, "subject": row.text(2)?, "value": value,
                    "author": row.text(4)?, "own": row.blob(5)? == member.id,
                }));
            }
            Ok(json!({ "version": version(sql)?, "current": current, "proposals": proposals }))
        })
    }

    /// Sets a channel's threshold where that asks more; else it waits for another member. An empty value is the config's own.
    pub(super) fn propose(&self, by: &str, subject: &str, value: &str) -> Result<Value, Fault> {
        self.within(by, &[Role::Risk], |sql, member| {
            let config = self.config(subject)?;
            let value = match value {
                "" => None,
                text => Some(text.parse().ok().filter(|value| RANGE.contains(value)).ok_or(Refusal::FieldsRefused)?),
            };
            let before = set(sql, subject)?.unwrap_or(config);
            if value.unwrap_or(config) <= before {
                self.apply(sql, (subject, value), &member.name, &member.name)?;
                return Ok(json!({ "applied": true }));
            }
            let values = [self.now.into(), subject.into(), value.map(i64::from).into(), member.id.as_slice().into()];
            let [at, subject, value, id] = values;
            let rows = sql.run(
                "INSERT INTO proposal (at, subject, value, member, author) VALUES (?1, ?2, ?3, ?4, ?5) \
                 RETURNING subject || ' ' || COALESCE(value, 'config')",
                &[at, subject, value, id, member.name.as_str().into()],
            )?;
            let told = rows.first().map_or(Ok(""), |row| row.text(0))?;
            note(sql, self.now, &member.name, "threshold_proposed", told)?;
            Ok(json!({ "applied": false }))
        })
    }

    /// Another member agrees to what was proposed.
    pub(super) fn second(&self, by: &str, proposal: &str) -> Result<Value, Fault> {
        self.within(by, &[Role::Risk], |sql, member| {
            self.forget_proposals(sql)?;
            let rows = sql.run(
                "DELETE FROM proposal WHERE id = ?1 AND member <> ?2 RETURNING subject, value, author",
                &[number(proposal)?.into(), member.id.as_slice().into()],
            )?;
            let row = rows.first().ok_or(Refusal::NotFound)?;
            let value = if row.is_null(1) { None } else { Some(i32::try_from(row.integer(1)?).unwrap_or_default()) };
            let (subject, proposer) = (row.text(0)?, row.text(2)?);
            // The config may have changed since.
            self.config(subject)?;
            self.apply(sql, (subject, value), &format!("{proposer} + {}", member.name), &member.name)?;
            Ok(json!({ "applied": true }))
        })
    }

    /// Whoever has the role takes a proposal back.
    pub(super) fn withdraw(&self, by: &str, proposal: &str) -> Result<Value, Fault> {
        self.within(by, &[Role::Risk], |sql, Member { name, .. }| {
            let gone = sql.run("DELETE FROM proposal WHERE id = ?1 RETURNING subject", &[number(proposal)?.into()])?;
            let subject = gone.first().ok_or(Refusal::NotFound)?.text(0)?;
            note(sql, self.now, &name, "threshold_withdrawn", subject)?;
            Ok(json!({}))
        })
    }

    /// What edges go by.
    pub(super) fn policy(&self) -> Result<Value, Fault> {
        self.store.transaction(|sql| {
            let mut set = serde_json::Map::new();
            for row in sql.run("SELECT subject, value FROM threshold", &[])? {
                set.insert(row.text(0)?.to_owned(), row.integer(1)?.into());
            }
            let authors = sql.run("SELECT COALESCE(group_concat(author, ', '), '') FROM threshold", &[])?;
            let author = authors.first().map_or(Ok(""), |row| row.text(0))?;
            Ok(json!({ "version": version(sql)?, "at": self.now.as_sql(), "set": set, "author": author }))
        })
    }

    /// Publishes the same for edges that do not reach this object, and sees to it that it stays young.
    pub(super) async fn publish(&self) -> Result<(), Fault> {
        let text = self.policy()?.to_string();
        self.outside.publish(THRESHOLDS, &sealed(&self.house.keys, THRESHOLDS, text.as_bytes())).await?;
        Ok(self.store.transaction(|sql| sql.wake(Some(self.now + AGAIN)))?)
    }

    /// The new threshold and the record of it together; it is published at once.
    fn apply(
        &self,
        sql: &dyn Sql,
        (subject, value): (&str, Option<i32>),
        author: &str,
        doer: &str,
    ) -> Result<(), Fault> {
        let before = set(sql, subject)?;
        match value {
            Some(value) => sql.run(
                "INSERT INTO threshold (subject, value, author) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (subject) DO UPDATE SET value = ?2, author = ?3",
                &[subject.into(), i64::from(value).into(), author.into()],
            ),
            None => sql.run("DELETE FROM threshold WHERE subject = ?1", &[subject.into()]),
        }?;
        sql.run("UPDATE policy SET version = version + 1", &[])?;
        let word = |value: Option<i32>| value.map_or_else(|| "config".to_owned(), |value| value.to_string());
        note(sql, self.now, doer, "threshold_set", &format!("{subject} {} -> {}", word(before), word(value)))?;
        Ok(sql.wake(Some(self.now))?)
    }

    /// The config's own threshold of a channel.
    fn config(&self, subject: &str) -> Result<i32, Fault> {
        let mut all = self.house.config().thresholds();
        all.find(|(channel, _)| *channel == subject).map(|(_, value)| value).ok_or(Refusal::FieldsRefused.into())
    }

    fn forget_proposals(&self, sql: &dyn Sql) -> Result<(), Fault> {
        sql.run("DELETE FROM proposal WHERE at < ?1", &[(self.now - WAITS).into()])?;
        Ok(())
    }
}

fn version(sql: &dyn Sql) -> Result<i64, Fault> {
    let rows = sql.run("SELECT version FROM policy", &[])?;
    Ok(rows.first().map_or(Ok(0), |row| row.integer(0))?)
}

fn set(sql: &dyn Sql, subject: &str) -> Result<Option<i32>, Fault> {
    let rows = sql.run("SELECT value FROM threshold WHERE subject = ?1", &[subject.into()])?;
    let value = rows.first().map(|row| row.integer(0)).transpose()?;
    Ok(value.and_then(|value| i32::try_from(value).ok()))
}

fn number(text: &str) -> Result<i64, Fault> {
    text.parse::<u32>().map(i64::from).map_err(|_| Refusal::Malformed.into())
}
