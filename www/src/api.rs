//! What the pages ask the broker for, as JSON.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::json;

use crate::Origin;
use crate::assertion::Asker;
use crate::problem::Problem;

/// The API's paths.
pub fn routes() -> Router<Arc<Origin>> {
    Router::new().route("/api/balance", get(balance))
}

/// The balance of the customer who is asking: `{customer, currency, cash, at}`, `cash` in yen, `at` in milliseconds.
async fn balance(State(origin): State<Arc<Origin>>, Extension(asker): Extension<Asker>) -> Result<Response, Problem> {
    let number = asker.sub.ok_or(Problem::NoCustomer)?;
    // The event of an opening may arrive a moment after the first login.
    let cash = origin.store.customer(&number)?.map(|customer| customer.cash);
    let body = json!({ "customer": number, "currency": "JPY", "cash": cash, "at": origin.now() });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
