//! The demo customers from before the edge: their passwords are the origin's to judge until the edge adopts them.

use serde::Deserialize;

use super::{Customer, Profile, Store, StoreError};

/// Invented people and their demo passwords; `customers.json` beside it is what the edge imports of them.
const OLD: &str = include_str!("../../demo/old-customers.json");

#[derive(Deserialize)]
struct Old {
    number: String,
    password: String,
    cash: i64,
    profile: Profile,
}

/// Adds those that are not there yet.
pub(super) fn plant(store: &Store) -> Result<(), StoreError> {
    for Old { number, password, cash, profile } in serde_json::from_str::<Vec<Old>>(OLD)? {
        store.plant(&Customer { number, profile, cash }, &password)?;
    }
    Ok(())
}
