//! What staff say of logins afterwards: that this one was an attacker's, or that it was the owner's after all. Each word is a line
//! of the record, by the judgement's reference; the last one counts, and none is ever taken away.

use super::record::{note, text};
use super::{Desk, Fault, NOTHING, Role};
use crate::crowd::numbers_of;
use crate::host::Sql;
use sekisho_rules::Refusal;
use std::time::Duration;

/// As long as judgements are kept.
const KEPT: Duration = Duration::from_secs(183 * 86_400);
/// The most that are told at a time, the newest.
const MOST: i64 = 2_048;
/// The most that one word is said of.
const AT_ONCE: usize = 64;
/// References are below this.
const END: i64 = 1 << 52;

impl Desk<'_> {
    /// Says of these judgements, numbers with a space between, that the logins were an attacker's, or were not.
    pub(super) fn label(&self, sql: &dyn Sql, by: &str, references: &str, word: &str) -> Result<String, Fault> {
        let member = self.member(sql, by, &[Role::Risk])?;
        let action = match word {
            "attack" => "label_attack",
            "own" => "label_own",
            _ => return Err(Refusal::FieldsRefused.into()),
        };
        let references = numbers_of(references).ok_or(Refusal::FieldsRefused)?;
        let known = references.iter().all(|reference| (1..END).contains(reference));
        if !known || !(1..=AT_ONCE).contains(&references.len()) {
            return Err(Refusal::FieldsRefused.into());
        }
        for reference in references {
            note(sql, self.now, &member.name, action, &reference.to_string())?;
        }
        Ok(NOTHING.to_owned())
    }

    /// The references of which the last word is that the login was an attacker's.
    pub(super) fn labels(&self, sql: &dyn Sql, by: &str) -> Result<String, Fault> {
        self.member(sql, by, &[Role::Risk])?;
        text(&sql.run(
            "SELECT json_object('labels', json_group_array(CAST(subject AS INTEGER))) FROM (SELECT subject FROM record \
             WHERE action = 'label_attack' AND id IN (SELECT MAX(id) FROM record \
             WHERE action IN ('label_attack', 'label_own') AND at > ?1 GROUP BY subject) ORDER BY id DESC LIMIT ?2)",
            &[(self.now - KEPT).into(), MOST.into()],
        )?)
    }
}
