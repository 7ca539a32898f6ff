//! The account's live sessions as their owner sees them, and their end.

use super::seen;
use crate::account::{Fault, Reply, Room, SessionKey, SessionView};
use crate::host::{self, Outside, Sql, Store, StoreFault, Value};
use crate::notice::{Letter, Matter};

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// The live sessions, the newest first.
    pub(in crate::account) fn sessions(&self, key: SessionKey) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, _| {
            let mut rows = self.live_rows(sql)?;
            rows.reverse();
            let view = |row: &host::Row| {
                let bytes = row.blob(0)?;
                let id =
                    bytes.first_chunk::<16>().ok_or_else(|| StoreFault("a session key of another length".into()))?;
                Ok(SessionView {
                    id: *id,
                    channel: row.text(1)?.to_owned(),
                    client: row.text(2)?.to_owned(),
                    place: row.text(6)?.to_owned(),
                    opened: row.moment(3)?,
                    last_seen: row.moment(8)?,
                    deadline: self.house.config.session_of(row.text(1)?).bounded(row.moment(3)?, row.moment(4)?),
                    current: row.integer(5)? == kept.login
                        && row.text(10)? == kept.possessor.as_deref().unwrap_or_default(),
                    bound: row.integer(7)? != 0,
                })
            };
            Ok(Reply::Sessions(rows.iter().map(view).collect::<Result<_, StoreFault>>()?))
        })
    }

    /// The live sessions' key, channel, client, opening, deadline and login, those that were opened first in front. One that is
    /// carried on at several entrances is one, and has the key of the first; a token beside it is another.
    pub(super) fn live_rows(&self, sql: &dyn Sql) -> Result<Vec<host::Row>, StoreFault> {
        let config = &self.house.config;
        let mut rows = sql.run(
            "SELECT key, channel, client, opened, deadline, login, place, binding_shown, last_seen, MIN(crossed), \
             COALESCE(possessor, '') FROM session WHERE ended IS NULL \
             AND deadline > ?1 AND opened > ?2 GROUP BY login, possessor ORDER BY opened, key",
            &[self.now.into(), (self.now - config.longest_session()).into()],
        )?;
        // Each channel has an absolute end of its own.
        let lives = |row: &host::Row| {
            let (channel, opened) = (row.text(1).ok()?, row.moment(3).ok()?);
            Some(opened + config.session_of(channel).absolute > self.now)
        };
        rows.retain(|row| lives(row).unwrap_or(true));
        Ok(rows)
    }

    /// Ends a session; one that is not there is ended already. Where another login of the same customer in the same browser ends it,
    /// its forms wait for that `successor`.
    pub(in crate::account) fn end(&self, key: SessionKey, successor: Option<SessionKey>) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let key = Value::Blob(key.0.to_vec());
            if let Some(successor) = successor {
                // That it gave way to the very login that follows it is no other end.
                sql.run(
                    "UPDATE parked SET login = (SELECT login FROM session WHERE key = ?2 AND ended IS NULL) \
                     WHERE login = (SELECT login FROM session WHERE key = ?1 AND (ended IS NULL OR ended = 'limit')) \
                     AND EXISTS (SELECT 1 FROM session WHERE key = ?2 AND ended IS NULL)",
                    &[key.clone(), Value::Blob(successor.0.to_vec())],
                )?;
            }
            // At every entrance. An id that has ended ends nothing more.
            sql.run(
                "UPDATE session SET ended = 'logout' WHERE ended IS NULL \
                 AND login = (SELECT login FROM session WHERE key = ?1 AND ended IS NULL)",
                &[key],
            )?;
            Ok(Reply::Done)
        })
    }

    /// Ends every session but this very id, if there is one, where a factor was taken away or replaced: whoever came in by it is out.
    pub(in crate::account) fn end_others(
        &self,
        sql: &dyn Sql,
        key: impl Into<Option<SessionKey>>,
    ) -> Result<(), StoreFault> {
        let own = key.into().map_or(Value::Null, |key| Value::Blob(key.0.to_vec()));
        sql.run("UPDATE session SET ended = 'changed' WHERE ended IS NULL AND key IS NOT ?1", &[own]).map(|_| ())
    }

    /// Ends another line of the list, or all that is not this very id: what was copied or carried on from the same login ends too,
    /// and the crossing carries it on anew. One that is not there is ended already.
    pub(in crate::account) fn end_other(&self, key: SessionKey, other: Option<[u8; 16]>) -> Result<Reply, Fault> {
        self.within_fresh(key, |sql, row| {
            let own = Value::Blob(key.0.to_vec());
            let ended = match other {
                Some(id) => sql.run(
                    "UPDATE session SET ended = 'elsewhere' WHERE ended IS NULL \
                     AND (login, possessor) IS NOT (SELECT login, possessor FROM session WHERE key = ?1) \
                     AND (login, possessor) IS (SELECT login, possessor FROM session WHERE substr(key, 1, 16) = ?2 AND ended IS NULL) RETURNING 1",
                    &[own, Value::Blob(id.to_vec())],
                ),
                None => sql.run(
                    "UPDATE session SET ended = 'elsewhere' WHERE ended IS NULL AND key <> ?1 RETURNING 1",
                    &[own],
                ),
            }?;
            if !ended.is_empty() {
                let seen = seen(sql, key)?;
                self.tell(sql, &row, |lang| Letter::new(self.now, lang, Matter::SessionsEnded).perhaps_seen(seen))?;
            }
            Ok(Reply::Done)
        })
    }
}
