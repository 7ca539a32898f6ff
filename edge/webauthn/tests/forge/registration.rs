//! Registrations of the forge.

use serde_json::{Value, json};

use super::cbor::{C, Entries, bytes, t};
use super::certificate::Chain;
use super::signer::Signer;
use super::statement::{Shape, Subject};
use super::{AAGUID, CHALLENGE, Edit, ORIGIN, RP_ID, b64, client_data, no_edit, sha256};

/// A registration to be made, with every layer open to bending.
pub struct Registration {
    pub key: Signer,
    pub shape: Shape,
    pub client: Value,
    pub client_text: Edit<String>,
    pub rp_hash: Vec<u8>,
    pub flags: u8,
    pub count: u32,
    pub aaguid: [u8; 16],
    pub id: Vec<u8>,
    pub cose: Entries,
    pub extensions: Vec<u8>,
    /// The authenticator data before they are signed.
    pub auth_data: Edit<Vec<u8>>,
    /// The statement after it was signed.
    pub statement: Edit<Entries>,
    /// The map of the attestation object.
    pub object: Edit<Entries>,
    pub object_bytes: Edit<Vec<u8>>,
    pub json: Edit<Value>,
    pub text: Edit<String>,
    /// The case around the response.
    pub case: Edit<Value>,
    pub anchors: Vec<Vec<u8>>,
}

impl Registration {
    pub fn new(key: Signer, shape: Shape) -> Self {
        let anchors = match &shape {
            Shape::Packed(chain) | Shape::U2f(chain) | Shape::Android(chain, _) | Shape::Apple(chain, _) => {
                vec![chain.root_der()]
            }
            Shape::Tpm(tpm) => vec![tpm.chain.root_der()],
            _ => Vec::new(),
        };
        let aaguid = if matches!(shape, Shape::U2f(_)) { [0; 16] } else { AAGUID };
        Self {
            key,
            shape,
            client: client_data("webauthn.create"),
            client_text: no_edit(),
            rp_hash: sha256(RP_ID.as_bytes()),
            flags: 0x45,
            count: 1,
            aaguid,
            id: vec![0x1d; 32],
            cose: key.cose(),
            extensions: Vec::new(),
            auth_data: no_edit(),
            statement: no_edit(),
            object: no_edit(),
            object_bytes: no_edit(),
            json: no_edit(),
            text: no_edit(),
            case: no_edit(),
            anchors,
        }
    }

    pub fn none() -> Self {
        Self::new(Signer::P256(1), Shape::None)
    }

    pub fn packed(chain: Chain) -> Self {
        Self::new(Signer::P256(1), Shape::Packed(chain))
    }

    /// The case, in the form that `examples/vectors.rs` reads.
    pub fn build(self, id: &str) -> Value {
        let mut client_text = self.client.to_string();
        (self.client_text)(&mut client_text);
        let mut auth_data = [&self.rp_hash[..], &[self.flags], &self.count.to_be_bytes()].concat();
        if self.flags & 0x40 != 0 {
            auth_data.extend(self.aaguid);
            auth_data.extend((self.id.len() as u16).to_be_bytes());
            auth_data.extend(&self.id);
            auth_data.extend(C::Map(self.cose).encode());
        }
        auth_data.extend(&self.extensions);
        (self.auth_data)(&mut auth_data);
        let name = self.shape.name();
        let mut statement = self.shape.build(&Subject {
            auth_data: &auth_data,
            client_hash: &sha256(client_text.as_bytes()),
            rp_hash: &self.rp_hash,
            id: &self.id,
            key: self.key,
        });
        if let C::Map(entries) = &mut statement {
            (self.statement)(entries);
        }
        let mut object = vec![(t("fmt"), t(name)), (t("attStmt"), statement), (t("authData"), bytes(&auth_data))];
        (self.object)(&mut object);
        let mut object_bytes = C::Map(object).encode();
        (self.object_bytes)(&mut object_bytes);
        let mut response = json!({
            "id": b64(&self.id),
            "rawId": b64(&self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(client_text.as_bytes()),
                "attestationObject": b64(&object_bytes),
                "transports": ["internal", "hybrid"],
            },
        });
        (self.json)(&mut response);
        let mut text = response.to_string();
        (self.text)(&mut text);
        let mut case = json!({
            "id": id,
            "ceremony": "registration",
            "rpId": RP_ID,
            "origins": [ORIGIN],
            "allowCrossOrigin": false,
            "topOrigins": [],
            "challenge": b64(&CHALLENGE),
            "allowedAlgs": [-7, -8, -257, -35, -36, -37, -258, -259],
            "userVerification": "required",
            "strict": true,
            "trustAnchorsDer": self.anchors.iter().map(|anchor| b64(anchor)).collect::<Vec<_>>(),
            "response": text,
        });
        (self.case)(&mut case);
        case
    }
}
