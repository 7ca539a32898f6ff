//! Tries under a name, counted before anything is compared, and the holds that follow too many of them.
//!
//! A hold lasts twice as long as the one before it, up to a day; a success, or a month without a try, forgets them all. A
//! device that the account knows counts in a lane of its own, so that nobody who guesses from elsewhere shuts its owner out.

use super::super::{Fault, Room};
use crate::host::{Outside, Sql, Store, Value};
use crate::name::NameTag;
use ring::digest::{Context, SHA256};
use sekisho_rules::Timestamp;
use std::time::Duration;

/// How long wrong tries are remembered.
pub(in crate::account) const MEMORY: Duration = Duration::from_secs(30 * 86_400);

/// How a try was counted.
pub(super) struct Counts {
    /// How many there were before it.
    pub before: u32,
    /// Until when those after it are held.
    pub until: Option<Timestamp>,
}

/// The bucket of a name's tries from a device that the account knows, or from any other. No SQL tells the two apart.
pub(super) fn lane(name: NameTag, device: Option<[u8; 16]>) -> NameTag {
    let Some(device) = device else { return name };
    let mut context = Context::new(&SHA256);
    for part in [b"sekisho: lane".as_slice(), &name.0, &device] {
        context.update(part);
    }
    NameTag(context.finish().as_ref().first_chunk().copied().unwrap_or(name.0))
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Counts one more try in `bucket`: how many there were before it, and until when the tries after it are held, if this one
    /// was the last; or, as the error, until when this one itself is held, and was not counted.
    pub(super) fn count(&self, sql: &dyn Sql, bucket: NameTag) -> Result<Result<Counts, Timestamp>, Fault> {
        let name = Value::Blob(bucket.0.to_vec());
        let statement = "SELECT count, holds, at, held_until FROM tries WHERE name = ?1";
        let rows = sql.run(statement, std::slice::from_ref(&name))?;
        let (count, holds) = match rows.first() {
            Some(row) if !row.is_null(3) && self.now < row.moment(3)? => return Ok(Err(row.moment(3)?)),
            Some(row) if row.moment(2)? + MEMORY < self.now => (0, 0),
            // The hold is over: counting starts anew, and the next hold is longer.
            Some(row) if !row.is_null(3) => (0, row.integer(1)?),
            Some(row) => (row.integer(0)?, row.integer(1)?),
            None => (0, 0),
        };
        let count = count + 1;
        let full = count >= i64::from(self.house.config.login.attempts);
        let until = full.then(|| self.now + self.hold(holds));
        sql.run(
            "INSERT INTO tries (name, count, holds, held_until, at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (name) DO UPDATE SET count = ?2, holds = ?3, held_until = ?4, at = ?5",
            &[name, count.into(), (holds + i64::from(full)).into(), until.into(), self.now.into()],
        )?;
        Ok(Ok(Counts { before: u32::try_from(count - 1).unwrap_or_default(), until }))
    }

    /// How long the hold after `holds` others lasts.
    fn hold(&self, holds: i64) -> Duration {
        let login = &self.house.config.login;
        let doublings = u32::try_from(holds.clamp(0, 20)).unwrap_or_default();
        login.hold.saturating_mul(1 << doublings).min(login.longest_hold.max(login.hold))
    }
}
