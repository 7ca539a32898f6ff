//! What becomes of the judgement of logins: `[risk]`.

use super::read::Section;
use std::time::Duration;

/// The name of the operation that has a threshold of its own.
pub const ACCOUNT_CHANGE: &str = "account_change";

/// What becomes of a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskMode {
    /// It is made and kept, and nothing follows from it.
    Shadow,
    /// A login that it suspects is asked more, or led to the desk.
    Act,
}

/// How logins are judged.
#[derive(Clone, Copy, Debug)]
pub struct Risk {
    /// What becomes of it.
    pub mode: RiskMode,
    /// The score from which on a login is suspected: thousandths of the logarithm of odds.
    pub threshold: i32,
    /// The score of a login from which on its session, while it has shown no second factor, changes nothing of how one logs in.
    pub account_change: i32,
    /// So many names tried within an hour from one neighbourhood, and not logged in to, are a spray.
    pub spray: u32,
    /// How long it takes at the most until a shard's counts are handed on, and as long again until they are published.
    pub counts: Duration,
}

pub(super) fn read(risk: &mut Section) -> Risk {
    let mode = risk.one_of("mode", &["shadow", "act"]);
    let threshold = risk.signed("threshold", -2_100, -20_000..=20_000);
    Risk {
        mode: if mode == "act" { RiskMode::Act } else { RiskMode::Shadow },
        threshold,
        account_change: risk.signed(ACCOUNT_CHANGE, threshold, -20_000..=20_000),
        spray: risk.number("spray", 30, 3..=4_000),
        counts: risk.duration("counts", 3_600_000, 100..=86_400_000),
    }
}
