//! Any bytes as client data, of both ceremonies: what is accepted names the challenge and the origin that were asked for.
#![no_main]

#[path = "../passkey.rs"]
mod passkey;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let encoded = passkey::encode(data);
    // An object that fails in the step after the client data.
    let _ = passkey::register(&encoded, &[0xa0]);
    if passkey::authenticate(None, &encoded, passkey::DATA, None) {
        let text = std::str::from_utf8(data).expect("text alone is accepted");
        assert!(
            text.contains("WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo") || text.contains('\\'),
            "another challenge"
        );
        assert!(!(cfg!(planted) && data.len() >= 200), "the planted fault");
    }
});
