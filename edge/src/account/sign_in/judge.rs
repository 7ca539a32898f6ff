//! What the account remembers of its owner's logins, and the judgement of one by it.
//!
//! Numbers under the account's own salt, no address and no user agent. A judgement is kept with all that it was made of for
//! six months, so that it can be made again. Only what its owner did is learned: a completed login, by whatever proof
//! that leaves no doubt.

use super::super::{Fault, Room, Row, Visit, due};
use crate::config::{Letters, RiskMode, SecondFactor};
use crate::crowd::{self, Counted, Shard};
use crate::host::{Outside, Sql, Store, StoreFault, Value};
use crate::notice::{Letter, Matter};
use crate::risk::{Evidence, Habits, Judgement, PerFeature, Signs, Verdict, With};
use rand_core::CryptoRng;
use sekisho_rules::Timestamp;
use std::time::Duration;

/// How long judgements are kept, and each value past the last login that showed it.
pub(in crate::account) const KEPT: Duration = Duration::from_secs(183 * 86_400);

const DAY: u64 = 86_400_000;
/// How long a passkey that may have been copied is remembered in judgements.
const SUSPICION: Duration = Duration::from_secs(30 * 86_400);

/// What follows a right password.
pub(super) enum Course {
    /// The session.
    In,
    /// A code to the verified address; whether because the login is unlike its owner's.
    Code(bool),
    /// The desk, or a passkey in the password's place: no code can be sent by which a suspected login could prove itself.
    Desk,
}

/// By what a login was proved.
#[derive(Clone, Copy)]
pub(in crate::account) enum Proved {
    /// A right password, after so many wrong ones.
    Password(u32),
    /// A passkey.
    Passkey {
        /// Whether it may have been copied.
        suspected: bool,
        /// Whether it is refused for that.
        refused: bool,
    },
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Judges a login and keeps the judgement under `reference`.
    pub(in crate::account) fn judge(
        &self,
        sql: &dyn Sql,
        row: &Row,
        visit: &Visit,
        (proved, reference): (Proved, u64),
    ) -> Result<Judgement, Fault> {
        let (salt, habits) = memory(sql)?;
        let mut features = visit.shown.features(&self.salted(&salt), self.now);
        let (failures, by_passkey, suspected, refused) = match proved {
            Proved::Password(failures) => (failures, false, false, false),
            Proved::Passkey { suspected, refused } => (0, true, suspected, refused),
        };
        let suspected = suspected || self.copied(sql)?;
        let moved = self.happened(sql, "session_moved", Duration::from_millis(DAY))?;
        for (_, sign) in [(suspected, Signs::PASSKEY), (moved, Signs::MOVED)].into_iter().filter(|(is, _)| *is) {
            features.signs = features.signs.with(sign);
        }
        let scale = &visit.shown.scale;
        let known = logins(sql, &visit.channel, Timestamp::default())? > 0;
        let evidence = Evidence {
            failures,
            by_passkey,
            refused,
            new_channel: !known,
            has_code: row.verified.is_some(),
            has_passkey: row.proven,
            ..Evidence::gather(&habits, &features, scale, self.now)
        };
        let threshold = scale.over(self.house.config.threshold(&visit.channel, known), known);
        let account_change = Some(scale.account_change.unwrap_or(self.house.config.risk.account_change));
        let policy = scale.policy;
        let judgement = Judgement { policy, account_change, reference, ..Judgement::of(evidence, threshold) };
        let body = serde_json::to_string(&judgement)?;
        self.outside.note(format!("{{\"judged\":{body}}}"));
        // No threshold asks a passkey for more: among those that thresholds are tried on it would only crowd the others out.
        if !by_passkey {
            let kept = crowd::Command::Keep { channel: visit.channel.clone(), judgement: judgement.numbers() };
            due::put(sql, self.now, &due::Task::Tell { shard: Shard::at(self.now), command: kept.pack() })?;
        }
        sql.run("INSERT INTO judged (at, body) VALUES (?1, ?2)", &[self.now.into(), body.as_str().into()])?;
        Ok(judgement)
    }

    /// What follows a right password, after so many wrong ones: the judgement's verdict and what the site asks of everybody.
    pub(super) fn course(
        &self,
        sql: &dyn Sql,
        row: &Row,
        visit: &Visit,
        (failures, reference): (u32, u64),
    ) -> Result<Course, Fault> {
        let judgement = self.judge(sql, row, visit, (Proved::Password(failures), reference))?;
        let acts = self.house.config.risk.mode == RiskMode::Act;
        let channel = self.house.config.channel_named(&visit.channel);
        // Whatever is asked of others: the code is what confirms the address.
        if row.waiting_address(self.now).is_some() && !self.house.config.is_limited(&visit.channel) {
            return Ok(Course::Code(false));
        }
        let factor = channel.map_or(self.house.config.login.second_factor, |channel| channel.second_factor);
        // Where the judgement is only looked at, everybody who can is asked for a code, and nobody is led to the desk.
        let unjudged = if row.verified.is_some() { Verdict::StepUp(With::Code) } else { Verdict::Allow };
        let verdict = if acts { judgement.verdict } else { unjudged };
        Ok(match (factor, verdict) {
            (_, Verdict::Refuse) => Course::Desk,
            (SecondFactor::Off, _) => Course::In,
            (SecondFactor::Always, _) if row.verified.is_some() => Course::Code(false),
            (_, Verdict::Allow) => Course::In,
            (_, Verdict::StepUp(With::Code)) => Course::Code(acts && judgement.score.is_some()),
            (_, Verdict::StepUp(With::Passkey | With::Desk)) => Course::Desk,
        })
    }

    /// A login is complete: its owner is told of it, and it is remembered as theirs where it is `sure` to be. Otherwise whoever was let
    /// in with doubts would have none against them the next time.
    pub(in crate::account) fn welcome<R: CryptoRng>(
        &self,
        sql: &dyn Sql,
        rng: &mut R,
        row: &Row,
        (visit, sure, unusual): (&Visit, bool, bool),
    ) -> Result<(), Fault> {
        if self.house.config.is_limited(&visit.channel) {
            return self.welcome_app(sql, row, visit);
        }
        let (mut salt, mut habits) = memory(sql)?;
        if salt.is_empty() {
            salt.resize(16, 0);
            rng.fill_bytes(&mut salt);
        }
        let features = visit.shown.features(&self.salted(&salt), self.now);
        let known = |device| habits.devices.find(device).is_some();
        let new_device = !habits.devices.seen.is_empty() && features.device.is_some_and(|device| !known(device));
        if sure {
            // Once a day: who logs in every minute makes nothing common.
            let today = u32::try_from(self.now.as_millis() / DAY).unwrap_or_default();
            if habits.counted < today {
                habits.counted = today;
                let seen = |of| habits.of(of).is_some_and(|memory| memory.find(features.values.of(of)).is_some());
                let shown = visit.shown.features(&self.house.keys.crowd_key(), self.now);
                let counted = Counted::of(&shown, PerFeature::new(|of| !seen(of)));
                let (shard, command) = (Shard::of(&counted.values), crowd::Command::Count(counted).pack());
                due::put(sql, self.now, &due::Task::Tell { shard, command })?;
            }
            habits.learn(&features, self.now);
            let body = serde_json::to_string(&habits)?;
            sql.run(
                "INSERT INTO habits (one, salt, body) VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET body = ?2",
                &[Value::Blob(salt), body.as_str().into()],
            )?;
        }
        let Some(profile) = &row.profile else { return Ok(()) };
        let letter = match (unusual, new_device) {
            (true, _) => Letter::new(self.now, &profile.lang, Matter::Unusual).seen(visit),
            (false, true) => Letter::new(self.now, &profile.lang, Matter::NewDevice).seen(visit),
            (false, false) => Letter::login(self.now, visit, &profile.lang),
        };
        due::put(sql, self.now, &due::Task::Letter(letter))
    }

    /// The same of a login by an app that only reads. Where it runs and as what is nothing of its owner's, and is not learned:
    /// whoever runs another program there would look like them.
    fn welcome_app(&self, sql: &dyn Sql, row: &Row, visit: &Visit) -> Result<(), Fault> {
        let channel = self.house.config.channel_named(&visit.channel);
        let daily = channel.is_some_and(|channel| channel.letters == Letters::Daily);
        // This login's own line stands in the history already.
        let told = daily && logins(sql, &visit.channel, midnight(self.now))? > 1;
        match &row.profile {
            Some(profile) if !told => {
                due::put(sql, self.now, &due::Task::Letter(Letter::login(self.now, visit, &profile.lang)))
            }
            _ => Ok(()),
        }
    }

    /// Whether a passkey may have been copied of late.
    fn copied(&self, sql: &dyn Sql) -> Result<bool, StoreFault> {
        self.happened(sql, "passkey_suspected", SUSPICION)
    }

    /// A passkey goes. Where one may have been copied, no device is known any more: who had the copy may have come first, when
    /// nothing told it from the passkey.
    pub(in crate::account) fn forget_copied(&self, sql: &dyn Sql) -> Result<(), Fault> {
        if self.copied(sql)? { forget_devices(sql) } else { Ok(()) }
    }

    /// Whether the history has a line of this kind of late: a passkey's counter went back, so somebody may have it and be after
    /// the rest; or a session was used from elsewhere, and who has its cookie may have more.
    fn happened(&self, sql: &dyn Sql, method: &str, within: Duration) -> Result<bool, StoreFault> {
        let values = [method.into(), (self.now - within).into()];
        Ok(!sql.run("SELECT 1 FROM history WHERE method = ?1 AND at > ?2 LIMIT 1", &values)?.is_empty())
    }

    /// Whether the account knows the device of `visit`. On a decoy the same statement finds nothing.
    pub(super) fn knows_device(&self, sql: &dyn Sql, visit: &Visit) -> Result<bool, Fault> {
        let (salt, habits) = memory(sql)?;
        let device = visit.shown.features(&self.salted(&salt), self.now).device;
        Ok(device.is_some_and(|device| habits.devices.find(device).is_some()))
    }

    /// The account's salt under a key of the house: who has the store alone cannot try addresses out.
    fn salted(&self, salt: &[u8]) -> [u8; 32] {
        self.house.keys.habit_key(salt)
    }

    /// A suspected login was sent to the desk: its owner hears that somebody has the password.
    pub(super) fn note_desk(&self, sql: &dyn Sql, row: &Row, visit: &Visit) -> Result<(), Fault> {
        self.record(sql, visit, "password", "failure")?;
        let Some(profile) = &row.profile else { return Ok(()) };
        let letter = Letter::new(self.now, &profile.lang, Matter::SentToDesk).seen(visit);
        due::put(sql, self.now, &due::Task::Letter(letter))
    }
}

/// How often the account was logged in to by a channel since a moment.
fn logins(sql: &dyn Sql, channel: &str, since: Timestamp) -> Result<i64, StoreFault> {
    let statement = "SELECT COUNT(*) FROM history WHERE channel = ?1 AND outcome = 'success' AND at >= ?2";
    sql.run(statement, &[channel.into(), since.into()])?.first().map_or(Ok(0), |row| row.integer(0))
}

/// When the day began, in Japan's time.
fn midnight(now: Timestamp) -> Timestamp {
    const JAPAN: u64 = 9 * 3_600_000;
    let into = (now.as_millis() + JAPAN) % DAY;
    now - Duration::from_millis(into)
}

/// The account's salt, empty before the first login, and its memory.
fn memory(sql: &dyn Sql) -> Result<(Vec<u8>, Habits), Fault> {
    let rows = sql.run("SELECT salt, body FROM habits", &[])?;
    match rows.first() {
        Some(row) => Ok((row.blob(0)?.to_vec(), crate::wire::read(row.text(1)?.as_bytes())?)),
        None => Ok((Vec::new(), Habits::default())),
    }
}

/// Writes the account's memory anew, where there is one and `change` says that it changed it.
fn remember(sql: &dyn Sql, change: impl FnOnce(&mut Habits) -> bool) -> Result<(), Fault> {
    let (salt, mut habits) = memory(sql)?;
    if !salt.is_empty() && change(&mut habits) {
        let body = serde_json::to_string(&habits)?;
        sql.run("UPDATE habits SET body = ?1", &[body.as_str().into()])?;
    }
    Ok(())
}

/// No device is known any more; each will be told as new once.
pub(super) fn forget_devices(sql: &dyn Sql) -> Result<(), Fault> {
    remember(sql, |habits| {
        habits.devices.seen.clear();
        true
    })
}

/// Judgements past their time go, and what they are made by.
pub(in crate::account) fn forget(sql: &dyn Sql, now: Timestamp) -> Result<(), Fault> {
    let before = now - KEPT;
    sql.run("DELETE FROM judged WHERE at < ?1", &[before.into()])?;
    remember(sql, |habits| habits.forget(before))
}
