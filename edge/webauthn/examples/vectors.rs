//! Holds the crate against a file of recorded cases.
//!
//! `cargo run --release -p sekisho-webauthn --example vectors -- FILE.json [--now SECONDS] [--strict]`
//!
//! One line per case: id, `accept` or `reject`, the failing step; a summary last, and exit code 1 where a case came out
//! otherwise than it expects. `--now` is the time for certificates (default 2026-01-01, a case's own `now` wins), `--strict`
//! leaves on the three checks of the default policy that the W3C's own vectors fail (zero AAGUID under fido-u2f, known TPM
//! vendors, origin and purpose stated under android-key). Where a case names trust anchors, certificates must lead to them; otherwise they are not followed.
#![allow(clippy::print_stdout, reason = "printing is what this program is for")]

#[path = "../tests/cases/mod.rs"]
mod cases;

use std::process::ExitCode;

use cases::{Failure, NOW, judge, text};
use serde_json::Value;

struct Options {
    file: String,
    now: u64,
    strict: bool,
}

fn main() -> Result<ExitCode, Failure> {
    let options = options()?;
    let file: Value = serde_json::from_slice(&std::fs::read(&options.file)?)?;
    let all = file.get("cases").and_then(Value::as_array).ok_or("no `cases` in the file")?;
    let (mut accepted, mut unexpected) = (0, 0);
    for case in all {
        let id = text(case, "id")?;
        let verdict = judge(case, options.now, options.strict);
        let accept = verdict.is_ok();
        accepted += usize::from(accept);
        match &verdict {
            Ok(()) => println!("{id} accept"),
            Err(why) => println!("{id} reject {why}"),
        }
        if let Some(expected) = case.pointer("/expect/outcome").and_then(Value::as_str)
            // A case may also say only that its signature is valid; whether it is acceptable is then not its claim.
            && matches!(expected, "accept" | "reject")
            && (expected == "reject") == accept
        {
            unexpected += 1;
            println!("{id} was expected to be: {expected}");
        }
    }
    println!("{} cases: {accepted} accept, {} reject, {unexpected} unexpected", all.len(), all.len() - accepted);
    Ok(if unexpected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn options() -> Result<Options, Failure> {
    let mut options = Options { file: String::new(), now: NOW, strict: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--now" => options.now = arguments.next().ok_or("--now needs seconds since 1970")?.parse()?,
            "--strict" => options.strict = true,
            _ => options.file = argument,
        }
    }
    if options.file.is_empty() {
        Err("usage: vectors FILE.json [--now SECONDS] [--strict]".into())
    } else {
        Ok(options)
    }
}
