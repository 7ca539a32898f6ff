//! The object's tables, and how a release migrates them: as an account's own.

use crate::host::{Sql, StoreFault};

const STEPS: [&[&str]; 3] = [
    FIRST,
    // Who made it: NULL where it was the operator's token.
    &["ALTER TABLE invitation ADD COLUMN member BLOB"],
    // What was said of logins is found among all that was done.
    &["CREATE INDEX record_action ON record (action, at)"],
];

const FIRST: &[&str] = &[
    // A code that makes its bearer staff, once. code: its SHA-256.
    "CREATE TABLE invitation (code TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, until INTEGER NOT NULL)",
    "CREATE TABLE member (id BLOB PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, credential BLOB NOT NULL UNIQUE, \
     public_key BLOB NOT NULL, algorithm INTEGER NOT NULL, sign_count INTEGER NOT NULL, eligible INTEGER NOT NULL, \
     synced INTEGER NOT NULL, since INTEGER NOT NULL)",
    "CREATE TABLE session (key TEXT PRIMARY KEY, member BLOB NOT NULL, until INTEGER NOT NULL)",
    // Challenges that were used, until they are out of date.
    "CREATE TABLE used (challenge TEXT PRIMARY KEY, until INTEGER NOT NULL)",
    "CREATE TABLE threshold (subject TEXT PRIMARY KEY, value INTEGER NOT NULL, author TEXT NOT NULL)",
    // value: NULL where the config's own is to stand again.
    "CREATE TABLE proposal (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, subject TEXT NOT NULL, value INTEGER, \
     member BLOB NOT NULL, author TEXT NOT NULL)",
    "CREATE TABLE policy (version INTEGER NOT NULL)",
    "INSERT INTO policy (version) VALUES (0)",
    // Who did what, when, on which account. Nothing in here is ever changed or taken away.
    "CREATE TABLE record (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, \
     action TEXT NOT NULL, subject TEXT NOT NULL)",
    "CREATE TRIGGER record_stands BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'the record stands'); END",
    "CREATE TRIGGER record_stays BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'the record stays'); END",
];

/// Brings the tables up to this release's; nothing where they are.
///
/// # Errors
/// The store's own, and where the tables are of a later release than this one.
pub(super) fn migrate(sql: &dyn Sql) -> Result<(), StoreFault> {
    sql.run("CREATE TABLE IF NOT EXISTS release (step INTEGER NOT NULL)", &[])?;
    let rows = sql.run("SELECT step FROM release", &[])?;
    let done = rows.first().map_or(Ok(0), |row| row.integer(0))?;
    let Some(missing) = STEPS.get(usize::try_from(done).unwrap_or_default()..) else {
        return Err(StoreFault(format!("tables of release {done}, this release knows {}", STEPS.len())));
    };
    if missing.is_empty() {
        return Ok(());
    }
    for statement in missing.iter().copied().flatten() {
        sql.run(statement, &[])?;
    }
    let step = i64::try_from(STEPS.len()).unwrap_or_default();
    sql.run("DELETE FROM release", &[])?;
    sql.run("INSERT INTO release (step) VALUES (?1)", &[step.into()])?;
    Ok(())
}
