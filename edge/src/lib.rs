//! The edge of Sekisho: a gate before a brokerage's origin.
//!
//! # Life of a request
//!
//! The shim packs the few headers that matter into one string and calls [`House::decide_packed`]. A page request with a live
//! lease passes there, synchronously and without storage. One whose lease is over goes through [`House::resolve`],
//! which asks the account and signs the statement for the origin. Our own routes, under `/.sekisho/`, go to
//! [`House::answer`], which hands a [`account::Command`] to the customer's object.
//!
//! # Rooms
//!
//! [`gate`] decides; [`routes`](House::answer) answer; [`account`] is one customer and [`name`] one login name, each
//! over a store of its own; [`keys`] mark and sign; [`notice`] writes letters; [`origin`] speaks to the broker's
//! application; [`host`] names what a platform must supply. Time and randomness are arguments everywhere.

pub mod account;
mod asked;
pub mod bound;
pub mod config;
mod crossing;
pub mod crowd;
mod endpoints;
pub mod gate;
pub mod host;
pub mod keys;
pub mod limits;
mod models;
pub mod name;
pub mod network;
pub mod notice;
pub mod origin;
mod pages;
pub mod parked;
mod possession;
pub mod risk;
mod routes;
pub mod staff;
pub mod tally;
pub mod wire;

#[cfg(target_arch = "wasm32")]
mod cloudflare;
#[cfg(any(test, feature = "conformance"))]
mod conformance;
#[cfg(all(any(test, feature = "memory"), not(target_arch = "wasm32")))]
pub mod memory;

pub use config::{Complaint, Config};
pub use endpoints::STAFF_ROUTES;
pub use models::{Model, Models};
pub use routes::{ROUTES, Route};

use config::Channel;
use keys::{Keys, MailKey};
use sekisho_rules::Secret;
use sekisho_webauthn::RelyingParty;

/// What a house is built from: one config text and the secrets, each as the platform keeps it.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// The config as JSON; [`config::json_of`] makes it of the TOML file.
    pub config: &'a str,
    /// `SEKISHO_MAC_KEYS`: generations of 32 bytes, current first.
    pub mac_keys: &'a str,
    /// `SEKISHO_NAME_KEYS`: the same for login names.
    pub name_keys: &'a str,
    /// `SEKISHO_SEAL_KEYS`: the same form, private X25519 keys to which the browser seals passwords.
    pub seal_keys: &'a str,
    /// `SEKISHO_JWT_KEYS`: private P-256 JWKs, current first.
    pub jwt_keys: &'a str,
    /// `SEKISHO_MAIL_TOKEN`: the bearer token of the mail API, or the password at a mail server.
    pub mail_token: &'a str,
    /// `SEKISHO_SMS_TOKEN`: the bearer token of the SMS API; empty where there is none.
    pub sms_token: &'a str,
    /// `SEKISHO_DKIM_KEY`: the key under which letters to a mail server are signed, or nothing.
    pub dkim_key: &'a str,
    /// `SEKISHO_ORIGIN_TOKEN`: the bearer token of the origin's own endpoints.
    pub origin_token: &'a str,
    /// `SEKISHO_OPS_TOKEN`: the bearer token of staff's endpoints.
    pub ops_token: &'a str,
    /// `SEKISHO_APP_KEYS`: what the keys of apps that sign are made of, current first; empty where none does.
    pub app_keys: &'a str,
    /// `SEKISHO_PROXY_TOKEN`: by which the operator's own proxy proves itself; empty where the platform stands in front.
    pub proxy_token: &'a str,
}

/// A checked config with its keys: all that outlives a request.
pub struct House {
    config: Config,
    keys: Keys,
    relying_party: RelyingParty,
    mail_token: Secret,
    mail_key: Option<MailKey>,
    sms_token: Secret,
    origin_token: Secret,
    ops_token: Secret,
    proxy_token: Option<Secret>,
    app_keys: Secret,
    assertions: gate::Assertions,
    verified: gate::Verified,
    board: crowd::Board,
    limits: limits::Limits,
    tally: tally::Tally,
    models: Models,
    staff: Option<staff::Door>,
    networks: risk::Networks,
}

impl House {
    /// Builds the house.
    ///
    /// # Errors
    /// Every complaint about config and secrets at once; none holds a part of a secret.
    pub fn build(settings: &Settings) -> Result<Self, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let mut complain = |place: &str, problem: String| {
            complaints.push(Complaint { place: place.to_owned(), problem });
        };
        let mut token = |name: &str, text: &str| {
            if text.len() < 16 || text.contains(char::is_whitespace) {
                complain(name, "must be a token of at least 16 characters without spaces".to_owned());
            }
            Secret::new(text.to_owned())
        };
        let mail_token = token("SEKISHO_MAIL_TOKEN", settings.mail_token);
        let origin_token = token("SEKISHO_ORIGIN_TOKEN", settings.origin_token);
        let ops_token = token("SEKISHO_OPS_TOKEN", settings.ops_token);
        let proxy_token = Some(settings.proxy_token).filter(|text| !text.is_empty());
        let proxy_token = proxy_token.map(|text| token("SEKISHO_PROXY_TOKEN", text));
        let keys = Keys::parse(settings.mac_keys, settings.name_keys, settings.seal_keys, settings.jwt_keys);
        let keys = keys.map_err(|faults| {
            faults.into_iter().for_each(|(place, fault)| complain(place, fault.to_string()));
        });
        let mail_key = MailKey::parse(settings.dkim_key);
        let mail_key = mail_key.map_err(|fault| complain("SEKISHO_DKIM_KEY", fault.to_string())).unwrap_or_default();
        let config = Config::read(settings.config).map_err(|mut found| complaints.append(&mut found));
        if config.as_ref().is_ok_and(|config| config.sms.is_some()) && settings.sms_token.len() < 16 {
            let problem = "must be a token of at least 16 characters: [sms] is there".to_owned();
            complaints.push(Complaint { place: "SEKISHO_SMS_TOKEN".to_owned(), problem });
        }
        let signs = |config: &Config| config.channels.iter().any(Channel::is_signed);
        if config.as_ref().is_ok_and(signs) && settings.app_keys.split(',').any(|key| key.len() < 32) {
            let problem = "must be one or two texts of at least 32 characters, joined by a comma: a channel is signed";
            complaints.push(Complaint { place: "SEKISHO_APP_KEYS".to_owned(), problem: problem.to_owned() });
        }
        if proxy_token.is_none() && config.as_ref().is_ok_and(|config| config.site.proxied) {
            let problem = "is missing: site.client_address is \"proxy\"".to_owned();
            complaints.push(Complaint { place: "SEKISHO_PROXY_TOKEN".to_owned(), problem });
        }
        if mail_key.is_some() && config.as_ref().is_ok_and(|config| config.mail.lacks_selector()) {
            let problem = "is missing: SEKISHO_DKIM_KEY is there".to_owned();
            complaints.push(Complaint { place: "mail.selector".to_owned(), problem });
        }
        let (Ok(keys), Ok(config), true) = (keys, config, complaints.is_empty()) else { return Err(complaints) };
        let site = &config.site;
        let origins =
            std::iter::once(&site.origin).chain(&site.entrances).chain(&config.passkey.related_origins).cloned();
        let party = RelyingParty::new(config.passkey.rp_id.clone(), site.name.clone(), origins);
        let relying_party =
            party.map_err(|fault| vec![Complaint { place: "passkey".to_owned(), problem: fault.to_string() }])?;
        let staff = config.staff.as_ref().map(|staff| staff::Door::new(staff, &site.name)).transpose();
        let staff = staff.map_err(|fault| vec![Complaint { place: "staff".to_owned(), problem: fault.to_string() }])?;
        let (assertions, verified) = (gate::Assertions::default(), gate::Verified::default());
        Ok(Self {
            config,
            keys,
            relying_party,
            mail_token,
            mail_key,
            sms_token: Secret::new(settings.sms_token.to_owned()),
            origin_token,
            ops_token,
            proxy_token,
            app_keys: Secret::new(settings.app_keys.to_owned()),
            assertions,
            verified,
            board: crowd::Board::default(),
            limits: limits::Limits::default(),
            tally: tally::Tally::default(),
            models: Models::default(),
            staff,
            networks: risk::Networks::default(),
        })
    }

    /// The same house, knowing authenticator models; see [`Models`].
    #[must_use]
    pub fn knowing(self, models: Models) -> Self {
        Self { models, ..self }
    }

    /// The same house with the page of staff's host; it is shown where the config names such a host.
    #[must_use]
    pub fn showing(mut self, page: &str) -> Self {
        if let Some(door) = &mut self.staff {
            door.show(page);
        }
        self
    }

    /// Staff's page; empty where none was supplied.
    pub(crate) fn staff_page(&self) -> &str {
        self.staff.as_ref().map_or("", |door| &door.page)
    }

    /// The relying party of staff's passkeys, where staff have a host.
    pub(crate) fn staff_party(&self) -> Option<&RelyingParty> {
        self.staff.as_ref().map(|door| &door.party)
    }

    /// Whether a request to this host and port is to staff's.
    pub(crate) fn is_staffs(&self, authority: &str) -> bool {
        self.config.staff.as_ref().is_some_and(|staff| staff.authority().eq_ignore_ascii_case(authority))
    }

    /// The same house, knowing networks; see [`risk::Networks`].
    #[must_use]
    pub fn watching(self, networks: risk::Networks) -> Self {
        Self { networks, ..self }
    }

    /// The checked config.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// What was counted and noted here and not yet told.
    pub const fn tally(&self) -> &tally::Tally {
        &self.tally
    }

    /// What is known of authenticator models.
    pub(crate) const fn models(&self) -> &Models {
        &self.models
    }

    /// The relying party as which passkeys know this site.
    pub(crate) const fn relying_party(&self) -> &RelyingParty {
        &self.relying_party
    }
}
