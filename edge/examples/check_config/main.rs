//! `make check-config FILE=path [URL=/path]`: everything that is wrong with a `sekisho.toml`, each with its line, before a
//! worker is started with it; and for a URL, which rule of the file it meets and which channel
//! it is of.
//!
//! It judges by the very code that the worker runs, so that what passes here starts there. Secrets are no part of it.
//! A file called `*.txt` is a list of networks, and read as such.
//! `make build CONFIG=path` lays what is good beside the worker, as the JSON that it reads (`--lay INTO`).

mod dry_run;
mod lines;
#[cfg(test)]
mod tests;

use lines::Lines;
use sekisho_edge::Config;
use sekisho_edge::config::json_of;
use sekisho_edge::risk::Networks;
use std::io::Write as _;
use std::process::ExitCode;

/// What is said, line by line, and whether the file is good.
struct Report {
    lines: Vec<String>,
    good: bool,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.is_empty()).peekable();
    let into = arguments.next_if_eq("--lay").and_then(|_| arguments.next());
    let Some(file) = arguments.next() else {
        let _ = writeln!(std::io::stderr(), "usage: make check-config FILE=sekisho.toml [URL=/path]");
        return ExitCode::from(2);
    };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(fault) => {
            let _ = writeln!(std::io::stderr(), "{file}: {fault}");
            return ExitCode::from(2);
        }
    };
    let report = match file.ends_with(".txt") {
        true => check_networks(&file, &text),
        false => check(&file, &text, arguments.next().as_deref()),
    };
    for line in &report.lines {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
    if !report.good {
        return ExitCode::FAILURE;
    }
    let laid = into.map(|into| json_of(&text).map_err(|fault| fault.to_string()).and_then(|json| lay(&into, &json)));
    if let Some(Err(fault)) = laid {
        let _ = writeln!(std::io::stderr(), "{fault}");
        return ExitCode::from(2);
    }
    ExitCode::SUCCESS
}

fn lay(into: &str, json: &str) -> Result<(), String> {
    std::fs::write(into, json).map_err(|fault| format!("{into}: {fault}"))
}

/// Checks a list of networks.
fn check_networks(file: &str, text: &str) -> Report {
    match Networks::parse(text) {
        Ok(_) => Report { lines: vec![format!("{file}: good")], good: true },
        Err(complaint) => Report { lines: vec![complaint.to_string().replacen("networks.txt", file, 1)], good: false },
    }
}

/// Checks `text`, which is called `file` in what is said; where it is good, says what becomes of `url`.
fn check(file: &str, text: &str, url: Option<&str>) -> Report {
    let (lines, faults) = Lines::read(text);
    if !faults.is_empty() {
        let said = |(line, problem)| format!("{file}:{line}: the file: {problem}");
        return Report { lines: faults.into_iter().map(said).collect(), good: false };
    }
    match Config::parse(text) {
        Err(complaints) => {
            let mut said: Vec<_> = complaints.iter().map(|one| (lines.of(&one.place), one.to_string())).collect();
            // In the file's order, in which it is mended; several of one line stay in the order they came.
            said.sort_by_key(|(line, _)| *line);
            let said = said.into_iter().map(|(line, complaint)| format!("{file}:{line}: {complaint}"));
            Report { lines: said.collect(), good: false }
        }
        Ok(config) => {
            let said = match url {
                None => {
                    vec![format!("{file}: good; {} routes, {} channels", config.routes.len(), config.channels.len())]
                }
                Some(url) => dry_run::say_host(file, &config, &lines, url)
                    .into_iter()
                    .chain([dry_run::say(file, &config, &lines, url)])
                    .chain(dry_run::say_channel(file, &config, &lines, url))
                    .collect(),
            };
            Report { lines: said, good: true }
        }
    }
}
