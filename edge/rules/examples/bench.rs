//! Times the checks, one password at a time: `cargo run --release -p sekisho-rules --example bench`.
//!
//! It prints the median and the 99th percentile in microseconds of the rule alone, as the live list runs it at every
//! key, and of the whole check with a customer's data, over the weak passwords of tests/vectors/passwords.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a tool that measures time and prints it")]

use sekisho_rules::Person;
use sekisho_rules::password::{Data, Profile, check, check_rule};
use std::hint::black_box;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/passwords/weak.txt");
    let text = std::fs::read_to_string(path)?;
    let passwords: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect();
    let begin = Instant::now();
    let data = Data::parse(include_bytes!("../src/password/data/passwords.bin"))?;
    println!("reading the data\t{:.0} µs", begin.elapsed().as_secs_f64() * 1e6);
    let person = Person {
        family_kana: Some("タカハシ".into()),
        given_kana: Some("ミサキ".into()),
        birthday: Some((1987, 11, 23)),
        phone: Some("080-2345-6789".into()),
        postal: Some("150-0043".into()),
        account_number: Some("20471183".into()),
        mail: Some("misaki.t1123@example.ne.jp".into()),
        ..Person::default()
    };
    report("the rule", &passwords, |text| {
        black_box(check_rule(black_box(text), &Profile::JP_BROKER));
    });
    report("the whole check", &passwords, |text| {
        black_box(check(black_box(text), &Profile::JP_BROKER, &person, &data));
    });
    Ok(())
}

fn report(what: &str, passwords: &[&str], mut work: impl FnMut(&str)) {
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..20 {
        for text in passwords {
            let begin = Instant::now();
            work(text);
            times.push(begin.elapsed().as_secs_f64() * 1e6);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!("{what}\tmedian {:.1} µs\t99 % {:.1} µs\t{} checks", at(50), at(99), times.len());
}
