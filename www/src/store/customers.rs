//! Customers: who they are, what they hold, and for those of old, whether a password is theirs.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};

/// Wrong tries after which the origin holds verification for a while.
const TRIES: i64 = 10;
/// How long it holds it (milliseconds).
const HOLD: u64 = 30 * 60 * 1000;
/// What a new account holds in this demo, in yen.
const OPENING_CASH: i64 = 1_000_000;

/// What is known of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Family name as written.
    pub family: String,
    /// Given name as written.
    pub given: String,
    /// Family name in katakana.
    pub family_kana: String,
    /// Given name in katakana.
    pub given_kana: String,
    /// `1990-04-01`.
    pub birthday: String,
    /// Seven digits.
    pub postal: String,
    /// Address in one line.
    pub address: String,
    /// Digits only.
    pub phone: String,
    /// Mail address.
    pub mail: String,
}

/// A customer's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The number by which the statements name the customer.
    pub number: String,
    /// Who it is.
    pub profile: Profile,
    /// Cash in yen.
    pub cash: i64,
}

/// What the origin says of a number and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They belong together.
    Match(Box<Profile>),
    /// They do not, or there is no such customer here, or the password is not ours to judge.
    NoMatch,
    /// Too many wrong tries; not judged.
    Locked,
}

impl Store {
    /// The record of `number`, where there is one.
    ///
    /// # Errors
    /// When the records fail.
    pub fn customer(&self, number: &str) -> Result<Option<Customer>, StoreError> {
        let row = self
            .lock()
            .query_row("SELECT profile, cash FROM customers WHERE number = ?1", [number], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
            })
            .optional()?;
        row.map(|(profile, cash)| {
            Ok(Customer { number: number.to_owned(), profile: serde_json::from_str(&profile)?, cash })
        })
        .transpose()
    }

    /// Keeps a customer whose account was opened at the edge, once per idempotency `key`.
    ///
    /// A number that is here already keeps its balance: the event may come again under another key.
    ///
    /// # Errors
    /// When the records fail; nothing is kept then, so the event may be sent again.
    pub fn account_opened(&self, key: &str, number: &str, profile: &Profile, now: u64) -> Result<(), StoreError> {
        let profile = serde_json::to_string(profile)?;
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let first = transaction.execute(
            "INSERT INTO events (idempotency_key, received_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![key, now.cast_signed()],
        )?;
        if first == 1 {
            transaction.execute(
                "INSERT INTO customers (number, profile, cash) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![number, profile, OPENING_CASH],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Adds a customer from before the edge, whose password only the origin holds; one that is here is left alone.
    pub(super) fn plant(&self, customer: &Customer, password: &str) -> Result<(), StoreError> {
        if self.customer(&customer.number)?.is_some() {
            return Ok(());
        }
        let hash = hash(password)?;
        let profile = serde_json::to_string(&customer.profile)?;
        self.lock().execute(
            "INSERT INTO customers (number, profile, password_hash, cash) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            params![customer.number, profile, hash, customer.cash],
        )?;
        Ok(())
    }

    /// Judges `password` for `number` at `now` (milliseconds). Slow by design; keep it off the async threads.
    ///
    /// # Errors
    /// When the records fail.
    pub fn verify(&self, number: &str, password: &str, now: u64) -> Result<Answer, StoreError> {
        // The try is counted before the hash is computed, so that parallel guesses do not all pass the limit.
        let counted = self
            .lock()
            .query_row(
                "UPDATE customers SET
                     wrong_tries = CASE WHEN wrong_tries >= ?2 AND locked_until <= ?3 THEN 1 ELSE wrong_tries + 1 END,
                     locked_until = CASE WHEN wrong_tries + 1 = ?2 THEN ?3 + ?4 ELSE locked_until END
                 WHERE number = ?1 AND password_hash IS NOT NULL
                 RETURNING wrong_tries, profile, password_hash",
                params![number, TRIES, now.cast_signed(), HOLD.cast_signed()],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)),
            )
            .optional()?;
        let Some((tries, profile, stored)) = counted else {
            // The same work for a number that has no password here: the time must not tell.
            hash(password)?;
            return Ok(Answer::NoMatch);
        };
        if tries > TRIES {
            return Ok(Answer::Locked);
        }
        let parsed = PasswordHash::new(&stored).map_err(|error| StoreError::Hash(error.to_string()))?;
        if Argon2::default().verify_password(password.as_bytes(), &parsed).is_err() {
            return Ok(Answer::NoMatch);
        }
        self.lock().execute("UPDATE customers SET wrong_tries = 0, locked_until = 0 WHERE number = ?1", [number])?;
        Ok(Answer::Match(Box::new(serde_json::from_str(&profile)?)))
    }
}

fn hash(password: &str) -> Result<String, StoreError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| StoreError::Hash(error.to_string()))
}
