//! What becomes of one URL: the gate's own order of questions, answered in words.

use super::lines::Lines;
use sekisho_edge::Config;
use sekisho_edge::config::{Demand, Route};
use sekisho_edge::gate::{Packed, is_own, is_plain_path, path_of};
use sekisho_rules::Amr;
use std::cmp::Reverse;

/// Says which channel a page at `url` is of, by no app; nothing of what is no page.
pub fn say_channel(file: &str, config: &Config, lines: &Lines, url: &str) -> Option<String> {
    let plain = Packed { url, ..Packed::default() };
    let target = plain.target();
    let is_page = (url.contains("://") || url.starts_with('/')) && is_plain_path(target) && !is_own(target);
    if !is_page || host(config, &plain) == Host::Staffs {
        return None;
    }
    let (name, mobile) = (plain.channel(config), Packed { mobile: "?1", ..plain }.channel(config));
    let line = lines.list("channels", "name").iter().find(|(_, told)| told == name).map_or(1, |(line, _)| *line);
    let other = if mobile == name { String::new() } else { format!(", or {mobile} from a mobile client") };
    Some(format!("{file}:{line}: {} is of the channel {name}{other}", path_of(target)))
}

/// Says how a URL's host is taken that is none of the site's.
pub fn say_host(file: &str, config: &Config, lines: &Lines, url: &str) -> Option<String> {
    let packed = Packed { url, ..Packed::default() };
    let site = &config.site.origin;
    let line = lines.of("site.origin");
    (host(config, &packed) == Host::Unknown).then(|| {
        format!("{file}:{line}: {} is neither site.origin nor an entrance: what reaches the worker by it is judged as at {site}", packed.authority())
    })
}

/// Whose host a URL names.
#[derive(PartialEq)]
enum Host {
    /// The site's, or none: a bare path is the site's.
    Sites,
    Staffs,
    Unknown,
}

fn host(config: &Config, packed: &Packed) -> Host {
    let authority = packed.authority();
    let is = |origin: &String| origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(authority));
    if config.staff.as_ref().is_some_and(|staff| is(&staff.origin)) {
        Host::Staffs
    } else if authority.is_empty() || is(&config.site.origin) || config.site.entrances.iter().any(is) {
        Host::Sites
    } else {
        Host::Unknown
    }
}

/// Says which rule of `file` the URL or path `url` meets and what that asks, or why no rule is asked.
pub fn say(file: &str, config: &Config, lines: &Lines, url: &str) -> String {
    let packed = Packed { url, ..Packed::default() };
    // What is no URL and does not start with a slash is judged as it stands: the gate would refuse it.
    let target = if url.contains("://") || url.starts_with('/') { packed.target() } else { url };
    if !is_plain_path(target) {
        return format!(
            "{target}: refused as ambiguous, it could be read in two ways (400, the origin does not see it)"
        );
    }
    let path = path_of(target);
    if host(config, &packed) == Host::Staffs {
        let line = lines.of("staff.origin");
        return format!(
            "{file}:{line}: {path} is at staff's host: the edge's own, no route is asked and the origin does not see it"
        );
    }
    if is_own(path) {
        return format!("{path}: the edge's own, no route is asked and the origin does not see it");
    }
    let Some(route) = config.rule(path) else {
        return format!("{file}: no route meets {path}: it demands a session, any proof, of any age");
    };
    let line = line(config, lines, route);
    let once = if route.jti { ", each request signed for itself" } else { "" };
    let fresh = if route.fresh { ", the account asked each time" } else { "" };
    let outage = if route.last_known { ", read by the last lease in an outage" } else { "" };
    format!("{file}:{line}: {path} meets the route {}: {}{once}{fresh}{outage}", route.path, asked(route))
}

fn asked(route: &Route) -> String {
    match route.demand {
        Demand::Public => "public, anyone".to_owned(),
        Demand::Deny => "deny, nobody from outside (404)".to_owned(),
        Demand::Session => {
            let proof = match route.proof.amr() {
                None => "proof by factors".to_owned(),
                Some(Amr::NONE) => "any proof".to_owned(),
                Some(Amr::PASSKEY) => "proof by passkey".to_owned(),
                Some(amr) => format!("amr with {}", amr.names().collect::<Vec<_>>().join(", ")),
            };
            let age = route
                .proof
                .age()
                .map_or_else(|| "any age".to_owned(), |age| format!("at most {} s old", age.as_secs()));
            format!("session, {proof}, {age}")
        }
    }
}

/// The line of `route`: the config has sorted its routes, keeping the order of those of one length, and so do we.
fn line(config: &Config, lines: &Lines, route: &Route) -> usize {
    let mut told = lines.list("routes", "path");
    told.sort_by_key(|(_, path)| Reverse(path.len()));
    let at = config.routes.iter().position(|one| std::ptr::eq(one, route));
    at.and_then(|at| told.get(at)).map_or(1, |(line, _)| *line)
}
