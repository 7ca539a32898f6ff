//! The edge that the targets run against: the demo's config over a store in memory, at the least Argon2 cost.

use sekisho_edge::account::{AccountId, SessionState};
use sekisho_edge::config::json_of;
use sekisho_edge::gate::Cookie;
use sekisho_edge::keys::Keys;
use sekisho_edge::memory::Memory;
use sekisho_edge::{House, Settings};
use sekisho_rules::{Amr, Timestamp};
use std::time::Duration;

/// A private key from RFC 7515, appendix A.3: it guards nothing.
const JWK: &str = r#"[{"kty":"EC","crv":"P-256","kid":"fuzz","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]"#;

/// When everything happens.
const NOW: Timestamp = Timestamp::from_millis(1_795_323_900_000);

#[allow(dead_code, reason = "each target takes what it needs of this file")]
pub fn edge() -> Memory {
    edge_with("")
}

/// The same with more of a config behind the demo's.
pub fn edge_with(more: &str) -> Memory {
    let config = include_str!("../../edge/sekisho.toml").replace("19456", "7168").replace("passes = 2", "passes = 1");
    let config = json_of(&(config + more)).expect("the demo's config");
    let ring = ring();
    let house = House::build(&Settings {
        config: &config,
        mac_keys: &ring,
        name_keys: &ring,
        seal_keys: &ring,
        jwt_keys: JWK,
        mail_token: "mail-token-of-the-fuzzer",
        dkim_key: "",
        origin_token: "origin-token-of-the-fuzzer",
        ops_token: "ops-token-of-the-fuzzer",
        proxy_token: "",
        app_keys: "app-keys-of-tests-32-characters-long",
        sms_token: "",
    });
    Memory::new(house.expect("the demo's config"), NOW, 1)
}

fn ring() -> String {
    format!("1:{}", "A".repeat(43))
}

/// The cookie of a customer whose lease holds, with whom no account needs to be asked.
#[allow(dead_code, reason = "each target takes what it needs of this file")]
pub fn cookie() -> String {
    let keys = Keys::parse(&ring(), &ring(), &ring(), JWK).expect("the keys of the house");
    let end = NOW + Duration::from_secs(60);
    let session = SessionState {
        customer: "10000001".to_owned(),
        deadline: end,
        auth_time: NOW,
        amr: Amr::PASSWORD,
        channel: "pc-main".to_owned(),
        bound: None,
        elevated: Some(false),
        moved: false,
    };
    let (account, id) = (AccountId([1; 16]), [1; 32].into());
    let cookie = Cookie { account, id, entrance: 0, lease: end, place: Default::default(), session };
    format!("__Host-sekisho={}", cookie.seal(&keys))
}
