//! Thresholds that staff set over the config's, by channel and for the change of how one logs in, without a deploy.
//!
//! The smaller the number, the more logins are suspected: a smaller one takes effect at once on one member's word, a greater one
//! when a second member has agreed. Edges ask this object each minute; where it does not answer, they go by the text that it
//! published last, marked and dated, so that nobody who may write there can put an older or another in its place.

use super::record::{note, text};
use super::{Desk, Fault, NOTHING, Role};
use crate::config::ACCOUNT_CHANGE;
use crate::crowd::unsealed;
use crate::host::Sql;
use crate::keys::Keys;
use sekisho_rules::{Refusal, Timestamp};
use serde_json::Value;
use std::time::Duration;

/// Under which name they are published.
pub(crate) const THRESHOLDS: &str = "thresholds";
/// How often they are published anew, and how old a published text may be.
pub(super) const AGAIN: Duration = Duration::from_secs(600);
const OLDEST: Duration = Duration::from_secs(3_600);
/// How long a proposal waits for the second member.
const WAITS: Duration = Duration::from_secs(86_400);
const RANGE: std::ops::RangeInclusive<i32> = -20_000..=20_000;

/// The thresholds that are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Grows with every change; 0: there was none.
    pub version: u32,
    /// Channel or operation, and the score from which on a login by it, or before it, is suspected.
    pub set: Vec<(String, i32)>,
}

impl Policy {
    /// The threshold of a channel or an operation, where one is set.
    pub fn of(&self, subject: &str) -> Option<i32> {
        self.set.iter().find(|(known, _)| known == subject).map(|(_, value)| *value)
    }

    /// The strictest that is set for any channel.
    pub fn strictest(&self) -> Option<i32> {
        self.set.iter().filter(|(subject, _)| subject != ACCOUNT_CHANGE).map(|(_, value)| *value).min()
    }

    /// Reads what the object answered, or has published at that moment or after.
    pub fn read(text: &[u8], since: Timestamp) -> Option<Self> {
        let value: Value = crate::wire::read(text).ok()?;
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

impl Desk<'_> {
    /// What is set now, and what waits for a second member.
    pub(super) fn thresholds(&self, sql: &dyn Sql, by: &str) -> Result<String, Fault> {
        let member = self.member(sql, by, &[Role::Risk])?;
        self.forget_proposals(sql)?;
        let config: Vec<(&str, i32)> = self.house.config().thresholds().collect();
        let config = serde_json::to_string(&config).unwrap_or_default();
        text(&sql.run(
            "SELECT json_object('version', (SELECT version FROM policy), 'current', (SELECT json_group_array(json_object( \
             'subject', json_extract(one.value, '$[0]'), 'config', json_extract(one.value, '$[1]'), \
             'value', threshold.value, 'author', author)) FROM json_each(?1) AS one \
             LEFT JOIN threshold ON subject = json_extract(one.value, '$[0]')), \
             'proposals', (SELECT json_group_array(json_object('id', id, 'at', at, 'subject', subject, 'value', value, \
             'author', author, 'own', json(CASE member WHEN ?2 THEN 'true' ELSE 'false' END))) FROM proposal))",
            &[config.into(), member.id.as_slice().into()],
        )?)
    }

    /// Sets a threshold where that asks more; else it waits for another member. An empty value is the config's own.
    pub(super) fn propose(&self, sql: &dyn Sql, by: &str, subject: &str, value: &str) -> Result<String, Fault> {
        let member = self.member(sql, by, &[Role::Risk])?;
        let config = self.config(subject)?;
        let value = match value {
            "" => None,
            text => Some(text.parse().ok().filter(|value| RANGE.contains(value)).ok_or(Refusal::FieldsRefused)?),
        };
        let before = set(sql, subject)?.unwrap_or(config);
        let asks_more = value.unwrap_or(config) <= before;
        if asks_more {
            self.apply(sql, (subject, value), &member.name, &member.name)?;
        } else {
            sql.run(
                "INSERT INTO proposal (at, subject, value, member, author) VALUES (?1, ?2, ?3, ?4, ?5)",
                &[
                    self.now.into(),
                    subject.into(),
                    value.map(i64::from).into(),
                    member.id.as_slice().into(),
                    member.name.as_str().into(),
                ],
            )?;
            let told = format!("{subject} {before} -> {}", word(value));
            note(sql, self.now, &member.name, "threshold_proposed", &told)?;
        }
        Ok(format!("{{\"applied\":{asks_more}}}"))
    }

    /// Another member agrees to what was proposed.
    pub(super) fn second(&self, sql: &dyn Sql, by: &str, proposal: &str) -> Result<String, Fault> {
        let member = self.member(sql, by, &[Role::Risk])?;
        self.forget_proposals(sql)?;
        let rows = sql.run(
            "DELETE FROM proposal WHERE id = ?1 AND member <> ?2 RETURNING subject, value, author",
            &[number(proposal)?.into(), member.id.as_slice().into()],
        )?;
        let row = rows.first().ok_or(Refusal::NotFound)?;
        let value = if row.is_null(1) { None } else { Some(i32::try_from(row.integer(1)?).unwrap_or_default()) };
        let subject = row.text(0)?;
        // The config may have changed since.
        self.config(subject)?;
        self.apply(sql, (subject, value), &format!("{} + {}", row.text(2)?, member.name), &member.name)?;
        Ok("{\"applied\":true}".to_owned())
    }

    /// Whoever has the role takes a proposal back.
    pub(super) fn withdraw(&self, sql: &dyn Sql, by: &str, proposal: &str) -> Result<String, Fault> {
        let member = self.member(sql, by, &[Role::Risk])?;
        let gone = sql.run("DELETE FROM proposal WHERE id = ?1 RETURNING subject", &[number(proposal)?.into()])?;
        let subject = gone.first().ok_or(Refusal::NotFound)?.text(0)?;
        note(sql, self.now, &member.name, "threshold_withdrawn", subject)?;
        Ok(NOTHING.to_owned())
    }

    /// What edges go by.
    pub(super) fn policy(&self, sql: &dyn Sql) -> Result<String, Fault> {
        text(&sql.run(
            "SELECT json_object('version', (SELECT version FROM policy), 'at', CAST(?1 AS INTEGER), \
             'set', (SELECT json_group_object(subject, value) FROM threshold), \
             'author', (SELECT group_concat(author, ', ') FROM threshold))",
            &[self.now.into()],
        )?)
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
        note(sql, self.now, doer, "threshold_set", &format!("{subject} {} -> {}", word(before), word(value)))?;
        Ok(sql.wake(Some(self.now))?)
    }

    /// The config's own threshold.
    fn config(&self, subject: &str) -> Result<i32, Fault> {
        let mut all = self.house.config().thresholds();
        all.find(|(known, _)| *known == subject).map(|(_, value)| value).ok_or(Refusal::FieldsRefused.into())
    }

    fn forget_proposals(&self, sql: &dyn Sql) -> Result<(), Fault> {
        sql.run("DELETE FROM proposal WHERE at < ?1", &[(self.now - WAITS).into()])?;
        Ok(())
    }
}

fn set(sql: &dyn Sql, subject: &str) -> Result<Option<i32>, Fault> {
    let rows = sql.run("SELECT value FROM threshold WHERE subject = ?1", &[subject.into()])?;
    let value = rows.first().map(|row| row.integer(0)).transpose()?;
    Ok(value.and_then(|value| i32::try_from(value).ok()))
}

fn word(value: Option<i32>) -> String {
    value.map_or_else(|| "config".to_owned(), |value| value.to_string())
}

fn number(text: &str) -> Result<i64, Fault> {
    text.parse::<u32>().map(i64::from).map_err(|_| Refusal::Malformed.into())
}
