//! What the list shows: drawn, or told to a page that draws for itself.

use super::*;

impl View {
    /// What is shown of `text`. A page that draws for itself is told no character of it: any script could ask.
    pub(super) fn shown(&self, text: &str, found: &Findings) -> Shown {
        let said = if self.draws() || text.is_empty() { text } else { UNSAID };
        view(said, found, &PROFILE.get(), self.lang.get())
    }

    pub(super) fn state(&self, found: &Findings, shown: &Shown) -> JsValue {
        let line = |text: &str, name, value: JsValue| send::object(&[("text", text.into()), (name, value)]);
        let rules: js_sys::Array = shown
            .rules
            .iter()
            .map(|rule| line(&rule.text, "met", rule.met.map_or(JsValue::NULL, JsValue::from)))
            .collect();
        let notes: js_sys::Array =
            shown.notes.iter().map(|note| line(&note.text, "refuses", note.refuses.into())).collect();
        let codes: js_sys::Array = codes(found).into_iter().map(JsValue::from).collect();
        send::object(&[
            ("verdict", found.outcome().into()),
            ("codes", codes.into()),
            ("rules", rules.into()),
            ("strength", shown.strength.as_deref().map_or(JsValue::NULL, JsValue::from)),
            ("notes", notes.into()),
            ("half_width", shown.offers_half_width.into()),
        ])
    }

    pub(super) fn draw(&self, shown: &Shown) {
        let lang = self.lang.get();
        let parts = self.parts.borrow();
        let Some(parts) = &*parts else { return };
        for ((item, mark, state), line) in parts.rules.iter().zip(&shown.rules) {
            let (name, sign, words) = match line.met {
                None => ("open", "・", ""),
                Some(true) => ("met", "✓", Text::PwMet.lang(lang)),
                Some(false) => ("unmet", "✕", Text::PwUnmet.lang(lang)),
            };
            dom::set(item, "data-state", name);
            dom::set_text(mark, sign);
            dom::set_text(state, words);
        }
        dom::set_text(&parts.strength, shown.strength.as_deref().unwrap_or_default());
        dom::empty(&parts.notes);
        for note in &shown.notes {
            let (part, class) = if note.refuses { ("advice", "refuse") } else { ("warning", "warn") };
            let item = dom::add(&parts.notes, "li", &[("part", part), ("class", class)]);
            dom::set_text(&item, &note.text);
        }
        dom::flag(&parts.fix, "hidden", !shown.offers_half_width);
    }
}
