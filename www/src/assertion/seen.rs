//! The statements that were signed for one request alone, so that none is believed twice.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// What was seen, until it is out of date. An origin of several processes keeps this in their common store.
#[derive(Default)]
pub struct Seen(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    names: HashSet<String>,
    /// In the order in which they came: all last alike, so the first to go stands first.
    ends: VecDeque<(u64, String)>,
}

impl Seen {
    /// Notes `jti` until `end`; false where it was noted before. Both moments are seconds since the epoch.
    pub fn add(&self, jti: &str, end: u64, now: u64) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((_, name)) = kept.ends.pop_front_if(|(end, _)| *end <= now) {
            kept.names.remove(&name);
        }
        let first = kept.names.insert(jti.to_owned());
        if first {
            kept.ends.push_back((end, jti.to_owned()));
        }
        first
    }
}
