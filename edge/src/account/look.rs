//! How the account stands, for the broker's staff: states and numbers, nothing of who the customer is.

use super::{Fault, Reply, Room, Row, State};
use crate::host::{Outside, Store};
use sekisho_rules::Refusal;
use serde_json::json;

impl<S: Store, O: Outside> Room<'_, S, O> {
    pub(super) fn look(&self) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let Some(row) = Row::read(sql)? else { return Ok(Reply::refused(Refusal::NotFound)) };
            let numbers = sql.run(
                "SELECT (SELECT COUNT(*) FROM session WHERE ended IS NULL AND deadline > ?1), \
                 (SELECT COUNT(*) FROM credential), (SELECT COALESCE(MAX(held_until), 0) FROM tries), \
                 (SELECT COALESCE(MAX(at), 0) FROM history WHERE outcome = 'success'), \
                 (SELECT COUNT(*) FROM history WHERE outcome = 'failure' AND at > ?2)",
                &[self.now.into(), (self.now - std::time::Duration::from_secs(86_400)).into()],
            )?;
            let number = |at: usize| numbers.first().map_or(Ok(0), |row| row.integer(at));
            let until = Some(number(2)?).filter(|until| *until > self.now.as_sql());
            Ok(Reply::Standing(json!({
                "open": row.state == State::Open,
                "locked": row.held,
                "held_until": until,
                "passkey_only": row.refuses_passwords(&self.house.config.passkey),
                "address_verified": row.verified.is_some(),
                "sessions": number(0)?,
                "passkeys": number(1)?,
                "last_login": Some(number(3)?).filter(|at| *at > 0),
                "failures_today": number(4)?,
            })))
        })
    }
}
