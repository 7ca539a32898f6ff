//! Headers: what is taken off a request, what is put on an answer.

use super::packed::{Header, Packed};
use crate::House;
use crate::config::Origin;
use sekisho_rules::{IdleRule, Timestamp};
use serde_json::Value;
use std::net::IpAddr;

/// What only the edge may say of a request: who asks and from where, by which way, under which path and method. Each stands for itself
/// and for all that goes on behind a dash. One spelling of each: the shim takes any other sign for a `-`, as many an origin does.
///
/// The names are those that servers, proxies and frameworks believe: they let whoever sends them be somebody or come from elsewhere, or
/// have another path or method answered than the one that was judged.
const OURS: &str = "sekisho connection proxy mf-cf-blob forwarded x-forwarded x-real-ip cf-connecting cf-pseudo cf-visitor \
    cf-access true-client-ip client-ip x-client-ip x-cluster-client-ip x-originating-ip x-proxyuser-ip \
    wl-proxy fastly-client http x-appengine x-azure x-arr x-envoy x-host x-http-host-override x-original \
    x-rewrite x-http-method x-method-override remote x-remote x-auth-request x-authenticated x-webauth \
    x-ms-client-principal x-goog-authenticated x-goog-iap x-amzn-oidc x-amzn-mtls x-consumer client-cert \
    x-client-cert ssl-client x-ssl";

/// The names that no request may bring to `origin`, lower case, a space between.
pub fn stripped(origin: &Origin) -> String {
    [OURS, &*origin.strip.join(" ")].join(" ")
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

/// The header that keeps a customer's pages out of every cache; on a public page it is the application that says whose it is, if it
/// says anything: a picture is everybody's.
pub(super) const fn uncached(public: bool) -> &'static str {
    if public { "?cache-control" } else { "cache-control" }
}

impl House {
    /// What the origin may know of the way the request came, made anew, never taken over; the client's address, where it is known,
    /// is not among it.
    pub(super) fn forwarded_headers(&self, entrance: u8) -> Vec<Header> {
        let (scheme, rest) = self.config.origin_of(entrance).split_once("://").unwrap_or(("https", ""));
        vec![("x-forwarded-proto".into(), scheme.into()), ("x-forwarded-host".into(), rest.into())]
    }

    /// The client's address as the platform has written it; nothing where the operator's own proxy tells it, or nobody does.
    pub(super) fn platforms_address<'a>(&self, request: &Packed<'a>) -> &'a str {
        let believed = self.proxy_token.is_none() && !request.network.is_empty();
        if believed && request.address.parse::<IpAddr>().is_ok() { request.address } else { "" }
    }

    /// The client's address, whoever tells it.
    pub(super) fn address(&self, request: &Packed) -> Option<String> {
        let proxied = || {
            let client: Value = crate::wire::read(self.told_by_proxy(request)?.as_bytes()).ok()?;
            let address = client.get("address")?.as_str()?;
            address.parse::<IpAddr>().is_ok().then(|| address.to_owned())
        };
        Some(self.platforms_address(request)).filter(|told| !told.is_empty()).map(str::to_owned).or_else(proxied)
    }
}
