//! Who is staff: invited by a code that is good once, made by the operator's token or by who has the role for it.

use super::record::note;
use super::{Fault, Role, Room};
use crate::host::{Outside, Store, Value as Bound};
use crate::wire::{bytes_of, to_hex};
use sekisho_rules::Refusal;
use sekisho_webauthn::Registration;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a code is good.
const INVITED: Duration = Duration::from_secs(86_400);
/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Keeps an invitation under the SHA-256 of its code. `by` is empty where the operator's token was shown.
    pub(super) fn invite(&self, by: &str, code: &str, name: &str, role: &str) -> Result<Value, Fault> {
        let name = name.trim();
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.contains(char::is_control);
        let role = Role::named(role).filter(|_| fits).ok_or(Refusal::FieldsRefused)?;
        self.store.transaction(|sql| {
            let author = if by.is_empty() { None } else { Some(self.live(sql, by)?) };
            if author.as_ref().is_some_and(|author| author.role != Role::Admin) {
                return Err(Refusal::NotFound.into());
            }
            let until = self.now + INVITED;
            sql.run("DELETE FROM invitation WHERE until < ?1", &[self.now.into()])?;
            sql.run(
                "INSERT INTO invitation (code, name, role, until) VALUES (?1, ?2, ?3, ?4)",
                &[code.into(), name.into(), role.name().into(), until.into()],
            )?;
            let author = author.map_or_else(|| "SEKISHO_OPS_TOKEN".to_owned(), |author| author.name);
            note(sql, self.now, &author, "invite", &format!("{name} ({})", role.name()))?;
            Ok(json!({ "until": until.as_sql() }))
        })
    }

    /// What a registration's options are made of.
    pub(super) fn enrol_options(&self, code: &str) -> Result<Value, Fault> {
        self.store.transaction(|sql| {
            let values = [code.into(), self.now.into()];
            let rows = sql.run("SELECT name FROM invitation WHERE code = ?1 AND until > ?2", &values)?;
            let row = rows.first().ok_or(Refusal::CodeGone)?;
            Ok(json!({ "name": row.text(0)? }))
        })
    }

    /// begin: takes the invitation, which is good once. check: the ceremony. finish: there is one more of them.
    pub(super) async fn enrol(&self, code: &str, challenge: &str, response: &str) -> Result<Value, Fault> {
        let party = self.house.staff_party().ok_or(Refusal::NotFound)?;
        let (challenge, id) = bytes_of(challenge).zip(bytes_of(code)).ok_or(Refusal::Malformed)?;
        let (name, role) = self.store.transaction(|sql| {
            let values = [code.into(), self.now.into()];
            let taken = "DELETE FROM invitation WHERE code = ?1 AND until > ?2 RETURNING name, role";
            let rows = sql.run(taken, &values)?;
            let row = rows.first().ok_or(Refusal::CodeGone)?;
            Ok::<_, Fault>((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
        })?;
        let made = match Registration::begin(party, &challenge, self.now, response) {
            Ok(ceremony) => ceremony.run(self.outside.verifier()).await,
            Err(fault) => Err(fault),
        };
        let made = made.map_err(|fault| fault.refusal())?;
        let broken = self.house.models().get(&made.aaguid).is_some_and(|model| model.compromised.is_some());
        if broken {
            return Err(Refusal::PasskeyModel.into());
        }
        self.store.transaction(|sql| {
            let written = sql.run(
                "INSERT INTO member (id, name, role, credential, public_key, algorithm, sign_count, eligible, synced, since) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING RETURNING 1",
                &[
                    handle(&id).into(),
                    name.as_str().into(),
                    role.as_str().into(),
                    made.credential_id.as_slice().into(),
                    made.public_key.as_slice().into(),
                    made.algorithm.into(),
                    i64::from(made.sign_count).into(),
                    made.backup_eligible.into(),
                    made.backup_state.into(),
                    self.now.into(),
                ],
            )?;
            if written.is_empty() {
                return Err(Refusal::PasskeyExists.into());
            }
            note(sql, self.now, &name, "enrol", &role)?;
            // Edges ask for the thresholds' text from now on.
            sql.wake(Some(self.now))?;
            Ok(json!({}))
        })
    }

    /// Who is staff.
    pub(super) fn members(&self, by: &str) -> Result<Value, Fault> {
        self.within(by, &[Role::Admin], |sql, _| {
            let rows = sql.run("SELECT id, name, role, since FROM member ORDER BY since, id", &[])?;
            let mut members = Vec::with_capacity(rows.len());
            for row in &rows {
                let id = to_hex(row.blob(0)?);
                members.push(json!({
                    "id": id, "name": row.text(1)?, "role": row.text(2)?, "since": row.integer(3)?,
                }));
            }
            Ok(json!({ "members": members }))
        })
    }

    /// One of them is no more: passkey, sessions and what they proposed are gone, what they did stands in the record.
    pub(super) fn dismiss(&self, by: &str, member: &str) -> Result<Value, Fault> {
        let id = bytes_of(member).ok_or(Refusal::NotFound)?;
        self.within(by, &[Role::Admin], |sql, author| {
            let id = [Bound::Blob(id)];
            let rows = sql.run("DELETE FROM member WHERE id = ?1 RETURNING name", &id)?;
            let name = rows.first().ok_or(Refusal::NotFound)?.text(0)?;
            sql.run("DELETE FROM session WHERE member = ?1", &id)?;
            sql.run("DELETE FROM proposal WHERE member = ?1", &id)?;
            note(sql, self.now, &author.name, "dismiss", name)?;
            Ok(json!({}))
        })
    }
}

/// The user handle of who enrols by a code: the first half of its digest.
pub(crate) fn handle(code: &[u8]) -> &[u8] {
    code.get(..16).unwrap_or(code)
}
