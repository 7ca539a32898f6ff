//! The parser against our own table of user agents and against noise; client hints as real browsers send them.

use super::{Hints, Kind, MARKS, UserAgent, contradicts};
use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::BTreeSet;

/// Of each line: the user agent, the family, its version, the system, its version, the kind of device.
type Line = (String, String, u16, String, u16, String);

fn table() -> Vec<Line> {
    serde_json::from_str(include_str!("../../../../tests/vectors/user_agents.json")).unwrap()
}

#[test]
fn each_of_the_table_is_told() {
    let table = table();
    assert!(table.len() >= 120, "{} lines", table.len());
    let wrong: Vec<_> = table
        .iter()
        .filter_map(|(text, family, major, system, system_major, kind)| {
            let agent = UserAgent::parse(text);
            let told = (agent.family, agent.major, agent.system, agent.system_major, agent.kind.name());
            let right = (family.as_str(), *major, system.as_str(), *system_major, kind.as_str());
            (told != right).then(|| format!("{text}\n  told {told:?}\n  is   {right:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn marks_are_found_by_their_letters() {
    assert!(MARKS.is_sorted_by_key(super::Mark::letters));
    for mark in MARKS {
        let told = UserAgent::parse(&format!("{}9 x", mark.text));
        assert!(told != UserAgent::parse("9 x") || matches!(mark.says, super::Says::Trait(_)), "{}", mark.text);
    }
}

/// Cut off anywhere, with any byte changed, or made of marks in any order: an answer comes, from the names that there are.
#[test]
fn noise_is_taken_apart_too() {
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let mut below = |end: usize| usize::try_from(rng.next_u32()).unwrap() % end.max(1);
    let mut families = BTreeSet::new();
    for (text, ..) in table() {
        for end in text.char_indices().map(|(end, _)| end) {
            families.insert(UserAgent::parse(&text[..end]).family);
        }
        for _ in 0..10 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=below(8).min(bytes.len()) {
                let at = below(bytes.len());
                bytes.splice(at..(at + below(3)).min(bytes.len()), [u8::try_from(below(256)).unwrap()]);
            }
            families.insert(UserAgent::parse(&String::from_utf8_lossy(&bytes)).family);
        }
    }
    for _ in 0..1_000 {
        let separators = ["", "/", " ", ";", "(", "関", "/99999999999", "65535", ".", "\0"];
        let words =
            (0..below(60)).map(|_| [MARKS[below(MARKS.len())].text, separators[below(separators.len())]].concat());
        families.insert(UserAgent::parse(&words.collect::<String>()).family);
        let bytes: Vec<u8> = (0..below(700)).map(|_| u8::try_from(below(256)).unwrap()).collect();
        families.insert(UserAgent::parse(&String::from_utf8_lossy(&bytes)).family);
    }
    assert!(families.len() > 100, "the noise reached {} families", families.len());
}

#[test]
fn only_the_beginning_counts() {
    let chrome = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 ";
    let far = format!("{chrome}{}Edg/140.0.0.0", "x ".repeat(300));
    assert_eq!(UserAgent::parse(&far), UserAgent::parse(chrome));
    let near = format!("{chrome}{}Edg/140.0.0.0", "x ".repeat(100));
    assert_eq!(UserAgent::parse(&near).family, "Edge");
    assert_eq!(UserAgent::parse(&"関".repeat(400)).kind, Kind::Other);
}

#[test]
fn a_word_within_another_is_no_mark() {
    for text in ["NotChrome/99 PreFirefox/12", "Chromes/99", "Edgy/2", "myOPR/3", "online/12 outline/4"] {
        assert_eq!(UserAgent::parse(text).family, "?", "{text}");
    }
}

const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/";
const MACOS: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) ";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ";

fn agrees(agent: &str, brands: &str, mobile: &str, platform: &str) -> bool {
    !contradicts(&UserAgent::parse(agent), &Hints { brands, mobile, platform })
}

/// User agent, brands, mobile, platform: as the browsers send them.
fn honest() -> Vec<(String, &'static str, &'static str, &'static str)> {
    let chrome = r#""Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141""#;
    vec![
        (format!("{WINDOWS}141.0.0.0 Safari/537.36"), chrome, "?0", r#""Windows""#),
        (format!("{MACOS}141.0.0.0 Safari/537.36"), chrome, "?0", r#""macOS""#),
        (format!("{ANDROID}Chrome/141.0.0.0 Mobile Safari/537.36"), chrome, "?1", r#""Android""#),
        (format!("{ANDROID}Chrome/141.0.0.0 Safari/537.36"), chrome, "?0", r#""Android""#),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.93 Safari/537.36".into(),
            r#"" Not A;Brand";v="99", "Chromium";v="90", "Google Chrome";v="90""#,
            "?0",
            r#""Linux""#,
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36".into(),
            r#""Chromium";v="124", "Google Chrome";v="124", "Not-A.Brand";v="99""#,
            "?0",
            r#""Chrome OS""#,
        ),
        (
            format!("{WINDOWS}138.0.0.0 Safari/537.36"),
            r#""Not)A;Brand";v="8", "Chromium";v="138", "Brave";v="138""#,
            "?0",
            r#""Windows""#,
        ),
        (
            format!("{WINDOWS}124.0.0.0 Safari/537.36 Edg/124.0.0.0"),
            r#""Chromium";v="124", "Microsoft Edge";v="124", "Not-A.Brand";v="99""#,
            "?0",
            r#""Windows""#,
        ),
        (
            format!("{MACOS}124.0.0.0 Safari/537.36 Edg/124.0.0.0"),
            r#""Chromium";v="124", "Microsoft Edge";v="124", "Not-A.Brand";v="99""#,
            "?0",
            r#""macOS""#,
        ),
        (
            format!("{WINDOWS}124.0.0.0 Safari/537.36 Edg/124.0.0.0"),
            r#""Chromium";v="124", "Microsoft Edge";v="124", "Not-A.Brand";v="99", "Microsoft Edge WebView2";v="124""#,
            "?0",
            r#""Windows""#,
        ),
        (
            format!("{ANDROID}Chrome/124.0.0.0 Mobile Safari/537.36 EdgA/124.0.0.0"),
            r#""Chromium";v="124", "Microsoft Edge";v="124", "Not-A.Brand";v="99""#,
            "?1",
            r#""Android""#,
        ),
        (
            format!("{ANDROID}SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36"),
            r#""Not/A)Brand";v="99", "Samsung Internet";v="23.0", "Chromium";v="115""#,
            "?1",
            r#""Android""#,
        ),
        (
            format!("{WINDOWS}124.0.0.0 Safari/537.36 OPR/110.0.0.0"),
            r#""Chromium";v="124", "Opera";v="110", "Not-A.Brand";v="99""#,
            "?0",
            r#""Windows""#,
        ),
        (
            format!("{WINDOWS}123.0.0.0 Safari/537.36 OPR/109.0.0.0 (Edition GX)"),
            r#""Opera GX";v="109", "Not:A-Brand";v="8", "Chromium";v="123""#,
            "?0",
            r#""Windows""#,
        ),
        (
            format!("{MACOS}124.0.0.0 Safari/537.36 OPR/110.0.0.0"),
            r#""Chromium";v="124", "Opera";v="110", "Not-A.Brand";v="99""#,
            "?0",
            r#""macOS""#,
        ),
        (
            format!("{ANDROID}Chrome/130.0.0.0 Mobile Safari/537.36 OPR/86.0.0.0"),
            r#""OperaMobile";v="86", ";Not A Brand";v="99", "Opera";v="115", "Chromium";v="130""#,
            "?1",
            r#""Android""#,
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A546E; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.82 \
             Mobile Safari/537.36 Line/14.6.2/IAB"
                .into(),
            r#""Chromium";v="124", "Android WebView";v="124", "Not-A.Brand";v="99""#,
            "?1",
            r#""Android""#,
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A546E; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.82 \
             Mobile Safari/537.36"
                .into(),
            r#""Chromium";v="124", "Android WebView";v="124", "Not-A.Brand";v="99""#,
            "?1",
            r#""Android""#,
        ),
        (
            format!("{ANDROID}Chrome/99.0.4844.88 HuaweiBrowser/12.1.0.303 Mobile Safari/537.36"),
            r#""Not A;Brand";v="99", "Chromium";v="99", "HuaweiBrowser";v="99""#,
            "?1",
            r#""Android""#,
        ),
        (
            format!("{WINDOWS}124.0.0.0 Safari/537.36 Vivaldi/6.7"),
            r#""Chromium";v="124", "Not-A.Brand";v="99""#,
            "?0",
            r#""Windows""#,
        ),
        (format!("{IPHONE}Version/18.6 Mobile/15E148 Safari/604.1"), "", "", ""),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0".into(), "", "", ""),
    ]
}

#[test]
fn honest_browsers_agree_with_themselves() {
    for (agent, brands, mobile, platform) in honest() {
        assert!(agrees(&agent, brands, mobile, platform), "{agent}\n{brands} {mobile} {platform}");
        assert!(agrees(&agent, "", "", ""), "{agent}");
    }
}

/// Another version, system or kind of device than the one sent.
#[test]
fn each_hint_can_contradict() {
    for (agent, brands, mobile, platform) in honest().into_iter().filter(|honest| !honest.1.is_empty()) {
        let system = if platform == r#""Windows""# { r#""macOS""# } else { r#""Windows""# };
        assert!(!agrees(&agent, brands, mobile, system), "{agent}\n{system}");
        let kind = if mobile == "?1" { "?0" } else { "?1" };
        let tablet = UserAgent::parse(&agent).kind == Kind::Tablet;
        assert_eq!(agrees(&agent, brands, kind, platform), tablet, "{agent}\n{kind}");
        let of_another = brands
            .replace("v=\"1", "v=\"2")
            .replace("v=\"9", "v=\"3")
            .replace("v=\"8", "v=\"4")
            .replace("v=\"23.0", "v=\"24.0");
        let judged = !["Line/", "Vivaldi/", "HuaweiBrowser/"].iter().any(|other| agent.contains(other));
        assert_eq!(agrees(&agent, &of_another, mobile, platform), !judged, "{agent}\n{of_another}");
    }
}

#[test]
fn another_family_contradicts() {
    let chrome = r#""Google Chrome";v="124", "Not?A_Brand";v="8", "Chromium";v="124""#;
    let edge = r#""Chromium";v="124", "Microsoft Edge";v="124", "Not-A.Brand";v="99""#;
    let headless = r#""Chromium";v="124", "HeadlessChrome";v="124", "Not-A.Brand";v="99""#;
    let webview = r#""Chromium";v="124", "Android WebView";v="124", "Not-A.Brand";v="99""#;
    let agent = format!("{WINDOWS}124.0.0.0 Safari/537.36");
    for brands in [edge, headless, webview] {
        assert!(!agrees(&agent, brands, "?0", r#""Windows""#), "{brands}");
    }
    for browser in ["Edg/124.0.0.0", "OPR/124.0.0.0"] {
        assert!(!agrees(&format!("{agent} {browser}"), chrome, "?0", r#""Windows""#), "{browser}");
    }
    // No browser made of anything but Chromium sends a list.
    let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:124.0) Gecko/20100101 Firefox/124.0";
    let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15";
    let ios = format!("{IPHONE}CriOS/124.0.6367.71 Mobile/15E148 Safari/604.1");
    for agent in [firefox, safari, ios.as_str()] {
        assert!(!agrees(agent, chrome, "", ""), "{agent}");
    }
}

#[test]
fn what_cannot_be_read_says_nothing() {
    let agent = format!("{WINDOWS}124.0.0.0 Safari/537.36");
    let long = format!("{}\"Microsoft Edge\";v=\"124\"", r#""関関関関";v="99", "#.repeat(60));
    for brands in [
        "x",
        "\"",
        "\"Microsoft Edge",
        "\"Microsoft Edge\";",
        "\"Microsoft Edge\";v=124",
        "\\\"",
        ",,,",
        "\"関\";v=\"9\"",
        &long,
    ] {
        assert!(agrees(&agent, brands, "?2", "\"Unknown\""), "{brands}");
    }
    // A brand may hold what parts brands.
    assert!(!agrees(&agent, r#""a\",\\;v=b";v="1" , "Microsoft Edge" ; v="124""#, "", ""));
    // A program visits as it likes; nothing is known of a system that is not told.
    assert!(agrees("curl/8.7.1", r#""Google Chrome";v="124""#, "?1", "\"Windows\""));
    assert!(agrees("", r#""Google Chrome";v="124""#, "?1", "\"Windows\""));
}
