use super::*;
use sekisho_rules::{Amr, IdleRule, Timestamp};

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
fn a_site_has_rules_of_its_own_and_impossible_ones_are_refused_with_the_reason() {
    let with = |rules: &str| Config::parse(&DEMO.replacen("profile = \"jp-broker\"", rules, 1));
    let rules = |text: &str| with(text).unwrap().password.rules;
    assert_eq!(Config::parse(DEMO).unwrap().password.rules, Profile::JP_BROKER);
    assert_eq!(rules("profile = \"nist-63b-4\""), Profile::NIST_63B_4);
    assert_eq!(rules("profile = \"nist-63b-4-mfa\"").min_length(), 8);
    assert_eq!(rules("profile = \"custom\""), Profile::JP_BROKER);
    let own = "profile = \"custom\"\nmin_length = 6\nmin_kinds = 2\nsymbols = \"\"".to_owned();
    let own =
        Config::parse(&DEMO.replacen("profile = \"jp-broker\"", &own, 1).replace("refuse = []", "refuse = [\"date\"]"));
    let own = own.unwrap().password.rules;
    assert_eq!((own.min_length(), own.max_length(), own.min_kinds()), (6, 16, 2));
    assert_eq!(own.symbols().as_deref(), Some(""));
    assert!(own.refuses(sekisho_rules::password::Warning::Date));
    assert!(rules("profile = \"custom\"\nunicode = true").allows('漢'));
    for (text, said) in [
        ("profile = \"custom\"\nmin_length = 20", "min_length is above max_length"),
        ("profile = \"custom\"\nmin_length = 0", "an empty password would pass"),
        ("profile = \"custom\"\nmax_length = 129", "max_length is above 128"),
        ("profile = \"custom\"\nmin_kinds = 4\nsymbols = \"\"", "above the number of kinds"),
        ("profile = \"custom\"\nsymbols = \"-a\"", "'a' is not an ASCII punctuation mark"),
        ("profile = \"jp-broker\"\nmin_length = 8", "min_length: is not known"),
        ("profile = \"simple\"", "must be one of"),
    ] {
        let complaints: Vec<_> = with(text).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(
            complaints.iter().any(|one| one.starts_with("password.rules.") && one.contains(said)),
            "{complaints:?}"
        );
    }
    for (list, said) in [("[\"nothing\"]", "knows no warning"), ("1", "must be a list"), ("[1]", "must be a list")] {
        let complaints = Config::parse(&DEMO.replace("refuse = []", &format!("refuse = {list}"))).unwrap_err();
        assert!(
            complaints[0].place == "password.rules.refuse" && complaints[0].problem.contains(said),
            "{complaints:?}"
        );
    }
    let single = DEMO.replacen("profile = \"jp-broker\"", "profile = \"nist-63b-4-mfa\"", 1);
    let single = single.replace("second_factor = \"always\"", "second_factor = \"off\"");
    assert_eq!(Config::parse(&single).unwrap_err()[0].place, "password.rules.profile");
}

#[test]
fn an_outage_is_read_through_only_where_a_session_and_nothing_more_is_asked() {
    let with = |fields: &str| {
        let route = format!("[[routes]]\npath = \"/news\"\n{fields}\n\n[[routes]]\npath = \"/assets\"");
        Config::parse(&DEMO.replacen("[[routes]]\npath = \"/assets\"", &route, 1))
    };
    let last_known = |fields: &str| with(fields).unwrap().rule("/news/today").unwrap().last_known;
    assert!(last_known("outage = \"last_known\"") && !last_known("outage = \"refuse\"") && !last_known(""));
    for asked in [
        "demand = \"public\"",
        "demand = \"deny\"",
        "proof = \"passkey\"",
        "age = \"10m\"",
        "jti = true",
        "fresh = true",
    ] {
        let complaints = with(&format!("outage = \"last_known\"\n{asked}")).unwrap_err();
        assert!(complaints.iter().any(|complaint| complaint.place.ends_with("].outage")), "{asked}: {complaints:?}");
    }
    assert!(
        with("fresh = true").unwrap().rule("/news/today").unwrap().fresh
            && !with("").unwrap().rule("/news").unwrap().fresh
    );
    for demand in ["public", "deny"] {
        let complaints = with(&format!("fresh = true\ndemand = \"{demand}\"")).unwrap_err();
        assert!(complaints.iter().any(|complaint| complaint.place.ends_with("].fresh")), "{demand}: {complaints:?}");
    }
    let clients = |figure: &str| Config::parse(&DEMO.replace("client = 300", &format!("client = {figure}")));
    assert_eq!(clients("50").unwrap().limits.client, 50);
    for figure in ["9", "100001", "\"300\"", "-1"] {
        assert_eq!(clients(figure).unwrap_err()[0].place, "limits.client", "{figure}");
    }
}

#[test]
fn staffs_host_is_none_of_the_sites() {
    let with = |staff: &str| {
        let text = DEMO.replacen("[site]", "[site]\nentrances = [\"http://m.localhost:8787\"]", 1).replacen(
            "related_origins = []",
            "related_origins = [\"https://Other.localhost\"]",
            1,
        );
        Config::parse(&format!("{text}\n[staff]\norigin = \"http://{staff}:9000\"\n"))
    };
    for host in ["localhost", "m.localhost", "other.localhost"] {
        let complaints = with(host).unwrap_err();
        assert!(matches!(complaints.as_slice(), [one] if one.place == "staff.origin"), "{host}: {complaints:?}");
    }
    assert_eq!(with("staff.localhost").unwrap().staff.unwrap().host(), "staff.localhost");
}

/// The session section of the demo's config with `fields` in place of its own.
fn session(fields: &str) -> Result<Session, Vec<Complaint>> {
    let (before, rest) = DEMO.split_once("[session]").unwrap();
    let (_, after) = rest.split_once("[[channels]]").unwrap();
    Config::parse(&format!("{before}[session]\n{fields}\n[[channels]]{after}")).map(|config| config.session)
}

#[test]
fn sessions_last_as_their_profile_says_unless_a_field_says_otherwise() {
    for (fields, seconds) in [
        ("", [10_800, 300, 86_400]),
        ("profile = \"jp-broker\"", [10_800, 300, 86_400]),
        ("profile = \"nist-aal2\"", [1_800, 300, 43_200]),
        ("profile = \"nist-aal2\"\ntimeout = \"15m\"\nabsolute = \"15m\"", [900, 300, 900]),
    ] {
        let session = session(fields).unwrap();
        let found = [session.idle.timeout, session.idle.renewal_window, session.absolute].map(|one| one.as_secs());
        assert_eq!(found, seconds, "{fields}");
        assert_eq!((session.limit, session.at_limit), (10, AtLimit::Oldest), "{fields}");
    }
    assert_eq!(session("limit = 1\nat_limit = \"refuse\"").unwrap().at_limit, AtLimit::Refuse);
    let whole = session("").unwrap();
    let off = session("bound = \"off\"\nmoved = \"off\"").unwrap();
    assert_eq!((whole.bound, whole.moved, off.bound, off.moved), (true, true, false, false));
    for (fields, place) in [
        ("absolute = \"179m\"", "session.absolute"),
        ("absolute = \"721h\"", "session.absolute"),
        ("limit = 0", "session.limit"),
        ("at_limit = \"newest\"", "session.at_limit"),
        ("bound = \"required\"", "session.bound"),
        ("moved = true", "session.moved"),
        ("profile = \"nist-aal4\"", "session.profile"),
    ] {
        assert_eq!(session(fields).unwrap_err()[0].place, place, "{fields}");
    }
}

#[test]
fn the_headers_are_strict_unless_a_site_says_otherwise() {
    let (before, rest) = DEMO.split_once("[headers]").unwrap();
    let (_, after) = rest.split_once("[limits]").unwrap();
    let with = |fields: &str| {
        let text = format!("{before}[headers]\n{fields}\n[limits]{after}");
        let text = text.replace("http://localhost:8787", "https://www.broker.example");
        let text = text.replace("client_address = \"cloudflare\"", "client_address = \"proxy\"");
        Config::parse(&text.replace("rp_id = \"localhost\"", "")).map(|config| config.headers)
    };
    let strict = with("").unwrap();
    let names: Vec<&str> = strict.every.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "permissions-policy",
            "strict-transport-security",
            "content-security-policy",
        ]
    );
    let policy = "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; \
                  frame-ancestors";
    let worded = |headers: &Headers| (headers.every.last().unwrap().1.clone(), headers.passed.last().unwrap().clone());
    let own = format!("{policy} 'none'");
    assert_eq!(worded(&strict), (own.clone(), ("+content-security-policy".to_owned(), own)));
    assert_eq!(strict.every[..7], strict.passed[..7], "beside the application's own, and else the same");
    assert_eq!(worded(&with("frames = \"SAMEORIGIN\"").unwrap()).0, format!("{policy} 'self'"));
    for none in ["csp = []", "csp = []\ncsp_mode = \"report-only\""] {
        let headers = with(none).unwrap();
        assert!(!headers.nonce && headers.every.len() == 7 && headers.passed.len() == 8, "{none}");
    }
    let closed = |headers: Headers| headers.passed.iter().any(|(name, _)| name == "-access-control-allow-origin");
    assert!(closed(strict.clone()) && !closed(with("cors = \"origin\"").unwrap()));
    let reported = with("csp_mode = \"report-only\"").unwrap();
    assert_eq!(reported.passed.last().unwrap().0, "+content-security-policy-report-only");
    assert_eq!(strict.logout.as_deref(), Some("\"cache\""));
    let set = |fields: &str, name: &str| {
        let every = with(fields).unwrap().every;
        every.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    let policy = "csp = [\"default-src 'self'\", \"object-src 'none'\"]";
    let worded = Some("default-src 'self'; object-src 'none'".to_owned());
    assert_eq!(set(policy, "content-security-policy"), worded);
    assert_eq!(set(policy, "content-security-policy-report-only"), None);
    assert_eq!(set(&format!("{policy}\ncsp_mode = \"report-only\""), "content-security-policy-report-only"), worded);
    let nonce = with("csp = [\"script-src 'nonce' 'strict-dynamic'\"]").unwrap();
    let line = ("*content-security-policy", "script-src 'nonce-{nonce}' 'strict-dynamic'");
    assert!(nonce.nonce && nonce.every.contains(&(line.0.to_owned(), line.1.to_owned())), "{:?}", nonce.every);
    assert_eq!(set("hsts = \"\"", "strict-transport-security"), None);
    assert_eq!(set("opener = \"unsafe-none\"", "cross-origin-opener-policy").as_deref(), Some("unsafe-none"));
    assert_eq!(with("logout_clears = []").unwrap().logout, None);
    let most = with("logout_clears = [\"cookies\", \"storage\"]").unwrap();
    assert_eq!(most.logout.as_deref(), Some("\"cookies\", \"storage\""));
    for (fields, place) in [
        ("frames = \"ALLOW\"", "headers.frames"),
        ("csp = [\"default-src 'self'; script-src *\"]", "headers.csp"),
        ("csp = [\"default-src\\nx: y\"]", "headers.csp"),
        ("csp = [\"script-src {nonce}\"]", "headers.csp"),
        ("permissions = \"関所\"", "headers.permissions"),
        ("logout_clears = [\"everything\"]", "headers.logout_clears"),
        ("logout_clears = [\"cache\", \"cache\", \"cache\", \"cache\", \"cache\"]", "headers.logout_clears"),
    ] {
        assert_eq!(with(fields).unwrap_err()[0].place, place, "{fields}");
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

#[test]
fn empty_lists_and_routes_without_a_path_are_told_for_what_they_are() {
    let places = |text: &str| -> Vec<String> {
        Config::parse(text).unwrap_err().into_iter().map(|complaint| complaint.place).collect()
    };
    let empty = places("channels = []\nroutes = []\n");
    assert!(empty.contains(&"channels".to_owned()) && empty.contains(&"routes".to_owned()), "{empty:?}");
    let nameless = places(&format!("{DEMO}[[routes]]\nproof = \"passkey\"\n"));
    assert!(nameless.len() == 1 && nameless[0].ends_with("].path"), "{nameless:?}");
}

#[test]
fn what_would_shut_everybody_out_is_complained_of() {
    let away = DEMO.replace("http://localhost:8787", "https://www.broker.example").replace("rp_id = \"localhost\"", "");
    let places = |text: &str| {
        let complaints = Config::parse(text).err().unwrap_or_default();
        complaints.into_iter().map(|complaint| complaint.place).collect::<Vec<_>>()
    };
    let here = ["origin.url", "mail.url", "elsewhere.url", "events.url"];
    assert_eq!(places(&away), here, "Cloudflare reaches nothing on this machine");
    let submitted = away.replace("http://127.0.0.1:8788/internal/mail/v1/send", "smtp://localhost:2525");
    assert_eq!(places(&submitted), here);
    let proxied = away.replace("client_address = \"cloudflare\"", "client_address = \"proxy\"");
    assert_eq!((places(&proxied), places(DEMO)), (vec![], vec![]), "a proxy of one's own does");
    for (page, bad) in
        [("/login", false), ("/login/x", false), ("/LOGIN", true), ("/enter", true), ("/internal/login", true)]
    {
        let found = places(&DEMO.replace("page = \"/login\"", &format!("page = \"{page}\"")));
        assert_eq!(found, if bad { vec!["login.page"] } else { vec![] }, "{page}");
    }
}
