//! One text becomes one checked [`Config`]; all complaints come at once, each with its place.
//!
//! `sekisho.toml` beside the crate documents every field. Where the worker is built, that file becomes JSON ([`json_of`]): the
//! worker has a reader of JSON anyway, and one of TOML would be a twenty-fifth of it. What must never enter: secrets (they are the platform's to
//! keep), and any reading of files.

mod channel;
mod headers;
mod mail;
mod passkey;
mod read;
mod risk;
mod rollout;
mod route;
mod rules;
mod session;
mod staff;
mod whole;

pub use channel::{Channel, Letters, Shown};
pub use headers::{Headers, NONCE};
pub use mail::{Mail, Submission, Transport};
pub use passkey::{ClonePolicy, Passkey, PasskeyPolicy};
pub use risk::{ACCOUNT_CHANGE, Risk, RiskMode};
pub use rollout::{AskAddress, Rollout};
pub use route::{Demand, Proof, Route};
pub(crate) use session::LONGEST_LEASE;
pub use session::{AtLimit, Session};
pub use staff::Staff;

use read::Section;
use sekisho_rules::password::Profile;
use std::time::Duration;

/// What is wrong with a config text: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Complaint {
    /// The dotted name of the field, for instance `session.timeout`.
    pub place: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// The whole config, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who the broker is.
    pub site: Site,
    /// Where requests go that pass.
    pub origin: Origin,
    /// Login and its failures.
    pub login: Login,
    /// How passwords are kept.
    pub password: Password,
    /// Passkeys.
    pub passkey: Passkey,
    /// How long sessions last, and how many an account may have.
    pub session: Session,
    /// How logins are judged.
    pub risk: Risk,
    /// The channels, at least one; the first is the default.
    pub channels: Vec<Channel>,
    /// What each path demands, longest prefix first.
    pub routes: Vec<Route>,
    /// Where letters are handed in.
    pub mail: Mail,
    /// Where one-time codes are handed in as text messages.
    pub sms: Option<Endpoint>,
    /// The origin's own password check, for customers not yet adopted.
    pub elsewhere: Option<Endpoint>,
    /// Where the origin hears of new accounts.
    pub events: Option<Endpoint>,
    /// A collection of breached passwords, asked by range when a password is set.
    pub breached: Option<Endpoint>,
    /// What browsers may do with every answer.
    pub headers: Headers,
    /// Where the broker's staff work; nowhere where absent.
    pub staff: Option<Staff>,
    /// Whether the log is told of every decision, not of refusals alone.
    pub log_all: bool,
    /// Caps.
    pub limits: Limits,
}

/// Who the broker is.
#[derive(Clone, Debug)]
pub struct Site {
    /// Scheme, host and port as the browser shows them, without a slash at the end.
    pub origin: String,
    /// The other origins by which the same site is entered.
    pub entrances: Vec<String>,
    /// The broker's name in Japanese.
    pub name: String,
    /// The broker's name in English.
    pub name_en: String,
    /// The desk's phone number.
    pub phone: String,
    /// The desk's hours.
    pub hours: String,
    /// The same in English.
    pub hours_en: String,
    /// Whether the operator's own proxy tells who asks, and not the platform: without its secret nothing starts.
    pub proxied: bool,
    /// Whether it is to be had over https alone: any https site is that is not on this machine.
    pub secure: bool,
}

/// Where requests go that pass the gate.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Scheme, host and port, without a slash at the end.
    pub url: String,
    /// The `aud` of the signed statement.
    pub audience: String,
    /// How long it may take from the request to the head of its answer.
    pub timeout: Duration,
    /// Which headers no request may bring it, beside those that none ever may, nor what goes on behind a dash.
    pub strip: Vec<String>,
}

/// What a login asks besides the first proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A one-time code to the verified address; who has not confirmed one is in, single-factor, and is asked to.
    Always,
    /// The same, but only of a login that is judged to be asked more: a first one, or one unlike its owner's.
    Risk,
    /// Nothing: the session is single-factor and says so.
    Off,
}

impl SecondFactor {
    /// Its name in the config and to pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Risk => "risk",
            Self::Off => "off",
        }
    }

    fn read(section: &mut Section, field: &str) -> Self {
        match section.one_of(field, &["always", "risk", "off"]) {
            "risk" => Self::Risk,
            "off" => Self::Off,
            _ => Self::Always,
        }
    }

    /// How much it asks, the more the greater.
    const fn rank(self) -> u8 {
        match self {
            Self::Always => 2,
            Self::Risk => 1,
            Self::Off => 0,
        }
    }
}

/// Whether passwords may come as they were typed, from browsers in which wasm does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// They may; each is counted.
    Allow,
    /// They are refused, whether right or wrong.
    Refuse,
}

/// Login and its failures.
#[derive(Clone, Debug)]
pub struct Login {
    /// The path of the login page.
    pub page: String,
    /// Where a login leads when no return path was given.
    pub home: String,
    /// The path of the page on which passwords and passkeys are changed.
    pub settings: String,
    /// The path of the page on which a customer within a session proves anew who they are.
    pub confirm: String,
    /// What a password login asks besides.
    pub second_factor: SecondFactor,
    /// Who is asked to confirm a mail address while none is confirmed.
    pub ask_address: AskAddress,
    /// Whether passwords may come unsealed, wherever one is sent.
    pub plain: Plain,
    /// Wrong passwords in a row under one name before password login is held.
    pub attempts: u32,
    /// For how long it is held.
    pub hold: Duration,
    /// How long it is held at the most: every further hold lasts twice as long as the one before it.
    pub longest_hold: Duration,
    /// Failures are answered on a grid of this width, so that their time tells nothing.
    pub grid: Duration,
}

/// Which passwords may be set, and how they are kept: Argon2id's cost.
#[derive(Clone, Copy, Debug)]
pub struct Password {
    /// The rules, which bind when a password is set.
    pub rules: Profile,
    /// Their name, for pages.
    pub profile: &'static str,
    /// KiB of memory.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// An endpoint of the origin that the edge calls.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its URL; https unless the host is this machine.
    pub url: String,
    /// How long it may take.
    pub timeout: Duration,
}

/// Caps.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a call to an account's or a name's object may take before the edge answers 503.
    pub object_call: Duration,
    /// How many requests that need no session one client may make in a minute.
    pub client: u32,
    /// The longest body of our own endpoints, in bytes.
    pub body: usize,
}

impl Config {
    /// Reads and checks the TOML `text`.
    ///
    /// # Errors
    /// As [`Config::read`].
    ///
    /// ```
    /// let complaints = sekisho_edge::Config::parse("[site]\norigin = \"ftp://x\"\nshop = 1\n").unwrap_err();
    /// assert!(complaints.iter().any(|complaint| complaint.place == "site.shop"));
    /// assert!(complaints.iter().any(|complaint| complaint.place == "origin.url"));
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn parse(text: &str) -> Result<Self, Vec<Complaint>> {
        Self::read(&json_of(text).map_err(|complaint| vec![complaint])?)
    }

    /// Reads and checks `json`, the config as [`json_of`] makes it.
    ///
    /// # Errors
    /// Every complaint at once: unknown fields, missing ones, and values out of range.
    pub fn read(json: &str) -> Result<Self, Vec<Complaint>> {
        let table = crate::wire::read(json.as_bytes()).map_err(|fault| vec![no_file(&fault)])?;
        let mut root = Section::root(table);
        let config = Self::gather(&mut root);
        whole::check(&mut root, &config);
        root.finish(config)
    }

    fn gather(root: &mut Section) -> Self {
        let site = root.section("site", |site| {
            let origin = site.origin("origin");
            Site {
                entrances: channel::entrances(site, &origin),
                // A browser that once was held to https on localhost would upgrade every other server there.
                secure: origin.starts_with("https://") && !read::is_local(host_of(&origin)),
                origin,
                name: site.text("name", "関所証券"),
                name_en: site.text("name_en", "Sekisho Securities"),
                phone: site.text("phone", "0120-000-000"),
                hours: site.text("hours", "平日 8:00〜17:00"),
                hours_en: site.text("hours_en", "weekdays 8:00-17:00 JST"),
                proxied: site.one_of("client_address", &["cloudflare", "proxy"]) == "proxy",
            }
        });
        let host = host_of(&site.origin).to_owned();
        let login = root.section("login", |login| {
            let plain = login.one_of("plain", &["allow", "refuse"]);
            Login {
                page: login.path("page", "/login"),
                home: login.path("home", "/home"),
                settings: login.path("settings", "/settings"),
                confirm: login.path("confirm", "/confirm"),
                second_factor: SecondFactor::read(login, "second_factor"),
                ask_address: login.section("ask_address", rollout::read),
                plain: if plain == "refuse" { Plain::Refuse } else { Plain::Allow },
                attempts: login.number("attempts", 10, 1..=100),
                hold: login.duration("hold", 15 * 60_000, 1_000..=86_400_000),
                longest_hold: login.duration("longest_hold", 86_400_000, 1_000..=30 * 86_400_000),
                grid: login.duration("grid", 250, 0..=5_000),
            }
        });
        let passkey = root.section("passkey", |section| passkey::read(section, &host));
        if !channel::covers(&passkey.rp_id, &site.entrances) {
            root.complain(
                "site.entrances",
                "cannot be kept: passkey.rp_id must be the host of each or a parent domain of it",
            );
        }
        let (session, risk) = (root.section("session", session::read), root.section("risk", risk::read));
        let headers = root.section("headers", |section| headers::read(section, site.secure));
        let defaults = channel::Defaults {
            site: &site,
            session,
            risk,
            second_factor: login.second_factor,
            tells_path: headers.tell_path(),
        };
        let channels = channel::read(root, &defaults);
        let origins = [&site.origin].into_iter().chain(&site.entrances).chain(&passkey.related_origins);
        let staff = root.optional("staff", |section| staff::read(section, origins));
        let shown = route::Shown::of(&channels, &passkey);
        Self {
            origin: root.section("origin", |origin| Origin {
                url: origin.origin("url"),
                audience: origin.text("audience", "https://origin.example"),
                timeout: origin.duration("timeout", 60_000, 100..=600_000),
                strip: origin.header_names("strip"),
            }),
            login: login.clone(),
            password: root.section("password", |password| {
                let (profile, rules) = password.section("rules", |section| rules::read(section, login.second_factor));
                Password {
                    rules,
                    profile,
                    memory: password.number("memory", 19_456, 7_168..=65_536),
                    passes: password.number("passes", 2, 1..=10),
                    lanes: password.number("lanes", 1, 1..=4),
                }
            }),
            passkey,
            session,
            risk,
            channels,
            routes: route::read(root, &shown),
            mail: root.section("mail", mail::read),
            sms: root.optional("sms", endpoint(4_000)),
            elsewhere: root.optional("elsewhere", endpoint(1_000)),
            events: root.optional("events", endpoint(4_000)),
            breached: root.optional("breached", endpoint(4_000)),
            headers,
            staff,
            log_all: root.section("log", |log| log.one_of("decisions", &["refused", "all"]) == "all"),
            limits: root.section("limits", |limits| Limits {
                object_call: limits.duration("object_call", 5_000, 100..=30_000),
                client: limits.number("client", 300, 10..=100_000),
                body: 65_536,
            }),
            site,
        }
    }

    /// The threshold of each channel, by its name, and behind them the operation's, whose name no channel can have.
    pub fn thresholds(&self) -> impl Iterator<Item = (&str, i32)> {
        let channels = self.channels.iter().map(|channel| (channel.name.as_str(), channel.threshold));
        channels.chain([(ACCOUNT_CHANGE, self.risk.account_change)])
    }

    /// The site's host without the port.
    pub fn host(&self) -> &str {
        host_of(&self.site.origin)
    }
}

/// The config file's TOML as the JSON that the worker reads.
///
/// # Errors
/// Where it is no TOML.
#[cfg(not(target_arch = "wasm32"))]
pub fn json_of(text: &str) -> Result<String, Complaint> {
    let table: serde_json::Value = toml::from_str(text).map_err(|fault| no_file(&fault))?;
    Ok(table.to_string())
}

fn no_file(fault: &impl std::fmt::Display) -> Complaint {
    Complaint { place: "the file".into(), problem: fault.to_string() }
}

fn endpoint(within: u64) -> impl FnOnce(&mut Section) -> Endpoint {
    move |endpoint| Endpoint { url: endpoint.url("url"), timeout: endpoint.duration("timeout", within, 100..=20_000) }
}

/// The host of an origin or URL, without the port.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests;
