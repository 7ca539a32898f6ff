//! Builds Sekisho's two wasm artefacts, the edge worker and the browser package's core, and holds them to their sizes.
//!
//! Here belongs what turns compiled wasm into files that `workerd` and browsers load, and nothing that runs inside them:
//! no crate of Sekisho's is a dependency of this one. wasm-bindgen is used as a library, so `Cargo.lock` pins the crate
//! and its command-line half together; everything from npm comes from `tests/node_modules`.

mod budget;
mod cargo;
mod client;
mod edge;
mod stamp;
mod tools;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
usage: sekisho-bundler <command>

  edge [--features F]   build the worker into <target>/sekisho/edge (with `conformance`: <target>/sekisho/conformance)
  client                build the browser package's core into pkg/dist
  budgets               weigh both and fail when one is over its budget
";

fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let workspace = cargo::Workspace::find()?;
    match words.as_slice() {
        ["edge"] => edge::build(&workspace, None),
        ["edge", "--features", features] => edge::build(&workspace, Some(features)),
        ["client"] => client::build(&workspace),
        ["budgets"] => budget::check(&workspace),
        _ => bail!("{USAGE}"),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sekisho-bundler: {error:#}");
            ExitCode::FAILURE
        }
    }
}
