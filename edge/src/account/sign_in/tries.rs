//! Tries under a name, counted before anything is compared, and the holds that follow too many of them.

use super::super::{Fault, Room};
use crate::host::{Outside, Sql, Store, Value};
use crate::name::NameTag;
use sekisho_rules::Timestamp;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Counts one more try in `bucket`: until when the tries after it are held, if this one was the last; or, as the error,
    /// until when this one itself is held, and was not counted.
    pub(super) fn count(&self, sql: &dyn Sql, bucket: NameTag) -> Result<Result<Option<Timestamp>, Timestamp>, Fault> {
        let name = Value::Blob(bucket.0.to_vec());
        let rows = sql.run("SELECT count, held_until FROM tries WHERE name = ?1", std::slice::from_ref(&name))?;
        let (count, held) = match rows.first() {
            Some(row) if row.is_null(1) => (row.integer(0)?, None),
            Some(row) => (row.integer(0)?, Some(row.moment(1)?)),
            None => (0, None),
        };
        let count = match held {
            Some(until) if self.now < until => return Ok(Err(until)),
            // The hold is over: counting starts anew.
            Some(_) => 0,
            None => count,
        } + 1;
        let full = count >= i64::from(self.house.config.login.attempts);
        let until = full.then(|| self.now + self.house.config.login.hold);
        sql.run(
            "INSERT INTO tries (name, count, held_until, at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (name) DO UPDATE SET count = ?2, held_until = ?3, at = ?4",
            &[name, count.into(), until.into(), self.now.into()],
        )?;
        Ok(Ok(until))
    }
}
