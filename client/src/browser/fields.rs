//! The native fields of the page and what the board has typed into them.
//!
//! One place knows, for every `<input>`, whether its text is its own value or a buffer behind bullets; whoever needs the
//! text (the rules' list, a request) asks here and cannot tell the difference.

use super::dom::{self, Node};
use crate::keyboard::{
    Buffer,
    capture::{Edit, bullets, in_step, reconcile},
};
use sekisho_rules::Secret;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

thread_local! {
    static CAPTURED: RefCell<Vec<Rc<Field>>> = const { RefCell::new(Vec::new()) };
}

/// A field that a board types into.
pub struct Field {
    /// The `<input>`.
    pub input: Node,
    buffer: RefCell<Buffer>,
    /// Counts what was done to the buffer.
    revision: Cell<u32>,
}

impl Field {
    /// Registers `input` as a field that a board serves. What is a password field by now stays one.
    pub fn serve(input: Node) -> Rc<Self> {
        dom::is_masked(&input);
        let field = Rc::new(Self { input, buffer: RefCell::default(), revision: Cell::default() });
        CAPTURED.with_borrow_mut(|all| all.push(Rc::clone(&field)));
        field
    }

    /// Wipes what was typed on the board and forgets the field.
    pub fn leave(self: &Rc<Self>) {
        self.clear();
        CAPTURED.with_borrow_mut(|all| all.retain(|field| !Rc::ptr_eq(field, self)));
    }

    /// How many characters are in the field, whoever typed them.
    pub fn len(&self) -> usize {
        self.settle();
        let typed = self.buffer.borrow().len();
        if typed > 0 { typed } else { dom::value(&self.input).chars().count() }
    }

    /// Types `char` at the caret, over the selection if there is one; false where it does not fit.
    pub fn insert(&self, char: char) -> bool {
        let mut bytes = [0; 4];
        let (start, end) = (dom::caret(&self.input) as usize, dom::caret_end(&self.input) as usize);
        let fits = self.splice(start, end, char.encode_utf8(&mut bytes));
        zeroize::Zeroize::zeroize(&mut bytes);
        fits
    }

    /// Deletes the selection, or the character before the caret.
    pub fn delete(&self) {
        let (start, end) = (dom::caret(&self.input) as usize, dom::caret_end(&self.input) as usize);
        let start = if start == end { start.saturating_sub(1) } else { start };
        self.splice(start, end, "");
    }

    /// Empties the field if the board typed in it.
    pub fn clear(&self) {
        self.settle();
        if !self.buffer.borrow().is_empty() {
            self.buffer.borrow_mut().wipe();
            dom::set_value(&self.input, "");
        }
    }

    /// Empties the field, whoever typed in it.
    pub fn clear_all(&self) {
        self.buffer.borrow_mut().wipe();
        dom::set_value(&self.input, "");
    }

    /// Takes over what the customer did to the bullets in the native field.
    pub fn edited(&self) {
        if self.buffer.borrow().is_empty() {
            return;
        }
        let value = Secret::new(dom::value(&self.input));
        self.revision.set(self.revision.get().wrapping_add(1));
        let edit = reconcile(&mut self.buffer.borrow_mut(), value.expose(), dom::caret(&self.input) as usize);
        match edit {
            Edit::Kept { caret } => self.show(caret),
            Edit::Released => {}
            Edit::Cleared => dom::set_value(&self.input, ""),
        }
    }

    /// Puts `text` in place of `start..end`: behind bullets in a password field, in the open in any other.
    fn splice(&self, start: usize, end: usize, text: &str) -> bool {
        self.settle();
        self.revision.set(self.revision.get().wrapping_add(1));
        let mut typed = self.buffer.borrow_mut();
        if typed.is_empty() {
            // What was typed natively before joins the buffer, so that one field never holds half of a password openly.
            let native = Secret::new(dom::value(&self.input));
            if !typed.splice(0, 0, native.expose()) {
                return false;
            }
        }
        let start = start.min(typed.len());
        if !typed.splice(start, end, text) {
            return false;
        }
        let caret = start + text.chars().count();
        if dom::is_masked(&self.input) {
            drop(typed);
            self.show(caret);
        } else {
            let open = typed.text();
            typed.wipe();
            drop(typed);
            dom::set_value(&self.input, open.expose());
            dom::set_caret(&self.input, caret as u32);
        }
        true
    }

    fn show(&self, caret: usize) {
        let typed = self.buffer.borrow().len();
        dom::set_value(&self.input, &bullets(typed));
        dom::set_caret(&self.input, caret as u32);
    }

    /// Where the page has set the field's value itself, that value is the truth.
    fn settle(&self) {
        let mut typed = self.buffer.borrow_mut();
        if !typed.is_empty() && !in_step(&dom::value(&self.input), typed.len()) {
            typed.wipe();
        }
    }
}

fn captured(input: &Node) -> Option<Rc<Field>> {
    CAPTURED.with_borrow(|all| all.iter().find(|field| field.input == *input).cloned())
}

/// The text of `input`, whoever typed it.
pub fn text(input: &Node) -> Secret {
    if let Some(field) = captured(input) {
        field.settle();
        let typed = field.buffer.borrow();
        if !typed.is_empty() {
            return typed.text();
        }
    }
    Secret::new(dom::value(input))
}

/// Which state of its text `input` is in, where the board holds it; none where its text is the page's.
pub fn revision(input: &Node) -> Option<u32> {
    let field = captured(input)?;
    field.settle();
    let held = !field.buffer.borrow().is_empty();
    held.then(|| field.revision.get())
}

/// The text of `input` for sending: what the board typed is wiped here, and the field emptied.
pub fn take(input: &Node) -> Secret {
    let text = text(input);
    if let Some(field) = captured(input) {
        field.clear();
    }
    text
}

/// Puts `text`, a form of what is in the field already, back into it (「半角に直す」).
pub fn rewrite(input: &Node, text: &Secret) {
    let field = captured(input).filter(|field| !field.buffer.borrow().is_empty());
    match field {
        Some(field) => {
            field.splice(0, usize::MAX, text.expose());
        }
        None => dom::set_value(input, text.expose()),
    }
}

/// Wipes everything that boards have typed, when the page goes away.
pub fn wipe_all() {
    let all = CAPTURED.with_borrow(Clone::clone);
    all.iter().for_each(|field| field.clear());
}
