//! The seams: everything the house asks of the platform it runs on, as small traits, and their contracts.
//!
//! Two hosts implement them: `cloudflare/` (Durable Objects, WebCrypto, the runtime's fetch) and `memory/` (native
//! SQLite, ring, captured requests). Futures need not be `Send`: both worlds run one request on one thread.
//! What must never enter: a type of the platform, a rule of the house.

#![allow(async_fn_in_trait)]

use crate::keys::{JwtKey, MailKey};
use crate::{account, crowd, name, network};
use sekisho_rules::Timestamp;
use std::time::Duration;

/// A value as SQL keeps it in the common subset of both stores: no fraction, no whole number above 2^53.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// SQL's NULL.
    Null,
    /// A whole number within ±2^53.
    Integer(i64),
    /// UTF-8 text.
    Text(String),
    /// Bytes; hashes and keys are kept so.
    Blob(Vec<u8>),
}

/// One row of an answer, its columns in the order of the SELECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

/// The store could not do what it was asked; the text is for the operator's log and holds no value of a customer.
#[derive(Debug, thiserror::Error)]
#[error("store: {0}")]
pub struct StoreFault(pub String);

/// Something outside this object did not answer within its time limit, or answered with a fault of its own.
#[derive(Clone, Debug, thiserror::Error)]
#[error("unreached: {0}")]
pub struct Unreached(pub String);

/// SQL inside one synchronous transaction.
pub trait Sql {
    /// Runs one statement with `?1`, `?2` … bound to `values`, and answers its rows.
    ///
    /// # Errors
    /// Where the store refuses the statement; the transaction is then rolled back by the caller's `?`.
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreFault>;

    /// Sets the object's one alarm to `at`, or clears it; part of the transaction, undone with it.
    ///
    /// # Errors
    /// Where the store refuses.
    fn wake(&self, at: Option<Timestamp>) -> Result<(), StoreFault>;
}

/// One object's own store. A transaction has no await in it: it happens whole, or not at all.
pub trait Store {
    /// Runs `work` as one transaction: committed when it answers `Ok`, rolled back (alarm included) when `Err`.
    ///
    /// # Errors
    /// The error of `work`, or the store's own.
    fn transaction<T, E: From<StoreFault>>(&self, work: impl FnOnce(&dyn Sql) -> Result<T, E>) -> Result<T, E>;
}

/// The customers' objects, one per account. Every call is bounded by the configured time limit.
pub trait Accounts {
    /// Hands `command` to the object of `account` and answers its reply.
    ///
    /// # Errors
    /// [`Unreached`] past the time limit or where the object failed; the caller refuses, it never guesses.
    async fn account(
        &self,
        account: account::AccountId,
        command: account::Command,
    ) -> Result<account::Reply, Unreached>;
}

/// The login names' objects, one per name. Every call is bounded by the configured time limit.
pub trait Names {
    /// Hands `command` to the object of the name under `tag` and answers its reply.
    ///
    /// # Errors
    /// [`Unreached`] as with [`Accounts::account`].
    async fn name(&self, tag: name::NameTag, command: name::Command) -> Result<name::Reply, Unreached>;
}

/// The network prefixes' objects, one per prefix. Every call is bounded by the configured time limit.
pub trait Networks {
    /// Hands `command` to the object of the prefix under `tag` and answers its reply.
    ///
    /// # Errors
    /// [`Unreached`] as with [`Accounts::account`].
    async fn network(&self, tag: network::PrefixTag, command: network::Command) -> Result<network::Reply, Unreached>;
}

/// The objects that count what customers in general show. Every call is bounded by the configured time limit.
pub trait Crowds {
    /// Hands `command`, packed, to a shard, or to the sum, and answers its reply, packed as well.
    ///
    /// # Errors
    /// [`Unreached`] as with [`Accounts::account`].
    async fn crowd(&self, shard: crowd::Shard, command: String) -> Result<String, Unreached>;
}

/// The one object of the broker's staff. Every call is bounded by the configured time limit.
pub trait Staffs {
    /// Hands it `command`, a JSON list of texts, and answers its reply: a JSON object, or the code of a refusal.
    ///
    /// # Errors
    /// [`Unreached`] as with [`Accounts::account`].
    async fn staff(&self, command: String) -> Result<String, Unreached>;
}

/// What is published to every edge: small texts by name, read within a minute or so of their writing, by the platform's key-value
/// store. Who may write there is not believed for it: what is read bears the house's mark.
pub trait Published {
    /// What stands under `name`, if anything does.
    ///
    /// # Errors
    /// [`Unreached`] past the time limit or where the store failed.
    async fn published(&self, name: &str) -> Result<Option<Vec<u8>>, Unreached>;

    /// Puts `bytes` under `name`.
    ///
    /// # Errors
    /// As [`Published::published`].
    async fn publish(&self, name: &str, bytes: &[u8]) -> Result<(), Unreached>;
}

/// Signing, the one thing that is not replayed from a seed.
pub trait Signer {
    /// ECDSA P-256 with SHA-256 over `message`: the 64 raw bytes r‖s that RFC 7518 §3.4 wants.
    ///
    /// # Errors
    /// Where the platform's crypto refuses the key.
    async fn sign(&self, key: &JwtKey, message: &[u8]) -> Result<[u8; 64], Unreached>;
}

/// Waiting, so that failures are answered on a time grid.
pub trait Pause {
    /// Returns at `at`, or at once when it has passed.
    async fn until(&self, at: Timestamp);
    /// The moment now, read again after work was done: the one clock reading inside a request, for the grid alone.
    fn clock(&self) -> Timestamp;
}

/// Requests that the house itself sends: mail, the origin's password check, events. Redirects are not followed.
pub trait Outgoing {
    /// Sends `request` and answers the whole response, at most 64 KiB of body, within `limit`.
    ///
    /// # Errors
    /// [`Unreached`] where no whole response came in time.
    async fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<http::Response<Vec<u8>>, Unreached>;
}

/// A connection to a server, for what is not HTTP.
pub trait Line {
    /// Sends all of `bytes`.
    ///
    /// # Errors
    /// [`Unreached`] where they were not taken in time, or the server's certificate is not to be trusted.
    async fn send(&mut self, bytes: &[u8]) -> Result<(), Unreached>;
    /// What has come; nothing at the end of it.
    ///
    /// # Errors
    /// [`Unreached`] where nothing came in time, or the server's certificate is not to be trusted.
    async fn receive(&mut self) -> Result<Vec<u8>, Unreached>;
    /// Goes on encrypted, the certificate being the server's that was dialled.
    ///
    /// # Errors
    /// [`Unreached`] where the platform refuses.
    fn start_tls(&mut self) -> Result<(), Unreached>;
}

/// Signing letters.
pub trait MailSigner {
    /// Signs `message` under `key`: for Ed25519 the message is a digest already (RFC 8463 §3), for RSA SHA-256 is the platform's.
    ///
    /// # Errors
    /// [`Unreached`] where the platform's crypto refuses the key.
    async fn sign_mail(&self, key: &MailKey, message: &[u8]) -> Result<Vec<u8>, Unreached>;
}

/// Connections of its own making.
pub trait Dial {
    /// What a connection is here.
    type Line: Line;
    /// Connects to `host` at `port`: encrypted from the first byte, or in plain until [`Line::start_tls`].
    ///
    /// # Errors
    /// [`Unreached`] where the platform refuses.
    fn dial(&self, host: &str, port: u16, encrypted: bool) -> Result<Self::Line, Unreached>;
}

/// The line of a host that has none.
pub enum NoLine {}

impl Line for NoLine {
    async fn send(&mut self, _: &[u8]) -> Result<(), Unreached> {
        match *self {}
    }

    async fn receive(&mut self) -> Result<Vec<u8>, Unreached> {
        match *self {}
    }

    fn start_tls(&mut self) -> Result<(), Unreached> {
        match *self {}
    }
}

/// The operator's log. Never a name, a password, an address: a reference number and what failed.
pub trait Journal {
    /// Notes why the answer with this reference number is no better than it is.
    fn fault(&self, reference: &str, cause: &str);
    /// Counts one more `what`, one of [`crate::tally::COUNTERS`], of the kind `of` or of none; nothing else is noted.
    fn count(&self, what: &'static str, of: &'static str);
    /// Notes a line, as JSON: a judgement of a login, or a letter that nobody takes. Nothing in it by which anybody outside could be
    /// known.
    fn note(&self, line: String);
}

/// The platform's own count of how often somebody asks, beyond this isolate.
pub trait Meter {
    /// Whether `client`, a keyed hash, is within the platform's limit, this request included; always where the platform
    /// counts nothing.
    async fn is_within(&self, client: &str) -> bool;
}

/// What every platform knows of Unicode, so that its tables need not travel with the worker.
pub trait Unicode {
    /// `text` in normalisation form C.
    fn composed(&self, text: &str) -> String;
    /// The ASCII form of a domain that holds other letters, as the URL standard's host parser makes it (UTS 46); none
    /// where it is no domain.
    fn ascii_domain(&self, text: &str) -> Option<String>;
    /// The name of the country with this ISO 3166 code (Unicode CLDR), in English or in Japanese; none where it is none.
    fn country(&self, code: &str, english: bool) -> Option<String>;
}

/// All that [`crate::House::answer`] asks of a host.
pub trait Host:
    Accounts + Names + Networks + Crowds + Staffs + Published + Signer + Pause + Journal + Meter + Unicode
{
}
impl<T: Accounts + Names + Networks + Crowds + Staffs + Published + Signer + Pause + Journal + Meter + Unicode> Host
    for T
{
}

/// All that an account's object asks of a host besides its store.
pub trait Outside: Outgoing + Dial + MailSigner + Names + Crowds + Published + Journal + Unicode {
    /// Who checks passkey signatures here.
    type Verifier: sekisho_webauthn::Verifier;
    /// The verifier of this host.
    fn verifier(&self) -> &Self::Verifier;
}

impl Row {
    /// The whole number in column `at`.
    ///
    /// # Errors
    /// Where the column is missing or of another kind: a fault of the schema, never of input.
    pub fn integer(&self, at: usize) -> Result<i64, StoreFault> {
        match self.0.get(at) {
            Some(Value::Integer(number)) => Ok(*number),
            _ => Err(StoreFault(format!("column {at} is no integer"))),
        }
    }

    /// The text in column `at`.
    ///
    /// # Errors
    /// As [`Row::integer`].
    pub fn text(&self, at: usize) -> Result<&str, StoreFault> {
        match self.0.get(at) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(StoreFault(format!("column {at} is no text"))),
        }
    }

    /// The bytes in column `at`.
    ///
    /// # Errors
    /// As [`Row::integer`].
    pub fn blob(&self, at: usize) -> Result<&[u8], StoreFault> {
        match self.0.get(at) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(StoreFault(format!("column {at} is no blob"))),
        }
    }

    /// The moment in column `at`.
    ///
    /// # Errors
    /// As [`Row::integer`].
    pub fn moment(&self, at: usize) -> Result<Timestamp, StoreFault> {
        self.integer(at).map(Timestamp::from_sql)
    }

    /// Whether column `at` is NULL or missing.
    pub fn is_null(&self, at: usize) -> bool {
        matches!(self.0.get(at), None | Some(Value::Null))
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        Self::Integer(moment.as_sql())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Integer(i64::from(yes))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
