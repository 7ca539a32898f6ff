//! `<sekisho-keyboard>`: draws the board, and turns taps into characters in a [`Field`].

mod draw;
mod grid;
mod own;
mod reveal;

use super::dom::{self, Handler, Listening, Node, Timer};
use super::fields::{self, Field};
use crate::json::joined;
use crate::keyboard::{Board, Layout};
use crate::wording::{Lang, Text, fill};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The customer's two choices, kept on this device.
const KEPT: &str = "sekisho.keyboard";

// What happened, by number: below 100 the cell of a key.
const EDITED: u32 = 100;
const ENTERED: u32 = 200;
const TAB: u32 = 300;
const TOGGLE: u32 = 400;
const RANDOM: u32 = 401;
const HIDE: u32 = 402;
const SHIFT: u32 = 403;
const BACK: u32 = 404;
const CLEAR: u32 = 405;
const DONE: u32 = 406;
const GRID_KEY: u32 = 407;
const PANEL_KEY: u32 = 408;
const PANEL_DOWN: u32 = 409;
const RESIZED: u32 = 410;
const LEFT: u32 = 411;
const CONCEAL: u32 = 412;

/// The drawing and the state of one `<sekisho-keyboard>`.
#[wasm_bindgen]
pub struct KeyboardView(Rc<View>);

struct View {
    host: Node,
    root: Node,
    happens: Handler,
    parts: RefCell<Option<Parts>>,
    fields: RefCell<Vec<Rc<Field>>>,
    active: Cell<usize>,
    board: RefCell<Option<Board>>,
    keys: RefCell<Vec<Node>>,
    columns: Cell<usize>,
    /// The cell that the Tab key reaches.
    current: Cell<usize>,
    random: Cell<bool>,
    hide: Cell<bool>,
    lang: Cell<Lang>,
    listening: RefCell<Listening>,
    /// The listeners on the fields.
    watching: RefCell<Listening>,
    /// The listeners of the keys as they are drawn now.
    tapping: RefCell<Listening>,
    /// Runs while the last character is seen.
    seen: RefCell<Option<Timer>>,
}

struct Parts {
    toggle: Node,
    panel: Node,
    tabs: Vec<Node>,
    grid: Node,
    shift: Node,
    count: Node,
    random: Option<Node>,
    hide: Option<Node>,
    /// Where the last character is seen, if the page wants that.
    last: Option<Node>,
}

#[wasm_bindgen]
impl KeyboardView {
    /// Takes over `host` and its closed shadow `root`.
    #[wasm_bindgen(constructor)]
    pub fn new(host: JsValue, root: JsValue) -> Self {
        let kept = dom::kept(KEPT);
        let chosen = |choice| kept.split(' ').any(|word| word == choice);
        let view = Rc::new_cyclic(|weak: &std::rc::Weak<View>| {
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
                fields: RefCell::default(),
                active: Cell::new(0),
                board: RefCell::default(),
                keys: RefCell::default(),
                columns: Cell::new(0),
                current: Cell::new(0),
                random: Cell::new(!chosen("random=off")),
                hide: Cell::new(chosen("hide=on")),
                lang: Cell::default(),
                listening: RefCell::default(),
                watching: RefCell::default(),
                tapping: RefCell::default(),
                seen: RefCell::default(),
            }
        });
        dom::dress(&view.root, concat!(include_str!("../style/base.css"), include_str!("../style/keyboard.css")));
        view.render();
        Self(view)
    }

    /// An attribute of the host has changed.
    pub fn changed(&self, name: &str) {
        if name == "open" {
            self.0.follow_open();
        } else {
            self.0.render();
        }
    }

    /// Opens the board.
    pub fn show(&self) {
        dom::set(&self.0.host, "open", "");
    }

    /// Closes it.
    pub fn close(&self) {
        dom::unset(&self.0.host, "open");
    }

    /// Wipes what was typed and empties the field.
    pub fn clear(&self) {
        self.0.with_field(Field::clear_all);
    }

    /// The element has left the page: wipes, stops listening, and empties the shadow root.
    pub fn disconnect(&self) {
        self.0.conceal();
        self.0.board.take();
        self.0.listening.borrow_mut().stop();
        self.0.tapping.borrow_mut().stop();
        self.0.leave_fields();
        self.0.parts.take();
        dom::empty(&self.0.root);
    }

    /// The `<input>` that the board types into now.
    #[wasm_bindgen(getter)]
    pub fn field(&self) -> JsValue {
        self.0.find_fields();
        self.0.field().map_or(JsValue::NULL, |field| field.input.clone())
    }
}

impl View {
    fn layout(&self) -> Layout {
        Layout::named(&dom::attribute(&self.host, "layout").unwrap_or_default())
    }

    /// Looks the fields up by the ids in `for`, unless they are known.
    fn find_fields(&self) {
        if !self.fields.borrow().is_empty() {
            return;
        }
        let ids = dom::attribute(&self.host, "for").unwrap_or_default();
        let inputs = ids.split_ascii_whitespace().filter_map(|id| dom::by_id(&self.host, id));
        let fields: Vec<Rc<Field>> = inputs.map(Field::serve).collect();
        let mut watching = self.watching.borrow_mut();
        for (at, field) in fields.iter().enumerate() {
            watching.trusted_first(&field.input, "input", &self.happens, EDITED + at as u32);
            watching.trusted(&field.input, "focus", &self.happens, ENTERED + at as u32);
            self.conceal_with(&mut watching, &field.input);
        }
        *self.fields.borrow_mut() = fields;
    }

    fn leave_fields(&self) {
        self.watching.borrow_mut().stop();
        for field in self.fields.take() {
            field.leave();
        }
        self.active.set(0);
    }

    fn field(&self) -> Option<Rc<Field>> {
        self.fields.borrow().get(self.active.get()).cloned()
    }

    /// Changes the field that is typed into, and tells the page as a keyboard would.
    fn with_field(&self, act: impl FnOnce(&Field)) {
        self.conceal();
        self.find_fields();
        let Some(field) = self.field().filter(|field| dom::is_writable(&field.input)) else { return };
        act(&field);
        self.say_count(&field);
        // Last, and with nothing borrowed: a listener of the page may do anything, remove this element included.
        dom::emit_input(&field.input);
    }

    fn say_count(&self, field: &Field) {
        let lang = self.lang.get();
        if let Some(parts) = &*self.parts.borrow() {
            let said = match field.len() {
                0 => Text::KbEmpty.lang(lang).to_owned(),
                n => fill(Text::KbCount.lang(lang), &[("n", &n.to_string())]),
            };
            dom::set_text(&parts.count, &said);
        }
    }

    fn happened(&self, what: u32, event: &JsValue) {
        match what {
            EDITED..ENTERED => {
                let field = self.fields.borrow().get((what - EDITED) as usize).cloned();
                if let Some(field) = field {
                    field.edited();
                }
            }
            ENTERED..TAB => self.turn_to((what - ENTERED) as usize),
            TAB..TOGGLE => self.turn_to((what - TAB) as usize),
            TOGGLE => {
                // Not borrowed any longer when the host hears of it and calls back.
                let opens = self.board.borrow().is_none();
                dom::flag(&self.host, "open", opens);
            }
            RANDOM | HIDE => self.chosen(),
            SHIFT => self.shift(),
            BACK => self.with_field(Field::delete),
            CLEAR => self.with_field(Field::clear_all),
            DONE => self.done(),
            GRID_KEY => self.walk(event),
            PANEL_KEY => {
                if dom::key_name(event) == "Escape" {
                    dom::unset(&self.host, "open");
                    self.focus_toggle();
                }
            }
            // The field keeps its focus and its caret while the board is clicked.
            PANEL_DOWN => dom::prevent(event),
            RESIZED => self.fit(),
            LEFT => {
                self.conceal();
                fields::wipe_all();
            }
            CONCEAL => self.conceal(),
            cell => self.press(cell as usize),
        }
    }

    fn done(&self) {
        self.find_fields();
        let field = self.field();
        if !dom::emit(&self.host, "sekisho-done", &JsValue::NULL, true) {
            return;
        }
        dom::unset(&self.host, "open");
        if let Some(field) = field {
            dom::focus(&field.input);
            if dom::attribute(&self.host, "enter").as_deref() == Some("submit") {
                dom::submit(&field.input);
            }
        }
    }

    fn turn_to(&self, at: usize) {
        if at >= self.fields.borrow().len() {
            return;
        }
        self.active.set(at);
        if let Some(parts) = &*self.parts.borrow() {
            for (tab, node) in parts.tabs.iter().enumerate() {
                dom::set(node, "aria-checked", if tab == at { "true" } else { "false" });
            }
        }
    }

    /// The customer ticked one of the two options.
    fn chosen(&self) {
        let was_random = self.random.get();
        if let Some(parts) = &*self.parts.borrow() {
            let ticked = |checkbox: &Option<Node>, before| checkbox.as_ref().map_or(before, dom::checked);
            self.random.set(ticked(&parts.random, was_random));
            self.hide.set(ticked(&parts.hide, self.hide.get()));
        }
        let word = |on| if on { "on" } else { "off" };
        dom::keep(KEPT, &joined(&["random=", word(self.random.get()), " hide=", word(self.hide.get())]));
        self.veil();
        if was_random != self.random.get() && self.board.borrow().is_some() {
            self.lay_out();
            self.draw_labels();
        }
    }

    fn follow_open(&self) {
        let (wanted, open) = (dom::attribute(&self.host, "open").is_some(), self.board.borrow().is_some());
        if wanted && !open {
            self.unfold();
            dom::emit(&self.host, "sekisho-open", &JsValue::NULL, false);
        } else if open && !wanted {
            self.fold();
            dom::emit(&self.host, "sekisho-close", &JsValue::NULL, false);
        }
    }

    /// Shows the board, laid out anew before a single key is drawn.
    fn unfold(&self) {
        self.find_fields();
        *self.board.borrow_mut() = Some(Board::in_order(self.layout()));
        if !self.lay_out() {
            self.board.take();
            return;
        }
        if let Some(parts) = &*self.parts.borrow() {
            dom::unset(&parts.panel, "hidden");
            dom::set(&parts.toggle, "aria-expanded", "true");
            dom::set_text(&parts.toggle, Text::KbClose.lang(self.lang.get()));
            dom::set(&parts.shift, "aria-pressed", "false");
        }
        self.veil();
        self.columns.set(0);
        self.fit();
    }

    fn fold(&self) {
        self.conceal();
        self.board.take();
        self.tapping.borrow_mut().stop();
        self.keys.borrow_mut().clear();
        if let Some(parts) = &*self.parts.borrow() {
            dom::empty(&parts.grid);
            dom::set_text(&parts.count, "");
            dom::set(&parts.panel, "hidden", "");
            dom::set(&parts.toggle, "aria-expanded", "false");
            dom::set_text(&parts.toggle, Text::KbOpen.lang(self.lang.get()));
        }
    }

    fn focus_toggle(&self) {
        let toggle = self.parts.borrow().as_ref().map(|parts| parts.toggle.clone());
        if let Some(toggle) = toggle {
            dom::focus(&toggle);
        }
    }
}
