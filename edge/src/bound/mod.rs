//! What ties a session to the browser that opened it: a key that does not leave the device (Device Bound Session
//! Credentials, W3C draft of 2026-02-17), and [where and with what](Place) it was last seen.
//!
//! A sign-in offers the first in a header; a browser that can makes a key, registers it, and from then on shows a short cookie
//! beside the session's, which it gets anew for a signature whenever it is over. So both cookies together, copied, are good
//! for the rest of that short life and no longer. Browsers that cannot never notice. The key and what was signed are the
//! account's to judge, in its own object; what the hot path needs stands in the two cookies. What must never enter: storage.

mod cookie;
mod moved;
mod offer;
mod place;

pub(crate) use cookie::{NAME, clear, set};
pub(crate) use moved::Lost;
pub(crate) use offer::{challenge_header, instructions, over, registration_header, text};
pub use place::Place;
pub(crate) use place::{Shown, network};

use crate::House;
use crate::account::SessionState;
use crate::gate::{Cookie, Packed};
use crate::host::{Host, Unreached};
use crate::possession::Denied;
use crate::wire;
use sekisho_rules::{Refusal, Standing, Timestamp};
use std::time::Duration;

/// The type of the browser's proofs (draft, "DBSC Proof JWT Syntax").
pub(crate) const TYP: &str = "dbsc+jwt";
/// How long a challenge may be signed: longer than the bound cookie lives, so that one that came with the last is still good.
pub(crate) const CHALLENGE: Duration = Duration::from_secs(600);

/// How far the clocks of two edges may be apart.
pub(crate) const SKEW: Duration = Duration::from_secs(5);

/// How long a session of a channel that requires a binding serves without one, from when its customer was last proved: its browser
/// takes a moment to register a key.
const GRACE: Duration = Duration::from_secs(60);

/// The name of a binding, 128 random bits: what browsers call the session identifier. It stays while a session goes from id
/// to id, since its key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingId(pub [u8; 16]);
wire::as_hex!(BindingId, 16);

/// Why a request to one of our own routes has no session.
#[derive(Clone)]
pub(crate) enum Absent {
    /// It brings none, or one that is not on its device.
    None,
    /// It brings a token that is not good, for this reason.
    Denied(Refusal),
    /// Nobody could be asked.
    Unreached(Unreached),
    /// It is used from elsewhere and must be proved anew, which this cookie is good for and nothing else.
    Moved(Box<Cookie>),
}

impl From<Denied> for Absent {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => Self::Denied(refusal),
            Denied::Unreached(unreached) => Self::Unreached(unreached),
        }
    }
}

impl House {
    /// The session that a request brings, if it is still shown to be on its device. One that is not is no session: public
    /// pages are an anonymous visit, anything else leads to the login, and the cookies are left alone, since a browser that
    /// could not renew the short one just now may yet do so.
    pub(crate) fn session_of(&self, request: &Packed, now: Timestamp) -> Option<Cookie> {
        self.session_in((request.cookie, request.entrance(&self.config)), now)
    }

    /// The same of the cookies of a request to the site's origin of this number.
    pub(crate) fn session_in(&self, (cookies, entrance): (&str, u8), now: Timestamp) -> Option<Cookie> {
        let cookie = self.cookie(cookies, entrance)?;
        self.is_on_device(cookies, &cookie.session, now).then_some(cookie)
    }

    /// The session that a request to one of our own routes brings. Where its lease is over, it may have been bound or used from
    /// elsewhere since: the account is asked, unless the route asks it anyway or wants no session (`bare`).
    ///
    /// # Errors
    /// Why it counts for nothing here.
    pub(crate) async fn asking<H: Host>(
        &self,
        host: &H,
        now: Timestamp,
        (cookies, entrance, shown): (&str, u8, &Shown<'_>),
        bare: bool,
    ) -> Result<Cookie, Absent> {
        let cookie = self.counted_session_of((cookies, entrance), now).ok_or(Absent::None)?;
        let lost = if self.has_moved(&cookie, shown, now) {
            self.tell_moved(host, now, &cookie, shown).await
        } else if bare || now < cookie.lease || !(self.config.session.bound || self.config.session.moved) {
            return Ok(cookie);
        } else {
            match self.renew(host, now, (cookies, shown), &cookie, true).await {
                Ok(_) => return Ok(cookie),
                Err(lost) => lost,
            }
        };
        match lost {
            Lost::Moved => Err(Absent::Moved(Box::new(cookie))),
            Lost::Unreached(unreached) => Err(Absent::Unreached(unreached)),
            Lost::Over(Standing::Unknown) => Err(Absent::None),
            // The account says how to whatever asks it.
            Lost::Over(_) => Ok(cookie),
        }
    }

    /// Whether the cookies show that a session is on its device, as far as it is bound to one. A life that is longer than any that is
    /// given now is of a clock that has jumped.
    pub(crate) fn is_on_device(&self, cookies: &str, session: &SessionState, now: Timestamp) -> bool {
        let lives = |end| now < end && end <= now + cookie::LIFE + SKEW;
        self.binding(session).is_none_or(|binding| cookie::until(cookies, binding, &self.keys).is_some_and(lives))
    }

    /// Whether a page from elsewhere has opened one of a bound session's, whose browser has not been asked to show that it is there.
    pub(crate) fn may_be_shown(&self, request: &Packed) -> bool {
        let elsewhere = matches!(request.fetch_site, "cross-site" | "same-site") && request.method == "GET";
        let bound = || self.cookie_of(request).is_some_and(|cookie| self.binding(&cookie.session).is_some());
        elsewhere && request.is_navigation() && bound()
    }

    /// Until when the cookies show it; none where the session is bound to nothing.
    pub(crate) fn shown_until(&self, cookies: &str, session: &SessionState) -> Option<Timestamp> {
        cookie::until(cookies, self.binding(session)?, &self.keys)
    }

    /// Until when a session serves that is to be bound and is not; none where it serves as long as it lives.
    pub(crate) fn unbound_until(&self, session: &SessionState) -> Option<Timestamp> {
        let bound = session.bound.is_none() && self.config.channel_named(&session.channel)?.bound;
        bound.then_some(session.auth_time + GRACE)
    }

    /// Whether a session is bound to a device, where the site has it so.
    pub(crate) fn is_bound(&self, session: &SessionState) -> bool {
        self.binding(session).is_some()
    }

    /// What a session is bound to, where the site has it so.
    fn binding(&self, session: &SessionState) -> Option<BindingId> {
        session.bound.filter(|_| self.config.session.bound)
    }
}

#[cfg(test)]
mod tests;
