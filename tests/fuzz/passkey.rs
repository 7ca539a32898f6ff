//! What the passkey targets ask: one site, one challenge, one stored credential, those of `tests/vectors/passkeys`.
#![allow(dead_code, reason = "each target uses its part")]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use sekisho_rules::Timestamp;
use sekisho_webauthn::{
    Authentication, CounterPolicy, Error, Registered, Registration, RelyingParty, RingVerifier, SpecStep,
    StoredCredential,
};

const CHALLENGE: [u8; 32] = [0x5a; 32];
const CREDENTIAL: &[u8] = &[0x1d; 32];
const HANDLE: &str = "aGFuZGxl";
const KEY: &str =
    "pQECAyYgASFYIE1SlQ33KvymTA9xF47Nb2GvvHt9xwoPWDR4wkhODceOIlggw6gmfSmaQgt57Dgu4v_i915SawsrpKc3RojicNjj-IY";
/// Sound in form, over other data than any target asks about: it must never verify.
const SIGNATURE: &str =
    "MEUCIQCde6014Z9qNkVm1AGbeWPIAmupHM2uhLXeapdnu0X_dgIgOl-7OyyOfIkfb6x6skhIDLZrrLlPq5hg0LQ7gO1SIWo";
/// SHA-256 of `broker.example`, UP and UV, counter 9.
pub const DATA: &str = "e5ezbNd7c7iCiiz3wOodjyLeui5jsPmz3IPJW8QrYNkFAAAACQ";

pub fn encode(bytes: &[u8]) -> String {
    BASE64URL.encode(bytes)
}

fn rp() -> RelyingParty {
    let mut rp =
        RelyingParty::new("broker.example", "Example", ["https://www.broker.example"]).expect("a relying party");
    rp.counter = CounterPolicy::Refuse;
    rp
}

/// Client data that a ceremony of this kind accepts.
pub fn client_data(kind: &str) -> String {
    let challenge = encode(&CHALLENGE);
    encode(
        format!(
            r#"{{"type":"webauthn.{kind}","challenge":"{challenge}","origin":"https://www.broker.example","crossOrigin":false}}"#
        )
        .as_bytes(),
    )
}

/// The credential id inside an attestation object, found without the parser under test.
fn credential_id(object: &[u8]) -> &[u8] {
    let Some(found) = object.windows(8).position(|part| part == b"authData") else { return CREDENTIAL };
    // The member's CBOR head has two bytes (0x58) or three (0x59); then 37 bytes, the AAGUID, the id's length.
    let head = if object.get(found + 8) == Some(&0x59) { 3 } else { 2 };
    let at = found + 8 + head + 53;
    let Some(&[high, low]) = object.get(at..at + 2) else { return CREDENTIAL };
    object.get(at + 2..at + 2 + usize::from(u16::from_be_bytes([high, low]))).unwrap_or(CREDENTIAL)
}

pub fn registration(text: &str, conditional: bool) -> Result<Registered, Error> {
    let now = Timestamp::from_millis(1_767_225_600_000);
    let begin = if conditional { Registration::begin_conditional } else { Registration::begin };
    pollster::block_on(begin(&rp(), &CHALLENGE, now, text)?.run(&RingVerifier))
}

pub fn register(client_data: &str, object: &[u8]) -> Result<Registered, Error> {
    let (id, object) = (encode(credential_id(object)), encode(object));
    let text = format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{{}},"response":{{"clientDataJSON":"{client_data}","attestationObject":"{object}","transports":[]}}}}"#
    );
    registration(&text, false)
}

/// An assertion; panics if it is ever believed. Returns whether it got as far as its signature.
pub fn authenticate(public_key: Option<&[u8]>, client_data: &str, data: &str, signature: Option<&str>) -> bool {
    // Among the vectors are sound signatures over just this; the counter fails them when they have verified.
    let count = if signature.is_some() { u32::MAX } else { 8 };
    let (id, signature) = (encode(CREDENTIAL), signature.unwrap_or(SIGNATURE));
    let text = format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{{}},"response":{{"clientDataJSON":"{client_data}","authenticatorData":"{data}","signature":"{signature}","userHandle":"{HANDLE}"}}}}"#
    );
    matches!(authentication(public_key, count, &text), SpecStep::Authentication(21))
}

/// At which step an assertion fails, over a credential whose counter stood at `count`.
pub fn authentication(public_key: Option<&[u8]>, count: u32, text: &str) -> SpecStep {
    let mut stored = StoredCredential {
        id: CREDENTIAL.to_vec(),
        public_key: BASE64URL.decode(KEY).expect("a key"),
        algorithm: -7,
        sign_count: count,
        backup_eligible: false,
        backup_state: false,
        user_handle: b"handle".to_vec(),
    };
    if let Some(key) = public_key {
        stored.public_key = key.to_vec();
        // `1: 2, 3: alg` begins every key of the vectors.
        stored.algorithm = match key.get(3..7) {
            Some([0x03, 0x38, low, ..]) => -1 - i64::from(*low),
            Some([0x03, 0x39, high, low]) => -1 - i64::from(u16::from_be_bytes([*high, *low])),
            Some([0x03, small, ..]) => -1 - i64::from(small & 0x1f),
            _ => -7,
        };
    }
    let result = Authentication::begin(&rp(), &CHALLENGE, &stored, text)
        .and_then(|ceremony| pollster::block_on(ceremony.run(&RingVerifier)));
    result.expect_err("a signature was forged").step
}
