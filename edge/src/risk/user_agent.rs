//! The user agent, taken apart: which browser, which system, what kind of device.

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
    /// The first number of its version; 0 where there is none, or where it says nothing (Windows, macOS are frozen).
    pub system_major: u16,
    /// The kind of device.
    pub kind: Kind,
}

impl UserAgent {
    /// Takes a user agent apart; any text will do.
    ///
    /// ```
    /// use sekisho_edge::risk::UserAgent;
    /// let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
    /// let parsed = UserAgent::parse(agent);
    /// assert_eq!((parsed.family, parsed.major, parsed.system), ("Safari", 18, "iOS"));
    /// assert_eq!(UserAgent::parse("").family, "?");
    /// ```
    pub fn parse(text: &str) -> Self {
        // The order matters: most browsers also claim to be their ancestors.
        const FAMILIES: [(&str, &str); 7] = [
            ("Edg/", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser/", "Samsung Internet"),
            ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("CriOS/", "Chrome"),
        ];
        const SYSTEMS: [(&str, &str); 7] = [
            ("iPhone OS ", "iOS"),
            ("CPU OS ", "iOS"),
            ("Android ", "Android"),
            ("Windows NT ", "Windows"),
            ("CrOS ", "ChromeOS"),
            ("Mac OS X ", "macOS"),
            ("Linux", "Linux"),
        ];
        let find = |table: &[(&str, &'static str)]| {
            table.iter().find_map(|(mark, name)| text.split_once(mark).map(|(_, rest)| (*name, number(rest))))
        };
        let safari =
            || text.split_once("Version/").filter(|_| text.contains("Safari/")).map(|(_, v)| ("Safari", number(v)));
        let (family, major) = find(&FAMILIES).or_else(safari).unwrap_or(("?", 0));
        let (system, system_major) = find(&SYSTEMS).unwrap_or(("?", 0));
        let kind = match system {
            "iOS" if text.contains("iPad") => Kind::Tablet,
            "iOS" => Kind::Phone,
            "Android" if text.contains("Mobile") => Kind::Phone,
            "Android" => Kind::Tablet,
            "?" => Kind::Other,
            _ => Kind::Desktop,
        };
        Self { family, major, system, system_major, kind }
    }

    /// A coarse name of the client for the customer's own history: browser family and system, no version.
    pub fn client_name(&self) -> String {
        format!("{} / {}", self.family, self.system)
    }
}

/// The number that a text begins with.
fn number(text: &str) -> u16 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(5).collect();
    digits.parse().unwrap_or(0)
}
