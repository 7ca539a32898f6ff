//! Who is staff: invited by a code that is good once, made by the operator's token or by who has the role for it.

use super::ceremony::{Ceremony, Invited, Proved};
use super::record::{note, text};
use super::{Begun, Desk, Fault, NOTHING, Role};
use crate::host::{Sql, Value as Bound};
use crate::wire::bytes_of;
use sekisho_rules::Refusal;
use sekisho_webauthn::Registered;
use std::time::Duration;

/// How long a code is good.
const INVITED: Duration = Duration::from_secs(86_400);
/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

impl Desk<'_> {
    /// Keeps an invitation under the SHA-256 of its code. `by` is empty where the operator's token was shown.
    pub(super) fn invite(&self, sql: &dyn Sql, by: &str, code: &str, who: (&str, &str)) -> Result<String, Fault> {
        let (author, member) = match by {
            "" => ("SEKISHO_OPS_TOKEN".to_owned(), Bound::Null),
            by => {
                let member = self.member(sql, by, &[Role::Admin])?;
                (member.name, Bound::Blob(member.id))
            }
        };
        let name = who.0.trim();
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.contains(char::is_control);
        let role = Role::named(who.1).filter(|_| fits).ok_or(Refusal::FieldsRefused)?;
        let until = self.now + INVITED;
        sql.run("DELETE FROM invitation WHERE until < ?1", &[self.now.into()])?;
        sql.run(
            "INSERT INTO invitation (code, name, role, until, member) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[code.into(), name.into(), role.name().into(), until.into(), member],
        )?;
        note(sql, self.now, &author, "invite", &format!("{name} ({})", role.name()))?;
        Ok(format!("{{\"until\":{}}}", until.as_sql()))
    }

    /// What a registration's options are made of.
    pub(super) fn enrol_options(&self, sql: &dyn Sql, code: &str) -> Result<String, Fault> {
        let values = [code.into(), self.now.into()];
        let named = "SELECT json_object('name', name) FROM invitation WHERE code = ?1 AND until > ?2";
        text(&sql.run(named, &values)?).map_err(|_| Refusal::CodeGone.into())
    }

    /// Takes the invitation, which is good once.
    pub(super) fn begin_enrol(
        &self,
        sql: &dyn Sql,
        code: &str,
        challenge: &str,
        response: &str,
    ) -> Result<Begun, Fault> {
        let (challenge, digest) = bytes_of(challenge).zip(bytes_of(code)).ok_or(Refusal::Malformed)?;
        let taken = "DELETE FROM invitation WHERE code = ?1 AND until > ?2 RETURNING name, role, member";
        let rows = sql.run(taken, &[code.into(), self.now.into()])?;
        let row = rows.first().ok_or(Refusal::CodeGone)?;
        Ok(Begun::Ceremony(Ceremony::Enrol {
            challenge,
            invited: Invited {
                id: handle(&digest).to_vec(),
                name: row.text(0)?.to_owned(),
                role: row.text(1)?.to_owned(),
                by: if row.is_null(2) { None } else { Some(row.blob(2)?.to_vec()) },
            },
            response: response.to_owned(),
        }))
    }

    /// The second transaction of a ceremony.
    pub(super) fn finish(&self, sql: &dyn Sql, proved: Proved, session: &[u8; 32]) -> Result<String, Fault> {
        match proved {
            Proved::SignedIn(stored, proved) => self.sign_in(sql, (&stored, &proved), session),
            Proved::Enrolled(invited, made) => self.enrol(sql, &invited, &made),
            Proved::Nothing(refusal) => Err(refusal.into()),
        }
    }

    /// There is one more of them.
    fn enrol(&self, sql: &dyn Sql, invited: &Invited, made: &Registered) -> Result<String, Fault> {
        // While the passkey was being verified, whoever invited may have been dismissed, and what they invited with them.
        if let Some(by) = &invited.by
            && sql.run("SELECT 1 FROM member WHERE id = ?1", &[by.as_slice().into()])?.is_empty()
        {
            return Err(Refusal::CodeGone.into());
        }
        if self.house.models().get(&made.aaguid).is_some_and(|model| model.compromised.is_some()) {
            return Err(Refusal::PasskeyModel.into());
        }
        let written = sql.run(
            "INSERT INTO member (id, name, role, credential, public_key, algorithm, sign_count, eligible, synced, since) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING RETURNING 1",
            &[
                invited.id.as_slice().into(),
                invited.name.as_str().into(),
                invited.role.as_str().into(),
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
        note(sql, self.now, &invited.name, "enrol", &invited.role)?;
        // From now on there is a text of the thresholds for edges that do not reach this object.
        sql.wake(Some(self.now))?;
        Ok(NOTHING.to_owned())
    }

    /// Who is staff.
    pub(super) fn members(&self, sql: &dyn Sql, by: &str) -> Result<String, Fault> {
        self.member(sql, by, &[Role::Admin])?;
        text(&sql.run(
            "SELECT json_object('members', json_group_array(json(line))) FROM (SELECT json_object('id', lower(hex(id)), \
             'name', name, 'role', role, 'since', since) AS line FROM member ORDER BY since, id)",
            &[],
        )?)
    }

    /// One of them is no more: passkey, sessions, what they proposed and whom they invited are gone, what they did stands in
    /// the record.
    pub(super) fn dismiss(&self, sql: &dyn Sql, by: &str, member: &str) -> Result<String, Fault> {
        let author = self.member(sql, by, &[Role::Admin])?;
        let id = [Bound::Blob(bytes_of(member).ok_or(Refusal::NotFound)?)];
        let rows = sql.run("DELETE FROM member WHERE id = ?1 RETURNING name", &id)?;
        let name = rows.first().ok_or(Refusal::NotFound)?.text(0)?;
        sql.run("DELETE FROM session WHERE member = ?1", &id)?;
        sql.run("DELETE FROM proposal WHERE member = ?1", &id)?;
        // Else they would come back by a code that they keep.
        sql.run("DELETE FROM invitation WHERE member = ?1", &id)?;
        note(sql, self.now, &author.name, "dismiss", name)?;
        Ok(NOTHING.to_owned())
    }
}

/// The user handle of who enrols by a code: the first half of its digest.
pub(crate) fn handle(code: &[u8]) -> &[u8] {
    code.get(..16).unwrap_or(code)
}
