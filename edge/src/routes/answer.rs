//! What an endpoint answers with, and how headers are set on it.

use super::No;
use http::{HeaderMap, HeaderValue, Response, header};
use sekisho_rules::Refusal;
use serde::Serialize;

pub(crate) type Answer = Result<Response<Vec<u8>>, No>;

/// A JSON answer.
pub(crate) fn json<T: Serialize>(value: &T) -> Answer {
    let body = serde_json::to_vec(value).map_err(|_| No::from(Refusal::Unavailable))?;
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Sets a header; a value that is no header value, which we never make, is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}

/// As [`set`], beside those of the same name.
pub(crate) fn append(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}
