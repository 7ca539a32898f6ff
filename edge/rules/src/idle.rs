//! The idle rule: when a session ends by itself, and which request puts the end off.

use crate::Timestamp;
use core::time::Duration;

/// When an idle session ends: `timeout` after its last renewal, renewed only inside the last `renewal_window`.
///
/// The brokers' rule is 180 minutes and 5 minutes: a request more than 5 minutes before the end changes nothing, one at
/// exactly 5:00 or later sets a new deadline of that request + 180 minutes.
///
/// ```
/// use core::time::Duration;
/// use sekisho_rules::{IdleRule, Timestamp};
/// let rule = IdleRule::JP_BROKER;
/// let deadline = rule.opened(Timestamp::from_millis(0));
/// let early = deadline - Duration::from_millis(300_001);
/// assert_eq!(rule.touched(deadline, early), deadline);
/// let just = deadline - Duration::from_secs(300);
/// assert_eq!(rule.touched(deadline, just), just + Duration::from_secs(180 * 60));
/// let sliding = IdleRule { sliding: true, ..rule };
/// assert_eq!(sliding.touched(deadline, early), early + Duration::from_secs(180 * 60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleRule {
    /// From a login or a renewal to the end.
    pub timeout: Duration,
    /// How long before the end a request starts to renew, and the client to warn.
    pub renewal_window: Duration,
    /// Whether a request renews before the window as well.
    pub sliding: bool,
}

/// What a deadline says of a session at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    Live,
    /// Its idle deadline has passed.
    Idle,
    /// Ended by logout, by another device or by a change of credentials.
    Ended,
    /// Never issued, or purged long ago.
    Unknown,
}

impl IdleRule {
    /// The brokers' published figures: 180 minutes, renewed in the last 5.
    pub const JP_BROKER: Self =
        Self { timeout: Duration::from_secs(180 * 60), renewal_window: Duration::from_secs(5 * 60), sliding: false };

    /// The deadline of a session opened at `now`.
    pub fn opened(&self, now: Timestamp) -> Timestamp {
        now + self.timeout
    }

    /// When the renewal window of a session that ends at `deadline` begins.
    pub fn window_opens(&self, deadline: Timestamp) -> Timestamp {
        deadline - self.renewal_window
    }

    /// The deadline after a customer's request at `now`; a request at or after `deadline` renews nothing.
    pub fn touched(&self, deadline: Timestamp, now: Timestamp) -> Timestamp {
        let renews = (self.sliding || now >= self.window_opens(deadline)) && now < deadline;
        // A clock that was set back takes nothing away.
        if renews { deadline.max(now + self.timeout) } else { deadline }
    }

    /// Live before `deadline`, idle from it on.
    pub fn standing(&self, deadline: Timestamp, now: Timestamp) -> Standing {
        if now < deadline { Standing::Live } else { Standing::Idle }
    }

    /// How long the edge may believe a cookie without asking the account: at most `lease`, never into the window.
    pub fn lease_end(&self, deadline: Timestamp, now: Timestamp, lease: Duration) -> Timestamp {
        let longest = now + lease;
        let window = self.window_opens(deadline);
        if window <= now { now } else { longest.min(window) }
    }
}
