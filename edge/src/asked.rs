//! What a handler may ask of its request: fields, cookies, who stands behind it. What must never enter: a decision.

use crate::account::Visit;
use crate::bound::{self, Absent, Place, network};
use crate::config::{Channel, Config, Shown};
use crate::gate::{Cookie, Packed, is_mobile, path_of};
use crate::host::Host;
use crate::risk::{Fingerprint, Platform, UserAgent};
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

    /// The session cookie, if it is ours, its session on its device, and such that it may do more than read what its channel
    /// names; whether it still lives is the account's to say.
    pub fn cookie(&self) -> Result<Cookie, No> {
        self.unlimited(self.reading_cookie()?)
    }

    /// The same of a session that may do no more than read as well: for what asks how long it lasts.
    pub fn reading_cookie(&self) -> Result<Cookie, No> {
        self.session.clone().map_err(|absent| match absent {
            Absent::None => Refusal::NoSession.into(),
            Absent::Denied(refusal) => refusal.into(),
            Absent::Unreached(unreached) => unreached.into(),
            Absent::Moved(_) => Refusal::InsufficientAuthentication.into(),
        })
    }

    /// As [`Asked::cookie`], or one that is used from elsewhere and is about to be proved anew.
    pub fn proving_cookie(&self) -> Result<Cookie, No> {
        match &self.session {
            Err(Absent::Moved(cookie)) => self.unlimited((**cookie).clone()),
            _ => self.cookie(),
        }
    }

    /// The same wherever its session is and whatever it may do: to end it, and where its device is about to be shown.
    pub fn any_cookie(&self) -> Option<Cookie> {
        if self.token.is_some() {
            return self.session.clone().ok();
        }
        self.house.cookie(self.header("cookie"), self.entrance())
    }

    fn unlimited(&self, cookie: Cookie) -> Result<Cookie, No> {
        match self.config().channel_named(&cookie.session.channel).map(Channel::is_limited) {
            None => Err(Refusal::NoSession.into()),
            Some(true) => Err(Refusal::ChannelLimited.into()),
            Some(false) => Ok(cookie),
        }
    }

    /// From where and with what it comes.
    pub fn shown(&self) -> bound::Shown<'_> {
        // Who has come around the operator's proxy shows nothing, and is elsewhere.
        let around = self.house.proxy_token.as_ref().map(|_| String::new());
        bound::Shown { network: network(&self.platform()).or(around), agent: self.header("user-agent") }
    }

    /// The place of the session `id`, which this request has proved.
    pub fn place(&self, id: &[u8; 32]) -> Place {
        self.house.place(id, &self.shown())
    }

    /// By which of the site's origins the request came.
    pub fn entrance(&self) -> u8 {
        self.config().entrance(self.request.uri().authority().map_or("", |authority| authority.as_str()))
    }

    /// The channel by which the request came. Our endpoints are every channel's, so the page that asks is what counts, and
    /// of a login page the one that it leads to. The header is the page's own: a request from elsewhere has been refused.
    pub fn channel(&self) -> Option<&Channel> {
        let page = Packed { url: self.header("referer"), ..Packed::default() }.target();
        let (page, query) = page.split_once('?').unwrap_or((page, ""));
        let leads = query.split('&').find_map(|pair| pair.strip_prefix("return="));
        let path = leads.filter(|_| page == self.config().login.page).map_or(page, path_of);
        self.config().channel(&Shown {
            entrance: self.entrance(),
            path,
            app: self.header("sekisho-app"),
            mobile: is_mobile(self.header("sec-ch-ua-mobile"), self.header("user-agent")),
        })
    }

    /// What a password login by the request's channel asks besides, by its name to pages.
    pub fn second_factor(&self) -> &'static str {
        let login = self.config().login.second_factor;
        self.channel().map_or(login, |channel| channel.second_factor).name()
    }

    /// What the request shows.
    pub fn visit(&self) -> Visit {
        let agent = self.header("user-agent");
        let parsed = UserAgent::parse(agent);
        Visit {
            channel: self.channel().map_or_else(String::new, |channel| channel.name.clone()),
            client: parsed.client_name(),
            shown: Fingerprint::new(self.platform(), &parsed, Some(self.device.id())),
        }
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
