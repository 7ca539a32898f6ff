//! The ceremonies: options from the edge, the passkey from the browser, and to the edge what came of it.

use super::super::dom::{self, Node};
use super::super::send::{self, Problem, promised};
use crate::json;
use crate::passkey::{Asking, Ceremony, Failure};
use js_sys::Promise;
use sekisho_rules::Refusal;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// What waits in the browser without the customer having asked for it. Browsers run one request at a time, and some
    /// never end such a one by themselves: it is taken back before the customer's own.
    static WAITING: RefCell<Option<Node>> = const { RefCell::new(None) };
    /// How many ceremonies of the customer's run.
    static RUNNING: Cell<u32> = const { Cell::new(0) };
}

/// The customer's own ceremony: what waits is taken back, and nothing begins to wait until this is dropped.
pub struct Turn(());

impl Turn {
    pub fn take() -> Self {
        waits(None);
        RUNNING.set(RUNNING.get() + 1);
        Self(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        RUNNING.set(RUNNING.get() - 1);
    }
}

/// Who makes a passkey, or reads which ones the account has, in all tabs of this site.
struct Keeping(JsValue);

impl Keeping {
    /// Who `makes` one takes the turn at once, and whoever was reading tells nobody what it reads.
    async fn take(makes: bool) -> Self {
        Self(JsFuture::from(dom::passkey_turn(makes)).await.unwrap_or(JsValue::UNDEFINED))
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        dom::end_turn(&self.0);
    }
}

/// Whether something may wait in the browser now.
fn may_wait() -> Result<(), Problem> {
    if RUNNING.get() == 0 { Ok(()) } else { Err(Failure::Aborted.into()) }
}

/// Takes back what waits, and lets `controller` be what waits from now on.
pub fn waits(controller: Option<Node>) {
    if let Some(before) = WAITING.replace(controller) {
        dom::abort(&before);
    }
}

/// The whole sign-in; resolves to the edge's answer. With `id`, one of that account's passkeys must answer; with
/// `immediate`, the browser asks only where it has a passkey at hand, and fails at once where not.
#[wasm_bindgen]
pub fn sign_in_with_passkey(id: Option<String>, back: Option<String>, immediate: bool, signal: JsValue) -> Promise {
    let asking = if immediate { Asking::Immediate } else { Asking::Prompt };
    promised(async move { sign_in(id, back, asking, &signal).await })
}

/// A fresh proof within the session; resolves to the edge's answer.
#[wasm_bindgen]
pub fn confirm_with_passkey(signal: JsValue) -> Promise {
    promised(async move { confirm(&signal).await })
}

/// The whole registration; resolves to the edge's answer.
#[wasm_bindgen]
pub fn register_passkey(name: Option<String>, signal: JsValue) -> Promise {
    promised(async move { register(name, false, &signal).await })
}

/// A registration by the browser itself, soon after a login by password; it waits, and gives way to anything else.
#[wasm_bindgen]
pub fn upgrade_to_passkey(signal: JsValue) -> Promise {
    promised(async move { upgrade(&signal).await })
}

/// What this browser can do: `{available, autofill, platform, capabilities}`.
#[wasm_bindgen]
pub fn passkey_support() -> Promise {
    dom::passkey_support()
}

pub async fn sign_in(
    id: Option<String>,
    back: Option<String>,
    asking: Asking,
    signal: &JsValue,
) -> Result<JsValue, Problem> {
    let mut finish: Vec<(&str, &str)> = id.iter().map(|id| ("id", &**id)).collect();
    let begin = json::object(&finish);
    finish.extend(back.iter().map(|back| ("return", &**back)));
    let _turn = if asking == Asking::Autofill { may_wait().map(|()| None)? } else { Some(Turn::take()) };
    get("login", &begin, &finish, asking, signal).await
}

pub async fn confirm(signal: &JsValue) -> Result<JsValue, Problem> {
    let _turn = Turn::take();
    get("step-up", "{}", &[], Asking::Prompt, signal).await
}

/// Begins at the edge with `begin`, asks the browser, finishes with the credential and `finish`.
async fn get(
    what: &str,
    begin: &str,
    finish: &[(&str, &str)],
    asking: Asking,
    signal: &JsValue,
) -> Result<JsValue, Problem> {
    let options = begun(what, begin, signal).await?;
    signed(what, &options, finish, asking, signal).await
}

/// Asks the edge for options, where passkeys are to be had.
pub async fn begun(what: &str, asked: &str, signal: &JsValue) -> Result<JsValue, Problem> {
    if !dom::passkeys_here() {
        return Err(Failure::Unsupported.into());
    }
    send::request(&json::joined(&["/.sekisho/passkey/", what, "/begin"]), asked, signal).await
}

/// Asks the browser for a passkey that signs `options`, and the edge what it makes of it.
pub async fn signed(
    what: &str,
    options: &JsValue,
    finish: &[(&str, &str)],
    asking: Asking,
    signal: &JsValue,
) -> Result<JsValue, Problem> {
    if asking == Asking::Autofill {
        may_wait()?;
    }
    let options = send::member(options, "publicKey");
    let credential = ceremony(dom::get_passkey(&options, asking as u8, signal), Ceremony::SignIn).await?;
    let path = json::joined(&["/.sekisho/passkey/", what, "/finish"]);
    let done = send::request(&path, &body(&credential, finish), signal).await;
    let unknown = |problem: &Problem| problem.failure == Failure::Refused(Refusal::PasskeyUnknown);
    if what == "login" && done.as_ref().is_err_and(unknown) {
        // No account knows it: the device need not offer it again.
        dom::signal_unknown(&options, &credential);
    }
    done
}

pub async fn register(name: Option<String>, upgrade: bool, signal: &JsValue) -> Result<JsValue, Problem> {
    let _turn = if upgrade { may_wait().map(|()| None)? } else { Some(Turn::take()) };
    let options = begun("register", if upgrade { "{\"conditional\":true}" } else { "{}" }, signal).await?;
    if upgrade {
        may_wait()?;
    }
    // Until the account knows it too.
    let _keeping = Keeping::take(true).await;
    let asked = dom::create_passkey(&send::member(&options, "publicKey"), upgrade, signal);
    let credential = ceremony(asked, Ceremony::Register).await?;
    let name: Vec<(&str, &str)> = name.iter().map(|name| ("name", &**name)).collect();
    send::request("/.sekisho/passkey/register/finish", &body(&credential, &name), signal).await
}

async fn upgrade(signal: &JsValue) -> Result<JsValue, Problem> {
    let controller = dom::abortable(signal);
    waits(Some(controller.clone()));
    register(None, true, &dom::signal_of(&controller)).await
}

/// Waits for the browser; gives the credential in its JSON form.
async fn ceremony(asked: Promise, ceremony: Ceremony) -> Result<String, Problem> {
    let answered = JsFuture::from(asked).await;
    let credential = answered.map_err(|error| Failure::of_exception(&send::exception(&error), ceremony))?;
    credential.as_string().ok_or_else(|| Failure::NotAllowed.into())
}

/// `{"credential": <credential>}` with more members beside it.
fn body(credential: &str, more: &[(&str, &str)]) -> String {
    let mut body = json::joined(&["{\"credential\":", credential]);
    for (name, value) in more {
        body = json::joined(&[&body, ",\"", name, "\":", &json::text(value)]);
    }
    body + "}"
}

/// The account's passkeys, told to the programs that keep them as well, so that they forget the others; but not where one was being made
/// meanwhile.
#[cfg(feature = "manage")]
pub async fn list() -> Result<JsValue, Problem> {
    let keeping = Keeping::take(false).await;
    let list = send::answer(dom::ask("/.sekisho/passkeys")).await?;
    let passkeys = js_sys::Array::from(&send::member(&list, "passkeys"));
    let ids: js_sys::Array = passkeys.iter().map(|one| send::member(&one, "id")).collect();
    if dom::holds_turn(&keeping.0) {
        dom::signal_accepted(&send::member(&list, "rp_id"), &send::member(&list, "user"), &ids);
    }
    Ok(list)
}
