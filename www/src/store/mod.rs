//! The broker's own records, in one SQLite file.
//!
//! No password of a customer who came through the edge ever enters here; the hashes kept are those of customers from
//! before it ([`seeds`]).

mod customers;
mod mails;
mod seeds;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

pub use customers::{Answer, Customer, Profile};
pub use mails::{Address, Letter, Mail};

/// The records could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite's own complaint.
    #[error("the records failed: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The folder of the file cannot be made.
    #[error("the folder {0} cannot be made: {1}")]
    Folder(String, std::io::Error),
    /// A stored text is not what was put there.
    #[error("a record is not readable: {0}")]
    Text(#[from] serde_json::Error),
    /// A password could not be hashed.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS customers (
    number TEXT PRIMARY KEY,
    profile TEXT NOT NULL,
    password_hash TEXT,
    wrong_tries INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0,
    cash INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    letter TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS events (
    idempotency_key TEXT PRIMARY KEY,
    received_at INTEGER NOT NULL
) STRICT;
";

/// The open records.
pub struct Store(Mutex<Connection>);

impl Store {
    /// Opens the file `origin.sqlite` in `folder`, makes both where absent, and adds the demo customers of old.
    ///
    /// # Errors
    /// When the folder or the file cannot be made or read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Folder(folder.display().to_string(), error))?;
        let connection = Connection::open(folder.join("origin.sqlite"))?;
        // Readers of the mailbox page must not wait for a write to reach the disk.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Self::prepare(connection)
    }

    /// Records that live as long as the value, for tests.
    ///
    /// # Errors
    /// When SQLite has no memory for them.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(connection: Connection) -> Result<Self, StoreError> {
        connection.execute_batch(SCHEMA)?;
        let store = Self(Mutex::new(connection));
        seeds::plant(&store)?;
        Ok(store)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A statement that panicked left no transaction open: each of ours is one statement or a guard that rolls back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
