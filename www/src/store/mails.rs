//! The mails that the edge sent, as the demo's mail provider keeps them.

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};

/// A mail address with the name beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The address itself.
    pub address: String,
    /// Whose it is.
    #[serde(default)]
    pub name: String,
}

/// A mail as the mail API takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Who sends it.
    pub from: Address,
    /// To whom.
    pub to: Vec<Address>,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// Its HTML form, where there is one.
    #[serde(default)]
    pub html: Option<String>,
    /// Further header fields.
    #[serde(default)]
    pub headers: serde_json::Map<String, serde_json::Value>,
}

/// A mail that was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// The provider's id of it.
    pub id: i64,
    /// When it came, in milliseconds since the epoch.
    pub received_at: i64,
    /// The mail.
    pub letter: Letter,
}

impl Store {
    /// Keeps `letter` once per idempotency `key`, and answers the id under which it is kept.
    ///
    /// # Errors
    /// When the records fail.
    pub fn receive_mail(&self, key: &str, letter: &Letter, now: u64) -> Result<i64, StoreError> {
        let letter = serde_json::to_string(letter)?;
        let connection = self.lock();
        connection.execute(
            "INSERT INTO mails (idempotency_key, received_at, letter) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![key, now.cast_signed(), letter],
        )?;
        Ok(connection.query_row("SELECT id FROM mails WHERE idempotency_key = ?1", [key], |row| row.get(0))?)
    }

    /// The newest mails, newest first, `count` at most.
    ///
    /// # Errors
    /// When the records fail.
    pub fn mails(&self, count: u32) -> Result<Vec<Mail>, StoreError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare("SELECT id, received_at, letter FROM mails ORDER BY id DESC LIMIT ?1")?;
        let rows = statement
            .query_map([count], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?)))?;
        rows.map(|row| {
            let (id, received_at, letter) = row?;
            Ok(Mail { id, received_at, letter: serde_json::from_str(&letter)? })
        })
        .collect()
    }
}
