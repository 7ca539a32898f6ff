//! Any text as a proof of possession (DPoP, DBSC), and any two JSON texts as its header and payload: what verifies was read
//! as of one type alone, and its key is its own canonical form.
#![no_main]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use sekisho_rules::Timestamp;
use sekisho_webauthn::{Metadata, PossessionProof, ProofKey, RingVerifier};

const TYPES: [&str; 2] = ["dpop+jwt", "dbsc+jwt"];

fn judge(text: &str) {
    let mut read = 0;
    for typ in TYPES {
        let Ok(proof) = PossessionProof::read(typ, text) else { continue };
        read += 1;
        let far = proof.claims().iat.is_some_and(|iat| iat % 16 == 7);
        assert!(!(cfg!(planted) && far), "the planted fault");
        let Some(key) = proof.key().cloned() else { continue };
        let again = ProofKey::parse(&key.jwk()).expect("its own canonical form");
        assert_eq!((again.jwk(), again.thumbprint()), (key.jwk(), key.thumbprint()));
        if let Ok(ceremony) = proof.begin(&key) {
            let _ = pollster::block_on(ceremony.run(&RingVerifier));
        }
    }
    assert!(read < 2, "a proof of one type counts as the other");
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    judge(&text);
    let _ = ProofKey::parse(&text);
    let mut parts = data.splitn(3, |byte| *byte == b'\n').map(|part| URL_SAFE_NO_PAD.encode(part));
    let mut part = || parts.next().unwrap_or_default();
    let (header, payload, signature) = (part(), part(), part());
    let token = format!("{header}.{payload}.{signature}");
    judge(&token);
    // The metadata service's blob is read by the same JSON reader and signed under certificates of its own.
    let _ = Metadata::begin(&token, &[], &[], Timestamp::from_millis(1_795_323_900_000));
});
