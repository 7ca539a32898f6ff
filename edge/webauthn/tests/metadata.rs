//! Metadata blobs forged under a root of our own: the FIDO index's lines on MDS3, and registrations judged by metadata.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod forge;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forge::certificate::{Certificate, Chain};
use forge::registration::Registration as Forged;
use forge::signer::Signer;
use forge::statement::Shape;
use forge::{AAGUID, CHALLENGE, ORIGIN, RP_ID, b64, der};
use p256::ecdsa::signature::Signer as _;
use sekisho_rules::Timestamp;
use sekisho_webauthn::{
    Error, Fault, Metadata, Registered, Registration, RelyingParty, RevocationList, RingVerifier, SpecStep, Trust,
    TrustAnchor, TrustPolicy,
};
use serde_json::{Value, json};

/// A PNG of one pixel.
const ICON: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==";

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn signing_chain() -> Chain {
    let mut chain = Chain::long(Certificate::leaf(Signer::P256(0x40)));
    chain.root = Certificate::authority(Signer::P256(0x41), "Metadata Root");
    chain.links[0].serial = 33;
    chain.links[1].serial = 44;
    chain
}

fn anchor(chain: &Chain) -> TrustAnchor {
    TrustAnchor::from_der(&chain.root_der()).unwrap()
}

fn entry(statement: Value, statuses: &[&str]) -> Value {
    let reports: Vec<Value> = statuses.iter().map(|status| json!({"status": status})).collect();
    json!({
        "aaguid": "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5",
        "statusReports": reports,
        "timeOfLastStatusChange": "2026-01-01",
        "metadataStatement": statement,
    })
}

fn statement() -> Value {
    json!({
        "description": "Sekisho Test Authenticator",
        "icon": format!("data:image/png;base64,{ICON}"),
        "attestationTypes": ["basic_full"],
        "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
        "attestationRootCertificates": [STANDARD.encode(Chain::short(leaf()).root_der())],
        // A 64-bit number, as newer statements hold.
        "authenticatorGetInfo": {"vendorPrototypeConfigCommands": [18_446_744_073_709_551_615_u64]},
    })
}

fn leaf() -> Certificate {
    Certificate::leaf(Signer::P256(0x50))
}

fn blob(chain: &Chain, entries: &[Value]) -> String {
    let x5c: Vec<String> = chain.der().iter().map(|der| STANDARD.encode(der)).collect();
    let header = json!({"alg": "ES256", "typ": "JWT", "x5c": x5c}).to_string();
    let payload = json!({"no": 42, "nextUpdate": "2026-02-01", "legalHeader": "-", "entries": entries}).to_string();
    let signed = format!("{}.{}", b64(header.as_bytes()), b64(payload.as_bytes()));
    let mut seed = [0x40; 32];
    seed[0] = 0;
    let signature: p256::ecdsa::Signature = p256::ecdsa::SigningKey::from_slice(&seed).unwrap().sign(signed.as_bytes());
    format!("{signed}.{}", b64(&signature.to_bytes()))
}

fn load(blob: &str, chain: &Chain, lists: &[RevocationList]) -> Result<Metadata, Error> {
    pollster::block_on(Metadata::begin(blob, &[anchor(chain)], lists, NOW)?.run(&RingVerifier))
}

/// A revocation list by `issuer` that names one serial number.
fn list(issuer: &Certificate, key: Signer, serial: u8) -> RevocationList {
    let time = |text: &str| der::tlv(0x17, text.as_bytes());
    let revoked = der::seq(&[der::small(serial), time("250601000000Z")]);
    let signed = der::seq(&[
        der::small(1),
        key.x509(),
        der::name(&issuer.subject),
        time("250601000000Z"),
        time("270601000000Z"),
        der::seq(&[revoked]),
    ]);
    let signature = key.sign(&signed);
    RevocationList::from_der(&der::seq(&[signed, key.x509(), der::bits(&signature)])).unwrap()
}

fn register(forged: Forged, entries: &[Value]) -> Result<Registered, Error> {
    let chain = signing_chain();
    let mut rp = RelyingParty::new(RP_ID, "", [ORIGIN]).unwrap();
    rp.attestation.metadata = Some(Arc::new(load(&blob(&chain, entries), &chain, &[]).unwrap()));
    rp.attestation.trust = TrustPolicy::Anchored { anchors: Vec::new(), allow_none: false, allow_self: true };
    rp.algorithms = sekisho_webauthn::Algorithm::ALL.to_vec();
    let case = forged.build("");
    pollster::block_on(
        Registration::begin(&rp, &CHALLENGE, NOW, case["response"].as_str().unwrap())?.run(&RingVerifier),
    )
}

fn fault<T: std::fmt::Debug>(result: Result<T, Error>) -> (SpecStep, Fault) {
    let error = result.unwrap_err();
    (error.step, error.fault)
}

#[test]
fn mds3_p1_an_authenticator_from_a_valid_blob() {
    let chain = signing_chain();
    let metadata = load(&blob(&chain, &[entry(statement(), &["FIDO_CERTIFIED"])]), &chain, &[]).unwrap();
    assert_eq!((metadata.number(), metadata.next_update()), (42, "2026-02-01"));
    let found = metadata.entry(&AAGUID).unwrap();
    assert_eq!((found.description.as_str(), found.compromised), ("Sekisho Test Authenticator", false));
    let sound = register(Forged::packed(Chain::short(leaf())), &[entry(statement(), &[])]).unwrap();
    assert_eq!(sound.trust, Trust::Anchored);
}

#[test]
fn mds3_f1_a_compromised_authenticator_is_refused() {
    for status in [
        "REVOKED",
        "USER_VERIFICATION_BYPASS",
        "ATTESTATION_KEY_COMPROMISE",
        "USER_KEY_REMOTE_COMPROMISE",
        "USER_KEY_PHYSICAL_COMPROMISE",
    ] {
        let entries = [entry(statement(), &["FIDO_CERTIFIED", status])];
        let refused = fault(register(Forged::packed(Chain::short(leaf())), &entries));
        assert_eq!(refused, (SpecStep::Registration(24), Fault::Metadata("the model is reported as compromised")));
    }
}

#[test]
fn mds3_f2_a_blob_whose_signature_does_not_verify() {
    let chain = signing_chain();
    let good = blob(&chain, &[]);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let other = blob(&chain, &[entry(statement(), &[])]);
    let swapped = format!("{}.{signature}", other.rsplit_once('.').unwrap().0);
    assert_eq!(fault(load(&swapped, &chain, &[])), (SpecStep::Metadata(6), Fault::Signature));
    assert!(load(signed, &chain, &[]).is_err());
    let none = good.replacen(&b64(br#"{"alg":"ES256""#)[..18], &b64(br#"{"alg":"none" "#)[..18], 1);
    assert!(load(&none, &chain, &[]).is_err());
}

#[test]
fn mds3_f3_a_blob_whose_chain_does_not_verify() {
    let chain = signing_chain();
    let good = blob(&chain, &[]);
    let mut stranger = signing_chain();
    stranger.root.key = Signer::P256(0x42);
    stranger.root.spki = Signer::P256(0x42).spki();
    let refused = fault(load(&good, &stranger, &[]));
    assert_eq!(refused, (SpecStep::Metadata(5), Fault::Certificate("a signature in the path does not verify")));
    let mut expired = signing_chain();
    expired.links[1].until = "20250101000000Z";
    let refused = fault(load(&blob(&expired, &[]), &expired, &[]));
    assert_eq!(refused, (SpecStep::Metadata(5), Fault::Certificate("not valid at this time")));
}

#[test]
fn mds3_f4_a_blob_whose_intermediate_is_revoked() {
    let chain = signing_chain();
    let revoked = list(&chain.root, chain.root.key, 44);
    assert_eq!(
        fault(load(&blob(&chain, &[]), &chain, &[revoked])),
        (SpecStep::Metadata(2), Fault::Certificate("revoked"))
    );
    let of_another = list(&chain.root, chain.root.key, 45);
    assert!(load(&blob(&chain, &[]), &chain, &[of_another]).is_ok());
}

#[test]
fn mds3_f5_a_blob_whose_leaf_is_revoked() {
    let chain = signing_chain();
    let revoked = list(&chain.links[1], chain.links[1].key, 33);
    assert_eq!(
        fault(load(&blob(&chain, &[]), &chain, &[revoked])),
        (SpecStep::Metadata(2), Fault::Certificate("revoked"))
    );
    // A list that its issuer did not sign says nothing, and is no reason to go on.
    let forged = list(&chain.links[1], Signer::P256(0x43), 99);
    let refused = fault(load(&blob(&chain, &[]), &chain, &[forged]));
    assert_eq!(refused.1, Fault::Certificate("the signature of a revocation list does not verify"));
}

#[test]
fn resp_3_f16_and_resp_5_f8_an_algorithm_the_model_does_not_have() {
    let other = Forged::new(Signer::Rs256, Shape::Packed(Chain::short(leaf())));
    let refused = fault(register(other, &[entry(statement(), &[])]));
    assert_eq!(refused, (SpecStep::Registration(24), Fault::Metadata("the model does not have this algorithm")));
    let leaf = Forged::packed(Chain::short(Certificate::leaf(Signer::P384(0x50))));
    let refused = fault(register(leaf, &[entry(statement(), &[])]));
    assert_eq!(refused, (SpecStep::Registration(24), Fault::Metadata("the model does not have this algorithm")));
}

#[test]
fn resp_5_p2_and_p5_a_chain_to_the_metadata_root() {
    let long = register(Forged::packed(Chain::long(leaf())), &[entry(statement(), &[])]).unwrap();
    assert_eq!(long.trust, Trust::Anchored);
    let unknown = register(Forged::packed(Chain::long(leaf())), &[]);
    assert_eq!(fault(unknown), (SpecStep::Registration(24), Fault::Untrusted("no anchor for these certificates")));
}

#[test]
fn resp_6_f2_full_attestation_where_metadata_has_only_self() {
    let mut only_self = statement();
    only_self["attestationTypes"] = json!(["basic_surrogate"]);
    let entries = [entry(only_self, &[])];
    let refused = fault(register(Forged::packed(Chain::short(leaf())), &entries));
    assert_eq!(refused, (SpecStep::Registration(24), Fault::Metadata("the model does not attest in this way")));
    let own = register(Forged::new(Signer::P256(1), Shape::SelfPacked), &entries).unwrap();
    assert_eq!(own.trust, Trust::SelfAttested);
    let refused = fault(register(Forged::new(Signer::P256(1), Shape::SelfPacked), &[entry(statement(), &[])]));
    assert_eq!(refused, (SpecStep::Registration(24), Fault::Metadata("the model does not attest in this way")));
}

#[test]
fn what_is_needed_to_serve_customers_is_one_text() {
    let chain = signing_chain();
    let mut revoked =
        entry(json!({"description": "Broken", "icon": "data:image/svg+xml;base64,PHN2Zy8+"}), &["REVOKED"]);
    revoked["aaguid"] = json!("00112233-4455-6677-8899-aabbccddeeff");
    revoked["statusReports"] = json!([{"status": "REVOKED"}, {"status": "FIDO_CERTIFIED"}]);
    let metadata = load(&blob(&chain, &[entry(statement(), &["FIDO_CERTIFIED"]), revoked]), &chain, &[]).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&metadata.summary()).unwrap(),
        json!({"number": 42, "next_update": "2026-02-01", "models": {
            "00112233-4455-6677-8899-aabbccddeeff": {"name": "Broken", "compromised": "REVOKED"},
            "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5": {"name": "Sekisho Test Authenticator", "icon": ICON},
        }})
    );
}
