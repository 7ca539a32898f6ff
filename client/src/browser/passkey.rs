//! `<sekisho-passkey>`: one button that logs in, registers or confirms; or the customer's passkeys as cards.

mod ceremonies;
#[cfg(feature = "manage")]
mod manage;

use super::dom::{self, Handler, Listening, Node, Timer};
use super::send::{self, Problem};
use crate::passkey::{Asking, Failure};
use crate::wording::{Lang, Text, fill};
use ceremonies::{confirm, register, sign_in, waits};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

const PRESSED: u32 = 0;
const STALE: u32 = 1;

/// How long an offer in the autofill stands before it is renewed, so that its challenge is fresh when it is taken.
const RENEW_MS: u64 = 240_000;

/// The drawing and the state of one `<sekisho-passkey>`.
#[wasm_bindgen]
pub struct PasskeyView(Rc<View>);

struct View {
    host: Node,
    root: Node,
    happens: Handler,
    parts: RefCell<Option<Parts>>,
    lang: Cell<Lang>,
    listening: RefCell<Listening>,
    /// The offer in the autofill that is pending, to be taken back before anything else is asked of the browser.
    offer: RefCell<Option<Node>>,
    renewal: RefCell<Option<Timer>>,
    busy: Cell<bool>,
    #[cfg(feature = "manage")]
    cards: RefCell<Option<Rc<manage::Cards>>>,
}

struct Parts {
    button: Node,
    message: Node,
    warning: Node,
}

#[wasm_bindgen]
impl PasskeyView {
    /// Takes over `host` and its closed shadow `root`.
    #[wasm_bindgen(constructor)]
    pub fn new(host: JsValue, root: JsValue) -> Self {
        let view = Rc::new_cyclic(|weak: &std::rc::Weak<View>| {
            let weak = weak.clone();
            let happens = Handler::new(move |what: u32, _event: JsValue| {
                let Some(view) = weak.upgrade() else { return };
                if what == PRESSED { view.pressed() } else { view.offer() }
            });
            View {
                host,
                root,
                happens,
                parts: RefCell::default(),
                lang: Cell::default(),
                listening: RefCell::default(),
                offer: RefCell::default(),
                renewal: RefCell::default(),
                busy: Cell::new(false),
                #[cfg(feature = "manage")]
                cards: RefCell::default(),
            }
        });
        #[cfg(feature = "manage")]
        const MORE: &str = include_str!("style/manage.css");
        #[cfg(not(feature = "manage"))]
        const MORE: &str = "";
        let style = concat!(include_str!("style/base.css"), include_str!("style/passkey.css"));
        dom::dress(&view.root, &crate::json::joined(&[style, MORE]));
        view.render();
        view.offer();
        Self(view)
    }

    /// An attribute of the host has changed.
    pub fn changed(&self, _name: &str) {
        self.0.render();
        self.0.offer();
    }

    /// The element has left the page.
    pub fn disconnect(&self) {
        self.0.listening.borrow_mut().stop();
        self.0.take_back();
        self.0.parts.take();
        #[cfg(feature = "manage")]
        self.0.cards.take();
        dom::empty(&self.0.root);
    }
}

/// What a `<sekisho-passkey>` is for.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    SignIn,
    Register,
    Confirm,
    Manage,
}

impl View {
    fn mode(&self) -> Mode {
        match dom::attribute(&self.host, "mode").as_deref() {
            Some("register") => Mode::Register,
            Some("confirm") => Mode::Confirm,
            Some("manage") => Mode::Manage,
            _ => Mode::SignIn,
        }
    }

    fn render(self: &Rc<Self>) {
        let lang = dom::lang(&self.host);
        self.lang.set(lang);
        dom::empty(&self.root);
        let mode = self.mode();
        let wrap = dom::add(&self.root, "div", &[("class", "wrap"), ("lang", lang.tag())]);
        #[cfg(feature = "manage")]
        self.cards.replace((mode == Mode::Manage).then(|| manage::Cards::new(self.host.clone(), wrap.clone(), lang)));
        // Where passkeys are not to be had, nothing is offered that cannot work.
        if mode == Mode::Manage || !dom::passkeys_here() {
            self.parts.take();
            return;
        }
        if mode == Mode::Register {
            dom::add_text(&wrap, "p", &[("part", "offer"), ("class", "offer")], Text::PkOffer, lang);
        }
        let text = match mode {
            Mode::SignIn => Text::PkSignIn,
            Mode::Register => Text::PkCreate,
            Mode::Confirm | Mode::Manage => Text::PkConfirm,
        };
        let attributes =
            [("type", "button"), ("part", "button"), ("class", "button main"), ("aria-describedby", "note")];
        let button = dom::add_text(&wrap, "button", &attributes, text, lang);
        dom::add_text(&wrap, "p", &[("id", "note"), ("part", "note"), ("class", "note")], Text::PkBefore, lang);
        let message = dom::add(&wrap, "p", &[("part", "message"), ("class", "message"), ("role", "status")]);
        let warning = dom::add(&wrap, "p", &[("part", "message"), ("class", "message warning")]);
        let mut listening = Listening::default();
        listening.trusted(&button, "click", &self.happens, PRESSED);
        *self.listening.borrow_mut() = listening;
        *self.parts.borrow_mut() = Some(Parts { button, message, warning });
        self.say(None, false, "");
    }

    fn pressed(self: &Rc<Self>) {
        if self.busy.replace(true) {
            return;
        }
        self.take_back();
        self.say(None, false, "");
        self.mark_busy();
        let view = Rc::clone(self);
        send::run(async move {
            let signal = JsValue::UNDEFINED;
            let mut done = view.run(&signal).await;
            if done.as_ref().is_err_and(|problem| problem.failure.begins_again()) {
                done = view.run(&signal).await;
            }
            view.busy.set(false);
            view.mark_busy();
            match done {
                Ok(answer) => view.succeeded(&answer),
                Err(problem) => {
                    view.failed(problem);
                    view.offer();
                }
            }
        });
    }

    async fn run(&self, signal: &JsValue) -> Result<JsValue, Problem> {
        match self.mode() {
            Mode::SignIn => sign_in(None, dom::attribute(&self.host, "return"), Asking::Prompt, signal).await,
            Mode::Register => register(dom::attribute(&self.host, "name"), false, signal).await,
            Mode::Confirm | Mode::Manage => confirm(signal).await,
        }
    }

    /// Offers passkeys in the page's autofill, where the page wants it and the browser can.
    fn offer(self: &Rc<Self>) {
        self.take_back();
        let wanted = self.mode() == Mode::SignIn && dom::attribute(&self.host, "autofill").is_some();
        if !wanted || self.busy.get() || self.parts.borrow().is_none() {
            return;
        }
        let controller = dom::abortable(&JsValue::UNDEFINED);
        waits(Some(controller.clone()));
        *self.offer.borrow_mut() = Some(controller.clone());
        *self.renewal.borrow_mut() = Some(Timer::after(RENEW_MS, &self.happens, STALE));
        let view = Rc::clone(self);
        send::run(async move {
            let can = JsFuture::from(dom::autofill_here()).await.is_ok_and(|can| can.is_truthy());
            let mine = || view.offer.borrow().as_ref() == Some(&controller);
            if !can || !mine() {
                return;
            }
            let done =
                sign_in(None, dom::attribute(&view.host, "return"), Asking::Autofill, &dom::signal_of(&controller))
                    .await;
            // An offer that was taken back or renewed meanwhile has nothing more to say.
            if !mine() {
                return;
            }
            match done {
                Ok(answer) => view.succeeded(&answer),
                Err(problem) if problem.failure.begins_again() => view.offer(),
                Err(problem) => view.failed(problem),
            }
        });
    }

    fn take_back(&self) {
        self.renewal.take();
        if let Some(controller) = self.offer.take() {
            dom::abort(&controller);
        }
    }

    fn succeeded(&self, answer: &JsValue) {
        self.take_back();
        let (said, event) = match self.mode() {
            Mode::SignIn => (Text::PkDone, None),
            Mode::Register => (Text::PkCreated, Some("sekisho-registered")),
            Mode::Confirm | Mode::Manage => (Text::PkDone, Some("sekisho-confirmed")),
        };
        self.say(Some(said), false, "good");
        if let Some(event) = event {
            dom::emit(&self.host, event, answer, false);
        } else if dom::emit(&self.host, "sekisho-signed-in", answer, true)
            && let Some(next) = send::member(answer, "next").as_string()
        {
            dom::go(&next);
        }
    }

    fn failed(&self, problem: Problem) {
        let failure = problem.failure;
        self.say(failure.says(), failure.warns_of_fake_sites(), "bad");
        if failure != Failure::Aborted {
            let detail = send::object(&[("code", failure.code().into())]);
            dom::emit(&self.host, "sekisho-passkey-failed", &detail, false);
        }
    }

    fn say(&self, text: Option<Text>, warns: bool, state: &str) {
        let lang = self.lang.get();
        let domain = dom::attribute(&self.host, "domain").unwrap_or_else(dom::host_name);
        let worded = |text: Text| fill(text.lang(lang), &[("domain", &domain)]);
        let parts = self.parts.borrow();
        let Some(parts) = &*parts else { return };
        let warning = if warns && self.mode() != Mode::Register { worded(Text::PkNoReact) } else { String::new() };
        for (node, said) in [(&parts.message, text.map(worded).unwrap_or_default()), (&parts.warning, warning)] {
            dom::set(node, "data-state", state);
            dom::set_text(node, &said);
        }
    }

    fn mark_busy(&self) {
        if let Some(parts) = &*self.parts.borrow() {
            dom::set(&parts.button, "aria-disabled", if self.busy.get() { "true" } else { "false" });
        }
    }
}
