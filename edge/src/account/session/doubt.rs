//! What of the judgement of its login a session carries on, while it has shown no more than the password.

use super::{Kept, Proof};
use crate::account::{Fault, Room};
use crate::config::RiskMode;
use crate::host::{self, Outside, Sql, Store, StoreFault};
use sekisho_rules::Amr;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Whether the application is told that a session's login was judged to be asked for more, of one that `proof` opens just now: by
    /// the password alone where the verdict was any other than to let it in, whatever the site made of that; by a passkey where it may have been copied.
    pub(super) fn is_elevated(&self, sql: &dyn Sql, proof: &Proof) -> Result<bool, Fault> {
        if !matches!(proof, Proof::Password(_)) {
            return Ok(proof.doubtful());
        }
        // Its own judgement stands last: it was kept in this very transaction.
        let statement = "SELECT 1 FROM (SELECT body FROM judged ORDER BY id DESC LIMIT 1) \
                         WHERE json_extract(body, '$.verdict') <> 'allow'";
        Ok(!sql.run(statement, &[])?.is_empty())
    }

    /// Whether the login by password that opened a session was judged to be unlike its owner's, for an operation that asks more
    /// than a login does, by the threshold of that moment, or showed a sign; and nothing has been shown since but the password.
    pub(in crate::account) fn is_doubtful(&self, sql: &dyn Sql, kept: &Kept) -> Result<bool, StoreFault> {
        // A first login has no score: there is nothing yet that it could be unlike.
        let (change, opened) = (self.house.config.risk.account_change, kept.opened);
        self.is_weak(kept, || {
            sql.run(
                "SELECT 1 FROM (SELECT body FROM judged WHERE at <= ?1 AND json_extract(body, '$.evidence.by_passkey') IS NOT 1 \
                 ORDER BY id DESC LIMIT 1) WHERE json_extract(body, '$.score') >= COALESCE(json_extract(body, '$.account_change'), ?2) \
                 OR json_extract(body, '$.raised')",
                &[opened.into(), i64::from(change).into()],
            )
        })
    }

    /// Whether such a login could not be compared although it was not the first: what was remembered went with a lock, or has faded.
    /// The desk that released the account has not seen who logged in since.
    pub(in crate::account) fn is_unknown(&self, sql: &dyn Sql, kept: &Kept) -> Result<bool, StoreFault> {
        self.is_weak(kept, || {
            sql.run(
                "SELECT 1 FROM (SELECT body FROM judged WHERE at <= ?1 AND json_extract(body, '$.evidence.by_passkey') IS NOT 1 \
                 ORDER BY id DESC LIMIT 1) WHERE json_extract(body, '$.score') IS NULL \
                 AND EXISTS (SELECT 1 FROM history WHERE outcome = 'success' AND id < ?2)",
                &[kept.opened.into(), kept.login.into()],
            )
        })
    }

    /// Whether a session has shown the password alone, on a site that acts on what it judges, and `found` finds something.
    fn is_weak(
        &self,
        kept: &Kept,
        found: impl FnOnce() -> Result<Vec<host::Row>, StoreFault>,
    ) -> Result<bool, StoreFault> {
        let shown = kept.amr.contains(Amr::PASSKEY) || kept.amr.contains(Amr::CODE);
        Ok(self.house.config.risk.mode == RiskMode::Act && !shown && !found()?.is_empty())
    }
}
