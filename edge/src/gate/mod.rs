//! A page request: cookie → standing → what the route demands → forward or refuse.
//!
//! [`House::decide_packed`] is the hot path: synchronous, one string in, one string out, no storage; a cookie that it has
//! verified before costs it no MAC. Only a lapsed lease or an assertion not yet signed leads to [`House::resolve`]. What must never enter: an answer of our own routes, storage.

mod assertion;
mod cookie;
mod headers;
mod known;
mod outage;
mod packed;
mod path;
mod refuse;
mod stream;

pub use assertion::Assertions;
pub(crate) use cookie::named;
pub use cookie::{Cookie, NAME as COOKIE, clear, find, find_named, session_key};
use headers::uncached;
pub use headers::{session_header, stripped};
pub use known::Verified;
pub use packed::{Decision, Header, Packed, is_by_itself, is_mobile};
pub(crate) use path::decoded;
pub use path::{is_plain_path, judged, path_of, return_path};
pub(crate) use refuse::percent_encode;
pub use refuse::problem;
pub use stream::Course;

use crate::House;
use crate::account::{Command, Reply, SessionKey};
use crate::bound::{Lost, Shown};
use crate::config::{Demand, NONCE, Proof};
use crate::host::{Host, Unreached};
use crate::parked::SEND;
use crate::possession::token_of;
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Standing, Timestamp};

/// Whom a request speaks for, as far as the edge can say.
pub(crate) enum Who {
    Anonymous,
    Customer(Box<Cookie>),
}

impl House {
    /// Decides a request without asking anybody, or says that somebody must be asked.
    pub fn decide(&self, now: Timestamp, packed: &str) -> Decision {
        let request = Packed::read(packed);
        let target = request.target();
        if !is_plain_path(target) {
            return self.refuse(&request, Refusal::PathRefused, now);
        }
        if let Some(decision) = self.astray(&request, now) {
            return decision;
        }
        if self.is_staffs(request.authority()) {
            return Decision::Own;
        }
        if is_own(target) {
            return if path_of(target) == SEND && request.is_form() { Decision::Park } else { Decision::Own };
        }
        let (demand, proof) = self.config.demand(target);
        if demand == Demand::Deny {
            return self.refuse(&request, Refusal::NotFound, now);
        }
        if token_of(request.authorization).is_some() {
            return Decision::Ask;
        }
        match self.counted_session_of((request.cookie, request.entrance(&self.config)), now) {
            Some(_) if self.is_forged(&request) => match demand {
                Demand::Public => self.forward_cached(&request, now, &Who::Anonymous),
                _ => self.refuse(&request, Refusal::CrossSite, now),
            },
            Some(cookie) if self.has_moved(&cookie, &self.shown(&request), now) => match demand {
                Demand::Session => Decision::Ask,
                _ => self.forward_cached(&request, now, &Who::Anonymous),
            },
            Some(cookie) if self.is_leased(&cookie, target, now) => {
                match self.admitted(&request, (demand, proof), cookie, now) {
                    Ok(who) => self.forward_cached(&request, now, &who),
                    Err(decision) => decision,
                }
            }
            Some(_) => Decision::Ask,
            None if demand == Demand::Session => self.refuse(&request, Refusal::NoSession, now),
            None => self.forward_cached(&request, now, &Who::Anonymous),
        }
    }

    /// Decides a request that [`House::decide`] could not: renews the lease at the account, signs the assertion.
    pub async fn resolve<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        now: Timestamp,
        rng: &mut R,
        packed: &str,
    ) -> Decision {
        let request = Packed::read(packed);
        let (demand, proof) = self.config.demand(path_of(request.target()));
        if let Some(text) = token_of(request.authorization) {
            return self.resolve_token(host, now, rng, (&request, text)).await;
        }
        let cookie = self.session_of(&request, now).filter(|_| !self.is_forged(&request));
        let Some(cookie) = cookie else {
            if demand == Demand::Session {
                return self.refuse(&request, Refusal::NoSession, now);
            }
            return self.pass(host, rng, &request, now, Who::Anonymous, None).await;
        };
        // What a session may not do is not kept for it either, until it has proved itself anew.
        if demand == Demand::Session
            && let Err(refusal) = self.may(&request, &cookie, now)
        {
            return self.refuse(&request, refusal, now);
        }
        let shown = self.shown(&request);
        let moved = self.has_moved(&cookie, &shown, now);
        let live = if moved {
            Err(self.tell_moved(host, now, &cookie, &shown).await)
        } else if self.is_leased(&cookie, request.target(), now) {
            Ok((cookie.clone(), None))
        } else {
            let renewed = self.renew(host, now, (request.cookie, &shown), &cookie, request.is_background()).await;
            renewed.map(|renewed| (renewed.clone(), Some(renewed.set(&self.keys))))
        };
        match live {
            Ok((live, set)) => match self.admitted(&request, (demand, proof), live, now) {
                Ok(who) => self.pass(host, rng, &request, now, who, set).await,
                // The lease is renewed by the next request that passes: an answer of this one may not reach the browser's page.
                Err(decision) => decision,
            },
            Err(Lost::Moved) => self.decide_moved(host, rng, &request, now, cookie).await,
            // What may go on by the last lease was there before.
            Err(Lost::Unreached(unreached)) if !moved => {
                self.unreached(host, rng, &request, now, (cookie, unreached)).await
            }
            // A dead session on a public page is an anonymous visit. The cookie is left alone: a response of the old
            // session that arrives late must not delete a newer one.
            Err(_) if demand == Demand::Public => self.pass(host, rng, &request, now, Who::Anonymous, None).await,
            Err(Lost::Unreached(unreached)) => self.fail(host, &request, now, &unreached),
            Err(lost) => self.refuse(&request, lost.refusal(), now),
        }
    }

    /// The session cookie of a request, if it is ours and was handed out by the origin that it comes by.
    pub(crate) fn cookie_of(&self, request: &Packed) -> Option<Cookie> {
        self.cookie(request.cookie, request.entrance(&self.config))
    }

    /// The session cookie in a `Cookie` header, if it is ours and was handed out by the origin of this number.
    pub(crate) fn cookie(&self, header: &str, entrance: u8) -> Option<Cookie> {
        let cookie = Cookie::brought(header, &self.keys);
        cookie.filter(|cookie| cookie.entrance == entrance)
    }

    /// Whom a request with a live session speaks for, or why it does not pass. A session that may not do this is nobody's
    /// where anybody may.
    pub(crate) fn admitted(
        &self,
        request: &Packed,
        (demand, proof): (Demand, Proof),
        live: Cookie,
        now: Timestamp,
    ) -> Result<Who, Decision> {
        if let Err(refusal) = self.may(request, &live, now) {
            return match demand {
                Demand::Public => Ok(Who::Anonymous),
                _ => Err(self.refuse(request, refusal, now)),
            };
        }
        if !meets(proof, &live, now) {
            return Err(self.ask_or_park(request, proof, now));
        }
        Ok(Who::Customer(Box::new(live)))
    }

    /// Whether a session need not be asked about: its lease holds, and the route does not want it asked about at each request. A lease
    /// that is longer than any that is given now is of a clock that has jumped, or of another config: it is not believed.
    fn is_leased(&self, cookie: &Cookie, path: &str, now: Timestamp) -> bool {
        let longest = now + self.config.session_of(&cookie.session.channel).lease;
        let held = now < cookie.lease && cookie.lease <= longest && now < cookie.session.deadline;
        held && !self.config.rule(path).is_some_and(|route| route.fresh)
    }

    /// Whether sessions of the live one's channel may send this request. A socket is asked for by a GET and then says anything.
    ///
    /// # Errors
    /// Why not. A session whose channel the config has lost is none: what it might do nobody knows any more.
    fn may(&self, request: &Packed, live: &Cookie, now: Timestamp) -> Result<(), Refusal> {
        let reads = request.is_safe() && request.upgrade.is_empty();
        let channel = self.config.channel_named(&live.session.channel).ok_or(Refusal::NoSession)?;
        // A token is bound to a key already, which its request has shown.
        let served = self.unbound_until(&live.session).is_none_or(|end| now < end);
        if !served && token_of(request.authorization).is_none() {
            return Err(Refusal::DeviceUnbound);
        }
        if channel.may(path_of(request.target()), reads) { Ok(()) } else { Err(Refusal::ChannelLimited) }
    }

    /// A form of our own pages waits for the proof; anything else is told to give it and to come again.
    pub(crate) fn ask_or_park(&self, request: &Packed, proof: Proof, now: Timestamp) -> Decision {
        if self.can_wait(request) { Decision::Park } else { self.ask_for(request, proof, now) }
    }

    /// Whether a page of another site would act in the customer's name. Where both Fetch Metadata and Origin are missing nobody
    /// can tell, and it counts as one unless it brings the session's own token.
    pub(super) fn is_forged(&self, request: &Packed) -> bool {
        request.acts() && !self.is_from_us(request)
    }

    /// Whether a page of this very site made the request: Fetch Metadata where the browser sends it, else Origin, else the
    /// session's token, which no page of another site can read or send.
    pub(crate) fn is_from_us(&self, request: &Packed) -> bool {
        match (request.fetch_site, request.origin) {
            ("", "") => {
                let cookie = (!request.csrf.is_empty()).then(|| self.cookie_of(request)).flatten();
                cookie.is_some_and(|cookie| cookie.has_csrf(request.csrf, &self.keys))
            }
            ("", origin) => origin == self.config.origin_of(request.entrance(&self.config)),
            (site, _) => site == "same-origin",
        }
    }

    /// Lets a request pass whose session the account has just vouched for, as far as that session may do it.
    pub(crate) async fn pass_live<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        rng: &mut R,
        request: &Packed<'_>,
        now: Timestamp,
        live: Cookie,
    ) -> Decision {
        let set = live.set(&self.keys);
        match self.admitted(request, self.config.demand(path_of(request.target())), live, now) {
            Ok(who) => self.pass(host, rng, request, now, who, Some(set)).await,
            Err(decision) => decision,
        }
    }

    /// Nobody is let through on a guess: the operator's log says why, the answer bears the same reference number.
    pub(crate) fn fail<H: Host>(&self, host: &H, request: &Packed, now: Timestamp, unreached: &Unreached) -> Decision {
        let reference = self.reference(now);
        host.fault(&reference, &unreached.to_string());
        self.refuse_under(&reference, request, Refusal::Unavailable)
    }

    /// Asks the account about a session that `cookies` have shown; the cookie to set. One that was bound since the cookie was made
    /// is unknown to whoever brings the old one.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn renew<H: Host>(
        &self,
        host: &H,
        now: Timestamp,
        (cookies, seen): (&str, &Shown<'_>),
        cookie: &Cookie,
        background: bool,
    ) -> Result<Cookie, Lost> {
        if let Some(standing) = self.over(cookie.key(), now) {
            return Err(Lost::Over(standing));
        }
        let shown = cookie.session.bound.is_some();
        let touch = Command::Touch { session: cookie.key(), background, shown };
        match host.account(cookie.account, touch).await? {
            // Of the device alone, not of the session: nothing to remember by the cookie.
            Reply::Session(session) if !self.is_on_device(cookies, &session, now) => Err(Lost::Over(Standing::Unknown)),
            Reply::Session(session) => {
                let live = Cookie { session, ..cookie.clone() };
                if self.has_moved(&live, seen, now) {
                    return Err(self.tell_moved(host, now, &live, seen).await);
                }
                host.count("lease_renewed", "");
                // What is seen now is what the next lease is held against.
                let place = cookie.place.next(&self.keys, &cookie.id, seen);
                Ok(self.leased(live.account, live.id, (live.entrance, place), live.session, now))
            }
            Reply::Gone(standing) => {
                self.is_over(cookie.key(), standing, now);
                Err(Lost::Over(standing))
            }
            _ => Err(Unreached("the account answered out of turn".into()).into()),
        }
    }

    /// As [`House::session_of`]; counts a session cookie that is not ours, and apart from those one that is not shown to be on its device.
    pub(crate) fn counted_session_of(&self, (cookies, entrance): (&str, u8), now: Timestamp) -> Option<Cookie> {
        let cookie = self.session_in((cookies, entrance), now);
        if cookie.is_none() && cookie::is_named(cookies) {
            let lapsed = self.cookie(cookies, entrance).is_some();
            self.tally.count(if lapsed { "bound_lapsed" } else { "cookie_refused" }, "");
        }
        cookie
    }

    /// How the session under `key` stands that an account has said of late is over.
    pub(crate) fn over(&self, key: SessionKey, now: Timestamp) -> Option<Standing> {
        let standing = self.ended(key, now);
        if standing.is_some() {
            self.tally.count("limited", "session");
        }
        standing
    }

    /// The same where nothing is refused for it.
    fn ended(&self, key: SessionKey, now: Timestamp) -> Option<Standing> {
        self.limits.ended(self.keys.lane(&[b"session", &key.0]), now)
    }

    /// Remembers that the account has said so.
    pub(crate) fn is_over(&self, key: SessionKey, standing: Standing, now: Timestamp) {
        self.limits.end(self.keys.lane(&[b"session", &key.0]), standing, now);
    }

    pub(crate) async fn pass<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        rng: &mut R,
        request: &Packed<'_>,
        now: Timestamp,
        who: Who,
        set_cookie: Option<String>,
    ) -> Decision {
        let assertion = match self.is_once(request) {
            true => self.assertion_once(host, rng, request, now, &who).await,
            false => self.assertion(host, request, now, &who).await,
        };
        match assertion {
            Ok(assertion) => self.forward(request, now, &who, assertion, set_cookie),
            Err(unreached) => self.fail(host, request, now, &unreached),
        }
    }

    /// Whether the route has it that each request bears a statement of its own.
    fn is_once(&self, request: &Packed) -> bool {
        self.config.rule(path_of(request.target())).is_some_and(|route| route.jti)
    }

    /// Forwards with the cached assertion, or says that one must be signed.
    fn forward_cached(&self, request: &Packed, now: Timestamp, who: &Who) -> Decision {
        match self.cached_assertion(request, now, who).filter(|_| !self.is_once(request)) {
            Some(assertion) => self.forward(request, now, who, assertion, None),
            None => Decision::Ask,
        }
    }

    fn forward(
        &self,
        request: &Packed,
        now: Timestamp,
        who: &Who,
        assertion: String,
        set_cookie: Option<String>,
    ) -> Decision {
        self.note_pass(now, request, matches!(who, Who::Customer(_)));
        let url = format!("{}{}", self.config.origin.url, request.target());
        let mut dress = self.forwarded_headers(request.entrance(&self.config));
        dress.push(("sekisho-assertion".into(), assertion));
        if self.config.headers.nonce {
            dress.push(("*sekisho-nonce".into(), NONCE.into()));
        }
        // The last one: to a cookie that is remembered it is another each time.
        dress.extend(self.address(request).map(|address| ("x-forwarded-for".into(), address)));
        let mut response = self.config.headers.passed.clone();
        if let Who::Customer(cookie) = who {
            let public = self.config.demand(request.target()).0 == Demand::Public;
            response.push((uncached(public).into(), "no-store".into()));
            let idle = self.config.session_of(&cookie.session.channel).idle;
            response.push(("sekisho-session".into(), session_header(idle, cookie.session.deadline, now)));
        }
        if let Some(line) = set_cookie {
            response.push(("+set-cookie".into(), line));
        }
        // A statement that is good once is gone with the first try.
        let again = request.is_safe() && !self.is_once(request);
        Decision::Forward { url, request: dress, response, again }
    }
}

fn meets(proof: Proof, cookie: &Cookie, now: Timestamp) -> bool {
    proof.is_met(cookie.session.amr, cookie.session.auth_time, now)
}

/// Whether a target is one of ours: the router answers it, no origin sees it.
pub fn is_own(target: &str) -> bool {
    let path = &*judged(target);
    const WELL_KNOWN: [&str; 4] = ["jwks.json", "change-password", "passkey-endpoints", "webauthn"];
    let well_known = || path.strip_prefix("/.well-known/").is_some_and(|name| WELL_KNOWN.contains(&name));
    path == "/.sekisho" || path.starts_with("/.sekisho/") || well_known()
}

#[cfg(test)]
mod tests;
