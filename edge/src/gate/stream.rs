//! What stays open longer than a lease, WebSockets and event streams: at each lease end the account is asked whether the
//! session goes on. Such a question extends nothing, and neither does what flows meanwhile.

use super::{Packed, meets, path_of};
use crate::House;
use crate::host::{Host, Unreached};
use sekisho_rules::Timestamp;
use std::time::Duration;

impl House {
    /// How long a stream may flow that a customer's request, just let through, has opened: to the end of its cookie's lease,
    /// or of the one that was renewed for it.
    pub fn stream_lease(&self, packed: &str, now: Timestamp) -> Duration {
        let cookie = self.cookie_of(&Packed::read(packed));
        let left = cookie.map_or(Duration::ZERO, |cookie| cookie.lease - now);
        if left.is_zero() { self.config.session.lease } else { left }
    }

    /// How much longer the stream may flow that the request `packed` has opened; none where its session has ended or is
    /// no longer proved as the route wants it.
    ///
    /// # Errors
    /// Where the account cannot be asked in time: the stream is cut, nobody guesses.
    pub async fn stream_goes_on<H: Host>(
        &self,
        host: &H,
        packed: &str,
        now: Timestamp,
    ) -> Result<Option<Duration>, Unreached> {
        let request = Packed::read(packed);
        let Some(cookie) = self.cookie_of(&request) else { return Ok(None) };
        let (_, proof) = self.config.demand(path_of(request.target()));
        let live = self
            .renew(host, now, &cookie, true)
            .await?
            .ok()
            .filter(|live| meets(proof, live, now) && self.may(&request, live).is_ok());
        Ok(live.map(|live| self.config.session.lease.min(live.session.deadline - now)))
    }
}
