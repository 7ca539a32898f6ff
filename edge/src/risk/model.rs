//! How much likelier a login is an attacker's than its owner's.
//!
//! The owner is known from the account's own past: where a value was seen before it is as likely as it was common, and where it is
//! new, as likely as this owner has shown new ones within what it is part of: behind a carrier's gateway every address is new, at
//! home hardly one, and a new city of the known operator is another thing than a third network. A line that was not used for months
//! may have another address. Versions only rise: a browser not seen for weeks is expected with a newer one, and one that falls
//! behind what it showed before is another.
//!
//! The attacker is described, not learned: one who knows nothing and comes from anywhere, one who knows the country, one who knows
//! network and browser as they once came together, and one who hands on what the lured customer's browser says, from anywhere.
//! Nothing is learned from attacks, so no attacker can teach it. Attackers try every account alike, owners log in to their own as
//! often as they do: so a login to an account that is used often is its owner's more often (Freeman et al., NDSS 2016, §III).
//!
//! The score is a logarithm of odds in thousandths: 0 is even, higher is worse.

use super::evidence::{Device, Evidence};
use super::features::Feature;

/// How many logins the general experience of devices' cookies counts for beside the account's own.
const EXPERIENCE: f64 = 4.0;
/// An attacker who has a known device's cookie, of all attackers.
const STOLEN: f64 = 0.002;
/// The share of logins from a known device, before the account's own are counted.
const KNOWN: f64 = 0.7;
/// The chance of a version that another has been seen since, on a second device.
const SUPERSEDED: f64 = 0.01;
/// The least chance that a browser is renewed, that it is not, and that one goes back to a version that nobody has seen.
const ODD: f64 = 0.02;
/// In so many hours half of all browsers show another version: both the browser and the system under it are renewed.
const RENEWED: f64 = 192.0;
/// In so many hours half of all lines have another address, at the most.
const MOVED: f64 = 7_200.0;
/// How much less likely another network of the country is with each that is known beyond the first: few have more than three.
const FEWER: f64 = 0.25;
/// The share of attackers with the customer's browser and a network of their own, against each of the other kinds. A page that
/// relays hands on what is asked as well, and little is gained by asking; that no known device's cookie comes tells it apart.
const RELAY: f64 = 0.2;
/// Past so many logins an account is no safer for having more.
const OFTEN: f64 = 100.0;
/// The weight of an hour that was never seen.
const HOURS: f64 = 6.0;

/// How often a value is new where what it is part of is known, and for how many logins that experience counts.
const fn novelty(feature: Feature) -> (f64, f64) {
    match feature {
        Feature::Address => (0.05, 4.0),
        Feature::Prefix => (0.005, 4.0),
        Feature::Site => (0.02, 100.0),
        Feature::Network => (0.1, 100.0),
        Feature::Country => (0.007, 100.0),
        Feature::Agent | Feature::Stem => (0.03, 4.0),
        Feature::Kind => (0.02, 4.0),
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
    // From the coarse to the fine. What was not shown says nothing either way.
    let chain = |features: &[Feature]| {
        features.iter().filter(|feature| evidence.share.of(**feature) > 0).fold(1.0, |coarser, &feature| {
            let (new, stem) = (new(evidence, feature), known(Feature::Stem));
            match feature {
                Feature::Agent if stem > 0.0 => coarser * version(evidence, known(feature) / stem, share(feature)),
                _ => (1.0 - new) * known(feature) + new * coarser * share(feature),
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
    let network = f64::from(evidence.pair) / logins * common(&beyond_network);
    let relay = common(&place) * known(Feature::Agent);
    let attacker = (anywhere + country + network + RELAY * relay) / 4.0;

    let hour = (f64::from(evidence.hour) / 1e3 + HOURS * part(evidence.hour_share)) / (logins / 1e3 + HOURS);
    let often = ln((logins / 1e3).min(OFTEN) + 1.0);
    let odds = ln(attacker) - ln(owner) + ln(part(evidence.hour_share)) - ln(hour) + device(evidence) - often;
    Some((odds * 1e3) as i32)
}

/// How likely the value is a new one of what it is part of; for certain where that was never seen.
fn new(evidence: &Evidence, feature: Feature) -> f64 {
    // A value may be known and what it is part of not: a neighbourhood whose city is told another way now.
    let within = evidence.within.of(feature).max(evidence.weight.of(feature));
    if within == 0 {
        return 1.0;
    }
    let (rate, experience) = novelty(feature);
    let rate = match feature {
        Feature::Network => rate * libm::pow(FEWER, f64::from(evidence.networks.saturating_sub(1))),
        _ => rate,
    };
    let fresh = f64::from(evidence.fresh.of(feature)) / 1e3;
    let new = ((fresh + experience * rate) / (f64::from(within) / 1e3 + experience)).min(1.0);
    match feature {
        Feature::Address => 1.0 - (1.0 - new) * libm::exp2(-f64::from(evidence.away) / MOVED),
        _ => new,
    }
}

/// How likely a known browser shows these versions, that its logins have shown to this part. Never for certain either way: it may be
/// renewed within the hour, and a device may get no more updates at all.
fn version(evidence: &Evidence, seen: f64, share: f64) -> f64 {
    let stays = libm::exp2(-f64::from(evidence.idle) / RENEWED).clamp(ODD, 1.0 - ODD);
    match (evidence.superseded, seen > 0.0, evidence.newer) {
        (true, ..) => SUPERSEDED * seen.max(SUPERSEDED),
        (false, true, _) => (1.0 - SUPERSEDED - ODD) * stays,
        (false, false, true) => (1.0 - stays) * share,
        (false, false, false) => ODD * share,
    }
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
