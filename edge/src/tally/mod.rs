//! What one isolate has counted and noted and not yet told: counters by fixed names, and a line for each refusal, or for each decision.
//!
//! Counting costs an addition where something happens and nothing where a page plainly passes. What is counted is told every
//! few seconds by whoever asks next, so an isolate that ends takes its last seconds with it: these are figures to be alarmed
//! by, not to account by. What must never enter: anything that could be a customer's, in a name or in a line.

use crate::House;
use crate::gate::{Packed, path_of};
use crate::risk::Reason;
use sekisho_rules::{Refusal, Timestamp};
use std::cell::{Cell, RefCell};

/// Every counter with what it counts. `refused`, `object` and `limited` are told apart by what stands behind a dot.
pub const COUNTERS: [(&str, &str); 15] = [
    ("refused", "a request that was refused, by the public code: refused.locked"),
    ("limited", "one that was refused from memory, asking nobody: limited.client, limited.held, limited.session"),
    (
        "object",
        "a call to an object, by its kind: object.accounts, object.names, object.networks, object.crowds, object.staffs",
    ),
    ("object_failed", "such a call that did not answer in time, or with a fault"),
    (
        "cookie_refused",
        "a session cookie that is malformed, not under a key of ours, there twice, or not shown to be on its device",
    ),
    ("lease_renewed", "an account that was asked about a session and said that it lives"),
    ("last_known", "a request that passed on the last lease, its account not answering"),
    ("step_up", "a customer who was asked for more than the session proves"),
    ("session_moved", "a session that was used from elsewhere and has to prove itself anew"),
    ("moved_again", "a request of such a session that came before the proof"),
    ("login", "a completed login"),
    ("code_asked", "a right password that a code has to follow"),
    ("plain_password", "a password that came unsealed"),
    ("outbox_put_off", "a letter or event that could not be handed over and is tried again"),
    ("outbox_dead", "one that will not be tried again: somebody has to look"),
];

/// The most lines between two tellings; of what is refused past that only the number is told.
const LINES: usize = 100;

/// What an isolate has counted and noted.
pub struct Tally {
    counts: RefCell<Vec<(&'static str, &'static str, u32)>>,
    lines: RefCell<Vec<String>>,
    room: Cell<usize>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { counts: RefCell::default(), lines: RefCell::default(), room: Cell::new(LINES) }
    }
}

impl Tally {
    /// Counts one more `what`, of the kind `of` or of none.
    pub fn count(&self, what: &'static str, of: &'static str) {
        let mut counts = self.counts.borrow_mut();
        match counts.iter_mut().find(|(name, kind, _)| *name == what && *kind == of) {
            Some((_, _, count)) => *count = count.saturating_add(1),
            None => counts.push((what, of, 1)),
        }
    }

    /// What was counted since this was last asked, as a JSON object of numbers; nothing where nothing was. Makes room for
    /// more lines.
    pub fn take_counts(&self) -> Option<String> {
        self.room.set(LINES);
        let counts = self.counts.take();
        if counts.is_empty() {
            return None;
        }
        let mut text = String::from("{");
        for (what, of, count) in counts {
            let dot = if of.is_empty() { "" } else { "." };
            let comma = if text.len() > 1 { "," } else { "" };
            text.push_str(&format!("{comma}\"{what}{dot}{of}\":{count}"));
        }
        text.push('}');
        Some(text)
    }

    /// The lines since this was last asked.
    pub fn take_lines(&self) -> Vec<String> {
        self.lines.take()
    }

    /// Notes a line, whatever the room.
    fn write(&self, line: String) {
        self.lines.borrow_mut().push(line);
    }

    fn note(&self, line: impl FnOnce() -> String) {
        if let Some(room) = self.room.get().checked_sub(1) {
            self.room.set(room);
            self.write(line());
        }
    }
}

impl House {
    /// Counts a refusal, and notes it under its reference number with `place`: the endpoint, or the prefix of the route. That
    /// somebody without a session came to a page is counted alone: it happens all day.
    pub(crate) fn note(&self, refusal: Refusal, reference: &str, place: &str) {
        let code = refusal.code();
        self.tally.count("refused", code);
        let line = || format!("{{\"ref\":\"{reference}\",\"refused\":\"{code}\",\"at\":\"{place}\"}}");
        if self.config.log_all {
            self.tally.write(line());
        } else if !matches!(refusal, Refusal::NoSession | Refusal::SessionIdle) {
            self.tally.note(line);
        }
    }

    /// Notes for which reason a live session of this channel has to prove itself anew.
    pub(crate) fn note_reason(&self, reason: Reason, channel: &str) {
        let name = serde_json::to_string(&reason).unwrap_or_default();
        self.tally.note(|| format!("{{\"asked_anew\":{name},\"channel\":\"{channel}\"}}"));
    }

    /// Notes, where every decision is noted, that who came for `path` at `now` is led to a proof.
    pub(crate) fn note_led(&self, now: Timestamp, path: &str) {
        if self.config.log_all {
            let (reference, place) = (Self::reference(now), self.config.rule(path).map_or("", |route| &route.path));
            self.tally.write(format!("{{\"ref\":\"{reference}\",\"led\":\"proof\",\"at\":\"{place}\"}}"));
        }
    }

    /// Notes, where every decision is noted, that `request` passed at `now`, for a `customer` or for nobody.
    pub(crate) fn note_pass(&self, now: Timestamp, request: &Packed, customer: bool) {
        if !self.config.log_all {
            return;
        }
        let (reference, who) = (Self::reference(now), if customer { "customer" } else { "anonymous" });
        let place = self.config.rule(path_of(request.target())).map_or("", |route| &route.path);
        let channel = request.channel(&self.config);
        self.tally.write(format!(
            "{{\"ref\":\"{reference}\",\"passed\":\"{who}\",\"at\":\"{place}\",\"channel\":\"{channel}\"}}"
        ));
    }
}

#[cfg(test)]
mod tests;
