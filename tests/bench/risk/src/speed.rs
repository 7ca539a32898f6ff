//! What a judgement costs, by the number of logins that the account has seen, and what a user agent does, beside their bars.

use sekisho_edge::risk::{Evidence, Features, Habits, Judgement, PerFeature, Priors, UserAgent};
use sekisho_rules::Timestamp;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

/// Judgements that are timed together; the middle of as many rounds is told.
const ROUND: u32 = 2_000;

/// What a judgement may take, in microseconds, whatever the number of logins.
const JUDGEMENT: f64 = 50.0;
/// What a user agent may take, in microseconds.
const AGENT: f64 = 20.0;
/// User agents of everyday browsers, made up of their published forms, and the longest text that is looked at.
const AGENTS: [(&str, &str); 4] = [
    (
        "Chrome on Windows",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
    ),
    (
        "Safari on an iPhone",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
    ),
    (
        "Samsung Internet",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
    ),
    ("Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
];

/// The microseconds of a judgement from the memory as it lies in the store, of the judgement alone, and of a user agent, as tables.
pub fn tables() -> String {
    let mut told =
        String::from("| logins seen | bytes kept | from the store | judgement | bar |\n|---|---|---|---|---|\n");
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
        let _ = writeln!(
            told,
            "| {logins} | {} | {stored:.1} µs | {alone:.1} µs | {} |",
            text.len(),
            bar(stored, JUDGEMENT)
        );
    }
    told.push_str("\n| user agent | letters | parser | bar |\n|---|---|---|---|\n");
    let longest = "Windows NT 10.0; ".repeat(64);
    for (name, agent) in AGENTS.into_iter().chain([("nothing but marks", longest.as_str())]) {
        let parsed = middle(|| {
            black_box(UserAgent::parse(black_box(agent)));
        });
        let _ = writeln!(told, "| {name} | {} | {parsed:.2} µs | {} |", agent.len(), bar(parsed, AGENT));
    }
    told
}

/// A bar, and whether a figure keeps it.
fn bar(figure: f64, most: f64) -> String {
    format!("{most:.0} µs, {}", if figure <= most { "kept" } else { "missed" })
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
