//! `make check-config FILE=path [URL=/path]`: everything that is wrong with a `sekisho.toml`, each with its line, before a
//! worker is started with it; and for a URL, which rule of the file it meets and which channel
//! it is of.
//!
//! It judges by the very code that the worker runs, so that what passes here starts there. Secrets are no part of it.
//! A file called `*.txt` is a list of networks, one called `*.json` a summary of authenticator models, and read as such.
//! `make build CONFIG=path` lays what is good beside the worker, as the JSON that it reads (`--lay INTO`).

mod dry_run;
mod lines;
#[cfg(test)]
mod tests;

use lines::Lines;
use sekisho_edge::config::json_of;
use sekisho_edge::risk::Networks;
use sekisho_edge::{Complaint, Config, Models};
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
    let report = match file.rsplit_once('.') {
        Some((_, "txt")) => check_text(&file, "networks.txt", Networks::parse(&text)),
        Some((_, "json")) => check_text(&file, "authenticators.json", Models::parse(&text)),
        _ => check(&file, &text, arguments.next().as_deref()),
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

/// What is said of another text than the config, whose complaints call it `own`, as it is called beside the worker.
fn check_text<T>(file: &str, own: &str, read: Result<T, Complaint>) -> Report {
    match read {
        Ok(_) => Report { lines: vec![format!("{file}: good")], good: true },
        Err(complaint) => Report { lines: vec![complaint.to_string().replacen(own, file, 1)], good: false },
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
