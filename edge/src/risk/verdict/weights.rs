//! What each reason weighs: how much lower the score would be had the login not shown it.
//!
//! The reasons are taken away one after the other, the device first, then the place from the coarse to the fine, then the client:
//! so what two of them say together is counted once, and the weights and the score of what is left add up to the score. It goes by
//! the model's own answers and knows nothing of how the model comes to them.

use super::Reason;
use crate::risk::evidence::{Device, Evidence};
use crate::risk::features::Feature;
use crate::risk::model::score;
use crate::risk::signs::Signs;

/// The weights of `reasons`, in their order, in thousandths of the logarithm of odds. None where the reason asks for more by itself,
/// whatever the score; 0 where it is told and nothing else.
pub(super) fn weights(evidence: &Evidence, whole: Option<i32>, reasons: &[Reason]) -> Vec<Option<i32>> {
    let mut without = evidence.clone();
    let mut left = whole;
    let mut weights = Vec::with_capacity(reasons.len());
    for reason in reasons {
        if is_rule(*reason, evidence) {
            weights.push(None);
            continue;
        }
        take_away(*reason, &mut without);
        let rest = score(&without);
        weights.push(Some(left.zip(rest).map_or(0, |(with, without)| with.saturating_sub(without))));
        left = rest;
    }
    weights
}

/// Whether a reason asks for more by itself. A sign does of no device that is known, and of a passkey nothing asks: it is refused or not.
fn is_rule(reason: Reason, evidence: &Evidence) -> bool {
    use Reason as R;
    let counted = matches!(reason, R::Spray | R::PlaceHidden | R::ImpossibleTravel | R::ManyFailures | R::ManyAccounts);
    let raises = || counted || Signs::raising().any(|sign| sign == reason);
    match evidence.by_passkey {
        true => evidence.refused && reason == R::PasskeySuspected,
        false => reason == R::FirstLogin || evidence.device == Device::Unknown && raises(),
    }
}

/// Makes it a login that has not shown what the reason names: the model takes what was not shown for neither good nor bad.
fn take_away(reason: Reason, evidence: &mut Evidence) {
    let hidden: &[Feature] = match reason {
        Reason::NewDevice => {
            evidence.devices = false;
            &[]
        }
        Reason::UnfamiliarHour => {
            let usual = u64::from(evidence.logins) * u64::from(evidence.hour_share) / 1_000_000;
            evidence.hour = u32::try_from(usual).unwrap_or(u32::MAX);
            &[]
        }
        Reason::UnfamiliarCountry => &[Feature::Country],
        // What is part of a new network is new with it.
        Reason::UnfamiliarNetwork => &[Feature::Network, Feature::Site, Feature::Prefix, Feature::Address],
        Reason::UnfamiliarClient => &[Feature::Kind, Feature::Stem, Feature::Agent],
        Reason::OldClient => &[Feature::Agent],
        _ => &[],
    };
    hidden.iter().for_each(|feature| evidence.share.set(*feature, 0));
}
