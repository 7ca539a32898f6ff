//! The one string that crosses from the shim into wasm, and the one that goes back.
//!
//! Header values hold no line feed, so lines separate them; a field that is absent is an empty line.

use super::path_of;
use crate::config::{Config, Shown};

/// The fields of a request that the gate looks at, in the order in which the shim packs them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packed<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The URL as the runtime gives it.
    pub url: &'a str,
    /// The whole `Cookie` header.
    pub cookie: &'a str,
    /// `Accept`.
    pub accept: &'a str,
    /// `Sec-Fetch-Site`.
    pub fetch_site: &'a str,
    /// `Sec-Fetch-Mode`.
    pub fetch_mode: &'a str,
    /// `Sec-Fetch-Dest`.
    pub fetch_dest: &'a str,
    /// `Origin`.
    pub origin: &'a str,
    /// `Sekisho-Background`.
    pub background: &'a str,
    /// `Upgrade`.
    pub upgrade: &'a str,
    /// `User-Agent`.
    pub user_agent: &'a str,
    /// `Sec-CH-UA-Mobile`.
    pub mobile: &'a str,
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Sekisho-App`.
    pub app: &'a str,
    /// `Authorization`.
    pub authorization: &'a str,
    /// `DPoP`.
    pub proof: &'a str,
    /// `Sekisho-Csrf`: the session's token, from a browser that says nothing of who had it send the request.
    pub csrf: &'a str,
    /// `Content-Length`; empty where a body comes in chunks.
    pub length: &'a str,
    /// `Sec-Purpose`: whether a browser fetches ahead what nobody has asked for yet.
    pub purpose: &'a str,
    /// The client's network: its number and country as the platform says; or, where an operator's own proxy stands in front, what
    /// `Sekisho-Proxy` and `Sekisho-Client` say, with a space between.
    pub network: &'a str,
    /// `CF-Connecting-IP`: the client's address, where the platform has written it, which it has where it names a network.
    pub address: &'a str,
}

impl<'a> Packed<'a> {
    /// Takes the string apart; lines that are missing are empty.
    pub fn read(text: &'a str) -> Self {
        let mut lines = text.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        Self {
            method: next(),
            url: next(),
            cookie: next(),
            accept: next(),
            fetch_site: next(),
            fetch_mode: next(),
            fetch_dest: next(),
            origin: next(),
            background: next(),
            upgrade: next(),
            user_agent: next(),
            mobile: next(),
            content_type: next(),
            app: next(),
            authorization: next(),
            proof: next(),
            csrf: next(),
            length: next(),
            purpose: next(),
            network: next(),
            address: next(),
        }
    }

    /// The host of the URL, with the port where it is not the scheme's own.
    pub fn authority(&self) -> &'a str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.get(..end_of_authority(rest)).unwrap_or_default()
    }

    /// The path and query as they stand in the URL, from the first slash after the host.
    pub fn target(&self) -> &'a str {
        let rest = self.url.split_once("://").map_or(self.url, |(_, rest)| rest);
        let target = rest.get(end_of_authority(rest)..).filter(|target| !target.is_empty()).unwrap_or("/");
        target.split('#').next().unwrap_or("/")
    }

    /// Whether a page is being opened, as against a fetch by a script or a picture.
    pub fn is_navigation(&self) -> bool {
        match self.fetch_mode {
            "" => self.accept.contains("text/html"),
            mode => mode == "navigate",
        }
    }

    /// Whether it is a form's text, posted (URL standard, `application/x-www-form-urlencoded`).
    pub fn is_form(&self) -> bool {
        let kind = self.content_type.split(';').next().unwrap_or_default().trim();
        self.method == "POST" && kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// Whether the method only asks (RFC 9110 §9.2.1), so that a request without an answer may be sent once more.
    pub fn is_safe(&self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "OPTIONS")
    }

    /// Whether the request may change something at the origin: any method that does more than ask, and the opening of a WebSocket.
    pub fn acts(&self) -> bool {
        !self.is_safe() || self.upgrade.eq_ignore_ascii_case("websocket")
    }

    /// Whether the request is the client's own doing, not the customer's: marked so (RFC 9651 boolean), fetched ahead, or the opening of
    /// a stream, which pages open again by themselves.
    pub fn is_background(&self) -> bool {
        is_by_itself(self.background, self.purpose)
            || self.upgrade.eq_ignore_ascii_case("websocket")
            || self.accept.contains("text/event-stream")
    }

    /// By which of the site's origins it came.
    pub fn entrance(&self, config: &Config) -> u8 {
        config.entrance(self.authority())
    }

    /// The channel by which it came.
    pub fn channel<'c>(&self, config: &'c Config) -> &'c str {
        let shown = Shown {
            entrance: self.entrance(config),
            path: path_of(self.target()),
            app: self.app,
            // A page is not signed for: an app that has to sign is told by its login, and its session keeps that.
            signed: false,
            mobile: is_mobile(self.mobile, self.user_agent),
        };
        config.channel(&shown).map_or("", |channel| &channel.name)
    }
}

/// Whether `Sekisho-Background` or `Sec-Purpose` says that a client asks by itself.
pub fn is_by_itself(background: &str, purpose: &str) -> bool {
    background.trim() == "?1" || purpose.contains("prefetch")
}

/// Where the host of a URL ends (RFC 3986 §3.2), counted from its beginning.
fn end_of_authority(rest: &str) -> usize {
    rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len())
}

/// Whether a client calls itself mobile: by hint, else by its user agent.
pub fn is_mobile(hint: &str, user_agent: &str) -> bool {
    match hint.trim() {
        "?1" => true,
        "?0" => false,
        _ => user_agent.contains("Mobile"),
    }
}

/// A header line to set.
pub type Header = (String, String);

/// What the gate decided of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// One of our own routes: the router answers.
    Own,
    /// The account or the signer must be asked first.
    Ask,
    /// It is a form that has to wait for the proof of its route, or the press that sends one: its body must be read.
    Park,
    /// It passes.
    Forward {
        /// The whole URL at the origin.
        url: String,
        /// Headers to set on the request; one that starts with `-` is taken off it, in one that starts with `*` stands a nonce.
        request: Vec<Header>,
        /// Headers to set on the response; in one that starts with `*` stands a nonce, one that then starts with `+` is appended;
        /// one that starts with `?` is set where the origin has set none.
        response: Vec<Header>,
        /// Whether it may be sent once more where no answer came.
        again: bool,
    },
    /// It does not pass.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The answer's headers.
        headers: Vec<Header>,
        /// The answer's body.
        body: String,
    },
}

impl Decision {
    /// Writes the decision as the shim reads it.
    pub fn pack(&self) -> String {
        let mut text = String::with_capacity(1024);
        match self {
            Self::Own => text.push_str("own"),
            Self::Ask => text.push_str("ask"),
            Self::Park => text.push_str("park"),
            Self::Forward { url, request, response, again } => {
                text.push_str(forward(*again));
                text.push_str(url);
                pack_headers(&mut text, request);
                pack_headers(&mut text, response);
            }
            Self::Refuse { status, headers, body } => {
                text.push_str("refuse\n");
                text.push_str(&status.to_string());
                pack_headers(&mut text, headers);
                text.push('\n');
                text.push_str(body);
            }
        }
        text
    }
}

/// The first line of a decision that lets a request pass.
pub(super) const fn forward(again: bool) -> &'static str {
    if again { "forward again\n" } else { "forward\n" }
}

/// Writes `headers` behind `text`: a line with their number, then a line for each name and each value.
fn pack_headers(text: &mut String, headers: &[Header]) {
    text.push('\n');
    text.push_str(&headers.len().to_string());
    for (name, value) in headers {
        for part in [name, value] {
            text.push('\n');
            text.push_str(part);
        }
    }
}
