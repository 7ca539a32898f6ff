//! Passkeys of this account: registration, sign-in, list, rename, removal.
//!
//! The ceremony itself is `sekisho-webauthn`'s. Here its challenge is taken once and for all before anything is
//! verified, and what it proved is written after everything was read again.

use super::session::Proof;
use super::{CredentialName, Fault, PasskeyOptions, PasskeyView, Reply, Room, Row, SessionKey, Visit, due, session};
use crate::host::{self, Outside, Sql, Store, StoreFault, Value};
use crate::keys::Purpose;
use crate::notice::Letter;
use rand_core::CryptoRng;
use sekisho_rules::{Amr, Refusal, Timestamp};
use sekisho_webauthn::{Authenticated, Authentication, Registration, StoredCredential};
use std::time::Duration;

/// How long a registration's challenge may be used.
pub(crate) const CEREMONY: Duration = Duration::from_secs(300);

/// That a passkey of this account signed our challenge. Only this module makes one, after the whole ceremony.
#[derive(Debug)]
pub struct PasskeyProof {
    user_verified: bool,
}

impl PasskeyProof {
    /// Whether the authenticator verified the user by biometrics or PIN.
    pub const fn user_verified(&self) -> bool {
        self.user_verified
    }
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Keeps a registration's challenge and answers what its options are made of.
    pub(super) fn begin_passkey(&self, key: SessionKey, challenge: &[u8]) -> Result<Reply, Fault> {
        self.within_fresh(key, |sql, row| {
            if self.is_full(sql)? {
                return Ok(Reply::refused(Refusal::PasskeyLimit));
            }
            self.keep_challenge(sql, key, challenge)?;
            let exclude = self.credentials(sql)?;
            let display_name = match &row.profile {
                Some(profile) => format!("{} {}", profile.family, profile.given),
                None => row.customer.clone(),
            };
            Ok(Reply::PasskeyOptions(PasskeyOptions { name: row.customer, display_name, exclude }))
        })
    }

    /// begin: takes the session's challenge. check: the ceremony. finish: writes the credential.
    pub(super) async fn finish_passkey(
        &self,
        key: SessionKey,
        response: &str,
        name: Option<String>,
        visit: &Visit,
    ) -> Result<Reply, Fault> {
        let taken = self.store.transaction(|sql| self.take_challenge(sql, key, Purpose::Register))?;
        let challenge = match taken {
            Ok(challenge) => challenge,
            Err(reply) => return Ok(reply),
        };
        let rp = self.house.relying_party();
        let ceremony = match Registration::begin(rp, &challenge, self.now, response) {
            Ok(ceremony) => ceremony.run(self.outside.verifier()).await,
            Err(fault) => Err(fault),
        };
        let made = match ceremony {
            Ok(made) => made,
            Err(fault) => return Ok(Reply::refused(fault.refusal())),
        };
        let synced = made.backup_state;
        let name = name.unwrap_or_else(|| visit.client.clone());
        self.within_fresh(key, |sql, row| {
            if self.is_full(sql)? {
                return Ok(Reply::refused(Refusal::PasskeyLimit));
            }
            let written = sql.run(
                "INSERT INTO credential (id, public_key, algorithm, sign_count, eligible, synced, transports, aaguid, \
                 name, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING \
                 RETURNING 1",
                &[
                    made.credential_id.as_slice().into(),
                    made.public_key.as_slice().into(),
                    made.algorithm.into(),
                    i64::from(made.sign_count).into(),
                    made.backup_eligible.into(),
                    synced.into(),
                    made.transports.join(",").into(),
                    made.aaguid.as_slice().into(),
                    name.as_str().into(),
                    self.now.into(),
                ],
            )?;
            if written.is_empty() {
                return Ok(Reply::refused(Refusal::PasskeyExists));
            }
            if let Some(profile) = &row.profile {
                let letter = Letter::passkey_added(self.now, &name, &profile.lang);
                due::put(sql, self.now, &due::Task::Letter(letter))?;
            }
            let (id, created) = (made.credential_id.clone(), self.now);
            Ok(Reply::Passkey(PasskeyView { id, name, created, last_used: None, synced }))
        })
    }

    /// Keeps a challenge for a fresh proof and answers which passkeys may give it.
    pub(super) fn begin_step_up(&self, key: SessionKey, challenge: &[u8]) -> Result<Reply, Fault> {
        self.within(key, |sql, _, _| {
            let allowed = self.credentials(sql)?;
            if allowed.is_empty() {
                return Ok(Reply::refused(Refusal::PasskeyUnknown));
            }
            self.keep_challenge(sql, key, challenge)?;
            Ok(Reply::Allowed(allowed))
        })
    }

    /// begin: takes the session's challenge. check: the ceremony. finish: counter and session together.
    pub(super) async fn finish_step_up<R: CryptoRng>(
        &self,
        rng: &mut R,
        key: SessionKey,
        response: &str,
    ) -> Result<Reply, Fault> {
        let Ok(peek) = sekisho_webauthn::peek(response) else { return Ok(Reply::refused(Refusal::SignInFailed)) };
        let begun = self.store.transaction(|sql| {
            let challenge = match self.take_challenge(sql, key, Purpose::StepUp)? {
                Ok(challenge) => challenge,
                Err(reply) => return Ok(Err(reply)),
            };
            let stored = self.credential(sql, &peek.credential_id)?;
            Ok::<_, Fault>(stored.map(|stored| (challenge, stored)).ok_or(Reply::refused(Refusal::SignInFailed)))
        })?;
        let (challenge, stored) = match begun {
            Ok(begun) => begun,
            Err(reply) => return Ok(reply),
        };
        let rp = self.house.relying_party();
        let proved = match Authentication::begin(rp, &challenge, &stored, response) {
            Ok(ceremony) => ceremony.run(self.outside.verifier()).await,
            Err(fault) => Err(fault),
        };
        self.store.transaction(|sql| match proved.as_ref() {
            Ok(proved) if self.note_use(sql, &stored, proved)? => {
                let proof = PasskeyProof { user_verified: proved.user_verified };
                self.raise_session(sql, rng, key, Proof::Passkey(proof))
            }
            _ => Ok(Reply::refused(Refusal::SignInFailed)),
        })
    }

    /// begin: remembers the challenge as used, so that a replay finds it. check: the ceremony. finish: reads the
    /// credential again, then counter, session and notice together.
    pub(super) async fn passkey_sign_in<R: CryptoRng>(
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
                    session::record(sql, self.now, visit, "passkey", "failure")?;
                    Ok::<_, Fault>(Err(Refusal::SignInFailed))
                }
            }
        })?;
        let stored = match begun {
            Ok(stored) => stored,
            Err(refusal) => return Ok(Reply::refused(refusal)),
        };
        let rp = self.house.relying_party();
        let proved = match Authentication::begin(rp, challenge, &stored, response) {
            Ok(ceremony) => ceremony.run(self.outside.verifier()).await,
            Err(fault) => Err(fault),
        };
        self.store.transaction(|sql| {
            let proved = proved.as_ref().ok();
            let noted = proved.map_or(Ok(false), |proved| self.note_use(sql, &stored, proved))?;
            let (Some(proved), true, Some(row)) = (proved, noted, Row::read(sql)?) else {
                session::record(sql, self.now, visit, "passkey", "failure")?;
                return Ok(Reply::refused(Refusal::SignInFailed));
            };
            let proof = PasskeyProof { user_verified: proved.user_verified };
            let signed_in = self.open_session(sql, rng, &row, Proof::Passkey(proof), visit)?;
            Ok(Reply::SignedIn(Box::new(signed_in)))
        })
    }

    /// Turns password logins off or on, for a session whose fresh proof is a passkey's.
    pub(super) fn passkey_only(&self, key: SessionKey, on: bool) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            let fresh = self.now - kept.auth_time() <= self.house.config.passkey.fresh;
            if !fresh || !kept.amr().contains(Amr::PASSKEY) {
                return Ok(Reply::refused(Refusal::InsufficientAuthentication));
            }
            if on && self.credentials(sql)?.is_empty() {
                return Ok(Reply::refused(Refusal::PasskeyUnknown));
            }
            if on != row.passkey_only {
                sql.run("UPDATE account SET passkey_only = ?1", &[on.into()])?;
                // A password that was right a moment ago opens nothing any more.
                sql.run("DELETE FROM code WHERE purpose = 'sign-in'", &[])?;
                if let Some(profile) = &row.profile {
                    due::put(sql, self.now, &due::Task::Letter(Letter::passkey_only(self.now, on, &profile.lang)))?;
                }
            }
            Ok(Reply::Done)
        })
    }

    /// All passkeys, the oldest first.
    pub(super) fn passkeys(&self, key: SessionKey) -> Result<Reply, Fault> {
        self.within(key, |sql, _, _| {
            let statement = "SELECT id, name, created, last_used, synced FROM credential ORDER BY created, id";
            let rows = sql.run(statement, &[])?;
            Ok(Reply::Passkeys(rows.iter().map(view).collect::<Result<_, _>>()?))
        })
    }

    /// Gives a passkey another name.
    pub(super) fn rename_passkey(&self, key: SessionKey, id: &[u8], name: &str) -> Result<Reply, Fault> {
        self.within(key, |sql, _, _| {
            let renamed =
                sql.run("UPDATE credential SET name = ?1 WHERE id = ?2 RETURNING 1", &[name.into(), id.into()])?;
            Ok(if renamed.is_empty() { Reply::refused(Refusal::PasskeyUnknown) } else { Reply::Done })
        })
    }

    /// Removes a passkey, unless it is the last way to log in.
    pub(super) fn delete_passkey(&self, key: SessionKey, id: &[u8]) -> Result<Reply, Fault> {
        self.within_fresh(key, |sql, row| {
            let others = sql.run("SELECT 1 FROM credential WHERE id <> ?1 LIMIT 1", &[id.into()])?;
            let by_password = !row.passkey_only && (row.password.is_some() || self.house.config.elsewhere.is_some());
            if others.is_empty() && !by_password {
                return Ok(Reply::refused(Refusal::LastFactor));
            }
            let gone = sql.run("DELETE FROM credential WHERE id = ?1 RETURNING name", &[id.into()])?;
            let Some(gone) = gone.first() else { return Ok(Reply::refused(Refusal::PasskeyUnknown)) };
            if let Some(profile) = &row.profile {
                let letter = Letter::passkey_removed(self.now, gone.text(0)?, &profile.lang);
                due::put(sql, self.now, &due::Task::Letter(letter))?;
            }
            Ok(Reply::Done)
        })
    }

    /// Keeps a challenge until the session's finish takes it. One ceremony at a time: a new one makes the last one void.
    fn keep_challenge(&self, sql: &dyn Sql, key: SessionKey, challenge: &[u8]) -> Result<(), StoreFault> {
        let session = Value::Blob(key.0.to_vec());
        sql.run("DELETE FROM challenge WHERE session = ?1", std::slice::from_ref(&session))?;
        sql.run(
            "INSERT INTO challenge (bytes, session, until) VALUES (?1, ?2, ?3)",
            &[challenge.into(), session, (self.now + CEREMONY).into()],
        )?;
        Ok(())
    }

    /// Takes the live session's challenge, which is good once and for the purpose that our mark on it names.
    fn take_challenge(
        &self,
        sql: &dyn Sql,
        key: SessionKey,
        purpose: Purpose,
    ) -> Result<Result<Vec<u8>, Reply>, Fault> {
        if let Err(standing) = self.live(sql, key)? {
            return Ok(Err(Reply::Gone(standing)));
        }
        let session = [Value::Blob(key.0.to_vec())];
        let rows = sql.run("DELETE FROM challenge WHERE session = ?1 RETURNING bytes, until", &session)?;
        let gone = Err(Reply::refused(Refusal::ChallengeGone));
        let Some(row) = rows.first() else { return Ok(gone) };
        let bytes = row.blob(0)?;
        let ours = self.house.keys.own_challenge(bytes, purpose, &key.0, self.now).is_some();
        Ok(if ours && self.now < row.moment(1)? { Ok(bytes.to_vec()) } else { gone })
    }

    /// Writes that a passkey was used, unless another finish has moved its counter, or the customer removed it, while the
    /// check waited. A counter that went back may mean a copied key (WebAuthn §6.1.1): refused, and its owner hears of it.
    fn note_use(&self, sql: &dyn Sql, stored: &StoredCredential, proved: &Authenticated) -> Result<bool, Fault> {
        let again = self.credential(sql, &stored.id)?;
        if again.is_none_or(|again| again.sign_count != stored.sign_count && stored.sign_count != 0) {
            return Ok(false);
        }
        if proved.clone_suspected {
            let names = sql.run("SELECT name FROM credential WHERE id = ?1", &[stored.id.as_slice().into()])?;
            if let (Some(name), Some(profile)) = (names.first(), Row::read(sql)?.and_then(|row| row.profile)) {
                let letter = Letter::passkey_suspected(self.now, name.text(0)?, &profile.lang);
                due::put(sql, self.now, &due::Task::Letter(letter))?;
            }
            return Ok(false);
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
        Ok(true)
    }

    /// The passkeys as options name them: id and transports.
    fn credentials(&self, sql: &dyn Sql) -> Result<Vec<CredentialName>, StoreFault> {
        let rows = sql.run("SELECT id, transports FROM credential", &[])?;
        rows.iter().map(|row| Ok((row.blob(0)?.to_vec(), transports(row.text(1)?)))).collect()
    }

    fn is_full(&self, sql: &dyn Sql) -> Result<bool, StoreFault> {
        let rows = sql.run("SELECT COUNT(*) FROM credential", &[])?;
        let count = rows.first().map(|row| row.integer(0)).transpose()?.unwrap_or_default();
        Ok(count >= i64::from(self.house.config.passkey.limit))
    }

    fn credential(&self, sql: &dyn Sql, id: &[u8]) -> Result<Option<StoredCredential>, StoreFault> {
        let rows = sql.run(
            "SELECT id, public_key, algorithm, sign_count, eligible, synced FROM credential WHERE id = ?1",
            &[id.into()],
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(StoredCredential {
            id: row.blob(0)?.to_vec(),
            public_key: row.blob(1)?.to_vec(),
            algorithm: row.integer(2)?,
            sign_count: u32::try_from(row.integer(3)?).unwrap_or(u32::MAX),
            backup_eligible: row.integer(4)? != 0,
            backup_state: row.integer(5)? != 0,
            user_handle: self.house.keys.user_handle(self.id),
        }))
    }
}

fn view(row: &host::Row) -> Result<PasskeyView, StoreFault> {
    Ok(PasskeyView {
        id: row.blob(0)?.to_vec(),
        name: row.text(1)?.to_owned(),
        created: row.moment(2)?,
        last_used: if row.is_null(3) { None } else { Some(row.moment(3)?) },
        synced: row.integer(4)? != 0,
    })
}

fn transports(joined: &str) -> Vec<String> {
    joined.split(',').filter(|transport| !transport.is_empty()).map(str::to_owned).collect()
}
