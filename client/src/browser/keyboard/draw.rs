//! The board's surroundings: the button that opens it, the options, the tabs, the tools and the notice.

use super::*;

impl View {
    /// Draws everything anew: at the start, and when an attribute changes what is there.
    pub(super) fn render(&self) {
        let was_open = self.board.borrow().is_some();
        self.fold();
        self.leave_fields();
        dom::empty(&self.root);
        self.lang.set(dom::lang(&self.host));
        let mut listening = Listening::default();
        let parts = self.skeleton(&mut listening);
        listening.trusted(&dom::page(), "pagehide", &self.happens, LEFT);
        listening.trusted(&dom::page(), "blur", &self.happens, CONCEAL);
        listening.trusted(&dom::document_(), "visibilitychange", &self.happens, CONCEAL);
        *self.listening.borrow_mut() = listening;
        *self.parts.borrow_mut() = Some(parts);
        if was_open || dom::attribute(&self.host, "open").is_some() {
            self.unfold();
        }
    }

    pub(super) fn skeleton(&self, listening: &mut Listening) -> Parts {
        let lang = self.lang.get();
        let says = |parent: &Node, tag: &str, attributes: &[(&str, &str)], text| {
            dom::add_text(parent, tag, attributes, text, lang)
        };
        let wrap = dom::add(&self.root, "div", &[("class", "wrap"), ("lang", lang.tag())]);
        let toggle = dom::add(
            &wrap,
            "button",
            &[
                ("type", "button"),
                ("part", "toggle"),
                ("class", "toggle"),
                ("aria-expanded", "false"),
                ("aria-controls", "panel"),
            ],
        );
        dom::set_text(&toggle, Text::KbOpen.lang(lang));
        listening.trusted(&toggle, "click", &self.happens, TOGGLE);

        let name = Text::KbName.lang(lang);
        let panel = dom::add(
            &wrap,
            "div",
            &[
                ("id", "panel"),
                ("part", "panel"),
                ("class", "panel"),
                ("role", "group"),
                ("aria-label", name),
                ("hidden", ""),
            ],
        );
        listening.trusted(&panel, "mousedown", &self.happens, PANEL_DOWN);
        listening.trusted(&panel, "keydown", &self.happens, PANEL_KEY);
        let spoken = says(&panel, "p", &[("id", "spoken"), ("class", "sr")], Text::KbSpoken);
        dom::set(&panel, "aria-describedby", "spoken");
        drop(spoken);

        let tabs = self.tab_list(&panel, listening);
        let options = dom::add(&panel, "div", &[("part", "options"), ("class", "options")]);
        let random = self.option(&options, "random", (Text::KbRandom, Text::KbRandomHelp), RANDOM, listening);
        let hide = self.option(&options, "hide", (Text::KbHide, Text::KbHideHelp), HIDE, listening);

        let last = self.last_place(&panel);
        let keys = Text::KbKeys.lang(lang);
        let grid =
            dom::add(&panel, "div", &[("part", "board"), ("class", "board"), ("role", "grid"), ("aria-label", keys)]);
        listening.trusted(&grid, "keydown", &self.happens, GRID_KEY);
        listening.resize(&panel, &self.happens, RESIZED);

        let tools = dom::add(&panel, "div", &[("class", "tools")]);
        let mut tool = |text, part: &str, what| {
            let button = says(&tools, "button", &[("type", "button"), ("part", part), ("class", part)], text);
            listening.trusted(&button, "click", &self.happens, what);
            button
        };
        let shift = tool(Text::KbShift, "tool", SHIFT);
        tool(Text::KbBack, "tool", BACK);
        tool(Text::KbClear, "tool", CLEAR);
        tool(Text::KbEnter, "done", DONE);
        dom::set(&shift, "aria-pressed", "false");
        dom::flag(&shift, "hidden", self.layout() == Layout::Pin);

        says(&panel, "p", &[("part", "notice"), ("class", "notice")], Text::KbNotice);
        let count = dom::add(&panel, "p", &[("class", "sr"), ("role", "status")]);
        Parts { toggle, panel, tabs, grid, shift, count, random, hide, last }
    }

    /// A checkbox where the attribute leaves the choice to the customer.
    pub(super) fn option(
        &self,
        options: &Node,
        name: &str,
        text: (Text, Text),
        what: u32,
        listening: &mut Listening,
    ) -> Option<Node> {
        if dom::attribute(&self.host, name).is_some_and(|value| value != "choice") {
            return None;
        }
        let lang = self.lang.get();
        let label = dom::add(options, "label", &[("part", "option"), ("class", "option")]);
        let help = joined(&[name, "-help"]);
        let checkbox = dom::add(&label, "input", &[("type", "checkbox"), ("aria-describedby", &help)]);
        dom::set_checked(&checkbox, if what == RANDOM { self.random.get() } else { self.hide.get() });
        dom::add_text(&label, "span", &[], text.0, lang);
        let words = text.1.lang(lang);
        let help = dom::add(options, "span", &[("id", &help), ("class", "sr")]);
        dom::set_text(&help, words);
        dom::set(&label, "title", words);
        listening.trusted(&checkbox, "change", &self.happens, what);
        Some(checkbox)
    }

    /// One tab per field, where the board serves several.
    pub(super) fn tab_list(&self, panel: &Node, listening: &mut Listening) -> Vec<Node> {
        self.find_fields();
        let fields = self.fields.borrow();
        if fields.len() < 2 {
            return Vec::new();
        }
        let label = Text::KbTabs.lang(self.lang.get());
        let list = dom::add(
            panel,
            "div",
            &[("part", "tabs"), ("class", "tabs"), ("role", "radiogroup"), ("aria-label", label)],
        );
        let tab = |(at, field): (usize, &Rc<Field>)| {
            let tab =
                dom::add(&list, "button", &[("type", "button"), ("part", "tab"), ("class", "tab"), ("role", "radio")]);
            dom::set_text(&tab, &dom::label_of(&field.input));
            dom::set(&tab, "aria-checked", if at == self.active.get() { "true" } else { "false" });
            listening.trusted(&tab, "click", &self.happens, TAB + at as u32);
            tab
        };
        fields.iter().enumerate().map(tab).collect()
    }
}
