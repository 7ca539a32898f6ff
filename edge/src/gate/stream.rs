//! What stays open longer than a lease, WebSockets and event streams: at each lease end the account is asked whether the
//! session goes on. Such a question extends nothing, and neither does what flows meanwhile.

use super::{Packed, meets, path_of};
use crate::House;
use crate::account::SessionState;
use crate::bound::Lost;
use crate::host::{Host, Unreached};
use crate::possession::token_of;
use sekisho_rules::{Standing, Timestamp};
use std::time::Duration;

impl House {
    /// How long a stream may flow that a customer's request, just let through, has opened: to the end of its cookie's lease,
    /// or of the one that was renewed for it.
    pub fn stream_lease(&self, packed: &str, now: Timestamp) -> Duration {
        let request = Packed::read(packed);
        // What was opened by a token is cut at the end of its first lease, whatever cookie came along.
        let cookie = self.cookie_of(&request).filter(|_| token_of(request.authorization).is_none());
        let Some(cookie) = cookie else { return self.config.session.lease };
        let left = (cookie.lease - now).min(self.config.session.lease);
        let left = if left.is_zero() { self.config.session.lease } else { left };
        self.while_shown(request.cookie, &cookie.session, now, left)
    }

    /// `time`, or what is left of the bound cookie's life, or of the time for which there need be none: past it the stream has to be opened anew, which no copy of the
    /// cookies can do.
    fn while_shown(&self, cookies: &str, session: &SessionState, now: Timestamp, time: Duration) -> Duration {
        let end = self.shown_until(cookies, session).or_else(|| self.unbound_until(session));
        end.map_or(time, |end| time.min(end - now))
    }

    /// How much longer the stream may flow that the request `packed` has opened; none where its session has ended or is
    /// no longer proved as the route wants it.
    ///
    /// # Errors
    /// Where the account cannot be asked in time, or the session is to be shown on its device or proved anew, or goes on under a new
    /// id: the stream is cut, nobody guesses, and it may be opened again.
    pub async fn stream_goes_on<H: Host>(
        &self,
        host: &H,
        packed: &str,
        now: Timestamp,
    ) -> Result<Option<Duration>, Unreached> {
        let request = Packed::read(packed);
        let cookie = self.cookie_of(&request).filter(|_| token_of(request.authorization).is_none());
        let Some(cookie) = cookie else { return Ok(None) };
        let (_, proof) = self.config.demand(path_of(request.target()));
        let again = || Unreached("the session is to be shown anew".into());
        if !self.is_on_device(request.cookie, &cookie.session, now) {
            return Err(again());
        }
        let live = match self.renew(host, now, (request.cookie, &self.shown(&request)), &cookie, true).await {
            Err(Lost::Unreached(unreached)) => return Err(unreached),
            // Under a new id, or once it is proved anew where it moved, it may be opened again.
            Err(Lost::Moved | Lost::Over(Standing::Unknown)) => return Err(again()),
            live => live.ok().filter(|live| meets(proof, live, now) && self.may(&request, live, now).is_ok()),
        };
        Ok(live.map(|live| {
            let time = self.config.session.lease.min(live.session.deadline - now);
            self.while_shown(request.cookie, &live.session, now, time)
        }))
    }
}
