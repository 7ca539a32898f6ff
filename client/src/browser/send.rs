//! Requests to the edge: the body is built in wasm memory, sent from there, and wiped.

use super::dom::{self, Node};
use super::{fields, idle};
use crate::{idle::Deadline, json, passkey::Failure};
use js_sys::{Object, Promise, Reflect};
use sekisho_rules::{Refusal, Secret};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

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

/// POSTs the object of `names` and `values` to `path`: a value is a string, or an `<input>` whose text is taken here.
///
/// What a board typed into such an input is wiped as soon as the body is written, and the body as soon as the browser
/// has copied it.
#[wasm_bindgen]
pub fn send(path: &str, names: Vec<String>, values: Vec<JsValue>, signal: JsValue) -> Promise {
    let texts: Vec<Secret> = values.iter().map(text_of).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().map(Secret::expose)).collect();
    let sent = post(path, &json::object(&fields), &signal);
    promised(answer(sent))
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

fn text_of(value: &JsValue) -> Secret {
    match value.as_string() {
        Some(text) => Secret::new(text),
        None => fields::take(value),
    }
}

fn promised(answer: impl Future<Output = Result<JsValue, Problem>> + 'static) -> Promise {
    future_to_promise(async move { answer.await.map_err(Problem::into_js) })
}

/// POSTs `body`; the answer is yet to be read by [`answer`].
pub fn post(path: &str, body: &[u8], signal: &JsValue) -> Promise {
    // An address in wasm memory is 32 bits wide.
    let start = body.as_ptr() as usize as u32;
    let length = body.len() as u32;
    dom::post(path, &wasm_bindgen::memory(), start, length, signal)
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
    answer(post(path, body.as_bytes(), signal)).await
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
