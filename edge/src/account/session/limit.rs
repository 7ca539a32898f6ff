//! How many sessions an account may have, and what gives way when one more is opened.

use super::record;
use crate::account::{Fault, Reply, Room, Visit};
use crate::config::AtLimit;
use crate::host::{self, Outside, Sql, Store, StoreFault};
use sekisho_rules::Refusal;

/// A login that was proved and finds no room: its own transaction is undone, the history tells of it in another.
#[derive(Debug)]
pub struct Crowded {
    visit: Visit,
    method: &'static str,
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Makes room for one more session: ends those that were opened first, each told in the history, or none.
    ///
    /// # Errors
    /// [`Fault::Crowded`] where the site's policy turns the new one down.
    pub(super) fn make_room(&self, sql: &dyn Sql, visit: &Visit, method: &'static str) -> Result<(), Fault> {
        let rule = self.house.config.session;
        if self.house.config.is_limited(&visit.channel) {
            // An app that logs in by itself has one, and pushes out none of its owner's.
            let channel = visit.channel.as_str().into();
            sql.run("UPDATE session SET ended = 'limit' WHERE channel = ?1 AND ended IS NULL", &[channel])?;
            return Ok(());
        }
        let mut rows = self.live_rows(sql)?;
        rows.retain(|row| row.text(1).is_ok_and(|channel| !self.house.config.is_limited(channel)));
        let limit = usize::try_from(rule.limit).unwrap_or(usize::MAX);
        let over = (rows.len() + 1).saturating_sub(limit);
        if over > 0 && rule.at_limit == AtLimit::Refuse {
            return Err(Fault::Crowded(Box::new(Crowded { visit: visit.clone(), method })));
        }
        rows.iter().take(over).try_for_each(|row| Ok(self.give_way(sql, row)?))
    }

    fn give_way(&self, sql: &dyn Sql, row: &host::Row) -> Result<(), StoreFault> {
        let login = row.integer(5)?.into();
        sql.run("UPDATE session SET ended = 'limit' WHERE login = ?1 AND ended IS NULL", &[login])?;
        let visit =
            Visit { channel: row.text(1)?.to_owned(), client: row.text(2)?.to_owned(), shown: Default::default() };
        record(sql, self.now, &visit, "session_limit", "ended").map(|_| ())
    }

    /// Tells in the history of a login that found no room, and refuses it.
    pub(in crate::account) fn turn_away(&self, crowded: &Crowded) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            record(sql, self.now, &crowded.visit, crowded.method, "refused")?;
            // It was proved: its tries were no guesses.
            sql.run("DELETE FROM tries", &[])?;
            Ok(Reply::refused(Refusal::SessionLimit))
        })
    }
}
