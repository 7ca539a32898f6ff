//! A board that a page draws itself. The page must know which character lies where, so every script of it does; what is
//! kept is that the characters typed live here, and leave sealed.

use super::super::dom::{self, Handler, Listening, Node};
use super::super::fields::{self, Field};
use super::super::with_random;
use crate::keyboard::{Board, Layout, Scope};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

const EDITED: u32 = 0;

/// A layout and the field that it types into. Nothing is borrowed while the page hears of a press: it may shuffle or leave.
#[wasm_bindgen]
pub struct OwnBoard {
    board: RefCell<Board>,
    field: Rc<Field>,
    _happens: Rc<Handler>,
    listening: RefCell<Listening>,
}

#[wasm_bindgen]
impl OwnBoard {
    /// Serves `input`; `layout` as the attribute of the element. In JIS order until it is shuffled.
    #[wasm_bindgen(constructor)]
    pub fn new(input: JsValue, layout: &str) -> Self {
        let field = Field::serve(input);
        let edited = Rc::clone(&field);
        let happens = Rc::new(Handler::new(move |what: u32, _event: JsValue| match what {
            EDITED => edited.edited(),
            _ => fields::wipe_all(),
        }));
        let mut listening = Listening::default();
        listening.trusted_first(&field.input, "input", &happens, EDITED);
        listening.trusted(&dom::page(), "pagehide", &happens, EDITED + 1);
        Self {
            board: RefCell::new(Board::in_order(Layout::named(layout))),
            field,
            _happens: happens,
            listening: RefCell::new(listening),
        }
    }

    /// Lays the keys out anew, each group among itself or, with `whole`, all among all; false where there is no randomness.
    pub fn shuffle(&self, whole: bool) -> bool {
        let scope = if whole { Scope::Whole } else { Scope::Groups };
        with_random(|rng| self.board.borrow_mut().shuffle(scope, rng)).is_some()
    }

    /// The characters of the cells as a press types them now.
    pub fn labels(&self) -> String {
        let board = self.board.borrow();
        (0..board.cells()).filter_map(|cell| board.press(cell)).collect()
    }

    /// Types the character of `cell`; false where there is none, or no room for it.
    pub fn press(&self, cell: usize) -> bool {
        let key = self.board.borrow().press(cell);
        key.is_some_and(|key| self.change(|field| field.insert(key)))
    }

    /// Turns upper case on or off, and answers which.
    pub fn shift(&self) -> bool {
        let mut board = self.board.borrow_mut();
        board.toggle_shift();
        board.shifted()
    }

    /// Deletes the selection, or the character before the caret.
    pub fn back(&self) -> bool {
        self.change(|field| {
            field.delete();
            true
        })
    }

    /// Empties the field, whoever typed in it.
    pub fn clear(&self) -> bool {
        self.change(|field| {
            field.clear_all();
            true
        })
    }

    /// Wipes what was typed and lets the field go.
    pub fn leave(&self) {
        self.listening.borrow_mut().stop();
        self.field.leave();
    }

    fn change(&self, act: impl FnOnce(&Field) -> bool) -> bool {
        let input: Node = self.field.input.clone();
        let done = dom::is_writable(&input) && act(&self.field);
        if done {
            dom::emit_input(&input);
        }
        done
    }
}
