//! A passkey proves who it is: the login, with or without a login id, and a fresh proof within a session.

use super::super::session::{self, Proof};
use super::super::sign_in::Proved;
use super::super::{Fault, Reply, Room, Row, SessionKey, Visit, due};
use crate::config::{ClonePolicy, RiskMode};
use crate::host::{Outside, Sql, Store, Value};
use crate::keys::Purpose;
use crate::notice::{Letter, Seen};
use crate::risk::{Device, Reason};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Timestamp};
use sekisho_webauthn::{Authenticated, Authentication, StoredCredential};

/// That a passkey of this account signed our challenge. Only this module makes one, after the whole ceremony.
#[derive(Debug)]
pub struct PasskeyProof {
    user_verified: bool,
    suspected: bool,
    unusual: bool,
    doubtful: bool,
}

/// How the history calls a passkey, and one whose counter went back.
const METHOD: &str = "passkey";
const SUSPECTED: &str = "passkey_suspected";

impl PasskeyProof {
    /// Whether the authenticator verified the user by biometrics or PIN.
    pub const fn user_verified(&self) -> bool {
        self.user_verified
    }

    /// Whether the login that it proves was judged to be unlike its owner's. It is let in all the same, and its owner told.
    pub(in crate::account) const fn unusual(&self) -> bool {
        self.unusual
    }

    /// Whether its login may be a copy's: nothing of it is learned as its owner's.
    pub(in crate::account) const fn doubtful(&self) -> bool {
        self.doubtful
    }

    /// How the history calls it.
    pub(in crate::account) const fn method(&self) -> &'static str {
        if self.suspected { SUSPECTED } else { METHOD }
    }
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Which passkeys may answer a login under this account's name: the same rows are read where there is none.
    pub(in crate::account) fn passkeys_for_login(&self) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let open = Row::read(sql)?.is_some();
            let mut allowed = self.credentials(sql)?;
            allowed.retain(|_| open);
            Ok(Reply::Allowed(allowed))
        })
    }

    /// Keeps a challenge for a fresh proof and answers which passkeys may give it.
    pub(in crate::account) fn begin_step_up(&self, key: SessionKey, challenge: &[u8]) -> Result<Reply, Fault> {
        self.within(key, |sql, _, _| {
            let allowed = self.credentials(sql)?;
            if allowed.is_empty() {
                return Ok(Reply::refused(Refusal::PasskeyUnknown));
            }
            self.keep_challenge(sql, key, challenge, None)?;
            Ok(Reply::Allowed(allowed))
        })
    }

    /// begin: takes the session's challenge. check: the ceremony. finish: counter and session together.
    pub(in crate::account) async fn finish_step_up<R: CryptoRng>(
        &self,
        rng: &mut R,
        key: SessionKey,
        response: &str,
    ) -> Result<Reply, Fault> {
        let Ok(peek) = sekisho_webauthn::peek(response) else { return Ok(Reply::refused(Refusal::SignInFailed)) };
        let begun = self.store.transaction(|sql| {
            let challenge = match self.take_challenge(sql, key, &[Purpose::StepUp])? {
                Ok(taken) => taken.bytes,
                Err(reply) => return Ok(Err(reply)),
            };
            let stored = self.credential(sql, &peek.credential_id)?;
            Ok::<_, Fault>(stored.map(|stored| (challenge, stored)).ok_or(Reply::refused(Refusal::SignInFailed)))
        })?;
        let (challenge, stored) = match begun {
            Ok(begun) => begun,
            Err(reply) => return Ok(reply),
        };
        let proved = self.verified(&challenge, &stored, response).await;
        self.store.transaction(|sql| {
            let seen = session::seen(sql, key)?;
            match self.note_use(sql, &stored, proved.as_ref(), (Some(key), seen))? {
                Ok(proof) => self.raise_session(sql, rng, key, Proof::Passkey(proof)),
                Err(_) => Ok(Reply::refused(Refusal::SignInFailed)),
            }
        })
    }

    /// begin: remembers the challenge as used, so that a replay finds it. check: the ceremony. finish: reads the
    /// credential again, then counter, session and notice together.
    pub(in crate::account) async fn passkey_sign_in<R: CryptoRng>(
        &self,
        rng: &mut R,
        challenge: &[u8],
        until: Timestamp,
        response: &str,
        visit: &Visit,
    ) -> Result<Reply, Fault> {
        let Ok(peek) = sekisho_webauthn::peek(response) else { return Ok(Reply::refused(Refusal::SignInFailed)) };
        let begun = self.store.transaction(|sql| {
            let used = sql.run(
                "INSERT INTO challenge (bytes, until) VALUES (?1, ?2) ON CONFLICT (bytes) DO NOTHING RETURNING 1",
                &[challenge.into(), until.into()],
            )?;
            if used.is_empty() {
                return Ok(Err(Refusal::ChallengeGone));
            }
            due::purge_soon(sql, self.now)?;
            match self.credential(sql, &peek.credential_id)? {
                Some(stored) if Row::read(sql)?.is_some() => Ok(Ok(stored)),
                _ => {
                    self.note_failure(sql, visit, METHOD)?;
                    Ok::<_, Fault>(Err(Refusal::PasskeyUnknown))
                }
            }
        })?;
        let stored = match begun {
            Ok(stored) => stored,
            Err(refusal) => return Ok(Reply::refused(refusal)),
        };
        let proved = self.verified(challenge, &stored, response).await;
        self.store.transaction(|sql| {
            let noted = self.note_use(sql, &stored, proved.as_ref(), (None, Some(visit.into())))?;
            match (noted, Row::read(sql)?) {
                // A held account opens only to who is there in person.
                (Ok(proof), Some(row)) if !row.held || proof.user_verified() => {
                    let proved = Proved::Passkey { suspected: proof.suspected, refused: false };
                    let judgement = self.judge(sql, &row, visit, (proved, rng.next_u64() >> 12))?;
                    let unusual = self.house.config.risk.mode == RiskMode::Act && judgement.suspects();
                    self.open_up(sql, &row, Some(visit.into()))?;
                    // Of two that may be copies nobody knows which is, and the next to come may be ahead: on no new device are
                    // they believed while that is remembered. Merely unusual is another matter. The site's own origin was signed
                    // for, and the user verified: that is a traveller far more often than not, and the letter asks the others.
                    let copied = judgement.reasons.contains(&Reason::PasskeySuspected);
                    let doubtful = proof.suspected || copied && judgement.evidence.device == Device::Unknown;
                    let proof = Proof::Passkey(PasskeyProof { unusual, doubtful, ..proof });
                    let opened = self.open_session(sql, rng, &row, proof, visit)?;
                    Ok(opened.map_or_else(|refused| refused, |signed_in| Reply::SignedIn(Box::new(signed_in))))
                }
                (noted, row) => {
                    if let (Err(SUSPECTED), Some(row)) = (&noted, &row) {
                        let proved = Proved::Passkey { suspected: true, refused: true };
                        self.judge(sql, row, visit, (proved, rng.next_u64() >> 12))?;
                    }
                    self.note_failure(sql, visit, noted.err().unwrap_or(METHOD))?;
                    Ok(Reply::refused(Refusal::SignInFailed))
                }
            }
        })
    }

    /// Writes a failed login into the history, as often within the time of a hold as passwords have tries: whoever knows
    /// a login id may knock, and passkeys are never held, but nobody shall fill another's history.
    fn note_failure(&self, sql: &dyn Sql, visit: &Visit, method: &str) -> Result<(), Fault> {
        let login = &self.house.config.login;
        let since = self.now - login.hold;
        let statement = "SELECT COUNT(*) FROM history WHERE at > ?1 AND outcome = 'failure' AND method LIKE 'passkey%'";
        let rows = sql.run(statement, &[since.into()])?;
        let before = rows.first().map(|row| row.integer(0)).transpose()?.unwrap_or_default();
        if before < i64::from(login.attempts) {
            self.record(sql, visit, method, "failure")?;
        }
        Ok(())
    }

    /// check: the ceremony over what begin read; nothing where a step of it fails.
    pub(super) async fn verified(
        &self,
        challenge: &[u8],
        stored: &StoredCredential,
        response: &str,
    ) -> Option<Authenticated> {
        let ceremony = Authentication::begin(self.house.relying_party(), challenge, stored, response).ok()?;
        ceremony.boxed(self.outside.verifier()).await.ok()
    }

    /// Writes that a passkey was used and makes the proof of it; how the history calls the try where it is none: the
    /// ceremony failed, or another finish has moved the counter or the customer removed the passkey while the check
    /// waited; `key` is the session within which it was used. A counter that went back may mean a copied key (WebAuthn §6.1.1): its owner hears of it in any case.
    pub(super) fn note_use(
        &self,
        sql: &dyn Sql,
        stored: &StoredCredential,
        proved: Option<&Authenticated>,
        (key, seen): (Option<SessionKey>, Option<Seen>),
    ) -> Result<Result<PasskeyProof, &'static str>, Fault> {
        let again = self.credential(sql, &stored.id)?;
        let still = |again: &StoredCredential| again.sign_count == stored.sign_count || stored.sign_count == 0;
        let Some(proved) = proved.filter(|_| again.as_ref().is_some_and(still)) else { return Ok(Err(METHOD)) };
        let before = Row::read(sql)?;
        let policy = &self.house.config.passkey;
        let suspected = proved.clone_suspected;
        let refused = suspected && policy.clone == ClonePolicy::Refuse;
        if suspected {
            let names = sql.run("SELECT name FROM credential WHERE id = ?1", &[stored.id.as_slice().into()])?;
            if let (Some(name), Some(profile)) = (names.first(), before.as_ref().and_then(|row| row.profile.as_ref())) {
                let letter = Letter::passkey_suspected(self.now, name.text(0)?, refused, &profile.lang);
                let letter = letter.perhaps_seen(seen.clone());
                due::put(sql, self.now, &due::Task::Letter(letter))?;
            }
            // A login by it has a line of its own. From that line on no passkey makes a device known for a while.
            if let Some(key) = key {
                let line = [SUSPECTED, if refused { "failure" } else { "confirmed" }];
                session::note_of(sql, Value::Blob(key.0.to_vec()), self.now, line)?;
            }
        }
        if refused {
            return Ok(Err(SUSPECTED));
        }
        sql.run(
            "UPDATE credential SET sign_count = ?1, synced = ?2, last_used = ?3 WHERE id = ?4",
            &[
                i64::from(proved.sign_count.max(stored.sign_count)).into(),
                proved.backup_state.into(),
                self.now.into(),
                stored.id.as_slice().into(),
            ],
        )?;
        if let (Some(before), Some(after)) = (before, Row::read(sql)?) {
            self.tell_of_passwords(sql, before.refuses_passwords(policy), &after, (key, seen))?;
        }
        Ok(Ok(PasskeyProof { user_verified: proved.user_verified, suspected, unusual: false, doubtful: suspected }))
    }
}
