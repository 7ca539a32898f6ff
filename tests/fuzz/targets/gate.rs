//! Any packed request, by nobody and by a customer: no panic, and whatever passes has one meaning and was not denied, nor asked a
//! proof for that its session lacks, also as an origin reads it that maps paths without their parameters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_edge::config::json_of;
use sekisho_edge::gate::{Decision, is_plain_path};
use sekisho_edge::memory::Memory;
use sekisho_edge::{House, Settings};
use sekisho_rules::Timestamp;

#[path = "../house.rs"]
mod house;

/// Beside what the demo denies, a page that a password does not open.
const GUARDED: &str = "\n[[routes]]\npath = \"/withdraw\"\nproof = \"passkey\"\n";

thread_local! {
    static EDGE: (Memory, String) = (house::edge_with(GUARDED), house::cookie());
}

/// The path without parameters, in one case.
fn mapped(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%3b", ";");
    let names = path.split('/').map(|name| name.split(';').next().unwrap_or_default()).filter(|name| !name.is_empty());
    names.flat_map(|name| ["/", name]).collect()
}

fuzz_target!(|data: &[u8]| {
    let packed = String::from_utf8_lossy(data);
    EDGE.with(|(edge, cookie)| {
        let mut lines: Vec<_> = packed.split('\n').collect();
        if let Some(line) = lines.get_mut(2) {
            *line = cookie;
        }
        // No fuzzer forges a MAC: as it comes, a request is nobody's.
        for packed in [&*packed, &lines.join("\n")] {
            let decision = edge.pass_gate(packed);
            let text = decision.pack();
            assert!(!text.is_empty());
            if let Decision::Forward { url, request, .. } = decision {
                let target = url.strip_prefix(&edge.house.config().origin.url).expect("the configured origin");
                assert!(is_plain_path(target), "{target}");
                for guarded in ["/internal", "/withdraw"] {
                    let rest = mapped(target).strip_prefix(guarded).map(str::to_owned);
                    let meets = |rest: &String| rest.is_empty() || rest.starts_with(['/', '.']);
                    assert!(!rest.as_ref().is_some_and(meets), "{target}");
                }
                assert!(request.iter().any(|(name, _)| name == "sekisho-assertion"));
            }
        }
        let config = json_of(&packed).unwrap_or_else(|_| packed.to_string());
        let _ = House::build(&Settings {
            config: &config,
            mac_keys: &packed,
            name_keys: &packed,
            seal_keys: &packed,
            jwt_keys: &packed,
            mail_token: &packed,
            dkim_key: &packed,
            origin_token: &packed,
            ops_token: &packed,
            proxy_token: &packed,
            sms_token: &packed,
            app_keys: &packed,
        });
        assert!(edge.now() >= Timestamp::default());
    });
});
