//! The door for the edge itself: mail, verification of old passwords, events. The gate denies it to browsers.
//!
//! No statement is asked for here: these calls come from the worker, not from a customer. Each carries the bearer
//! token of its door, compared in constant time.

mod events;
mod mail;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;

use crate::Origin;
use crate::problem::Problem;

/// No call of the edge's is longer, in bytes.
const LARGEST: usize = 256 * 1024;

/// The internal paths, relative to `/internal`.
pub fn routes(origin: Arc<Origin>) -> Router<Arc<Origin>> {
    let mail = Router::new()
        .route("/mail/v1/send", post(mail::send))
        .route("/sms/v1/send", post(mail::send_sms))
        .route_layer(from_fn_with_state(Arc::clone(&origin), mail_token));
    let edge = Router::new()
        .route("/verify", post(verify::verify))
        .route("/events", post(events::receive))
        .route_layer(from_fn_with_state(origin, origin_token));
    mail.merge(edge).fallback(|| async { Problem::NotFound }).layer(DefaultBodyLimit::max(LARGEST))
}

async fn mail_token(State(origin): State<Arc<Origin>>, request: Request, next: Next) -> Response {
    admit(&origin.settings.mail_token, request, next).await
}

async fn origin_token(State(origin): State<Arc<Origin>>, request: Request, next: Next) -> Response {
    admit(&origin.settings.origin_token, request, next).await
}

async fn admit(token: &str, request: Request, next: Next) -> Response {
    let shown =
        request.headers().get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    match shown {
        Some(shown) if bool::from(shown.ct_eq(token.as_bytes())) => next.run(request).await,
        _ => Problem::WrongToken.into_response(),
    }
}

/// The body as JSON of the expected form.
fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Problem::Malformed);
    }
    serde_json::from_slice(body).map_err(|_| Problem::Malformed)
}

/// The idempotency key of a call that may come more than once.
fn idempotency_key(headers: &HeaderMap) -> Result<&str, Problem> {
    headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| !key.is_empty() && key.len() <= 255)
        .ok_or(Problem::Malformed)
}
