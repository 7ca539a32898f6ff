//! The page, as far as the wasm may touch it: `dom.js`, function by function.
//!
//! Not web-sys: its glue looks every method up at the time of use, so that a script which replaces `createElement` or
//! `TextDecoder.decode` on the page would be shown the board's keys. `dom.js` takes what it needs when it is loaded.

use crate::{
    idle::Reading,
    wording::{Lang, Text},
};
use wasm_bindgen::prelude::*;

/// A node, event or other thing of the page.
pub type Node = JsValue;

#[wasm_bindgen(module = "/src/browser/dom.js")]
extern "C" {
    pub fn make(tag: &str) -> Node;
    pub fn append(parent: &Node, child: &Node);
    pub fn empty(parent: &Node);
    pub fn set_text(element: &Node, text: &str);
    pub fn set(element: &Node, name: &str, value: &str);
    pub fn unset(element: &Node, name: &str);
    pub fn attribute(element: &Node, name: &str) -> Option<String>;
    pub fn width(element: &Node) -> f64;
    pub fn focus(element: &Node);
    pub fn show_modal(dialog: &Node);
    pub fn close_dialog(dialog: &Node);
    pub fn checked(checkbox: &Node) -> bool;
    pub fn set_checked(checkbox: &Node, on: bool);
    pub fn by_id(near: &Node, id: &str) -> Option<Node>;
    pub fn form_of(input: &Node, id: &str) -> Option<Node>;
    pub fn control_value(form: &Node, name: &str) -> String;
    pub fn label_of(input: &Node) -> String;
    pub fn coarse() -> bool;
    pub fn font_size(element: &Node) -> f64;
    pub fn dress(root: &Node, css: &str);
    pub fn hide_page() -> Node;
    pub fn show_page(veil: &Node);
    fn language(element: &Node) -> String;

    pub fn random() -> u32;
    fn intern(at: u32, name: &str);
    pub fn draw(key: &Node, code: u32, name: u32);
    pub fn draw_last(place: &Node, code: u32);

    fn listen(target: &Node, kind: &str, callback: &JsValue, tag: u32, capture: bool) -> JsValue;
    fn on(target: &Node, kind: &str, callback: &JsValue, tag: u32) -> JsValue;
    fn on_resize(element: &Node, callback: &JsValue, tag: u32) -> JsValue;
    fn call(stop: &JsValue);
    pub fn page() -> Node;
    pub fn document_() -> Node;
    pub fn page_visible() -> bool;
    pub fn prevent(event: &JsValue);
    pub fn key_name(event: &JsValue) -> String;
    pub fn persisted(event: &JsValue) -> bool;
    pub fn emit(target: &Node, kind: &str, detail: &JsValue, cancelable: bool) -> bool;
    pub fn emit_input(input: &Node);

    pub fn is_masked(input: &Node) -> bool;
    pub fn is_writable(input: &Node) -> bool;
    pub fn value(input: &Node) -> String;
    pub fn nfc(text: &str) -> String;
    pub fn set_value(input: &Node, text: &str);
    pub fn caret(input: &Node) -> u32;
    pub fn caret_end(input: &Node) -> u32;
    pub fn set_caret(input: &Node, at: u32);
    pub fn submit(input: &Node);

    pub fn kept(key: &str) -> String;
    pub fn keep(key: &str, text: &str);

    fn wall() -> f64;
    fn steady() -> f64;
    fn after(ms: f64, callback: &JsValue, tag: u32) -> JsValue;
    fn cancel(timer: &JsValue);
    pub fn clock_time(ms: f64, tag: &str) -> String;
    #[cfg(feature = "manage")]
    pub fn date_time(ms: f64, tag: &str) -> String;

    // Not caught: `fetch` never throws, and the glue's catching would hand the memory to `Function.prototype.apply`.
    pub fn post(path: &str, body: &str, signal: &JsValue) -> js_sys::Promise;
    pub fn ask(path: &str) -> js_sys::Promise;
    pub fn ok(response: &JsValue) -> bool;
    pub fn status(response: &JsValue) -> u16;
    pub fn session_header(response: &JsValue) -> Option<String>;
    pub fn read_json(response: &JsValue) -> js_sys::Promise;
    pub fn go(path: &str);
    pub fn go_out(path: &str, reason: &str);
    pub fn host_name() -> String;

    pub fn passkeys_here() -> bool;
    pub fn autofill_here() -> js_sys::Promise;
    pub fn passkey_support() -> js_sys::Promise;
    pub fn get_passkey(options: &JsValue, asking: u8, signal: &JsValue) -> js_sys::Promise;
    pub fn create_passkey(options: &JsValue, conditional: bool, signal: &JsValue) -> js_sys::Promise;
    pub fn signal_unknown(options: &JsValue, credential: &str);
    #[cfg(feature = "manage")]
    pub fn signal_accepted(rp_id: &JsValue, user: &JsValue, ids: &js_sys::Array);
    pub fn passkey_turn(makes: bool) -> js_sys::Promise;
    #[cfg(feature = "manage")]
    pub fn holds_turn(turn: &JsValue) -> bool;
    pub fn end_turn(turn: &JsValue);
    pub fn abortable(signal: &JsValue) -> JsValue;
    pub fn signal_of(controller: &JsValue) -> JsValue;
    pub fn abort(controller: &JsValue);

    pub fn tell(message: &JsValue);
    fn hear(callback: &JsValue, tag: u32) -> JsValue;
}

/// Both clocks.
pub fn reading() -> Reading {
    Reading { steady: steady(), wall: wall() }
}

/// The language that holds at `element`.
pub fn lang(element: &Node) -> Lang {
    Lang::of(&language(element))
}

/// An element with attributes, inside `parent`.
pub fn add(parent: &Node, tag: &str, attributes: &[(&str, &str)]) -> Node {
    let element = make(tag);
    for (name, value) in attributes {
        set(&element, name, value);
    }
    append(parent, &element);
    element
}

/// The same with a text in it.
pub fn add_text(parent: &Node, tag: &str, attributes: &[(&str, &str)], text: Text, lang: Lang) -> Node {
    let element = add(parent, tag, attributes);
    set_text(&element, text.lang(lang));
    element
}

/// Sets a boolean attribute, or takes it off.
pub fn flag(element: &Node, name: &str, on: bool) {
    if on { set(element, name, "") } else { unset(element, name) }
}

/// The names of the keys as numbers for [`draw`]: the place of `key` in the table that [`intern_names`] filled.
pub fn name_number(key: char, lang: Lang) -> u32 {
    u32::from(key) * 2 + lang.choose(0, 1)
}

/// Hands every key's name over once, at the start, so that later only numbers pass.
pub fn intern_names() {
    for key in '!'..='~' {
        for lang in [Lang::Ja, Lang::En] {
            intern(name_number(key, lang), &crate::keyboard::spoken::name(key, lang));
        }
    }
}

/// What an element does when something happens to it: one function for all, told apart by a number.
pub type Handler = Closure<dyn Fn(u32, JsValue)>;

/// Listeners and timers that end when this is dropped.
#[derive(Default)]
#[must_use = "dropping it ends the listening"]
pub struct Listening {
    stops: Vec<JsValue>,
}

impl Listening {
    /// Calls `handler` with `tag` when the customer (never a script) causes `kind` on `target`.
    pub fn trusted(&mut self, target: &Node, kind: &str, handler: &Handler, tag: u32) {
        self.stops.push(listen(target, kind, handler.as_ref(), tag, false));
    }

    /// The same before the listeners of the page.
    pub fn trusted_first(&mut self, target: &Node, kind: &str, handler: &Handler, tag: u32) {
        self.stops.push(listen(target, kind, handler.as_ref(), tag, true));
    }

    /// Calls `handler` also for what a script dispatched.
    pub fn any(&mut self, target: &Node, kind: &str, handler: &Handler, tag: u32) {
        self.stops.push(on(target, kind, handler.as_ref(), tag));
    }

    /// Calls `handler` with `tag` when the size of `element` changes.
    pub fn resize(&mut self, element: &Node, handler: &Handler, tag: u32) {
        self.stops.push(on_resize(element, handler.as_ref(), tag));
    }

    /// Calls `handler` with `tag` and what another tab of this site said.
    pub fn other_tabs(&mut self, handler: &Handler, tag: u32) {
        self.stops.push(hear(handler.as_ref(), tag));
    }

    /// Ends all of it.
    pub fn stop(&mut self) {
        self.stops.drain(..).for_each(|stop| call(&stop));
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A timer that is cancelled on drop.
#[must_use = "dropping it cancels the timer"]
pub struct Timer(JsValue);

impl Timer {
    /// Calls `handler` with `tag` after `ms` milliseconds.
    pub fn after(ms: u64, handler: &Handler, tag: u32) -> Self {
        Self(after(ms as f64, handler.as_ref(), tag))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        cancel(&self.0);
    }
}
