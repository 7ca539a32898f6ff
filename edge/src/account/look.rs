//! How the account stands, and how its logins were judged, for the broker's staff: states and numbers, and of who the customer is
//! their number alone, by which the desk finds them.

use super::{Fault, Reply, Room, Row, State};
use crate::host::{Outside, Store};
use sekisho_rules::{Refusal, Timestamp};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
/// The most judgements that are listed at a time.
const LISTED: i64 = 64;

impl<S: Store, O: Outside> Room<'_, S, O> {
    pub(super) fn look(&self) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let Some(row) = Row::read(sql)? else { return Ok(Reply::refused(Refusal::NotFound)) };
            let rows = sql.run(
                "SELECT json_object('account', ?3, 'customer', ?9, 'open', json(?4), 'locked', json(?5), 'passkey_only', json(?6), \
                 'address_verified', json(?7), 'address_waits_until', ?8, \
                 'sessions', (SELECT COUNT(*) FROM session WHERE ended IS NULL AND deadline > ?1), \
                 'passkeys', (SELECT COUNT(*) FROM credential), \
                 'held_until', (SELECT MAX(held_until) FROM tries WHERE held_until > ?1), \
                 'last_login', (SELECT MAX(at) FROM history WHERE outcome = 'success' AND method <> 'token'), \
                 'failures_today', (SELECT COUNT(*) FROM history WHERE outcome = 'failure' AND at > ?2), \
                 'undelivered', (SELECT json_group_array(json_object('kind', kind, 'at', at, 'tries', tries, 'fault', fault, \
                 'matter', iif(kind = 'letter', substr(told, 1, instr(told, '\"') - 1), ''))) FROM (SELECT *, \
                 ltrim(substr(body, instr(body, '\"matter\":') + 9), '{\"') AS told FROM due WHERE dead = 1 ORDER BY id DESC LIMIT 20)))",
                &[
                    self.now.into(),
                    (self.now - DAY).into(),
                    self.id.to_hex().into(),
                    word(row.state == State::Open).into(),
                    word(row.held).into(),
                    word(row.refuses_passwords(&self.house.config.passkey)).into(),
                    word(row.verified.is_some()).into(),
                    row.waits_until(self.now).into(),
                    row.customer.as_str().into(),
                ],
            )?;
            let standing = rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()?;
            Ok(Reply::Standing(standing.unwrap_or_default()))
        })
    }

    /// The judgements of that time, the newest first.
    pub(super) fn judged(&self, from: Timestamp, until: Timestamp) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            if Row::read(sql)?.is_none() {
                return Ok(Reply::refused(Refusal::NotFound));
            }
            let rows = sql.run(
                "SELECT json_object('judged', json_group_array(json(line))) FROM (SELECT json_object('at', at, \
                 'reference', json_extract(body, '$.reference'), 'score', json_extract(body, '$.score'), \
                 'threshold', json_extract(body, '$.threshold'), 'reasons', json_extract(body, '$.reasons'), \
                 'weights', json_extract(body, '$.weights'), 'verdict', json_extract(body, '$.verdict'), \
                 'by_passkey', json(CASE json_extract(body, '$.evidence.by_passkey') WHEN 1 THEN 'true' ELSE 'false' END)) AS line \
                 FROM judged WHERE at BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT ?3)",
                &[from.into(), until.into(), LISTED.into()],
            )?;
            let list = rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()?;
            Ok(Reply::Standing(list.unwrap_or_default()))
        })
    }
}

const fn word(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}
