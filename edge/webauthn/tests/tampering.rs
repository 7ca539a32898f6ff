//! One bit turned in every byte that was signed or vouched for: nothing of it may pass.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod cases;
mod forge;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cases::{NOW, judge};
use forge::assertion::Assertion;
use forge::certificate::{Certificate, Chain};
use forge::registration::Registration;
use forge::signer::Signer;
use forge::statement::{Shape, Tpm, aik, apple_nonce, authorizations, description};
use serde_json::Value;

/// Turns one bit in each byte of a member of the response; returns at which bytes that went unnoticed.
fn unnoticed(case: &Value, member: &str) -> Vec<usize> {
    let mut response: Value = serde_json::from_str(case["response"].as_str().unwrap()).unwrap();
    let sound = URL_SAFE_NO_PAD.decode(response["response"][member].as_str().unwrap()).unwrap();
    let mut case = case.clone();
    (0..sound.len())
        .filter(|&at| {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << (at % 8);
            response["response"][member] = URL_SAFE_NO_PAD.encode(bytes).into();
            case["response"] = response.to_string().into();
            judge(&case, NOW, true).is_ok()
        })
        .collect()
}

/// Where the counter stands in the attestation object.
fn counter(case: &Value) -> std::ops::Range<usize> {
    let response: Value = serde_json::from_str(case["response"].as_str().unwrap()).unwrap();
    let object = URL_SAFE_NO_PAD.decode(response["response"]["attestationObject"].as_str().unwrap()).unwrap();
    let hash = forge::sha256(forge::RP_ID.as_bytes());
    let start = object.windows(32).position(|window| window == hash).unwrap() + 33;
    start..start + 4
}

#[test]
fn no_byte_of_a_vouched_attestation_can_be_altered() {
    let key = Signer::P256(1);
    let leaf = || Certificate::leaf(Signer::P256(0x50));
    let shapes = [
        Shape::Packed(Chain::long(leaf())),
        Shape::U2f(Chain::short(leaf())),
        Shape::Tpm(Tpm::new(Chain::short(aik(Signer::P256(0x50))))),
        Shape::Android(Chain::long(Certificate::leaf(key)), Box::new(|hash| description(hash, &[], &authorizations()))),
        Shape::Apple(Chain::long(Certificate::leaf(key)), Box::new(apple_nonce)),
    ];
    for shape in shapes {
        let name = shape.name();
        let case = Registration::new(key, shape).build(name);
        judge(&case, NOW, true).unwrap();
        // U2F signs neither flags nor counter of a registration; whoever alters the flags is caught by their own rules.
        let unsigned = if name == "fido-u2f" { counter(&case) } else { 0..0 };
        let expected: Vec<usize> = unsigned.collect();
        assert_eq!(unnoticed(&case, "attestationObject"), expected, "{name}: attestation object");
        assert_eq!(unnoticed(&case, "clientDataJSON"), [0_usize; 0], "{name}: client data");
    }
}

#[test]
fn no_byte_of_an_assertion_can_be_altered() {
    for key in [Signer::P256(1), Signer::P384(1), Signer::P521(1), Signer::Ed25519(1), Signer::Rs256, Signer::Ps256] {
        let case = Assertion::new(key).build("");
        judge(&case, NOW, true).unwrap();
        for member in ["authenticatorData", "clientDataJSON", "signature", "userHandle"] {
            assert_eq!(unnoticed(&case, member), [0_usize; 0], "{} {member}", key.algorithm());
        }
    }
}
