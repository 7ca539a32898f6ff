//! Where and with what a session was last seen: its network and its client, as marks that nobody else can make or read.
//!
//! One alone changes all the time: a phone leaves the house, a VPN is switched on, an address goes from IPv4 to IPv6; a page
//! is asked for in its desktop form, a browser is updated. Both at once, between one lease and the next, is another browser
//! elsewhere, and is asked to prove itself. So the network is its number and country and no address, the client its family and
//! system and no version; and what is seen at each lease is what the next is held against.

use crate::House;
use crate::gate::Packed;
use crate::keys::Keys;
use crate::risk::{Platform, UserAgent};
use sekisho_rules::Secret;

/// What a request shows of both.
pub(crate) struct Shown<'a> {
    /// None where nobody can tell; empty where whoever asks has come around the operator's own proxy.
    pub network: Option<String>,
    /// `User-Agent`.
    pub agent: &'a str,
}

/// The marks of both, each 8 bytes; zeros where it was not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub(crate) network: [u8; 8],
    pub(crate) client: [u8; 8],
}

const NETWORK: &[u8] = b"session's network";
const CLIENT: &[u8] = b"session's client";

impl Place {
    /// The marks of what is shown, for the session `id` alone.
    pub(crate) fn of(keys: &Keys, id: &[u8; 32], shown: &Shown) -> Self {
        Self::default().next(keys, id, shown)
    }

    /// The marks of what is shown later: a network that was known is not forgotten where nobody can name the new one.
    pub(crate) fn next(self, keys: &Keys, id: &[u8; 32], shown: &Shown) -> Self {
        let mark = |label, text: &str| keys.mark(label, &[id, text.as_bytes()]).1.first_chunk().copied();
        let network = shown.network.as_ref().and_then(|network| mark(NETWORK, network)).unwrap_or(self.network);
        Self { network, client: mark(CLIENT, &client(shown.agent)).unwrap_or_default() }
    }

    /// Whether a request shows another network, or none where one was known, and another client or what was `asked` already, which
    /// then may call itself what it likes.
    pub(super) fn is_left(&self, keys: &Keys, id: &[u8; 32], shown: &Shown, asked: impl FnOnce() -> bool) -> bool {
        let same = |label, text: &str, mark: &[u8; 8]| keys.is_marked_lately(label, &[id, text.as_bytes()], mark);
        let there = |network: &String| same(NETWORK, network, &self.network);
        self.network != [0; 8]
            && !shown.network.as_ref().is_some_and(there)
            && (!same(CLIENT, &client(shown.agent), &self.client) || asked())
    }
}

fn client(agent: &str) -> String {
    UserAgent::parse(agent).client_name()
}

/// The network as it is marked; none where neither its number nor its country is known.
pub(crate) fn network(platform: &Platform) -> Option<String> {
    let country = platform.country.as_deref();
    let known = platform.asn.is_some() || country.is_some();
    known.then(|| format!("{} {}", platform.asn.unwrap_or_default(), country.unwrap_or_default()))
}

impl House {
    /// The place of the session `id` as a request shows it.
    pub(crate) fn place(&self, id: &[u8; 32], shown: &Shown) -> Place {
        Place::of(&self.keys, id, shown)
    }

    /// What the operator's own proxy says of a request's client; none where there is no such proxy or the request came around it.
    pub(crate) fn told_by_proxy<'a>(&self, request: &Packed<'a>) -> Option<&'a str> {
        self.believed(request.network.split_once(' ')?)
    }

    /// The same of the two headers by themselves: what it says stands beside its token.
    pub(crate) fn believed<'a>(&self, (proxy, client): (&str, &'a str)) -> Option<&'a str> {
        (*self.proxy_token.as_ref()? == Secret::new(proxy.to_owned())).then_some(client)
    }

    /// What a page request shows.
    pub(crate) fn shown<'a>(&self, request: &Packed<'a>) -> Shown<'a> {
        let direct = Some(request.network.to_owned()).filter(|network| !matches!(network.as_str(), "" | "0 "));
        Shown { network: self.shown_network(self.told_by_proxy(request), direct), agent: request.user_agent }
    }

    /// The network of a request: what the operator's own proxy says of the client, and where there is no such proxy the `direct`
    /// word of the platform. Who has come around the proxy shows an empty one, which is nobody else's.
    pub(crate) fn shown_network(&self, client: Option<&str>, direct: Option<String>) -> Option<String> {
        match (&self.proxy_token, client) {
            (None, _) => direct,
            (Some(_), Some(client)) => network(&Platform::read(client)),
            (Some(_), None) => Some(String::new()),
        }
    }
}
