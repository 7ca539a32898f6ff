//! Signatures by the platform's WebCrypto, ES256 an order of magnitude faster than the same curve compiled to wasm.

use super::Cloudflare;
use crate::cloudflare::text_of;
use crate::host::{MailSigner, Signer, Unreached};
use crate::keys::{JwtKey, MailAlgorithm, MailKey};
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The object `crypto.subtle`.
    #[derive(Clone)]
    type SubtleCrypto;

    #[wasm_bindgen(thread_local_v2, js_namespace = crypto, js_name = subtle)]
    static SUBTLE: SubtleCrypto;

    #[wasm_bindgen(method, catch, js_name = importKey)]
    async fn import_key(
        this: &SubtleCrypto,
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    async fn sign(
        this: &SubtleCrypto,
        algorithm: &JsValue,
        key: &JsValue,
        message: &Uint8Array,
    ) -> Result<JsValue, JsValue>;
}

thread_local! {
    /// Imported keys by kid: importing costs as much as a signature.
    static IMPORTED: RefCell<BTreeMap<String, JsValue>> = const { RefCell::new(BTreeMap::new()) };
}

impl Signer for Cloudflare {
    async fn sign(&self, key: &JwtKey, message: &[u8]) -> Result<[u8; 64], Unreached> {
        let refused = |thrown: JsValue| Unreached(format!("WebCrypto: {}", text_of(&thrown)));
        let known = IMPORTED.with_borrow(|imported| imported.get(&key.kid).cloned());
        let imported = match known {
            Some(imported) => imported,
            None => {
                let imported = import(key).await.map_err(refused)?;
                IMPORTED.with_borrow_mut(|all| all.insert(key.kid.clone(), imported.clone()));
                imported
            }
        };
        let subtle = SUBTLE.with(Clone::clone);
        let algorithm = js_sys::JSON::parse(r#"{"name":"ECDSA","hash":"SHA-256"}"#).map_err(refused)?;
        let signature = subtle.sign(&algorithm, &imported, &Uint8Array::from(message)).await.map_err(refused)?;
        let bytes = Uint8Array::new(&signature).to_vec();
        bytes.try_into().map_err(|_| Unreached("WebCrypto: a signature of another length".into()))
    }
}

impl MailSigner for Cloudflare {
    async fn sign_mail(&self, key: &MailKey, message: &[u8]) -> Result<Vec<u8>, Unreached> {
        let refused = |thrown: JsValue| Unreached(format!("WebCrypto: {}", text_of(&thrown)));
        let algorithm = match key.algorithm {
            MailAlgorithm::Rsa => r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256"}"#,
            MailAlgorithm::Ed25519 => r#"{"name":"Ed25519"}"#,
        };
        let algorithm = js_sys::JSON::parse(algorithm).map_err(refused)?;
        let (subtle, bytes) = (SUBTLE.with(Clone::clone), Uint8Array::from(key.pkcs8.as_slice()));
        let usages = Array::of1(&"sign".into());
        let imported = subtle.import_key("pkcs8", &bytes, &algorithm, false, &usages).await.map_err(refused)?;
        let signature = subtle.sign(&algorithm, &imported, &Uint8Array::from(message)).await.map_err(refused)?;
        Ok(Uint8Array::new(&signature).to_vec())
    }
}

async fn import(key: &JwtKey) -> Result<JsValue, JsValue> {
    let jwk = js_sys::JSON::parse(&key.private_jwk())?;
    let algorithm = js_sys::JSON::parse(r#"{"name":"ECDSA","namedCurve":"P-256"}"#)?;
    let subtle = SUBTLE.with(Clone::clone);
    subtle.import_key("jwk", &jwk, &algorithm, false, &Array::of1(&"sign".into())).await
}
