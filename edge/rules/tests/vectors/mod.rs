//! Reads the project's own cases from tests/vectors/passwords.

#![allow(dead_code, clippy::panic, reason = "each test file uses its part, and a missing file ends the test")]

use std::io::Write as _;
use std::path::PathBuf;

/// The folder of the cases.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/passwords")
}

/// A JSON file of that folder.
pub fn read(name: &str) -> serde_json::Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A JSON file of the public collections, which stay outside the project: in the folder that SEKISHO_PUBLIC_VECTORS
/// names, `../shared/vectors` beside the project by default. Where it is absent the test says so and counts as skipped.
pub fn public(name: &str) -> Option<serde_json::Value> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var_os("SEKISHO_PUBLIC_VECTORS").map_or(beside, PathBuf::from);
    match std::fs::read_to_string(folder.join(name)) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))),
        Err(_) => {
            // Past the capture of passing tests' output, so that a skip is always seen.
            let _ = writeln!(std::io::stderr(), "skipped: the public collection {name} is not there");
            None
        }
    }
}
