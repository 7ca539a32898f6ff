//! What the scores come to: how many attacks are caught, how often owners are asked for it.

use crate::evaluate::Trial;
use crate::generator::{Attacker, Dice};
use std::collections::HashMap;

/// The score above which this share of an attacker's attempts lies. Every account is attacked once, at some moment of its
/// history: accounts that log in often are no likelier a victim.
pub fn threshold(trials: &[Trial], model: usize, attacker: usize, caught: f64) -> f32 {
    let mut tried = per_customer(trials);
    trials.iter().for_each(|trial| tried[trial.customer as usize] += 1);
    // How many of each customer's come before the one that is drawn.
    for (customer, tried) in tried.iter_mut().enumerate().filter(|(_, tried)| **tried > 0) {
        *tried = Dice::new(11, customer as u64).below(*tried) + 1;
    }
    let mut drawn = |trial: &&Trial| {
        let left = &mut tried[trial.customer as usize];
        *left = left.wrapping_sub(1);
        *left == 0
    };
    let mut scores: Vec<f32> =
        trials.iter().filter(|trial| drawn(trial)).map(|trial| trial.attacker(model, attacker)).collect();
    scores.sort_by(f32::total_cmp);
    let missed = ((1.0 - caught) * scores.len() as f64) as usize;
    scores.get(missed).copied().unwrap_or(f32::MIN)
}

/// Customers' first `n` logins: the share of them that is challenged, of the customer in the middle. The very first,
/// which nothing is known of, always is.
pub fn challenged(trials: &[Trial], (model, attacker): (usize, usize), threshold: f32, n: u32) -> f64 {
    let (mut logins, mut asked) = (per_customer(trials), per_customer(trials));
    for trial in trials.iter().filter(|trial| trial.history < n) {
        logins[trial.customer as usize] += 1;
        asked[trial.customer as usize] += u32::from(trial.owner(model, attacker) >= threshold);
    }
    let whole = logins.iter().zip(&asked).filter(|(logins, _)| **logins + 1 == n);
    let mut rates: Vec<u32> = whole.map(|(_, asked)| asked + 1).collect();
    rates.sort_unstable();
    let middle = rates.get(rates.len().saturating_sub(1) / 2).copied().unwrap_or(n);
    f64::from(middle) / f64::from(n)
}

/// A nought for each customer there may be.
fn per_customer(trials: &[Trial]) -> Vec<u32> {
    vec![0; trials.iter().map(|trial| trial.customer as usize + 1).max().unwrap_or_default()]
}

/// The chance that an attempt is scored higher than a login of an owner.
pub fn area_of(trials: &[Trial], model: usize, attacker: usize) -> f64 {
    area(&mut trials.iter().flat_map(|trial| pair(trial, model, attacker)).collect::<Vec<_>>())
}

/// The bounds within which it lies in 95 % of samples of customers drawn anew: of 10,000 at the most, so that they are
/// rather too wide.
pub fn bounds(trials: &[Trial], model: usize, attacker: usize) -> (f64, f64) {
    let mut customers: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, trial) in trials.iter().enumerate() {
        customers.entry(trial.customer).or_default().push(at);
    }
    let mut groups: Vec<Vec<usize>> = customers.into_values().collect();
    groups.sort();
    let dice = &mut Dice::new(7, 7);
    let sample = groups.len().min(10_000);
    let mut drawn: Vec<f64> = (0..100)
        .map(|_| {
            let chosen = (0..sample).flat_map(|_| &groups[dice.below(groups.len() as u32) as usize]);
            area(&mut chosen.flat_map(|at| pair(&trials[*at], model, attacker)).collect::<Vec<_>>())
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    (drawn[2], drawn[97])
}

fn pair(trial: &Trial, model: usize, attacker: usize) -> [(f32, bool); 2] {
    [(trial.owner(model, attacker), false), (trial.attacker(model, attacker), true)]
}

/// The area under the curve of scores that are an attacker's or not; ties count half.
fn area(scores: &mut [(f32, bool)]) -> f64 {
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut sum, mut attacks) = (0.0, 0.0, 0.0);
    let mut rest = &*scores;
    while let Some((first, _)) = rest.first() {
        let length = rest.iter().take_while(|(score, _)| score == first).count();
        let (equal, further) = rest.split_at(length);
        let bad = equal.iter().filter(|(_, bad)| *bad).count() as f64;
        let good = length as f64 - bad;
        sum += bad * (below + good / 2.0);
        below += good;
        attacks += bad;
        rest = further;
    }
    sum / (below * attacks)
}

/// The share of owners' logins that is challenged, of all that `which` takes.
pub fn asked(
    trials: &[Trial],
    (model, attacker): (usize, usize),
    threshold: f32,
    which: impl Fn(&Trial) -> bool,
) -> f64 {
    let of: Vec<&Trial> = trials.iter().filter(|trial| which(trial)).collect();
    of.iter().filter(|trial| trial.owner(model, attacker) >= threshold).count() as f64 / of.len().max(1) as f64
}

/// The place of an attacker among [`Attacker::ALL`].
pub fn place(attacker: Attacker) -> usize {
    Attacker::ALL.iter().position(|one| *one == attacker).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::area;

    #[test]
    fn the_area_counts_pairs() {
        let scored = |pairs: &[(f32, bool)]| area(&mut pairs.to_vec());
        assert_eq!(scored(&[(1.0, false), (2.0, true)]), 1.0);
        assert_eq!(scored(&[(2.0, false), (1.0, true)]), 0.0);
        assert_eq!(scored(&[(1.0, false), (1.0, true)]), 0.5);
        assert_eq!(scored(&[(1.0, false), (2.0, true), (3.0, false), (4.0, true)]), 0.75);
    }
}
