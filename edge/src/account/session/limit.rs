//! How many sessions an account may have, and what gives way when one more is opened.

use super::note_of;
use crate::account::{Fault, Reply, Room, Visit};
use crate::config::AtLimit;
use crate::host::{self, Outside, Sql, Store, StoreFault, Value};
use sekisho_rules::{Refusal, Timestamp};
use std::time::Duration;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Makes room for one more session: ends those that were opened first, each told in the history. Or, where the site's
    /// policy turns the new one down, tells of that, and answers the refusal: what the login has proved, used and been judged
    /// stands all the same. The one that is `replaced` leaves its own room.
    pub(super) fn make_room(
        &self,
        sql: &dyn Sql,
        visit: &Visit,
        method: &str,
        replaced: Option<i64>,
    ) -> Result<Result<(), Reply>, Fault> {
        let rule = self.house.config.session;
        if self.house.config.is_limited(&visit.channel) {
            // An app that logs in by itself has one, and pushes out none of its owner's.
            let channel = visit.channel.as_str().into();
            sql.run("UPDATE session SET ended = 'limit' WHERE channel = ?1 AND ended IS NULL", &[channel])?;
            return Ok(Ok(()));
        }
        let mut rows = self.live_rows(sql)?;
        rows.retain(|row| row.text(1).is_ok_and(|channel| !self.house.config.is_limited(channel)));
        rows.retain(|row| row.integer(5).ok() != replaced);
        let limit = usize::try_from(rule.limit).unwrap_or(usize::MAX);
        let over = (rows.len() + 1).saturating_sub(limit);
        if over > 0 && rule.at_limit == AtLimit::Refuse {
            self.record(sql, visit, method, "refused")?;
            // It was proved: its tries were no guesses.
            sql.run("DELETE FROM tries", &[])?;
            return Ok(Err(Reply::refused(Refusal::SessionLimit)));
        }
        rows.iter().take(over).try_for_each(|row| self.give_way(sql, row))?;
        Ok(Ok(()))
    }

    fn give_way(&self, sql: &dyn Sql, row: &host::Row) -> Result<(), StoreFault> {
        let login = row.integer(5)?.into();
        sql.run("UPDATE session SET ended = 'limit' WHERE login = ?1 AND ended IS NULL", &[login])?;
        note_of(sql, Value::Blob(row.blob(0)?.to_vec()), self.now, ["session_limit", "ended"])
    }
}

/// The login whose session the browser has that logs in, while it has not ended.
pub(super) fn replaced(sql: &dyn Sql, visit: &Visit) -> Result<Option<i64>, StoreFault> {
    let Some(key) = visit.replaces else { return Ok(None) };
    let rows = sql.run("SELECT login FROM session WHERE key = ?1 AND ended IS NULL", &[Value::Blob(key.0.to_vec())])?;
    rows.first().map(|row| row.integer(0)).transpose()
}

/// Ends that login's session, at every entrance: the one of this `successor` has taken its place, and the forms that wait follow their
/// customer into it. The rows of those that ended so before go once no lease of theirs stands: the browser has another cookie, and what still
/// asks, from another entrance or an app, is answered alike whether it has ended or is unknown.
pub(super) fn end_replaced(
    sql: &dyn Sql,
    replaced: Option<i64>,
    successor: i64,
    (now, lease): (Timestamp, Duration),
) -> Result<(), StoreFault> {
    let Some(login) = replaced else { return Ok(()) };
    sql.run("UPDATE parked SET login = ?2 WHERE login = ?1", &[login.into(), successor.into()])?;
    sql.run("DELETE FROM session WHERE ended = 'replaced' AND last_seen < ?1", &[(now - 2 * lease).into()])?;
    let statement = "UPDATE session SET ended = 'replaced', last_seen = ?2 WHERE login = ?1 AND ended IS NULL";
    sql.run(statement, &[login.into(), now.into()]).map(|_| ())
}
