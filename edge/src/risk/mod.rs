//! What a request shows, and what that says of who is behind it. What must never enter: a verdict by user agent alone, a
//! refusal by score, anything learned from attacks.
//!
//! What it does not reach, on the synthetic stream of `tests/reports/risk` and without a device's cookie: owners with 39 logins are
//! asked two or three times of them where the published curve has one or two (naive attackers, and VPN at .99); against naive at .99
//! that is what the best score for all attackers asks. The price of asking frequent owners less is that their accounts are
//! guarded less by the score alone: there fewer attempts are caught.

mod evidence;
mod features;
mod fingerprint;
mod habits;
mod kept;
mod model;
mod scale;
mod signs;
mod user_agent;
mod verdict;

pub use evidence::{Device, Evidence, Population};
pub use features::{Feature, Features, PerFeature};
pub(crate) use fingerprint::one_line;
pub use fingerprint::{Fingerprint, Platform};
pub use habits::{Habits, ONE, faded, left};
pub use model::score;
pub use scale::Scale;
pub use signs::{NetworkKind, Networks, Said, Signs, Spot};
pub use user_agent::{Hints, Kind, UserAgent, contradicts};
pub use verdict::{Judgement, Priors, Reason, Verdict, With};

#[cfg(test)]
mod tests;
