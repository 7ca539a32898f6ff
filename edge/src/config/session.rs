//! How long sessions last and how many an account may have: `[session]`.

use super::read::Section;
use sekisho_rules::{IdleRule, Timestamp};
use std::time::Duration;

const LONGEST_LEASE_MS: u64 = 600_000;
/// The longest lease that a site may have.
pub(crate) const LONGEST_LEASE: Duration = Duration::from_millis(LONGEST_LEASE_MS);

/// The profiles' names, the default first.
const PROFILES: [&str; 2] = ["jp-broker", "nist-aal2"];
const MINUTE: u64 = 60_000;
const DAY: u64 = 86_400_000;

/// How long sessions last, and how many an account may have.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The idle rule.
    pub idle: IdleRule,
    /// From the login to the end that nothing puts off, not even a fresh proof.
    pub absolute: Duration,
    /// How long the edge may believe a cookie without asking the account.
    pub lease: Duration,
    /// How many live sessions an account may have.
    pub limit: u32,
    /// What gives way when one more is opened.
    pub at_limit: AtLimit,
    /// Whether browsers that can are offered to bind sessions to the device, and what is bound must be shown.
    pub bound: bool,
    /// Whether a session that is used from another network with another client must prove itself anew.
    pub moved: bool,
}

/// What gives way when an account has as many sessions as it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtLimit {
    /// The session that was opened first ends.
    Oldest,
    /// The new login is turned down.
    Refuse,
}

impl AtLimit {
    /// Its name in the config and to pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Refuse => "refuse",
        }
    }
}

/// Reads how long sessions last; what the section leaves out is as in `idle` and `absolute`.
pub(super) fn lasting(section: &mut Section, idle: IdleRule, absolute: Duration) -> (IdleRule, Duration) {
    // What is wrong with the defaults is told where they stand.
    let own = ["timeout", "renewal_window", "absolute"].iter().any(|field| section.has(field));
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(DAY);
    let timeout = section.duration("timeout", millis(idle.timeout), 1_000..=DAY);
    let renewal_window = section.duration("renewal_window", millis(idle.renewal_window), 1_000..=DAY);
    if own && renewal_window >= timeout {
        section.complain("renewal_window", "must be shorter than timeout");
    }
    let choices = if idle.sliding { ["sliding", "window"] } else { ["window", "sliding"] };
    let sliding = section.one_of("renewal", &choices) == "sliding";
    let absolute = section.duration("absolute", millis(absolute), 1_000..=30 * DAY);
    if own && absolute < timeout {
        section.complain("absolute", "must not be shorter than timeout");
    }
    (IdleRule { timeout, renewal_window, sliding }, absolute)
}

impl Session {
    /// The end of a session opened at `opened` whose customer proved who they are at `now`.
    pub fn proved(&self, opened: Timestamp, now: Timestamp) -> Timestamp {
        self.bounded(opened, self.idle.opened(now))
    }

    /// The end after a customer's request at `now`: put off inside the window, never past the absolute end.
    pub fn touched(&self, opened: Timestamp, deadline: Timestamp, now: Timestamp) -> Timestamp {
        self.bounded(opened, self.idle.touched(deadline, now))
    }

    /// `deadline`, or the absolute end of a session opened at `opened` where that comes first: also for one that was
    /// opened while a longer limit held.
    pub fn bounded(&self, opened: Timestamp, deadline: Timestamp) -> Timestamp {
        deadline.min(opened + self.absolute)
    }
}

/// Reads the section; what it leaves out is as in its profile.
pub(super) fn read(session: &mut Section) -> Session {
    // The brokers' figures with an absolute end of ours; or what keeps SP 800-63B's AAL2 in revision 3 (30 minutes,
    // 12 hours) and so in revision 4 as well (1 hour, 24 hours).
    let (timeout, most) = match session.one_of("profile", &PROFILES) {
        "nist-aal2" => (30 * MINUTE, DAY / 2),
        _ => (180 * MINUTE, DAY),
    };
    let [timeout, renewal_window, most] = [timeout, 5 * MINUTE, most].map(Duration::from_millis);
    let (idle, absolute) = lasting(session, IdleRule { timeout, renewal_window, sliding: false }, most);
    Session {
        idle,
        absolute,
        lease: session.duration("lease", MINUTE, 1_000..=LONGEST_LEASE_MS),
        limit: session.number("limit", 10, 1..=100),
        at_limit: match session.one_of("at_limit", &["oldest", "refuse"]) {
            "refuse" => AtLimit::Refuse,
            _ => AtLimit::Oldest,
        },
        bound: session.one_of("bound", &["offer", "off"]) == "offer",
        moved: session.one_of("moved", &["prove", "off"]) == "prove",
    }
}
