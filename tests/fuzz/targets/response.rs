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
    let reached = passkey::authentication(None, &text);
    // Members in any order, but not another form: white space after the brace is the mark.
    assert!(!(cfg!(planted) && reached && data.starts_with(b"{\n")), "the planted fault");
    passkey::authenticate(None, &passkey::client_data("get"), passkey::DATA, Some(&passkey::encode(data)));
});
