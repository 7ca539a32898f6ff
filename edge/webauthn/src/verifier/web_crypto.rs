//! Signatures checked by the runtime's own WebCrypto (workerd, browsers), reached by js-sys alone.
//!
//! Everything WebCrypto could be lax about was settled before: the key is sound, the signature has its one form.

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

#[cfg(feature = "rare-keys")]
use super::fallback;
use super::{Checked, Verdict, Verifier, sealed};
use crate::ceremony::{Check, Question};
use crate::key::{Curve, Hash, Material, PublicKey, Scheme};
use crate::wire::base64url;

/// Checks signatures with `crypto.subtle` of the global scope.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebCryptoVerifier;

impl sealed::Sealed for WebCryptoVerifier {}

impl Verifier for WebCryptoVerifier {
    async fn check(&self, check: Check) -> Checked {
        let verdict = match (&check.0.key.0, check.0.scheme) {
            #[cfg(feature = "rare-keys")]
            (Material::Ed448(key), Scheme::Ed448) => fallback::ed448(key, &check.0.message, &check.0.signature),
            // A thrown exception says that the runtime cannot, not that the signature is wrong.
            _ => subtle(&check.0).await.unwrap_or(Verdict::Unavailable),
        };
        Checked { check, verdict }
    }
}

async fn subtle(question: &Question) -> Result<Verdict, JsValue> {
    let runtime = Runtime::get()?;
    let key = match kept(question) {
        Some(key) => key,
        None => {
            let key = import(&runtime, question).await?;
            keep(question, &key);
            key
        }
    };
    let algorithm = verify_algorithm(question)?;
    let signature = Uint8Array::from(question.signature.as_slice());
    let message = Uint8Array::from(question.message.as_slice());
    let promise = runtime.verify.call4(&runtime.subtle, &algorithm, &key, &signature, &message)?;
    Ok((JsFuture::from(promise.dyn_into::<Promise>()?).await? == JsValue::TRUE).into())
}

async fn import(runtime: &Runtime, question: &Question) -> Result<JsValue, JsValue> {
    let (format, key_data) = key_data(&question.key.0)?;
    let arguments = Array::of5(
        &format.into(),
        &key_data,
        &import_algorithm(question)?.into(),
        &JsValue::FALSE,
        &Array::of1(&"verify".into()),
    );
    let import: Function = Reflect::get(&runtime.subtle, &"importKey".into())?.dyn_into()?;
    JsFuture::from(import.apply(&runtime.subtle, &arguments)?.dyn_into::<Promise>()?).await
}

/// `crypto.subtle` and its `verify`, looked up once: each name that crosses costs about a hundredth of a check.
#[derive(Clone)]
struct Runtime {
    subtle: JsValue,
    verify: Function,
}

impl Runtime {
    fn get() -> Result<Self, JsValue> {
        thread_local! {
            static FOUND: OnceCell<Runtime> = const { OnceCell::new() };
        }
        FOUND.with(|found| {
            if let Some(runtime) = found.get() {
                return Ok(runtime.clone());
            }
            let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
            let subtle = Reflect::get(&crypto, &"subtle".into())?;
            let verify = Reflect::get(&subtle, &"verify".into())?.dyn_into()?;
            Ok(found.get_or_init(|| Self { subtle, verify }).clone())
        })
    }
}

/// An imported key holds for its scheme alone, since WebCrypto ties RSA keys to a digest.
type Imported = (PublicKey, Scheme, JsValue);

/// How many imported keys are kept; importing costs a fifth of a check, and one customer signs in with one or two keys.
const KEPT: usize = 8;

thread_local! {
    static IMPORTED: RefCell<VecDeque<Imported>> = const { RefCell::new(VecDeque::new()) };
}

fn kept(question: &Question) -> Option<JsValue> {
    IMPORTED.with_borrow(|keys| {
        let found = keys.iter().find(|(key, scheme, _)| *scheme == question.scheme && *key == question.key);
        found.map(|(_, _, imported)| imported.clone())
    })
}

fn keep(question: &Question, key: &JsValue) {
    IMPORTED.with_borrow_mut(|keys| {
        keys.truncate(KEPT - 1);
        keys.push_front((question.key.clone(), question.scheme, key.clone()));
    });
}

/// `raw` for points (the cheapest import), `jwk` for RSA.
fn key_data(material: &Material) -> Result<(&'static str, JsValue), JsValue> {
    let raw = |bytes: &[u8]| Ok(("raw", Uint8Array::from(bytes).into()));
    match material {
        Material::Ec { point, .. } => raw(point),
        Material::Ed25519(point) => raw(point),
        Material::Ed448(point) => raw(point),
        Material::Rsa { modulus, exponent } => {
            let (n, e) = (base64url::encode(modulus), base64url::encode(exponent));
            let jwk = object(&[("kty", "RSA".into()), ("n", n.into()), ("e", e.into())])?;
            Ok(("jwk", jwk.into()))
        }
    }
}

fn import_algorithm(question: &Question) -> Result<Object, JsValue> {
    match (question.scheme, &question.key.0) {
        (Scheme::Ecdsa(_), Material::Ec { curve, .. }) => {
            object(&[("name", "ECDSA".into()), ("namedCurve", curve_name(*curve).into())])
        }
        (Scheme::RsaPkcs1(hash), _) => {
            object(&[("name", "RSASSA-PKCS1-v1_5".into()), ("hash", hash_name(hash).into())])
        }
        (Scheme::RsaPss(hash), _) => object(&[("name", "RSA-PSS".into()), ("hash", hash_name(hash).into())]),
        _ => object(&[("name", "Ed25519".into())]),
    }
}

/// The parameter of `verify`, made once for each scheme: nothing writes into it.
fn verify_algorithm(question: &Question) -> Result<Object, JsValue> {
    thread_local! {
        static MADE: RefCell<Vec<(Scheme, Object)>> = const { RefCell::new(Vec::new()) };
    }
    MADE.with_borrow_mut(|made| {
        if let Some((_, algorithm)) = made.iter().find(|(scheme, _)| *scheme == question.scheme) {
            return Ok(algorithm.clone());
        }
        let algorithm = algorithm(question.scheme)?;
        made.push((question.scheme, algorithm.clone()));
        Ok(algorithm)
    })
}

fn algorithm(scheme: Scheme) -> Result<Object, JsValue> {
    match scheme {
        Scheme::Ecdsa(hash) => object(&[("name", "ECDSA".into()), ("hash", hash_name(hash).into())]),
        Scheme::RsaPkcs1(_) => object(&[("name", "RSASSA-PKCS1-v1_5".into())]),
        Scheme::RsaPss(hash) => object(&[("name", "RSA-PSS".into()), ("saltLength", hash_bytes(hash).into())]),
        Scheme::Ed25519 | Scheme::Ed448 => object(&[("name", "Ed25519".into())]),
    }
}

fn object(members: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

const fn curve_name(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "P-256",
        Curve::P384 => "P-384",
        Curve::P521 => "P-521",
    }
}

const fn hash_name(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha1 => "SHA-1",
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    }
}

const fn hash_bytes(hash: Hash) -> u32 {
    match hash {
        Hash::Sha1 => 20,
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
        Hash::Sha512 => 64,
    }
}
