//! A synthetic stream of logins and attacks, and how well risk models tell them apart.
//!
//! `cargo run --release -p sekisho-risk-bench -- check`: the stream beside the figures it was made of.

mod check;
mod generator;

/// Customers of a run.
const CUSTOMERS: u32 = 200_000;

fn main() {
    check::print(1, CUSTOMERS);
}
