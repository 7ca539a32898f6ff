//! Refusals as RFC 9457 problem documents.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal of the origin's: a stable code for machines, one English sentence for a developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No valid statement of who is asking.
    Unasserted,
    /// The statement names no customer, and this path needs one.
    NoCustomer,
    /// The edge's keys could not be fetched, so no statement can be judged.
    KeysUnreachable,
    /// The internal call carries no bearer token, or another one.
    WrongToken,
    /// The internal call is not of the expected form.
    Malformed,
    /// The internal call names an event that is not known here.
    UnknownEvent,
    /// No such path.
    NotFound,
    /// The path knows another method.
    MethodNotAllowed,
    /// A fault of ours.
    Fault,
}

impl Problem {
    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unasserted => (StatusCode::UNAUTHORIZED, "unasserted", "A valid Sekisho-Assertion is needed."),
            Self::NoCustomer => {
                (StatusCode::UNAUTHORIZED, "no_customer", "This path needs a customer who is logged in.")
            }
            Self::KeysUnreachable => {
                (StatusCode::SERVICE_UNAVAILABLE, "keys_unreachable", "The edge's keys could not be fetched.")
            }
            Self::WrongToken => (StatusCode::UNAUTHORIZED, "wrong_token", "The bearer token is not the expected one."),
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", "The request is not of the expected form."),
            Self::UnknownEvent => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_event", "This event is not known here."),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is nothing at this path."),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Another method is needed.")
            }
            Self::Fault => (StatusCode::INTERNAL_SERVER_ERROR, "fault", "The origin failed; nothing more is known."),
        }
    }

    /// The HTTP status that carries it.
    pub const fn status(self) -> StatusCode {
        self.row().0
    }

    /// The stable code.
    pub const fn code(self) -> &'static str {
        self.row().1
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = self.row();
        let body = json!({
            "type": format!("urn:sekisho:origin:{code}"),
            "title": title,
            "status": status.as_u16(),
            "code": code,
        });
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl From<crate::store::StoreError> for Problem {
    fn from(error: crate::store::StoreError) -> Self {
        eprintln!("sekisho-www: {error}");
        Self::Fault
    }
}
