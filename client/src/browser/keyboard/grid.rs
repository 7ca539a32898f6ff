//! The keys: laid out before they are drawn, drawn by number, walked by arrow keys.

use super::*;
use crate::browser::with_random;
use crate::keyboard::{Scope, board::neighbour};

impl View {
    pub(super) fn press(&self, cell: usize) {
        let key = self.board.borrow().as_ref().and_then(|board| board.press(cell));
        let Some(key) = key else { return };
        if dom::attribute(&self.host, "reshuffle").as_deref() == Some("press") && self.is_random() {
            self.lay_out();
            self.draw_labels();
        }
        self.with_field(|field| {
            if field.insert(key) {
                self.reveal(field, key);
            }
        });
    }

    pub(super) fn shift(&self) {
        let shifted = self.board.borrow_mut().as_mut().map(|board| {
            board.toggle_shift();
            board.shifted()
        });
        if let (Some(shifted), Some(parts)) = (shifted, &*self.parts.borrow()) {
            dom::set(&parts.shift, "aria-pressed", if shifted { "true" } else { "false" });
        }
        self.draw_labels();
    }

    pub(super) fn is_random(&self) -> bool {
        match dom::attribute(&self.host, "random").as_deref() {
            Some("always") => true,
            Some("off") => false,
            _ => self.random.get(),
        }
    }

    /// Which labels are blank: none, the one under the pointer, all while it is elsewhere.
    pub(super) fn hides(&self) -> &'static str {
        match dom::attribute(&self.host, "hide").as_deref() {
            Some("on") => "on",
            Some("away") => "away",
            Some("off") => "",
            _ if self.hide.get() => "on",
            _ => "",
        }
    }

    /// Tells the style sheet.
    pub(super) fn veil(&self) {
        let hides = self.hides();
        if let Some(parts) = &*self.parts.borrow() {
            dom::flag(&parts.grid, "data-hide", !hides.is_empty());
            if !hides.is_empty() {
                dom::set(&parts.grid, "data-hide", hides);
            }
        }
    }

    /// Lays the keys out; false where there is no randomness for it.
    pub(super) fn lay_out(&self) -> bool {
        let whole = dom::attribute(&self.host, "shuffle").as_deref() == Some("board");
        let scope = if whole { Scope::Whole } else { Scope::Groups };
        let random = self.is_random();
        let mut board = self.board.borrow_mut();
        let Some(board) = board.as_mut() else { return false };
        if random {
            with_random(|rng| board.shuffle(scope, rng)).is_some()
        } else {
            board.unshuffle();
            true
        }
    }

    /// Rows for the width there is; the layout stays as it is.
    pub(super) fn fit(&self) {
        let Some(cells) = self.board.borrow().as_ref().map(Board::cells) else { return };
        let parts = self.parts.borrow();
        let Some(parts) = &*parts else { return };
        let width = dom::width(&parts.panel);
        let narrow = width < 19.0 * dom::font_size(&self.host) || (width < 440.0 && dom::coarse());
        let columns = self.layout().columns(narrow);
        if columns == self.columns.replace(columns) {
            return;
        }
        dom::empty(&parts.grid);
        dom::set(&parts.grid, "data-columns", &columns.to_string());
        let mut tapping = Listening::default();
        let mut keys = Vec::with_capacity(cells);
        let mut row = JsValue::NULL;
        self.current.set(0);
        for cell in 0..cells {
            if cell % columns == 0 {
                row = dom::add(&parts.grid, "div", &[("part", "row"), ("class", "row"), ("role", "row")]);
            }
            let place = dom::add(&row, "div", &[("role", "gridcell"), ("class", "cell")]);
            let tab = if cell == 0 { "0" } else { "-1" };
            let key =
                dom::add(&place, "button", &[("type", "button"), ("part", "key"), ("class", "key"), ("tabindex", tab)]);
            tapping.trusted(&key, "click", &self.happens, cell as u32);
            keys.push(key);
        }
        *self.tapping.borrow_mut() = tapping;
        *self.keys.borrow_mut() = keys;
        self.draw_labels();
    }

    pub(super) fn draw_labels(&self) {
        let lang = self.lang.get();
        if let Some(board) = &*self.board.borrow() {
            for (cell, key) in self.keys.borrow().iter().enumerate() {
                if let Some(char) = board.press(cell) {
                    dom::draw(key, u32::from(char), dom::name_number(char, lang));
                }
            }
        }
    }

    /// Moves the focus on the grid by arrow, Home and End keys.
    pub(super) fn walk(&self, event: &JsValue) {
        let keys = self.keys.borrow();
        let from = self.current.get();
        let Some(to) = neighbour(from, &dom::key_name(event), self.columns.get(), keys.len()) else { return };
        if let (Some(before), Some(after)) = (keys.get(from), keys.get(to)) {
            dom::set(before, "tabindex", "-1");
            dom::set(after, "tabindex", "0");
            self.current.set(to);
            let after = after.clone();
            drop(keys);
            dom::prevent(event);
            dom::focus(&after);
        }
    }
}
