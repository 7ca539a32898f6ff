//! Forms that wait for a proof: ciphertext under a name, bound to the login whose session sent it. Of one that was sent its name stays
//! for a day, so that nobody is told that it was not.

use crate::account::{Fault, ParkedName, Reply, Room, SessionKey, due};
use crate::host::{Outside, Store, Value};
use crate::parked::{LIFE, MOST};
use sekisho_rules::Refusal;
use std::time::Duration;

/// How long the name of one that was sent is known.
const KNOWN: Duration = Duration::from_secs(86_400);

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Keeps a form for ten minutes; one too many of a login's pushes its oldest out. One that has `moved` and may be a copy's pushes
    /// none out: without room it is not kept.
    pub(in crate::account) fn park(
        &self,
        key: SessionKey,
        name: ParkedName,
        text: &str,
        moved: bool,
    ) -> Result<Reply, Fault> {
        self.within(key, |sql, session, _| {
            let (login, most) = (Value::from(session.login), i64::try_from(MOST).unwrap_or_default());
            let over = [login.clone(), self.now.into(), (most - 1).into()];
            let over = sql.run(
                "SELECT name FROM parked WHERE login = ?1 AND kept <> '' AND until > ?2 ORDER BY until DESC, name LIMIT -1 OFFSET ?3",
                &over,
            )?;
            if moved && !over.is_empty() {
                return Ok(Reply::refused(Refusal::InsufficientAuthentication));
            }
            for row in &over {
                sql.run("DELETE FROM parked WHERE name = ?1", &[Value::Blob(row.blob(0)?.to_vec())])?;
            }
            let values = [Value::Blob(name.0.to_vec()), login, (self.now + LIFE).into(), text.into()];
            sql.run("INSERT INTO parked (name, login, until, kept) VALUES (?1, ?2, ?3, ?4)", &values)?;
            due::purge_by(sql, self.now + LIFE)?;
            Ok(Reply::Done)
        })
    }

    /// What is kept under a name, for a session of the same login, and nothing of what was sent; one that takes it is the last to
    /// get it. Done, where it was never taken and its time is over.
    pub(in crate::account) fn parked(&self, key: SessionKey, name: ParkedName, take: bool) -> Result<Reply, Fault> {
        self.within(key, |sql, session, _| {
            let name = Value::Blob(name.0.to_vec());
            let values = [name.clone(), session.login.into(), self.now.into()];
            let statement =
                "SELECT kept, until > ?3 FROM parked WHERE name = ?1 AND (login = ?2 AND kept <> '' OR kept = '' AND until > ?3)";
            let rows = sql.run(statement, &values)?;
            let Some(row) = rows.first() else { return Ok(Reply::refused(Refusal::ChallengeGone)) };
            if row.integer(1)? == 0 {
                return Ok(Reply::Done);
            }
            let kept = row.text(0)?.to_owned();
            if take && !kept.is_empty() {
                let values = [name, (self.now + KNOWN).into()];
                sql.run("UPDATE parked SET kept = '', until = ?2 WHERE name = ?1", &values)?;
            }
            Ok(Reply::Parked(kept))
        })
    }
}
