//! The mail API: what a mail provider is to the edge, with the demo's mailbox page behind it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{idempotency_key, json};
use crate::Origin;
use crate::problem::Problem;
use crate::store::Letter;

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
