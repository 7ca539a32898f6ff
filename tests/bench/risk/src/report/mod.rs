//! The report: both models on streams of seeds that none was tuned on, beside the published curves, as tables and plots.

pub mod plot;
mod published;

use crate::evaluate::{self, MODELS, Setting, Trial};
use crate::generator::{Attacker, Life, ROAMING, SETTLED};
use crate::measure;
use published::Published;
use std::fmt::Write as _;
use std::path::Path;

/// Seeds that the models were not tuned on.
const SEEDS: [u64; 5] = [11, 12, 13, 14, 15];
const CAUGHT: [f64; 3] = [0.98, 0.99, 0.995];
const LENGTHS: [u32; 5] = [4, 8, 12, 20, 39];
/// Logins that lack the device's cookie: all of them, since there is none; then so many.
const LACKING: [(Option<f64>, &str); 3] = [
    (None, "no device cookie"),
    (Some(0.15), "device cookie, 15 % lack it"),
    (Some(0.4), "device cookie, 40 % lack it"),
];

/// The score that is delivered as `risk.threshold`.
const DELIVERED: f32 = -1_300.0;

/// Writes the report and its plots into `folder`, each stream of so many customers.
pub fn write(folder: &Path, customers: u32) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let published = Published::read();
    let mut text = format!(
        "# Risk: who is asked, who is caught\n\nSynthetic streams of {customers} customers, seeds {SEEDS:?}; medians over the seeds. \
         Rates are the share of a customer's first n logins that is challenged, of the customer in the middle; the very first always \
         is. One threshold for all, the score that catches so many of the attempts, every account being attacked once.\n"
    );
    if published.is_none() {
        text.push_str(
            "\nThe published curves were not at hand (`SEKISHO_PUBLIC_VECTORS`), so their columns are empty.\n",
        );
    }
    for life in [SETTLED, ROAMING] {
        for (lacking, words) in LACKING {
            let runs = SEEDS.map(|seed| {
                eprintln!("{}, {words}, seed {seed}", life.name);
                evaluate::run(Setting { life, seed, customers, lacking })
            });
            section(&mut text, &runs, life, words, published.as_ref());
            if lacking.is_none() {
                let name = |what: &str| folder.join(format!("{what}-{}.svg", life.name));
                plot::curves(&name("challenged"), &runs[0], published.as_ref()).map_err(std::io::Error::other)?;
                plot::roc(&name("roc"), &runs[0]).map_err(std::io::Error::other)?;
            }
        }
    }
    std::fs::write(folder.join("risk.md"), text)
}

fn section(text: &mut String, runs: &[Vec<Trial>], life: Life, words: &str, published: Option<&Published>) {
    let _ = writeln!(text, "\n## {}: {words}\n", life.name);
    let _ = writeln!(
        text,
        "| attacker | caught | model | n = 4 | 8 | 12 | 20 | 39 | all owners' logins | with a known device |"
    );
    let _ = writeln!(text, "|---|---|---|---|---|---|---|---|---|---|");
    for attacker in Attacker::ALL {
        let place = measure::place(attacker);
        for caught in CAUGHT {
            for (model, name) in MODELS.iter().enumerate() {
                let threshold = |run: &Vec<Trial>| measure::threshold(run, model, place, caught);
                let _ = write!(text, "| {} | {caught} | {name} |", attacker.name());
                for n in LENGTHS {
                    let rate = middle(runs, |run| measure::challenged(run, model, threshold(run), n));
                    let _ = write!(text, " {rate:.3} |");
                }
                let asked =
                    |which: fn(&Trial) -> bool| middle(runs, |run| measure::asked(run, model, threshold(run), which));
                let _ = writeln!(text, " {:.3} | {:.3} |", asked(|_| true), asked(|trial| trial.known));
            }
            if let Some(published) = published.filter(|published| published.has(attacker, caught)) {
                let rates =
                    LENGTHS.map(|n| published.rate(attacker, caught, n).map_or("".into(), |rate| format!("{rate:.3}")));
                let _ = writeln!(text, "| {} | {caught} | published | {} | | |", attacker.name(), rates.join(" | "));
            }
        }
    }
    let _ = writeln!(text, "\n| attacker | AUC freeman | AUC ours | ours on the first seed, 95 % |\n|---|---|---|---|");
    for attacker in Attacker::ALL {
        let place = measure::place(attacker);
        let area = |model: usize| middle(runs, |run| measure::area_of(run, model, place));
        let (low, high) = measure::bounds(&runs[0], 1, place);
        let _ = writeln!(text, "| {} | {:.3} | {:.3} | {low:.3} to {high:.3} |", attacker.name(), area(0), area(1));
    }
    let _ = writeln!(
        text,
        "\n| logins in the period | share of logins | challenged, ours at .99 of targeted | freeman |\n|---|---|---|---|"
    );
    for (name, from, to) in [("2 to 12", 2, 13), ("13 to 51", 13, 52), ("52 and more", 52, u32::MAX)] {
        let of = move |trial: &Trial| (from..to).contains(&trial.total);
        let place = measure::place(Attacker::Targeted);
        let share = middle(runs, |run| run.iter().filter(|trial| of(trial)).count() as f64 / run.len() as f64);
        let asked = |model: usize| {
            middle(runs, |run| measure::asked(run, model, measure::threshold(run, model, place, 0.99), of))
        };
        let _ = writeln!(text, "| {name} | {share:.3} | {:.3} | {:.3} |", asked(1), asked(0));
    }
    let _ = writeln!(text, "\n{}", thresholds(runs));
    let _ = writeln!(text, "{}", delivered(runs));
}

/// What it takes to catch so many.
fn thresholds(runs: &[Vec<Trial>]) -> String {
    let mut text = String::from("| thresholds | naive .99 | targeted .98 | .99 | .995 |\n|---|---|---|---|---|\n");
    for (model, name) in MODELS.iter().enumerate().skip(1) {
        let at = |attacker, caught| {
            middle(runs, |run| f64::from(measure::threshold(run, model, measure::place(attacker), caught)))
        };
        let [naive, low, mid, high] = [
            at(Attacker::Naive, 0.99),
            at(Attacker::Targeted, 0.98),
            at(Attacker::Targeted, 0.99),
            at(Attacker::Targeted, 0.995),
        ];
        let _ = writeln!(text, "| {name} | {naive:.0} | {low:.0} | {mid:.0} | {high:.0} |");
    }
    text
}

/// What the delivered threshold comes to: of each attacker the share that it catches, of the owners the share that it asks.
fn delivered(runs: &[Vec<Trial>]) -> String {
    let names: Vec<_> = Attacker::ALL.iter().map(|attacker| attacker.name()).collect();
    let mut text = format!(
        "| at {DELIVERED:.0} | {} | owners' logins | with a known device |\n|---|{}---|---|\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for (model, name) in MODELS.iter().enumerate().skip(1) {
        let _ = write!(text, "| {name} |");
        for attacker in Attacker::ALL {
            let place = measure::place(attacker);
            let caught = |run: &Vec<Trial>| {
                run.iter().filter(|trial| trial.attackers[place][model] >= DELIVERED).count() as f64 / run.len() as f64
            };
            let _ = write!(text, " {:.3} |", middle(runs, caught));
        }
        let asked = |which: fn(&Trial) -> bool| middle(runs, |run| measure::asked(run, model, DELIVERED, which));
        let _ = writeln!(text, " {:.3} | {:.3} |", asked(|_| true), asked(|trial| trial.known));
    }
    text
}

/// Prints the same figures for the seed that models may be tuned on.
pub fn tune(customers: u32) {
    for (life, (lacking, words)) in [SETTLED, ROAMING].into_iter().flat_map(|life| LACKING.map(|lack| (life, lack))) {
        let runs = [evaluate::run(Setting { life, seed: 1, customers, lacking })];
        println!("\n{}: {words}\n\n{}\n{}", life.name, thresholds(&runs), delivered(&runs));
        for (model, name) in MODELS.iter().enumerate() {
            let area = Attacker::ALL.map(|attacker| measure::area_of(&runs[0], model, measure::place(attacker)));
            println!("AUC {name}: {area:.3?}");
        }
    }
}

/// The middle one of a figure over the seeds.
fn middle(runs: &[Vec<Trial>], figure: impl Fn(&Vec<Trial>) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
