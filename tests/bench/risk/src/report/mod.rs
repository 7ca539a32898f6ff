//! The report: both models on streams of seeds that none was tuned on, beside the published curves, as tables and plots.

pub mod plot;
mod published;

use crate::evaluate::{self, LIMITS, MODELS, Setting, Trial};
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
const DELIVERED: f32 = -2_100.0;
/// Scores beside it, for whoever sets it anew.
const TRIED: [f32; 6] = [-1_700.0, -1_900.0, -2_000.0, DELIVERED, -2_200.0, -2_500.0];

/// What the rows of the limit are.
const LIMIT: &str = "
**The limit.** On such a stream, and on no real one, it can be said what the best of all scores would do: the ratio of how likely a \
login is for the attacker to how likely it is for its owner, by the generator's own rules and figures. `limit` is made against each \
attacker by itself, as no gate can know him; by the lemma of Neyman and Pearson no score asks fewer owners in all where it catches \
as many of the attempts beside their logins, so its AUC is the highest there is. `limit, one score` does not know which of the first four \
attackers it is, each being as likely: what one score for all could do. Both know more than a model may. They are told from where each past login \
really was made and with which device, they know the true figures (that there is one carrier and at most one workplace, on which \
days browsers are released), they compare versions as numbers, and they hold for possible only what these attackers do: none of them \
brings a browser of the customer's from a network the customer has not used, as a relaying page does, and which ours holds for possible. \
They choose nothing by the length of a history, as the published model and ours do: attackers try all accounts alike, so of an account that \
is used often fewer are caught and fewer asked. One thing in them is simplified: of two logins on a day the second \
is taken to be at any hour. A row of ours above the limit is what a better model might gain at the most, not what one is known to; \
and the median of long histories is no sum over all, which alone the lemma is about.
";

/// How the costs were measured.
const COST: &str = "\
Natively, in this run, the middle of nine rounds of 2,000 each. A third of the logins brings something that was never seen.
";

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
    text.push_str(LIMIT);
    for life in [SETTLED, ROAMING] {
        for (lacking, words) in LACKING {
            eprintln!("{}, {words}", life.name);
            let run = |seed| evaluate::run(Setting { life, seed, customers, lacking });
            let runs = std::thread::scope(|scope| {
                SEEDS.map(|seed| scope.spawn(move || run(seed))).map(|one| one.join().unwrap_or_default())
            });
            section(&mut text, &runs, (life, words, lacking.is_none()), published.as_ref());
            if lacking.is_none() {
                let name = |what: &str| folder.join(format!("{what}-{}.svg", life.name));
                plot::curves(&name("challenged"), &runs[0], published.as_ref()).map_err(std::io::Error::other)?;
                plot::roc(&name("roc"), &runs[0]).map_err(std::io::Error::other)?;
            }
        }
    }
    let _ = writeln!(text, "\n## What it costs\n\n{COST}\n{}", crate::speed::tables().trim_end());
    std::fs::write(folder.join("risk.md"), text)
}

fn section(
    text: &mut String,
    runs: &[Vec<Trial>],
    (life, words, limited): (Life, &str, bool),
    published: Option<&Published>,
) {
    let _ = writeln!(text, "\n## {}: {words}\n", life.name);
    let _ = writeln!(
        text,
        "| attacker | caught | model | n = 4 | 8 | 12 | 20 | 39 | all owners' logins | with a known device |"
    );
    let _ = writeln!(text, "|---|---|---|---|---|---|---|---|---|---|");
    for attacker in Attacker::ALL {
        let place = measure::place(attacker);
        for caught in CAUGHT {
            let limits: &[_] = if limited { &LIMITS } else { &[] };
            for (model, name) in MODELS.iter().chain(limits).enumerate() {
                let thresholds: Vec<f32> =
                    runs.iter().map(|run| measure::threshold(run, model, place, caught)).collect();
                let middle = |figure: &dyn Fn(&Vec<Trial>, f32) -> f64| {
                    let figures = runs.iter().zip(&thresholds).map(|(run, threshold)| figure(run, *threshold));
                    middle_of(figures.collect())
                };
                let _ = write!(text, "| {} | {caught} | {name} |", attacker.name());
                for n in LENGTHS {
                    let rate = middle(&|run, threshold| measure::challenged(run, (model, place), threshold, n));
                    let _ = write!(text, " {rate:.3} |");
                }
                let asked = |which: fn(&Trial) -> bool| {
                    middle(&|run, threshold| measure::asked(run, (model, place), threshold, which))
                };
                let _ = writeln!(text, " {:.3} | {:.3} |", asked(|_| true), asked(|trial| trial.known));
            }
            if let Some(published) = published.filter(|published| published.has(attacker, caught)) {
                let rates =
                    LENGTHS.map(|n| published.rate(attacker, caught, n).map_or("".into(), |rate| format!("{rate:.3}")));
                let _ = writeln!(text, "| {} | {caught} | published | {} | | |", attacker.name(), rates.join(" | "));
            }
        }
    }
    let _ = writeln!(
        text,
        "\n| attacker | AUC freeman | AUC ours | ours on the first seed, 95 % | limit | limit, one score |\n|---|---|---|---|---|---|"
    );
    for attacker in Attacker::ALL {
        let place = measure::place(attacker);
        let area = |model: usize| middle(runs, |run| measure::area_of(run, model, place));
        let (low, high) = measure::bounds(&runs[0], 1, place);
        let _ = write!(text, "| {} | {:.3} | {:.3} | {low:.3} to {high:.3} |", attacker.name(), area(0), area(1));
        let limit = |at: usize| if limited { format!("{:.3}", area(MODELS.len() + at)) } else { String::new() };
        let _ = writeln!(text, " {} | {} |", limit(0), limit(1));
    }
    let _ = writeln!(
        text,
        "\n| logins in the period | share of logins | challenged, ours at .99 of targeted | freeman | caught, ours | freeman |\n|---|---|---|---|---|---|"
    );
    for (name, from, to) in [("2 to 12", 2, 13), ("13 to 51", 13, 52), ("52 and more", 52, u32::MAX)] {
        let of = move |trial: &Trial| (from..to).contains(&trial.total);
        let place = measure::place(Attacker::Targeted);
        let share = middle(runs, |run| run.iter().filter(|trial| of(trial)).count() as f64 / run.len() as f64);
        let asked = |model: usize| {
            middle(runs, |run| measure::asked(run, (model, place), measure::threshold(run, model, place, 0.99), of))
        };
        let caught = |model: usize| {
            middle(runs, |run| {
                let threshold = measure::threshold(run, model, place, 0.99);
                let of: Vec<_> = run.iter().filter(|trial| of(trial)).collect();
                let caught = of.iter().filter(|trial| trial.attacker(model, place) >= threshold);
                caught.count() as f64 / of.len().max(1) as f64
            })
        };
        let [ours, freeman] = [asked(1), asked(0)];
        let _ =
            writeln!(text, "| {name} | {share:.3} | {ours:.3} | {freeman:.3} | {:.3} | {:.3} |", caught(1), caught(0));
    }
    let _ = writeln!(text, "\n{}", thresholds(runs));
    let _ = writeln!(text, "{}", at(runs, DELIVERED));
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

/// What a threshold comes to: of each attacker the share that it catches, of the owners the share that it asks.
fn at(runs: &[Vec<Trial>], threshold: f32) -> String {
    let names: Vec<_> = Attacker::ALL.iter().map(|attacker| attacker.name()).collect();
    let mut text = format!(
        "| at {threshold:.0} | {} | owners' logins | with a known device |\n|---|{}---|---|\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for (model, name) in MODELS.iter().enumerate().skip(1) {
        let _ = write!(text, "| {name} |");
        for attacker in Attacker::ALL {
            let place = measure::place(attacker);
            let caught = |run: &Vec<Trial>| {
                run.iter().filter(|trial| trial.attackers[place][model] >= threshold).count() as f64 / run.len() as f64
            };
            let _ = write!(text, " {:.3} |", middle(runs, caught));
        }
        let asked = |which: fn(&Trial) -> bool| middle(runs, |run| measure::asked(run, (model, 0), threshold, which));
        let _ = writeln!(text, " {:.3} | {:.3} |", asked(|_| true), asked(|trial| trial.known));
    }
    text
}

/// Prints what the models come to on one of the seeds that they may be tuned on.
pub fn tune(customers: u32, seed: u64) {
    for life in [SETTLED, ROAMING] {
        let runs = [evaluate::run(Setting { life, seed, customers, lacking: None })];
        println!("\n{}\n\n{}", life.name, thresholds(&runs));
        TRIED.iter().for_each(|threshold| println!("{}", at(&runs, *threshold)));
        for (model, name) in MODELS.iter().chain(&LIMITS).enumerate() {
            for attacker in Attacker::ALL {
                let place = measure::place(attacker);
                print!("{:<14} {name:<22} AUC {:.4}", attacker.name(), measure::area_of(&runs[0], model, place));
                for caught in &CAUGHT[1..] {
                    let threshold = measure::threshold(&runs[0], model, place, *caught);
                    let of = (model, place);
                    print!(" | {caught}: {:.4} of all", measure::asked(&runs[0], of, threshold, |_| true));
                    LENGTHS.iter().for_each(|n| print!(" {:.3}", measure::challenged(&runs[0], of, threshold, *n)));
                }
                println!();
            }
        }
    }
}

/// The middle one of a figure over the seeds.
fn middle(runs: &[Vec<Trial>], figure: impl Fn(&Vec<Trial>) -> f64) -> f64 {
    middle_of(runs.iter().map(figure).collect())
}

fn middle_of(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
