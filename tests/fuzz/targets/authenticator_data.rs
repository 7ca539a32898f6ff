//! Any bytes as authenticator data: of an assertion, and inside an attestation object.
#![no_main]

#[path = "../passkey.rs"]
mod passkey;

use libfuzzer_sys::fuzz_target;

fn attested(data: &[u8]) -> Vec<u8> {
    let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData".to_vec();
    match u8::try_from(data.len()) {
        Ok(length) => object.extend([0x58, length]),
        Err(_) => object.extend([0x59, (data.len() >> 8) as u8, data.len() as u8]),
    }
    object.extend(data);
    object
}

fuzz_target!(|data: &[u8]| {
    let sound = passkey::authenticate(None, &passkey::client_data("get"), &passkey::encode(data), None);
    // No vector has such a counter.
    let marked = data.get(33).is_some_and(|first| first >> 7 == 1);
    assert!(!(cfg!(planted) && sound && marked), "the planted fault");
    if data.len() <= usize::from(u16::MAX) {
        let _ = passkey::register(&passkey::client_data("create"), &attested(data));
    }
});
