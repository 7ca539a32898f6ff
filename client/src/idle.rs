//! When to warn that the session will end by itself, and when to say that it has.
//!
//! The edge decides; this room only counts down from the edge's last word. Local activity never moves the deadline, and
//! no clock, however it jumps, can make the countdown longer than the edge said.

/// The shortest warning, whatever the edge is configured to (WCAG 2.2, 2.2.1: at least 20 seconds).
pub const SHORTEST_WARNING_MS: u64 = 20_000;

/// The longest a timer may run: hidden tabs and sleeping machines distort long ones.
pub const LONGEST_WAIT_MS: u64 = 30_000;

/// Two clocks read at the same moment, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// `performance.now()`: never goes back, but stands still while the machine sleeps.
    pub steady: f64,
    /// `Date.now()`: passes in sleep, but can be set.
    pub wall: f64,
}

/// What the edge last said about the session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deadline {
    /// Milliseconds to the end when it was said.
    pub remaining_ms: u64,
    /// How long before the end a request starts to extend.
    pub window_ms: u64,
    /// From a request that extends to the new end.
    pub timeout_ms: u64,
    /// Both clocks when the request was sent whose answer this is: so the network's delay can only shorten.
    pub said_at: Reading,
}

/// Where the session stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing to say; look again after `wait_ms`.
    Quiet {
        /// At most [`LONGEST_WAIT_MS`].
        wait_ms: u64,
    },
    /// The last minutes: count down; look again after `wait_ms`, when the shown second changes.
    Warning {
        /// Whole seconds to show, rounded up.
        seconds: u64,
        /// At most a second.
        wait_ms: u64,
    },
    /// The time is up by our count: ask the edge.
    Over,
}

impl Deadline {
    /// Milliseconds left at `now`.
    pub fn remaining(&self, now: Reading) -> u64 {
        let elapsed = (now.steady - self.said_at.steady).max(now.wall - self.said_at.wall).max(0.0);
        // A float beyond the range saturates, and then nothing remains.
        self.remaining_ms.saturating_sub(elapsed.ceil() as u64)
    }

    /// The phase at `now`.
    ///
    /// ```
    /// use sekisho_client::idle::{Deadline, Phase, Reading};
    /// let at = |ms: f64| Reading { steady: ms, wall: 1e12 + ms };
    /// let said = Deadline { remaining_ms: 10_800_000, window_ms: 300_000, timeout_ms: 10_800_000, said_at: at(0.0) };
    /// assert_eq!(said.phase(at(10_499_999.0)), Phase::Quiet { wait_ms: 1 });
    /// assert_eq!(said.phase(at(10_500_000.0)), Phase::Warning { seconds: 300, wait_ms: 1000 });
    /// assert_eq!(said.phase(at(10_800_000.0)), Phase::Over);
    /// ```
    pub fn phase(&self, now: Reading) -> Phase {
        let remaining = self.remaining(now);
        let warning = self.window_ms.max(SHORTEST_WARNING_MS);
        if remaining == 0 {
            Phase::Over
        } else if remaining <= warning {
            Phase::Warning { seconds: remaining.div_ceil(1000), wait_ms: (remaining - 1) % 1000 + 1 }
        } else {
            Phase::Quiet { wait_ms: (remaining - warning).min(LONGEST_WAIT_MS) }
        }
    }

    /// What `Sekisho-Session: remaining=…, window=…, timeout=…` says (an RFC 9651 dictionary of integers, in
    /// milliseconds); none where one of the three is missing or no number. Members of other names are passed over.
    ///
    /// ```
    /// use sekisho_client::idle::{Deadline, Reading};
    /// let now = Reading { steady: 5.0, wall: 9.0 };
    /// let said = Deadline::of_header("remaining=10799123, window=300000, timeout=10800000", now);
    /// assert_eq!(said.map(|deadline| deadline.remaining_ms), Some(10_799_123));
    /// ```
    pub fn of_header(header: &str, said_at: Reading) -> Option<Self> {
        let member = |wanted: &str| {
            // RFC 9651, 4.2.2: of a name given twice the last counts; a parameter after `;` is not the value's.
            let value =
                header.split(',').rev().find_map(|member| member.trim().strip_prefix(wanted)?.strip_prefix('='))?;
            let digits = value.split(';').next()?;
            (digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
        };
        Some(Self {
            remaining_ms: member("remaining")?,
            window_ms: member("window")?,
            timeout_ms: member("timeout")?,
            said_at,
        })
    }
}

/// The whole seconds at which the time left is spoken: 5:00, 2:00, 1:00, 0:40, 0:20.
const SPOKEN: [u64; 5] = [300, 120, 60, 40, 20];

/// What to say aloud when the countdown goes from `before` (none when it has just begun) to `now` seconds: the mark that
/// was passed; at the beginning always the time left. A tab that slept over several marks says only the last.
pub fn spoken(before: Option<u64>, now: u64) -> Option<u64> {
    match before {
        None => Some(now),
        Some(before) => SPOKEN.into_iter().rev().find(|mark| now <= *mark && *mark < before),
    }
}

#[cfg(test)]
#[path = "idle_tests.rs"]
mod tests;
