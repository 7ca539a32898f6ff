//! Any text as the browser's answer, and any bytes as a signature: nothing is ever proved.
#![no_main]

#[path = "../passkey.rs"]
mod passkey;

use libfuzzer_sys::fuzz_target;
use sekisho_webauthn::SpecStep;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = sekisho_webauthn::peek(&text);
    let _ = passkey::registration(&text, false);
    let _ = passkey::registration(&text, true);
    // Sound assertions are among the vectors; the counter fails them when their signature has verified.
    let step = passkey::authentication(None, u32::MAX, &text);
    let late = matches!(step, SpecStep::Authentication(21 | 22));
    // No vector has such white space, which JSON allows.
    let spaced = data.iter().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r'));
    assert!(!(cfg!(planted) && late && spaced), "the planted fault");
    passkey::authenticate(None, &passkey::client_data("get"), passkey::DATA, Some(&passkey::encode(data)));
});
