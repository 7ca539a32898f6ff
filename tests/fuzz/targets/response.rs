//! Any text as the browser's answer, and any bytes as a signature: nothing is ever proved.
#![no_main]

#[path = "../passkey.rs"]
mod passkey;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = sekisho_webauthn::peek(&text);
    let _ = passkey::registration(&text, false);
    let _ = passkey::registration(&text, true);
    // Sound assertions are among the vectors; the counter fails them when their signature has verified.
    let _ = passkey::authentication(None, u32::MAX, &text);
    passkey::authenticate(None, &passkey::client_data("get"), passkey::DATA, Some(&passkey::encode(data)));
});
