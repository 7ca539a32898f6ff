//! What an endpoint answers with, or why it does not, and how headers are set on it.

use crate::bound::Lost;
use crate::host::Unreached;
use http::{HeaderMap, HeaderValue, Response, header};
use sekisho_rules::{Refusal, Standing};
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
