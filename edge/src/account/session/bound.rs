//! What a session is bound to: the key of the browser that opened it, registered once, and its signatures (Device Bound
//! Session Credentials).
//!
//! A binding counts from when the browser has shown that it knows of it, by the cookie that came with it or by a
//! signature: an answer that was lost on the way leaves the session as it was, and another key may take the place of that
//! one. A key that counts is never replaced, and what was carried on elsewhere from the login before ends when it begins to count.

use super::{Kept, NOTED, set_deadline};
use crate::account::{Fault, Reply, Room, SessionKey, Visit};
use crate::bound::{BindingId, TYP};
use crate::host::{Outside, Sql, Store, StoreFault, Value};
use crate::keys::Challenge;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Standing};
use sekisho_webauthn::{PossessionProof, ProofKey};

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// A request of the session's customer; inside the renewal window it sets the deadline anew. `shown`: the request brought
    /// the bound cookie.
    pub(in crate::account) fn touch(&self, key: SessionKey, background: bool, shown: bool) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            if shown {
                count_binding(sql, key)?;
            }
            let (mut kept, row) = match self.live(sql, key)? {
                // One that goes on by token does so by nothing else.
                Ok((kept, _)) if kept.possessor.is_some() => return Ok(Reply::Gone(Standing::Unknown)),
                Ok(live) => live,
                Err(standing) => return Ok(Reply::Gone(standing)),
            };
            let rule = self.house.config.session_of(&kept.channel);
            let deadline = if background { kept.deadline } else { rule.touched(kept.opened, kept.deadline, self.now) };
            if !background {
                self.note_seen(sql, &kept)?;
            }
            if deadline != kept.deadline {
                set_deadline(sql, kept.login, deadline)?;
                kept.deadline = deadline;
            }
            Ok(Reply::Session(kept.state(&row.customer)))
        })
    }

    /// Notes that the session's customer was seen, at whatever entrance.
    pub(super) fn note_seen(&self, sql: &dyn Sql, kept: &Kept) -> Result<(), StoreFault> {
        if self.now - kept.last_seen >= NOTED {
            let values = [self.now.into(), kept.login.into()];
            sql.run("UPDATE session SET last_seen = ?1 WHERE login = ?2 AND ended IS NULL", &values)?;
        }
        Ok(())
    }

    /// The session was used from elsewhere, and at every entrance is to prove itself anew there: its history tells so, once. Answers
    /// with the session where it had not.
    pub(in crate::account) fn moved(&self, key: SessionKey, client: String) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            if kept.moved {
                return Ok(Reply::Done);
            }
            sql.run("UPDATE session SET moved = 1 WHERE login = ?1 AND ended IS NULL", &[kept.login.into()])?;
            let visit = Visit { channel: kept.channel.clone(), client, ..Visit::default() };
            self.record(sql, &visit, "session_moved", "asked")?;
            Ok(Reply::Session(kept.state(&row.customer)))
        })
    }

    /// begin: the challenge is used up. check: the proof, under the key that it brings. finish: the key is the session's.
    pub(in crate::account) async fn bind<R: CryptoRng>(
        &self,
        rng: &mut R,
        key: SessionKey,
        challenge: &Challenge,
        proof: &str,
    ) -> Result<Reply, Fault> {
        let begun = self.store.transaction(|sql| match self.live(sql, key)? {
            Ok((kept, _)) if kept.possessor.is_some() || !self.use_up(sql, challenge)? => {
                Ok(Some(Reply::refused(Refusal::ChallengeGone)))
            }
            Ok(_) => Ok::<_, Fault>(None),
            Err(standing) => Ok(Some(Reply::Gone(standing))),
        })?;
        if let Some(reply) = begun {
            return Ok(reply);
        }
        let registered = PossessionProof::read(TYP, proof).ok().and_then(|read| read.key().cloned());
        let Some(registered) = registered else { return Ok(Reply::refused(Refusal::Malformed)) };
        if let Err(reply) = self.is_proved(challenge, proof, &registered).await {
            return Ok(reply);
        }
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        self.within(key, |sql, kept, row| {
            let values = [Value::Blob(id.to_vec()), registered.jwk().into(), Value::Blob(key.0.to_vec())];
            let statement =
                "UPDATE session SET binding = ?1, binding_key = ?2 WHERE key = ?3 AND binding_shown = 0 RETURNING 1";
            if sql.run(statement, &values)?.is_empty() {
                return Ok(Reply::refused(Refusal::ChallengeGone));
            }
            let state = kept.state(&row.customer);
            Ok(Reply::Session(crate::account::SessionState { bound: Some(BindingId(id)), ..state }))
        })
    }

    /// begin: reads the key of the binding and uses the challenge up. check: the proof, which brings no key of its own.
    /// finish: the binding's session, by whatever id it goes on now, is still live. It extends nothing.
    pub(in crate::account) async fn refresh(
        &self,
        binding: BindingId,
        challenge: &Challenge,
        proof: &str,
    ) -> Result<Reply, Fault> {
        let begun = self.store.transaction(|sql| {
            let kept = match self.of_binding(sql, binding)? {
                Ok((_, kept)) => kept,
                Err(standing) => return Ok(Err(Reply::Gone(standing))),
            };
            let used = self.use_up(sql, challenge)?;
            Ok::<_, Fault>(used.then_some(kept).ok_or(Reply::refused(Refusal::ChallengeGone)))
        })?;
        let jwk = match begun {
            Ok(jwk) => jwk,
            Err(reply) => return Ok(reply),
        };
        let brings_key = PossessionProof::read(TYP, proof).map_or(true, |read| read.key().is_some());
        let Some(registered) = ProofKey::parse(&jwk).ok().filter(|_| !brings_key) else {
            return Ok(Reply::refused(Refusal::Malformed));
        };
        if let Err(reply) = self.is_proved(challenge, proof, &registered).await {
            return Ok(reply);
        }
        self.store.transaction(|sql| {
            let key = match self.of_binding(sql, binding)? {
                Ok((key, _)) => key,
                Err(standing) => return Ok(Reply::Gone(standing)),
            };
            count_binding(sql, key)?;
            match self.live(sql, key)? {
                Ok((kept, row)) => Ok(Reply::Session(kept.state(&row.customer))),
                Err(standing) => Ok(Reply::Gone(standing)),
            }
        })
    }

    /// Whether `proof` is a signature of `key` over `challenge`.
    async fn is_proved(&self, challenge: &Challenge, proof: &str, key: &ProofKey) -> Result<(), Reply> {
        let refused = |fault: sekisho_webauthn::Error| Reply::refused(fault.refusal());
        let ceremony = PossessionProof::read(TYP, proof).and_then(|read| read.begin(key)).map_err(refused)?;
        let claims = ceremony.run(self.outside.verifier()).await.map_err(refused)?;
        match claims.jti == URL_SAFE_NO_PAD.encode(&challenge.bytes) {
            true => Ok(()),
            false => Err(Reply::refused(Refusal::ChallengeGone)),
        }
    }

    /// The live session that a binding belongs to, and its key.
    fn of_binding(&self, sql: &dyn Sql, binding: BindingId) -> Result<Result<(SessionKey, String), Standing>, Fault> {
        let statement = "SELECT key, binding_key FROM session WHERE binding = ?1 AND ended IS NULL";
        let rows = sql.run(statement, &[Value::Blob(binding.0.to_vec())])?;
        let Some(row) = rows.first() else { return Ok(Err(Standing::Unknown)) };
        let Ok(key) = row.blob(0)?.try_into().map(SessionKey) else { return Ok(Err(Standing::Unknown)) };
        Ok(self.live(sql, key)?.map(|_| ()).and(Ok((key, row.text(1)?.to_owned()))))
    }

    /// Notes that a challenge was used; whether nobody had. What is out of date goes.
    fn use_up(&self, sql: &dyn Sql, challenge: &Challenge) -> Result<bool, StoreFault> {
        sql.run("DELETE FROM challenge WHERE until < ?1", &[self.now.into()])?;
        let values = [Value::Blob(challenge.bytes.clone()), challenge.until.into()];
        let statement =
            "INSERT INTO challenge (bytes, until) VALUES (?1, ?2) ON CONFLICT (bytes) DO NOTHING RETURNING 1";
        let first = !sql.run(statement, &values)?.is_empty();
        Ok(first && self.now < challenge.until)
    }
}

/// The binding of a session that has not ended counts from now on. What was carried on elsewhere from the login before that is not
/// bound by it, and ends.
fn count_binding(sql: &dyn Sql, key: SessionKey) -> Result<(), StoreFault> {
    let key = Value::Blob(key.0.to_vec());
    let statement = "UPDATE session SET binding_shown = 1 WHERE key = ?1 AND ended IS NULL AND binding IS NOT NULL \
         AND binding_shown = 0 RETURNING login";
    if let Some(row) = sql.run(statement, std::slice::from_ref(&key))?.first() {
        let others = "UPDATE session SET ended = 'bound' WHERE ended IS NULL AND key <> ?1 AND login = ?2";
        sql.run(others, &[key, row.integer(0)?.into()])?;
    }
    Ok(())
}
