//! The user agent, taken apart: which browser, which system, what kind of device; and whether client hints say the same.
//!
//! A user agent is a history of claims ("Mozilla", "like Gecko", "Safari"): what is meant is the word that is farthest
//! from the common ancestor. So the text is walked once, each word is looked up among some two hundred marks, and the mark
//! of the highest rank is kept.

mod hints;
mod mark;
mod marks;
mod protocol;
#[cfg(test)]
mod tests;

pub use hints::{Hints, contradicts};
use mark::{Layer, Mark, Rank, Says, Trait, letters};
use marks::{
    ANDROID, ANDROID_BROWSER, ANDROID_WEBVIEW, BOT, CHROME, CHROME_OS, HARMONY_OS, IE, IOS, MACOS, MARKS, OPERA,
    SAFARI, WINDOWS, WK_WEBVIEW,
};
pub use protocol::{asks_for_http2, knows_no_old_tls};

/// How many bytes of a user agent are looked at; the longest of real browsers are half as long.
const LOOKED_AT: usize = 512;

/// What kind of device a browser says it runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A phone.
    Phone,
    /// A tablet.
    Tablet,
    /// A computer.
    Desktop,
    /// A program that visits by itself.
    Bot,
    /// Something else, or nothing that can be told.
    Other,
}

impl Kind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Desktop => "desktop",
            Self::Bot => "bot",
            Self::Other => "other",
        }
    }
}

/// What a user agent says. It is the client's own word: it can raise a suspicion and never lay one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAgent {
    /// The browser's family, `?` where it is none we know.
    pub family: &'static str,
    /// The first number of its version; 0 where there is none.
    pub major: u16,
    /// The system's family, `?` where it is none we know.
    pub system: &'static str,
    /// The first number of its version; 0 where there is none. Browsers have frozen some: Windows 11 says 10, every macOS 10,
    /// every Android of a reduced user agent 10, iOS 26 and later 18.
    pub system_major: u16,
    /// The kind of device.
    pub kind: Kind,
}

impl UserAgent {
    /// Takes a user agent apart; any text will do, and only its first 512 bytes count.
    ///
    /// ```
    /// use sekisho_edge::risk::UserAgent;
    /// let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
    /// let parsed = UserAgent::parse(agent);
    /// assert_eq!((parsed.family, parsed.major, parsed.system), ("Safari", 18, "iOS"));
    /// assert_eq!(UserAgent::parse("").family, "?");
    /// ```
    pub fn parse(text: &str) -> Self {
        let mut rest = text.as_bytes();
        rest = rest.get(..LOOKED_AT).unwrap_or(rest);
        let mut seen = Seen::default();
        let mut before = 0_u8;
        while let Some((&byte, after)) = rest.split_first() {
            if byte.is_ascii_alphabetic() && !before.is_ascii_alphanumeric() {
                seen.word(rest);
            }
            seen.bot |= is_bot(byte, rest);
            (before, rest) = (byte, after);
        }
        seen.conclude()
    }

    /// A coarse name of the client for the customer's own history: browser family and system, no version.
    pub fn client_name(&self) -> String {
        format!("{} / {}", self.family, self.system)
    }
}

/// What the words read so far say.
#[derive(Default)]
struct Seen {
    browser: Option<(Rank, &'static str, u16)>,
    system: Option<(Layer, &'static str, u16)>,
    version: u16,
    intel: bool,
    bot: bool,
    no_bot: bool,
    mobile: bool,
    tablet: bool,
    television: bool,
    webkit: bool,
    webview: bool,
}

impl Seen {
    /// Looks a word up: `rest` begins with it.
    fn word(&mut self, rest: &[u8]) {
        let letters = letters(rest);
        let from = MARKS.partition_point(|mark| mark.letters() < letters);
        for mark in MARKS.iter().skip(from).take_while(|mark| mark.letters() == letters) {
            if let Some(after) = after(mark, rest) {
                self.hear(mark.says, after);
            }
        }
    }

    fn hear(&mut self, says: Says, after: &[u8]) {
        match says {
            Says::Browser(rank, name) => keep(&mut self.browser, (rank, name, number(after).0)),
            Says::System(layer, name) => keep(&mut self.system, (layer, name, number(after).0)),
            Says::WindowsNt => keep(&mut self.system, (Layer::Computer, WINDOWS, windows(after))),
            Says::On(name) => keep(&mut self.system, (Layer::Mobile, name, 0)),
            // Internet Explorer 8 had Trident 4; what it says of itself in compatibility mode is another's version.
            Says::Trident => keep(&mut self.browser, (Rank::Engine, IE, trident(after))),
            Says::Trait(Trait::Mobile) => self.mobile = true,
            Says::Trait(Trait::Tablet) => self.tablet = true,
            Says::Trait(Trait::Television) => self.television = true,
            Says::Trait(Trait::Intel) => self.intel = true,
            Says::Trait(Trait::WebKit) => self.webkit = true,
            Says::Trait(Trait::WebView) => self.webview = true,
            Says::Trait(Trait::NoBot) => self.no_bot = true,
            Says::Trait(Trait::Version) => self.version = number(after).0,
        }
    }

    fn conclude(self) -> UserAgent {
        let (system, system_major) = match self.system {
            // Apps on a Mac say which processor it has, those on iOS do not.
            Some((Layer::Kernel, IOS, _)) => (if self.intel { MACOS } else { IOS }, 0),
            Some((_, system, major)) => (system, major),
            None => ("?", 0),
        };
        let (rank, family, major) = self.browser(system, system_major);
        let kind = if rank == Rank::Bot { Kind::Bot } else { self.kind(family, system) };
        UserAgent { family, major, system, system_major, kind }
    }

    /// The browser, once the system is known.
    fn browser(&self, system: &'static str, system_major: u16) -> (Rank, &'static str, u16) {
        let (rank, family, major) = self.browser.unwrap_or((Rank::Ancestor, "?", 0));
        if self.bot && !self.no_bot && rank != Rank::Bot {
            return (Rank::Bot, BOT, 0);
        }
        let (family, major) = match (family, system) {
            // It was a part of the system and has no version that tells more.
            (SAFARI, ANDROID) => (ANDROID_BROWSER, system_major),
            (SAFARI, IOS) if self.version == 0 => (SAFARI, system_major),
            (SAFARI, _) => (SAFARI, self.version),
            (CHROME, ANDROID) if rank == Rank::Engine && (self.webview || self.version != 0) => {
                (ANDROID_WEBVIEW, major)
            }
            // From 10 on it called itself 9.80, for sites that read one digit.
            (OPERA, _) if rank == Rank::Engine && self.version != 0 => (OPERA, self.version),
            ("?", IOS | MACOS) if self.webkit => (WK_WEBVIEW, 0),
            _ => (family, major),
        };
        (rank, family, major)
    }

    fn kind(&self, family: &str, system: &'static str) -> Kind {
        match system {
            _ if self.television => Kind::Other,
            // Browsers on phones say so, and what does not is a tablet; other programs say nothing.
            IOS | ANDROID | HARMONY_OS if family == "?" && !self.mobile && !self.tablet => Kind::Other,
            IOS | HARMONY_OS if self.tablet => Kind::Tablet,
            IOS | ANDROID | HARMONY_OS if !self.mobile => Kind::Tablet,
            _ if self.mobile => Kind::Phone,
            _ if self.tablet && system == "?" => Kind::Tablet,
            WINDOWS | MACOS | CHROME_OS => Kind::Desktop,
            "?" => Kind::Other,
            _ => Kind::Desktop,
        }
    }
}

/// Keeps what is higher; of one name the number that comes first.
fn keep<R: PartialOrd>(kept: &mut Option<(R, &'static str, u16)>, new: (R, &'static str, u16)) {
    match kept {
        Some((rank, _, _)) if *rank < new.0 => *kept = Some(new),
        Some((_, name, number)) if *name == new.1 && *number == 0 => *number = new.2,
        Some(_) => {}
        None => *kept = Some(new),
    }
}

/// What follows `mark` where `rest` begins with it and no letter goes on.
fn after<'a>(mark: &Mark, rest: &'a [u8]) -> Option<&'a [u8]> {
    let (head, after) = rest.split_at_checked(mark.text.len())?;
    let within = mark.text.ends_with(|last: char| last.is_ascii_alphabetic())
        && after.first().is_some_and(u8::is_ascii_alphabetic);
    (head.eq_ignore_ascii_case(mark.text.as_bytes()) && !within).then_some(after)
}

/// Whether a program that visits by itself is named here, or the page where it is explained.
fn is_bot(byte: u8, rest: &[u8]) -> bool {
    let begins = |word: &[u8]| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    match byte {
        b'b' | b'B' => begins(b"bot") && !rest.get(3).is_some_and(u8::is_ascii_alphabetic),
        b'c' | b'C' => begins(b"crawl"),
        b's' | b'S' => begins(b"spider"),
        b'+' => begins(b"+http"),
        _ => false,
    }
}

/// The Windows of a kernel: what its customers call it.
fn windows(after: &[u8]) -> u16 {
    match number(after) {
        (6, 1) => 7,
        (6, 2 | 3) => 8,
        (version, _) => version,
    }
}

/// The Internet Explorer of an engine; 11 was the last, whatever its engine went on to say.
fn trident(after: &[u8]) -> u16 {
    number(after).0.saturating_add(4).min(11)
}

/// The first two numbers of a version that follows at once or after one byte; 0 where there is none, or none that fits.
fn number(text: &[u8]) -> (u16, u16) {
    let text = text.strip_prefix(b"/v").unwrap_or(text);
    let text = match text.split_first() {
        Some((byte, after)) if !byte.is_ascii_digit() => after,
        _ => text,
    };
    let (major, after) = digits(text);
    (major, after.split_first().map_or(0, |(_, minor)| digits(minor).0))
}

fn digits(text: &[u8]) -> (u16, &[u8]) {
    let mut rest = text;
    let mut value = Some(0_u16);
    while let Some((byte @ b'0'..=b'9', after)) = rest.split_first() {
        value = value.and_then(|value| value.checked_mul(10)?.checked_add(u16::from(byte - b'0')));
        rest = after;
    }
    (value.unwrap_or(0), rest)
}
