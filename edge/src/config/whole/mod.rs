//! What only the whole of a config shows: fields that contradict each other, and what would shut everybody out.

use super::read::Section;
use super::{Config, Demand};

/// Complains of what each section by itself was right to take.
pub(super) fn check(root: &mut Section, config: &Config) {
    // A route without a path has its own complaint, and so has a config without routes.
    if !config.routes.is_empty() && config.routes.iter().all(|route| !route.path.is_empty()) {
        if config.demand(&config.login.confirm).1.is_asked() {
            root.complain("login.confirm", "asks for the very proof that is given there; its route must not");
        }
        if config.demand(&config.login.page).0 != Demand::Public {
            root.complain("login.page", "is for whoever has no session yet; its route must be public");
        }
    }
    let known = |name: &String| config.channels.iter().any(|channel| channel.name == *name);
    if !config.login.ask_address.rollout.channels.iter().all(known) {
        root.complain("login.ask_address.channels", "must name channels of [[channels]]");
    }
    #[cfg(not(target_arch = "wasm32"))]
    reached(root, config);
}

/// Complains of what Cloudflare would have to reach and cannot. Where it runs is too late to say so.
#[cfg(not(target_arch = "wasm32"))]
fn reached(root: &mut Section, config: &Config) {
    use super::{Transport, host_of, read::is_local};
    if config.site.proxied || is_local(config.host()) {
        return;
    }
    let mail = match &config.mail.transport {
        Transport::Api(url) => host_of(url),
        Transport::Smtp(server) => &server.host,
    };
    let own = [("origin.url", host_of(&config.origin.url)), ("mail.url", mail)];
    let others = [
        ("elsewhere.url", &config.elsewhere),
        ("events.url", &config.events),
        ("sms.url", &config.sms),
        ("breached.url", &config.breached),
    ];
    let others = others.iter().filter_map(|(place, endpoint)| Some((*place, host_of(&endpoint.as_ref()?.url))));
    for (place, host) in own.into_iter().chain(others) {
        if is_local(host) {
            let problem = "is this machine, which Cloudflare does not reach; behind a proxy of your own set site.client_address = \"proxy\"";
            root.complain(place, problem);
        }
    }
}
