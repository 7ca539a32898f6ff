//! Client hints beside the user agent: both come from one browser and have to tell one story (User-Agent Client Hints,
//! section 3).

use super::marks::{
    ANDROID, ANDROID_WEBVIEW, CHROME, CHROME_OS, EDGE, FIREFOX, HARMONY_OS, HEADLESS_CHROME, IE, IE_MOBILE, IOS, MACOS,
    OPERA, SAFARI, SAMSUNG, WINDOWS, WK_WEBVIEW, YANDEX,
};
use super::{Kind, UserAgent};

/// How many bytes of a list of brands are looked at.
const LOOKED_AT: usize = 512;

/// What all browsers made of Chromium have among their brands.
const CHROMIUM: &str = "Chromium";

/// The families whose brand is known and bears the version of the user agent, by the beginning of the brand. (Huawei's bears
/// Chromium's.)
const BRANDS: [(&str, &str); 8] = [
    ("Google Chrome", CHROME),
    ("Microsoft Edge", EDGE),
    ("Opera", OPERA),
    ("Samsung Internet", SAMSUNG),
    ("YaBrowser", YANDEX),
    ("Yandex", YANDEX),
    ("HeadlessChrome", HEADLESS_CHROME),
    ("Android WebView", ANDROID_WEBVIEW),
];

/// What a request's client hints say, as they stand in its headers; what is absent is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints<'a> {
    /// `Sec-CH-UA`: a list of brands with their versions.
    pub brands: &'a str,
    /// `Sec-CH-UA-Mobile`: `?1` or `?0`.
    pub mobile: &'a str,
    /// `Sec-CH-UA-Platform`: a quoted name.
    pub platform: &'a str,
}

/// Whether `hints` say another family, major version, system or kind of device than `agent` does. What is absent, cannot be
/// read or is unknown to us says nothing; neither do bots.
///
/// ```
/// use sekisho_edge::risk::{Hints, UserAgent, contradicts};
/// let agent = UserAgent::parse("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0.0.0 Safari/537.36");
/// assert!(!contradicts(&agent, &Hints { platform: "\"Windows\"", ..Hints::default() }));
/// assert!(contradicts(&agent, &Hints { platform: "\"Linux\"", ..Hints::default() }));
/// ```
pub fn contradicts(agent: &UserAgent, hints: &Hints) -> bool {
    if agent.kind == Kind::Bot {
        return agent.family == HEADLESS_CHROME && other_browser(agent, hints.brands);
    }
    other_browser(agent, hints.brands) || other_system(agent, hints.platform) || other_kind(agent, hints.mobile)
}

fn other_browser(agent: &UserAgent, list: &str) -> bool {
    let list = list.get(..list.floor_char_boundary(LOOKED_AT)).unwrap_or_default();
    let brands = || Brands(list);
    if !brands().any(|(name, _)| name == CHROMIUM || family(name).is_some()) {
        return false;
    }
    // Only browsers made of Chromium send a list; on iOS none is.
    if agent.system == IOS || matches!(agent.family, SAFARI | WK_WEBVIEW | IE | IE_MOBILE | FIREFOX) {
        return true;
    }
    // An app within which pages are shown, and a browser whose brand we do not know, go by either name.
    if !BRANDS.iter().any(|(_, known)| *known == agent.family) {
        return false;
    }
    if brands().any(|(name, _)| family(name).is_some_and(|family| family == agent.family)) {
        return !brands().any(|(name, major)| major == agent.major && family(name) == Some(agent.family));
    }
    // Brave and others call themselves Chrome, or its view, in the user agent alone: then Chromium's version has to be the same.
    let foreign = brands().any(|(name, _)| family(name).is_some());
    let unnamed = matches!(agent.family, CHROME | ANDROID_WEBVIEW);
    foreign || !unnamed || !brands().any(|brand| brand == (CHROMIUM, agent.major))
}

fn family(brand: &str) -> Option<&'static str> {
    BRANDS.iter().find(|(begin, _)| brand.starts_with(begin)).map(|(_, family)| *family)
}

fn other_system(agent: &UserAgent, platform: &str) -> bool {
    let said = match platform.trim().trim_matches('"') {
        "Windows" => WINDOWS,
        "macOS" => MACOS,
        "Android" => ANDROID,
        "iOS" => IOS,
        "Chrome OS" | "Chromium OS" => CHROME_OS,
        "Linux" => "Linux",
        _ => return false,
    };
    match agent.system {
        WINDOWS | MACOS | ANDROID | IOS | CHROME_OS => said != agent.system,
        // Its older ones are Androids.
        HARMONY_OS => said != ANDROID,
        "Linux" | "Ubuntu" | "Fedora" | "Debian" | "CentOS" => said != "Linux",
        _ => false,
    }
}

fn other_kind(agent: &UserAgent, mobile: &str) -> bool {
    // Tablets say either: what they are shown is for them to choose.
    matches!((mobile.trim(), agent.kind), ("?1", Kind::Desktop) | ("?0", Kind::Phone))
}

/// The brands of a list with the first number of their versions: strings with a parameter `v` (RFC 9651, section 3.1).
/// A brand may hold commas and semicolons, some are made up so that nobody splits there.
struct Brands<'a>(&'a str);

impl<'a> Iterator for Brands<'a> {
    type Item = (&'a str, u16);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = quoted(self.0)?;
        let (version, rest) = quoted(rest.trim_start().strip_prefix(";")?.trim_start().strip_prefix("v=")?)?;
        let rest = rest.trim_start();
        self.0 = rest.strip_prefix(',').unwrap_or_default();
        let major = version.split('.').next().unwrap_or_default().parse().unwrap_or(0);
        Some((name, major))
    }
}

/// The quoted string that `text` begins with, as it is written, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = text.find(|c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}
