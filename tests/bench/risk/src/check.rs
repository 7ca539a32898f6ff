//! The generator held against the facts it was made of: what it gives beside what is published.

use crate::generator::{Attacker, Dice, Life, Login, World, facts, stream};
use std::collections::{HashMap, HashSet};

/// Prints the table for `customers` customers under `seed`.
pub fn print(life: Life, seed: u64, customers: u32) {
    let world = World::new(seed, customers);
    let all = stream(&world, life, seed, customers);
    let mut of: Vec<Vec<Login>> = vec![Vec::new(); customers as usize];
    for login in &all {
        of[login.customer as usize].push(*login);
    }
    println!("\n{}: {customers} customers, {} logins, seed {seed}\n", life.name, all.len());
    println!("{:<44} {:>10} {:>10}", "", "published", "stream");
    let mut counts: Vec<usize> = of.iter().map(Vec::len).collect();
    counts.sort_unstable();
    let quantile = |part: f64| counts[(part * (counts.len() - 1) as f64) as usize] as f64;
    let share = |many: usize| many as f64 / counts.len() as f64;
    line("logins per customer, median", 2.0, quantile(0.5));
    line("logins per customer, 90th percentile", 9.0, quantile(0.9));
    line("logins per customer, 99th percentile", 28.0, quantile(0.99));
    line("customers with a single login", 0.397, share(counts.iter().filter(|n| **n == 1).count()));
    line("mean (of the paper's sample)", 3.8, all.len() as f64 / f64::from(customers));
    let fresh: usize = of
        .iter()
        .map(|mine| {
            let mut seen = HashSet::new();
            mine.iter().filter(|login| seen.insert(login.agent)).count()
        })
        .sum();
    line("logins with a user agent new to the account", facts::NEW_AGENTS, fresh as f64 / all.len() as f64);
    let mobile = all.iter().filter(|login| login.agent.kind == 0).count() as f64 / all.len() as f64;
    line("mobile among mobile, desktop, tablet", 19.64 / (19.64 + 7.93 + 0.8), mobile);
    let mut sharers: HashMap<u32, HashSet<u32>> = HashMap::new();
    for login in &all {
        sharers.entry(login.place.address).or_default().insert(login.customer);
    }
    let scale = facts::CUSTOMERS / f64::from(customers);
    let shared =
        |low: usize, high: usize| sharers.values().filter(|s| (low..high).contains(&s.len())).count() as f64 * scale;
    line("addresses shared by 10 to 99, scaled", facts::SHARED[0], shared(10, 100));
    line("addresses shared by 100 to 999, scaled", facts::SHARED[1], shared(100, 1_000));
    line("addresses shared by 1,000 and more, scaled", facts::SHARED[2], shared(1_000, usize::MAX));
    line("addresses in all (of bots as well), scaled", 3_512_330.0, sharers.len() as f64 * scale);
    let published = [
        (Attacker::Naive, [0.531, 0.208, 0.014, 0.51]),
        (Attacker::Vpn, [1.0, 0.419, 0.017, 0.56]),
        (Attacker::Targeted, [0.974, 1.0, 1.0, 1.0]),
    ];
    for (attacker, figures) in published {
        let mut hits = [0usize; 4];
        let mut tried = 0;
        for mine in of.iter().filter(|mine| mine.len() > 1).take(20_000) {
            let dice = &mut Dice::new(seed ^ 0xa77a_c4ed, u64::from(mine[0].customer));
            let (next, history) = (mine[mine.len() - 1], &mine[..mine.len() - 1]);
            let attempt = attacker.attempt(dice, &world, history, next.day);
            let any = |same: &dyn Fn(&Login) -> bool| usize::from(history.iter().any(same));
            hits[0] += any(&|l| l.place.country == attempt.place.country);
            hits[1] += any(&|l| l.place.network == attempt.place.network);
            hits[2] += any(&|l| l.agent == attempt.agent);
            hits[3] += any(&|l| l.agent.kind == attempt.agent.kind);
            tried += 1;
        }
        for (at, what) in ["country", "network", "user agent", "kind of device"].iter().enumerate() {
            let name = format!("{}: the account knows the {what}", attacker.name());
            line(&name, figures[at], hits[at] as f64 / f64::from(tried));
        }
    }
}

fn line(what: &str, published: f64, stream: f64) {
    let shown = |value: f64| if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") };
    println!("{what:<44} {:>10} {:>10}", shown(published), shown(stream));
}
