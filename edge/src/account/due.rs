//! What falls due: letters and events to deliver, openings that lapse, purges. One alarm serves the one table.
//!
//! An effect is a row, written in the transaction that has it; delivery is at least once, with the row as idempotency
//! key. A task that fails is put off further and further, counted, and keeps its fault in sight. A letter or event that
//! failed for days is dead: it stays in the table with its fault, where staff see it, and is tried no more until they say so.

use super::sign_in::{LIFE, MEMORY, STOPPABLE};
use super::{AccountId, Fault, Profile, Reply, Room, Row, SessionKey};
use crate::crowd::Shard;
use crate::host::{Outside, Sql, Store, StoreFault};
use crate::keys::CodeUse;
use crate::name::{self, NameTag};
use crate::notice::{self, Letter, Seen};
use crate::tally::quoted;
use crate::{House, origin};
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What is to be done at its time.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Task {
    /// A letter to the customer.
    Letter(Letter),
    /// A one-time code to the address it was asked for. The code itself is not in here: it is made when it is sent.
    Code {
        purpose: String,
        key: SessionKey,
        sending: i64,
        generation: u8,
        address: String,
        until: Timestamp,
        /// What the sign-in showed that asks for it.
        seen: Option<Seen>,
    },
    /// A letter to another address than the verified one, and where it tells of a change of that address, which change.
    LetterTo { letter: Letter, address: String, change: Option<(i64, u8)> },
    /// The origin hears of the new account.
    Opened {
        /// When it was opened.
        at: Timestamp,
    },
    /// A completed login is counted among all customers', or a judgement kept for the trial of other thresholds.
    Tell {
        /// Where.
        shard: Shard,
        /// What, packed.
        command: String,
    },
    /// The opening was not finished: the name goes back and the account is gone.
    Lapse {
        /// The name that was reserved.
        name: NameTag,
    },
    /// What is out of date goes.
    Purge,
}

impl Task {
    /// Whether somebody outside must take it, who may never do so. The rest is our own and has to be done.
    const fn is_mortal(&self) -> bool {
        !matches!(self, Self::Lapse { .. } | Self::Purge)
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Letter(_) | Self::LetterTo { .. } => "letter",
            Self::Code { .. } => "code",
            Self::Opened { .. } => "opened",
            Self::Tell { .. } => "tell",
            Self::Lapse { .. } => "lapse",
            Self::Purge => "purge",
        }
    }
}

/// As many tasks as one alarm takes on; the rest has the next one.
const BATCH: i64 = 8;
/// The first wait after a failure; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// So many failures, of which all but the first dozen lie an hour apart, make a task dead: after four days.
const MOST_TRIES: i64 = 100;
const DAY: Duration = Duration::from_secs(86_400);
/// History is kept 15 months, for sweeps.
const HISTORY: Duration = Duration::from_secs(457 * 86_400);

/// Puts a task into the table and sees to it that the alarm comes in time.
pub(super) fn put(sql: &dyn Sql, at: Timestamp, task: &Task) -> Result<(), Fault> {
    let body = serde_json::to_string(task)?;
    sql.run(
        "INSERT INTO due (at, kind, body, tries) VALUES (?1, ?2, ?3, 0)",
        &[at.into(), task.kind().into(), body.as_str().into()],
    )?;
    Ok(set_alarm(sql)?)
}

/// Plans a purge for tomorrow, if none is planned.
pub(super) fn purge_soon(sql: &dyn Sql, now: Timestamp) -> Result<(), Fault> {
    purge_by(sql, now + DAY)
}

/// Plans a purge for `at`, if none is planned before.
pub(super) fn purge_by(sql: &dyn Sql, at: Timestamp) -> Result<(), Fault> {
    match sql.run("SELECT 1 FROM due WHERE kind = 'purge' AND at <= ?1", &[at.into()])?.is_empty() {
        true => put(sql, at, &Task::Purge),
        false => Ok(()),
    }
}

/// The opening is finished: it will not lapse.
pub(super) fn drop_lapse(sql: &dyn Sql) -> Result<(), StoreFault> {
    sql.run("DELETE FROM due WHERE kind = 'lapse'", &[])?;
    Ok(())
}

/// The alarm: does what is due at `now` and sets the next one. It is called again by the alarm it has set.
///
/// # Errors
/// Only where the object's own store fails; a delivery that fails is recorded and put off.
pub async fn due<S: Store, O: Outside>(
    house: &House,
    store: &S,
    outside: &O,
    now: Timestamp,
    id: AccountId,
) -> Result<(), Fault> {
    let tasks = store.transaction(|sql| {
        super::schema::migrate(sql)?;
        sql.run(
            "SELECT id, body, tries FROM due WHERE at <= ?1 AND dead = 0 ORDER BY at, id LIMIT ?2",
            &[now.into(), BATCH.into()],
        )
    })?;
    for task in &tasks {
        let (row, tries) = (task.integer(0)?, task.integer(2)?);
        let body = task.text(1)?;
        let (outcome, mortal, kind) = match crate::wire::read::<Task>(body.as_bytes()) {
            Ok(task) => (carry_out(house, store, outside, now, id, row, &task).await, task.is_mortal(), task.kind()),
            // Of another release: what it was nobody can say.
            Err(fault) => (Err(fault.into()), true, "letter"),
        };
        let dead = mortal && tries + 1 >= MOST_TRIES;
        let fault = outcome.err().map(|fault| fault.to_string().chars().take(200).collect::<String>());
        store.transaction(|sql| match &fault {
            None => sql.run("DELETE FROM due WHERE id = ?1", &[row.into()]).map(|_| ()),
            Some(fault) => put_off(sql, now, row, (tries, dead), fault),
        })?;
        if let Some(fault) = fault.filter(|_| mortal) {
            let what = if dead { "outbox_dead" } else { "outbox_put_off" };
            outside.count(what, kind);
            // By the account's id, which is random: staff's page leads from it to the customer.
            let (matter, account, fault) = (matter(body), id.to_hex(), quoted(&fault));
            outside.note(format!(
                "{{\"{what}\":\"{kind}\",\"matter\":\"{matter}\",\"tries\":{},\"account\":\"{account}\",\"fault\":{fault}}}",
                tries + 1
            ));
        }
    }
    Ok(store.transaction(set_alarm)?)
}

/// What a letter tells, as its row says it first: `"matter":"login"`, or `"matter":{"opened":…`; nothing of what is no letter.
fn matter(body: &str) -> &str {
    let told = body.split_once("\"matter\":").map_or("", |(_, told)| told);
    told.split('"').nth(1).unwrap_or_default()
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// What nobody took is tried again, as if it were new.
    pub(super) fn send_again(&self) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            sql.run("UPDATE due SET dead = 0, tries = 0, at = ?1 WHERE dead = 1", &[self.now.into()])?;
            set_alarm(sql)?;
            Ok(Reply::Done)
        })
    }
}

async fn carry_out<S: Store, O: Outside>(
    house: &House,
    store: &S,
    outside: &O,
    now: Timestamp,
    id: AccountId,
    row: i64,
    task: &Task,
) -> Result<(), Fault> {
    let key = format!("{}-{row}", id.to_hex());
    let account = store.transaction(Row::read)?;
    match task {
        Task::Letter(letter) => match account.and_then(addressee) {
            Some((profile, address)) => {
                Ok(notice::send(house, outside, &key, (letter, None), (&profile, &address)).await?)
            }
            None => Ok(()),
        },
        Task::LetterTo { letter, address, change } => {
            let Some(profile) = account.and_then(|row| row.profile) else { return Ok(()) };
            let number = change.and_then(|(change, generation)| house.keys.stop_number(generation, id, change));
            let stop = number.as_ref().map(|number| (number, letter.at + STOPPABLE));
            Ok(notice::send(house, outside, &key, (letter, stop), (&profile, address)).await?)
        }
        Task::Code { purpose, key: asked, sending, generation, address, until, seen } if now < *until => {
            let purpose = if purpose == CodeUse::Address.name() { CodeUse::Address } else { CodeUse::SignIn };
            let code = house.keys.code(*generation, id, purpose, *asked, (*sending, address));
            let confirms = account.as_ref().is_some_and(|row| row.waiting_address(now) == Some(address));
            let profile = account.and_then(|row| row.profile);
            let Some((profile, code)) = profile.zip(code) else { return Ok(()) };
            if let Some(sms) = house.config.sms.as_ref().filter(|_| !address.contains('@')) {
                return Ok(notice::send_sms(
                    house,
                    outside,
                    sms,
                    &key,
                    &code,
                    (address, &profile.lang, seen.is_some()),
                )
                .await?);
            }
            let letter = notice::CodeLetter { code, at: *until - LIFE, seen: seen.as_ref(), confirms };
            Ok(notice::send_code(house, outside, &key, &letter, (&profile, address)).await?)
        }
        // Past its time a code is of no use to anybody.
        Task::Code { .. } => Ok(()),
        Task::Opened { at } => match (account, &house.config.events) {
            (Some(account), Some(endpoint)) => {
                Ok(origin::tell_opened(house, outside, endpoint, &key, *at, &account.customer, account.profile).await?)
            }
            _ => Ok(()),
        },
        Task::Tell { shard, command } => Ok(outside.crowd(*shard, command.clone()).await.map(drop)?),
        Task::Lapse { name } => lapse(store, outside, id, *name).await,
        Task::Purge => store.transaction(|sql| purge(sql, now)),
    }
}

/// Who reads the letters, and where: the verified address, and until there is one the address that was given.
fn addressee(account: Row) -> Option<(Profile, String)> {
    let profile = account.profile?;
    let address = account.verified.unwrap_or_else(|| profile.mail.clone());
    Some((profile, address))
}

/// begin: nobody can open the account any more. check: the name goes back. finish: nothing is left of it.
async fn lapse<S: Store, O: Outside>(store: &S, outside: &O, id: AccountId, name: NameTag) -> Result<(), Fault> {
    let lapsing = store.transaction(|sql| {
        sql.run("UPDATE account SET state = 'lapsing' WHERE state = 'opening'", &[])?;
        sql.run("SELECT 1 FROM account WHERE state = 'lapsing'", &[])
    })?;
    if lapsing.is_empty() {
        return Ok(());
    }
    outside.name(name, name::Command::Release { account: id }).await?;
    store.transaction(|sql| {
        for table in [
            "account",
            "credential",
            "session",
            "history",
            "challenge",
            "tries",
            "code",
            "address_change",
            "habits",
            "judged",
            "parked",
            "proof",
        ] {
            sql.run(&format!("DELETE FROM {table}"), &[])?;
        }
        Ok(())
    })
}

fn purge(sql: &dyn Sql, now: Timestamp) -> Result<(), Fault> {
    let yesterday = now - DAY;
    sql.run("DELETE FROM session WHERE deadline < ?1", &[yesterday.into()])?;
    sql.run("DELETE FROM challenge WHERE until < ?1", &[now.into()])?;
    sql.run("DELETE FROM code WHERE ends < ?1", &[now.into()])?;
    sql.run("DELETE FROM parked WHERE until <= ?1", &[now.into()])?;
    sql.run("DELETE FROM proof WHERE until < ?1", &[now.into()])?;
    super::sign_in::forget(sql, now)?;
    sql.run("DELETE FROM address_change WHERE at < ?1", &[(now - STOPPABLE).into()])?;
    sql.run("DELETE FROM tries WHERE at < ?1", &[(now - MEMORY).into()])?;
    // A decoy's history is nobody's: it goes with the day.
    let decoy = sql.run("SELECT 1 FROM account", &[])?.is_empty();
    let oldest = if decoy { yesterday } else { now - HISTORY };
    sql.run("DELETE FROM history WHERE at < ?1", &[oldest.into()])?;
    sql.run("DELETE FROM due WHERE dead = 1 AND at < ?1", &[oldest.into()])?;
    let left = sql
        .run("SELECT 1 FROM session UNION ALL SELECT 1 FROM challenge UNION ALL SELECT 1 FROM history LIMIT 1", &[])?;
    // One is planned at a time, whatever had this one come early.
    sql.run("DELETE FROM due WHERE kind = 'purge'", &[])?;
    if left.is_empty() {
        return Ok(());
    }
    put(sql, now + DAY, &Task::Purge)?;
    // Or for when the next form's time is over. The alarm is set when all that was due is done.
    let sooner = "UPDATE due SET at = MIN(at, (SELECT COALESCE(MIN(until), at) FROM parked)) WHERE kind = 'purge'";
    sql.run(sooner, &[]).map(|_| ()).map_err(Fault::from)
}

fn put_off(sql: &dyn Sql, now: Timestamp, row: i64, (tries, dead): (i64, bool), fault: &str) -> Result<(), StoreFault> {
    let doublings = u32::try_from(tries.clamp(0, 16)).unwrap_or_default();
    let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let at = if dead { now } else { now + wait };
    sql.run(
        "UPDATE due SET at = ?1, tries = ?2, fault = ?3, dead = ?4 WHERE id = ?5",
        &[at.into(), (tries + 1).into(), fault.into(), dead.into(), row.into()],
    )?;
    Ok(())
}

/// The alarm is set to the earliest task, or cleared.
fn set_alarm(sql: &dyn Sql) -> Result<(), StoreFault> {
    let rows = sql.run("SELECT at FROM due WHERE dead = 0 ORDER BY at LIMIT 1", &[])?;
    sql.wake(rows.first().map(|row| row.moment(0)).transpose()?)
}
