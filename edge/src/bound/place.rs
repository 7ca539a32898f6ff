//! Where and with what a session was last seen: its network and its client, as marks that nobody else can make or read.
//!
//! One alone changes all the time: a phone leaves the house, a VPN is switched on, an address goes from IPv4 to IPv6; a page
//! is asked for in its desktop form, a browser is updated. Both at once, between one lease and the next, is another browser
//! elsewhere, and is asked to prove itself. So the network is its number and country and no address, the client its family and
//! system and no version; and what is seen at each lease is what the next is held against.

use crate::House;
use crate::gate::{Cookie, Packed};
use crate::keys::{CURRENT_AND_PREVIOUS, Keys};
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
    pub(crate) generation: u8,
    pub(crate) network: [u8; 8],
    pub(crate) client: [u8; 8],
}

const NETWORK: &[u8] = b"session's network";
const CLIENT: &[u8] = b"session's client";

impl Place {
    /// The marks of what is shown, for the session `id` alone.
    pub(crate) fn of(keys: &Keys, id: &[u8; 32], shown: &Shown) -> Self {
        let short = |(generation, mark): (u8, [u8; 32])| (generation, mark.first_chunk().copied().unwrap_or_default());
        let (generation, client) = short(keys.mark(CLIENT, &[id, client(shown.agent).as_bytes()]));
        let network = shown.network.as_ref().map(|network| short(keys.mark(NETWORK, &[id, network.as_bytes()])).1);
        Self { generation, network: network.unwrap_or_default(), client }
    }

    /// Whether a request shows another network and another client.
    fn is_left(&self, keys: &Keys, id: &[u8; 32], shown: &Shown) -> bool {
        let Some(network) = shown.network.as_ref().filter(|_| self.network != [0; 8]) else { return false };
        let same = |label, text: &str, mark: &[u8; 8]| {
            keys.is_marked(self.generation, CURRENT_AND_PREVIOUS, label, &[id, text.as_bytes()], mark)
        };
        !same(NETWORK, network, &self.network) && !same(CLIENT, &client(shown.agent), &self.client)
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
    /// Whether a session is used from elsewhere with something else, so that it must prove itself anew.
    pub(crate) fn has_moved(&self, cookie: &Cookie, shown: &Shown) -> bool {
        self.config.session.moved && cookie.place.is_left(&self.keys, &cookie.id, shown)
    }

    /// The place of the session `id` as a request shows it.
    pub(crate) fn place(&self, id: &[u8; 32], shown: &Shown) -> Place {
        Place::of(&self.keys, id, shown)
    }

    /// What the operator's own proxy says of a request's client; none where there is no such proxy or the request came around it.
    pub(crate) fn told_by_proxy<'a>(&self, request: &Packed<'a>) -> Option<&'a str> {
        let (proxy, client) = request.network.split_once(' ')?;
        (*self.proxy_token.as_ref()? == Secret::new(proxy.to_owned())).then_some(client)
    }

    /// What a page request shows.
    pub(crate) fn shown<'a>(&self, request: &Packed<'a>) -> Shown<'a> {
        let network = match &self.proxy_token {
            Some(_) => match self.told_by_proxy(request) {
                Some(client) => network(&Platform::read(client)),
                None => Some(String::new()),
            },
            None => Some(request.network.to_owned()).filter(|network| !matches!(network.as_str(), "" | "0 ")),
        };
        Shown { network, agent: request.user_agent }
    }
}
