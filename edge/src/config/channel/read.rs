//! Reads `[[channels]]` and the entrances they may name.

use super::{Channel, Letters, Marks};
use crate::config::read::{Section, origin_fault};
use crate::config::{Risk, SecondFactor, Session, Site, host_of, session};

/// The most other origins that a site may have.
const ENTRANCES: usize = 8;

/// What a channel has where it says nothing of it.
pub(in crate::config) struct Defaults<'a> {
    pub site: &'a Site,
    pub session: Session,
    pub risk: Risk,
    pub second_factor: SecondFactor,
    /// Whether a page tells the edge its path.
    pub tells_path: bool,
}

/// Reads the other origins by which the site `origin` is entered: of its scheme, and under `rp_id`, since one passkey serves all.
pub(in crate::config) fn entrances(site: &mut Section, origin: &str) -> Vec<String> {
    let entrances = site.texts("entrances");
    let scheme = |origin: &str| origin.split_once("://").map(|(scheme, _)| scheme.to_owned());
    let fault = if let Some(fault) = entrances.iter().find_map(|entrance| origin_fault(entrance)) {
        fault
    } else if entrances.len() > ENTRANCES {
        "cannot be kept: there may be 8 at the most"
    } else if entrances.iter().any(|entrance| scheme(entrance) != scheme(origin)) {
        "cannot be kept: all must be of the scheme of site.origin"
    } else if entrances
        .iter()
        .enumerate()
        .any(|(at, one)| one == origin || entrances.iter().skip(at + 1).any(|two| one == two))
    {
        "cannot be kept: an origin stands there twice, or is site.origin"
    } else {
        return entrances;
    };
    site.complain("entrances", fault);
    Vec::new()
}

/// Reads the channels.
pub(in crate::config) fn read(root: &mut Section, defaults: &Defaults) -> Vec<Channel> {
    let read = root.list("channels", |channel| {
        let marks = marks(channel, defaults);
        let good = channel.is_good();
        (one(channel, marks, defaults), good)
    });
    for (at, (channel, good)) in read.iter().enumerate() {
        let before = || read.iter().take(at);
        let place = |field: &str| format!("channels[{at}].{field}");
        if at == 0 && channel.marks != Marks::default() {
            let problem = "cannot be kept: the first is the default and names no origin, path, app or mobile";
            root.complain("channels[0]", problem);
        }
        if before().any(|(other, _)| other.name == channel.name) {
            root.complain(&place("name"), "cannot be kept: another channel has it");
        }
        // One whose marks could not be read has its own complaint.
        if *good && before().any(|(other, good)| *good && other.marks == channel.marks) {
            let problem = "cannot be kept: a channel before it is told by the same marks, none would come by this one";
            root.complain(&place("name"), problem);
        }
    }
    read.into_iter().map(|(channel, _)| channel).collect()
}

fn one(channel: &mut Section, marks: Marks, defaults: &Defaults) -> Channel {
    let (idle, absolute) = session::lasting(channel, defaults.session.idle, defaults.session.absolute);
    let second_factor = channel.perhaps("second_factor", SecondFactor::read);
    let second_factor = second_factor.unwrap_or(defaults.second_factor);
    let read = Channel {
        name: channel.slug("name"),
        ja: channel.required("ja"),
        en: channel.required("en"),
        marks,
        session: Session { idle, absolute, ..defaults.session },
        threshold: channel.signed("threshold", defaults.risk.threshold, -20_000..=20_000),
        second_factor,
        letters: match channel.one_of("letters", &["every", "daily"]) {
            "daily" => Letters::Daily,
            _ => Letters::Every,
        },
        bound: channel.one_of("bound", &["offer", "required"]) == "required",
        paths: channel.paths("paths"),
    };
    // Over plain http no browser binds anything, and an app that runs on a server has no device.
    let can_bind = defaults.session.bound && defaults.site.origin.starts_with("https://") && !read.is_limited();
    if read.bound && !can_bind {
        let problem = "cannot be kept: required needs session.bound = \"offer\", an https site.origin and no paths";
        channel.complain("bound", problem);
    }
    // Whoever likes can write a header: a weaker login is for an app that proves itself, and good for reading alone.
    let trusted = read.is_signed() && read.is_limited();
    if !trusted && second_factor.rank() < defaults.second_factor.rank() {
        channel.complain("second_factor", "cannot be kept: less than login.second_factor needs signed and paths");
    }
    if !trusted && read.letters == Letters::Daily {
        channel.complain("letters", "cannot be kept: daily needs signed and paths");
    }
    read
}

fn marks(channel: &mut Section, defaults: &Defaults) -> Marks {
    let origin = channel.perhaps("origin", Section::required);
    let entrance = origin.and_then(|origin| {
        let known = defaults.site.number(&origin);
        if known.is_none() {
            channel.complain("origin", "cannot be kept: must be site.origin or one of site.entrances");
        }
        known
    });
    let path = channel.perhaps("path", |channel, name| channel.path(name, ""));
    if path.is_some() && !defaults.tells_path {
        channel.complain(
            "path",
            "cannot be kept: a login tells its page by Referer, which headers.referrer takes the path from",
        );
    }
    let app = channel.perhaps("app", Section::slug);
    let signed = channel.boolean("signed");
    if signed && app.is_none() {
        channel.complain("signed", "cannot be kept: it is an app's, and the channel names none");
    }
    Marks { app, signed, entrance, path, mobile: channel.boolean("mobile") }
}

/// Whether a relying party called `rp_id` covers the host of every one of `origins`.
pub(in crate::config) fn covers(rp_id: &str, origins: &[String]) -> bool {
    origins.iter().all(|origin| {
        let rest = host_of(origin).strip_suffix(rp_id);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
