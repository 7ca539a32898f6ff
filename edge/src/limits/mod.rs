//! What one isolate remembers so that nobody has to be asked twice: how often who has asked, which names are held, which
//! sessions are over or have moved, from where passwords are sprayed, which prefix is divided among several objects.
//!
//! None of it is the truth, which is the objects'. It saves the way to them, is lost with the isolate, and nothing in it is
//! believed for longer than a minute or two, or a session's lease. It is kept under keyed hashes: no address and no name lies here.
//! What must never enter: a refusal that the account itself would not give, other than "too often".

use crate::bound::SKEW;
use crate::config::LONGEST_LEASE;
use crate::network::Reply;
use crate::network::parts::{OWN, Parts};
use sekisho_rules::{Refusal, Standing, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

/// What is remembered is remembered under: a keyed hash, [`crate::keys::Keys::lane`].
pub type Lane = [u8; 32];

/// How long requests of one client are counted together: the platform's own counter knows no longer time.
pub const WINDOW: Duration = Duration::from_secs(60);
/// The most that an isolate remembers, about 200 bytes each; past it what is over goes, and if nothing is, all.
const MOST: usize = 8_192;

#[derive(Clone, Copy)]
enum Known {
    /// So many requests in this window.
    Asked(u32),
    /// Refused until a moment that may lie beyond our memory.
    Refused(Refusal, Timestamp),
    /// A session that will not live again.
    Over(Standing),
    /// A session that was asked to prove itself anew.
    Moved,
    /// A neighbourhood from which passwords are sprayed.
    Sprayed,
    /// A prefix that is asked so often that its names are divided among objects, and what each said last.
    Divided(Parts),
}

/// The memory.
#[derive(Default)]
pub struct Limits(RefCell<HashMap<Lane, (Timestamp, Known)>>);

impl Limits {
    /// Counts one more request of a client.
    ///
    /// # Errors
    /// Until when the client is refused, where it has asked more than `most` times in this window.
    pub fn count(&self, client: Lane, most: u32, now: Timestamp) -> Result<(), Timestamp> {
        let (until, before) = match self.known(client, now) {
            Some((until, Known::Asked(count))) => (until, count),
            _ => (now + WINDOW, 0),
        };
        let count = before.saturating_add(1);
        self.keep(client, until, Known::Asked(count), now);
        if count > most { Err(until) } else { Ok(()) }
    }

    /// The platform has counted more than this isolate has: nothing of this client passes before its window is over.
    /// Answers when that is.
    pub fn fill(&self, client: Lane, now: Timestamp) -> Timestamp {
        let until = self.known(client, now).map_or(now + WINDOW, |(until, _)| until);
        self.keep(client, until, Known::Asked(u32::MAX), now);
        until
    }

    /// An object has refused `refusal` until `until`; that is believed for [`WINDOW`] at the most, since it can be undone.
    pub fn refuse(&self, lane: Lane, refusal: Refusal, until: Timestamp, now: Timestamp) {
        self.keep(lane, until.min(now + WINDOW), Known::Refused(refusal, until), now);
    }

    /// What is refused, and until when.
    pub fn refused(&self, lane: Lane, now: Timestamp) -> Option<(Refusal, Timestamp)> {
        match self.known(lane, now)? {
            (_, Known::Refused(refusal, until)) => Some((refusal, until)),
            _ => None,
        }
    }

    /// An account has said that this session is over; none ever lives again.
    pub fn end(&self, session: Lane, standing: Standing, now: Timestamp) {
        self.keep(session, now + WINDOW, Known::Over(standing), now);
    }

    /// How a session stands that is known to be over.
    pub fn ended(&self, session: Lane, now: Timestamp) -> Option<Standing> {
        match self.known(session, now)? {
            (_, Known::Over(standing)) => Some(standing),
            _ => None,
        }
    }

    /// A session was used from elsewhere; past its `lease` its account says so at each renewal.
    pub fn moved(&self, session: Lane, lease: Duration, now: Timestamp) {
        self.keep(session, now + lease, Known::Moved, now);
    }

    /// Whether that is known of it.
    pub fn has_moved(&self, session: Lane, now: Timestamp) -> bool {
        matches!(self.known(session, now), Some((_, Known::Moved)))
    }

    /// Passwords are sprayed from this neighbourhood.
    pub fn spray(&self, prefix: Lane, now: Timestamp) {
        self.keep(prefix, now + WINDOW, Known::Sprayed, now);
    }

    /// Whether that is known of it.
    pub fn is_sprayed(&self, prefix: Lane, now: Timestamp) -> bool {
        matches!(self.known(prefix, now), Some((_, Known::Sprayed)))
    }

    /// What the parts of a prefix last said, where it is divided.
    pub(crate) fn parts(&self, prefix: Lane, now: Timestamp) -> Option<Parts> {
        match self.known(prefix, now)? {
            (_, Known::Divided(parts)) => Some(parts),
            _ => None,
        }
    }

    /// The object of a part has said something, the prefix's own or another: the one that was asked, whatever was learnt of the prefix
    /// while its answer was on the way. Answers all that is known of the prefix then; none where it is known to be sprayed.
    /// It is divided for [`WINDOW`] from when its own object last said that it is hot.
    pub(crate) fn hear(&self, prefix: Lane, part: usize, said: Reply, now: Timestamp) -> Option<Parts> {
        let (until, parts) = match self.known(prefix, now) {
            Some((_, Known::Sprayed)) => return None,
            Some((until, Known::Divided(parts))) => (Some(until), parts),
            _ => (None, Parts::default()),
        };
        let parts = parts.heard(part, said);
        if let Some(until) = (part == OWN && said.hot).then(|| now + WINDOW).or(until) {
            self.keep(prefix, until, Known::Divided(parts), now);
        }
        Some(parts)
    }

    fn known(&self, lane: Lane, now: Timestamp) -> Option<(Timestamp, Known)> {
        self.0.borrow().get(&lane).copied().filter(|known| holds(known, now))
    }

    fn keep(&self, lane: Lane, until: Timestamp, known: Known, now: Timestamp) {
        let mut all = self.0.borrow_mut();
        if all.len() >= MOST && !all.contains_key(&lane) {
            all.retain(|_, known| holds(known, now));
            if all.len() >= MOST {
                all.clear();
            }
        }
        all.insert(lane, (until, known));
    }
}

/// Whether what is remembered until a moment still counts. Nothing is for longer than [`WINDOW`], or a session's lease: more is of a
/// clock that has jumped ahead since and was taken back, by which live sessions were over. One that gave way a little has not.
fn holds((until, known): &(Timestamp, Known), now: Timestamp) -> bool {
    let longest = if matches!(known, Known::Moved) { LONGEST_LEASE } else { WINDOW };
    now < *until && *until <= now + longest + SKEW
}

#[cfg(test)]
mod tests;
