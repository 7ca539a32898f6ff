//! `<sekisho-password-rules>`: the live list beside a field in which a password is set. Without a shadow root it draws
//! nothing and only tells, for a page with a list of its own.

mod judged;
mod shown;

use super::dom::{self, Handler, Listening, Node, Timer};
use super::{fields, send};
use crate::password::{UNSAID, View as Shown, summary, view};
use crate::wording::{Lang, Text};
use judged::judged;
use sekisho_rules::Secret;
use sekisho_rules::password::{self, Findings, Profile, Rules, attribute, half_width};
#[cfg(feature = "matchers")]
use sekisho_rules::{
    Person,
    password::{Data, Warning},
};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

const TYPED: u32 = 0;
const PAUSED: u32 = 1;
const FIX: u32 = 2;

/// How long typing must rest before the state is spoken.
const PAUSE_MS: u64 = 900;

thread_local! {
    /// The site's own rules, once the first list has asked for them; until then the usual ones.
    static PROFILE: Cell<Profile> = const { Cell::new(Profile::JP_BROKER) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
    static VIEWS: RefCell<Vec<Weak<View>>> = const { RefCell::new(Vec::new()) };
}

#[cfg(feature = "matchers")]
thread_local! {
    /// The common passwords and words, once the page has fetched them.
    static DATA: RefCell<Data> = RefCell::default();
    static LISTED: Cell<bool> = const { Cell::new(false) };
}

/// The lists on the page.
fn views() -> Vec<Rc<View>> {
    VIEWS.with_borrow_mut(|views| {
        views.retain(|view| view.strong_count() > 0);
        views.iter().filter_map(Weak::upgrade).collect()
    })
}

/// Asks the edge, once, which rules bind here, and draws the lists anew where they are not the usual ones.
fn ask_for_rules() {
    if ASKED.replace(true) {
        return;
    }
    send::run(async {
        // Without an answer the usual ones are shown; the edge decides in any case.
        let Ok(site) = send::answer(dom::ask("/.sekisho/site")).await else { return };
        let said = profile_of(&send::member(&site, "password_rules"));
        if let Some(profile) = said.filter(|profile| *profile != PROFILE.get()) {
            PROFILE.set(profile);
            judged::anew();
            views().iter().for_each(|view| view.render());
        }
    });
}

fn profile_of(said: &JsValue) -> Option<Profile> {
    // A float becomes the nearest whole number in range, and what is out of it makes no profile.
    let number = |name| send::member(said, name).as_f64().map(|number| number as u16);
    let rules = Rules {
        min_length: number("min_length")?,
        max_length: number("max_length")?,
        min_kinds: u8::try_from(number("min_kinds")?).ok()?,
        symbols: send::member(said, "symbols").as_string(),
    };
    let profile = Profile::new(&rules).ok()?;
    #[cfg(feature = "matchers")]
    let profile = {
        let codes = js_sys::Array::from(&send::member(said, "refuse"));
        let warnings: Vec<_> = codes.iter().filter_map(|code| Warning::from_code(&code.as_string()?)).collect();
        profile.refusing(&warnings)
    };
    Some(profile)
}

/// The text of `input` as the edge checks it: in normalisation form C where any text is allowed.
fn typed(input: &Node) -> Secret {
    let text = fields::text(input);
    let plain = text.expose().is_ascii() || !PROFILE.get().is_unicode();
    if plain { text } else { Secret::new(dom::nfc(text.expose())) }
}

/// Takes in the data file of `sekisho-rules`; the lists on the page are checked again with it. False where the bytes are
/// not such a file: then the rule and the matchers without a list go on.
#[cfg(feature = "matchers")]
#[wasm_bindgen]
pub fn load_passwords(bytes: &[u8]) -> bool {
    let Ok(data) = Data::parse(bytes) else { return false };
    // Once: each time more would be a judgement more of the same text.
    if !LISTED.replace(true) {
        DATA.set(data);
        judged::anew();
    }
    views().iter().for_each(|view| view.update());
    true
}

/// The drawing and the state of one `<sekisho-password-rules>`.
#[wasm_bindgen]
pub struct RulesView(Rc<View>);

struct View {
    host: Node,
    root: Node,
    happens: Handler,
    input: RefCell<Option<Node>>,
    parts: RefCell<Option<Parts>>,
    lang: Cell<Lang>,
    listening: RefCell<Listening>,
    pause: RefCell<Option<Timer>>,
    /// The outcome and codes last told to the page.
    told: RefCell<String>,
    /// The form with the customer's own data, where the page draws the list itself.
    form: Option<Node>,
}

struct Parts {
    rules: Vec<(Node, Node, Node)>,
    strength: Node,
    notes: Node,
    fix: Node,
    spoken: Node,
}

#[wasm_bindgen]
impl RulesView {
    /// Takes over `host` and its closed shadow `root`.
    #[wasm_bindgen(constructor)]
    pub fn new(host: JsValue, root: JsValue) -> Self {
        let view = View::new(host, root, None);
        dom::dress(&view.root, concat!(include_str!("style/base.css"), include_str!("style/rules.css")));
        view.render();
        Self::begun(view)
    }

    /// Tells `host`, an event target, how `input` stands under the rules whenever that may have changed; `form` holds the
    /// customer's own data or is undefined, `lang` is a language tag.
    pub fn telling(host: JsValue, input: JsValue, form: JsValue, lang: &str) -> Self {
        let form = if form.is_undefined() { dom::form_of(&input, "") } else { Some(form) };
        let view = View::new(host, JsValue::UNDEFINED, form);
        view.lang.set(Lang::of(lang));
        view.watch(&mut view.listening.borrow_mut(), &input);
        *view.input.borrow_mut() = Some(input);
        Self::begun(view)
    }

    fn begun(view: Rc<View>) -> Self {
        VIEWS.with_borrow_mut(|views| views.push(Rc::downgrade(&view)));
        ask_for_rules();
        Self(view)
    }

    /// How the input stands: `{verdict, codes, rules: [{text, met}], strength, notes: [{text, refuses}], half_width}`.
    pub fn state(&self) -> JsValue {
        self.0.input().map_or(JsValue::UNDEFINED, |input| {
            let (text, found) = judged(&input, self.0.form(&input).as_ref());
            self.0.state(&found, &self.0.shown(text.expose(), &found))
        })
    }

    /// Puts the half-width form of what is typed into the field.
    pub fn fix(&self) {
        self.0.fix();
    }

    /// An attribute of the host has changed.
    pub fn changed(&self, _name: &str) {
        self.0.render();
    }

    /// The element has left the page.
    pub fn disconnect(&self) {
        self.0.listening.borrow_mut().stop();
        self.0.pause.take();
        if self.0.parts.take().is_some() {
            dom::empty(&self.0.root);
        }
    }
}

/// What the rules say of `input` now: `{verdict, codes}`. `form` holds the customer's own data, or is undefined.
#[wasm_bindgen]
pub fn check_password(input: &JsValue, form: JsValue) -> JsValue {
    let form = if form.is_undefined() { dom::form_of(input, "") } else { Some(form) };
    told(&judged(input, form.as_ref()).1)
}

#[cfg(not(feature = "matchers"))]
fn check(text: &str, _form: Option<&Node>) -> Findings {
    password::check_rule(text, &PROFILE.get())
}

#[cfg(feature = "matchers")]
fn check(text: &str, form: Option<&Node>) -> Findings {
    let person = form.map(person).unwrap_or_default();
    DATA.with_borrow(|data| password::check(text, &PROFILE.get(), &person, data))
}

/// The customer's own data, from the controls of a form that are named as for opening an account.
#[cfg(feature = "matchers")]
fn person(form: &Node) -> Person {
    let value = |name| Some(dom::control_value(form, name)).filter(|value| !value.is_empty());
    Person {
        family: value("family"),
        given: value("given"),
        family_kana: value("family_kana"),
        given_kana: value("given_kana"),
        birthday: value("birthday").and_then(|text| Person::birthday_of(&text)),
        phone: value("phone"),
        postal: value("postal"),
        account_number: value("id"),
        mail: value("mail"),
    }
}

fn codes(found: &Findings) -> Vec<&'static str> {
    let mut codes: Vec<_> = found.findings.iter().map(|finding| finding.complaint.code()).collect();
    codes.dedup();
    codes
}

fn told(found: &Findings) -> JsValue {
    let codes: js_sys::Array = codes(found).into_iter().map(JsValue::from).collect();
    send::object(&[("verdict", found.outcome().into()), ("codes", codes.into())])
}

impl View {
    fn new(host: Node, root: Node, form: Option<Node>) -> Rc<Self> {
        Rc::new_cyclic(|weak: &Weak<View>| {
            let weak = weak.clone();
            let happens = Handler::new(move |what: u32, _event: JsValue| {
                if let Some(view) = weak.upgrade() {
                    view.happened(what);
                }
            });
            View {
                host,
                root,
                happens,
                input: RefCell::default(),
                parts: RefCell::default(),
                lang: Cell::default(),
                listening: RefCell::default(),
                pause: RefCell::default(),
                told: RefCell::default(),
                form,
            }
        })
    }

    fn draws(&self) -> bool {
        !self.root.is_undefined()
    }

    /// Follows `input`, and tells the browser's own generator what the rules are.
    fn watch(&self, listening: &mut Listening, input: &Node) {
        listening.any(input, "input", &self.happens, TYPED);
        dom::set(input, "passwordrules", &attribute::emit(&PROFILE.get()));
    }

    fn render(&self) {
        if !self.draws() {
            if let Some(input) = self.input() {
                dom::set(&input, "passwordrules", &attribute::emit(&PROFILE.get()));
            }
            self.update();
            return;
        }
        let lang = dom::lang(&self.host);
        self.lang.set(lang);
        dom::empty(&self.root);
        let mut listening = Listening::default();
        let wrap = dom::add(&self.root, "div", &[("class", "wrap"), ("lang", lang.tag())]);
        let name = Text::PwRules.lang(lang);
        let list =
            dom::add(&wrap, "ul", &[("part", "list"), ("class", "list"), ("role", "list"), ("aria-label", name)]);
        let profile = PROFILE.get();
        let lines = view("", &password::check_rule("", &profile), &profile, lang).rules;
        let rules = lines.iter().map(|line| {
            let item = dom::add(&list, "li", &[("part", "rule"), ("class", "rule")]);
            let mark = dom::add(&item, "span", &[("class", "mark"), ("aria-hidden", "true")]);
            dom::set_text(&dom::add(&item, "span", &[]), &line.text);
            let state = dom::add(&item, "span", &[("class", "sr")]);
            (item, mark, state)
        });
        let rules = rules.collect();
        let strength = dom::add(&wrap, "p", &[("part", "strength"), ("class", "strength")]);
        let notes = dom::add(&wrap, "ul", &[("class", "notes"), ("role", "list")]);
        let fix = dom::add(&wrap, "button", &[("type", "button"), ("part", "fix"), ("class", "fix"), ("hidden", "")]);
        dom::set_text(&fix, Text::PwFixHalf.lang(lang));
        listening.trusted(&fix, "click", &self.happens, FIX);
        let spoken = dom::add(&wrap, "p", &[("class", "sr"), ("role", "status")]);
        let id = dom::attribute(&self.host, "for").unwrap_or_default();
        let input = dom::by_id(&self.host, &id);
        if let Some(input) = &input {
            self.watch(&mut listening, input);
        }
        *self.input.borrow_mut() = input;
        *self.parts.borrow_mut() = Some(Parts { rules, strength, notes, fix, spoken });
        *self.listening.borrow_mut() = listening;
        self.update();
    }

    fn happened(&self, what: u32) {
        match what {
            TYPED => {
                self.update();
                *self.pause.borrow_mut() = Some(Timer::after(PAUSE_MS, &self.happens, PAUSED));
            }
            PAUSED => self.speak(),
            _ => self.fix(),
        }
    }

    fn input(&self) -> Option<Node> {
        self.input.borrow().clone()
    }

    /// The form with the customer's own data.
    fn form(&self, input: &Node) -> Option<Node> {
        if !self.draws() {
            return self.form.clone();
        }
        dom::form_of(input, &dom::attribute(&self.host, "person").unwrap_or_default())
    }

    /// Shows the state at this key, and tells the page where it is another than before.
    fn update(&self) {
        let Some(input) = self.input() else { return };
        let (text, found) = judged(&input, self.form(&input).as_ref());
        let shown = self.shown(text.expose(), &found);
        drop(text);
        if !self.draws() {
            dom::emit(&self.host, "sekisho-rules", &self.state(&found, &shown), false);
            return;
        }
        self.draw(&shown);
        let mut now = found.outcome().to_owned();
        for code in codes(&found) {
            now.extend([" ", code]);
        }
        if self.told.replace(now.clone()) != now {
            dom::emit(&self.host, "sekisho-verdict", &told(&found), false);
        }
    }

    fn speak(&self) {
        let (Some(input), Some(parts)) = (self.input(), &*self.parts.borrow()) else { return };
        let text = typed(&input);
        let said = if text.expose().is_empty() {
            String::new()
        } else {
            summary(&password::check_rule(text.expose(), &PROFILE.get()), self.lang.get())
        };
        dom::set_text(&parts.spoken, &said);
    }

    fn fix(&self) {
        let Some(input) = self.input() else { return };
        if let Some(half) = half_width(fields::text(&input).expose(), &PROFILE.get()) {
            fields::rewrite(&input, &half);
            dom::focus(&input);
            dom::emit_input(&input);
        }
    }
}
