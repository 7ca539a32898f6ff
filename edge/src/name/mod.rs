//! ONE login name: a tiny object of its own that knows only which account the name leads to.
//!
//! An object is named by the HMAC of the canonical name, so that neither its id nor its content tells who it is.
//! What must never enter: anything about the customer.

use crate::account::AccountId;
use crate::host::{Row, Sql, Store, StoreFault, Value};
use crate::wire;
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a name stays reserved for an opening that was not finished.
pub const RESERVATION: Duration = Duration::from_secs(600);

/// The HMAC-SHA256 of a canonical login name under a name key: the object's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameTag(pub [u8; 32]);
wire::as_hex!(NameTag, 32);

/// What a name can be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Which account does the name lead to?
    Look,
    /// Hold the name for an account that is being made; lapses by itself. Idempotent for the same account.
    Reserve {
        /// The account to be.
        account: AccountId,
    },
    /// The account exists: the name is its own. Idempotent.
    Confirm {
        /// The account that holds the reservation.
        account: AccountId,
    },
    /// Give the name back, if it is this account's. Idempotent.
    Release {
        /// The account that held it.
        account: AccountId,
    },
}

/// What a name answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It leads to this account.
    Leads(AccountId),
    /// It leads nowhere.
    Free,
    /// Done.
    Done,
    /// It belongs to another account, or the reservation has lapsed.
    Taken,
}

/// Obeys one command in one transaction.
///
/// # Errors
/// The store's own.
pub fn obey<S: Store>(store: &S, now: Timestamp, command: &Command) -> Result<Reply, StoreFault> {
    store.transaction(|sql| {
        // A name that is only looked at leaves nothing behind: anybody can ask for names that nobody has.
        if matches!(command, Command::Look) && !has_table(sql)? {
            return Ok(Reply::Free);
        }
        sql.run(
            "CREATE TABLE IF NOT EXISTS name (one INTEGER PRIMARY KEY CHECK (one = 1), account BLOB NOT NULL, \
             reserved_until INTEGER)",
            &[],
        )?;
        let held = Held::read(sql, now)?;
        match (command, held) {
            (Command::Look, Some(Held { account, confirmed: true })) => Ok(Reply::Leads(account)),
            (Command::Look, _) => Ok(Reply::Free),
            (Command::Reserve { account }, None) => {
                write(sql, *account, Some(now + RESERVATION))?;
                Ok(Reply::Done)
            }
            (Command::Confirm { account }, Some(held)) if held.account == *account => {
                write(sql, *account, None)?;
                Ok(Reply::Done)
            }
            (Command::Reserve { account }, Some(held)) if held.account == *account => Ok(Reply::Done),
            (Command::Release { account }, Some(held)) if held.account == *account => {
                sql.run("DELETE FROM name", &[])?;
                Ok(Reply::Done)
            }
            (Command::Release { .. }, _) => Ok(Reply::Done),
            (Command::Reserve { .. } | Command::Confirm { .. }, _) => Ok(Reply::Taken),
        }
    })
}

struct Held {
    account: AccountId,
    confirmed: bool,
}

impl Held {
    /// Who holds the name now; a lapsed reservation holds nothing.
    fn read(sql: &dyn Sql, now: Timestamp) -> Result<Option<Self>, StoreFault> {
        let rows = sql.run("SELECT account, reserved_until FROM name", &[])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let account = account(row)?;
        if row.is_null(1) {
            return Ok(Some(Self { account, confirmed: true }));
        }
        Ok((now < row.moment(1)?).then_some(Self { account, confirmed: false }))
    }
}

fn has_table(sql: &dyn Sql) -> Result<bool, StoreFault> {
    Ok(!sql.run("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'name'", &[])?.is_empty())
}

fn account(row: &Row) -> Result<AccountId, StoreFault> {
    row.blob(0)?.try_into().map(AccountId).map_err(|_| StoreFault("an account id of another length".into()))
}

fn write(sql: &dyn Sql, account: AccountId, until: Option<Timestamp>) -> Result<(), StoreFault> {
    sql.run("DELETE FROM name", &[])?;
    let values = [Value::Blob(account.0.to_vec()), until.into()];
    sql.run("INSERT INTO name (one, account, reserved_until) VALUES (1, ?1, ?2)", &values)?;
    Ok(())
}

#[cfg(test)]
mod tests;
