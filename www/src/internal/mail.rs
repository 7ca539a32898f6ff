//! The mail API, and the one for text messages: what providers are to the edge, with the demo's mailbox page behind both.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{idempotency_key, json};
use crate::Origin;
use crate::problem::Problem;
use crate::store::{Address, Letter};

/// Takes one mail; the same idempotency key twice is one mail, and the same answer.
pub(super) async fn send(
    State(origin): State<Arc<Origin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let key = idempotency_key(&headers)?;
    let letter: Letter = json(&headers, &body)?;
    if letter.to.is_empty() {
        return Err(Problem::Malformed);
    }
    let id = origin.store.receive_mail(key, &letter, origin.now())?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": id.to_string() }))))
}

/// A text message as its API takes it.
#[derive(Deserialize)]
pub(super) struct Message {
    /// The number, `+81…`.
    to: String,
    /// What it says.
    text: String,
}

/// Takes one text message; it lies in the mailbox beside the letters, under its number.
pub(super) async fn send_sms(
    State(origin): State<Arc<Origin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let key = idempotency_key(&headers)?;
    let Message { to, text } = json(&headers, &body)?;
    let address = |address: &str| Address { address: address.to_owned(), name: String::new() };
    let subject = String::from("SMS");
    let letter =
        Letter { from: address("SMS"), to: vec![address(&to)], subject, text, html: None, headers: Default::default() };
    let id = origin.store.receive_mail(key, &letter, origin.now())?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": id.to_string() }))))
}
