//! The public collections, read in place: the W3C's vectors, responses of real authenticators, known misbehaviour, and a
//! metadata blob. The folder is that of `SEKISHO_PUBLIC_VECTORS`, by default beside the repository.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod cases;

use std::path::PathBuf;

use cases::{NOW, judge, text};
use sekisho_rules::Timestamp;
use sekisho_webauthn::{Metadata, RingVerifier, TrustAnchor};
use serde_json::Value;

fn folder() -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let folder = std::env::var("SEKISHO_PUBLIC_VECTORS").unwrap_or_else(|_| "../shared/vectors".to_owned());
    PathBuf::from(root).join(folder).join("passkeys")
}

fn read(name: &str) -> Option<Vec<u8>> {
    let path = folder().join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    bytes
}

fn load(name: &str) -> Vec<Value> {
    read(name).map_or_else(Vec::new, |bytes| {
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        file["cases"].as_array().unwrap().clone()
    })
}

/// What this crate does not declare, by rule: RSA with SHA-1, PS384, ML-DSA; and the retired format.
fn undeclared(case: &Value) -> bool {
    let number = case.pointer("/expect/alg").or_else(|| case.pointer("/stored/alg")).and_then(Value::as_i64);
    let retired = case.pointer("/expect/fmt").and_then(Value::as_str) == Some("android-safetynet");
    retired || number.is_some_and(|number| sekisho_webauthn::Algorithm::from_id(number).is_none())
}

#[test]
fn the_w3c_vectors_come_out_as_stated() {
    let all = load("w3c-l3-vectors.json");
    let mut counts = (0, 0);
    for case in &all {
        let expected = case.pointer("/expect/outcome").and_then(Value::as_str).unwrap();
        let verdict = judge(case, NOW, false);
        assert_eq!(verdict.is_ok(), expected == "accept", "{}: {verdict:?}", text(case, "id").unwrap());
        if verdict.is_ok() { counts.0 += 1 } else { counts.1 += 1 }
    }
    assert!(all.is_empty() || counts == (30, 6), "{counts:?}");
}

#[test]
fn every_real_authenticator_of_a_declared_algorithm_is_accepted() {
    let all = load("real-authenticators.json");
    let mut excluded = Vec::new();
    for case in &all {
        let id = text(case, "id").unwrap();
        let verdict = judge(case, NOW, false);
        if case.pointer("/expect/outcome").and_then(Value::as_str) != Some("accept") {
            continue;
        }
        if undeclared(case) {
            assert!(verdict.is_err(), "{id} is excluded and was accepted");
            excluded.push(id);
        } else {
            assert!(verdict.is_ok(), "{id}: {verdict:?}");
        }
    }
    println!("excluded by rule ({}): {excluded:?}", excluded.len());
    assert!(all.is_empty() || excluded.len() == 25, "{}", excluded.len());
}

/// The certificates of a response's statement, where it has any.
fn certificates(case: &Value) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let object = case.pointer("/response/response/attestationObject").and_then(Value::as_str).unwrap();
    let object = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(object).unwrap();
    let mut decoder = minicbor::Decoder::new(&object);
    for _ in 0..decoder.map().unwrap().unwrap() {
        if decoder.str().unwrap() != "attStmt" {
            decoder.skip().unwrap();
            continue;
        }
        for _ in 0..decoder.map().unwrap().unwrap() {
            if decoder.str().unwrap() == "x5c" {
                let count = decoder.array().unwrap().unwrap();
                return (0..count).map(|_| decoder.bytes().unwrap().to_vec()).collect();
            }
            decoder.skip().unwrap();
        }
        break;
    }
    Vec::new()
}

/// Trust apart: the recordings do not come with their roots, so the last certificate each brought stands in as anchor,
/// and the time is just after the newest certificate was issued. The same chain must fail before that time.
#[test]
fn the_paths_of_real_authenticators_hold_at_the_time_of_recording() {
    use base64::Engine as _;
    let mut judged = 0;
    for mut case in load("real-authenticators.json") {
        let accept = case.pointer("/expect/outcome").and_then(Value::as_str) == Some("accept");
        if !accept || undeclared(&case) || case["ceremony"] != "registration" {
            continue;
        }
        let chain = certificates(&case);
        let Some(last) = chain.last() else { continue };
        let from = case["expect"]["certs"].as_array().unwrap().iter().map(|cert| cert["notBefore"].as_u64().unwrap());
        let newest = from.max().unwrap();
        let anchor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(last);
        case["trustAnchorsDer"] = serde_json::json!([anchor]);
        let id = text(&case, "id").unwrap();
        // One device sends its root along, which packed attestation under anchors refuses.
        let at_time = judge(&case, newest + 1, false);
        if let Err(why) = &at_time {
            assert!(why.to_string().ends_with("x5c includes the root"), "{id}: {why}");
        }
        judged += usize::from(at_time.is_ok());
        assert!(judge(&case, newest - 1, false).is_err(), "{id} was accepted before its certificates were valid");
    }
    println!("{judged} paths judged");
    assert!(judged == 0 || judged > 60, "{judged}");
}

#[test]
fn known_misbehaviour_is_judged_as_labelled() {
    for case in load("library-edge-cases.json") {
        let expected = case.pointer("/expect/outcome").and_then(Value::as_str).unwrap();
        let verdict = judge(&case, NOW, false);
        assert_eq!(verdict.is_ok(), expected == "accept", "{}: {verdict:?}", text(&case, "id").unwrap());
    }
}

#[test]
fn the_sample_metadata_blob_verifies_and_tells_names() {
    use base64::Engine as _;
    let (Some(blob), Some(root)) = (read("mds3/blob.jwt"), read("mds3/root.crt")) else { return };
    let pem: String = String::from_utf8(root).unwrap().lines().filter(|line| !line.starts_with("--")).collect();
    let root = TrustAnchor::from_der(&base64::engine::general_purpose::STANDARD.decode(pem).unwrap()).unwrap();
    let blob = String::from_utf8(blob).unwrap();
    let now = Timestamp::from_millis(NOW * 1000);
    let load = |blob: &str| {
        let ceremony = Metadata::begin(blob, std::slice::from_ref(&root), &[], now)?;
        pollster::block_on(ceremony.run(&RingVerifier))
    };
    let metadata = load(&blob).unwrap();
    let aaguid = 0x0132d110_bf4e_4208_a403_ab4f5f12efe5_u128.to_be_bytes();
    assert_eq!(metadata.number(), 15);
    assert_eq!(metadata.entry(&aaguid).unwrap().description, "FIDO Alliance Sample FIDO2 Authenticator");
    let payload = blob.find('.').unwrap() + 40;
    let mut altered = blob.clone().into_bytes();
    altered[payload] ^= 1;
    assert!(load(&String::from_utf8(altered).unwrap()).is_err());
}
