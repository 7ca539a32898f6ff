use super::*;
use crate::generator::{ROAMING, SETTLED};

const CUSTOMERS: u32 = 8_000;

fn trials(life: Life, seed: u64) -> Vec<Trial> {
    run(Setting { life, seed, customers: CUSTOMERS, lacking: None })
}

/// Where the odds are three to one, three of four are attackers: so the probabilities are those of the draws, for every attacker.
#[test]
fn the_oracles_odds_are_the_odds() {
    for life in [SETTLED, ROAMING] {
        let trials = trials(life, 1);
        for (place, attacker) in Attacker::ALL.into_iter().enumerate() {
            for low in [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0] {
                let within = |score: &f32| (low..low + 1.0).contains(score);
                let scores = trials.iter().flat_map(|trial| trial.limits[0][place]).filter(within);
                let (mut all, mut expected) = (0.0, 0.0);
                scores.for_each(|score| {
                    all += 1.0;
                    expected += 1.0 / (1.0 + f64::from(-score).exp());
                });
                let attacks = trials.iter().filter(|trial| within(&trial.limits[0][place][1])).count() as f64;
                // Five standard deviations of as many coins.
                let most = 5.0 * (all * 0.25_f64).sqrt() + 2.0;
                assert!(
                    (attacks - expected).abs() <= most,
                    "{} {low}: {attacks} of {all}, not {expected}",
                    attacker.name()
                );
            }
        }
    }
}

#[test]
fn nothing_is_better_than_the_limit() {
    for life in [SETTLED, ROAMING] {
        for seed in 1..=5 {
            let trials = trials(life, seed);
            for (place, attacker) in Attacker::ALL.into_iter().enumerate() {
                let area = |model: usize| crate::measure::area_of(&trials, model, place);
                let limit = area(MODELS.len());
                for model in 0..=MODELS.len() + 1 {
                    assert!(area(model) <= limit, "{} {seed} {}: {} {limit}", life.name, attacker.name(), area(model));
                }
            }
        }
    }
}
