//! Headers: what is taken off a request, what is put on an answer.

use super::packed::Header;
use crate::House;
use sekisho_rules::{IdleRule, Timestamp};

/// Names that only the edge may say, in one spelling; `-` and `_` are the same to many origins.
const OURS: [&str; 17] = [
    "sekisho-assertion",
    "sekisho-session",
    "sekisho-background",
    "sekisho-csrf",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-uri",
    "x-forwarded-user",
    "x-real-ip",
    "forwarded",
    "cf-connecting-ip",
    "true-client-ip",
    "mf-cf-blob",
    "connection",
    "proxy-authorization",
];

/// Every spelling of the headers that a browser may not send on: each `-` also as `_`, lower case as the runtime
/// hands them over.
pub fn stripped() -> Vec<String> {
    let mut all = Vec::new();
    for name in OURS {
        let dashes = name.matches('-').count();
        for choice in 0..1_u32 << dashes {
            let mut at = 0;
            let spell = |letter: char| {
                if letter != '-' {
                    return letter;
                }
                let underscore = choice >> at & 1 == 1;
                at += 1;
                if underscore { '_' } else { '-' }
            };
            all.push(name.chars().map(spell).collect());
        }
    }
    all
}

/// The remaining time of a session for the client's warning: an RFC 9651 dictionary, milliseconds.
pub fn session_header(rule: IdleRule, deadline: Timestamp, now: Timestamp) -> String {
    format!(
        "remaining={}, window={}, timeout={}",
        (deadline - now).as_millis(),
        rule.renewal_window.as_millis(),
        rule.timeout.as_millis()
    )
}

impl House {
    /// What the origin may know of the way the request came, made anew, never taken over.
    pub(super) fn forwarded_headers(&self, entrance: u8) -> Vec<Header> {
        let (scheme, rest) = self.config.origin_of(entrance).split_once("://").unwrap_or(("https", ""));
        vec![("x-forwarded-proto".into(), scheme.into()), ("x-forwarded-host".into(), rest.into())]
    }
}
