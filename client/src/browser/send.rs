//! Requests to the edge. A password is sealed in wasm memory and wiped there; the page sees ciphertext alone.

use super::dom::{self, Node};
use super::{fields, idle};
use crate::{idle::Deadline, json, passkey::Failure};
use js_sys::{Object, Promise, Reflect};
use sekisho_rules::sealing::{LONGEST, Place};
use sekisho_rules::{Refusal, Secret};
use std::pin::Pin;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

/// Why a request gave no answer that can be used.
pub struct Problem {
    /// What it was.
    pub failure: Failure,
    /// The HTTP status, or 0 where there was no answer.
    pub status: u16,
    /// The edge's problem document (RFC 9457), or undefined.
    pub document: JsValue,
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self { failure, status: 0, document: JsValue::UNDEFINED }
    }
}

impl Problem {
    /// The plain object from which the package makes its `SekishoError`.
    pub fn into_js(self) -> JsValue {
        object(&[("code", self.failure.code().into()), ("status", self.status.into()), ("document", self.document)])
    }
}

/// A plain object of `members`.
pub fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a fresh plain object cannot fail.
        let _set = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// The member `name` of `value`; undefined where there is none.
pub fn member(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// What a field of a request holds.
enum Value {
    /// A text of the page's.
    Open(String),
    /// A password, as it stands in an `<input>`; sealed before it is sent.
    Password(Secret),
}

/// POSTs the object of `names` and `values` to `path`: a value is a string, or an `<input>` with a password, whose text is
/// taken here and sealed.
///
/// What a board typed into such an input is wiped from it at once; the text itself when the answer is there.
#[wasm_bindgen]
pub fn send(path: String, names: Vec<String>, values: Vec<JsValue>, signal: JsValue) -> Promise {
    let values = values.iter().map(|value| match value.as_string() {
        Some(text) => Value::Open(text),
        None => Value::Password(fields::take(value)),
    });
    let fields: Vec<(String, Value)> = names.into_iter().zip(values).collect();
    promised(async move {
        match send_once(&path, &fields, &signal).await {
            // Its ten minutes have run out on the way, or the keys were changed: the customer need not know.
            Err(problem) if problem.failure.begins_again() => send_once(&path, &fields, &signal).await,
            answer => answer,
        }
    })
}

async fn send_once(path: &str, fields: &[(String, Value)], signal: &JsValue) -> Result<JsValue, Problem> {
    let sealed = fields.iter().any(|(_, value)| matches!(value, Value::Password(_)));
    let said = if sealed { request("/.sekisho/attempt", "{}", signal).await? } else { JsValue::UNDEFINED };
    let said = |name| member(&said, name).as_string().unwrap_or_default();
    let (attempt, key) = (said("attempt"), said("key"));
    let id = fields.iter().find_map(|(name, value)| match value {
        Value::Open(text) if name == "id" => Some(text.as_str()),
        _ => None,
    });
    let mut texts = Vec::with_capacity(fields.len() + 1);
    for (name, value) in fields {
        let text = match value {
            Value::Open(text) => text.clone(),
            Value::Password(text) => {
                let place = Place { attempt: &attempt, path, id: id.unwrap_or_default(), field: name };
                let fits = text.expose().len() <= LONGEST;
                let refusal = if fits { Refusal::Unavailable } else { Refusal::TooLarge };
                sealed_form(text, &place, &key).ok_or(Failure::Refused(refusal))?
            }
        };
        texts.push((name.as_str(), text));
    }
    if sealed {
        texts.push(("attempt", attempt.clone()));
    }
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
    request(path, &json::object(&texts), signal).await
}

#[cfg(feature = "sealing")]
fn sealed_form(text: &Secret, place: &Place, key: &str) -> Option<String> {
    super::with_random(|rng| crate::seal::seal(text, place, key, rng)).flatten()
}

/// A build without sealing is made to be weighed and sends no password.
#[cfg(not(feature = "sealing"))]
fn sealed_form(_: &Secret, _: &Place, _: &str) -> Option<String> {
    None
}

/// Whether two inputs hold the same text, whoever typed it.
#[wasm_bindgen]
pub fn same(one: &JsValue, other: &JsValue) -> bool {
    fields::text(one) == fields::text(other)
}

/// A background question to the edge: never extends the session.
#[wasm_bindgen]
pub fn session() -> Promise {
    promised(ask_session())
}

/// What a `Response` of the page's own says of the session.
#[wasm_bindgen]
pub fn observe(response: &JsValue) {
    note_session(response, dom::reading());
}

/// The promise that the package gets. Boxed, so that the machinery around a promise is compiled once and not per request.
pub fn promised(answer: impl Future<Output = Result<JsValue, Problem>> + 'static) -> Promise {
    let answer: Pin<Box<dyn Future<Output = Result<JsValue, Problem>>>> = Box::pin(answer);
    future_to_promise(async move { answer.await.map_err(Problem::into_js) })
}

/// Runs `work` in the background; boxed for the same reason.
pub fn run(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    spawn_local(work);
}

/// Waits for the answer and reads it.
pub async fn answer(sent: Promise) -> Result<JsValue, Problem> {
    // From before the wait: the network's delay may shorten the session's countdown, never lengthen it.
    let sent_at = dom::reading();
    let response = JsFuture::from(sent).await.map_err(|error| match exception(&error).as_str() {
        "AbortError" => Failure::Aborted,
        _ => Failure::Network,
    })?;
    note_session(&response, sent_at);
    let status = dom::status(&response);
    let read = JsFuture::from(dom::read_json(&response)).await.unwrap_or(JsValue::UNDEFINED);
    if dom::ok(&response) && read.is_object() {
        return Ok(read);
    }
    // An answer that is no problem document of ours comes from something between us and the edge.
    let code = member(&read, "code").as_string().unwrap_or_default();
    let refusal = Refusal::from_code(&code).unwrap_or(Refusal::Unavailable);
    Err(Problem { failure: Failure::Refused(refusal), status, document: read })
}

/// POSTs `body` and reads the answer.
pub async fn request(path: &str, body: &str, signal: &JsValue) -> Result<JsValue, Problem> {
    answer(dom::post(path, body, signal)).await
}

/// The session as the edge sees it, asked in the background.
pub async fn ask_session() -> Result<JsValue, Problem> {
    answer(dom::ask("/.sekisho/session")).await
}

/// The name of a `DOMException`.
pub fn exception(error: &JsValue) -> String {
    member(error, "name").as_string().unwrap_or_default()
}

fn note_session(response: &Node, sent_at: crate::idle::Reading) {
    let header = dom::session_header(response);
    if let Some(said) = header.and_then(|header| Deadline::of_header(&header, sent_at)) {
        idle::heard(said);
    }
}
