//! A window of judgements: what was judged lately, by channel, without whose. It answers what another threshold would have done.

use super::{numbers_of, text_of};
use crate::host::{Sql, StoreFault};
use crate::risk::{Judgement, Reason};
use sekisho_rules::Timestamp;
use std::time::Duration;

/// The most judgements that one shard keeps; past it the oldest goes.
const MOST: i64 = 512;
/// And none longer than the account itself keeps them.
const KEPT: Duration = Duration::from_secs(183 * 86_400);

/// What thresholds would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Judgements that came out again as they are kept, to the last digit.
    pub reproduced: u32,
    /// Those that did not: another release made them, and nothing is said of them.
    pub foreign: u32,
    /// How many of the former were to be asked more when they were made: by score, by a sign, or as a first login.
    pub suspected: u32,
    /// How many of the former were an attacker's, as staff say.
    pub attacks: u32,
    /// How many would be, by threshold in the order asked.
    pub would: Vec<u32>,
    /// How many of these were an attacker's.
    pub caught: Vec<u32>,
    /// How often each reason stands in them, in the order of [`Reason::ALL`].
    pub reasons: Vec<u32>,
    /// The oldest.
    pub since: Option<Timestamp>,
}

impl Replayed {
    /// Both together.
    pub fn join(&mut self, other: &Self) {
        self.reproduced += other.reproduced;
        self.foreign += other.foreign;
        self.suspected += other.suspected;
        self.attacks += other.attacks;
        let sums = [&mut self.would, &mut self.caught, &mut self.reasons];
        for (sum, more) in sums.into_iter().zip([&other.would, &other.caught, &other.reasons]) {
            sum.resize(sum.len().max(more.len()), 0);
            sum.iter_mut().zip(more).for_each(|(sum, one)| *sum += one);
        }
        self.since = self.since.into_iter().chain(other.since).min();
    }
}

pub(super) fn keep(sql: &dyn Sql, now: Timestamp, channel: &str, judgement: &[i64]) -> Result<(), StoreFault> {
    let values = [now.into(), channel.into(), text_of(judgement).into()];
    sql.run("INSERT INTO judged (at, channel, body) VALUES (?1, ?2, ?3)", &values)?;
    sql.run(
        "DELETE FROM judged WHERE at < ?1 OR id <= (SELECT MAX(id) FROM judged) - ?2",
        &[(now - KEPT).into(), MOST.into()],
    )?;
    Ok(())
}

pub(super) fn replay(
    sql: &dyn Sql,
    channel: &str,
    thresholds: &[i64],
    attacks: &[i64],
) -> Result<Replayed, StoreFault> {
    let rows = sql.run("SELECT at, body FROM judged WHERE ?1 = '' OR channel = ?1 ORDER BY id", &[channel.into()])?;
    let (would, reasons) = (vec![0; thresholds.len()], vec![0; Reason::ALL.len()]);
    let mut replayed = Replayed { caught: would.clone(), would, reasons, ..Replayed::default() };
    for row in &rows {
        let judgement = numbers_of(row.text(1)?).and_then(|numbers| Judgement::read(&numbers));
        let Some(judgement) = judgement.filter(Judgement::is_reproduced) else {
            replayed.foreign += 1;
            continue;
        };
        replayed.reproduced += 1;
        replayed.suspected += u32::from(judgement.asks());
        let attack = u32::from(attacks.iter().any(|named| u64::try_from(*named) == Ok(judgement.reference)));
        replayed.attacks += attack;
        for ((would, caught), threshold) in replayed.would.iter_mut().zip(&mut replayed.caught).zip(thresholds) {
            let asked = u32::from(i32::try_from(*threshold).is_ok_and(|threshold| judgement.would_ask(threshold)));
            *would += asked;
            *caught += asked & attack;
        }
        for (sum, reason) in replayed.reasons.iter_mut().zip(Reason::ALL) {
            *sum += u32::from(judgement.reasons.contains(&reason));
        }
        let at = row.moment(0)?;
        replayed.since = Some(replayed.since.map_or(at, |since| since.min(at)));
    }
    Ok(replayed)
}
