//! The customer's passkeys as cards: name, when made, when last used, whether synced; renamed and deleted in place.
//!
//! A deletion is asked once more on its card. Where the login is too old for it, one of the passkeys signs just this
//! deletion, and the page need not send its customer away.

use super::ceremonies::{Turn, begun, list, signed};
use crate::browser::dom::{self, Handler, Listening, Node};
use crate::browser::send::{self, Problem};
use crate::json;
use crate::passkey::{Asking, Failure};
use crate::wording::{Lang, Managing, Text, fill};
use js_sys::{Array, Promise};
use sekisho_rules::Refusal;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

// What happened stands above the card's place in the list.
const RENAME: u32 = 0;
const DELETE: u32 = 1;
const SAVE: u32 = 2;
const SURE: u32 = 3;
const CANCEL: u32 = 4;
const KEY: u32 = 5;
const ELSEWHERE: u32 = 6;

/// The longest name that the edge takes, in characters.
const LONGEST_NAME: &str = "64";

/// The account's passkeys; resolves to the edge's answer, and tells the programs that keep them.
#[wasm_bindgen]
pub fn list_passkeys() -> Promise {
    send::promised(list())
}

/// Deletes a passkey; with `confirmed`, one of the account's passkeys signs just this deletion.
#[wasm_bindgen]
pub fn delete_passkey(id: String, confirmed: bool, lang: String, signal: JsValue) -> Promise {
    send::promised(async move {
        let lang = Lang::of(&lang);
        let done = if confirmed { confirm_deletion(&id, lang, &signal, |_| ()).await } else { delete(&id).await };
        done?;
        list().await
    })
}

async fn delete(id: &str) -> Result<JsValue, Problem> {
    send::request("/.sekisho/passkeys/delete", &json::object(&[("id", id)]), &JsValue::UNDEFINED).await
}

/// `show` gets the sentence that the passkey is about to sign.
async fn confirm_deletion(id: &str, lang: Lang, signal: &JsValue, show: impl FnOnce(&str)) -> Result<JsValue, Problem> {
    let _turn = Turn::take();
    let asked = json::object(&[("operation", "delete_passkey"), ("id", id), ("lang", lang.tag())]);
    let options = begun("confirm", &asked, signal).await?;
    show(&send::member(&options, "text").as_string().unwrap_or_default());
    signed("confirm", &options, &[], Asking::Prompt, signal).await
}

/// One passkey as the edge tells it.
struct Card {
    id: String,
    name: String,
    created: f64,
    last_used: Option<f64>,
    synced: bool,
    icon: Option<String>,
}

/// What a card is open for.
#[derive(Clone, Copy, PartialEq)]
enum Doing {
    Renaming,
    Deleting,
}

/// The list of one `<sekisho-passkey mode="manage">`.
pub struct Cards {
    host: Node,
    message: Node,
    place: Node,
    lang: Lang,
    happens: Handler,
    listening: RefCell<Listening>,
    outside: RefCell<Listening>,
    cards: RefCell<Vec<Card>>,
    open: Cell<Option<(usize, Doing)>>,
    field: RefCell<Option<Node>>,
    busy: Cell<bool>,
    /// How often the list was asked for, and which of these questions the cards stand by.
    asked: Cell<u32>,
    drawn: Cell<u32>,
}

impl Cards {
    /// Draws into `wrap` and asks the edge for the list.
    pub fn new(host: Node, wrap: Node, lang: Lang) -> Rc<Self> {
        let message =
            dom::add(&wrap, "p", &[("part", "message"), ("class", "message"), ("role", "status"), ("tabindex", "-1")]);
        let place = dom::add(&wrap, "div", &[]);
        let cards = Rc::new_cyclic(|weak: &std::rc::Weak<Self>| {
            let weak = weak.clone();
            let happens = Handler::new(move |what: u32, event: JsValue| {
                if let Some(cards) = weak.upgrade() {
                    cards.happened(what & 0xff, (what >> 8) as usize, &event);
                }
            });
            Self {
                host,
                message,
                place,
                lang,
                happens,
                listening: RefCell::default(),
                outside: RefCell::default(),
                cards: RefCell::default(),
                open: Cell::default(),
                field: RefCell::default(),
                busy: Cell::new(false),
                asked: Cell::new(0),
                drawn: Cell::new(0),
            }
        });
        // Another element of the page has registered one.
        cards.outside.borrow_mut().any(&dom::document_(), "sekisho-registered", &cards.happens, ELSEWHERE);
        cards.load("");
        cards
    }

    fn happened(self: &Rc<Self>, what: u32, at: usize, event: &JsValue) {
        if self.busy.get() {
            return;
        }
        match what {
            RENAME => self.turn(Some((at, Doing::Renaming))),
            DELETE => self.turn(Some((at, Doing::Deleting))),
            SAVE => self.rename(at),
            SURE => self.delete(at),
            CANCEL => self.close(),
            KEY => match dom::key_name(event).as_str() {
                "Enter" if matches!(self.open.get(), Some((_, Doing::Renaming))) => {
                    dom::prevent(event);
                    self.rename(at);
                }
                "Escape" => self.close(),
                _ => {}
            },
            _ => self.load(""),
        }
    }

    /// Opens a card, or closes the one that is open.
    fn turn(&self, open: Option<(usize, Doing)>) {
        self.open.set(open);
        self.say("", "");
        self.draw(None);
    }

    /// Closes the card that is open; the focus goes back to the button that opened it.
    fn close(&self) {
        let back = self.open.get();
        self.open.set(None);
        self.say("", "");
        self.draw(back);
    }

    /// Asks the edge for the list and draws it; `change` is what has just become of it. An answer that another's has overtaken is that of
    /// before: the cards stay as they are.
    fn load(self: &Rc<Self>, change: &'static str) {
        let this = Rc::clone(self);
        let asked = self.asked.get() + 1;
        self.asked.set(asked);
        send::run(async move {
            match list().await {
                Ok(answer) => {
                    if this.drawn.get() < asked {
                        let passkeys = Array::from(&send::member(&answer, "passkeys"));
                        this.cards.replace(passkeys.iter().map(|one| Card::of(&one)).collect());
                        this.drawn.set(asked);
                        this.open.set(None);
                        this.draw(None);
                    }
                    let count = this.cards.borrow().len() as u32;
                    let detail = send::object(&[("count", count.into()), ("change", change.into())]);
                    dom::emit(&this.host, "sekisho-passkeys", &detail, false);
                }
                Err(problem) => this.failed(&problem),
            }
        });
    }

    fn rename(self: &Rc<Self>, at: usize) {
        let name = self.field.borrow().as_ref().map(dom::value).unwrap_or_default();
        let Some(id) = self.id(at) else { return };
        if name.trim().is_empty() {
            return self.say(Managing::NeedName.lang(self.lang), "bad");
        }
        let this = Rc::clone(self);
        self.busy.set(true);
        send::run(async move {
            let body = json::object(&[("id", &id), ("name", name.trim())]);
            let done = send::request("/.sekisho/passkeys/rename", &body, &JsValue::UNDEFINED).await;
            this.settle(done, Managing::Renamed, "renamed");
        });
    }

    fn delete(self: &Rc<Self>, at: usize) {
        let Some(id) = self.id(at) else { return };
        let this = Rc::clone(self);
        self.busy.set(true);
        send::run(async move {
            let stale = |problem: &Problem| problem.failure == Failure::Refused(Refusal::InsufficientAuthentication);
            let mut done = delete(&id).await;
            if done.as_ref().is_err_and(stale) {
                let before = Text::PkBefore.lang(this.lang);
                let show = |text: &str| this.say(&json::joined(&[text, before]), "good");
                done = confirm_deletion(&id, this.lang, &JsValue::UNDEFINED, show).await;
            }
            this.settle(done, Managing::Deleted, "deleted");
        });
    }

    fn settle(self: &Rc<Self>, done: Result<JsValue, Problem>, text: Managing, change: &'static str) {
        self.busy.set(false);
        match done {
            Ok(_) => {
                self.load(change);
                self.say(text.lang(self.lang), "good");
            }
            Err(problem) => self.failed(&problem),
        }
        dom::focus(&self.message);
    }

    fn failed(&self, problem: &Problem) {
        let text = match problem.failure {
            Failure::Refused(Refusal::LastFactor) => Some(Managing::Last.lang(self.lang)),
            Failure::Refused(Refusal::PasskeyUnknown) => Some(Text::PkFailed.lang(self.lang)),
            failure => failure.says().map(|text| text.lang(self.lang)),
        };
        let domain = dom::attribute(&self.host, "domain").unwrap_or_else(dom::host_name);
        self.say(&fill(text.unwrap_or_default(), &[("domain", &domain)]), "bad");
        let detail = send::object(&[("code", problem.failure.code().into())]);
        dom::emit(&self.host, "sekisho-passkey-failed", &detail, false);
    }

    fn say(&self, text: &str, state: &str) {
        dom::set(&self.message, "data-state", state);
        dom::set_text(&self.message, text);
    }

    fn id(&self, at: usize) -> Option<String> {
        self.cards.borrow().get(at).map(|card| card.id.clone())
    }

    /// Draws every card; the focus goes into the one that is open, or to the button that opened `back`.
    fn draw(&self, back: Option<(usize, Doing)>) {
        dom::empty(&self.place);
        self.field.take();
        let mut listening = Listening::default();
        let cards = self.cards.borrow();
        if cards.is_empty() {
            let none = dom::add(&self.place, "p", &[("part", "none")]);
            dom::set_text(&none, Managing::None.lang(self.lang));
        }
        let name = Managing::List.lang(self.lang);
        let list = dom::add(&self.place, "ul", &[("part", "list"), ("class", "cards"), ("aria-label", name)]);
        for (at, card) in cards.iter().enumerate() {
            let pen = Pen { lang: self.lang, at: at as u32, happens: &self.happens };
            let item = dom::add(&list, "li", &[("part", "card"), ("class", "card")]);
            pen.facts(&item, card);
            match self.open.get() {
                Some((open, Doing::Renaming)) if open == at => {
                    let field = pen.renaming(&item, &mut listening, card);
                    dom::focus(&field);
                    self.field.replace(Some(field));
                }
                Some((open, Doing::Deleting)) if open == at => {
                    dom::focus(&pen.deleting(&item, &mut listening, card));
                }
                _ => {
                    let [rename, delete] = pen.closed(&item, &mut listening, card);
                    match back {
                        Some((closed, Doing::Renaming)) if closed == at => dom::focus(&rename),
                        Some((closed, Doing::Deleting)) if closed == at => dom::focus(&delete),
                        _ => {}
                    }
                }
            }
        }
        *self.listening.borrow_mut() = listening;
    }
}

impl Card {
    fn of(one: &JsValue) -> Self {
        let text = |name| send::member(one, name).as_string().unwrap_or_default();
        let number = |name| send::member(one, name).as_f64();
        Self {
            id: text("id"),
            name: text("name"),
            created: number("created").unwrap_or_default(),
            last_used: number("last_used"),
            synced: send::member(one, "synced").is_truthy(),
            icon: send::member(one, "icon").as_string(),
        }
    }
}

/// What draws one card.
struct Pen<'a> {
    lang: Lang,
    at: u32,
    happens: &'a Handler,
}

impl Pen<'_> {
    fn facts(&self, item: &Node, card: &Card) {
        let line = |class, text: &str| dom::set_text(&dom::add(item, "p", &[("part", class), ("class", class)]), text);
        let dated = |text: Managing, ms| fill(text.lang(self.lang), &[("time", &dom::date_time(ms, self.lang.tag()))]);
        if let Some(icon) = &card.icon {
            // The name beside it says what it shows.
            dom::add(item, "img", &[("part", "icon"), ("class", "icon"), ("src", icon), ("alt", "")]);
        }
        line("name", &card.name);
        line("fact", &dated(Managing::Created, card.created));
        match card.last_used {
            Some(ms) => line("fact", &dated(Managing::Used, ms)),
            None => line("fact", Managing::Unused.lang(self.lang)),
        }
        line("fact", if card.synced { Managing::Synced } else { Managing::Bound }.lang(self.lang));
    }

    fn closed(&self, item: &Node, listening: &mut Listening, card: &Card) -> [Node; 2] {
        let actions = dom::add(item, "div", &[("class", "actions")]);
        [(Managing::Rename, Managing::RenameOf, RENAME), (Managing::Delete, Managing::DeleteOf, DELETE)].map(
            |(text, of, what)| {
                let button = self.button(&actions, listening, text, "", what);
                dom::set(&button, "aria-label", &fill(of.lang(self.lang), &[("name", &card.name)]));
                button
            },
        )
    }

    /// The field for the new name, with what it was.
    fn renaming(&self, item: &Node, listening: &mut Listening, card: &Card) -> Node {
        let label = dom::add(item, "label", &[("class", "label")]);
        dom::set_text(&dom::add(&label, "span", &[]), Managing::NewName.lang(self.lang));
        let field = dom::add(
            &label,
            "input",
            &[("type", "text"), ("part", "field"), ("maxlength", LONGEST_NAME), ("autocomplete", "off")],
        );
        dom::set_value(&field, &card.name);
        listening.trusted(&field, "keydown", self.happens, KEY | self.at << 8);
        let actions = dom::add(item, "div", &[("class", "actions")]);
        self.button(&actions, listening, Managing::Save, "main", SAVE);
        self.button(&actions, listening, Managing::Cancel, "", CANCEL);
        field
    }

    /// The question before a deletion; the focus is for the button that does not delete.
    fn deleting(&self, item: &Node, listening: &mut Listening, card: &Card) -> Node {
        let group = [("role", "group"), ("aria-labelledby", "ask"), ("aria-describedby", "consequence")];
        let group = dom::add(item, "div", &group);
        let ask = dom::add(&group, "p", &[("id", "ask"), ("class", "ask")]);
        dom::set_text(&ask, &fill(Managing::DeleteAsk.lang(self.lang), &[("name", &card.name)]));
        let note = dom::add(&group, "p", &[("id", "consequence"), ("part", "note"), ("class", "note")]);
        dom::set_text(&note, Managing::DeleteNote.lang(self.lang));
        listening.trusted(&group, "keydown", self.happens, KEY | self.at << 8);
        let actions = dom::add(&group, "div", &[("class", "actions")]);
        self.button(&actions, listening, Managing::Delete, "main danger", SURE);
        self.button(&actions, listening, Managing::Cancel, "", CANCEL)
    }

    fn button(&self, place: &Node, listening: &mut Listening, text: Managing, class: &str, what: u32) -> Node {
        let button = dom::add(place, "button", &[("type", "button"), ("part", "action"), ("class", class)]);
        dom::set_text(&button, text.lang(self.lang));
        listening.trusted(&button, "click", self.happens, what | self.at << 8);
        button
    }
}
