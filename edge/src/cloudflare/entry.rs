//! What the shim calls for a request. Requests and answers cross as plain strings and bytes; the runtime's own objects
//! stay with the shim.

use super::host::Cloudflare;
use super::{house, log, now, rng, with_house};
use crate::gate::{COOKIE, Course, Decision, problem, stripped as taken};
use crate::risk::Platform;
use crate::tally;
use http::{HeaderName, HeaderValue};
use js_sys::{Array, Uint8Array};
use sekisho_rules::Refusal;
use serde_json::Map;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

/// The hot path: what becomes of the request that `packed` describes, without asking anybody; nothing where there is no house.
#[wasm_bindgen]
pub fn decide(env: &Env, packed: &str) -> String {
    let Some(house) = house(env) else { return String::new() };
    let decision = house.decide_packed(now(), packed);
    log(&house);
    decision
}

/// What this isolate has counted since it was last asked, as a JSON object; nothing where nothing was.
#[wasm_bindgen]
pub fn told() -> Option<String> {
    with_house(|house| house.tally().take_counts(now())).flatten()
}

/// What becomes of a request that [`decide`] answered with `ask`.
#[wasm_bindgen]
pub async fn resolve(env: Env, packed: String) -> String {
    match (house(&env), rng()) {
        (Some(house), Ok(mut rng)) => {
            let host = Cloudflare::new(env, house.config().limits.object_call);
            let decision = house.resolve(&host, now(), &mut rng, &packed).await;
            log(&house);
            decision
        }
        _ => unavailable(),
    }
    .pack()
}

/// What becomes of a request that [`decide`] or [`resolve`] answered with `park`, and where it passes the body that is sent and the
/// request that it then is.
#[wasm_bindgen]
pub async fn park(env: Env, packed: String, body: Vec<u8>) -> Array {
    let (Some(house), Ok(mut rng)) = (house(&env), rng()) else {
        return Array::of1(&unavailable().pack().into());
    };
    let host = Cloudflare::new(env, house.config().limits.object_call);
    let sent = house.park(&host, now(), &mut rng, &packed, &body).await;
    log(&house);
    Array::of3(&sent.decision.pack().into(), &sent.body.into(), &sent.request.into())
}

/// How long the origin may take to the head of its answer, in milliseconds.
#[wasm_bindgen]
pub fn origin_timeout(env: &Env) -> u32 {
    house(env).map_or(0, |house| millis(house.config().origin.timeout))
}

/// What a request is told whose origin did not answer: not in time where `late`, else for that `cause`.
#[wasm_bindgen]
pub fn unreachable(env: Env, packed: &str, late: bool, cause: &str) -> String {
    match house(&env) {
        Some(house) => {
            let host = Cloudflare::new(env, house.config().limits.object_call);
            let decision = house.unreachable(&host, packed, (late, cause), now());
            log(&house);
            decision
        }
        None => unavailable(),
    }
    .pack()
}

/// How long a stream may flow that the request `packed` has just opened, in milliseconds.
#[wasm_bindgen]
pub fn stream_lease(env: &Env, packed: &str) -> u32 {
    house(env).map_or(0, |house| millis(house.stream_lease(packed, now())))
}

/// How much longer it may, in milliseconds: 0 where its session has ended, -1 where it may be opened again.
///
/// # Errors
/// Throws where the account cannot be asked in time.
#[wasm_bindgen]
pub async fn stream_goes_on(env: Env, packed: String) -> Result<i32, JsValue> {
    let Some(house) = house(&env) else { return Ok(0) };
    let host = Cloudflare::new(env, house.config().limits.object_call);
    match house.stream_goes_on(&host, &packed, now()).await {
        Ok(Course::On(time)) => Ok(i32::try_from(millis(time)).unwrap_or(i32::MAX)),
        Ok(Course::Again) => Ok(-1),
        Ok(Course::Over) => Ok(0),
        Err(unreached) => Err(unreached.to_string().into()),
    }
}

/// Whether the session of the request `packed` has gone on under another id meanwhile; see [`House::has_gone_on`].
#[wasm_bindgen]
pub fn has_gone_on(env: &Env, packed: &str) -> bool {
    house(env).is_none_or(|house| house.has_gone_on(packed, now()))
}

fn millis(time: Duration) -> u32 {
    time.as_millis().try_into().unwrap_or(u32::MAX)
}

/// The header names that are taken off every request before it is forwarded; see [`taken`].
#[wasm_bindgen]
pub fn stripped(env: &Env) -> String {
    house(env).map_or_else(String::new, |house| taken(&house.config().origin))
}

/// What the names of all our cookies begin with: they are taken off every request before it is forwarded.
#[wasm_bindgen]
pub fn cookie_prefix() -> String {
    COOKIE.to_owned()
}

/// The longest body that [`answer`] is handed whole, in bytes; of a longer one, one byte more is enough to refuse it.
#[wasm_bindgen]
pub fn body_limit(env: &Env) -> usize {
    house(env).map_or(0, |house| house.config().limits.body)
}

/// Answers a request to one of our own routes: `[status, [name, value, name, value …], body]`. `headers` comes in the
/// same flat form, `client` as JSON: what the platform says of who asks.
#[wasm_bindgen]
pub async fn answer(
    env: Env,
    method: String,
    url: String,
    headers: Vec<String>,
    client: String,
    body: Vec<u8>,
) -> Array {
    let Some(house) = house(&env) else { return bare(&unavailable()) };
    let Ok(mut rng) = rng() else { return bare(&unavailable()) };
    let Some(mut request) = request(&method, &url, &headers, body) else { return bare(&refused(Refusal::Malformed)) };
    request.extensions_mut().insert(Platform::read(&client));
    let host = Cloudflare::new(env, house.config().limits.object_call);
    let response = house.answer(&host, now(), &mut rng, request).await;
    log(&house);
    let (parts, body) = response.into_parts();
    let lines = Array::new();
    for (name, value) in &parts.headers {
        if let Ok(value) = value.to_str() {
            lines.push(&name.as_str().into());
            lines.push(&value.into());
        }
    }
    Array::of3(&parts.status.as_u16().into(), &lines, &Uint8Array::from(body.as_slice()))
}

fn request(method: &str, url: &str, headers: &[String], body: Vec<u8>) -> Option<http::Request<Vec<u8>>> {
    let mut request = http::Request::new(body);
    *request.method_mut() = method.parse().ok()?;
    *request.uri_mut() = url.parse().ok()?;
    for pair in headers.chunks_exact(2) {
        let [name, value] = pair else { return None };
        let (name, value) = (name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?);
        request.headers_mut().append(name, value);
    }
    Some(request)
}

fn unavailable() -> Decision {
    refused(Refusal::Unavailable)
}

/// A refusal that no house words.
fn refused(refusal: Refusal) -> Decision {
    let headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let reference = tally::reference(now(), 0);
    Decision::Refuse { status: refusal.status(), headers, body: problem(refusal, &reference, Map::new()).to_string() }
}

fn bare(decision: &Decision) -> Array {
    let Decision::Refuse { status, headers, body } = decision else { return Array::new() };
    let lines: Array = headers.iter().flat_map(|(name, value)| [JsValue::from(name), JsValue::from(value)]).collect();
    Array::of3(&(*status).into(), &lines, &Uint8Array::from(body.as_bytes()))
}
