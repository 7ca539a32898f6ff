//! What happened at the edge and the broker has to know.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::{idempotency_key, json};
use crate::Origin;
use crate::problem::Problem;
use crate::store::Profile;

#[derive(Deserialize)]
struct Kind {
    event: String,
}

#[derive(Deserialize)]
struct AccountOpened {
    customer: String,
    profile: Profile,
}

/// Takes one event, at least once delivered: the same idempotency key again changes nothing.
pub(super) async fn receive(
    State(origin): State<Arc<Origin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let key = idempotency_key(&headers)?;
    let event: Value = json(&headers, &body)?;
    let kind = Kind::deserialize(&event).map_err(|_| Problem::Malformed)?;
    if kind.event != "account.opened" {
        return Err(Problem::UnknownEvent);
    }
    let opened = AccountOpened::deserialize(&event).map_err(|_| Problem::Malformed)?;
    if opened.customer.is_empty() {
        return Err(Problem::Malformed);
    }
    origin.store.account_opened(key, &opened.customer, &opened.profile, origin.now())?;
    Ok(StatusCode::NO_CONTENT)
}
