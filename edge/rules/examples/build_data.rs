//! Builds src/password/data/passwords.bin from the word lists beside it and the list of common passwords.
//!
//! `cargo run -p sekisho-rules --example build_data` writes the file; the same input always gives the same bytes. A test
//! holds the committed file against a fresh build.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a tool that stops with a sentence")]

mod building;

fn main() {
    let bytes = building::data();
    let path = building::home().join("src/password/data/passwords.bin");
    std::fs::write(&path, &bytes).expect("the data file can be written");
    println!("{} bytes: {}", bytes.len(), path.display());
}
