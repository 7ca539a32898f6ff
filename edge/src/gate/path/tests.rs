use super::*;
use crate::gate::{Decision, is_own};
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with};

/// Each thing that a rule can ask beside a session, at a path of its own, and a public page below one.
const ROUTES: &str = r#"
[[routes]]
path = "/withdraw"
proof = "passkey"

[[routes]]
path = "/withdraw/terms"
demand = "public"

[[routes]]
path = "/recent"
age = "10m"

[[routes]]
path = "/funds"
amr = ["hwk"]

[[routes]]
path = "/order"
jti = true

[[routes]]
path = "/fresh"
fresh = true
"#;

fn gate() -> (Memory, Browser) {
    let memory = Memory::new(house_with(|config| config + ROUTES), START, 1);
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    // From here on the cookie is remembered.
    assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Forward { .. }));
    memory.house.decide_packed(memory.now(), &browser.packed("/home"));
    (memory, browser)
}

/// What becomes of a customer's request for `path`, in a word; by memory and without it the same.
fn becomes(memory: &Memory, browser: &Browser, path: &str) -> String {
    let packed = browser.packed(path);
    let decided = memory.house.decide(memory.now(), &packed);
    let remembered = memory.house.decide_packed(memory.now(), &packed);
    match &decided {
        // Each refusal has a number of its own.
        Decision::Refuse { status, .. } => {
            assert!(remembered.starts_with(&format!("refuse\n{status}\n")), "{path}: {remembered}")
        }
        _ => assert_eq!(remembered, decided.pack(), "{path}"),
    }
    decided.pack().lines().take(2).collect::<Vec<_>>().join(" ")
}

/// Spellings of `/x` and of what lies below it that some origin takes for just that.
fn spellings(path: &str) -> Vec<String> {
    let bare = [
        "",
        ";",
        ";x",
        ";x=1;y=2",
        ";/",
        ";x=1/now",
        "%3b",
        "%3Bx=1",
        "%3bx/now",
        "/now;x=1",
        ";x/;y",
        ".html",
        ".JSON",
        ".html;x",
        ".html/",
        ".",
        ".php/x",
        ".html/now",
        ".do;x/now.json",
    ];
    bare.iter().flat_map(|end| [format!("{path}{end}"), format!("{}{end}", path.to_uppercase())]).collect()
}

#[test]
fn no_path_parameter_and_no_ending_walks_past_a_rule() {
    let (memory, browser) = gate();
    for (path, wanted) in [
        ("/internal", "refuse 404"),
        ("/withdraw", "refuse 303"),
        ("/funds", "refuse 303"),
        ("/order", "ask"),
        ("/fresh", "ask"),
    ] {
        for path in spellings(path) {
            assert_eq!(becomes(&memory, &browser, &path), wanted, "{path}");
        }
    }
    memory.pass(std::time::Duration::from_secs(601));
    memory.pass_gate(&browser.packed("/home"));
    for path in spellings("/recent") {
        assert!(matches!(memory.pass_gate(&browser.packed(&path)), Decision::Refuse { status: 303, .. }), "{path}");
    }
}

#[test]
fn a_name_of_nothing_but_parameters_is_refused() {
    let (memory, browser) = gate();
    for path in
        ["/;/withdraw", "/;x=1/internal", "/%3b/withdraw", "/%3Bx/internal", "/a/;x/b", "/a/;/", "/.;/a", "/a/..;x"]
    {
        assert_eq!(becomes(&memory, &browser, path), "refuse 400", "{path}");
    }
}

#[test]
fn a_first_page_with_a_parameter_is_that_page_and_is_forwarded_as_it_came() {
    let (memory, browser) = gate();
    for path in [
        "/;jsessionid=1",
        "/login;jsessionid=1?a=;b",
        "/withdraw/terms;v=2",
        "/withdraw;v=2/terms",
        "/home;jsessionid=1",
    ] {
        let Decision::Forward { url, .. } = memory.pass_gate(&browser.packed(path)) else { panic!("{path}") };
        assert_eq!(url, format!("http://127.0.0.1:8788{path}"));
    }
    let visitor = Browser::default();
    for path in ["/login;jsessionid=1", "/assets;x/a.css"] {
        assert!(matches!(memory.pass_gate(&visitor.packed(path)), Decision::Forward { .. }), "{path}");
    }
    for path in ["/login.html", "/home;/login", "/loginx;/"] {
        assert!(matches!(memory.pass_gate(&visitor.packed(path)), Decision::Refuse { .. }), "{path} is not public");
    }
}

#[test]
fn what_is_ours_stays_ours_under_parameters() {
    let (memory, browser) = gate();
    for path in ["/.sekisho;x/me", "/.sekisho%3bx/ops/import", "/.well-known;x/jwks.json", "/.well-known/jwks.json;x"] {
        assert!(is_own(path), "{path}");
        assert_eq!(becomes(&memory, &browser, path), "own", "{path}");
    }
}

#[test]
fn escapes_that_are_no_utf_8_are_refused() {
    for odd in ["/a%c0%af", "/%C0%AEb", "/a%e0%80%af", "/%ff", "/%e6%9c", "/%ed%a0%80", "/a%+5", "/a%8", "/%c3x%a9"] {
        assert!(!is_plain_path(odd), "{odd}");
    }
    for plain in ["/%e6%9c%88", "/caf%C3%A9/%20", "/a%3bx", "/%F0%9F%94%91"] {
        assert!(is_plain_path(plain), "{plain}");
    }
}
