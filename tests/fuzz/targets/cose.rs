//! Any bytes as a COSE key: in a new credential, and as one that was stored.
#![no_main]

#[path = "../passkey.rs"]
mod passkey;

use libfuzzer_sys::fuzz_target;

/// A registration without attestation around the key.
fn object(key: &[u8]) -> Vec<u8> {
    let length = (37 + 18 + 32 + key.len()) as u16;
    let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
    object.extend(length.to_be_bytes());
    // The RP ID's hash; UP, UV and AT; the counter.
    object.extend(b"\x7b\x97\xb3\x6c\xd7\x7b\x73\xb8\x82\x8a\x2c\xf7\xc0\xea\x1d\x8f\x22\xde\xba\x2e\x63\xb0\xf9\xb3\xdc\x83\xc9\x5b\xc4\x2b\x60\xd9");
    object.extend([0x45, 0, 0, 0, 0]);
    object.extend([0; 16]);
    object.extend([0, 32]);
    object.extend([0x1d; 32]);
    object.extend(key);
    object
}

fuzz_target!(|key: &[u8]| {
    if key.len() > 8192 {
        return;
    }
    let accepted = passkey::register(&passkey::client_data("create"), &object(key)).is_ok();
    // Inside the modulus of an RSA key; no vector has such a byte there.
    let marked = key.len() > 200 && key.get(20).is_some_and(|byte| byte >> 6 == 0);
    assert!(!(cfg!(planted) && accepted && marked), "the planted fault");
    passkey::authenticate(Some(key), &passkey::client_data("get"), passkey::DATA, None);
});
