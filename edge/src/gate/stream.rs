//! What stays open longer than a lease, WebSockets and event streams: at each lease end the account is asked whether the
//! session goes on. Such a question extends nothing, and neither does what flows meanwhile. And answers that are overtaken by a new id.

use super::{Packed, meets, path_of};
use crate::House;
use crate::account::{Command, Reply, SessionState};
use crate::bound::Lost;
use crate::host::{Host, Unreached};
use crate::possession::{Token, token_of};
use sekisho_rules::{Standing, Timestamp};
use std::time::Duration;

/// What becomes of a stream whose lease is over.
#[derive(Debug, PartialEq, Eq)]
pub enum Course {
    /// It flows on for so long.
    On(Duration),
    /// It is cut and may be opened again at once: its session is to be shown on its device or proved anew, or goes on under a new id.
    Again,
    /// Its session has ended, or is no longer proved as the route wants it.
    Over,
}

impl House {
    /// How long a stream may flow that a customer's request, just let through, has opened: to the end of its cookie's lease,
    /// or of the one that was renewed for it.
    pub fn stream_lease(&self, packed: &str, now: Timestamp) -> Duration {
        let request = Packed::read(packed);
        // Of what was opened by a token that is asked about, whatever cookie came along.
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

    /// Whether the session of the request `packed` has gone on under another id, as far as this isolate has done it itself. The cookie that
    /// was renewed for it is not handed out then: it would take the newer one's place, and sign the customer out.
    pub fn has_gone_on(&self, packed: &str, now: Timestamp) -> bool {
        self.cookie_of(&Packed::read(packed)).is_none_or(|cookie| self.ended(cookie.key(), now).is_some())
    }

    /// What becomes of the stream that the request `packed` has opened.
    ///
    /// # Errors
    /// Where the account cannot be asked in time: the stream is cut, nobody guesses, and it may be opened again.
    pub async fn stream_goes_on<H: Host>(&self, host: &H, packed: &str, now: Timestamp) -> Result<Course, Unreached> {
        let request = Packed::read(packed);
        if let Some(text) = token_of(request.authorization) {
            return self.token_goes_on(host, text, path_of(request.target()), now).await;
        }
        let Some(cookie) = self.cookie_of(&request) else { return Ok(Course::Over) };
        let (_, proof) = self.config.demand(path_of(request.target()));
        if !self.is_on_device(request.cookie, &cookie.session, now) {
            return Ok(Course::Again);
        }
        let live = match self.renew(host, now, (request.cookie, &self.shown(&request)), &cookie, true).await {
            Err(Lost::Unreached(unreached)) => return Err(unreached),
            // Under a new id, or once it is proved anew where it moved, it may be opened again.
            Err(Lost::Moved | Lost::Over(Standing::Unknown)) => return Ok(Course::Again),
            live => live.ok().filter(|live| meets(proof, live, now) && self.may(&request, live, now).is_ok()),
        };
        Ok(live.map_or(Course::Over, |live| {
            let time = self.config.session.lease.min(live.session.deadline - now);
            Course::On(self.while_shown(request.cookie, &live.session, now, time))
        }))
    }

    /// The same of a stream that a token has opened: it is its app's, who showed the token's key then.
    async fn token_goes_on<H: Host>(
        &self,
        host: &H,
        text: &str,
        path: &str,
        now: Timestamp,
    ) -> Result<Course, Unreached> {
        let Some(token) = Token::open(text, &self.keys) else { return Ok(Course::Over) };
        let reply = host.account(token.account, Command::Stands(token.session())).await?;
        let session = match reply {
            Reply::Session(session) => session,
            Reply::Gone(Standing::Unknown) => return Ok(Course::Again),
            _ => return Ok(Course::Over),
        };
        if !self.config.demand(path).1.is_met(session.amr, session.auth_time, now) {
            return Ok(Course::Over);
        }
        Ok(Course::On(self.config.session.lease.min(session.deadline - now)))
    }
}
