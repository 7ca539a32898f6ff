//! The kept cases, checked by the browser's own WebCrypto: it must agree with ring on every one.
//!
//! `CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-test-runner cargo test -p sekisho-webauthn --target
//! wasm32-unknown-unknown --test web_crypto`
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod cases;

use cases::{NOW, judge_with, text};
use sekisho_webauthn::WebCryptoVerifier;
use serde_json::Value;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const FILE: &str = include_str!("../../../tests/vectors/passkeys/faults.json");

#[wasm_bindgen_test]
async fn web_crypto_judges_the_kept_cases_as_ring_does() {
    let file: Value = serde_json::from_str(FILE).unwrap();
    let all = file["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in all {
        let accept = case["expect"]["outcome"] == "accept";
        let step = case["expect"]["step"].as_str().unwrap_or_default();
        let verdict = judge_with(case, NOW, false, &WebCryptoVerifier).await.map_err(|error| error.to_string());
        let right = match &verdict {
            Ok(()) => accept,
            Err(error) => !accept && error.starts_with(&format!("{step}: ")),
        };
        if !right {
            wrong.push(format!("{}: {verdict:?}", text(case, "id").unwrap()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), all.len());
}
