//! Is this the password of a customer from before the edge? Asked once per customer: the edge then keeps its own hash.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::json;
use crate::Origin;
use crate::problem::Problem;
use crate::store::Answer;

/// What the edge asks. It has no Debug on purpose.
#[derive(Deserialize)]
struct Question {
    customer: String,
    password: String,
}

/// Answers `match` with the profile, `no_match` or `locked`.
pub(super) async fn verify(
    State(origin): State<Arc<Origin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let question: Question = json(&headers, &body)?;
    let now = origin.now();
    let answer = tokio::task::spawn_blocking(move || origin.store.verify(&question.customer, &question.password, now))
        .await
        .map_err(|_| Problem::Fault)??;
    Ok(Json(match answer {
        Answer::Match(profile) => json!({ "answer": "match", "profile": profile }),
        Answer::NoMatch => json!({ "answer": "no_match" }),
        Answer::Locked => json!({ "answer": "locked" }),
    }))
}
