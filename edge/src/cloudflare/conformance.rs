//! The store's conformance suite inside a Durable Object, and panics on demand: a build of its own, for the tests.

mod ceremonies;

use super::store::{ObjectStore, Storage};
use crate::conformance::{CASES, Stage, play};
use crate::host::{Sql, Store as _, StoreFault};
use sekisho_rules::Timestamp;
use sekisho_webauthn::WebCryptoVerifier;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Delay;

struct Inside {
    store: ObjectStore,
}

impl Stage for Inside {
    type Store = ObjectStore;
    // It answers through a promise, so it gives way by nature.
    type Verifier = WebCryptoVerifier;

    fn store(&self) -> &ObjectStore {
        &self.store
    }

    fn verifier(&self) -> &WebCryptoVerifier {
        &WebCryptoVerifier
    }

    async fn turn(&self) {
        Delay::from(Duration::ZERO).await;
    }

    async fn alarm(&self) -> Option<Timestamp> {
        let at = self.store.storage().alarm().await.ok()?.as_f64()?;
        Some(Timestamp::from_millis(at as u64))
    }
}

/// The names of the cases.
#[wasm_bindgen]
pub fn conformance_cases() -> Vec<String> {
    CASES.map(str::to_owned).to_vec()
}

/// Plays one case in the object that `storage` belongs to.
///
/// # Errors
/// Throws what went otherwise than it must.
#[wasm_bindgen]
pub async fn conformance(storage: Storage, case: String) -> Result<(), JsValue> {
    let inside = Inside { store: ObjectStore::new(storage) };
    play(&inside, &case).await.map_err(|fault| js_sys::Error::new(&fault).into())
}

/// Panics: `at once`, `later` (behind a timer), `after a promise`, or `in a transaction` that has written a row.
///
/// # Errors
/// Throws where the store is at fault; otherwise it never answers.
#[wasm_bindgen]
pub async fn conformance_panic(storage: Storage, how: String) -> Result<(), JsValue> {
    let store = ObjectStore::new(storage);
    match how.as_str() {
        "at once" => fall(),
        "later" => {
            Delay::from(Duration::from_millis(1)).await;
            fall();
        }
        "after a promise" => {
            store.storage().alarm().await?;
            fall();
        }
        _ => store
            .transaction(|sql: &dyn Sql| {
                sql.run("INSERT INTO fallen VALUES (1)", &[])?;
                fall();
                Ok::<_, StoreFault>(())
            })
            .map_err(|fault| JsValue::from_str(&fault.to_string()))?,
    }
    Ok(())
}

/// How many rows the panics' table has, which is made where it is missing.
///
/// # Errors
/// Throws where the store is at fault.
#[wasm_bindgen]
pub fn conformance_fallen(storage: Storage) -> Result<f64, JsValue> {
    let rows = ObjectStore::new(storage).transaction(|sql| {
        sql.run("CREATE TABLE IF NOT EXISTS fallen (value INTEGER)", &[])?;
        sql.run("SELECT value FROM fallen", &[])
    });
    rows.map(|rows| rows.len() as f64).map_err(|fault: StoreFault| JsValue::from_str(&fault.to_string()))
}

#[allow(clippy::panic, reason = "what happens then is what is tested")]
fn fall() {
    panic!("asked to");
}
