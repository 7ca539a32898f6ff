//! `<sekisho-idle-warning>`: counts down from the edge's last word, in any number of tabs. Without a shadow root it draws
//! nothing and only tells, for a page with a dialog of its own.

mod dialog;

use super::dom::{self, Handler, Listening, Node, Timer};
use super::send::{self, Problem, member};
use crate::idle::{Deadline, Phase};
use crate::passkey::Failure;
use crate::wording::Lang;
use sekisho_rules::Refusal;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

const LOOK: u32 = 0;
const WOKEN: u32 = 1;
const SHOWN: u32 = 2;
const STAY: u32 = 3;
const LEAVE: u32 = 4;
const CANCEL: u32 = 5;
const OTHER_TAB: u32 = 6;
const NOTE_OVER: u32 = 7;
const CLOSED: u32 = 8;

const RETRY_MS: u64 = 10_000;
const SEEN_MS: u64 = 1_000;

thread_local! {
    static VIEWS: RefCell<Vec<Weak<View>>> = const { RefCell::new(Vec::new()) };
}

/// Every warning of the page learns what an answer of the edge said.
pub fn heard(said: Deadline) {
    let views = VIEWS.with_borrow_mut(|views| {
        views.retain(|view| view.strong_count() > 0);
        views.clone()
    });
    for view in views.iter().filter_map(Weak::upgrade) {
        view.adopt(said);
    }
}

/// Tells the other tabs that this one has signed out.
#[wasm_bindgen]
pub fn signed_out() {
    dom::tell(&send::object(&[("out", "signed_out".into())]));
}

/// The drawing and the state of one `<sekisho-idle-warning>`.
#[wasm_bindgen]
pub struct IdleView(Rc<View>);

struct View {
    host: Node,
    root: Node,
    happens: Handler,
    parts: RefCell<Option<Parts>>,
    lang: Cell<Lang>,
    listening: RefCell<Listening>,
    timer: RefCell<Option<Timer>>,
    note: RefCell<Option<Timer>>,
    deadline: Cell<Option<Deadline>>,
    /// The seconds last shown, while the dialog is open.
    shown: Cell<Option<u64>>,
    /// Whether the edge has been asked since the last minutes began by our count.
    confirmed: Cell<bool>,
    asking: Cell<bool>,
    ended: Cell<bool>,
    veil: RefCell<Option<Node>>,
}

struct Parts {
    dialog: Node,
    body: Node,
    countdown: Node,
    spoken: Node,
    failed: Node,
    stay: Node,
    note: Node,
}

#[wasm_bindgen]
impl IdleView {
    /// Takes over `host` and its closed shadow `root`; with an undefined one `host` is any event target, which is told.
    #[wasm_bindgen(constructor)]
    pub fn new(host: JsValue, root: JsValue) -> Self {
        let view = Rc::new_cyclic(|weak: &Weak<View>| {
            let weak = weak.clone();
            let happens = Handler::new(move |what: u32, event: JsValue| {
                if let Some(view) = weak.upgrade() {
                    view.happened(what, &event);
                }
            });
            View {
                host,
                root,
                happens,
                parts: RefCell::default(),
                lang: Cell::default(),
                listening: RefCell::default(),
                timer: RefCell::default(),
                note: RefCell::default(),
                deadline: Cell::new(None),
                shown: Cell::new(None),
                confirmed: Cell::new(false),
                asking: Cell::new(false),
                ended: Cell::new(false),
                veil: RefCell::default(),
            }
        });
        if view.draws() {
            dom::dress(&view.root, concat!(include_str!("../style/base.css"), include_str!("../style/idle.css")));
            view.render();
        } else {
            view.watch_page(&mut view.listening.borrow_mut());
        }
        VIEWS.with_borrow_mut(|views| views.push(Rc::downgrade(&view)));
        view.ask(Why::Start);
        Self(view)
    }

    /// An attribute of the host has changed.
    pub fn changed(&self, name: &str) {
        if name == "lang" {
            self.0.shown.set(None);
            self.0.render();
            self.0.look();
        }
    }

    /// Milliseconds to the end by the edge's last word; none while that is not known.
    pub fn remaining(&self) -> Option<f64> {
        self.0.deadline.get().map(|deadline| deadline.remaining(dom::reading()) as f64)
    }

    /// The element has left the page.
    pub fn disconnect(&self) {
        self.0.ended.set(true);
        self.0.listening.borrow_mut().stop();
        self.0.timer.take();
        self.0.note.take();
        if self.0.parts.take().is_some() {
            dom::empty(&self.0.root);
        }
    }
}

/// Why the edge is asked; it decides what a failure to reach it means.
#[derive(Clone, Copy, PartialEq)]
enum Why {
    /// The element has come, or the deadline is not known yet.
    Start,
    /// The last minutes begin by our count.
    Window,
    /// The time is up by our count.
    Over,
    /// The page came back out of the back/forward cache, or another tab said that it signed out.
    Doubt,
}

impl View {
    fn happened(self: &Rc<Self>, what: u32, event: &JsValue) {
        match what {
            LOOK | WOKEN => self.look(),
            // Nothing of the page is seen before the edge has said that the session still stands.
            SHOWN if dom::persisted(event) => {
                let veil = self.veil.take().unwrap_or_else(dom::hide_page);
                self.veil.replace(Some(veil));
                // What was known, asked or ended before the page was left says nothing now.
                self.deadline.set(None);
                self.asking.set(false);
                self.ended.set(false);
                self.ask(Why::Doubt);
            }
            STAY => self.stay(),
            CANCEL => {
                dom::prevent(event);
                self.stay();
            }
            LEAVE => self.leave(),
            // Not by us: a browser lets Esc be refused once only. The countdown goes on, so the dialog comes back.
            CLOSED if self.shown.take().is_some() => self.look(),
            OTHER_TAB => self.other_tab(event),
            NOTE_OVER => self.say_note(""),
            _ => {}
        }
    }

    fn other_tab(self: &Rc<Self>, said: &JsValue) {
        if member(said, "out").as_string().is_some() {
            // A message between tabs is believed only so far that the edge is asked.
            self.ask(Why::Doubt);
            return;
        }
        let number = |name| member(said, name).as_f64().filter(|number| number.is_finite() && *number >= 0.0);
        let now = dom::reading();
        if let (Some(remaining), Some(window), Some(timeout), Some(wall)) =
            (number("remaining"), number("window"), number("timeout"), number("wall"))
        {
            // The tabs share the wall clock: a message that waited in a frozen tab is as old as that says.
            let age = (now.wall - wall).max(0.0);
            self.take_in(Deadline {
                remaining_ms: (remaining - age).max(0.0) as u64,
                window_ms: window as u64,
                timeout_ms: timeout as u64,
                said_at: now,
            });
        }
    }

    /// Takes the edge's word, and passes it on to the other tabs.
    fn adopt(self: &Rc<Self>, said: Deadline) {
        dom::tell(&send::object(&[
            ("remaining", (said.remaining_ms as f64).into()),
            ("window", (said.window_ms as f64).into()),
            ("timeout", (said.timeout_ms as f64).into()),
            ("wall", said.said_at.wall.into()),
        ]));
        self.take_in(said);
    }

    fn take_in(self: &Rc<Self>, said: Deadline) {
        if self.ended.get() {
            return;
        }
        self.deadline.set(Some(said));
        if matches!(said.phase(dom::reading()), Phase::Quiet { .. }) {
            self.confirmed.set(false);
        }
        self.look();
    }

    /// Looks at the clocks and does what is due.
    fn look(self: &Rc<Self>) {
        if self.ended.get() {
            return;
        }
        let Some(deadline) = self.deadline.get() else {
            self.ask(Why::Start);
            return;
        };
        let wait_ms = match deadline.phase(dom::reading()) {
            Phase::Quiet { wait_ms } => {
                self.close();
                wait_ms
            }
            Phase::Over => {
                self.ask(Why::Over);
                return;
            }
            Phase::Warning { wait_ms, .. } if !self.confirmed.get() => {
                self.ask(Why::Window);
                wait_ms
            }
            Phase::Warning { seconds, wait_ms } => {
                self.count(seconds, &deadline);
                wait_ms
            }
        };
        self.look_after(wait_ms);
    }

    /// Looks again after `wait_ms`; every second while the page is seen, because no event tells of a machine that slept.
    fn look_after(&self, wait_ms: u64) {
        self.look_later(if dom::page_visible() { wait_ms.min(SEEN_MS) } else { wait_ms });
    }

    fn look_later(&self, wait_ms: u64) {
        *self.timer.borrow_mut() = Some(Timer::after(wait_ms, &self.happens, LOOK));
    }

    /// Asks the edge in the background how long the session has.
    fn ask(self: &Rc<Self>, why: Why) {
        if self.asking.replace(true) || self.ended.get() {
            return;
        }
        let view = Rc::clone(self);
        send::run(async move {
            let said_at = dom::reading();
            let mut answer = send::ask_session().await;
            // A step-up may have given the browser another id while this was on its way under the old one.
            if matches!(&answer, Err(problem) if gone(problem) == Some(Refusal::NoSession.code())) {
                answer = send::ask_session().await;
            }
            view.asking.set(false);
            if why == Why::Window {
                view.confirmed.set(true);
            }
            match answer {
                Ok(session) => {
                    if let Some(veil) = view.veil.take() {
                        dom::show_page(&veil);
                    }
                    view.believe(&session, said_at);
                }
                Err(problem) => view.unanswered(problem, why),
            }
        });
    }

    /// Takes in `{remaining_ms, window_ms, timeout_ms}`; false where the answer is not of that form.
    fn believe(self: &Rc<Self>, session: &JsValue, said_at: crate::idle::Reading) -> bool {
        let number = |name| member(session, name).as_f64().filter(|number| *number >= 0.0).map(|number| number as u64);
        let (Some(remaining_ms), Some(window_ms), Some(timeout_ms)) =
            (number("remaining_ms"), number("window_ms"), number("timeout_ms"))
        else {
            return false;
        };
        self.adopt(Deadline { remaining_ms, window_ms, timeout_ms, said_at });
        true
    }

    fn unanswered(self: &Rc<Self>, problem: Problem, why: Why) {
        match (gone(&problem), why) {
            (Some(reason), _) => self.end(reason),
            // Out of reach with the time up: by the edge's own last word the session has ended.
            (None, Why::Over) => self.end("session_idle"),
            (None, Why::Window) => self.look(),
            (None, Why::Start | Why::Doubt) => self.look_later(RETRY_MS),
        }
    }

    /// One request; only its answer counts.
    fn stay(self: &Rc<Self>) {
        if self.asking.replace(true) {
            return;
        }
        self.mark_busy(true);
        let view = Rc::clone(self);
        send::run(async move {
            let said_at = dom::reading();
            let quiet = JsValue::UNDEFINED;
            let extend = || send::request("/.sekisho/session/extend", "{}", &quiet);
            let mut answer = extend().await;
            // As in `ask`: another tab's step-up may have overtaken it.
            if matches!(&answer, Err(problem) if gone(problem) == Some(Refusal::NoSession.code())) {
                answer = extend().await;
            }
            view.asking.set(false);
            view.mark_busy(false);
            match answer {
                Ok(session) => {
                    view.believe(&session, said_at);
                    view.extended();
                }
                Err(problem) => match gone(&problem) {
                    Some(reason) => view.end(reason),
                    None => view.say_failed(),
                },
            }
        });
    }

    fn leave(self: &Rc<Self>) {
        let view = Rc::clone(self);
        send::run(async move {
            match send::request("/.sekisho/logout", "{}", &JsValue::UNDEFINED).await {
                Ok(_) => {
                    signed_out();
                    view.end("signed_out");
                }
                Err(problem) => match gone(&problem) {
                    Some(reason) => view.end(reason),
                    None => view.say_failed(),
                },
            }
        });
    }

    /// The session is over: the page hears of it, and is left unless it objects.
    fn end(&self, reason: &str) {
        if self.ended.replace(true) {
            return;
        }
        self.timer.take();
        let detail = send::object(&[("reason", reason.into())]);
        // Where nothing is drawn, what follows is the page's own affair.
        if dom::emit(&self.host, "sekisho-session-ended", &detail, true) && self.draws() {
            let word = match reason {
                "session_idle" => "timeout",
                "signed_out" => "self",
                _ => "other",
            };
            dom::go_out(&dom::attribute(&self.host, "logged-out").unwrap_or_else(|| "/login".to_owned()), word);
        }
    }
}

/// Why the session is over, where the edge said that it is.
fn gone(problem: &Problem) -> Option<&'static str> {
    match problem.failure {
        Failure::Refused(refusal @ (Refusal::SessionIdle | Refusal::NoSession)) => Some(refusal.code()),
        _ => None,
    }
}
