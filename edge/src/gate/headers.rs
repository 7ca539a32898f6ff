//! Headers: what is taken off a request, what is put on an answer.

use super::packed::Header;
use crate::House;
use sekisho_rules::{IdleRule, Timestamp};

/// What only the edge may say of a request: who asks and from where, by which way, under which path and method. What ends in
/// `-` is the beginning of a name. One spelling of each: the shim takes any other sign for a `-`, as many an origin does.
///
/// The names are those that servers, proxies and frameworks believe: the last ones let whoever sends them be somebody, or have
/// another path or method answered than the one that was judged.
const OURS: [&str; 21] = [
    "sekisho-",
    "connection",
    "proxy-authorization",
    "mf-cf-blob",
    "forwarded",
    "x-forwarded-",
    "x-real-ip",
    "cf-connecting-",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-",
    "x-original-",
    "x-rewrite-",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "remote-user",
    "x-remote-",
    "x-auth-request-",
    "x-authenticated-",
];

/// The names that no request may bring, lower case, and the beginnings of such names, which end in `-`.
pub fn stripped() -> Vec<String> {
    OURS.map(str::to_owned).into()
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
