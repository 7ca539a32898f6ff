//! Ceremonies from the host's side: what comes out, how answers are bound, what the options say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod forge;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use forge::assertion::Assertion;
use forge::cbor::{C, t};
use forge::certificate::{Certificate, Chain};
use forge::registration::Registration as Forged;
use forge::signer::Signer;
use forge::statement::Shape;
use forge::{AAGUID, CHALLENGE, ORIGIN, RP_ID};
use sekisho_rules::{Refusal, Timestamp};
use sekisho_webauthn::{
    Algorithm, AttestationType, Authenticated, Authentication, Ceremony, CounterPolicy, CredentialDescriptor, Error,
    Fault, Format, Registered, Registration, RelyingParty, RingVerifier, SetupError, SpecStep, Step, StoredCredential,
    Trust, User, UserVerification, Verifier, Yielding, creation_options, peek, request_options,
};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn rp() -> RelyingParty {
    let mut rp = RelyingParty::new(RP_ID, "Example Securities", [ORIGIN]).unwrap();
    rp.algorithms = Algorithm::ALL.to_vec();
    rp
}

fn response(case: &serde_json::Value) -> String {
    case["response"].as_str().unwrap().to_owned()
}

fn register(forged: Forged) -> Ceremony<Registered> {
    Registration::begin(&rp(), &CHALLENGE, NOW, &response(&forged.build(""))).unwrap()
}

fn stored(key: Signer) -> StoredCredential {
    StoredCredential {
        id: vec![0x1d; 32],
        public_key: C::Map(key.cose()).encode(),
        algorithm: key.algorithm(),
        sign_count: 8,
        backup_eligible: false,
        backup_state: false,
        user_handle: b"handle".to_vec(),
    }
}

fn authenticate(rp: &RelyingParty) -> Result<Ceremony<Authenticated>, Error> {
    let key = Signer::P256(1);
    Authentication::begin(rp, &CHALLENGE, &stored(key), &response(&Assertion::new(key).build("")))
}

#[test]
fn what_is_registered_is_what_was_sent() {
    let mut forged = Forged::packed(Chain::short(Certificate::leaf(Signer::P256(0x50))));
    forged.flags |= 0x98;
    forged.extensions = C::Map(vec![(t("credProtect"), C::Int(3))]).encode();
    forged.json = Box::new(|json| {
        json["authenticatorAttachment"] = "platform".into();
        json["clientExtensionResults"] =
            serde_json::json!({"credProps": {"rk": true}, "prf": {"enabled": true}, "largeBlob": {"supported": false}});
    });
    let registered = pollster::block_on(register(forged).run(&RingVerifier)).unwrap();
    assert_eq!(registered.credential_id, [0x1d; 32]);
    assert_eq!(registered.public_key, C::Map(Signer::P256(1).cose()).encode());
    assert_eq!((registered.algorithm, registered.sign_count, registered.aaguid), (-7, 1, AAGUID));
    assert!(registered.user_present && registered.user_verified);
    assert!(registered.backup_eligible && registered.backup_state);
    assert_eq!((registered.format, registered.attestation_type), (Format::Packed, AttestationType::Certified));
    assert_eq!(registered.trust, Trust::Unjudged);
    assert_eq!(registered.transports, ["internal", "hybrid"]);
    assert_eq!(registered.attachment.as_deref(), Some("platform"));
    assert_eq!((registered.discoverable, registered.prf, registered.large_blob), (Some(true), Some(true), Some(false)));
    assert_eq!(registered.cred_protect, Some(3));
}

#[test]
fn a_counter_that_stands_still_is_reported_or_refused_and_never_lowered() {
    let case = Assertion { count: 3, ..Assertion::new(Signer::P256(1)) }.build("");
    let run = |rp: &RelyingParty| {
        let ceremony = Authentication::begin(rp, &CHALLENGE, &stored(Signer::P256(1)), &response(&case))?;
        pollster::block_on(ceremony.run(&RingVerifier))
    };
    let reported = run(&rp()).unwrap();
    assert!(reported.clone_suspected && reported.user_verified);
    assert_eq!(reported.sign_count, 8);
    let strict = RelyingParty { counter: CounterPolicy::Refuse, ..rp() };
    assert_eq!(run(&strict).unwrap_err(), Error { step: SpecStep::Authentication(22), fault: Fault::Counter });
    let increased = pollster::block_on(authenticate(&rp()).unwrap().run(&RingVerifier)).unwrap();
    assert_eq!((increased.sign_count, increased.clone_suspected), (9, false));
}

#[test]
fn an_answer_fits_its_own_ceremony_alone() {
    let (mut one, mut other) = (authenticate(&rp()).unwrap(), authenticate(&rp()).unwrap());
    let Ok(Step::Need(check)) = one.next() else { panic!("a check") };
    let checked = pollster::block_on(RingVerifier.check(check));
    // The same bytes, the same key, another ceremony.
    assert_eq!(other.answer(checked).unwrap_err().fault, Fault::ForeignAnswer);
    assert!(other.next().is_err(), "a ceremony that was given a foreign answer is over");
    let Ok(Step::Need(check)) = one.next() else { panic!("still a check") };
    one.answer(pollster::block_on(RingVerifier.check(check))).unwrap();
    assert!(matches!(one.next(), Ok(Step::Done(_))));
    assert_eq!(one.next().unwrap_err().fault, Fault::ForeignAnswer, "a result is given once");
}

#[test]
fn an_answer_is_not_taken_twice() {
    let mut ceremony = register(Forged::new(
        Signer::P256(1),
        Shape::Compound(vec![Shape::SelfPacked, Shape::Packed(Chain::short(Certificate::leaf(Signer::P256(0x50))))]),
    ));
    let Ok(Step::Need(first)) = ceremony.next() else { panic!("a check") };
    let again = first.clone();
    ceremony.answer(pollster::block_on(RingVerifier.check(first))).unwrap();
    let stale = pollster::block_on(RingVerifier.check(again));
    assert_eq!(ceremony.answer(stale).unwrap_err().fault, Fault::ForeignAnswer);
    assert!(ceremony.next().is_err());
}

#[test]
fn a_wrong_signature_ends_the_ceremony_for_good() {
    let mut forged = Assertion::new(Signer::P256(1));
    forged.signature = Box::new(|signature| *signature.last_mut().unwrap() ^= 1);
    let case = response(&forged.build(""));
    let mut ceremony = Authentication::begin(&rp(), &CHALLENGE, &stored(Signer::P256(1)), &case).unwrap();
    let Ok(Step::Need(check)) = ceremony.next() else { panic!("a check") };
    let expected = Error { step: SpecStep::Authentication(21), fault: Fault::Signature };
    assert_eq!(ceremony.answer(pollster::block_on(RingVerifier.check(check))).unwrap_err(), expected);
    assert_eq!(ceremony.next().unwrap_err(), expected);
    assert_eq!(ceremony.next().unwrap_err(), expected);
}

#[test]
fn the_yielding_verifier_gives_way_once_for_each_check() {
    let mut future = pin!(authenticate(&rp()).unwrap().run(&Yielding(RingVerifier)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    let Poll::Ready(result) = future.as_mut().poll(&mut context) else { panic!("one yield, one check") };
    assert!(!result.unwrap().clone_suspected);
}

#[test]
fn peek_tells_whose_a_response_says_it_is() {
    let seen = peek(&response(&Assertion::new(Signer::P256(1)).build(""))).unwrap();
    assert_eq!((seen.credential_id, seen.user_handle), (vec![0x1d; 32], Some(b"handle".to_vec())));
    let seen = peek(&response(&Forged::none().build(""))).unwrap();
    assert_eq!(seen.user_handle, None);
    assert!(peek("[]").is_err() && peek("").is_err());
}

#[test]
fn strangers_learn_one_code() {
    let fault = |step, fault| Error { step, fault }.refusal();
    for inner in [Fault::Signature, Fault::Challenge, Fault::UserHandle, Fault::Counter, Fault::Origin, Fault::RpIdHash]
    {
        assert_eq!(fault(SpecStep::Authentication(9), inner), Refusal::SignInFailed);
    }
    assert_eq!(fault(SpecStep::Authentication(21), Fault::VerifierUnavailable), Refusal::Unavailable);
    assert_eq!(fault(SpecStep::Registration(22), Fault::Signature), Refusal::Malformed);
}

#[test]
fn creation_options_are_those_of_the_policy() {
    let user = User { handle: &[7; 16], name: "12345678", display_name: "山田 太郎" };
    let exclude = [CredentialDescriptor { id: vec![1, 2, 3], transports: vec!["internal".into(), "later".into()] }];
    let options = |challenge: [u8; 32]| {
        let mut rp = rp();
        rp.user_verification = UserVerification::Required;
        rp.extensions.prf = true;
        serde_json::to_value(creation_options(&rp, &user, &challenge, &exclude).unwrap()).unwrap()
    };
    let json = options([1; 32]);
    assert_eq!(json["rp"], serde_json::json!({"id": RP_ID, "name": "Example Securities"}));
    assert_eq!(json["user"]["displayName"], "山田 太郎");
    assert_eq!(json["user"]["id"], "BwcHBwcHBwcHBwcHBwcHBw");
    assert_eq!(json["pubKeyCredParams"][0], serde_json::json!({"type": "public-key", "alg": -7}));
    assert_eq!(json["timeout"], 300_000);
    assert_eq!(json["attestation"], "none");
    assert_eq!(json["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(json["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(json["extensions"], serde_json::json!({"credProps": true, "prf": {}}));
    let excluded = serde_json::json!([{"type": "public-key", "id": "AQID", "transports": ["internal"]}]);
    assert_eq!(json["excludeCredentials"], excluded);
    assert_ne!(json["challenge"], options([2; 32])["challenge"]);
    for handle in [&[][..], &[1; 65]] {
        let user = User { handle, ..user };
        assert_eq!(creation_options(&rp(), &user, &[1; 32], &[]).unwrap_err(), SetupError::UserHandle);
    }
}

#[test]
fn request_options_are_those_of_the_policy() {
    let allow = [CredentialDescriptor { id: vec![1, 2, 3], transports: Vec::new() }];
    let json = serde_json::to_value(request_options(&rp(), &[1; 32], &allow)).unwrap();
    assert_eq!(json["rpId"], RP_ID);
    assert_eq!(json["challenge"], forge::b64(&[1; 32]));
    assert_eq!(json["allowCredentials"], serde_json::json!([{"type": "public-key", "id": "AQID"}]));
    assert_eq!(json["userVerification"], "required");
    let other = serde_json::to_value(request_options(&rp(), &[2; 32], &[])).unwrap();
    assert_eq!(other["allowCredentials"], serde_json::json!([]));
    assert_ne!(other["challenge"], json["challenge"]);
}
