//! What the edge itself asks of, and tells to, the broker's application: its own password check for customers not yet
//! adopted, and the news of a new account. JSON over HTTPS, a bearer token, a time limit, typed answers.

use crate::House;
use crate::account::Profile;
use crate::config::Endpoint;
use crate::host::{Outgoing, Unreached};
use http::{Method, Request, StatusCode, header};
use sekisho_rules::{Secret, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use zeroize::Zeroizing;

/// That the origin's own check accepted a password. Only this module makes one, from the origin's answer.
pub struct Vouched {
    profile: Option<Box<Profile>>,
}

impl Vouched {
    /// Who the customer is, if the origin told.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_deref()
    }
}

/// Two fields and no tagged enum, whose reader would be the only one of its kind in the worker.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    answer: Word,
    #[serde(default)]
    profile: Option<Box<Profile>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Match,
    NoMatch,
    Locked,
}

/// Asks the origin whether `password` is the customer's. None where it is not, or the origin holds the customer back.
///
/// # Errors
/// Where no typed answer came in time: nobody is signed in on a guess.
pub async fn verify_elsewhere<O: Outgoing>(
    outgoing: &O,
    endpoint: &Endpoint,
    token: &Secret,
    customer: &str,
    password: &Secret,
) -> Result<Option<Vouched>, Unreached> {
    #[derive(Serialize)]
    struct Question<'a> {
        customer: &'a str,
        password: &'a str,
    }
    let body = Zeroizing::new(encode(&Question { customer, password: password.expose() })?);
    let answer = post(outgoing, &endpoint.url, token, None, &body, endpoint.timeout).await?;
    if answer.status() != StatusCode::OK {
        return Err(Unreached(format!("the origin's check answered {}", answer.status().as_u16())));
    }
    match crate::wire::read(answer.body()) {
        Ok(Answer { answer: Word::Match, profile }) => Ok(Some(Vouched { profile })),
        Ok(Answer { profile: None, .. }) => Ok(None),
        _ => Err(Unreached("the origin's check answered out of form".into())),
    }
}

/// Tells the origin of a new account. At least once: the origin takes the same key once.
///
/// # Errors
/// Where the origin did not take it; it is told again later.
pub(crate) async fn tell_opened<O: Outgoing>(
    house: &House,
    outgoing: &O,
    endpoint: &Endpoint,
    key: &str,
    at: Timestamp,
    customer: &str,
    profile: Option<Profile>,
) -> Result<(), Unreached> {
    #[derive(Serialize)]
    struct Event<'a> {
        event: &'static str,
        at: Timestamp,
        customer: &'a str,
        profile: Option<Profile>,
    }
    let body = encode(&Event { event: "account.opened", at, customer, profile })?;
    let answer = post(outgoing, &endpoint.url, &house.origin_token, Some(key), &body, endpoint.timeout).await?;
    match answer.status().is_success() {
        true => Ok(()),
        false => Err(Unreached(format!("the origin answered {} to an event", answer.status().as_u16()))),
    }
}

/// The JSON of `value`.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Unreached> {
    serde_json::to_vec(value).map_err(|fault| Unreached(fault.to_string()))
}

/// Posts JSON with a bearer token and, where the receiver must take it once, an idempotency key.
pub(crate) async fn post<O: Outgoing>(
    outgoing: &O,
    url: &str,
    token: &Secret,
    key: Option<&str>,
    body: &[u8],
    limit: Duration,
) -> Result<http::Response<Vec<u8>>, Unreached> {
    let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, bearer.as_str());
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let request = request.body(body.to_vec()).map_err(|fault| Unreached(fault.to_string()))?;
    outgoing.send(request, limit).await
}
