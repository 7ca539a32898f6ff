//! What an endpoint answers with, or why it does not and how that is said, and how headers are read and set.

use crate::bound::Lost;
use crate::gate::problem;
use crate::host::Unreached;
use crate::{House, pages};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sekisho_rules::{Refusal, Standing, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

/// Why an endpoint does not answer with what was asked.
pub(crate) struct No {
    pub refusal: Refusal,
    pub extra: Map<String, Value>,
    /// What failed, for the operator's log alone.
    pub(super) cause: Option<String>,
    /// How the account has said that the session stands. That it is not shown on its device says nothing of it.
    pub(super) over: Option<Standing>,
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, extra: Map::new(), cause: None, over: None }
    }
}

impl From<Unreached> for No {
    fn from(unreached: Unreached) -> Self {
        Self { cause: Some(unreached.to_string()), ..Self::from(Refusal::Unavailable) }
    }
}

impl From<Lost> for No {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Over(standing) => Self::standing(standing),
            Lost::Unreached(unreached) => unreached.into(),
            Lost::Moved => lost.refusal().into(),
        }
    }
}

impl No {
    pub fn with(refusal: Refusal, name: &str, value: impl Into<Value>) -> Self {
        let mut no = Self::from(refusal);
        no.extra.insert(name.to_owned(), value.into());
        no
    }

    /// How a session stands that is not live.
    pub fn standing(standing: Standing) -> Self {
        let refusal = if standing == Standing::Idle { Refusal::SessionIdle } else { Refusal::NoSession };
        Self { over: Some(standing).filter(|standing| *standing != Standing::Unknown), ..Self::from(refusal) }
    }
}

pub(crate) type Answer = Result<Response<Vec<u8>>, No>;

/// A JSON answer.
pub(crate) fn json<T: Serialize>(value: &T) -> Answer {
    let body = serde_json::to_vec(value).map_err(|_| No::from(Refusal::Unavailable))?;
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// The text of a header; nothing where it is not there. It may be more than ASCII: one cookie of the application's that is must not
/// hide ours, which stand in the same header.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| str::from_utf8(value.as_bytes()).ok()).unwrap_or_default()
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

impl House {
    /// A page for whoever `navigates`, a problem document for anything else.
    pub(super) fn refused(&self, no: &No, (reference, navigates): (&str, bool), now: Timestamp) -> Response<Vec<u8>> {
        let until = no.extra.get("until").and_then(Value::as_u64).map(Timestamp::from_millis);
        let (kind, body) = if navigates {
            ("text/html; charset=utf-8", pages::refusal(&self.config, no.refusal, (until, None), reference))
        } else {
            ("application/problem+json", problem(no.refusal, reference, no.extra.clone()).to_string())
        };
        let mut response = Response::new(body.into_bytes());
        *response.status_mut() = StatusCode::from_u16(no.refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if navigates {
            set(headers, "content-security-policy", &pages::policy("'none'"));
        }
        if no.refusal.status() == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Sekisho"));
        }
        if let Some(until) = until {
            set(headers, "retry-after", &((until - now).as_secs() + 1).to_string());
        }
        response
    }
}
