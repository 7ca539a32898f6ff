//! What an edge has read of what is published, for a minute: the counts, and the thresholds of staff.
//!
//! What is published bears the house's mark over its own name, so that who may write there and holds no key can put nothing in
//! another's place; and a lower version than was seen is not believed.

use super::{POPULATION, Snapshot};
use crate::House;
use crate::config::ACCOUNT_CHANGE;
use crate::host::Host;
use crate::keys::{CURRENT_AND_PREVIOUS, Keys};
use crate::risk::{Fingerprint, Scale};
use crate::staff::{Policy, THRESHOLDS};
use sekisho_rules::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// How long an edge believes what it has read.
const BELIEVED: Duration = Duration::from_secs(60);
const LABEL: &[u8] = b"published";
const MARK: usize = 32;

/// What an edge has read.
#[derive(Default)]
pub struct Board(RefCell<Read>);

#[derive(Default)]
struct Read {
    /// When it was last asked for.
    asked: Timestamp,
    population: Option<Rc<Snapshot>>,
    policy: Policy,
}

/// `body` with the house's mark behind it.
pub(crate) fn sealed(keys: &Keys, name: &str, body: &[u8]) -> Vec<u8> {
    let (generation, mark) = keys.mark(LABEL, &[name.as_bytes(), body]);
    let mut bytes = body.to_vec();
    bytes.push(generation);
    bytes.extend_from_slice(&mark);
    bytes
}

/// The body, where the mark behind it is the house's.
pub(crate) fn unsealed<'a>(keys: &Keys, name: &str, bytes: &'a [u8]) -> Option<&'a [u8]> {
    let (rest, mark) = bytes.split_at_checked(bytes.len().checked_sub(MARK)?)?;
    let (generation, body) = rest.split_last()?;
    keys.is_marked(*generation, CURRENT_AND_PREVIOUS, LABEL, &[name.as_bytes(), body], mark).then_some(body)
}

impl House {
    /// What a login by `channel` that shows `shown` is measured by.
    pub(crate) async fn scale<H: Host>(&self, host: &H, now: Timestamp, channel: &str, shown: &Fingerprint) -> Scale {
        let believed = BELIEVED.min(self.config.risk.counts);
        let old = now - self.board.0.borrow().asked >= believed;
        if old {
            // Whoever comes meanwhile goes by what was read before.
            self.board.0.borrow_mut().asked = now;
            self.read_population(host, now).await;
            self.read_policy(host, now).await;
        }
        let board = self.board.0.borrow();
        let counted = board.population.as_ref();
        let scale =
            counted.map_or_else(Scale::default, |known| known.scale(&shown.features(&self.keys.crowd_key(), now)));
        Scale {
            policy: board.policy.version,
            threshold: board.policy.of(channel),
            strictest: board.policy.strictest(),
            account_change: board.policy.of(ACCOUNT_CHANGE),
            ..scale
        }
    }

    /// Where nothing better is there than was read before, that stands, and the log says why.
    async fn read_population<H: Host>(&self, host: &H, now: Timestamp) {
        let found = match host.published(POPULATION).await {
            // Nobody has been counted yet.
            Ok(None) => return,
            Ok(Some(bytes)) => unsealed(&self.keys, POPULATION, &bytes).and_then(|body| Snapshot::read(body.to_vec())),
            Err(unreached) => return host.fault(&self.reference(now), &unreached.to_string()),
        };
        let mut board = self.board.0.borrow_mut();
        let last = board.population.as_ref().map_or(0, |snapshot| snapshot.version());
        match found.filter(|snapshot| snapshot.version() >= last) {
            Some(snapshot) => board.population = Some(Rc::new(snapshot)),
            None => host.fault(&self.reference(now), "the published counts are not the house's, or older than before"),
        }
    }

    /// Staff's thresholds: from their object, and where it does not answer, as it has published them. What was read before stands
    /// where neither helps; an edge that has read nothing goes by the config's own.
    async fn read_policy<H: Host>(&self, host: &H, now: Timestamp) {
        if self.config.staff.is_none() {
            return;
        }
        let asked = host.staff("[\"policy\"]".to_owned()).await;
        let told = match asked {
            Ok(text) => Policy::read(text.as_bytes(), Timestamp::default()),
            Err(unreached) => {
                host.fault(&self.reference(now), &unreached.to_string());
                let published = host.published(THRESHOLDS).await.ok().flatten();
                published.and_then(|bytes| Policy::published(&self.keys, &bytes, now))
            }
        };
        let mut board = self.board.0.borrow_mut();
        let last = board.policy.version;
        match told.filter(|policy| policy.version >= last) {
            Some(policy) => board.policy = policy,
            None => host.fault(&self.reference(now), "staff's thresholds cannot be read: those that were known stand"),
        }
    }
}
