//! A forge of responses: an authenticator in software whose every output can be bent in one place and is signed after
//! the bending, so that the one fault is the only one.
#![allow(dead_code, reason = "each test file uses its own part of the forge")]

pub mod assertion;
pub mod cbor;
pub mod certificate;
pub mod der;
pub mod registration;
pub mod signer;
pub mod statement;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub const RP_ID: &str = "broker.example";
pub const ORIGIN: &str = "https://www.broker.example";
pub const CHALLENGE: [u8; 32] = [0x5a; 32];
pub const AAGUID: [u8; 16] = [0xa5; 16];

/// A change to one layer of a response, made before the layers around it are built.
pub type Edit<T> = Box<dyn FnOnce(&mut T)>;

pub fn no_edit<T>() -> Edit<T> {
    Box::new(|_| {})
}

pub fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

pub fn client_data(kind: &str) -> Value {
    serde_json::json!({"type": kind, "challenge": b64(&CHALLENGE), "origin": ORIGIN, "crossOrigin": false})
}
