//! Any packed request: no panic, and whatever passes has one meaning and was not denied.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_edge::config::json_of;
use sekisho_edge::gate::{Decision, is_plain_path};
use sekisho_edge::memory::Memory;
use sekisho_edge::{House, Settings};
use sekisho_rules::Timestamp;

#[path = "../house.rs"]
mod house;

thread_local! {
    static EDGE: Memory = house::edge();
}

fuzz_target!(|data: &[u8]| {
    let packed = String::from_utf8_lossy(data);
    EDGE.with(|edge| {
        let decision = edge.pass_gate(&packed);
        let text = decision.pack();
        assert!(!text.is_empty());
        if let Decision::Forward { url, request, .. } = decision {
            let target = url.strip_prefix(&edge.house.config().origin.url).expect("the configured origin");
            assert!(is_plain_path(target), "{target}");
            assert!(!target.to_ascii_lowercase().starts_with("/internal"), "{target}");
            // No fuzzer forges a MAC: everybody is anonymous.
            assert!(request.iter().any(|(name, _)| name == "sekisho-assertion"));
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
        });
        assert!(edge.now() >= Timestamp::default());
    });
});
