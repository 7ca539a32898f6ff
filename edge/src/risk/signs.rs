//! Signs: what in one login does not fit together, or fits who hides, told apart from the score and no part of it.
//!
//! The score is odds against the account's own past; a sign is a fact of the request alone, or of what the account has just
//! seen. None decides by itself. Those that an owner's own habits bring about only on a device that is known raise what is asked
//! of any other; the rest are told in the record and raise nothing.

mod networks;
mod said;
mod travel;

pub use networks::{NetworkKind, Networks};
pub use said::Said;
pub use travel::Spot;
pub(super) use travel::is_impossible;

use super::fingerprint::Platform;
use super::user_agent::{Hints, UserAgent, asks_for_http2, contradicts, knows_no_old_tls};
use super::verdict::Reason;
use said::primary;
use serde::{Deserialize, Serialize};

/// So many milliseconds to the next data centre and back are a detour: light goes around the world in less.
const LONG_WAY: u32 = 250;
/// So many minutes between the clock of a place and that of a browser that says to be there are no border and no summer time.
const ANOTHER_CLOCK: u32 = 90;

/// A set of signs, kept as one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signs(u16);

impl Signs {
    /// The number.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set of a number.
    pub const fn of_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// Its client hints tell of another browser than its user agent.
    pub const HINTS: Self = Self(1);
    /// It speaks HTTP/1 or an old TLS, and the browser that it says it is would not.
    pub const PROTOCOL: Self = Self(1 << 1);
    /// The page's script and the request's header name different languages.
    pub const LANGUAGE: Self = Self(1 << 2);
    /// Its language is not the country's, nor English.
    pub const FOREIGN: Self = Self(1 << 3);
    /// The browser's clock is set for another zone than the place has.
    pub const CLOCK: Self = Self(1 << 4);
    /// It comes from where servers stand and nobody lives.
    pub const HOSTING: Self = Self(1 << 5);
    /// It comes out of a network that hides who is behind it.
    pub const ANONYMISED: Self = Self(1 << 6);
    /// The way to it is longer than any place explains.
    pub const LONG_WAY: Self = Self(1 << 7);
    /// One of the account's passkeys may have been copied of late.
    pub const PASSKEY: Self = Self(1 << 8);
    /// Many logins fail that come from its neighbourhood, of however many names.
    pub const FAILURES_NEARBY: Self = Self(1 << 9);
    /// A session of the account was used from elsewhere, with another browser, of late.
    pub const MOVED: Self = Self(1 << 10);
    /// Its connection is opened otherwise than this very version of the browser has opened one for the account.
    pub const GREETING: Self = Self(1 << 11);

    /// The signs that raise what is asked of a device that is not known. Who reads in another language is no suspect, and a
    /// long way is a train in a tunnel as well; who was abroad yesterday logs in today, and a security program opens connections in
    /// the browser's place.
    const RAISING: Self = Self(!(Self::FOREIGN.0 | Self::LONG_WAY.0 | Self::MOVED.0 | Self::GREETING.0));

    /// Every sign with its reason.
    const REASONS: [(Self, Reason); 12] = [
        (Self::HINTS, Reason::HintsContradict),
        (Self::PROTOCOL, Reason::ProtocolContradicts),
        (Self::LANGUAGE, Reason::LanguageContradicts),
        (Self::FOREIGN, Reason::ForeignLanguage),
        (Self::CLOCK, Reason::ForeignClock),
        (Self::HOSTING, Reason::HostingNetwork),
        (Self::ANONYMISED, Reason::AnonymisedNetwork),
        (Self::LONG_WAY, Reason::LongWay),
        (Self::PASSKEY, Reason::PasskeySuspected),
        (Self::FAILURES_NEARBY, Reason::FailuresNearby),
        (Self::MOVED, Reason::SessionMoved),
        (Self::GREETING, Reason::UnfamiliarGreeting),
    ];

    /// Reads them off one request: what stands in front says of it, the browser of itself, and the page's script.
    pub fn read(
        platform: &Platform,
        networks: &Networks,
        (agent, hints): (&UserAgent, &Hints),
        accepted: &str,
        said: &Said,
    ) -> Self {
        let language = said.language.as_deref().map_or(primary(accepted), primary);
        let other = |one: &str, two: &str| !one.is_empty() && !two.is_empty() && !one.eq_ignore_ascii_case(two);
        let kind = platform.address.and_then(|address| networks.kind(address, platform.asn));
        let local = platform.language.as_deref().map_or("", primary);
        let clocks = said.zone.zip(platform.zone);
        let http1 = platform.protocol.as_deref().is_some_and(|protocol| protocol.starts_with("HTTP/1"));
        let old_tls = platform.tls.as_deref().is_some_and(|tls| matches!(tls, "TLSv1" | "TLSv1.0" | "TLSv1.1"));
        // Cloudflare's name for the Tor network, in place of a country.
        let tor = platform.country.as_deref() == Some("T1");
        let found = [
            (contradicts(agent, hints), Self::HINTS),
            (http1 && asks_for_http2(agent) || old_tls && knows_no_old_tls(agent), Self::PROTOCOL),
            (said.language.is_some() && other(language, primary(accepted)), Self::LANGUAGE),
            (other(language, local) && !language.eq_ignore_ascii_case("en"), Self::FOREIGN),
            (clocks.is_some_and(|(one, two)| one.abs_diff(two) > ANOTHER_CLOCK), Self::CLOCK),
            (kind == Some(NetworkKind::Hosting), Self::HOSTING),
            (kind == Some(NetworkKind::Anonymising) || tor, Self::ANONYMISED),
            (platform.rtt.is_some_and(|rtt| rtt >= LONG_WAY), Self::LONG_WAY),
        ];
        found.into_iter().filter(|(is, _)| *is).fold(Self::default(), |all, (_, sign)| all.with(sign))
    }

    /// These and `sign`.
    #[must_use]
    pub const fn with(self, sign: Self) -> Self {
        Self(self.0 | sign.0)
    }

    /// Whether any of them raises what is asked of a device that is not known.
    pub const fn raise(self) -> bool {
        self.0 & Self::RAISING.0 != 0
    }

    /// The reasons of those that do.
    pub fn raising() -> impl Iterator<Item = Reason> {
        Self::RAISING.reasons()
    }

    /// Whether it comes from where attackers hide.
    pub const fn hide(self) -> bool {
        self.0 & (Self::HOSTING.0 | Self::ANONYMISED.0) != 0
    }

    /// Their reasons.
    pub fn reasons(self) -> impl Iterator<Item = Reason> {
        let has = move |(sign, _): &(Self, Reason)| self.0 & sign.0 != 0;
        Self::REASONS.into_iter().filter(has).map(|(_, reason)| reason)
    }
}

#[cfg(test)]
mod tests;
