//! A window of judgements: how logins by password were judged lately, by channel, without whose. It answers what another threshold would have done.

use super::{numbers_of, text_of};
use crate::host::{Sql, StoreFault};
use crate::risk::{Judgement, Reason, Verdict};
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
    /// How many came to each verdict, in the order of [`Verdict::ALL`].
    pub verdicts: Vec<u32>,
    /// How many would be, by threshold in the order asked.
    pub would: Vec<u32>,
    /// How many of these were an attacker's.
    pub caught: Vec<u32>,
    /// How often each reason stands in them, in the order of [`Reason::ALL`].
    pub reasons: Vec<u32>,
    /// How often it asked for more by itself.
    pub rules: Vec<u32>,
    /// What its weights come to where it did not, in thousandths.
    pub weights: Vec<i64>,
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
        let sums = [&mut self.would, &mut self.caught, &mut self.verdicts, &mut self.reasons, &mut self.rules];
        let more = [&other.would, &other.caught, &other.verdicts, &other.reasons, &other.rules];
        for (sum, more) in sums.into_iter().zip(more) {
            sum.resize(sum.len().max(more.len()), 0);
            sum.iter_mut().zip(more).for_each(|(sum, one)| *sum += one);
        }
        self.weights.resize(self.weights.len().max(other.weights.len()), 0);
        self.weights.iter_mut().zip(&other.weights).for_each(|(sum, one)| *sum += one);
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
    let (would, each) = (vec![0; thresholds.len()], vec![0; Reason::ALL.len()]);
    let mut replayed = Replayed {
        caught: would.clone(),
        would,
        verdicts: vec![0; Verdict::ALL.len()],
        rules: each.clone(),
        reasons: each,
        weights: vec![0; Reason::ALL.len()],
        ..Replayed::default()
    };
    for row in &rows {
        let judgement = numbers_of(row.text(1)?).and_then(|numbers| Judgement::read(&numbers));
        let Some(judgement) = judgement.filter(Judgement::is_reproduced) else {
            replayed.foreign += 1;
            continue;
        };
        replayed.reproduced += 1;
        replayed.suspected += u32::from(judgement.asks());
        if let Some(count) = replayed.verdicts.get_mut(judgement.verdict.number()) {
            *count += 1;
        }
        let attack = u32::from(attacks.iter().any(|named| u64::try_from(*named) == Ok(judgement.reference)));
        replayed.attacks += attack;
        for ((would, caught), threshold) in replayed.would.iter_mut().zip(&mut replayed.caught).zip(thresholds) {
            let asked = u32::from(i32::try_from(*threshold).is_ok_and(|threshold| judgement.would_ask(threshold)));
            *would += asked;
            *caught += asked & attack;
        }
        let sums = replayed.reasons.iter_mut().zip(&mut replayed.rules).zip(&mut replayed.weights);
        for (((count, rule), sum), reason) in sums.zip(Reason::ALL) {
            if let Some(weight) = judgement.weight(reason) {
                *count += 1;
                *rule += u32::from(weight.is_none());
                *sum += weight.map_or(0, i64::from);
            }
        }
        let at = row.moment(0)?;
        replayed.since = Some(replayed.since.map_or(at, |since| since.min(at)));
    }
    Ok(replayed)
}
