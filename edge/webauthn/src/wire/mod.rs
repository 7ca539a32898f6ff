//! The bytes and texts that arrive, parsed strictly once: JSON, base64url, CBOR, client data, authenticator data.
//!
//! Parsers only: no rule of a ceremony may enter. Each takes bytes and returns, whatever they are.

pub(crate) mod authenticator_data;
pub(crate) mod base64url;
pub(crate) mod cbor;
pub(crate) mod client_data;
pub(crate) mod json;
pub(crate) mod response;
