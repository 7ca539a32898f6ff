//! A synthetic stream of logins and attacks, and how well risk models tell them apart.
//!
//! `cargo run --release -p sekisho-risk-bench -- check`: the stream beside the figures it was made of.
//! `cargo run --release -p sekisho-risk-bench -- speed`: what a judgement and a user agent cost, beside their bars.
//! `cargo run --release -p sekisho-risk-bench -- tune SEED`: the models on one of the seeds that they may be tuned on.
//! `cargo run --release -p sekisho-risk-bench -- report FOLDER`: the models on seeds that none was tuned on, as tables and plots.
//!
//! `cargo run --release -p sekisho-risk-bench -- replay LOG FOLDER [LABELS]`: logged judgements under other thresholds.
//!
//! The seeds that models may be tuned on are 1 to 5; the report's are others.

mod check;
mod evaluate;
mod generator;
mod measure;
mod replay;
mod report;
mod speed;

use generator::{ROAMING, SETTLED};
use std::path::Path;
use std::process::ExitCode;

/// Customers of a stream.
const CUSTOMERS: u32 = 100_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["check"] => [ROAMING, SETTLED].into_iter().for_each(|life| check::print(life, 1, 2 * CUSTOMERS)),
        ["speed"] => print!("{}", speed::tables()),
        ["tune", seed] if matches!(*seed, "1" | "2" | "3" | "4" | "5") => {
            report::tune(CUSTOMERS, seed.parse().unwrap_or_default());
        }
        ["report", folder] => {
            if let Err(fault) = report::write(Path::new(folder), CUSTOMERS) {
                eprintln!("{folder}: {fault}");
                return ExitCode::FAILURE;
            }
        }
        ["replay", log, folder, labels @ ..] if labels.len() < 2 => {
            if let Err(fault) = replay::write(Path::new(log), Path::new(folder), labels.first().map(Path::new)) {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        }
        _ => {
            eprintln!("check, speed, tune 1 to 5, report FOLDER, or replay LOG FOLDER [LABELS]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
