//! The account's tables and how a release migrates them.
//!
//! Every object brings itself up to date on its next command, in that command's first transaction. A step, once
//! released, is never edited: a change is a new step behind it.

use crate::host::{Sql, StoreFault};

/// One release's statements, in order.
const STEPS: [&[&str]; 15] = [
    &[
        // state: opening | open | lapsing. password: a PHC string; NULL while the origin holds it. password_set: when its customer
        // last changed it, by which a code that followed the one before is void and withdrawals can be held for a day; NULL where
        // they never did (early releases wrote the opening's or the adoption's moment there).
        "CREATE TABLE account (one INTEGER PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL, customer TEXT NOT NULL, \
     receipt TEXT, profile TEXT, password TEXT, password_set INTEGER, opened INTEGER NOT NULL)",
        "CREATE TABLE credential (id BLOB PRIMARY KEY, public_key BLOB NOT NULL, algorithm INTEGER NOT NULL, \
     sign_count INTEGER NOT NULL, eligible INTEGER NOT NULL, synced INTEGER NOT NULL, transports TEXT NOT NULL, \
     aaguid BLOB NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, last_used INTEGER)",
        // ended: why it ended; NULL while it lives. login: the row of its login in the history.
        "CREATE TABLE session (key BLOB PRIMARY KEY, opened INTEGER NOT NULL, auth_time INTEGER NOT NULL, \
     amr INTEGER NOT NULL, channel TEXT NOT NULL, client TEXT NOT NULL, deadline INTEGER NOT NULL, ended TEXT, \
     login INTEGER NOT NULL)",
        "CREATE TABLE history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, channel TEXT NOT NULL, method TEXT NOT NULL, \
     outcome TEXT NOT NULL, client TEXT NOT NULL)",
        "CREATE INDEX history_at ON history (at)",
        // A registration's challenge waits here to be taken; a sign-in's, which carries its own date and mark, is put here
        // when it is used, so that a replay finds it; so is an attempt under which a password was sealed.
        "CREATE TABLE challenge (bytes BLOB PRIMARY KEY, session BLOB, until INTEGER NOT NULL)",
        // One bucket for every spelling of a name; on a decoy the buckets of many names stand side by side.
        "CREATE TABLE tries (name BLOB PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL, \
     held_until INTEGER)",
        // Everything that falls due: letters and events to deliver, lapses, purges. One alarm serves it. The id is part of
        // a delivery's idempotency key, so it is never given twice, not even after its row is gone.
        "CREATE TABLE due (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, \
     tries INTEGER NOT NULL, fault TEXT)",
        "CREATE INDEX due_at ON due (at)",
    ],
    &[
        // The mail address that the customer has confirmed by a code.
        "ALTER TABLE account ADD COLUMN verified TEXT",
        // A code asked for. key: the SHA-256 of the sign-in under way, or the session that confirms an address. The code
        // itself is made of generation, key and sendings whenever it is needed, and kept nowhere.
        "CREATE TABLE code (key BLOB PRIMARY KEY, purpose TEXT NOT NULL, address TEXT NOT NULL, generation INTEGER NOT NULL, \
     sendings INTEGER NOT NULL, sent INTEGER NOT NULL, tries INTEGER NOT NULL, until INTEGER NOT NULL, ends INTEGER NOT NULL, \
     password_set INTEGER NOT NULL, renew INTEGER NOT NULL, name BLOB NOT NULL)",
    ],
    &[
        // Whether the customer logs in by passkey alone.
        "ALTER TABLE account ADD COLUMN passkey_only INTEGER NOT NULL DEFAULT 0",
    ],
    &[
        // Whether the customer has turned passwords on again, on a site that turns them off by itself.
        "ALTER TABLE account ADD COLUMN passwords_kept INTEGER NOT NULL DEFAULT 0",
        // What a confirmation's challenge was made of, beside its bytes: the operation and how it was worded.
        "ALTER TABLE challenge ADD COLUMN operation TEXT",
    ],
    &[
        // What holds logins by password until the desk or a passkey releases them: stop | own; NULL where nothing does.
        "ALTER TABLE account ADD COLUMN held TEXT",
        // A change of the verified address that can still be stopped. old: NULL where none was verified. The number that
        // stops it is made of generation and id whenever it is needed, and kept nowhere; so an id is never given twice.
        "CREATE TABLE address_change (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, old TEXT, \
     generation INTEGER NOT NULL)",
        // How many holds there were in a row.
        "ALTER TABLE tries ADD COLUMN holds INTEGER NOT NULL DEFAULT 0",
        // Whether it was tried often enough: it stays with its fault, and nobody is troubled with it any more.
        "ALTER TABLE due ADD COLUMN dead INTEGER NOT NULL DEFAULT 0",
    ],
    &[
        // What the account remembers of its owner's logins, as numbers under its own salt.
        "CREATE TABLE habits (one INTEGER PRIMARY KEY CHECK (one = 1), salt BLOB NOT NULL, body TEXT NOT NULL)",
        // Judgements of logins, with all that they were made of.
        "CREATE TABLE judged (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL)",
        "CREATE INDEX judged_at ON judged (at)",
    ],
    &[
        // Forms that wait for a proof. login: the row of the login whose session sent it. kept: ciphertext; its key is the
        // browser's.
        "CREATE TABLE parked (name BLOB PRIMARY KEY, login INTEGER NOT NULL, until INTEGER NOT NULL, kept TEXT NOT NULL)",
    ],
    &[
        // What a session is bound to, the browser's key as a JWK, and whether the browser has shown that it knows.
        "ALTER TABLE session ADD COLUMN binding BLOB",
        "ALTER TABLE session ADD COLUMN binding_key TEXT",
        "ALTER TABLE session ADD COLUMN binding_shown INTEGER NOT NULL DEFAULT 0",
        // Whether the history tells that it was used from elsewhere.
        "ALTER TABLE session ADD COLUMN moved INTEGER NOT NULL DEFAULT 0",
    ],
    &[
        // place: a code of ISO 3166, empty where nobody knows. address, device: under the key of names of that generation.
        "ALTER TABLE history ADD COLUMN place TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE history ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE history ADD COLUMN address BLOB",
        "ALTER TABLE history ADD COLUMN device BLOB",
        // last_seen: when its customer last asked for something, to the quarter of an hour.
        "ALTER TABLE session ADD COLUMN place TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE session ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0",
    ],
    &[
        // Rows of one login are one session. crossed: 0 for the id that the login gave, else the number of the site's origin to
        // which it was carried on, and 1.
        "ALTER TABLE session ADD COLUMN crossed INTEGER NOT NULL DEFAULT 0",
        // The thumbprint of the key (RFC 7638) without whose proof the session is nobody's; NULL where a cookie carries it.
        "ALTER TABLE session ADD COLUMN possessor TEXT",
        // Proofs of possession that were used, by the login whose session they were for: the SHA-256 of each one's jti.
        "CREATE TABLE proof (login INTEGER NOT NULL, id BLOB NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (login, id))",
    ],
    &[
        // Until when the customer has put off being asked for a mail address.
        "ALTER TABLE account ADD COLUMN address_later INTEGER NOT NULL DEFAULT 0",
        // The mobile number that the customer has confirmed by a code.
        "ALTER TABLE account ADD COLUMN phone TEXT",
    ],
    &[
        // How many text messages went to numbers that were to be confirmed, and until when they count.
        "ALTER TABLE account ADD COLUMN texts INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE account ADD COLUMN texts_until INTEGER NOT NULL DEFAULT 0",
    ],
    &[
        // The address that the desk has written down, until a code confirms it; NULL in every other change.
        "ALTER TABLE address_change ADD COLUMN new TEXT",
    ],
    &[
        // Whether its login was judged to be asked for more, and it has shown nothing since that answers it; NULL where nobody knows.
        "ALTER TABLE session ADD COLUMN elevated INTEGER",
    ],
    &[
        // Judgements are read from the last one back, and by time by staff and once a day alone: an entry more for each login costs more
        // than it saves.
        "DROP INDEX judged_at",
    ],
];

/// Brings the object's tables up to this release's; nothing where they are.
///
/// # Errors
/// The store's own, and where the tables are of a later release than this one: an object is never taken back.
pub(super) fn migrate(sql: &dyn Sql) -> Result<(), StoreFault> {
    sql.run("CREATE TABLE IF NOT EXISTS release (step INTEGER NOT NULL)", &[])?;
    let rows = sql.run("SELECT step FROM release", &[])?;
    let done = rows.first().map(|row| row.integer(0)).transpose()?;
    let from = usize::try_from(done.unwrap_or(0)).unwrap_or_default();
    let Some(missing) = STEPS.get(from..) else {
        return Err(StoreFault(format!("tables of release {from}, this release knows {}", STEPS.len())));
    };
    for statement in missing.iter().copied().flatten() {
        sql.run(statement, &[])?;
    }
    if !missing.is_empty() {
        let step = i64::try_from(STEPS.len()).unwrap_or_default();
        let statement = match done {
            None => "INSERT INTO release (step) VALUES (?1)",
            Some(_) => "UPDATE release SET step = ?1",
        };
        sql.run(statement, &[step.into()])?;
    }
    Ok(())
}
