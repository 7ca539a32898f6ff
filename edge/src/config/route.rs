//! What a site says of paths: who may go there, and how surely they must have proved who they are.

use super::read::Section;
use super::{Channel, Config, Passkey, PasskeyPolicy, SecondFactor};
use crate::gate::judged;
use sekisho_rules::{Amr, Timestamp};
use std::time::Duration;

/// How far the clocks of two edges may be apart.
const SKEW: Duration = Duration::from_secs(5);

/// What a path demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing.
    Public,
    /// A live session.
    Session,
    /// Not to be reached from outside.
    Deny,
}

/// How a customer must have proved who they are, beside a live session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    methods: Methods,
    age: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Methods {
    /// Each of these; with none of them whatever opened the session will do.
    Every(Amr),
    /// Two of them, or a passkey.
    Factors,
}

impl Default for Methods {
    fn default() -> Self {
        Self::Every(Amr::NONE)
    }
}

/// What only a passkey shows, and what only a login by password does.
const BY_PASSKEY: Amr = Amr::PASSKEY.with(Amr::USER_VERIFIED);
const BY_PASSWORD: Amr = Amr::PASSWORD.with(Amr::CODE);

/// A path prefix and its demand.
#[derive(Clone, Debug)]
pub struct Route {
    /// The prefix, matched on segment borders: `/api` meets `/api`, `/api;v=1` and `/api/x`, not `/apis`.
    pub path: String,
    /// What it demands.
    pub demand: Demand,
    /// How surely, where it demands a session.
    pub proof: Proof,
    /// Whether each request to it bears a statement of its own, bound to method and path.
    pub jti: bool,
    /// Whether the account is asked at each request to it, whatever the lease says.
    pub fresh: bool,
    /// Whether reading goes on by the last lease for a while where the account does not answer.
    pub last_known: bool,
}

impl Proof {
    /// One that no login meets which is not made now.
    pub const fn anew() -> Self {
        Self { methods: Methods::Every(Amr::NONE), age: Some(Duration::ZERO) }
    }

    /// Whether it asks for more than a live session.
    pub fn is_asked(self) -> bool {
        self != Self::default()
    }

    /// Whether a session meets it that was proved by `amr` at `auth_time`.
    pub fn is_met(self, amr: Amr, auth_time: Timestamp, now: Timestamp) -> bool {
        let methods = match self.methods {
            Methods::Every(asked) => amr.contains(asked),
            Methods::Factors => amr.contains(Amr::PASSKEY) || amr.contains(BY_PASSWORD),
        };
        // A session that has shown a passkey says when it was that: how old its password or its code is nobody can say.
        let datable = !(self.asks_by_password() && amr.contains(Amr::PASSKEY));
        // A proof of the future is of a clock that has jumped since: how old it is nobody can say.
        methods && self.age.is_none_or(|age| datable && auth_time <= now + SKEW && now - auth_time <= age)
    }

    /// Whether it names what only a login by password shows.
    fn asks_by_password(self) -> bool {
        matches!(self.methods, Methods::Every(asked) if asked.meets(BY_PASSWORD))
    }

    /// The class of proof that is asked for, in the words of the statement's `acr`; none where any will do.
    pub fn acr(self) -> Option<&'static str> {
        match self.methods {
            Methods::Every(asked) if asked.meets(BY_PASSKEY) => Some("urn:sekisho:acr:phishing-resistant"),
            Methods::Every(asked) if !asked.contains(Amr::CODE) => None,
            _ => Some("urn:sekisho:acr:two-factor"),
        }
    }

    /// By which way whoever lacks it comes by it, as the page is told that leads there: a `passkey`, another `login`, or one
    /// with a `code`, which goes to a confirmed address alone; `both` where it takes such a login and then a passkey; none where
    /// either will do.
    pub fn need(self) -> Option<&'static str> {
        match self.methods {
            Methods::Factors => Some("passkey"),
            Methods::Every(asked) => match (asked.meets(BY_PASSKEY), asked.meets(BY_PASSWORD)) {
                (true, false) => Some("passkey"),
                (false, true) if asked.contains(Amr::CODE) => Some("code"),
                (false, true) => Some("login"),
                (true, true) => Some("both"),
                (false, false) => None,
            },
        }
    }

    /// Which methods a session must have shown, every one of them; none where two factors of any kind will do.
    pub fn amr(self) -> Option<Amr> {
        match self.methods {
            Methods::Every(asked) => Some(asked),
            Methods::Factors => None,
        }
    }

    /// How old it may be; none where its age does not matter.
    pub fn age(self) -> Option<Duration> {
        self.age
    }
}

impl Route {
    /// Whether it asks anything beside a live session.
    pub fn is_guarded(&self) -> bool {
        self.demand == Demand::Deny || self.proof.is_asked() || self.jti || self.fresh
    }

    /// Whether `path` is this route's or lies below it; `/` meets the top page alone.
    fn meets(&self, path: &str) -> bool {
        let folded = self.demand != Demand::Public;
        lies_within(&self.path, path, folded) || folded && self.is_guarded() && has_ending(&self.path, path)
    }
}

/// Whether `path` is `prefix` or lies below it, in any mix of cases where `folded`; `/` meets the top page alone.
pub(super) fn lies_within(prefix: &str, path: &str, folded: bool) -> bool {
    behind(prefix, path, folded)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && (prefix != "/" || rest == "/"))
}

/// Whether `path` is `prefix` with an ending, `/withdraw.html`, or lies below it, `/withdraw.php/now`: many an origin answers both like
/// the name alone.
fn has_ending(prefix: &str, path: &str) -> bool {
    behind(prefix, path, true).is_some_and(|rest| rest.starts_with('.'))
}

/// What of `path` stands behind `prefix`; none where it does not begin with it.
fn behind<'a>(prefix: &str, path: &'a str, folded: bool) -> Option<&'a str> {
    let stem = prefix.trim_end_matches('/');
    let (head, rest) = path.split_at_checked(stem.len())?;
    let same = if folded { head.eq_ignore_ascii_case(stem) } else { head == stem };
    same.then_some(rest)
}

impl Config {
    /// What `path` demands, and how surely: the longest matching prefix, any live session where none matches.
    ///
    /// Many an origin reads paths in any mix of cases, and with an ending as without it. So what is denied is denied in any, what
    /// asks for a session or a proof asks in any, and only what is public is so in its own spelling alone; and what asks more than
    /// a session meets its last name's endings too, with what lies below them.
    pub fn demand(&self, path: &str) -> (Demand, Proof) {
        self.rule(path).map_or((Demand::Session, Proof::default()), |route| (route.demand, route.proof))
    }

    /// The route that decides about `path`, as [`Config::demand`] says; none where no prefix meets it.
    pub fn rule(&self, path: &str) -> Option<&Route> {
        let path = &judged(path);
        let denied = self.routes.iter().find(|route| route.demand == Demand::Deny && route.meets(path));
        denied.or_else(|| self.routes.iter().find(|route| route.meets(path)))
    }
}

/// What a session of this site can come to show at all.
pub(super) struct Shown {
    /// Whether a login is asked for a code by whichever channel it comes; one that reads and no more aside.
    codes: bool,
    /// Whether a login by password stays open to whoever has a passkey.
    passwords: bool,
}

impl Shown {
    pub(super) fn of(channels: &[Channel], passkey: &Passkey) -> Self {
        Self {
            codes: channels.iter().all(|channel| channel.is_limited() || channel.second_factor == SecondFactor::Always),
            passwords: passkey.policy != PasskeyPolicy::Required,
        }
    }
}

/// Reads the routes, longest prefix first.
pub(super) fn read(root: &mut Section, shown: &Shown) -> Vec<Route> {
    let mut routes = root.list("routes", |route| one(route, shown));
    routes.sort_by_key(|route| std::cmp::Reverse(route.path.len()));
    routes
}

/// Which methods a session must have shown.
fn methods(route: &mut Section, shown: &Shown) -> Methods {
    let class = match route.one_of("proof", &["any", "factors", "passkey"]) {
        "factors" => Methods::Factors,
        "passkey" => Methods::Every(Amr::PASSKEY),
        _ => Methods::default(),
    };
    let names = route.chosen("amr", &["pwd", "hwk", "user", "otp"], &[]);
    let asked = names.into_iter().filter_map(Amr::named).fold(Amr::NONE, Amr::with);
    if asked == Amr::NONE {
        return class;
    }
    if class != Methods::default() {
        route.complain("amr", "says what proof says; one of them is enough");
    }
    if asked.contains(Amr::CODE) && !shown.codes {
        route.complain("amr", "cannot be kept: a channel's second_factor is not always, so a login need not show otp");
    }
    if asked.meets(BY_PASSWORD) && !shown.passwords {
        route.complain(
            "amr",
            "cannot be kept: passkey.policy is required, so nobody with a passkey ever shows pwd or otp",
        );
    }
    Methods::Every(asked)
}

fn one(route: &mut Section, shown: &Shown) -> Route {
    let path = route.path("path", "");
    let demand = match route.one_of("demand", &["session", "public", "deny"]) {
        "public" => Demand::Public,
        "deny" => Demand::Deny,
        _ => Demand::Session,
    };
    let amr = route.has("amr");
    let methods = methods(route, shown);
    let proof = Proof { methods, age: route.optional_duration("age", 1_000..=86_400_000) };
    if proof.is_asked() && demand != Demand::Session {
        route.complain(if amr { "amr" } else { "proof" }, "is for routes that demand a session");
    }
    if proof.age.is_some() && proof.asks_by_password() && proof.amr().is_some_and(|asked| asked.meets(BY_PASSKEY)) {
        route.complain(
            "age",
            "cannot be kept: a session has one time of proof, a passkey's before a password's or a code's",
        );
    }
    let jti = route.boolean("jti");
    let fresh = route.boolean("fresh");
    if fresh && demand != Demand::Session {
        route.complain("fresh", "is for routes that demand a session");
    }
    let last_known = route.one_of("outage", &["refuse", "last_known"]) == "last_known";
    if last_known && (jti || fresh || proof.is_asked() || demand != Demand::Session) {
        route.complain("outage", "last_known is for routes that demand a session and nothing more");
    }
    Route { path, demand, proof, jti, fresh, last_known }
}

#[cfg(test)]
mod tests;
