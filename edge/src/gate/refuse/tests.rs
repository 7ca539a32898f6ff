use super::*;
use crate::memory::Memory;
use crate::memory::testing::{START, house_with};
use sekisho_rules::Secret;

const SITE: &str = "https://www.broker.example";
const STAFF: &str = "https://staff.broker-desk.example";

/// A site of the world with a host of staff's, on the platform or behind a proxy of the operator's own.
fn world(proxied: bool) -> Memory {
    let edit = |config: String| {
        let config = config.replace("http://localhost:8787", SITE).replace("rp_id = \"localhost\"", "");
        let config = config.replace("http://127.0.0.1:", "https://inside.broker.example:");
        format!("{config}\n[staff]\norigin = \"{STAFF}\"\n")
    };
    let mut memory = Memory::new(house_with(edit), START, 1);
    memory.house.proxy_token = proxied.then(|| Secret::new("the-operators-own-proxy".to_owned()));
    memory
}

fn request(method: &str, url: &str, network: &str) -> String {
    format!("{method}\n{url}{}{network}", "\n".repeat(18))
}

/// Status and location of a refusal; nothing where it goes on.
fn refused(memory: &Memory, packed: &str) -> Option<(u16, String)> {
    assert_eq!(Packed::read(packed).network, packed.split('\n').nth(19).unwrap());
    match memory.pass_gate(packed) {
        Decision::Refuse { status, headers, .. } => {
            let location = headers.into_iter().find(|(name, _)| name == "location").map(|(_, value)| value);
            Some((status, location.unwrap_or_default()))
        }
        _ => None,
    }
}

#[test]
fn a_site_of_the_world_is_to_be_had_over_https_alone() {
    let memory = world(false);
    let ask = |method: &str, url: &str| refused(&memory, &request(method, url, "2516 JP"));
    let moved = |to: &str| Some((308, to.to_owned()));
    assert_eq!(ask("GET", "http://www.broker.example/login?a=1"), moved(&format!("{SITE}/login?a=1")));
    assert_eq!(ask("HEAD", "http://www.broker.example/.sekisho/me"), moved(&format!("{SITE}/.sekisho/me")));
    assert_eq!(ask("GET", "http://staff.broker-desk.example/"), moved(&format!("{STAFF}/")));
    assert_eq!(ask("GET", "http://evil.example/login"), moved(&format!("{SITE}/login")), "to no host but ours");
    for path in ["/login", "/.sekisho/login", "/.sekisho/parked/send"] {
        for method in ["POST", "OPTIONS", "DELETE"] {
            assert_eq!(ask(method, &format!("http://www.broker.example{path}")), Some((400, String::new())), "{path}");
        }
    }
    assert_eq!(ask("GET", &format!("{SITE}/login")), None);
    assert_eq!(ask("POST", &format!("{SITE}/.sekisho/login")), None);
}

#[test]
fn what_the_operators_own_proxy_sends_is_as_it_says() {
    let memory = world(true);
    let ask = |network: &str, url: &str| refused(&memory, &request("GET", url, network));
    let sent = "the-operators-own-proxy {\"address\":\"203.0.113.7\"}";
    assert_eq!(ask(sent, "http://www.broker.example/login"), None);
    assert_eq!(ask(sent, &format!("{SITE}/login")), None);
    for around in [" ", "the-operators-own-prox {}"] {
        assert_eq!(ask(around, "http://www.broker.example/login").unwrap().0, 308, "{around}");
        assert_eq!(ask(around, &format!("{SITE}/login")), None);
    }
}

#[test]
fn where_nobody_says_who_asks_nothing_is_served_and_the_log_says_why() {
    let memory = world(false);
    for url in [format!("{SITE}/login"), format!("{SITE}/.sekisho/login"), "http://www.broker.example/".to_owned()] {
        assert_eq!(refused(&memory, &request("GET", &url, "")), Some((503, String::new())), "{url}");
    }
    let lines = memory.house.tally().take_lines();
    assert!(
        lines.iter().any(|line| line.contains("\"fault\":\"settings: site.client_address is cloudflare")),
        "{lines:?}"
    );
    assert_eq!(
        refused(&memory, &request("GET", &format!("{SITE}/login"), "0 ")),
        None,
        "the platform knows no network"
    );
}

#[test]
fn a_trial_on_this_machine_is_as_open_as_ever() {
    for origin in ["http://localhost:8787", "https://localhost:8787", "https://fx.localhost"] {
        let rp_id = format!("rp_id = \"{}\"", crate::config::host_of(origin));
        let edit =
            |config: String| config.replace("http://localhost:8787", origin).replace("rp_id = \"localhost\"", &rp_id);
        let memory = Memory::new(house_with(edit), START, 1);
        assert_eq!(refused(&memory, &request("GET", "http://localhost:8787/login", "")), None, "{origin}");
    }
}
