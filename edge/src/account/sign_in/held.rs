//! An account whose logins by password are held until the desk, or a passkey that verified its user, releases them.

use super::super::{Fault, Reply, Room, Row, SessionKey, due};
use crate::host::{Outside, Sql, Store};
use crate::notice::{Letter, Matter, Seen};
use sekisho_rules::Refusal;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Ends every session and what is under way, and holds logins by password, because of `why`. The mobile number gets no
    /// codes any more until its owner confirms it anew: whoever was in may have set it.
    pub(super) fn shut(&self, sql: &dyn Sql, why: &str) -> Result<(), Fault> {
        sql.run("UPDATE account SET held = ?1, phone = NULL", &[why.into()])?;
        sql.run("UPDATE session SET ended = ?1 WHERE ended IS NULL", &[why.into()])?;
        sql.run("UPDATE address_change SET new = NULL", &[])?;
        void_codes(sql)?;
        // Whoever was in may have been remembered as the owner.
        sql.run("DELETE FROM habits", &[])?;
        sql.run("DELETE FROM challenge WHERE session IS NOT NULL", &[])?;
        Ok(())
    }

    /// The owner's own lock: at once, without a proof, since who takes the time to prove who they are is too late.
    pub(in crate::account) fn lock(&self, key: SessionKey) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            self.shut(sql, "own")?;
            if let Some(profile) = &row.profile {
                let letter = Letter::new(self.now, &profile.lang, Matter::OwnLock).seen(kept.seen());
                due::put(sql, self.now, &due::Task::Letter(letter))?;
            }
            Ok(Reply::Done)
        })
    }

    /// The desk has seen who it is: nothing holds logins by password any more, wrong tries included, the mobile number is
    /// to be confirmed anew, and no code that is under way is good for anything.
    pub(in crate::account) fn release(&self) -> Result<Reply, Fault> {
        self.store.transaction(|sql| match Row::read(sql)? {
            Some(row) => {
                sql.run("UPDATE account SET phone = NULL", &[])?;
                void_codes(sql)?;
                self.open_up(sql, &row, None)?;
                Ok(Reply::Done)
            }
            None => Ok(Reply::refused(Refusal::NotFound)),
        })
    }

    /// Lets passwords in again: wrong tries are forgotten, and where something held the account its owner hears of it.
    pub(in crate::account) fn open_up(&self, sql: &dyn Sql, row: &Row, seen: Option<Seen>) -> Result<(), Fault> {
        sql.run("DELETE FROM tries", &[])?;
        if !row.held {
            return Ok(());
        }
        sql.run("UPDATE account SET held = NULL", &[])?;
        let Some(profile) = &row.profile else { return Ok(()) };
        let letter = Letter::new(self.now, &profile.lang, Matter::Released).perhaps_seen(seen);
        due::put(sql, self.now, &due::Task::Letter(letter))
    }
}

/// Every code under way is void, whatever it is for, and one that waits to be sent is not.
pub(super) fn void_codes(sql: &dyn Sql) -> Result<(), Fault> {
    sql.run("DELETE FROM code", &[])?;
    sql.run("DELETE FROM due WHERE kind = 'code'", &[])?;
    Ok(())
}
