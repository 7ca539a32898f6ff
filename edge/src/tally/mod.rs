//! What one isolate has counted and noted and not yet told: counters by fixed names, and a line for each refusal, or for each decision,
//! each fault and each judgement.
//!
//! Counting costs an addition where something happens and nothing where a page plainly passes. What is counted is told every
//! few seconds by whoever asks next, so an isolate that ends takes its last seconds with it: these are figures to be alarmed
//! by, not to account by. What must never enter: anything that could be a customer's, in a name or in a line.

use crate::House;
use crate::gate::{Packed, path_of};
use crate::risk::Reason;
use sekisho_rules::{Refusal, Timestamp};
use std::cell::{Cell, RefCell};

/// Every counter with what it counts. Some are told apart by what stands behind a dot.
pub const COUNTERS: [(&str, &str); 17] = [
    ("refused", "a request that was refused, by the public code: refused.locked"),
    ("limited", "one that was refused from memory, asking nobody: limited.client, limited.held, limited.session"),
    (
        "object",
        "a call to an object, by its kind: object.accounts, object.names, object.networks, object.crowds, object.staffs",
    ),
    ("object_failed", "such a call that did not answer in time, or with a fault"),
    ("cookie_refused", "a session cookie that is malformed, not under a key of ours, there twice, or another origin's"),
    (
        "bound_lapsed",
        "one of ours whose bound cookie does not show it to be on its device: it has lapsed, or the cookie was copied",
    ),
    ("lease_renewed", "an account that was asked about a session and said that it lives"),
    ("last_known", "a request that passed on the last lease, its account not answering"),
    ("step_up", "a customer who was asked for more than the session proves"),
    ("session_moved", "a session that was used from elsewhere and has to prove itself anew"),
    ("moved_again", "a request of such a session that came before the proof"),
    ("login", "a completed login, by what it was proved with: login.password alone, login.code, login.passkey"),
    ("code_asked", "a right password that a code has to follow"),
    ("plain_password", "a password that came unsealed"),
    (
        "outbox_put_off",
        "what could not be handed over and is tried again: outbox_put_off.letter, outbox_put_off.code (a one-time code), \
         outbox_put_off.opened (the origin hears of an account), outbox_put_off.tell (a login for the counts)",
    ),
    (
        "outbox_dead",
        "what will not be tried again: outbox_dead.letter and outbox_dead.opened, somebody has to look; outbox_dead.code, \
         outbox_dead.tell",
    ),
    ("unwritten", "a line of the log for which there was no room"),
];

/// The most lines of a kind in [`EVERY`]; of what comes past that only the number is told.
const LINES: usize = 100;

/// So long lines have the same room, however often the counts are told meanwhile, in milliseconds.
const EVERY: u64 = 10_000;

/// As many numbers as one millisecond has: two digits.
const NUMBERS: u16 = 36 * 36;

/// What an isolate has counted and noted.
pub struct Tally {
    counts: RefCell<Vec<(&'static str, &'static str, u32)>>,
    lines: RefCell<Vec<String>>,
    /// For how many lines there is room: of refusals, which anybody can bring about, of judgements, one a login, and of all else.
    room: [Cell<usize>; 3],
    /// Since when.
    since: Cell<u64>,
    number: Cell<u16>,
}

impl Default for Tally {
    fn default() -> Self {
        let room = [const { Cell::new(LINES) }; 3];
        Self {
            counts: RefCell::default(),
            lines: RefCell::default(),
            room,
            since: Cell::default(),
            number: Cell::default(),
        }
    }
}

/// A reference number that staff can find in the log: the moment in base 36 and the `nth` of it in two digits more, nothing
/// about the customer.
pub fn reference(now: Timestamp, nth: u16) -> String {
    let mut rest = now.as_millis() * u64::from(NUMBERS) + u64::from(nth % NUMBERS);
    let mut digits = Vec::new();
    while rest > 0 {
        let digit = u32::try_from(rest % 36).unwrap_or_default();
        digits.push(char::from_digit(digit, 36).unwrap_or('0').to_ascii_uppercase());
        rest /= 36;
    }
    digits.iter().rev().collect()
}

/// The line of a decision; without a channel where none is known.
fn decision(reference: &str, (what, how): (&str, &str), place: &str, channel: &str) -> String {
    let channel = if channel.is_empty() { String::new() } else { ["\",\"channel\":\"", channel].concat() };
    ["{\"ref\":\"", reference, "\",\"", what, "\":\"", how, "\",\"at\":\"", place, &channel, "\"}"].concat()
}

/// The line of a fault.
pub fn fault(reference: &str, cause: &str) -> String {
    ["{\"ref\":\"", reference, "\",\"fault\":", &quoted(cause), "}"].concat()
}

/// `text` as JSON.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
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
    /// more lines where it is time.
    pub fn take_counts(&self, now: Timestamp) -> Option<String> {
        if now.as_millis().saturating_sub(self.since.get()) >= EVERY {
            self.since.set(now.as_millis());
            self.room.iter().for_each(|room| room.set(LINES));
        }
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

    /// Reference numbers go on from `number`, which is another one in each isolate.
    pub fn begin_at(&self, number: u16) {
        self.number.set(number);
    }

    /// From which number on they do.
    pub fn number(&self) -> u16 {
        self.number.get()
    }

    /// The next reference number.
    pub fn reference(&self, now: Timestamp) -> String {
        let number = self.number.get();
        self.number.set(number.wrapping_add(1) % NUMBERS);
        reference(now, number)
    }

    /// Notes a line that is no refusal's, as far as there is room.
    pub fn note(&self, line: String) {
        let [_, judgements, rest] = &self.room;
        if self.has(if line.starts_with("{\"judged\":") { judgements } else { rest }) {
            self.write(line);
        }
    }

    /// Notes a line, whatever the room.
    fn write(&self, line: String) {
        self.lines.borrow_mut().push(line);
    }

    /// Takes room for a line, or counts that there is none.
    fn has(&self, room: &Cell<usize>) -> bool {
        let left = room.get().checked_sub(1);
        match left {
            Some(left) => room.set(left),
            None => self.count("unwritten", ""),
        }
        left.is_some()
    }
}

impl House {
    /// Counts a refusal, and notes it under its reference number with `place`: the endpoint, or the prefix of the route. That
    /// somebody without a session came to a page is counted alone: it happens all day.
    pub(crate) fn note(&self, refusal: Refusal, reference: &str, place: &str) {
        let code = refusal.code();
        self.tally.count("refused", code);
        let [room, ..] = &self.tally.room;
        let usual = matches!(refusal, Refusal::NoSession | Refusal::SessionIdle);
        if self.config.log_all || !usual && self.tally.has(room) {
            self.tally.write(decision(reference, ("refused", code), place, ""));
        }
    }

    /// The next reference number of this isolate.
    pub(crate) fn reference(&self, now: Timestamp) -> String {
        self.tally.reference(now)
    }

    /// Notes for which reason a live session of this channel has to prove itself anew.
    pub(crate) fn note_reason(&self, reason: Reason, channel: &str) {
        let name = serde_json::to_string(&reason).unwrap_or_default();
        self.tally.note(format!("{{\"asked_anew\":{name},\"channel\":\"{channel}\"}}"));
    }

    /// Notes what of the settings keeps a request out.
    pub(crate) fn note_settings(&self, now: Timestamp, fault: &str) {
        self.tally.note(self::fault(&self.reference(now), &["settings: ", fault].concat()));
    }

    /// Notes, where every decision is noted, that who came for `path` at `now` is led to a proof.
    pub(crate) fn note_led(&self, now: Timestamp, path: &str) {
        if self.config.log_all {
            let (reference, place) = (self.reference(now), self.config.rule(path).map_or("", |route| &route.path));
            self.tally.write(decision(&reference, ("led", "proof"), place, ""));
        }
    }

    /// Notes, where every decision is noted, that `request` passed at `now`, for a `customer` or for nobody.
    pub(crate) fn note_pass(&self, now: Timestamp, request: &Packed, customer: bool) {
        if !self.config.log_all {
            return;
        }
        let (reference, who) = (self.reference(now), if customer { "customer" } else { "anonymous" });
        let place = self.config.rule(path_of(request.target())).map_or("", |route| &route.path);
        let channel = request.channel(&self.config);
        self.tally.write(decision(&reference, ("passed", who), place, channel));
    }

    /// Notes, where every decision is noted, that the endpoint `place` answered with `status` by `channel`.
    pub(crate) fn note_answer(&self, reference: &str, (place, status): (&str, &str), channel: &str) {
        self.tally.write(decision(reference, ("answered", status), place, channel));
    }
}

#[cfg(test)]
mod tests;
