//! How an isolate asks a prefix, which is one object until that runs hot, and eight from then on.
//!
//! The parts go by the name, whose tag is a keyed hash already: a name's try and what takes it back meet the same object, no name is
//! with two, and so the sum of what the parts said is the number of names as a whole, whoever tries them from however many
//! addresses. By address each part would see every name that is sprayed, and the sum would be eight times too much; a
//! threshold of its own for each part would be met early by chance. An isolate keeps what each part last said and adds it up: exact
//! for a spray through one isolate, and late by the tries that others make meanwhile. The prefix's own object is the first of the
//! parts: it alone says whether the prefix is hot, so that an isolate that has heard nothing asks it, hears so and divides.
//!
//! What is off, and always towards asking more: a name tried before the division and again after counts twice, and one that was
//! tried before and is logged in to after, by a code, is not taken back. When the prefix is one again its object knows of the
//! other parts only that there was a spray, for the hour that it would have known it anyway.
//! What must never enter: a decision who gets in.

use super::{Command, PrefixTag, Reply};
use crate::host::{Networks, Unreached};
use crate::limits::{Lane, Limits};
use crate::name::NameTag;
use sekisho_rules::Timestamp;

/// How many parts there are.
const PARTS: usize = 8;

/// What each part last said.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts([Reply; PARTS]);

impl Parts {
    /// What a prefix's own object has said, nothing being known of others.
    pub(crate) fn whole(said: Reply) -> Self {
        let mut parts = Self::default();
        parts.0[0] = said;
        parts
    }

    /// With what the part of `name` has said.
    pub(crate) fn heard(mut self, name: NameTag, said: Reply) -> Self {
        if let Some(part) = self.0.get_mut(part(name)) {
            *part = said;
        }
        self
    }

    fn sum(&self) -> (u32, u32) {
        let add = |(names, tries): (u32, u32), said: &Reply| {
            (names.saturating_add(said.names), tries.saturating_add(said.tries))
        };
        self.0.iter().fold((0, 0), add)
    }

    /// The same of all parts but the prefix's own object.
    fn elsewhere(mut self) -> (u32, u32) {
        if let Some(own) = self.0.first_mut() {
            *own = Reply::default();
        }
        self.sum()
    }
}

/// Which part is a name's.
fn part(name: NameTag) -> usize {
    let [first, ..] = name.0;
    usize::from(first) % PARTS
}

/// A prefix as an isolate asks it.
#[derive(Clone, Copy)]
pub(crate) struct Prefix<'a> {
    /// Its tag.
    pub(crate) tag: PrefixTag,
    /// What the isolate remembers of it under.
    pub(crate) lane: Lane,
    /// The memory.
    pub(crate) limits: &'a Limits,
}

/// What was heard of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Whether so many names are being tried that passwords are sprayed.
    pub(crate) sprayed: bool,
    /// Whether so many tries fail, of however many names.
    pub(crate) failing: bool,
    /// Which object has counted it, so that a login takes it back there; none where none has.
    pub(crate) counted: Option<PrefixTag>,
}

/// How many tries each of the names of a spray would need for as many to be many failures.
const TRIES_EACH: u32 = 4;

impl Prefix<'_> {
    /// The object that has counted a try of `name` a while ago, as far as can be known; none where none is counted, so that nothing
    /// is taken back either.
    pub(crate) fn counting(&self, name: NameTag, now: Timestamp) -> Option<PrefixTag> {
        (!self.limits.is_sprayed(self.lane, now)).then(|| self.object(name, now))
    }

    /// The object that counts `name` now.
    fn object(&self, name: NameTag, now: Timestamp) -> PrefixTag {
        let mut tag = self.tag;
        if self.limits.parts(self.lane, now).is_some() {
            let [.., last] = &mut tag.0;
            *last ^= u8::try_from(part(name)).unwrap_or_default();
        }
        tag
    }

    /// Counts a try of `name`, and tells whether passwords are being sprayed from there, `spray` names being so. From where that is
    /// known nothing is counted for a while: no object is run hot.
    ///
    /// # Errors
    /// As [`Networks::network`].
    pub(crate) async fn tried<H: Networks>(
        &self,
        host: &H,
        name: NameTag,
        spray: u32,
        now: Timestamp,
    ) -> Result<Heard, Unreached> {
        if self.limits.is_sprayed(self.lane, now) {
            return Ok(Heard { sprayed: true, failing: false, counted: None });
        }
        let object = self.object(name, now);
        let said = host.network(object, Command::Tried(name)).await?;
        let parts = self.limits.hear(self.lane, (object == self.tag, name), said, now);
        let (names, tries) = parts.sum();
        let sprayed = names >= spray;
        if sprayed {
            self.limits.spray(self.lane, now);
            let (names, tries) = parts.elsewhere();
            if names > 0 {
                // Best effort: where it is not known, what is left to be counted there is enough for the next spray.
                let _ = host.network(self.tag, Command::Elsewhere(names, tries)).await;
            }
        }
        Ok(Heard { sprayed, failing: tries >= spray.saturating_mul(TRIES_EACH), counted: Some(object) })
    }
}

#[cfg(test)]
mod tests;
