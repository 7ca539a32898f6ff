//! What passes while an account does not answer: public pages to nobody in particular, and reading by the last lease where
//! the operator has it so. Anything else is refused.

use super::{Cookie, Decision, Packed, Who, path_of};
use crate::House;
use crate::config::Demand;
use crate::host::{Host, Unreached};
use rand_core::CryptoRng;
use sekisho_rules::Timestamp;
use std::time::Duration;

/// How long past its lease a cookie is believed. Whoever was logged out or locked elsewhere meanwhile can read for as long.
const GRACE: Duration = Duration::from_secs(15 * 60);

impl House {
    pub(super) async fn unreached<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        rng: &mut R,
        request: &Packed<'_>,
        now: Timestamp,
        (cookie, unreached): (Cookie, Unreached),
    ) -> Decision {
        let route = self.config.rule(path_of(request.target()));
        let who = match route {
            Some(route) if route.demand == Demand::Public => Who::Anonymous,
            Some(route)
                if route.last_known
                    && is_reading(request)
                    && is_believed(&cookie, now)
                    && self.may(request, &cookie, now).is_ok() =>
            {
                host.count("last_known", "");
                let lease = cookie.session.deadline.min(now + self.config.session.lease);
                Who::Customer(Box::new(Cookie { lease, ..cookie }))
            }
            _ => return self.fail(host, request, now, &unreached),
        };
        host.fault(&self.reference(now), &unreached.to_string());
        // No cookie goes out: the account has said nothing.
        self.pass(host, rng, request, now, who, None).await
    }
}

/// A page that is only read. A socket is asked for by a GET as well and then says anything.
fn is_reading(request: &Packed) -> bool {
    matches!(request.method, "GET" | "HEAD") && request.upgrade.is_empty()
}

fn is_believed(cookie: &Cookie, now: Timestamp) -> bool {
    now < cookie.lease + GRACE && now < cookie.session.deadline
}

#[cfg(test)]
mod tests;
