//! What a handler may ask of its request: fields, cookies, who stands behind it. What must never enter: a decision.

use crate::account::Visit;
use crate::config::Config;
use crate::gate::{Cookie, is_mobile};
use crate::host::Host;
use crate::risk::{Fingerprint, Hints, Platform, Said, Signs, UserAgent};
use crate::routes::{Asked, No};
use crate::wire::Texts;
use sekisho_rules::{Refusal, Secret};
use serde::de::DeserializeOwned;

impl<H: Host> Asked<'_, H> {
    pub fn header(&self, name: &str) -> &str {
        self.request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Lets the broker's staff pass, by their token.
    ///
    /// # Errors
    /// `insufficient_user_authentication` without it.
    pub fn staff(&self) -> Result<(), No> {
        let bearer = self.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        let known = self.house.ops_token == Secret::new(bearer.to_owned());
        if known { Ok(()) } else { Err(Refusal::InsufficientAuthentication.into()) }
    }

    pub const fn config(&self) -> &Config {
        &self.house.config
    }

    /// The body as a `T`; unknown fields, duplicate fields and anything after the value are refused.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, No> {
        serde_json::from_slice(self.request.body()).map_err(|_| Refusal::Malformed.into())
    }

    /// The texts of a body that holds `needed`, perhaps `optional`, and nothing else.
    pub fn texts<const N: usize, const M: usize>(
        &self,
        needed: [&str; N],
        optional: [&str; M],
    ) -> Result<([Secret; N], [Option<Secret>; M]), No> {
        self.body::<Texts>()?.take(needed, optional).ok_or_else(|| Refusal::Malformed.into())
    }

    /// A body that holds nothing: `{}`.
    pub fn nothing(&self) -> Result<(), No> {
        self.texts([], []).map(|([], [])| ())
    }

    /// The session cookie, if it is ours and its session on its device; whether it still lives is the account's to say.
    pub fn cookie(&self) -> Result<Cookie, No> {
        self.session.clone().map_err(|unreached| match unreached {
            Some(unreached) => unreached.into(),
            None => Refusal::NoSession.into(),
        })
    }

    /// The same wherever its session is: to end it, and where its device is about to be shown.
    pub fn any_cookie(&self) -> Option<Cookie> {
        Cookie::brought(self.header("cookie"), &self.house.keys)
    }

    /// What the request shows.
    pub fn visit(&self) -> Visit {
        self.visit_saying(&Said::default())
    }

    /// The same, where the page's script says something of its browser.
    pub fn visit_saying(&self, said: &Said) -> Visit {
        let agent = self.header("user-agent");
        let hints = Hints {
            brands: self.header("sec-ch-ua"),
            mobile: self.header("sec-ch-ua-mobile"),
            platform: self.header("sec-ch-ua-platform"),
        };
        let mobile = is_mobile(hints.mobile, agent);
        let (parsed, platform, device) = (UserAgent::parse(agent), self.platform(), Some(self.device.id()));
        let browser = (&parsed, &hints);
        let signs = Signs::read(&platform, &self.house.networks, browser, self.header("accept-language"), said);
        let (place, trace) = (platform.place(), self.house.keys.trace(platform.address, device));
        let mut shown = Fingerprint::new(platform, &parsed, device);
        (shown.signs, shown.accounts) = (signs, self.device.accounts());
        Visit { channel: self.config().channel(mobile).to_owned(), client: parsed.client_name(), place, trace, shown }
    }

    /// What is known of the client's network: the platform's word, or that of the operator's own proxy, which proves by its
    /// token that it is that; a request that went around it has shown nothing.
    fn platform(&self) -> Platform {
        match &self.house.proxy_token {
            None => self.request.extensions().get::<Platform>().cloned().unwrap_or_default(),
            Some(token) if *token == Secret::new(self.header("sekisho-proxy").to_owned()) => {
                Platform::read(self.header("sekisho-client"))
            }
            Some(_) => Platform::default(),
        }
    }
}
