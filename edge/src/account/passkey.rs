//! Passkeys of this account: their registration, and what every ceremony has in common.
//!
//! The ceremony itself is `sekisho-webauthn`'s. Here its challenge is taken once and for all before anything is
//! verified, and what it proved is written after everything was read again.

mod confirm;
mod list;
mod prove;
mod provider;

pub use confirm::{Confirming, Operation};
pub use prove::PasskeyProof;

use super::{CredentialName, Fault, PasskeyOptions, PasskeyView, Reply, Room, SessionKey, Visit};
use crate::host::{Outside, Sql, Store, StoreFault, Value};
use crate::keys::Purpose;
use crate::notice::Letter;
use sekisho_rules::Refusal;
use sekisho_webauthn::{Registration, StoredCredential};
use std::time::Duration;

/// How long a challenge of a session's may be used.
pub(crate) const CEREMONY: Duration = Duration::from_secs(300);

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Keeps a registration's challenge and answers what its options are made of.
    pub(super) fn begin_passkey(&self, key: SessionKey, challenge: &[u8]) -> Result<Reply, Fault> {
        self.within_fresh(key, |sql, row| {
            if self.is_full(sql)? {
                return Ok(Reply::refused(Refusal::PasskeyLimit));
            }
            self.keep_challenge(sql, key, challenge, None)?;
            let exclude = self.credentials(sql)?;
            let display_name = row.display_name();
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
        let purposes = [Purpose::Register, Purpose::Upgrade];
        let taken = self.store.transaction(|sql| self.take_challenge(sql, key, &purposes))?;
        let (challenge, purpose) = match taken {
            Ok(taken) => (taken.bytes, taken.purpose),
            Err(reply) => return Ok(reply),
        };
        let rp = self.house.relying_party();
        // Only a challenge that was handed out for an upgrade lets the browser make a passkey without asking.
        let begin = match purpose {
            Purpose::Upgrade => Registration::begin_conditional,
            _ => Registration::begin,
        };
        let ceremony = match begin(rp, &challenge, self.now, response) {
            Ok(ceremony) => ceremony.boxed(self.outside.verifier()).await,
            Err(fault) => Err(fault),
        };
        let made = match ceremony {
            Ok(made) => made,
            Err(fault) => return Ok(Reply::refused(fault.refusal())),
        };
        let models = self.house.models();
        if models.get(&made.aaguid).is_some_and(|model| model.compromised.is_some()) {
            return Ok(Reply::refused(Refusal::PasskeyModel));
        }
        let synced = made.backup_state;
        let name = name.unwrap_or_else(|| provider::name(models, &made.aaguid, &visit.client));
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
            self.tell(sql, &row, |lang| Letter::passkey_added(self.now, &name, lang).seen(visit))?;
            let (id, created) = (made.credential_id.clone(), self.now);
            Ok(Reply::Passkey(PasskeyView { id, name, created, last_used: None, synced, aaguid: made.aaguid }))
        })
    }

    /// Keeps a challenge until the session's finish takes it, with the operation that it was made of, if any. One
    /// ceremony at a time: a new one makes the last one void.
    fn keep_challenge(
        &self,
        sql: &dyn Sql,
        key: SessionKey,
        challenge: &[u8],
        operation: Option<&str>,
    ) -> Result<(), StoreFault> {
        let session = Value::Blob(key.0.to_vec());
        sql.run("DELETE FROM challenge WHERE session = ?1", std::slice::from_ref(&session))?;
        sql.run(
            "INSERT INTO challenge (bytes, session, until, operation) VALUES (?1, ?2, ?3, ?4)",
            &[challenge.into(), session, (self.now + CEREMONY).into(), operation.into()],
        )?;
        Ok(())
    }

    /// Takes the live session's challenge, which is good once and for the purpose that our mark on it names.
    fn take_challenge(
        &self,
        sql: &dyn Sql,
        key: SessionKey,
        purposes: &[Purpose],
    ) -> Result<Result<Taken, Reply>, Fault> {
        if let Err(standing) = self.live(sql, key)? {
            return Ok(Err(Reply::Gone(standing)));
        }
        let session = [Value::Blob(key.0.to_vec())];
        let statement = "DELETE FROM challenge WHERE session = ?1 RETURNING bytes, until, operation";
        let rows = sql.run(statement, &session)?;
        let gone = Err(Reply::refused(Refusal::ChallengeGone));
        let Some(row) = rows.first() else { return Ok(gone) };
        let (bytes, until) = (row.blob(0)?.to_vec(), row.moment(1)?);
        let ours = |purpose: &&Purpose| self.house.keys.own_challenge(&bytes, **purpose, &key.0, self.now).is_some();
        let Some(purpose) = purposes.iter().find(ours).copied().filter(|_| self.now < until) else { return Ok(gone) };
        let operation = if row.is_null(2) { None } else { Some(row.text(2)?.to_owned()) };
        Ok(Ok(Taken { bytes, purpose, operation }))
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

/// A challenge that is ours and that nobody can take again.
struct Taken {
    bytes: Vec<u8>,
    purpose: Purpose,
    /// What a confirmation's challenge was made of, beside the bytes.
    operation: Option<String>,
}

fn transports(joined: &str) -> Vec<String> {
    joined.split(',').filter(|transport| !transport.is_empty()).map(str::to_owned).collect()
}
