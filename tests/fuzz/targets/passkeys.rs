//! Any bytes in the place of each part of a passkey's answer: no panic, and nothing is ever proved.
#![no_main]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use libfuzzer_sys::fuzz_target;
use sekisho_rules::Timestamp;
use sekisho_webauthn::{Authentication, Registration, RelyingParty, RingVerifier, StoredCredential};

const CHALLENGE: [u8; 32] = [7; 32];

/// Client data that our ceremony accepts, so that the fuzzer gets past it.
fn client_data(kind: &str) -> String {
    let challenge = BASE64URL.encode(CHALLENGE);
    let text = format!(
        r#"{{"type":"webauthn.{kind}","challenge":"{challenge}","origin":"https://www.broker.example","crossOrigin":false}}"#
    );
    BASE64URL.encode(text)
}

fn register(rp: &RelyingParty, client_data: &str, attestation: &str) {
    let response = format!(
        r#"{{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{{}},"response":{{"clientDataJSON":"{client_data}","attestationObject":"{attestation}","transports":[]}}}}"#
    );
    let now = Timestamp::from_millis(1_795_323_900_000);
    if let Ok(ceremony) = Registration::begin(rp, &CHALLENGE, now, &response) {
        let _ = pollster::block_on(ceremony.run(&RingVerifier));
    }
}

fn authenticate(rp: &RelyingParty, public_key: &[u8], client_data: &str, data: &str, signature: &str) {
    let response = format!(
        r#"{{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{{}},"response":{{"clientDataJSON":"{client_data}","authenticatorData":"{data}","signature":"{signature}","userHandle":"AAAA"}}}}"#
    );
    let stored = StoredCredential {
        id: vec![0; 3],
        public_key: public_key.to_vec(),
        algorithm: -7,
        sign_count: 0,
        backup_eligible: false,
        backup_state: false,
        user_handle: vec![0; 3],
    };
    if let Ok(ceremony) = Authentication::begin(rp, &CHALLENGE, &stored, &response) {
        assert!(pollster::block_on(ceremony.run(&RingVerifier)).is_err(), "a signature was forged");
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let rp = RelyingParty::new("broker.example", "Example", ["https://www.broker.example"]).expect("a relying party");
    let encoded = BASE64URL.encode(rest);
    match first % 6 {
        0 => register(&rp, &client_data("create"), &encoded),
        1 => register(&rp, &encoded, "oA"),
        2 => authenticate(&rp, rest, &client_data("get"), &encoded, "AAAA"),
        3 => authenticate(&rp, &[], &client_data("get"), "AAAA", &encoded),
        4 => authenticate(&rp, &[], &encoded, "AAAA", "AAAA"),
        _ => {
            let text = String::from_utf8_lossy(rest);
            let _ = sekisho_webauthn::peek(&text);
            register(&rp, &client_data("create"), &text);
        }
    }
});
