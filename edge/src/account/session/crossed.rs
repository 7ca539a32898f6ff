//! A session carried on at another of the site's origins: the same login and deadline, under an id of its own.

use crate::account::{Fault, Reply, Room, SessionKey, due};
use crate::gate::session_key;
use crate::host::{Outside, Store, Value};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Standing, Timestamp};

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Takes the code, which is good once, and hands out an id at the origin `entrance`; the one it had there ends.
    pub(in crate::account) fn cross<R: CryptoRng>(
        &self,
        rng: &mut R,
        key: SessionKey,
        entrance: u8,
        (code, until): (&[u8; 32], Timestamp),
    ) -> Result<Reply, Fault> {
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        self.store.transaction(|sql| {
            let taken = sql.run(
                "INSERT INTO challenge (bytes, until) VALUES (?1, ?2) ON CONFLICT (bytes) DO NOTHING RETURNING 1",
                &[code.as_slice().into(), until.into()],
            )?;
            if taken.is_empty() || until <= self.now {
                return Ok(Reply::refused(Refusal::ChallengeGone));
            }
            due::purge_soon(sql, self.now)?;
            let (kept, row) = match self.live(sql, key)? {
                // What is some key's, an app's or a browser's, is not carried on without it.
                Ok((kept, _)) if kept.possessor.is_some() => return Ok(Reply::Gone(Standing::Unknown)),
                // Nor is what was used from elsewhere, before it is proved anew.
                Ok((kept, _)) if kept.moved => return Ok(Reply::Gone(Standing::Unknown)),
                Ok((kept, _)) if kept.registered && self.house.config.session.bound => {
                    return Ok(Reply::Gone(Standing::Unknown));
                }
                Ok(live) => live,
                Err(standing) => return Ok(Reply::Gone(standing)),
            };
            let (old, crossed) = (Value::Blob(key.0.to_vec()), i64::from(entrance) + 1);
            sql.run(
                "UPDATE session SET ended = 'crossed' WHERE login = ?1 AND crossed = ?2 AND ended IS NULL AND key <> ?3",
                &[kept.login.into(), crossed.into(), old.clone()],
            )?;
            sql.run(
                "INSERT INTO session (key, opened, auth_time, amr, channel, client, deadline, login, place, last_seen, crossed, elevated) \
                 SELECT ?1, opened, auth_time, amr, channel, client, deadline, login, place, last_seen, ?2, elevated FROM session WHERE key = ?3",
                &[Value::Blob(session_key(&id).0.to_vec()), crossed.into(), old],
            )?;
            let session = kept.state(&row.customer);
            Ok(Reply::goes_on(id, session))
        })
    }
}
