//! The judgement of one login: what is unusual in it, and whether it is to be asked more. Only a rule refuses, never a score.

use super::evidence::{Device, Evidence, Population};
use super::features::Feature;
use super::model::score;
use serde::{Deserialize, Serialize};

/// What is unusual in a login, by the codes of logs and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The account has no login to compare with.
    FirstLogin,
    /// None of the account's devices.
    NewDevice,
    /// A channel by which the account was never logged in to.
    NewChannel,
    /// A network that the account has not used.
    UnfamiliarNetwork,
    /// A country that it has not been used in.
    UnfamiliarCountry,
    /// A browser or system that it has not been used with.
    UnfamiliarClient,
    /// An hour at which its owner hardly ever logs in.
    UnfamiliarHour,
    /// It does not show where it came from, as the owner's do.
    PlaceHidden,
    /// Passwords of many accounts are being tried from its neighbourhood.
    Spray,
    /// A version of the browser that is older than the account's own.
    OldClient,
}

/// A login, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What it was judged by: enough to judge it again.
    pub evidence: Evidence,
    /// Thousandths of the logarithm of odds; none for a first login.
    pub score: Option<i32>,
    /// The score from which on a login is asked more.
    pub threshold: i32,
    /// What is unusual.
    pub reasons: Vec<Reason>,
}

impl Judgement {
    /// Judges by `evidence`; the same evidence and threshold give the same judgement on any machine.
    pub fn of(evidence: Evidence, threshold: i32) -> Self {
        Self { score: score(&evidence), threshold, reasons: reasons(&evidence), evidence }
    }

    /// Whether it came from where passwords are being sprayed, or does not show where from, and from no device of the owner's,
    /// who may live there.
    fn raised(&self) -> bool {
        (self.evidence.sprayed || self.evidence.hidden) && self.evidence.device == Device::Unknown
    }

    /// Whether the login is to be asked more than the first proof.
    pub fn asks(&self) -> bool {
        self.raised() || self.score.is_none_or(|score| score >= self.threshold)
    }

    /// Whether it is held for an attacker's by its own score: a first login has none, and what others do nearby is no part of it.
    pub fn suspects(&self) -> bool {
        self.score.is_some_and(|score| score >= self.threshold)
    }
}

fn reasons(evidence: &Evidence) -> Vec<Reason> {
    if evidence.is_first() {
        return [Some(Reason::FirstLogin), evidence.sprayed.then_some(Reason::Spray)].into_iter().flatten().collect();
    }
    let new = |feature: Feature| evidence.share.of(feature) > 0 && evidence.weight.of(feature) == 0;
    let usual_hour = u64::from(evidence.hour) * 1_000_000 * 5;
    let unusual = [
        (evidence.devices && evidence.device == Device::Unknown, Reason::NewDevice),
        (evidence.new_channel, Reason::NewChannel),
        (new(Feature::Country), Reason::UnfamiliarCountry),
        (new(Feature::Network), Reason::UnfamiliarNetwork),
        (new(Feature::Stem), Reason::UnfamiliarClient),
        (evidence.superseded, Reason::OldClient),
        (evidence.sprayed, Reason::Spray),
        (evidence.hidden, Reason::PlaceHidden),
        // A fifth of what anybody would have at this hour, by an account of which there are ten logins or so.
        (
            evidence.logins > 10_000 && usual_hour < u64::from(evidence.logins) * u64::from(evidence.hour_share),
            Reason::UnfamiliarHour,
        ),
    ];
    unusual.into_iter().filter(|(is, _)| *is).map(|(_, reason)| reason).collect()
}

/// What is thought of customers in general before any were seen: round figures, the same for every value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Priors;

impl Population for Priors {
    fn share(&self, feature: Feature, _: u64, _: u64) -> u32 {
        match feature {
            Feature::Country => 500_000,
            Feature::Network => 150_000,
            Feature::Site => 200_000,
            Feature::Prefix => 20_000,
            Feature::Address => 10_000,
            Feature::Kind => 500_000,
            Feature::Stem => 150_000,
            Feature::Agent => 300_000,
        }
    }

    fn hour(&self, hour: u8) -> u32 {
        // Few at night: a twentieth of a day's logins from 1 to 6.
        if (1..6).contains(&hour) { 10_000 } else { 50_000 }
    }
}
