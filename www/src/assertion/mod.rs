//! The signed statement of who is asking: the only thing the origin believes about a request.
//!
//! Nothing here reads a cookie, an address or any other header. See RFC 7519 for the claims, RFC 8725 for the checks.

mod es256;
mod keys;
mod seen;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

pub use keys::Keys;
pub use seen::Seen;

use crate::Origin;
use crate::problem::Problem;

/// The request header that carries the statement.
pub const HEADER: &str = "sekisho-assertion";
/// The only `typ` taken, so that no other token of the same keys can be passed off as a statement (RFC 8725, 3.11).
pub const TYPE: &str = "sekisho-assertion+jwt";
/// How far the edge's clock and ours may be apart, in seconds.
const SKEW: u64 = 5;
/// A longer header is not read.
const LONGEST: usize = 4096;

/// What the edge states about the one who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Asker {
    /// Seconds since the epoch at which the statement was made.
    pub iat: u64,
    /// Seconds since the epoch until which it holds.
    pub exp: u64,
    /// The customer's number; none for a visitor who is not logged in.
    pub sub: Option<String>,
    /// An opaque mark of the session.
    pub sid: Option<String>,
    /// How the customer proved to be the one: `pwd`, or `hwk` and `user`.
    #[serde(default)]
    pub amr: Vec<String>,
    /// Seconds since the epoch of that proof.
    pub auth_time: Option<u64>,
    /// By which entrance the customer came, for instance `pc-main`.
    pub channel: Option<String>,
    /// The name of this one request, where the route has it so. What must happen once must insist on it.
    pub jti: Option<String>,
    /// Its method.
    pub htm: Option<String>,
    /// Its URL without the query.
    pub htu: Option<String>,
}

/// Judges the headers of one request, its `method` and its `path`, at `now` (milliseconds).
///
/// # Errors
/// [`Problem::Unasserted`] for anything but exactly one statement that is signed by a key of the edge's, of our type,
/// for us, not out of date, and not for another request or one that was; [`Problem::KeysUnreachable`] when the keys
/// cannot be had.
pub async fn judge(origin: &Origin, headers: &HeaderMap, method: &str, path: &str, now: u64) -> Result<Asker, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(Problem::Unasserted) };
    let token = value.to_str().ok().filter(|text| text.len() <= LONGEST).ok_or(Problem::Unasserted)?;
    let header = decode_header(token).map_err(|_| Problem::Unasserted)?;
    let plain = header.crit.is_none() && header.jku.is_none() && header.jwk.is_none() && header.x5u.is_none();
    if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some(TYPE) || !plain {
        return Err(Problem::Unasserted);
    }
    let kid = header.kid.ok_or(Problem::Unasserted)?;
    let key = origin.keys.find(&kid, now).await?.ok_or(Problem::Unasserted)?;

    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    validation.set_issuer(&[&origin.settings.issuer]);
    validation.set_audience(&[&origin.settings.audience]);
    // The library would read the clock by itself; the times are compared below with the `now` that was handed in.
    validation.validate_exp = false;
    let asker = decode::<Asker>(token, &key, &validation).map_err(|_| Problem::Unasserted)?.claims;

    let now = now / 1000;
    let current = now < asker.exp.saturating_add(SKEW) && asker.iat <= now.saturating_add(SKEW);
    let named = asker.sub.as_deref().is_none_or(|sub| !sub.is_empty());
    let known = current && named && is_for(&asker, &origin.settings.issuer, method, path);
    let first =
        known && asker.jti.as_deref().is_none_or(|jti| origin.seen.add(jti, asker.exp.saturating_add(SKEW), now));
    if first { Ok(asker) } else { Err(Problem::Unasserted) }
}

/// Whether a statement is for every request, or for this one (RFC 9449, 4.3).
fn is_for(asker: &Asker, issuer: &str, method: &str, path: &str) -> bool {
    match (&asker.jti, &asker.htm, &asker.htu) {
        (None, None, None) => true,
        (Some(jti), Some(htm), Some(htu)) => {
            !jti.is_empty() && htm == method && htu.strip_prefix(issuer).is_some_and(|of| of == path)
        }
        _ => false,
    }
}

/// Lets a request pass with its [`Asker`] beside it, or refuses it.
pub async fn guard(State(origin): State<Arc<Origin>>, mut request: Request, next: Next) -> Response {
    let now = origin.now();
    // The headers are copied because a future that borrows the request's body could not be sent between threads.
    let (headers, method) = (request.headers().clone(), request.method().clone());
    let path = request.uri().path().to_owned();
    match judge(&origin, &headers, method.as_str(), &path, now).await {
        Ok(asker) => {
            request.extensions_mut().insert(asker);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}
