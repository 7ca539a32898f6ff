//! What a handler may ask of its request: fields, cookies, who stands behind it and whether that one asks too often. What
//! must never enter: another decision.

use crate::account::{AccountId, Reply, SessionKey, Visit};
use crate::bound::{self, Absent, Place, network};
use crate::config::{Channel, Config, Shown};
use crate::gate::{Cookie, Packed, is_by_itself, is_mobile, judged};
use crate::host::Host;
use crate::limits::Lane;
use crate::risk::{Fingerprint, Hints, Platform, Said, Signs, UserAgent};
use crate::routes::{Asked, No, Route, text};
use crate::wire::{Texts, to_hex};
use ring::hmac;
use sekisho_rules::{Refusal, Secret, Standing, Timestamp};
use serde::de::DeserializeOwned;
use std::net::IpAddr;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// How long what an app has signed may be sent, and how far its clock may be off.
const SIGNED: Duration = Duration::from_secs(300);

/// How many clients' room the browsers known at one address have together.
const NEIGHBOURS: u32 = 10;

impl Route {
    /// Whether it asks nothing of a session, or asks the account itself how it stands.
    pub(crate) const fn is_bare(self) -> bool {
        use Route as R;
        let ours = matches!(self, R::BoundRegister | R::BoundRefresh | R::Cross | R::CrossLeave | R::CrossArrive);
        ours || matches!(self, R::Site | R::Health | R::Jwks | R::Session | R::Extend | R::Logout)
    }
}

impl<H: Host> Asked<'_, H> {
    pub fn header(&self, name: &str) -> &str {
        text(self.request.headers(), name)
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
        crate::wire::read(self.request.body()).map_err(|_| Refusal::Malformed.into())
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

    /// The session cookie, if it is ours, its session on its device and not known to be over, and such that it may do more than
    /// read what its channel names, and bound where that requires it; whether it still lives is the account's to say.
    pub fn cookie(&self) -> Result<Cookie, No> {
        self.unlimited(self.reading_cookie()?)
    }

    /// The same of a session that may do no more than read as well: for what asks how long it lasts.
    pub fn reading_cookie(&self) -> Result<Cookie, No> {
        let cookie = self.session.clone().map_err(|absent| match absent {
            Absent::None => No::from(Refusal::NoSession),
            Absent::Denied(refusal) => refusal.into(),
            Absent::Unreached(unreached) => unreached.into(),
            Absent::Moved(_) => Refusal::InsufficientAuthentication.into(),
        })?;
        self.unless_over(cookie)
    }

    /// As [`Asked::cookie`], or one that is used from elsewhere and is about to be proved anew.
    pub fn proving_cookie(&self) -> Result<Cookie, No> {
        match &self.session {
            Err(Absent::Moved(cookie)) => self.unlimited(self.unless_over((**cookie).clone())?),
            _ => self.cookie(),
        }
    }

    fn unless_over(&self, cookie: Cookie) -> Result<Cookie, No> {
        match self.house.over(cookie.key(), self.now) {
            Some(standing) => Err(No::standing(standing)),
            None => Ok(cookie),
        }
    }

    fn unlimited(&self, cookie: Cookie) -> Result<Cookie, No> {
        let served = self.house.unbound_until(&cookie.session).is_none_or(|end| self.now < end);
        if !served && self.token.is_none() {
            return Err(Refusal::DeviceUnbound.into());
        }
        match self.config().channel_named(&cookie.session.channel).map(Channel::is_limited) {
            None => Err(Refusal::NoSession.into()),
            Some(true) => Err(Refusal::ChannelLimited.into()),
            Some(false) => Ok(cookie),
        }
    }

    /// Whether the request says of itself that it is the client's own doing, not the customer's.
    pub fn is_background(&self) -> bool {
        is_by_itself(self.header("sekisho-background"), self.header("sec-purpose"))
    }

    /// From where and with what it comes.
    pub fn shown(&self) -> bound::Shown<'_> {
        let network = self.house.shown_network(self.proxied(), network(&self.platform()));
        bound::Shown { network, agent: self.header("user-agent") }
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
        let path = leads.filter(|_| judged(page) == self.config().login.page).unwrap_or(page);
        self.config().channel(&Shown {
            entrance: self.entrance(),
            path,
            app: self.header("sekisho-app"),
            signed: self.is_signed(),
            mobile: is_mobile(self.header("sec-ch-ua-mobile"), self.header("user-agent")),
        })
    }

    /// Whether an app signs what it says of itself: `NAME SECONDS SIGNATURE`, the hex of HMAC-SHA-256 of `NAME SECONDS METHOD PATH` under
    /// the app's key, which is the hex of that of its name under one of ours.
    fn is_signed(&self) -> bool {
        let Some((said, signature)) = self.header("sekisho-app").rsplit_once(' ') else { return false };
        let Some((name, at)) = said.split_once(' ') else { return false };
        let at = at.parse::<u64>().ok().map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000)));
        let lately = at.is_some_and(|at| self.now - at <= SIGNED && at - self.now <= SIGNED);
        let request = format!("{said} {} {}", self.request.method(), self.request.uri().path());
        let by = |key: &str| same(&mac(&mac(key, name), &request), signature);
        lately && self.house.app_keys.expose().split(',').any(by)
    }

    /// What a password login by the request's channel asks besides, by its name to pages.
    pub fn second_factor(&self) -> &'static str {
        let login = self.config().login.second_factor;
        self.channel().map_or(login, |channel| channel.second_factor).name()
    }

    /// The session cookie, if it is ours, wherever its session is, whatever it may do, and also if it is over: to end it, and
    /// where its device is about to be shown.
    pub fn any_cookie(&self) -> Option<Cookie> {
        if self.token.is_some() {
            return self.session.clone().ok();
        }
        self.house.cookie(self.header("cookie"), self.entrance())
    }

    /// The session that the browser has at this account: the one that a login opens takes its place.
    pub fn replaces(&self, account: AccountId) -> Option<SessionKey> {
        self.any_cookie().filter(|cookie| cookie.account == account).map(|cookie| cookie.key())
    }

    /// The session has gone on under another id: this one leads nowhere any more, and no answer that is still on its way may bring it
    /// back.
    pub fn has_gone_on(&self, old: &Cookie) {
        self.house.is_over(old.key(), Standing::Unknown, self.now);
    }

    /// Lets a request of somebody who need not have a session on to an object, unless its client has made too many of late.
    /// It comes behind all that can be told without asking, so that what is malformed takes nobody's room.
    ///
    /// # Errors
    /// `rate_limited`, with the moment from which on the client may come again.
    pub async fn admit(&self) -> Result<(), No> {
        let Some(client) = self.client() else { return Ok(()) };
        let limits = &self.house.limits;
        let most = self.config().limits.client;
        let counted = limits.count(client, most, self.now).and_then(|()| match self.neighbours() {
            Some(lane) => limits.count(lane, most.saturating_mul(NEIGHBOURS), self.now),
            None => Ok(()),
        });
        let until = match counted {
            Ok(()) if self.host.is_within(&to_hex(&client)).await => return Ok(()),
            Ok(()) => limits.fill(client, self.now),
            Err(until) => until,
        };
        self.house.tally().count("limited", "client");
        Err(No::with(Refusal::RateLimited, "until", until.as_millis()))
    }

    /// Who asks, as far as one client can be told from others: a browser that has logged in before by its cookie, so that
    /// nobody at its address can shut it out; any other by the address, or the line where that is IPv6. Nobody where no
    /// address is known and none could be.
    fn client(&self) -> Option<Lane> {
        if self.device.is_new() {
            return self.address(b"address");
        }
        Some(self.house.keys.lane(&[b"device", &self.device.id()]))
    }

    /// The lane that the browsers known at one address share: each login without the cookie makes one more known, so whoever has
    /// an account could have as many lanes as they like. Not the strangers', whose flood would shut these out.
    fn neighbours(&self) -> Option<Lane> {
        if self.device.is_new() { None } else { self.address(b"neighbours") }
    }

    fn address(&self, kind: &[u8]) -> Option<Lane> {
        let keys = &self.house.keys;
        match self.platform().address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(four)) => Some(keys.lane(&[kind, &four.octets()])),
            Some(IpAddr::V6(six)) => Some(keys.lane(&[kind, six.octets().get(..7).unwrap_or_default()])),
            // Who came around the operator's own proxy.
            None => self.house.proxy_token.is_some().then(|| keys.lane(&[kind])),
        }
    }

    /// The lane under which a refusal of an object is remembered: for the name or sign-in `whose`, and the browser where it
    /// has logged in before, since an account refuses strangers without refusing its owner.
    pub fn lane(&self, kind: &[u8], whose: &[u8]) -> Lane {
        let device = self.device.id();
        let device: &[u8] = if self.device.is_new() { b"" } else { &device };
        self.house.keys.lane(&[kind, whose, device])
    }

    /// What an object has refused in this lane and would refuse again.
    ///
    /// # Errors
    /// That refusal.
    pub fn not_refused(&self, lane: Lane) -> Result<(), No> {
        match self.house.limits.refused(lane, self.now) {
            Some((refusal, until)) => {
                self.house.tally().count("limited", "held");
                Err(No::with(refusal, "until", until.as_millis()))
            }
            None => Ok(()),
        }
    }

    /// Remembers a refusal that names its end.
    pub fn remember(&self, lane: Lane, reply: &Reply) {
        if let Reply::Refused { refusal, until: Some(until) } = reply {
            self.house.limits.refuse(lane, *refusal, *until, self.now);
        }
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
        let (parsed, platform, device) = (UserAgent::parse(agent), self.platform(), Some(self.device.id()));
        let browser = (&parsed, &hints);
        let signs = Signs::read(&platform, &self.house.networks, browser, self.header("accept-language"), said);
        let place = platform.place();
        let mut shown = Fingerprint::new(platform, &parsed, device);
        (shown.signs, shown.accounts) = (signs, self.device.accounts());
        let channel = self.channel().map_or_else(String::new, |channel| channel.name.clone());
        Visit { channel, client: parsed.client_name(), place, shown, replaces: None }
    }

    /// What is known of the client's network: the platform's word, or that of the operator's own proxy, which proves by its
    /// token that it is that; a request that went around it has shown nothing.
    fn platform(&self) -> Platform {
        match &self.house.proxy_token {
            None => self.request.extensions().get::<Platform>().cloned().unwrap_or_default(),
            Some(_) => self.proxied().map(Platform::read).unwrap_or_default(),
        }
    }

    fn proxied(&self) -> Option<&str> {
        self.house.believed((self.header("sekisho-proxy"), self.header("sekisho-client")))
    }
}

/// The hex of HMAC-SHA-256.
fn mac(key: &str, text: &str) -> String {
    to_hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), text.as_bytes()).as_ref())
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
