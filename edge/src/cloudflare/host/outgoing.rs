//! Requests that the house itself sends, by the runtime's fetch: a time limit over the whole exchange, a cap on the
//! answer, no redirect followed.

use super::{Cloudflare, request as request_of, within};
use crate::host::{Outgoing, Unreached};
use futures_util::TryStreamExt as _;
use http::{HeaderName, HeaderValue};
use js_sys::Uint8Array;
use std::time::Duration;
use worker::web_sys::{RequestInit, RequestRedirect};
use worker::{AbortController, AbortSignal, Fetch, Headers, ResponseBody};

/// The longest answer that is taken.
const LONGEST: usize = 64 * 1024;

impl Outgoing for Cloudflare {
    async fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<http::Response<Vec<u8>>, Unreached> {
        let abort = AbortController::default();
        let signal = abort.signal();
        match within(limit, exchange(&request, &signal)).await {
            Ok(answer) => answer.map_err(|fault| Unreached(fault.to_string())),
            Err(late) => {
                // Frees the connection, which nobody waits for any more.
                abort.abort();
                Err(late)
            }
        }
    }
}

async fn exchange(
    request: &http::Request<Vec<u8>>,
    signal: &AbortSignal,
) -> Result<http::Response<Vec<u8>>, worker::Error> {
    let headers = Headers::new();
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(|_| worker::Error::from("a header that is no text"))?;
        headers.append(name.as_str(), value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers(headers.as_ref());
    init.set_redirect(RequestRedirect::Manual);
    if !request.body().is_empty() {
        init.set_body(&Uint8Array::from(request.body().as_slice()));
    }
    let outgoing = request_of(&request.uri().to_string(), &init)?;
    let mut response = Fetch::Request(outgoing).send_with_signal(signal).await?;

    let mut answer = http::Response::new(Vec::new());
    *answer.status_mut() =
        response.status_code().try_into().map_err(|_| worker::Error::from("a status out of range"))?;
    for (name, value) in response.headers().entries() {
        let (name, value) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()));
        if let (Ok(name), Ok(value)) = (name, value) {
            answer.headers_mut().append(name, value);
        }
    }
    if !matches!(response.body(), ResponseBody::Stream(_)) {
        return Ok(answer);
    }
    let mut body = response.stream()?;
    while let Some(chunk) = body.try_next().await? {
        if answer.body().len() + chunk.len() > LONGEST {
            return Err(worker::Error::from("the answer is longer than 64 KiB"));
        }
        answer.body_mut().extend_from_slice(&chunk);
    }
    Ok(answer)
}
