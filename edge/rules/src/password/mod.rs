//! Password rules: one implementation for the page that advises and for the edge that decides.
//!
//! [`check_rule`] is the rule alone, for every key; the matchers and the data they read come beside it and are
//! never pulled in by it. Findings are values with places and numbers; sentences live with the page. Rules bind when
//! a password is set, never at login. What must never enter: wording, hashing, a copy of the password in a finding.

mod alike;
pub mod attribute;
mod check;
pub mod data;
mod findings;
mod matching;
mod profile;
mod rule;
mod strength;
pub mod width;

pub use alike::{Alike, too_alike};
pub use check::check;
pub use data::{Data, DataError};
pub use findings::{Complaint, Finding, Findings, Place, Rule, RuleState, Severity, Warning};
pub use profile::{Impossible, Profile, Rules};
pub use rule::{check_rule, half_width};
pub use strength::{Level, Strength};
