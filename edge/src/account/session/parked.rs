//! Forms that wait for a proof: ciphertext under a name, bound to the login whose session sent it.

use crate::account::{Fault, ParkedName, Reply, Room, SessionKey, due};
use crate::host::{Outside, Store, Value};
use crate::parked::LIFE;
use sekisho_rules::Refusal;

/// As many wait at a time; one more pushes the oldest out.
const MOST: i64 = 4;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Keeps a form for ten minutes.
    pub(in crate::account) fn park(&self, key: SessionKey, name: ParkedName, kept: &str) -> Result<Reply, Fault> {
        self.within(key, |sql, session, _| {
            sql.run("DELETE FROM parked WHERE until <= ?1", &[self.now.into()])?;
            sql.run(
                "DELETE FROM parked WHERE name NOT IN (SELECT name FROM parked ORDER BY until DESC, name LIMIT ?1)",
                &[(MOST - 1).into()],
            )?;
            sql.run(
                "INSERT INTO parked (name, login, until, kept) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO NOTHING",
                &[Value::Blob(name.0.to_vec()), session.login.into(), (self.now + LIFE).into(), kept.into()],
            )?;
            due::purge_soon(sql, self.now)?;
            Ok(Reply::Done)
        })
    }

    /// What is kept under a name, for a session of the same login; one that takes it is the last to get it.
    pub(in crate::account) fn parked(&self, key: SessionKey, name: ParkedName, take: bool) -> Result<Reply, Fault> {
        self.within(key, |sql, session, _| {
            let name = Value::Blob(name.0.to_vec());
            let values = [name.clone(), session.login.into(), self.now.into()];
            let rows = sql.run("SELECT kept FROM parked WHERE name = ?1 AND login = ?2 AND until > ?3", &values)?;
            let Some(row) = rows.first() else { return Ok(Reply::refused(Refusal::ChallengeGone)) };
            if take {
                sql.run("DELETE FROM parked WHERE name = ?1", &[name])?;
            }
            Ok(Reply::Parked(row.text(0)?.to_owned()))
        })
    }
}
