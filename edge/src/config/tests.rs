use super::*;

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
        assert_eq!(config.demand(path), demand, "{path}");
    }
}
