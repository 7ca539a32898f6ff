//! What the owner does with the passkeys there are: sees, renames, removes them, and turns passwords off beside them.

use super::super::{Fault, PasskeyList, PasskeyView, Reply, Room, Row, SessionKey, due, session};
use crate::config::PasskeyPolicy;
use crate::host::{self, Outside, Sql, Store, StoreFault};
use crate::notice::{Letter, Seen};
use sekisho_rules::{Amr, Refusal};

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// All passkeys, the oldest first, and as whom their programs know the customer.
    pub(in crate::account) fn passkeys(&self, key: SessionKey) -> Result<Reply, Fault> {
        self.within(key, |sql, _, row| {
            let statement = "SELECT id, name, created, last_used, synced, aaguid FROM credential ORDER BY created, id";
            let rows = sql.run(statement, &[])?;
            let display_name = row.display_name();
            let passkeys = rows.iter().map(view).collect::<Result<_, _>>()?;
            Ok(Reply::Passkeys(PasskeyList { passkeys, name: row.customer, display_name }))
        })
    }

    /// Gives a passkey another name.
    pub(in crate::account) fn rename_passkey(&self, key: SessionKey, id: &[u8], name: &str) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            let Some(before) = name_of(sql, id)? else { return Ok(Reply::refused(Refusal::PasskeyUnknown)) };
            if before != name {
                sql.run("UPDATE credential SET name = ?1 WHERE id = ?2", &[name.into(), id.into()])?;
                self.tell(sql, &row, |lang| Letter::passkey_renamed(self.now, &before, name, lang).seen(kept.seen()))?;
            }
            Ok(Reply::Done)
        })
    }

    /// Removes a passkey, unless it is the last way to log in, and ends every other session.
    pub(in crate::account) fn delete_passkey(&self, key: SessionKey, id: &[u8]) -> Result<Reply, Fault> {
        self.within_fresh(key, |sql, row| self.remove_passkey(sql, key, &row, id))
    }

    /// Removes it, whoever may ask having been proved.
    pub(super) fn remove_passkey(&self, sql: &dyn Sql, key: SessionKey, row: &Row, id: &[u8]) -> Result<Reply, Fault> {
        let Some(name) = name_of(sql, id)? else { return Ok(Reply::refused(Refusal::PasskeyUnknown)) };
        if !self.may_remove(sql, row, id)? {
            return Ok(Reply::refused(Refusal::LastFactor));
        }
        sql.run("DELETE FROM credential WHERE id = ?1", &[id.into()])?;
        self.end_others(sql, key)?;
        let seen = session::seen(sql, key)?;
        self.tell(sql, row, |lang| Letter::passkey_removed(self.now, &name, lang).perhaps_seen(seen))?;
        Ok(Reply::Done)
    }

    /// Whether the customer still gets in without the passkey `id`: by password, or by another passkey. Where no password
    /// opens, that other one must have shown that it works.
    fn may_remove(&self, sql: &dyn Sql, row: &Row, id: &[u8]) -> Result<bool, Fault> {
        let closed = row.refuses_passwords(&self.house.config.passkey);
        if !closed && (row.password.is_some() || self.house.config.elsewhere.is_some()) {
            return Ok(true);
        }
        let statement = "SELECT 1 FROM credential WHERE id <> ?1 AND (?2 = 0 OR last_used IS NOT NULL) LIMIT 1";
        Ok(!sql.run(statement, &[id.into(), closed.into()])?.is_empty())
    }

    /// Turns password logins off, which ends every other session, or on, for a session whose fresh proof is a passkey's.
    pub(in crate::account) fn passkey_only(&self, key: SessionKey, on: bool) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            let policy = &self.house.config.passkey;
            let fresh = self.now - kept.auth_time() <= policy.fresh;
            if !fresh || !kept.amr().contains(Amr::PASSKEY) {
                return Ok(Reply::refused(Refusal::InsufficientAuthentication));
            }
            if on && self.credentials(sql)?.is_empty() {
                return Ok(Reply::refused(Refusal::PasskeyUnknown));
            }
            if !on && policy.policy == PasskeyPolicy::Required {
                return Ok(Reply::refused(Refusal::PasskeyRequired));
            }
            let before = row.refuses_passwords(policy);
            let values = [on.into(), (!on).into()];
            sql.run("UPDATE account SET passkey_only = ?1, passwords_kept = ?2", &values)?;
            let row = Row { passkey_only: on, passwords_kept: !on, ..row };
            self.tell_of_passwords(sql, before, &row, (Some(key), Some(kept.seen())))?;
            Ok(Reply::Done)
        })
    }

    /// Where passwords have just come to be refused, or accepted again: the letter, and the end of logins under way. Where they are
    /// refused a factor is gone, be it by the customer's word or by the site's policy once a passkey has worked: who came in by it is
    /// out, but for the session `key` whose passkey it was.
    pub(super) fn tell_of_passwords(
        &self,
        sql: &dyn Sql,
        before: bool,
        row: &Row,
        (key, seen): (Option<SessionKey>, Option<Seen>),
    ) -> Result<(), Fault> {
        let now = row.refuses_passwords(&self.house.config.passkey);
        if now == before {
            return Ok(());
        }
        if now {
            self.end_others(sql, key)?;
        }
        // A password that was right a moment ago opens nothing any more.
        sql.run("DELETE FROM code WHERE purpose = 'sign-in'", &[])?;
        self.tell(sql, row, |lang| Letter::passkey_only(self.now, now, lang).perhaps_seen(seen))
    }

    /// Puts a letter into the outbox, in the customer's language; none where nobody is known to write to.
    pub(in crate::account) fn tell(
        &self,
        sql: &dyn Sql,
        row: &Row,
        letter: impl FnOnce(&str) -> Letter,
    ) -> Result<(), Fault> {
        match &row.profile {
            Some(profile) => Ok(due::put(sql, self.now, &due::Task::Letter(letter(&profile.lang)))?),
            None => Ok(()),
        }
    }
}

/// The name of the passkey `id`, if the account has it.
pub(super) fn name_of(sql: &dyn Sql, id: &[u8]) -> Result<Option<String>, StoreFault> {
    let rows = sql.run("SELECT name FROM credential WHERE id = ?1", &[id.into()])?;
    rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}

fn view(row: &host::Row) -> Result<PasskeyView, StoreFault> {
    Ok(PasskeyView {
        id: row.blob(0)?.to_vec(),
        name: row.text(1)?.to_owned(),
        created: row.moment(2)?,
        last_used: if row.is_null(3) { None } else { Some(row.moment(3)?) },
        synced: row.integer(4)? != 0,
        // Written by us with every passkey; one that has none is of no known model.
        aaguid: row.blob(5)?.try_into().unwrap_or_default(),
    })
}
