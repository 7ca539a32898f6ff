//! A session that is used from elsewhere with something else: it proves itself anew, and until it has, whoever brings it from
//! another network is asked, whatever they call themselves.
//!
//! That it was asked is the account's to remember. The isolate that asked remembers it for the rest of the lease.

use super::Shown;
use crate::House;
use crate::account::{Command, Reply};
use crate::config::{Demand, Proof};
use crate::gate::{Cookie, Decision, Packed, Who, path_of};
use crate::host::{Host, Unreached};
use crate::limits::Lane;
use crate::risk::{Reason, UserAgent};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Standing, Timestamp};

/// Why a session that was asked about does not go on here.
pub(crate) enum Lost {
    /// It is not live.
    Over(Standing),
    /// It is used from elsewhere and must be proved anew.
    Moved,
    /// Nobody could be asked.
    Unreached(Unreached),
}

impl From<Unreached> for Lost {
    fn from(unreached: Unreached) -> Self {
        Self::Unreached(unreached)
    }
}

impl House {
    /// Whether a session is used from elsewhere with something else, or was before, so that it must prove itself anew.
    pub(crate) fn has_moved(&self, cookie: &Cookie, shown: &Shown, now: Timestamp) -> bool {
        let asked = || cookie.session.moved || self.limits.has_moved(self.moved_lane(cookie), now);
        self.config.session.moved && cookie.place.is_left(&self.keys, &cookie.id, shown, asked)
    }

    fn moved_lane(&self, cookie: &Cookie) -> Lane {
        self.keys.lane(&[b"moved", &cookie.key().0])
    }

    /// The account hears that its session is used from elsewhere; its history tells the customer. Answers that it has moved, or how
    /// it stands where it is not live.
    pub(crate) async fn tell_moved<H: Host>(
        &self,
        host: &H,
        now: Timestamp,
        cookie: &Cookie,
        shown: &Shown<'_>,
    ) -> Lost {
        let command = Command::Moved { session: cookie.key(), client: UserAgent::parse(shown.agent).client_name() };
        match host.account(cookie.account, command).await {
            Err(unreached) => return unreached.into(),
            Ok(Reply::Gone(standing)) => return Lost::Over(standing),
            Ok(Reply::Session(session)) => {
                host.count("session_moved", "");
                self.note_reason(Reason::SessionMoved, &session.channel);
            }
            Ok(_) => host.count("moved_again", ""),
        }
        let lease = self.config.session_of(&cookie.session.channel).lease;
        self.limits.moved(self.moved_lane(cookie), lease, now);
        self.verified.forget(cookie.key());
        Lost::Moved
    }

    /// What becomes of a page request whose session has moved: the page where it is proved is read, and nothing else there; no lease
    /// is renewed for it. A form waits where there is room that its owner has not taken.
    pub(crate) async fn decide_moved<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        rng: &mut R,
        request: &Packed<'_>,
        now: Timestamp,
        cookie: Cookie,
    ) -> Decision {
        let path = path_of(request.target());
        let reads = matches!(request.method, "GET" | "HEAD") && request.upgrade.is_empty();
        let who = match self.config.demand(path).0 {
            Demand::Session if path == self.config.login.confirm && reads => {
                let place = (cookie.entrance, cookie.place);
                Who::Customer(Box::new(self.leased(cookie.account, cookie.id, place, cookie.session, now)))
            }
            Demand::Session => return self.ask_or_park(request, Proof::anew(), now),
            _ => Who::Anonymous,
        };
        self.pass(host, rng, request, now, who, None).await
    }
}

impl Lost {
    /// How it is refused.
    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Self::Over(Standing::Idle) => Refusal::SessionIdle,
            Self::Over(_) => Refusal::NoSession,
            Self::Moved => Refusal::InsufficientAuthentication,
            Self::Unreached(_) => Refusal::Unavailable,
        }
    }
}
