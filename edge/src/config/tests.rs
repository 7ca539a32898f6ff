use super::*;
use sekisho_rules::{Amr, Timestamp};

const DEMO: &str = include_str!("../../sekisho.toml");

#[test]
fn the_demo_config_is_accepted() {
    let config = Config::parse(DEMO).unwrap();
    assert_eq!(config.session.idle, IdleRule::JP_BROKER);
    assert_eq!(config.password.memory, 19_456);
    assert_eq!(config.host(), "localhost");
}

#[test]
fn every_complaint_comes_at_once() {
    let text = DEMO
        .replace("http://localhost:8787", "http://broker.example")
        .replace("timeout = \"180m\"", "timeout = \"4m\"")
        .replace("attempts = 10", "attempts = 0\nattemps = 3")
        .replace("demand = \"deny\"", "demand = \"closed\"");
    let complaints = Config::parse(&text).unwrap_err();
    let places: Vec<&str> = complaints.iter().map(|complaint| complaint.place.as_str()).collect();
    for place in ["site.origin", "session.renewal_window", "login.attempts", "login.attemps", "passkey.rp_id"] {
        assert!(places.contains(&place), "{place} missing in {places:?}");
    }
    assert!(places.iter().any(|place| place.starts_with("routes[")));
}

#[test]
fn an_empty_file_names_what_is_missing() {
    let complaints = Config::parse("").unwrap_err();
    for place in ["site.origin", "origin.url", "channels", "routes", "mail.url"] {
        assert!(complaints.iter().any(|complaint| complaint.place == place), "{place}");
    }
}

#[test]
fn a_prefix_ends_at_a_segment() {
    let config = Config::parse(DEMO).unwrap();
    for (path, demand) in [
        ("/", Demand::Public),
        ("/home", Demand::Session),
        ("/assets/a.css", Demand::Public),
        ("/assetsx", Demand::Session),
        ("/internal", Demand::Deny),
        ("/internal/verify", Demand::Deny),
        ("/openx", Demand::Session),
        ("/anything/else", Demand::Session),
    ] {
        assert_eq!(config.demand(path).0, demand, "{path}");
    }
}

#[test]
fn a_route_asks_how_surely_and_how_lately() {
    let routes = r#"
[[routes]]
path = "/withdraw"
proof = "passkey"
age = "10m"

[[routes]]
path = "/withdraw/help"

[[routes]]
path = "/trade"
proof = "factors"

[[routes]]
path = "/withdraw/terms"
demand = "public"
"#;
    let config = Config::parse(&format!("{DEMO}{routes}")).unwrap();
    let now = Timestamp::from_millis(3_600_000);
    let met = |path: &str, amr: Amr, age: u64| {
        let (demand, proof) = config.demand(path);
        assert_eq!(demand, Demand::Session, "{path}");
        proof.is_met(amr, now - Duration::from_secs(age), now)
    };
    let (password, coded, passkey) = (Amr::PASSWORD, Amr::PASSWORD | Amr::CODE, Amr::PASSKEY | Amr::USER_VERIFIED);
    for path in ["/withdraw", "/withdraw/now", "/Withdraw", "/WITHDRAW/now", "/withdraw/TERMS"] {
        assert!(met(path, passkey, 600), "{path}");
        assert!(!met(path, passkey, 601), "{path}");
        assert!(!met(path, coded, 0), "{path}");
    }
    for path in ["/withdraw/help", "/withdrawal", "/home"] {
        assert!(met(path, password, 3_000), "{path}");
    }
    assert_eq!(config.demand("/withdraw/terms").0, Demand::Public);
    assert!(!met("/trade", password, 0) && met("/trade", coded, 3_000) && met("/trade", passkey, 3_000));
}

#[test]
fn a_proof_is_for_sessions_and_not_for_the_page_that_gives_it() {
    let with = |routes: &str| Config::parse(&format!("{DEMO}{routes}")).unwrap_err();
    let public = with("[[routes]]\npath = \"/x\"\ndemand = \"public\"\nproof = \"passkey\"\n");
    assert!(public[0].place.starts_with("routes[") && public[0].place.ends_with("].proof"), "{public:?}");
    let looped = with("[[routes]]\npath = \"/confirm\"\nage = \"10m\"\n");
    assert_eq!(looped[0].place, "login.confirm");
}
