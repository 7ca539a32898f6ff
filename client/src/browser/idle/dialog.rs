//! The dialog: drawn once, opened when the last minutes begin, and what it says.

use super::*;
use crate::idle::spoken;
use crate::wording::{Text, fill};

/// How long the word that the session was extended stays.
const NOTE_MS: u64 = 8_000;

impl View {
    /// Whether there is a place to draw in.
    pub(super) fn draws(&self) -> bool {
        !self.root.is_undefined()
    }

    /// Looks again whenever the page may have slept, or another tab says something.
    pub(super) fn watch_page(&self, listening: &mut Listening) {
        let (page, document) = (dom::page(), dom::document_());
        for (target, kind) in [(&document, "visibilitychange"), (&page, "focus"), (&page, "online")] {
            listening.trusted(target, kind, &self.happens, WOKEN);
        }
        listening.trusted(&page, "pageshow", &self.happens, SHOWN);
        listening.other_tabs(&self.happens, OTHER_TAB);
    }

    /// Tells a page that draws for itself how long it is, and whether these are the last minutes.
    fn tell(&self, remaining_ms: f64, warning: bool) {
        let detail = send::object(&[("remaining_ms", remaining_ms.into()), ("warning", warning.into())]);
        dom::emit(&self.host, "sekisho-remaining", &detail, false);
    }

    pub(super) fn render(&self) {
        let lang = dom::lang(&self.host);
        self.lang.set(lang);
        dom::empty(&self.root);
        let mut listening = Listening::default();
        let dialog = dom::add(
            &self.root,
            "dialog",
            &[
                ("part", "dialog"),
                ("class", "dialog"),
                ("lang", lang.tag()),
                ("aria-labelledby", "title"),
                ("aria-describedby", "body"),
            ],
        );
        dom::add_text(&dialog, "h2", &[("id", "title"), ("part", "title"), ("class", "title")], Text::IdleTitle, lang);
        let countdown =
            dom::add(&dialog, "p", &[("part", "countdown"), ("class", "countdown"), ("aria-hidden", "true")]);
        let body = dom::add(&dialog, "p", &[("id", "body"), ("part", "body"), ("class", "body")]);
        let spoken = dom::add(&dialog, "p", &[("class", "sr"), ("aria-live", "assertive")]);
        let failed = dom::add(&dialog, "p", &[("part", "message"), ("class", "message"), ("role", "alert")]);
        let actions = dom::add(&dialog, "div", &[("part", "actions"), ("class", "actions")]);
        let mut action = |text, part: &str, class: &str, what| {
            let button =
                dom::add_text(&actions, "button", &[("type", "button"), ("part", part), ("class", class)], text, lang);
            listening.trusted(&button, "click", &self.happens, what);
            button
        };
        let stay = action(Text::IdleStay, "stay", "main", STAY);
        action(Text::IdleLeave, "leave", "leave", LEAVE);
        dom::set(&stay, "autofocus", "");
        let note = dom::add(
            &self.root,
            "p",
            &[("part", "message"), ("class", "note"), ("role", "status"), ("lang", lang.tag())],
        );
        // Esc asks to stay: leaving by accident would cost the customer their work.
        listening.trusted(&dialog, "cancel", &self.happens, CANCEL);
        listening.any(&dialog, "close", &self.happens, CLOSED);
        self.watch_page(&mut listening);
        *self.listening.borrow_mut() = listening;
        *self.parts.borrow_mut() = Some(Parts { dialog, body, countdown, spoken, failed, stay, note });
    }

    /// Shows the countdown, and opens the dialog where it is not open.
    pub(super) fn count(&self, seconds: u64, deadline: &Deadline) {
        let lang = self.lang.get();
        let before = self.shown.replace(Some(seconds));
        if !self.draws() {
            if before != Some(seconds) {
                self.tell(seconds as f64 * 1000.0, true);
            }
            return;
        }
        let drawn = self.parts.borrow();
        let Some(parts) = &*drawn else { return };
        let (m, s) = ((seconds / 60).to_string(), (seconds % 60).to_string());
        dom::set_text(&parts.countdown, &fill(Text::IdleLeft.lang(lang), &[("m", &m), ("s", &s)]));
        if let Some(mark) = spoken(before, seconds) {
            let (text, name, value) = match mark % 60 {
                0 => (Text::IdleMinutes, "m", (mark / 60).to_string()),
                _ if mark > 60 => (Text::IdleLeft, "m", m.clone()),
                _ => (Text::IdleSeconds, "s", mark.to_string()),
            };
            dom::set_text(&parts.spoken, &fill(text.lang(lang), &[(name, &value), ("s", &s)]));
        }
        if before.is_none() {
            let minutes = (deadline.timeout_ms / 60_000).to_string();
            dom::set_text(&parts.body, &fill(Text::IdleBody.lang(lang), &[("n", &minutes)]));
            dom::set_text(&parts.failed, "");
            let dialog = parts.dialog.clone();
            // Nothing is borrowed while the page hears of it, by the focus or by the event: it may remove this element.
            drop(drawn);
            dom::show_modal(&dialog);
            let detail = send::object(&[("remaining_ms", (seconds as f64 * 1000.0).into())]);
            dom::emit(&self.host, "sekisho-idle-warning", &detail, false);
        }
    }

    pub(super) fn close(&self) {
        if self.shown.take().is_none() {
            return;
        }
        if let (false, Some(deadline)) = (self.draws(), self.deadline.get()) {
            self.tell(deadline.remaining(dom::reading()) as f64, false);
        }
        let dialog = self.parts.borrow().as_ref().map(|parts| {
            dom::set_text(&parts.spoken, "");
            parts.dialog.clone()
        });
        if let Some(dialog) = dialog {
            dom::close_dialog(&dialog);
        }
    }

    /// Says until when, or that the edge's answer left the session in its last minutes.
    pub(super) fn extended(&self) {
        let now = dom::reading();
        let Some(deadline) = self.deadline.get() else { return };
        if !matches!(deadline.phase(now), Phase::Quiet { .. }) {
            self.say_failed();
            return;
        }
        let lang = self.lang.get();
        let remaining = deadline.remaining(now) as f64;
        let time = dom::clock_time(now.wall + remaining, lang.tag());
        self.say_note(&fill(Text::IdleDone.lang(lang), &[("time", &time)]));
        *self.note.borrow_mut() = Some(Timer::after(NOTE_MS, &self.happens, NOTE_OVER));
        let detail = send::object(&[("remaining_ms", remaining.into())]);
        dom::emit(&self.host, "sekisho-extended", &detail, false);
    }

    pub(super) fn say_failed(&self) {
        if let Some(parts) = &*self.parts.borrow() {
            dom::set_text(&parts.failed, Text::IdleFailed.lang(self.lang.get()));
        }
    }

    pub(super) fn say_note(&self, text: &str) {
        if let Some(parts) = &*self.parts.borrow() {
            dom::set_text(&parts.note, text);
        }
    }

    pub(super) fn mark_busy(&self, busy: bool) {
        if let Some(parts) = &*self.parts.borrow() {
            dom::set(&parts.stay, "aria-disabled", if busy { "true" } else { "false" });
            if busy {
                dom::set_text(&parts.failed, "");
            }
        }
    }
}
