//! How much likelier a login is an attacker's than its owner's.
//!
//! The owner is known from the account's own past: where a value was seen before it is as likely as it was common, and where
//! it is new, as likely as this owner has shown new ones so far, level by level: a new address in the known
//! neighbourhood is another thing than a new country. What is new is expected where there has been much that was new: behind a
//! carrier's gateway every address is, at home hardly one (that is how Kneser and Ney smooth counts of words). A browser that was
//! not seen for weeks is expected with a newer version, and the old one no more.
//!
//! The attacker is described, not learned: one who knows nothing and comes from anywhere, one who knows the country, one who knows
//! network and browser, and one who hands on what the lured customer's browser says, from anywhere. Nothing is learned from attacks, so
//! no attacker can teach it.
//!
//! The score is a logarithm of odds in thousandths: 0 is even, higher is worse.

use super::evidence::{Device, Evidence};
use super::features::Feature;

/// How many logins the general experience counts for beside the account's own.
const EXPERIENCE: f64 = 4.0;
/// An attacker who has a known device's cookie, of all attackers.
const STOLEN: f64 = 0.002;
/// The share of logins from a known device, before the account's own are counted.
const KNOWN: f64 = 0.7;
/// The chance of a version that another has been seen since, on a second device.
const SUPERSEDED: f64 = 0.05;
/// In so many hours half of all browsers show another version: both the browser and the system under it are renewed.
const RENEWED: f64 = 500.0;
/// The weight of an hour that was never seen.
const HOURS: f64 = 6.0;

/// How often a value is new, given that everything finer is.
const fn novelty(feature: Feature) -> f64 {
    match feature {
        Feature::Address => 0.45,
        Feature::Prefix => 0.7,
        Feature::Site => 0.4,
        Feature::Network => 0.5,
        Feature::Country => 0.3,
        Feature::Agent => 0.35,
        Feature::Stem => 0.1,
        Feature::Kind => 0.3,
    }
}

/// The score of a login; none where there is nothing to compare it with.
pub fn score(evidence: &Evidence) -> Option<i32> {
    if evidence.is_first() {
        return None;
    }
    let logins = f64::from(evidence.logins);
    let known = |feature: Feature| f64::from(evidence.weight.of(feature)) / logins;
    let part = |millionths: u32| f64::from(millionths) / 1e6;
    let share = |feature: Feature| part(evidence.share.of(feature));
    // Where something new is expected. Without anything finer there is only how often it was seen.
    let expected = |feature: Feature| match evidence.parts.of(feature) {
        0 => known(feature),
        parts => part(parts),
    };
    // Never for certain either way: a browser may be renewed within the hour, and a device may get no more updates at all.
    let stays = libm::exp2(-f64::from(evidence.idle) / RENEWED).clamp(SUPERSEDED, 1.0 - SUPERSEDED);
    let fresh = |feature: Feature| {
        // Everything counts in logins: of those that were new one level finer, so many were new here. Where the finer one is
        // not always shown, it cannot have been new less often than this.
        let own = f64::from(evidence.fresh.of(feature)) / 1e3;
        let of = feature.finer().map_or(logins, |finer| f64::from(evidence.fresh.of(finer))) / 1e3;
        (own + EXPERIENCE * novelty(feature)) / (of.max(own) + EXPERIENCE)
    };
    // From the coarse to the fine. What was not shown says nothing either way.
    let chain = |features: &[Feature]| {
        features.iter().filter(|feature| evidence.share.of(**feature) > 0).fold(1.0, |coarser, &feature| {
            let (new, stem) = (fresh(feature), known(Feature::Stem));
            match feature {
                Feature::Agent if stem > 0.0 => {
                    let agent = match (evidence.superseded, known(feature)) {
                        (true, seen) => SUPERSEDED * (seen / stem).max(SUPERSEDED),
                        (false, 0.0) => (1.0 - stays) * share(feature),
                        (false, _) => (1.0 - SUPERSEDED) * stays,
                    };
                    // Its stem is known: so it is but where both are new.
                    let other = fresh(Feature::Stem);
                    coarser * agent * (1.0 - new * other) / (1.0 - other)
                }
                _ => (1.0 - new) * expected(feature) + new * coarser * share(feature),
            }
        })
    };
    let common = |features: &[Feature]| {
        let shown = features.iter().filter(|feature| evidence.share.of(**feature) > 0);
        shown.fold(1.0, |product, &feature| product * share(feature))
    };
    let place = [Feature::Country, Feature::Network, Feature::Site, Feature::Prefix, Feature::Address];
    let client = [Feature::Kind, Feature::Stem, Feature::Agent];
    let owner = chain(&place) * chain(&client);

    let [_, beyond_country @ ..] = place;
    let [_, _, beyond_network @ ..] = place;
    let anywhere = common(&place) * common(&client);
    let country = known(Feature::Country) * common(&beyond_country) * common(&client);
    let network = known(Feature::Network) * common(&beyond_network) * known(Feature::Agent);
    let relay = common(&place) * known(Feature::Agent);
    let attacker = (anywhere + country + network + relay) / 4.0;

    let hour = (f64::from(evidence.hour) / 1e3 + HOURS * part(evidence.hour_share)) / (logins / 1e3 + HOURS);
    let odds = ln(attacker) - ln(owner) + ln(part(evidence.hour_share)) - ln(hour) + device(evidence);
    Some((odds * 1e3) as i32)
}

fn device(evidence: &Evidence) -> f64 {
    if !evidence.devices {
        return 0.0;
    }
    let logins = f64::from(evidence.logins) / 1e3;
    let known = (f64::from(evidence.known) / 1e3 + EXPERIENCE * KNOWN) / (logins + EXPERIENCE);
    match evidence.device {
        Device::Known => ln(STOLEN) - ln(known),
        Device::Unknown => ln(1.0 - STOLEN) - ln((1.0 - known).max(STOLEN)),
    }
}

/// The same logarithm on every machine; of nothing it is very low and no infinity.
fn ln(value: f64) -> f64 {
    libm::log(value.max(1e-60))
}
