//! Assertions of the forge.

use serde_json::{Value, json};

use super::cbor::C;
use super::signer::Signer;
use super::{CHALLENGE, Edit, ORIGIN, RP_ID, b64, client_data, no_edit, sha256};

/// An assertion to be made, with every layer open to bending.
pub struct Assertion {
    pub key: Signer,
    pub client: Value,
    pub client_text: Edit<String>,
    pub rp_hash: Vec<u8>,
    pub flags: u8,
    pub count: u32,
    pub extensions: Vec<u8>,
    /// The authenticator data before they are signed.
    pub auth_data: Edit<Vec<u8>>,
    pub signature: Edit<Vec<u8>>,
    pub json: Edit<Value>,
    pub text: Edit<String>,
    /// The case around the response.
    pub case: Edit<Value>,
}

impl Assertion {
    pub fn new(key: Signer) -> Self {
        Self {
            key,
            client: client_data("webauthn.get"),
            client_text: no_edit(),
            rp_hash: sha256(RP_ID.as_bytes()),
            flags: 0x05,
            count: 9,
            extensions: Vec::new(),
            auth_data: no_edit(),
            signature: no_edit(),
            json: no_edit(),
            text: no_edit(),
            case: no_edit(),
        }
    }

    /// The case, in the form that `examples/vectors.rs` reads.
    pub fn build(self, id: &str) -> Value {
        let mut client_text = self.client.to_string();
        (self.client_text)(&mut client_text);
        let mut auth_data = [&self.rp_hash[..], &[self.flags], &self.count.to_be_bytes(), &self.extensions].concat();
        (self.auth_data)(&mut auth_data);
        let mut signature = self.key.sign(&[&auth_data[..], &sha256(client_text.as_bytes())].concat());
        (self.signature)(&mut signature);
        let credential = b64(&[0x1d; 32]);
        let mut response = json!({
            "id": credential,
            "rawId": credential,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(client_text.as_bytes()),
                "authenticatorData": b64(&auth_data),
                "signature": b64(&signature),
                "userHandle": b64(b"handle"),
            },
        });
        (self.json)(&mut response);
        let mut text = response.to_string();
        (self.text)(&mut text);
        let mut case = json!({
            "id": id,
            "ceremony": "authentication",
            "rpId": RP_ID,
            "origins": [ORIGIN],
            "allowCrossOrigin": false,
            "topOrigins": [],
            "challenge": b64(&CHALLENGE),
            "userVerification": "required",
            "stored": {
                "credentialId": credential,
                "publicKeyCose": b64(&C::Map(self.key.cose()).encode()),
                "alg": self.key.algorithm(),
                "signCount": 8,
                "backupEligible": false,
                "backupState": false,
                "userHandle": b64(b"handle"),
            },
            "response": text,
        });
        (self.case)(&mut case);
        case
    }
}
