//! The hot path: cookies that this isolate has verified, each with the answer it leads to, ready to be written out.
//!
//! A cookie is remembered by its whole value, so that only what was found under our MAC is ever found here, and no longer
//! than it may be believed. [`House::decide`] is what decides; nothing here may ever lead to another answer than it does.

use super::headers::uncached;
use super::packed::{Decision, Packed, forward};
use super::{find, find_named, is_own, is_plain_path, session_header};
use crate::House;
use crate::account::SessionKey;
use crate::bound;
use crate::config::{Demand, Route};
use crate::possession::token_of;
use sekisho_rules::{IdleRule, Timestamp};
use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use subtle::ConstantTimeEq as _;

/// The most cookies an isolate remembers, about 2 KB each; where so many are live, all go.
const MOST: usize = 4096;
/// The end of an answer, from the value of the line before the last one on: that tells the remaining time, another one for each request.
const LAST: &str = "\nno-store\nsekisho-session\n";
/// The name that stands before the client's address, which may be another one for each request too.
const FOR: &str = "x-forwarded-for\n";

/// What a verified cookie leads to.
struct Known {
    /// Whose it is.
    session: SessionKey,
    /// Since when: a clock that was set back makes nothing last longer.
    since: Timestamp,
    /// Until when it may be believed: its lease, its deadline, the end of the bound cookie or of the time for which there need be
    /// none, whichever comes first.
    end: Timestamp,
    /// The bound cookie that was verified with it; none where its session is not bound.
    bound: Option<String>,
    /// From where and with what it came.
    shown: [String; 2],
    /// When the session ends by itself.
    deadline: Timestamp,
    /// The rule by which it does.
    idle: IdleRule,
    /// By which of the site's origins the cookie was handed out.
    entrance: u8,
    /// Whether the platform told the client's address.
    told: bool,
    /// The packed answer behind the URL, up to that address and its name, or all of it.
    dress: String,
    /// What is behind the address. The last two lines are in neither.
    tail: String,
}

/// The cookies that this isolate has verified.
#[derive(Default)]
pub struct Verified(RefCell<Kept<String, Known>>);

impl Verified {
    /// The cookies of a session that is to be asked about are verified anew.
    pub(crate) fn forget(&self, session: SessionKey) {
        self.0.borrow_mut().all.retain(|_, known| known.session != session);
    }
}

/// What is remembered for a lease, and by which number of entries the lapsed ones are looked for next: so the memory that it takes
/// follows what is live, and to look costs each entry little.
pub(super) struct Kept<K, V> {
    all: HashMap<K, V>,
    next: usize,
}

/// With so few, nothing is looked for.
const FEW: usize = 256;

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { all: HashMap::new(), next: FEW }
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// What is kept under `key`, live or lapsed.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.all.get(key)
    }

    /// Keeps `value`. Those that do not live go once there are twice as many as lived the last time; where `most` live, all go.
    pub(super) fn keep(&mut self, key: K, value: V, most: usize, lives: impl Fn(&V) -> bool) {
        if self.all.len() >= self.next.min(most) {
            self.all.retain(|_, kept| lives(kept));
            if self.all.len() >= most {
                self.all.clear();
            }
            self.next = (2 * self.all.len()).max(FEW);
        }
        self.all.insert(key, value);
    }
}

impl House {
    /// As [`House::decide`], packed; by memory where the cookie is known and still good.
    ///
    /// # Arguments
    /// * `packed`: the request as [`Packed::read`] takes it apart.
    pub fn decide_packed(&self, now: Timestamp, packed: &str) -> String {
        let request = Packed::read(packed);
        if let Some(known) = self.known(now, &request) {
            return known;
        }
        let decision = self.decide(now, packed);
        let text = decision.pack();
        self.remember(now, &request, &decision, &text);
        text
    }

    fn known(&self, now: Timestamp, request: &Packed) -> Option<String> {
        let target = request.target();
        if !is_plain_path(target) || is_own(target) || self.is_staffs(request.authority()) || self.is_forged(request) {
            return None;
        }
        if self.is_astray(request) {
            return None;
        }
        if token_of(request.authorization).is_some() {
            return None;
        }
        let rule = self.config.rule(target);
        if rule.is_some_and(Route::is_guarded) {
            return None;
        }
        let all = self.verified.0.borrow();
        let known = all.get(find(request.cookie)?).filter(|known| known.since <= now && now < known.end)?;
        if known.entrance != request.entrance(&self.config) || known.shown != [request.network, request.user_agent] {
            return None;
        }
        if let Some(bound) = &known.bound {
            // Whoever copied the one cookie is not to find the other byte by byte.
            let shown = find_named(request.cookie, bound::NAME).unwrap_or_default();
            bool::from(shown.as_bytes().ct_eq(bound.as_bytes())).then_some(())?;
        }
        let address = self.platforms_address(request);
        if known.told == address.is_empty() {
            return None;
        }
        self.note_pass(now, request, true);
        let remaining = session_header(known.idle, known.deadline, now);
        let cache = uncached(rule.is_some_and(|route| route.demand == Demand::Public));
        let (head, origin) = (forward(request.is_safe()), &*self.config.origin.url);
        let name = if known.told { FOR } else { "" };
        let parts = [head, origin, target, &known.dress, name, address, &known.tail, "\n", cache, LAST, &remaining];
        Some(parts.concat())
    }

    /// Remembers what a live cookie led to, packed: `text`. A decision that sets a cookie is none: the next request has another one.
    fn remember(&self, now: Timestamp, request: &Packed, decision: &Decision, text: &str) -> Option<()> {
        let Decision::Forward { url, response, .. } = decision else { return None };
        let value = find(request.cookie)?;
        // One that is not shown on its device led to the answer of an anonymous visit: that is nothing to remember by it. What a
        // session of a limited channel may do depends on the path.
        let cookie = self.session_of(request, now)?;
        if self.has_moved(&cookie, &self.shown(request), now) || self.config.is_limited(&cookie.session.channel) {
            return None;
        }
        let [.., (cache, _), (_, remaining)] = response.as_slice() else { return None };
        let rest = text.split_once(url.as_str())?.1.strip_suffix(&["\n", cache, LAST, remaining].concat())?;
        let address = self.platforms_address(request);
        let (dress, tail) = match address {
            "" => (rest, ""),
            told => rest.split_once(&[FOR, told].concat())?,
        };
        let deadline = cookie.session.deadline;
        let shown = self.shown_until(request.cookie, &cookie.session);
        let bound = shown.and_then(|_| find_named(request.cookie, bound::NAME)).map(str::to_owned);
        let known = Known {
            session: cookie.key(),
            since: now,
            end: cookie
                .lease
                .min(deadline)
                .min(shown.or_else(|| self.unbound_until(&cookie.session)).unwrap_or(deadline)),
            bound,
            shown: [request.network.to_owned(), request.user_agent.to_owned()],
            deadline,
            idle: self.config.session_of(&cookie.session.channel).idle,
            entrance: cookie.entrance,
            told: !address.is_empty(),
            dress: dress.to_owned(),
            tail: tail.to_owned(),
        };
        self.verified.0.borrow_mut().keep(value.to_owned(), known, MOST, |known| now < known.end);
        Some(())
    }
}

#[cfg(test)]
mod tests;
