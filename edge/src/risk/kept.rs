//! A judgement as numbers, for the window in which other thresholds are tried: all that it was made of, and what came of it.

use super::evidence::{Device, Evidence};
use super::features::{Feature, PerFeature};
use super::signs::Signs;
use super::verdict::{Judgement, Reason, Verdict};

/// The order of the numbers; another order is another layout, and is not read.
const LAYOUT: i64 = 4;
/// For none: a first login has no score, and a reason that asks by itself no weight.
const NO_SCORE: i64 = i64::MIN >> 16;

impl Judgement {
    /// Everything in it.
    pub fn numbers(&self) -> Vec<i64> {
        let Evidence {
            logins,
            weight,
            fresh,
            share,
            superseded,
            hour,
            hour_share,
            device,
            known,
            devices,
            sprayed,
            hidden,
            new_channel,
            population,
            signs,
            kilometres,
            minutes,
            accounts,
            failures,
            within,
            away,
            networks,
            pair,
            newer,
            idle,
            has_code,
            has_passkey,
            by_passkey,
            refused,
        } = &self.evidence;
        let flag = |at: u8, flag: bool| i64::from(flag) << at;
        let device = flag(1, *device == Device::Known);
        let shown = flag(3, *sprayed) | flag(4, *hidden) | flag(5, *new_channel);
        let at_hand =
            flag(6, *has_code) | flag(7, *has_passkey) | flag(8, *by_passkey) | flag(9, *refused) | flag(10, *newer);
        let flags = flag(0, *superseded) | device | flag(2, *devices) | shown | at_hand;
        let verdict = i64::try_from(self.verdict.number()).unwrap_or_default();
        let reasons = self.reasons.iter().fold(0, |bits, reason| bits | 1 << *reason as u8);
        let [score, change] = [self.score, self.account_change].map(|score| score.map_or(NO_SCORE, i64::from));
        let reference = i64::try_from(self.reference).unwrap_or_default();
        let mut numbers =
            vec![LAYOUT, score, self.threshold.into(), self.policy.into(), reasons, flags, reference, change, verdict];
        let (signs, accounts) = (u32::from(signs.bits()), u32::from(*accounts));
        let place = [*kilometres, *minutes, *away, *networks, *pair];
        let counts = [*logins, *hour, *hour_share, *known, *population, signs, accounts, *failures, *idle];
        for count in counts.into_iter().chain(place) {
            numbers.push(count.into());
        }
        for of in [weight, within, fresh, share] {
            Feature::ALL.iter().for_each(|one| numbers.push(of.of(*one).into()));
        }
        let weights = Reason::ALL.into_iter().filter_map(|reason| self.weight(reason));
        numbers.extend(weights.map(|weight| weight.map_or(NO_SCORE, i64::from)));
        numbers
    }

    /// The judgement of those numbers, as it was made then; none where they are of another layout.
    pub fn read(numbers: &[i64]) -> Option<Self> {
        let ([layout, score, threshold, policy, reasons, flags, reference, change, verdict], rest) =
            numbers.split_first_chunk()?;
        let (counts, features) = rest.split_first_chunk::<14>()?;
        let [logins, hour, hour_share, known, population, signs, accounts, failures, idle, place @ ..] = counts;
        let [kilometres, minutes, away, networks, pair] = place;
        let (features, weights) = features.split_first_chunk::<32>()?;
        let (features, []) = features.as_chunks::<8>() else { return None };
        let [weight, within, fresh, share] = features else { return None };
        if *layout != LAYOUT {
            return None;
        }
        let count = |number: &i64| u32::try_from(*number).ok();
        let each = |of: &[i64; 8]| PerFeature::new(|one| of.get(one as usize).and_then(count).unwrap_or_default());
        let flag = |at: u8| flags >> at & 1 == 1;
        let evidence = Evidence {
            logins: count(logins)?,
            weight: each(weight),
            fresh: each(fresh),
            share: each(share),
            superseded: flag(0),
            hour: count(hour)?,
            hour_share: count(hour_share)?,
            device: if flag(1) { Device::Known } else { Device::Unknown },
            known: count(known)?,
            devices: flag(2),
            sprayed: flag(3),
            hidden: flag(4),
            new_channel: flag(5),
            population: count(population)?,
            signs: Signs::of_bits(u16::try_from(*signs).ok()?),
            kilometres: count(kilometres)?,
            minutes: count(minutes)?,
            accounts: u8::try_from(*accounts).ok()?,
            failures: count(failures)?,
            within: each(within),
            away: count(away)?,
            networks: count(networks)?,
            pair: count(pair)?,
            newer: flag(10),
            idle: count(idle)?,
            has_code: flag(6),
            has_passkey: flag(7),
            by_passkey: flag(8),
            refused: flag(9),
        };
        let mut given = Vec::new();
        for reason in Reason::ALL {
            if reasons >> reason as u8 & 1 == 1 {
                given.push(reason);
            }
        }
        let mut weighed = Vec::new();
        for weight in weights {
            weighed.push(score_of(*weight)?);
        }
        // Whether a sign raised it follows from the evidence; score, reasons, weights and verdict are those of then, to be held
        // against it.
        Some(Self {
            weights: weighed,
            verdict: Verdict::ALL.get(usize::try_from(*verdict).ok()?).copied()?,
            score: score_of(*score)?,
            policy: count(policy)?,
            account_change: score_of(*change)?,
            reasons: given,
            reference: u64::try_from(*reference).ok()?,
            ..Self::of(evidence, i32::try_from(*threshold).ok()?)
        })
    }
}

/// The score that stands for; `None` where the number is none.
fn score_of(number: i64) -> Option<Option<i32>> {
    if number == NO_SCORE { Some(None) } else { i32::try_from(number).ok().map(Some) }
}
