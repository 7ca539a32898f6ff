//! What a check found, as values: the wording, Japanese or English, is the page's.

use super::Strength;
use core::ops::Range;

/// The outcome of a check. It holds places and numbers, never a character of the password.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// The state of each rule, for a live list, always in the order length, kinds, charset.
    pub rules: [RuleState; 3],
    /// What is to be said, refusals first, each group in the order of the text.
    pub findings: Vec<Finding>,
    /// How hard the password is to guess; none from [`check_rule`](super::check_rule).
    pub strength: Option<Strength>,
}

impl Findings {
    /// Whether the password cannot be set.
    pub fn refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Refuse)
    }

    /// `refuse`, `warn` or `pass`.
    pub fn outcome(&self) -> &'static str {
        if self.refused() {
            "refuse"
        } else if self.findings.is_empty() {
            "pass"
        } else {
            "warn"
        }
    }
}

/// One rule of the live list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleState {
    /// Which rule.
    pub rule: Rule,
    /// Whether the text follows it now.
    pub met: bool,
    /// What the text has: characters, kinds, or characters that are not allowed.
    pub have: usize,
    /// The least that is asked for.
    pub least: usize,
    /// The most that is allowed.
    pub most: usize,
}

/// The rules of the live list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The number of characters.
    Length,
    /// The number of kinds among digits, upper case, lower case, symbols.
    Kinds,
    /// No character that is not allowed.
    Charset,
}

impl Rule {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Kinds => "kinds",
            Self::Charset => "charset",
        }
    }
}

/// One thing to be said of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub complaint: Complaint,
    /// Whether it forbids the password or advises against it.
    pub severity: Severity,
    /// The part of the text it is about; none where it is about the whole.
    pub place: Option<Place>,
}

/// Refuse or warn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The password cannot be set.
    Refuse,
    /// It can be set, but is better not.
    Warn,
}

impl Severity {
    /// `refuse` or `warn`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Warn => "warn",
        }
    }
}

/// A part of the text, in bytes of UTF-8 on character borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Place {
    /// The part itself, out of the text that was checked.
    pub fn part<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The same place counted in characters.
    pub fn chars(&self, text: &str) -> Range<usize> {
        let before = |end| text.get(..end).unwrap_or(text).chars().count();
        before(self.start)..before(self.end)
    }

    /// The same place counted in UTF-16 units, as JavaScript indexes strings.
    pub fn utf16(&self, text: &str) -> Range<usize> {
        let before = |end| text.get(..end).unwrap_or(text).encode_utf16().count();
        before(self.start)..before(self.end)
    }
}

/// What can be wrong with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Complaint {
    /// So many characters are missing.
    TooShort(usize),
    /// So many characters are too many.
    TooLong(usize),
    /// So many kinds of character are missing.
    TooFewKinds(usize),
    /// The character at the place is not allowed.
    Charset,
    /// The characters at the place are full-width; `password::half_width` offers the text without them.
    FullWidth,
    /// The password is on the list of common ones.
    Common,
    /// The login and the withdrawal password are too alike.
    TooAlike,
    /// Advice, which a profile may turn into a refusal.
    Weakness(Warning),
}

/// The advice of row R3: what makes a password guessable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
#[non_exhaustive]
pub enum Warning {
    /// Part of the customer's own name.
    Name,
    /// Part of the customer's birthday, in a western or an era form.
    Birthday,
    /// Part of the customer's phone number, postal code or account number.
    Number,
    /// The local part of the customer's mail address.
    Mail,
    /// A Japanese word in romaji.
    JapaneseWord,
    /// An English word or a password fragment seen in leaks.
    EnglishWord,
    /// A word of the trade: a broker, a market, money.
    FinanceWord,
    /// A Japanese word typed on the kana keys.
    KanaKeys,
    /// A date or a year.
    Date,
    /// Neighbouring keys on a US or JIS keyboard.
    KeyboardWalk,
    /// The first letters of a feature phone's keys.
    PhoneKeypad,
    /// Letters or digits in alphabetical or numerical order.
    Sequence,
    /// A character or group over and over.
    Repeat,
    /// Nothing in particular, but few guesses in all.
    Guessable,
}

impl Warning {
    /// Every warning, for tables and for the configuration.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::Birthday,
        Self::Number,
        Self::Mail,
        Self::JapaneseWord,
        Self::EnglishWord,
        Self::FinanceWord,
        Self::KanaKeys,
        Self::Date,
        Self::KeyboardWalk,
        Self::PhoneKeypad,
        Self::Sequence,
        Self::Repeat,
        Self::Guessable,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "personal_name",
            Self::Birthday => "personal_birthday",
            Self::Number => "personal_number",
            Self::Mail => "personal_mail",
            Self::JapaneseWord => "word_japanese",
            Self::EnglishWord => "word_english",
            Self::FinanceWord => "word_finance",
            Self::KanaKeys => "word_kana_keys",
            Self::Date => "date",
            Self::KeyboardWalk => "walk_keyboard",
            Self::PhoneKeypad => "walk_phone",
            Self::Sequence => "sequence",
            Self::Repeat => "repeat",
            Self::Guessable => "guessable",
        }
    }

    /// Whether it is about the customer's own data.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Name | Self::Birthday | Self::Number | Self::Mail)
    }

    /// The warning of a code; none where there is no such code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|warning| warning.code() == code)
    }
}

impl Complaint {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort(_) => "too_short",
            Self::TooLong(_) => "too_long",
            Self::TooFewKinds(_) => "too_few_kinds",
            Self::Charset => "charset",
            Self::FullWidth => "full_width",
            Self::Common => "common",
            Self::TooAlike => "too_alike",
            Self::Weakness(warning) => warning.code(),
        }
    }

    /// The number that belongs to it: how many characters or kinds are missing or too many.
    pub const fn number(self) -> Option<usize> {
        match self {
            Self::TooShort(n) | Self::TooLong(n) | Self::TooFewKinds(n) => Some(n),
            _ => None,
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Finding {
    /// `{code, severity, n?, start?, end?}`, the place in UTF-8 bytes.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.complaint.code())?;
        map.serialize_entry("severity", self.severity.code())?;
        if let Some(n) = self.complaint.number() {
            map.serialize_entry("n", &n)?;
        }
        if let Some(place) = self.place {
            map.serialize_entry("start", &place.start)?;
            map.serialize_entry("end", &place.end)?;
        }
        map.end()
    }
}
