//! Responses with one fault each, signed by the forge so that nothing else is wrong, and the sound ones beside them.
//!
//! Every case must come out as stated, at the stated step. `SEKISHO_WRITE_VECTORS=1` writes them to
//! `tests/vectors/passkeys/faults.json`, in the form that `examples/vectors.rs` reads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::type_complexity,
    reason = "a test fails by panicking"
)]

#[path = "faults/assertion.rs"]
mod assertion;
#[path = "faults/attestation_object.rs"]
mod attestation_object;
mod cases;
#[path = "faults/client_data.rs"]
mod client_data;
mod forge;
#[path = "faults/formats.rs"]
mod formats;
#[path = "faults/keys.rs"]
mod keys;
#[path = "faults/list.rs"]
mod list;
#[path = "faults/packed.rs"]
mod packed;
#[path = "faults/response.rs"]
mod response;

use std::collections::HashSet;

use cases::{NOW, judge, text};
use list::Cases;
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/passkeys/faults.json");

fn forged() -> Vec<Value> {
    let mut cases = Cases::default();
    response::registration(&mut cases);
    client_data::both(&mut cases);
    attestation_object::all(&mut cases);
    keys::all(&mut cases);
    packed::all(&mut cases);
    formats::all(&mut cases);
    assertion::all(&mut cases);
    cases.0
}

fn stated(case: &Value) -> (bool, &str) {
    let accept = case["expect"]["outcome"] == "accept";
    (accept, case["expect"]["step"].as_str().unwrap_or_default())
}

fn check(all: &[Value]) {
    let mut wrong = Vec::new();
    for case in all {
        let (accept, step) = stated(case);
        let right = match judge(case, NOW, false) {
            Ok(()) => accept,
            Err(error) => !accept && error.to_string().starts_with(&format!("{step}: ")),
        };
        if !right {
            wrong.push(format!(
                "{} ({step}): {:?}",
                text(case, "id").unwrap(),
                judge(case, NOW, false).map_err(|e| e.to_string())
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn every_forged_case_comes_out_as_stated() {
    let all = forged();
    let rejected = all.iter().filter(|case| !stated(case).0).count();
    let ids: HashSet<&str> = all.iter().map(|case| text(case, "id").unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "an id stands twice");
    if std::env::var_os("SEKISHO_WRITE_VECTORS").is_some() {
        let about = "Registrations and assertions with one fault each, and sound ones beside them; forged and signed by this repository";
        let lines: Vec<String> = all.iter().map(Value::to_string).collect();
        let text = format!("{{\"about\": {}, \"cases\": [\n{}\n]}}\n", json!(about), lines.join(",\n"));
        std::fs::write(FILE, text).unwrap();
    }
    check(&all);
    assert!(rejected >= 200, "{rejected}");
}

#[test]
fn the_kept_cases_come_out_as_stated_and_are_those_of_the_forge() {
    let file: Value = serde_json::from_slice(&std::fs::read(FILE).unwrap()).unwrap();
    let kept = file["cases"].as_array().unwrap();
    check(kept);
    let id = |case: &Value| case["id"].as_str().unwrap().to_owned();
    let forged = forged();
    assert_eq!(kept.iter().map(id).collect::<Vec<_>>(), forged.iter().map(id).collect::<Vec<_>>());
}

/// The lines of the conformance tool that are not cases over a response: options, and those that need metadata. Beside
/// each, the file and the test that stand for it.
const ELSEWHERE: [(&str, &str, &str); 17] = [
    ("Server-ServerPublicKeyCredentialCreationOptions-Req-1/P-1", CEREMONY, "creation_options_are_those_of_the_policy"),
    ("Server-ServerPublicKeyCredentialCreationOptions-Req-1/P-2", CEREMONY, "creation_options_are_those_of_the_policy"),
    ("Server-ServerPublicKeyCredentialCreationOptions-Req-1/P-3", CEREMONY, "creation_options_are_those_of_the_policy"),
    ("Server-ServerPublicKeyCredentialCreationOptions-Req-1/P-4", CEREMONY, "creation_options_are_those_of_the_policy"),
    (
        "Server-ServerPublicKeyCredentialGetOptionsResponse-Req-1/P-1",
        CEREMONY,
        "request_options_are_those_of_the_policy",
    ),
    (
        "Server-ServerPublicKeyCredentialGetOptionsResponse-Req-1/P-2",
        CEREMONY,
        "request_options_are_those_of_the_policy",
    ),
    (
        "Server-ServerAuthenticatorAttestationResponse-Resp-3/F-16",
        METADATA,
        "resp_3_f16_and_resp_5_f8_an_algorithm_the_model_does_not_have",
    ),
    (
        "Server-ServerAuthenticatorAttestationResponse-Resp-5/P-2",
        METADATA,
        "resp_5_p2_and_p5_a_chain_to_the_metadata_root",
    ),
    (
        "Server-ServerAuthenticatorAttestationResponse-Resp-5/P-5",
        METADATA,
        "resp_5_p2_and_p5_a_chain_to_the_metadata_root",
    ),
    (
        "Server-ServerAuthenticatorAttestationResponse-Resp-5/F-8",
        METADATA,
        "resp_3_f16_and_resp_5_f8_an_algorithm_the_model_does_not_have",
    ),
    (
        "Server-ServerAuthenticatorAttestationResponse-Resp-6/F-2",
        METADATA,
        "resp_6_f2_full_attestation_where_metadata_has_only_self",
    ),
    ("Server-MDS3/P-1", METADATA, "mds3_p1_an_authenticator_from_a_valid_blob"),
    ("Server-MDS3/F-1", METADATA, "mds3_f1_a_compromised_authenticator_is_refused"),
    ("Server-MDS3/F-2", METADATA, "mds3_f2_a_blob_whose_signature_does_not_verify"),
    ("Server-MDS3/F-3", METADATA, "mds3_f3_a_blob_whose_chain_does_not_verify"),
    ("Server-MDS3/F-4", METADATA, "mds3_f4_a_blob_whose_intermediate_is_revoked"),
    ("Server-MDS3/F-5", METADATA, "mds3_f5_a_blob_whose_leaf_is_revoked"),
];
const CEREMONY: &str = include_str!("ceremony.rs");
const METADATA: &str = include_str!("metadata.rs");

#[test]
fn every_line_of_the_fido_index_has_a_case() {
    let folder = std::env::var("SEKISHO_PUBLIC_VECTORS").unwrap_or_else(|_| "../shared/vectors".to_owned());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let Ok(bytes) = std::fs::read(path.join("passkeys/fido-conformance-index.json")) else {
        println!("skipped: the conformance index is not there");
        return;
    };
    let index: Value = serde_json::from_slice(&bytes).unwrap();
    let forged = forged();
    let ids: Vec<&str> = forged.iter().map(|case| text(case, "id").unwrap()).collect();
    let mut missing = Vec::new();
    for (suite, lines) in index["suites"].as_object().unwrap() {
        let suite = suite.split(' ').next().unwrap();
        for line in lines.as_array().unwrap() {
            for number in numbers(line.as_str().unwrap()) {
                let name = format!("{suite}/{number}");
                let prefix = format!("{name} ");
                let test = |(line, file, test): &(&str, &str, &str)| {
                    *line == name && file.contains(&format!("#[test]\nfn {test}()"))
                };
                let elsewhere = ELSEWHERE.iter().any(test);
                if !elsewhere
                    && !ids.iter().any(|id| id.strip_prefix("fido/").is_some_and(|id| id.starts_with(&prefix)))
                {
                    missing.push(name);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// `F-3 text` is one line, `F-1..F-5 text` is five.
fn numbers(line: &str) -> Vec<String> {
    let first = line.split(' ').next().unwrap();
    match first.split_once("..F-") {
        Some((from, to)) => {
            let from: u32 = from.trim_start_matches("F-").parse().unwrap();
            (from..=to.parse().unwrap()).map(|number| format!("F-{number}")).collect()
        }
        None => vec![first.to_owned()],
    }
}
