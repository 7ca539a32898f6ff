//! Sessions of staff: opened by a passkey that verified its user, for half an hour, and not a minute longer.

use super::ceremony::Ceremony;
use super::record::{note, text};
use super::{Begun, Desk, Fault, Member, NOTHING, Role};
use crate::gate::session_key;
use crate::host::{Sql, Value as Bound};
use crate::wire::{bytes_of, to_hex};
use sekisho_rules::{Refusal, Timestamp};
use sekisho_webauthn::{Authenticated, StoredCredential};
use std::time::Duration;

/// How long a session lasts.
const LIFE: Duration = Duration::from_secs(30 * 60);

impl Desk<'_> {
    /// Remembers the challenge as used, so that a replay finds it.
    pub(super) fn begin_sign_in(
        &self,
        sql: &dyn Sql,
        challenge: &str,
        until: &str,
        response: &str,
    ) -> Result<Begun, Fault> {
        let peek = sekisho_webauthn::peek(response).map_err(|_| Refusal::SignInFailed)?;
        let until: u64 = until.parse().map_err(|_| Refusal::Malformed)?;
        let bytes = bytes_of(challenge).ok_or(Refusal::Malformed)?;
        sql.run("DELETE FROM used WHERE until < ?1", &[self.now.into()])?;
        let used = sql.run(
            "INSERT INTO used (challenge, until) VALUES (?1, ?2) ON CONFLICT (challenge) DO NOTHING RETURNING 1",
            &[challenge.into(), Timestamp::from_millis(until).into()],
        )?;
        if used.is_empty() {
            return Err(Refusal::ChallengeGone.into());
        }
        Ok(match credential(sql, &peek.credential_id)? {
            Some(stored) => {
                Begun::Ceremony(Ceremony::SignIn { challenge: bytes, stored, response: response.to_owned() })
            }
            // The challenge stays used.
            None => Begun::Done(NOTHING.to_owned()),
        })
    }

    /// Reads the credential again, then counter, session and record together.
    pub(super) fn sign_in(
        &self,
        sql: &dyn Sql,
        (stored, proved): (&StoredCredential, &Authenticated),
        id: &[u8; 32],
    ) -> Result<String, Fault> {
        let again = credential(sql, &stored.id)?;
        if again.is_none_or(|again| again.sign_count != stored.sign_count) {
            return Err(Refusal::SignInFailed.into());
        }
        let rows = sql.run(
            "UPDATE member SET sign_count = ?1, synced = ?2 WHERE credential = ?3 RETURNING name",
            &[i64::from(proved.sign_count).into(), proved.backup_state.into(), stored.id.as_slice().into()],
        )?;
        let name = rows.first().ok_or(Refusal::SignInFailed)?.text(0)?;
        let until = self.now + LIFE;
        sql.run("DELETE FROM session WHERE until < ?1", &[self.now.into()])?;
        sql.run(
            "INSERT INTO session (key, member, until) VALUES (?1, ?2, ?3)",
            &[to_hex(&session_key(id).0).into(), stored.user_handle.as_slice().into(), until.into()],
        )?;
        note(sql, self.now, name, "sign_in", "")?;
        Ok(format!("{{\"session\":\"{}\"}}", to_hex(id)))
    }

    pub(super) fn sign_out(sql: &dyn Sql, by: &str) -> Result<String, Fault> {
        sql.run("DELETE FROM session WHERE key = ?1", &[by.into()])?;
        Ok(NOTHING.to_owned())
    }

    pub(super) fn me(&self, sql: &dyn Sql, by: &str) -> Result<String, Fault> {
        self.live(sql, by)?;
        text(&sql.run(
            "SELECT json_object('name', name, 'role', role, 'until', until) \
             FROM session JOIN member ON member.id = session.member WHERE key = ?1",
            &[by.into()],
        )?)
    }

    /// The member whose live session this is.
    ///
    /// # Errors
    /// `no_session`.
    pub(super) fn live(&self, sql: &dyn Sql, by: &str) -> Result<Member, Fault> {
        let rows = sql.run(
            "SELECT member.id, name, role FROM session JOIN member ON member.id = session.member \
             WHERE key = ?1 AND until > ?2",
            &[by.into(), self.now.into()],
        )?;
        let row = rows.first().ok_or(Refusal::NoSession)?;
        Ok(Member {
            id: row.blob(0)?.to_vec(),
            name: row.text(1)?.to_owned(),
            role: Role::named(row.text(2)?).ok_or(Refusal::NoSession)?,
        })
    }
}

fn credential(sql: &dyn Sql, id: &[u8]) -> Result<Option<StoredCredential>, Fault> {
    let rows = sql.run(
        "SELECT credential, public_key, algorithm, sign_count, eligible, synced, id FROM member WHERE credential = ?1",
        &[Bound::Blob(id.to_vec())],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(StoredCredential {
        id: row.blob(0)?.to_vec(),
        public_key: row.blob(1)?.to_vec(),
        algorithm: row.integer(2)?,
        sign_count: u32::try_from(row.integer(3)?).unwrap_or(u32::MAX),
        backup_eligible: row.integer(4)? != 0,
        backup_state: row.integer(5)? != 0,
        user_handle: row.blob(6)?.to_vec(),
    }))
}
