//! An authenticator and a browser's client that are not ours: passkey-rs, from our options to our verdict and back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use sekisho_rules::Timestamp;
use sekisho_webauthn::{
    Algorithm, Authenticated, Authentication, Error, Fault, Registered, Registration, RelyingParty, RingVerifier,
    SpecStep, StoredCredential, User, UserVerification, creation_options, peek, request_options,
};
use serde_json::json;
use url::Url;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const HANDLE: &[u8] = b"0123456789abcdef";

/// Somebody who always touches, and is verified or not.
struct Customer {
    verified: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Customer {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(&self, _: UiHint<'a, Passkey>, _: bool, _: bool) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence: true, verification: self.verified })
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }
}

type Device = Client<Option<Passkey>, Customer, RustCryptoBackend, public_suffix::PublicSuffixList, ()>;

struct Setting {
    rp: RelyingParty,
    device: Device,
    page: Url,
}

impl Setting {
    fn new(algorithm: Algorithm, verified: bool) -> Self {
        let mut rp = RelyingParty::new("broker.example", "Example Securities", ["https://www.broker.example"]).unwrap();
        rp.algorithms = vec![algorithm];
        let authenticator = Authenticator::new(Aaguid::from([3; 16]), None, Customer { verified }, RustCryptoBackend);
        Self { rp, device: Client::new(authenticator), page: Url::parse("https://www.broker.example").unwrap() }
    }

    fn create(&mut self, asked: &RelyingParty, challenge: &[u8]) -> String {
        let user = User { handle: HANDLE, name: "12345678", display_name: "山田 太郎" };
        let options = json!({"publicKey": creation_options(asked, &user, challenge, &[]).unwrap()});
        let options: CredentialCreationOptions = serde_json::from_value(options).unwrap();
        text(&pollster::block_on(self.device.register(&self.page, options, DefaultClientData)).unwrap())
    }

    fn get(&mut self, asked: &RelyingParty, challenge: &[u8]) -> String {
        let options = json!({"publicKey": request_options(asked, challenge, &[])});
        let options: CredentialRequestOptions = serde_json::from_value(options).unwrap();
        text(&pollster::block_on(self.device.authenticate(&self.page, options, DefaultClientData)).unwrap())
    }

    fn register(&self, challenge: &[u8], response: &str) -> Result<Registered, Error> {
        pollster::block_on(Registration::begin(&self.rp, challenge, NOW, response)?.run(&RingVerifier))
    }

    fn authenticate(
        &self,
        challenge: &[u8],
        stored: &StoredCredential,
        response: &str,
    ) -> Result<Authenticated, Error> {
        pollster::block_on(Authentication::begin(&self.rp, challenge, stored, response)?.run(&RingVerifier))
    }
}

fn text(credential: &impl serde::Serialize) -> String {
    serde_json::to_value(credential).unwrap().to_string()
}

fn stored(registered: &Registered) -> StoredCredential {
    StoredCredential {
        id: registered.credential_id.clone(),
        public_key: registered.public_key.clone(),
        algorithm: registered.algorithm,
        sign_count: registered.sign_count,
        backup_eligible: registered.backup_eligible,
        backup_state: registered.backup_state,
        user_handle: HANDLE.to_vec(),
    }
}

#[test]
fn a_passkey_is_made_and_signs_in_without_a_login_id() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let mut setting = Setting::new(algorithm, true);
        let asked = setting.rp.clone();
        let made = setting.create(&asked, &[1; 32]);
        let registered = setting.register(&[1; 32], &made).unwrap();
        assert_eq!((registered.algorithm, registered.aaguid), (algorithm.id(), [3; 16]));
        assert!(registered.user_verified);
        for round in 2..4_u8 {
            let answer = setting.get(&asked, &[round; 32]);
            let seen = peek(&answer).unwrap();
            assert_eq!(
                (seen.credential_id, seen.user_handle.as_deref()),
                (registered.credential_id.clone(), Some(HANDLE))
            );
            let done = setting.authenticate(&[round; 32], &stored(&registered), &answer).unwrap();
            assert!(done.user_verified);
            // The same answer against the next challenge is a replay.
            let replayed = setting.authenticate(&[round + 1; 32], &stored(&registered), &answer);
            assert_eq!(replayed.unwrap_err(), Error { step: SpecStep::Authentication(11), fault: Fault::Challenge });
        }
    }
}

#[test]
fn a_customer_who_was_not_verified_is_refused() {
    let mut setting = Setting::new(Algorithm::Es256, false);
    // The page was made to ask for less than the policy demands.
    let lax = RelyingParty { user_verification: UserVerification::Discouraged, ..setting.rp.clone() };
    let made = setting.create(&lax, &[1; 32]);
    let refused = setting.register(&[1; 32], &made).unwrap_err();
    assert_eq!(refused, Error { step: SpecStep::Registration(16), fault: Fault::UserVerification });
    setting.rp = lax.clone();
    let registered = setting.register(&[1; 32], &made).unwrap();
    setting.rp.user_verification = UserVerification::Required;
    let answer = setting.get(&lax, &[2; 32]);
    let refused = setting.authenticate(&[2; 32], &stored(&registered), &answer).unwrap_err();
    assert_eq!(refused, Error { step: SpecStep::Authentication(17), fault: Fault::UserVerification });
}

#[test]
fn a_sister_site_under_the_same_rp_id_is_refused() {
    let mut setting = Setting::new(Algorithm::Es256, true);
    setting.page = Url::parse("https://blog.broker.example").unwrap();
    let asked = setting.rp.clone();
    let made = setting.create(&asked, &[1; 32]);
    let refused = setting.register(&[1; 32], &made).unwrap_err();
    assert_eq!(refused, Error { step: SpecStep::Registration(9), fault: Fault::Origin });
}

#[test]
fn an_answer_of_one_customer_does_not_open_another_account() {
    let (mut one, mut other) = (Setting::new(Algorithm::Es256, true), Setting::new(Algorithm::Es256, true));
    let asked = one.rp.clone();
    let first = one.create(&asked, &[1; 32]);
    let first = one.register(&[1; 32], &first).unwrap();
    let second = other.create(&asked, &[1; 32]);
    let second = other.register(&[1; 32], &second).unwrap();
    let answer = one.get(&asked, &[2; 32]);
    assert!(one.authenticate(&[2; 32], &stored(&first), &answer).is_ok());
    let refused = one.authenticate(&[2; 32], &stored(&second), &answer).unwrap_err();
    assert_eq!(refused, Error { step: SpecStep::Authentication(6), fault: Fault::CredentialId });
    // Nor where the other's key is put under this credential's id.
    let mixed = StoredCredential { public_key: second.public_key, ..stored(&first) };
    let refused = one.authenticate(&[2; 32], &mixed, &answer).unwrap_err();
    assert_eq!(refused, Error { step: SpecStep::Authentication(21), fault: Fault::Signature });
}
