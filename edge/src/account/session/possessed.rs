//! A session that goes on by token: whose key it is, the proofs of that key, and which of them were used.

use super::set_deadline;
use crate::account::{Fault, Reply, Room, SessionKey, Visit, due};
use crate::gate::session_key;
use crate::host::{Outside, Sql, Store, StoreFault, Value};
use crate::possession::{AGE, SKEW, TYP};
use rand_core::CryptoRng;
use ring::digest;
use sekisho_rules::{Refusal, Standing};
use sekisho_webauthn::PossessionProof;

/// As many proofs of one login are remembered; they go after a minute. An app that sends more waits, and no other one of its owner's.
const MOST: i64 = 4_096;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// check: the proof, under the key that it brings. finish: the session goes on under a new id, for that key alone.
    pub(in crate::account) async fn possess<R: CryptoRng>(
        &self,
        rng: &mut R,
        key: SessionKey,
        proof: &str,
        visit: Visit,
    ) -> Result<Reply, Fault> {
        let Some((thumbprint, jti)) = self.proved(proof, None).await else {
            return Ok(Reply::refused(Refusal::ProofRefused));
        };
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        self.within(key, |sql, kept, row| {
            if let Some(refused) = self.use_proof(sql, kept.login, &jti)? {
                return Ok(refused);
            }
            // What is bound to a browser does not leave it, nor what has to be proved anew.
            if kept.possessor.is_some() || kept.moved || kept.registered && self.house.config.session.bound {
                return Ok(Reply::refused(Refusal::InsufficientAuthentication));
            }
            let old = Value::Blob(key.0.to_vec());
            sql.run(
                "INSERT INTO session (key, opened, auth_time, amr, channel, client, deadline, login, place, last_seen, crossed, possessor, elevated) \
                 SELECT ?1, opened, auth_time, amr, channel, client, deadline, login, place, last_seen, crossed, ?2, elevated FROM session WHERE key = ?3",
                &[Value::Blob(session_key(&id).0.to_vec()), thumbprint.into(), old.clone()],
            )?;
            sql.run("UPDATE session SET ended = 'possessed' WHERE key = ?1", &[old])?;
            let visit = Visit { channel: kept.channel.clone(), ..visit };
            self.record(sql, &visit, "token", "success")?;
            let session = kept.state(&row.customer);
            Ok(Reply::goes_on(id, session))
        })
    }

    /// begin: whose key it must be. check: the proof. finish: it was not used before; then a request of the session's customer.
    pub(in crate::account) async fn prove(
        &self,
        key: SessionKey,
        proof: &str,
        background: bool,
    ) -> Result<Reply, Fault> {
        let possessor = match self.store.transaction(|sql| self.live(sql, key))? {
            Ok((kept, _)) => kept.possessor,
            Err(standing) => return Ok(Reply::Gone(standing)),
        };
        let Some(possessor) = possessor else { return Ok(Reply::Gone(Standing::Unknown)) };
        let Some((_, jti)) = self.proved(proof, Some(&possessor)).await else {
            return Ok(Reply::refused(Refusal::ProofRefused));
        };
        self.within(key, |sql, mut kept, row| {
            if let Some(refused) = self.use_proof(sql, kept.login, &jti)? {
                return Ok(refused);
            }
            let rule = self.house.config.session_of(&kept.channel);
            if !background {
                self.note_seen(sql, &kept)?;
                kept.deadline = rule.touched(kept.opened, kept.deadline, self.now);
                set_deadline(sql, kept.login, kept.deadline)?;
            }
            Ok(Reply::Session(kept.state(&row.customer)))
        })
    }

    /// The thumbprint of the key that a proof brings (RFC 7638) and its `jti`, where that key has signed it. Another key than the
    /// `possessor`'s is found out before its signature costs anything.
    async fn proved(&self, proof: &str, possessor: Option<&str>) -> Option<(String, String)> {
        let read = PossessionProof::read(TYP, proof).ok()?;
        let key = read.key()?.clone();
        let thumbprint = key.thumbprint();
        if possessor.is_some_and(|possessor| possessor != thumbprint) {
            return None;
        }
        let claims = read.begin(&key).ok()?.run(self.outside.verifier()).await.ok()?;
        Some((thumbprint, claims.jti))
    }

    /// Remembers a proof as used, for as long as it could be sent again; why it may not be used.
    fn use_proof(&self, sql: &dyn Sql, login: i64, jti: &str) -> Result<Option<Reply>, Fault> {
        sql.run("DELETE FROM proof WHERE until < ?1", &[self.now.into()])?;
        let count = sql.run("SELECT COUNT(*) FROM proof WHERE login = ?1", &[login.into()])?;
        let count = count.first().map_or_else(|| Err(StoreFault("no count".into())), |row| row.integer(0))?;
        if count >= MOST {
            return Ok(Some(Reply::Refused { refusal: Refusal::RateLimited, until: Some(self.now + AGE) }));
        }
        let id = digest::digest(&digest::SHA256, jti.as_bytes());
        let until = self.now + AGE + SKEW + SKEW;
        let taken = sql.run(
            "INSERT INTO proof (login, id, until) VALUES (?1, ?2, ?3) ON CONFLICT (login, id) DO NOTHING RETURNING 1",
            &[login.into(), id.as_ref().into(), until.into()],
        )?;
        due::purge_soon(sql, self.now)?;
        Ok(taken.is_empty().then(|| Reply::refused(Refusal::ProofRefused)))
    }
}
