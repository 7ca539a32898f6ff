//! Any text as what a browser or the platform says of itself: user agent, place, a page's rules for passwords. No panic, no
//! name that is not ours, and nothing longer than what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_edge::risk::{Networks, Platform, UserAgent};
use sekisho_rules::password::attribute;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let agent = UserAgent::parse(&text);
    assert!(agent.family.len() < 32 && agent.system.len() < 32, "a name of the client's own");
    assert!(!(cfg!(planted) && agent.family == "Firefox" && agent.major > 999), "the planted fault");
    let platform = Platform::read(&text);
    assert!(platform.city.is_none_or(|city| city.len() <= data.len() * 3));
    let _ = attribute::parse(&text);
    let _ = Networks::parse(&text);
});
