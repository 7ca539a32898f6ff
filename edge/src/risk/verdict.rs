//! The judgement of one login: what is unusual in it, and what is to become of it. Only a rule refuses, never a score.

mod outcome;
mod weights;

pub use outcome::{Verdict, With};

use super::evidence::{Device, Evidence, Population, is_nought};
use super::features::Feature;
use super::model::score;
use super::signs::is_impossible;
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
    /// The last login was made too far away, too short a time ago.
    ImpossibleTravel,
    /// Many wrong passwords came before the right one.
    ManyFailures,
    /// Many accounts have been logged in to from its device.
    ManyAccounts,
    /// Client hints and user agent tell of two browsers.
    HintsContradict,
    /// It speaks as the browser that it says it is would not.
    ProtocolContradicts,
    /// Script and header name different languages.
    LanguageContradicts,
    /// Its language is not the country's.
    ForeignLanguage,
    /// Its clock is set for another zone than the place has.
    ForeignClock,
    /// It comes from a network of servers.
    HostingNetwork,
    /// It comes out of a network that hides who is behind it.
    AnonymisedNetwork,
    /// The way to it is longer than any place explains.
    LongWay,
    /// A passkey of the account may have been copied of late.
    PasskeySuspected,
    /// Many logins fail that come from its neighbourhood, though of few names.
    FailuresNearby,
    /// A session of the account was used from elsewhere of late, with another browser.
    SessionMoved,
    /// Its connection is opened as by no browser of that very version here before.
    UnfamiliarGreeting,
}

impl Reason {
    /// Every reason, in the order of their numbers.
    pub const ALL: [Self; 25] = [
        Self::FirstLogin,
        Self::NewDevice,
        Self::NewChannel,
        Self::UnfamiliarNetwork,
        Self::UnfamiliarCountry,
        Self::UnfamiliarClient,
        Self::UnfamiliarHour,
        Self::PlaceHidden,
        Self::Spray,
        Self::OldClient,
        Self::ImpossibleTravel,
        Self::ManyFailures,
        Self::ManyAccounts,
        Self::HintsContradict,
        Self::ProtocolContradicts,
        Self::LanguageContradicts,
        Self::ForeignLanguage,
        Self::ForeignClock,
        Self::HostingNetwork,
        Self::AnonymisedNetwork,
        Self::LongWay,
        Self::PasskeySuspected,
        Self::FailuresNearby,
        Self::SessionMoved,
        Self::UnfamiliarGreeting,
    ];
}
/// So many accounts on one device are no family.
const ACCOUNTS: u8 = 5;
/// So many wrong passwords are no slip of the finger.
const FAILURES: u32 = 5;

/// A login, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What it was judged by: enough to judge it again.
    pub evidence: Evidence,
    /// Thousandths of the logarithm of odds; none for a first login.
    pub score: Option<i32>,
    /// The score from which on a login is asked more.
    pub threshold: i32,
    /// Which version of staff's thresholds that was; 0: the config's own, nothing was set over it.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub policy: u32,
    /// The score from which on the login's session, while it has shown no second factor, changes nothing of how one logs in.
    #[serde(default)]
    pub account_change: Option<i32>,
    /// Whether a sign raises what is asked, whatever the score.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub raised: bool,
    /// What is unusual.
    pub reasons: Vec<Reason>,
    /// What each of these adds to the score, in thousandths; none where it asks for more by itself, 0 where it is told alone.
    pub weights: Vec<Option<i32>>,
    /// What is to become of it.
    pub verdict: Verdict,
    /// By which staff name it afterwards, drawn at random below 2^52; 0: it cannot be named.
    #[serde(default)]
    pub reference: u64,
}

impl Judgement {
    /// Judges by `evidence`; the same evidence and threshold give the same judgement on any machine.
    pub fn of(evidence: Evidence, threshold: i32) -> Self {
        let (score, reasons, raised) = (score(&evidence), reasons(&evidence), raised(&evidence));
        let (weights, verdict) = (weights::weights(&evidence, score, &reasons), Verdict::Allow);
        let (policy, account_change, reference) = (0, None, 0);
        let judged =
            Self { score, threshold, policy, account_change, raised, reasons, weights, verdict, reference, evidence };
        Self { verdict: Verdict::of(&judged), ..judged }
    }

    /// Whether the same evidence and threshold give this very judgement here, to the last digit; one that they do not give is of
    /// another release, and nothing can be said of it.
    pub fn is_reproduced(&self) -> bool {
        let again = Self::of(self.evidence.clone(), self.threshold);
        let same = (again.score, again.verdict, again.reasons.len()) == (self.score, self.verdict, self.reasons.len());
        same && Reason::ALL.into_iter().all(|one| again.weight(one) == self.weight(one))
    }

    /// What a reason adds to the score, as [`Judgement::weights`] has it; none where it was not given.
    pub fn weight(&self, reason: Reason) -> Option<Option<i32>> {
        let at = self.reasons.iter().position(|given| *given == reason)?;
        self.weights.get(at).copied()
    }

    /// Whether the login would be asked more than the first proof under another threshold. A passkey is never.
    pub fn would_ask(&self, threshold: i32) -> bool {
        let doubtful = raised(&self.evidence) || self.score.is_none_or(|score| score >= threshold);
        doubtful && !self.evidence.by_passkey
    }

    /// Whether the login is to be asked more than the first proof.
    pub fn asks(&self) -> bool {
        self.would_ask(self.threshold)
    }

    /// Whether it is held for an attacker's, by its own score or by a sign of one: a first login has no score, and what others do
    /// nearby is no such sign.
    pub fn suspects(&self) -> bool {
        let scored = self.score.is_some_and(|score| score >= self.threshold);
        scored || self.evidence.device == Device::Unknown && is_attackers(&self.evidence)
    }
}

/// Whether it shows what attackers do: it hides where it is from, is in two places at once, guessed before, or makes the round of
/// accounts. A browser that contradicts itself may be an owner's odd one, and is none of these.
fn is_attackers(evidence: &Evidence) -> bool {
    evidence.hidden || evidence.signs.hide() || counted(evidence).iter().any(|(is, _)| *is)
}

/// Whether a sign raises what is asked: of no device of the owner's, who may live where passwords are sprayed from, sit behind
/// a company's proxy, or come out of a carrier's gateway on the other side of the globe.
fn raised(evidence: &Evidence) -> bool {
    let signs = evidence.sprayed || evidence.signs.raise() || is_attackers(evidence);
    signs && evidence.device == Device::Unknown
}

/// The signs that are a number past its mark.
fn counted(evidence: &Evidence) -> [(bool, Reason); 3] {
    [
        (is_impossible(evidence.kilometres, evidence.minutes), Reason::ImpossibleTravel),
        (evidence.failures >= FAILURES, Reason::ManyFailures),
        (evidence.accounts >= ACCOUNTS, Reason::ManyAccounts),
    ]
}

fn reasons(evidence: &Evidence) -> Vec<Reason> {
    let told =
        |list: &[(bool, Reason)]| list.iter().filter(|(is, _)| *is).map(|(_, reason)| *reason).collect::<Vec<_>>();
    let mut reasons = told(&unusual(evidence));
    reasons.extend(told(&counted(evidence)));
    reasons.extend(evidence.signs.reasons());
    reasons
}

/// What is unlike the account's own past; of a first login, that there is none.
fn unusual(evidence: &Evidence) -> [(bool, Reason); 10] {
    let (first, known) = (evidence.is_first(), !evidence.is_first());
    let new = |feature: Feature| known && evidence.share.of(feature) > 0 && evidence.weight.of(feature) == 0;
    let usual_hour = u64::from(evidence.hour) * 1_000_000 * 5;
    [
        (first, Reason::FirstLogin),
        (known && evidence.devices && evidence.device == Device::Unknown, Reason::NewDevice),
        (known && evidence.new_channel, Reason::NewChannel),
        (new(Feature::Country), Reason::UnfamiliarCountry),
        (new(Feature::Network), Reason::UnfamiliarNetwork),
        (new(Feature::Stem), Reason::UnfamiliarClient),
        (known && evidence.superseded, Reason::OldClient),
        (evidence.sprayed, Reason::Spray),
        (known && evidence.hidden, Reason::PlaceHidden),
        // A fifth of what anybody would have at this hour, by an account of which there are ten logins or so.
        (
            evidence.logins > 10_000 && usual_hour < u64::from(evidence.logins) * u64::from(evidence.hour_share),
            Reason::UnfamiliarHour,
        ),
    ]
}

/// What is thought of customers in general before any were counted: round figures, the same for every value.
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

#[cfg(test)]
mod tests;
