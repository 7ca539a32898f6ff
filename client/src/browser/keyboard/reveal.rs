//! The last character, seen for a moment above the keys where the page wants that. It is drawn into the closed shadow by
//! number, is kept nowhere else, and goes with whatever happens next.

use super::*;
use crate::keyboard::reveal::{Reveal, SHOWN_MS};

impl View {
    fn wants_reveal(&self) -> bool {
        dom::attribute(&self.host, "reveal").is_some()
    }

    /// Where the character is to be seen; hidden from screen readers, which would tell it to the room.
    pub(super) fn last_place(&self, panel: &Node) -> Option<Node> {
        let attributes = [("part", "last"), ("class", "last"), ("aria-hidden", "true")];
        self.wants_reveal().then(|| dom::add(panel, "p", &attributes))
    }

    pub(super) fn reveal(&self, field: &Field, key: char) {
        let veiled = !self.hides().is_empty();
        let reveal = Reveal { wanted: self.wants_reveal(), masked: dom::is_masked(&field.input), veiled };
        if let Some(Parts { last: Some(last), .. }) = self.parts.borrow().as_ref()
            && reveal.shows()
        {
            dom::draw_last(last, u32::from(key));
            *self.seen.borrow_mut() = Some(Timer::after(SHOWN_MS, &self.happens, CONCEAL));
        }
    }

    pub(super) fn conceal(&self) {
        if self.seen.take().is_some()
            && let Some(Parts { last: Some(last), .. }) = self.parts.borrow().as_ref()
        {
            dom::draw_last(last, 0);
        }
    }

    /// Conceals it when `input` is left or its form is sent.
    pub(super) fn conceal_with(&self, watching: &mut Listening, input: &Node) {
        watching.trusted(input, "blur", &self.happens, CONCEAL);
        if let Some(form) = dom::form_of(input, "") {
            watching.trusted_first(&form, "submit", &self.happens, CONCEAL);
        }
    }
}
