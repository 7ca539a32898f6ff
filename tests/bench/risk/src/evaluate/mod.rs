//! The stream gone through once, login by login: every login and an attempt of every attacker beside it are scored on what
//! was known before.

mod crowd;
mod freeman;
mod oracle;
mod shards;

use crate::generator::{Attacker, Dice, Law, Life, Login, World, stream};
use crowd::{Crowd, features, versions};
use sekisho_edge::risk::{Evidence, Feature, Features, Habits, Population, Priors, score};
use sekisho_rules::Timestamp;
use shards::Shards;

/// The models, in the order of [`Scores`].
///
/// Ours three times: with every login counted and known at once, as the published model is tried too; with the counts that the
/// worker really has; and with none, as on the first day.
pub const MODELS: [&str; 4] = ["freeman", "ours", "ours, worker's counts", "ours, nobody counted"];
/// One score of each model; the higher, the worse.
pub type Scores = [f32; MODELS.len()];
/// What stands for the limits among the models, after them: the best that can be done against each attacker by a score made for
/// that one, and by one score for whichever of the first four it is. See [`oracle`].
pub const LIMITS: [&str; 2] = ["limit", "limit, one score"];
/// Those of one login and one attempt beside it: of each limit, by attacker, the owner's score and the attacker's.
type Limits = [[[f32; 2]; Attacker::ALL.len()]; LIMITS.len()];

/// A login of a customer and the attempts that were made beside it.
pub struct Trial {
    /// Whose account.
    pub customer: u32,
    /// How many logins it had.
    pub history: u32,
    /// How many it has in all.
    pub total: u32,
    /// Whether the login brought a known device's cookie.
    pub known: bool,
    /// The owner's scores.
    pub owner: Scores,
    /// Those of each attacker, in the order of [`Attacker::ALL`].
    pub attackers: [Scores; Attacker::ALL.len()],
    /// The limits' scores, where there is no device's cookie.
    pub limits: Limits,
}

impl Trial {
    /// The owner's score by a model or limit; the latter's is another against each attacker.
    pub fn owner(&self, model: usize, attacker: usize) -> f32 {
        self.owner.get(model).copied().unwrap_or_else(|| self.limits[model - MODELS.len()][attacker][0])
    }

    /// An attacker's score by a model or limit.
    pub fn attacker(&self, model: usize, attacker: usize) -> f32 {
        self.attackers[attacker].get(model).copied().unwrap_or_else(|| self.limits[model - MODELS.len()][attacker][1])
    }
}

/// How a run is made.
#[derive(Clone, Copy)]
pub struct Setting {
    /// How customers move about.
    pub life: Life,
    /// Of the dice.
    pub seed: u64,
    /// Customers.
    pub customers: u32,
    /// The share of logins that lack the device's cookie though there has been one; none: there are no such cookies.
    pub lacking: Option<f64>,
}

/// The most logins of one customer that are tried: past it accounts with very many would be all that counts.
const MOST: usize = 40;

/// Goes through the stream.
pub fn run(setting: Setting) -> Vec<Trial> {
    let Setting { life, seed, customers, lacking } = setting;
    let world = World::new(seed, customers);
    let law = Law::new(&world);
    let (mut crowd, mut shards) = (Crowd::default(), Shards::default());
    let mut accounts: Vec<Account> = (0..customers).map(|_| Account::default()).collect();
    let mut known_accounts = 0;
    let mut trials = Vec::new();
    let logins = stream(&world, life, seed, customers);
    let mut totals = vec![0; customers as usize];
    logins.iter().for_each(|login| totals[login.customer as usize] += 1);
    for (at, login) in logins.into_iter().enumerate() {
        let dice = &mut Dice::new(seed ^ 0x5eed_0fa7_7ac4, at as u64);
        let account = &mut accounts[login.customer as usize];
        let cookie = lacking.and_then(|lacking| account.cookie(&login, dice.chance(lacking)));
        let shown = features(&login, cookie);
        let length = account.history.len();
        if length > 0 && length < MOST {
            let scored =
                |login: &Login, shown: &Features| account.scores((&crowd, &shards), known_accounts, login, shown);
            let owner = scored(&login, &shown);
            let attempts = Attacker::ALL.map(|attacker| attacker.attempt(dice, &world, &account.history, login.day));
            let attackers = attempts.each_ref().map(|attempt| scored(attempt, &features(attempt, None)));
            let odds = |login: &Login| account.known.scores(&law, life, &account.history, login);
            let limits = match lacking {
                None => limits(odds(&login), attempts.each_ref().map(odds)),
                Some(_) => Limits::default(),
            };
            let history = length as u32;
            let total = totals[login.customer as usize];
            trials.push(Trial {
                customer: login.customer,
                history,
                total,
                known: cookie.is_some(),
                owner,
                attackers,
                limits,
            });
        }
        known_accounts += u32::from(length == 0);
        account.count(&mut shards, &login, &shown);
        account.known.learn(&law, life, &login);
        let given = lacking.map(|_| cookie.unwrap_or(at as u64 + 1));
        account.learn(&login, &Features { device: given, ..shown });
        crowd.learn(&login, &shown);
    }
    trials
}

fn limits(owner: oracle::Odds, attempts: [oracle::Odds; Attacker::ALL.len()]) -> Limits {
    let mut limits = Limits::default();
    for (at, attempt) in attempts.iter().enumerate() {
        limits[0][at] = [owner[at] as f32, attempt[at] as f32];
        limits[1][at] = [oracle::any(&owner) as f32, oracle::any(attempt) as f32];
    }
    limits
}

#[derive(Default)]
struct Account {
    history: Vec<Login>,
    habits: Habits,
    known: oracle::Known,
    /// The cookie that each device has been given.
    cookies: Vec<(u16, u64)>,
    /// The day after the one on which it was counted last.
    counted: u32,
}

fn moment(login: &Login) -> Timestamp {
    Timestamp::from_millis(1_580_601_600_000 + (login.day * 86_400_000.0) as u64)
}

impl Account {
    fn cookie(&self, login: &Login, lost: bool) -> Option<u64> {
        let kept = self.cookies.iter().find(|(device, _)| *device == login.device);
        kept.filter(|_| !lost).map(|(_, cookie)| *cookie)
    }

    fn count(&mut self, shards: &mut Shards, login: &Login, shown: &Features) {
        let tomorrow = login.day as u32 + 1;
        if self.counted < tomorrow {
            self.counted = tomorrow;
            shards.count(shown, &self.habits, moment(login));
        }
    }

    fn learn(&mut self, login: &Login, shown: &Features) {
        self.habits.learn(shown, moment(login));
        if let Some(cookie) = shown.device {
            self.cookies.retain(|(device, _)| *device != login.device);
            self.cookies.push((login.device, cookie));
        }
        self.history.push(*login);
    }

    fn scores(&self, counts: (&Crowd, &Shards), accounts: u32, login: &Login, shown: &Features) -> Scores {
        let (crowd, shards) = counts;
        let freeman = freeman::score(&self.counts(crowd, accounts, login, shown)).ln() as f32;
        [
            freeman,
            self.ours(crowd, login, shown),
            self.ours(&shards.scale(shown), login, shown),
            self.ours(&Priors, login, shown),
        ]
    }

    fn ours(&self, population: &impl Population, login: &Login, shown: &Features) -> f32 {
        let evidence = Evidence::gather(&self.habits, shown, population, moment(login));
        score(&evidence).map_or(f32::MAX, |score| score as f32)
    }

    fn counts(&self, crowd: &Crowd, accounts: u32, login: &Login, shown: &Features) -> freeman::Counts {
        let own = |same: &dyn Fn(&Login) -> bool| self.history.iter().filter(|past| same(past)).count() as u32;
        let level = |own: u32, feature: Feature| freeman::Level {
            own,
            all: crowd.count(feature, shown.values.of(feature)),
            distinct: crowd.distinct(feature),
        };
        let (place, agent) = (login.place, login.agent);
        let mine = versions(&agent);
        let version = |at: usize| {
            let (all, distinct) = crowd.version(at, mine[at]);
            freeman::Level { own: own(&|past| versions(&past.agent)[at] == mine[at]), all, distinct }
        };
        freeman::Counts {
            own: self.history.len() as u32,
            all: crowd.all,
            accounts,
            place: [
                level(own(&|past| past.place.address == place.address), Feature::Address),
                level(
                    own(&|past| past.place.network == place.network && past.place.country == place.country),
                    Feature::Network,
                ),
                level(own(&|past| past.place.country == place.country), Feature::Country),
            ],
            client: [
                level(own(&|past| past.agent == agent), Feature::Agent),
                version(0),
                version(1),
                level(own(&|past| past.agent.kind == agent.kind), Feature::Kind),
            ],
        }
    }
}

#[cfg(test)]
mod tests;
