//! How an isolate asks a prefix, which is one object until that runs hot, and eight from then on.
//!
//! The parts go by the name, whose tag is a keyed hash already: a name's try and what takes it back meet the same object, no name is
//! with two, and so the sum of what the parts said is the number of names as a whole, whoever tries them from however many
//! addresses. By address each part would see every name that is sprayed, and the sum would be eight times too much; a
//! threshold of its own for each part would be met early by chance. An isolate keeps what each part last said and adds it up, and
//! takes a part that it has not heard yet as the mean of those that it has: exact for a spray through one isolate, and late by the tries
//! that others make meanwhile. The prefix's own object is the first of the
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

/// Which part is the prefix's own object.
pub(crate) const OWN: usize = 0;

/// So many names of a part that was heard are chance, the one at hand among them, where it stands for parts that were not: ten names
/// that are open are seldom taken for thirty by who has heard one part, and thirty are seen before they are fifty.
const CHANCE: u32 = 3;

/// What each part last said, where it has said anything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts([Option<Reply>; PARTS]);

impl Parts {
    /// With what one of them has said.
    pub(crate) fn heard(mut self, part: usize, said: Reply) -> Self {
        if let Some(part) = self.0.get_mut(part) {
            *part = Some(said);
        }
        self
    }

    /// The names and the tries of them that were heard of, and those that lie with other parts than the prefix's own object.
    fn sums(&self) -> [(u32, u32); 2] {
        let add = |(names, tries): (u32, u32), said: &Reply| {
            (names.saturating_add(said.names), tries.saturating_add(said.tries))
        };
        let elsewhere = self.0.iter().skip(OWN + 1).flatten().fold((0, 0), add);
        [self.0.iter().take(OWN + 1).flatten().fold(elsewhere, add), elsewhere]
    }

    /// What lies with parts that were not heard, in all likelihood. The prefix's own object stands for no other: it holds what is of
    /// before the division.
    fn unheard(&self) -> (u32, u32) {
        let count = |parts: usize| u32::try_from(parts).unwrap_or_default();
        let unheard = count(self.0.iter().filter(|part| part.is_none()).count());
        let heard = count(self.0.iter().skip(OWN + 1).flatten().count());
        let [_, (names, tries)] = self.sums();
        let scaled = |sum: u32, chance: u32| {
            sum.saturating_sub(heard * chance).saturating_mul(unheard).checked_div(heard).unwrap_or_default()
        };
        (scaled(names, CHANCE), scaled(tries, CHANCE * TRIES_EACH))
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
        (!self.limits.is_sprayed(self.lane, now)).then(|| self.object(name, now).1)
    }

    /// The part that counts `name` now, and its object.
    fn object(&self, name: NameTag, now: Timestamp) -> (usize, PrefixTag) {
        let part = if self.limits.parts(self.lane, now).is_some() { part(name) } else { OWN };
        let mut tag = self.tag;
        let [.., last] = &mut tag.0;
        *last ^= u8::try_from(part).unwrap_or_default();
        (part, tag)
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
        let known = |counted| Ok(Heard { sprayed: true, failing: false, counted });
        if self.limits.is_sprayed(self.lane, now) {
            return known(None);
        }
        let (part, object) = self.object(name, now);
        let said = host.network(object, Command::Tried(name)).await?;
        let Some(parts) = self.limits.hear(self.lane, part, said, now) else { return known(Some(object)) };
        let ([(names, tries), elsewhere], unheard) = (parts.sums(), parts.unheard());
        let sprayed = names.saturating_add(unheard.0) >= spray;
        if sprayed {
            self.limits.spray(self.lane, now);
            // What is but likely holds for this isolate's minute; what the prefix is to know for an hour was heard.
            if names >= spray && elsewhere.0 > 0 {
                // Best effort: where it is not known, what is left to be counted there is enough for the next spray.
                let _ = host.network(self.tag, Command::Elsewhere(elsewhere.0, elsewhere.1)).await;
            }
        }
        let failing = tries.saturating_add(unheard.1) >= spray.saturating_mul(TRIES_EACH);
        Ok(Heard { sprayed, failing, counted: Some(object) })
    }
}

#[cfg(test)]
mod tests;
