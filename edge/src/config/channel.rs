//! The channels by which customers come: how a request shows which one, and what each has of its own. `[[channels]]`
//!
//! A channel fits a request where everything that it names is as the request shows it. Of those that fit, the one wins that
//! names an app; then the one that names an origin; then the one with the longer path; then the one for mobile clients; then
//! the one that stands first. None is left without a channel: the first names nothing and fits everything.

mod read;

pub(super) use read::{Defaults, covers, entrances, read};

use super::route::lies_within;
use super::{Config, SecondFactor, Session, Site};
use crate::gate::judged;
use std::cmp::Ordering;

/// One channel by which customers come.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its name in tokens and histories.
    pub name: String,
    /// Its name for customers, in Japanese.
    pub ja: String,
    /// Its name for customers, in English.
    pub en: String,
    /// What a request must show to come by it.
    marks: Marks,
    /// How long its sessions last.
    pub session: Session,
    /// The score from which on a login by it is suspected.
    pub threshold: i32,
    /// What a password login by it asks besides.
    pub second_factor: SecondFactor,
    /// How often a login by it is told by letter.
    pub letters: Letters,
    /// Whether its sessions must be bound to their device.
    pub bound: bool,
    /// All that its sessions may read, as path prefixes, where they may do no more than that; empty where they may do all.
    paths: Vec<String>,
}

/// What a channel names of the requests that come by it. What it does not name does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Marks {
    app: Option<String>,
    /// Whether the app signs what it says.
    signed: bool,
    entrance: Option<u8>,
    path: Option<String>,
    mobile: bool,
}

/// How often a login is told by letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// Each is.
    Every,
    /// The first of a day is, in Japan's time.
    Daily,
}

/// What a request shows of the channel that it came by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// By which of the site's origins: 0 is `site.origin`, then the entrances in their order.
    pub entrance: u8,
    /// The path of the page.
    pub path: &'a str,
    /// `Sekisho-App`: the app's name, and perhaps behind a space the rest.
    pub app: &'a str,
    /// Whether that is signed for this request.
    pub signed: bool,
    /// Whether the client calls itself mobile.
    pub mobile: bool,
}

impl Marks {
    fn fit(&self, shown: &Shown) -> bool {
        self.entrance.is_none_or(|entrance| entrance == shown.entrance)
            && (!self.mobile || shown.mobile)
            && self.path.as_ref().is_none_or(|path| lies_within(path, &judged(shown.path), false))
            && self.app.as_deref().is_none_or(|app| shown.app.split(' ').next() == Some(app))
            && (!self.signed || shown.signed)
    }

    /// How decisive they are, the more the greater.
    fn rank(&self) -> (bool, bool, usize, bool) {
        let path = self.path.as_ref().map_or(0, String::len);
        (self.app.is_some(), self.entrance.is_some(), path, self.mobile)
    }
}

impl Channel {
    /// Whether its sessions may do no more than read what it names.
    pub fn is_limited(&self) -> bool {
        !self.paths.is_empty()
    }

    /// Whether it is the channel of an app that names itself.
    pub fn is_app(&self) -> bool {
        self.marks.app.is_some()
    }

    /// Whether its app signs what it says.
    pub(crate) fn is_signed(&self) -> bool {
        self.marks.signed
    }

    /// Whether one of its sessions may send a request for `path` that only asks, where `reads`.
    pub fn may(&self, path: &str, reads: bool) -> bool {
        let named = || self.paths.iter().any(|prefix| lies_within(prefix, &judged(path), false));
        !self.is_limited() || reads && named()
    }
}

impl Site {
    /// The number of its origin `origin`: 0 is `site.origin`, then the entrances in their order.
    pub fn number(&self, origin: &str) -> Option<u8> {
        let known = std::iter::once(&self.origin).chain(&self.entrances).position(|one| one == origin);
        known.and_then(|at| u8::try_from(at).ok())
    }
}

impl Config {
    /// The channel by which a request came that shows `shown`.
    pub fn channel(&self, shown: &Shown) -> Option<&Channel> {
        let fitting = self.channels.iter().filter(|channel| channel.marks.fit(shown));
        // Of equals the first one stays.
        fitting.reduce(|best, next| match next.marks.rank().cmp(&best.marks.rank()) {
            Ordering::Greater => next,
            _ => best,
        })
    }

    /// The channel called `name`; none where the config has lost it since.
    pub fn channel_named(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    /// How long sessions of the channel called `name` last.
    pub fn session_of(&self, name: &str) -> Session {
        self.channel_named(name).map_or(self.session, |channel| channel.session)
    }

    /// The longest that any session lasts from its login.
    pub fn longest_session(&self) -> std::time::Duration {
        self.channels.iter().map(|channel| channel.session.absolute).fold(self.session.absolute, Ord::max)
    }

    /// The score from which on a login by the channel called `name` is suspected: its own where the account has `known` it,
    /// else that of the channel which suspects most.
    pub fn threshold(&self, name: &str, known: bool) -> i32 {
        match self.channel_named(name).filter(|_| known) {
            Some(channel) => channel.threshold,
            None => self.channels.iter().map(|channel| channel.threshold).fold(self.risk.threshold, Ord::min),
        }
    }

    /// Whether sessions of the channel called `name` may do no more than read what it names. One that the config has lost
    /// since may have been such.
    pub fn is_limited(&self, name: &str) -> bool {
        self.channel_named(name).is_none_or(Channel::is_limited)
    }

    /// The site's origin by its number: 0 is `site.origin`, then the entrances in their order.
    pub fn origin_of(&self, entrance: u8) -> &str {
        let site = &self.site;
        let other = usize::from(entrance).checked_sub(1).and_then(|at| site.entrances.get(at));
        other.unwrap_or(&site.origin)
    }

    /// Whether the site has an origin of this number.
    pub fn has_origin(&self, entrance: u8) -> bool {
        usize::from(entrance) <= self.site.entrances.len()
    }

    /// The number of the site's origin that has this `authority` (host, and port where it is not the scheme's own). Any
    /// other is answered as `site.origin`: which hosts reach the gate is the platform's to say.
    pub fn entrance(&self, authority: &str) -> u8 {
        let has = |origin: &String| origin.split_once("://").is_some_and(|(_, own)| own == authority);
        let at = self.site.entrances.iter().position(has).map_or(0, |at| at + 1);
        u8::try_from(at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
