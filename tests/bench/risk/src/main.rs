//! A synthetic stream of logins and attacks, and how well risk models tell them apart.
//!
//! `cargo run --release -p sekisho-risk-bench -- check`: the stream beside the figures it was made of.
//! `cargo run --release -p sekisho-risk-bench -- tune`: the models on the seed that they may be tuned on.

mod check;
mod crowd;
mod evaluate;
mod freeman;
mod generator;
mod measure;

use evaluate::{MODELS, Setting};
use generator::{Attacker, ROAMING, SETTLED};

/// Customers of a run.
const CUSTOMERS: u32 = 200_000;
/// The seed that models may be tuned on.
const TUNING: u64 = 1;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("check") => [ROAMING, SETTLED].into_iter().for_each(|life| check::print(life, TUNING, CUSTOMERS)),
        Some("tune") => tune(),
        _ => eprintln!("check or tune"),
    }
}

fn tune() {
    for life in [SETTLED] {
        let lacking = None;
        let trials = evaluate::run(Setting { life, seed: TUNING, customers: CUSTOMERS, lacking });
        println!("\n{} trials, cookie {lacking:?}", trials.len());
        for attacker in Attacker::ALL {
            let place = measure::place(attacker);
            for (model, name) in MODELS.iter().enumerate() {
                let (area, low, high) = measure::auc(&trials, model, place);
                print!("{:<14} {name:<8} {area:.3} [{low:.3} {high:.3}]", attacker.name());
                for caught in [0.98, 0.99, 0.995] {
                    let threshold = measure::threshold(&trials, model, place, caught);
                    print!("  {caught}:");
                    for n in [4, 8, 12, 20, 39] {
                        print!(" {:.3}", measure::challenged(&trials, model, place, caught, n).0);
                    }
                    print!(" all {:.3}", measure::asked(&trials, model, threshold, |_| true));
                    print!(" known {:.3}", measure::asked(&trials, model, threshold, |trial| trial.known));
                }
                println!();
            }
        }
    }
}
