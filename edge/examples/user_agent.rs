//! Takes user agents apart, one a line of the standard input: `cargo run --release -p sekisho-edge --example user_agent < FILE`.
//! Each line of the output is `family`, `major`, `OS family` and device class (`phone`, `tablet`, `desktop`, `bot`, `other`),
//! between tabs; what is unknown is `Other`, a version that is unknown or none is empty. An empty line counts as one.
//!
//! Families and systems are printed under the names of the common collections (`Chrome Mobile`, `Mac OS X`), so that both
//! can be compared as they stand. Ours are coarser, for a customer's eye and for what is usual with an account:
//!
//! | ours | printed, by system and device |
//! |---|---|
//! | `Chrome` | `Chrome Mobile iOS` (iOS), `Chrome Mobile` (a phone, or one that says Chrome on iOS and is none), `Chrome` |
//! | `Android WebView` | `Chrome Mobile WebView` |
//! | `Edge` | `Edge Mobile` (Android, iOS, Windows Phone), `Edge` |
//! | `Firefox` | `Firefox iOS` (iOS), `Firefox Mobile` (Android, a phone), `Firefox` |
//! | `Safari` | `Mobile Safari` (iOS), `Safari` |
//! | `WKWebView` | `Mobile Safari UI/WKWebView` (iOS), `Apple Mail` (macOS) |
//! | `Opera` | `Opera Mobile` (a phone), `Opera` |
//! | `Android Browser` | `Android` |
//! | `DuckDuckGo` | `DuckDuckGo Mobile` (Android, iOS), `DuckDuckGo` |
//! | `QQ Browser`, `UC Browser` and the rest | the same |
//! | system `macOS` | `Mac OS X` |
//! | system `ChromeOS` | `Chrome OS` |
//! | system `webOS` | `webOS` |

use sekisho_edge::risk::{Kind, UserAgent};
use std::io::{self, BufRead, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        let agent = UserAgent::parse(text.trim_end_matches('\r'));
        let major = if agent.major == 0 { String::new() } else { agent.major.to_string() };
        writeln!(output, "{}\t{major}\t{}\t{}", family(&agent, &text), system(&agent), agent.kind.name())?;
    }
    output.flush()
}

fn family(agent: &UserAgent, text: &str) -> &'static str {
    let phone = agent.kind == Kind::Phone;
    match (agent.family, agent.system) {
        ("?", _) => "Other",
        ("Chrome", "iOS") if text.contains("CriOS/") => "Chrome Mobile iOS",
        ("Chrome", "iOS") => "Chrome Mobile",
        ("Chrome", _) if phone => "Chrome Mobile",
        ("Android WebView", _) => "Chrome Mobile WebView",
        ("Edge", "Android" | "iOS" | "Windows Phone") => "Edge Mobile",
        ("Firefox", "iOS") => "Firefox iOS",
        ("Firefox", "Android") => "Firefox Mobile",
        ("Firefox", _) if phone => "Firefox Mobile",
        ("Safari", "iOS") => "Mobile Safari",
        ("WKWebView", "iOS") => "Mobile Safari UI/WKWebView",
        ("WKWebView", _) => "Apple Mail",
        ("Opera", _) if phone => "Opera Mobile",
        ("Android Browser", _) => "Android",
        ("DuckDuckGo", "Android" | "iOS") => "DuckDuckGo Mobile",
        (family, _) => family,
    }
}

fn system(agent: &UserAgent) -> &'static str {
    match agent.system {
        "?" => "Other",
        "macOS" => "Mac OS X",
        "ChromeOS" => "Chrome OS",
        system => system,
    }
}
