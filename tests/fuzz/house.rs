//! The edge that the targets run against: the demo's config over a store in memory, at the least Argon2 cost.

use sekisho_edge::memory::Memory;
use sekisho_edge::config::json_of;
use sekisho_edge::{House, Settings};
use sekisho_rules::Timestamp;

/// A private key from RFC 7515, appendix A.3: it guards nothing.
const JWK: &str = r#"[{"kty":"EC","crv":"P-256","kid":"fuzz","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]"#;

pub fn edge() -> Memory {
    let config = include_str!("../../edge/sekisho.toml").replace("19456", "7168").replace("passes = 2", "passes = 1");
    let config = json_of(&config).expect("the demo's config");
    let ring = format!("1:{}", "A".repeat(43));
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
        sms_token: "",
    });
    Memory::new(house.expect("the demo's config"), Timestamp::from_millis(1_795_323_900_000), 1)
}
