//! What a judgement costs, by the number of logins that the account has seen.

use sekisho_edge::risk::{Evidence, Features, Habits, Judgement, PerFeature, Priors};
use sekisho_rules::Timestamp;
use std::hint::black_box;
use std::time::Instant;

/// Judgements that are timed together; the middle of as many rounds is told.
const ROUND: u32 = 2_000;

/// Prints the microseconds of a judgement from the memory as it lies in the store, and of the judgement alone.
pub fn print() {
    println!("{:>10} {:>12} {:>16} {:>14}", "logins", "bytes kept", "from the store", "judgement");
    for logins in [10u64, 100, 1_000, 10_000] {
        // Every third login brings something that was never seen.
        let shown = |at: u64| Features {
            values: PerFeature::new(|feature| {
                1 + feature as u64 * 1_000_003 + if at.is_multiple_of(3) { at } else { 0 }
            }),
            hour: (at % 24) as u8,
            device: Some(1 + at % 5),
            ..Features::default()
        };
        let moment = |at: u64| Timestamp::from_millis(1_795_323_900_000 + at * 3_600_000);
        let mut habits = Habits::default();
        (0..logins).for_each(|at| habits.learn(&shown(at), moment(at)));
        let text = serde_json::to_string(&habits).unwrap_or_default();
        let now = moment(logins);
        let judge = |habits: &Habits| Judgement::of(Evidence::gather(habits, &shown(logins), &Priors, now), 0);
        let stored = middle(|| {
            let habits: Habits = serde_json::from_str(black_box(&text)).unwrap_or_default();
            black_box(judge(&habits));
        });
        let alone = middle(|| {
            black_box(judge(black_box(&habits)));
        });
        println!("{logins:>10} {:>12} {stored:>13.1} µs {alone:>11.1} µs", text.len());
    }
}

// A stopwatch has to look at the clock.
#[allow(clippy::disallowed_methods)]
fn middle(work: impl Fn()) -> f64 {
    let mut rounds: Vec<f64> = (0..9)
        .map(|_| {
            let begun = Instant::now();
            (0..ROUND).for_each(|_| work());
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(ROUND)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
