use super::*;
use crate::memory::testing::house_with;

/// The brokers' eight channels, each told by its own mark, and an alternate entrance.
const EIGHT: &str = r#"
[[channels]]
name = "pc-site"
ja = "PC"
en = "PC"
[[channels]]
name = "pc-alternate"
ja = "PC"
en = "PC"
origin = "http://alt.localhost:8787"
[[channels]]
name = "smartphone-site"
ja = "SP"
en = "SP"
mobile = true
[[channels]]
name = "smartphone-app"
ja = "A"
en = "A"
app = "smartphone-app"
[[channels]]
name = "stock-futures-app"
ja = "A"
en = "A"
app = "stock-futures-app"
threshold = -9000
[[channels]]
name = "trading-tool"
ja = "T"
en = "T"
app = "trading-tool"
renewal = "sliding"
timeout = "30m"
[[channels]]
name = "fx-pc"
ja = "FX"
en = "FX"
path = "/fx"
[[channels]]
name = "fx-phone"
ja = "FX"
en = "FX"
path = "/fx"
mobile = true
[[channels]]
name = "fund-site"
ja = "F"
en = "F"
path = "/fx/funds"
"#;

fn eight() -> Config {
    let house = house_with(|config| {
        let (before, rest) = config.split_once("# The channels by which customers come").unwrap();
        let (_, after) = rest.split_once("# What a path demands").unwrap();
        let before = before.replacen("[site]\n", "[site]\nentrances = [\"http://alt.localhost:8787\"]\n", 1);
        format!("{before}{EIGHT}\n#{after}")
    });
    house.config().clone()
}

#[test]
fn the_most_decisive_mark_tells_the_channel() {
    let config = eight();
    for (entrance, path, app, mobile, wanted) in [
        (0, "/home", "", false, "pc-site"),
        (0, "/home", "no-such-app", false, "pc-site"),
        (0, "/home", "Trading-Tool", false, "pc-site"),
        (0, "/home", "", true, "smartphone-site"),
        (0, "/fx", "", false, "fx-pc"),
        (0, "/fx/rates", "", true, "fx-phone"),
        (0, "/fxx", "", true, "smartphone-site"),
        (0, "/FX", "", false, "pc-site"),
        (0, "/fx/funds/1", "", true, "fund-site"),
        (1, "/fx/funds", "", true, "pc-alternate"),
        (1, "/fx", "trading-tool", true, "trading-tool"),
        (0, "/fx", "stock-futures-app", true, "stock-futures-app"),
        (0, "", "smartphone-app and-a-word-too-many", true, "smartphone-app"),
        (9, "/", "", false, "pc-site"),
    ] {
        let found = config.channel(&Shown { entrance, path, app, mobile, signed: false }).unwrap();
        assert_eq!(found.name, wanted, "{entrance} {path} {app} {mobile}");
    }
}

#[test]
fn an_app_that_signs_is_it_by_that_alone() {
    let config = house_with(|config| config).config().clone();
    let told = |app: &str, signed| config.channel(&Shown { app, signed, ..Shown::default() }).unwrap().name.clone();
    assert_eq!(told("kakeibo 1795323900 00", true), "kakeibo");
    assert_eq!(told("smartphone-app 1795323900 00", true), "smartphone-app");
    for (app, signed) in
        [("kakeibo", false), ("kakeibo 1795323900 00", false), ("kakeib 1 00", true), (" kakeibo", true)]
    {
        assert_eq!(told(app, signed), "pc-main", "{app}");
    }
}

#[test]
fn an_origin_is_known_by_host_and_port_and_any_other_is_the_first() {
    let config = eight();
    for (authority, wanted) in [
        ("localhost:8787", 0),
        ("alt.localhost:8787", 1),
        ("alt.localhost", 0),
        ("alt.localhost:87870", 0),
        ("evil.example", 0),
        ("", 0),
    ] {
        assert_eq!(config.entrance(authority), wanted, "{authority}");
    }
    assert_eq!((config.origin_of(1), config.origin_of(7)), ("http://alt.localhost:8787", "http://localhost:8787"));
}

#[test]
fn what_a_channel_leaves_out_is_as_the_site_has_it() {
    let config = eight();
    let (tool, other) = (config.session_of("trading-tool"), config.session_of("fx-pc"));
    assert!(tool.idle.sliding && tool.idle.timeout.as_secs() == 1800 && tool.absolute == config.session.absolute);
    assert_eq!((other.idle, other.absolute), (config.session.idle, config.session.absolute));
    assert_eq!(config.session_of("gone").idle, config.session.idle);
    assert_eq!(config.threshold("fx-pc", true), -2_100);
    for (name, known) in [("fx-pc", false), ("gone", true), ("stock-futures-app", true)] {
        assert_eq!(config.threshold(name, known), -9_000, "{name}");
    }
}

#[test]
fn a_limited_channel_reads_what_it_names_and_no_more() {
    let config = house_with(|config| config).config().clone();
    let kakeibo = config.channel_named("kakeibo").unwrap();
    assert!(kakeibo.may("/api/balance", true) && kakeibo.may("/api/balance/today", true));
    for (path, reads) in
        [("/api/balance", false), ("/api/balances", true), ("/API/balance", true), ("/home", true), ("/", true)]
    {
        assert!(!kakeibo.may(path, reads), "{path}");
    }
    assert!(config.channel_named("pc-main").unwrap().may("/withdraw", false));
    assert!(config.is_limited("gone") && !config.is_limited("pc-main"), "one that is gone may have been limited");
}

#[test]
fn a_path_tells_nothing_where_pages_do_not_tell_it() {
    let demo = include_str!("../../../sekisho.toml");
    let fx = "[[channels]]\nname = \"fx\"\nja = \"FX\"\nen = \"FX\"\npath = \"/fx\"\n\n# What a path demands";
    let fx = demo.replacen("# What a path demands", fx, 1);
    assert!(Config::parse(&fx).is_ok());
    for (policy, good) in [("same-origin", true), ("strict-origin", false), ("no-referrer", false)] {
        let text = fx.replace("referrer = \"strict-origin-when-cross-origin\"", &format!("referrer = \"{policy}\""));
        let found = Config::parse(&text).err().unwrap_or_default();
        let told = found.iter().any(|one| one.place == "channels[4].path");
        assert_eq!((told, found.len()), (!good, usize::from(!good)), "{policy}: {found:?}");
    }
}
