//! Any bytes as attestation object: no panic, no large allocation; what is accepted has the id it came under.
#![no_main]

#[path = "../passkey.rs"]
mod passkey;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(registered) = passkey::register(&passkey::client_data("create"), data) else { return };
    assert!(data.windows(registered.credential_id.len()).any(|part| part == registered.credential_id));
    // No vector has such a counter.
    assert!(!(cfg!(planted) && registered.sign_count >> 31 == 1), "the planted fault");
});
