//! The published baseline: Freeman et al. (NDSS 2016) as Wiefling et al. (TOPS 2022) made it again. It looks at what has
//! happened, never ahead.

/// A value's count and what is around it, at one level of a feature: its share smoothed where it is the finest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    /// How often this account has shown the value.
    pub own: u32,
    /// How often all accounts have.
    pub all: u32,
    /// How many values all accounts have shown.
    pub distinct: u32,
}

/// Everything that one score is made of; counts of successful logins only.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Logins of this account.
    pub own: u32,
    /// Logins of all.
    pub all: u32,
    /// Accounts.
    pub accounts: u32,
    /// Address, network, country.
    pub place: [Level; 3],
    /// User agent, browser and version, system and version, kind of device.
    pub client: [Level; 4],
}

/// The published weights of the levels.
const PLACE: [f64; 3] = [0.6, 0.3, 0.1];
const CLIENT: [f64; 4] = [0.53867, 0.26805, 0.18818, 0.00511];
/// The ratio of a feature that the account has at no level.
const NEVER: f64 = 4.0;

/// The score: how much likelier an attacker is than the owner. The account must have a login.
pub fn score(counts: &Counts) -> f64 {
    let attack = 1.0 / f64::from(counts.accounts);
    let legitimate = f64::from(counts.own) / f64::from(counts.all);
    ratio(&counts.place, &PLACE, counts) * ratio(&counts.client, &CLIENT, counts) * attack / legitimate
}

fn ratio(levels: &[Level], weights: &[f64], counts: &Counts) -> f64 {
    let own: f64 = levels.iter().zip(weights).map(|(level, w)| w * f64::from(level.own) / f64::from(counts.own)).sum();
    if own == 0.0 {
        return NEVER;
    }
    let all: f64 = levels
        .iter()
        .zip(weights)
        .enumerate()
        .map(|(at, (level, weight))| {
            weight * if at == 0 { smoothed(levels, counts.all) } else { f64::from(level.all) / f64::from(counts.all) }
        })
        .sum();
    all / own
}

/// The share of the finest value. Mass is kept for what has not been seen: one at the coarsest level, and at each finer one
/// as many more as the level below it has values.
fn smoothed(levels: &[Level], all: u32) -> f64 {
    let unseen = 1.0 + levels.iter().skip(1).map(|level| f64::from(level.distinct)).sum::<f64>();
    let n = f64::from(all);
    match levels.first() {
        Some(level) if level.all > 0 => f64::from(level.all) / n * (1.0 - unseen / (n + unseen)),
        _ => 1.0 / (n + unseen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn level(own: u32, all: u32, distinct: u32) -> Level {
        Level { own, all, distinct }
    }

    fn counts(place: [Level; 3], client: [Level; 4]) -> Counts {
        Counts { own: 4, all: 100, accounts: 10, place, client }
    }

    const USUAL: [Level; 4] = [level(4, 10, 20), level(4, 20, 10), level(4, 50, 5), level(4, 60, 3)];

    /// By hand. Place: unseen mass 1 + 8 + 3 = 12; p = .6·(5/100)(1 − 12/112) + .3·.4 + .1·.9 = .2367857.
    /// Client: mass 1 + 10 + 5 + 3 = 19; p = .53867·(.1)(1 − 19/119) + .26805·.2 + .18818·.5 + .00511·.6 =
    /// .1960324, own 1.00001 (the sum of
    /// the published weights) → .1960304.
    /// Accounts: (1/10) / (4/100) = 2.5. Product .1160430.
    #[test]
    fn a_usual_login() {
        let known = counts([level(4, 5, 30), level(4, 40, 8), level(4, 90, 3)], USUAL);
        assert!((score(&known) - 0.116_043_0).abs() < 1e-6, "{}", score(&known));
    }

    /// By hand. A new address in the known network: p = .6/(112) + .3·.4 + .1·.9 = .2153571; own .4 → .5383929.
    #[test]
    fn a_new_address() {
        let new = counts([level(0, 0, 30), level(4, 40, 8), level(4, 90, 3)], USUAL);
        assert!((score(&new) - 0.538_392_9 * 0.196_030_4 * 2.5).abs() < 1e-6, "{}", score(&new));
    }

    /// By hand. Nothing of the place was ever seen here: 4, whatever others do.
    #[test]
    fn a_place_never_seen_at_any_level() {
        let far = counts([level(0, 50, 30), level(0, 40, 8), level(0, 9, 3)], USUAL);
        assert!((score(&far) - 4.0 * 0.196_030_4 * 2.5).abs() < 1e-5, "{}", score(&far));
    }
}
