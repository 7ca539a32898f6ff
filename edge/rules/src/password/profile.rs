//! Profiles: what a password must be made of, checked once so that no impossible rule reaches a customer.

use super::findings::Warning;
use core::fmt;

/// A checked set of password rules. Small enough to copy.
///
/// ```
/// use sekisho_rules::password::Profile;
/// let profile = Profile::JP_BROKER;
/// assert_eq!((profile.min_length(), profile.max_length(), profile.min_kinds()), (10, 16, 3));
/// assert!(profile.allows('=') && !profile.allows('!'));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    min_length: u16,
    max_length: u16,
    min_kinds: u8,
    charset: Charset,
    refusing: u16,
}

/// Which characters a password may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charset {
    /// Those ASCII characters whose bit is set.
    Ascii(u128),
    /// Every character that is not a control character.
    Unicode,
}

/// A profile as an operator writes it, before [`Profile::new`] has checked it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Fewest characters (code points).
    pub min_length: u16,
    /// Most characters.
    pub max_length: u16,
    /// How many of the kinds digits, upper case, lower case, symbols must be there.
    pub min_kinds: u8,
    /// The symbols allowed beside ASCII letters and digits; none = any Unicode text, of which every character that is
    /// neither letter nor digit of ASCII counts as a symbol.
    pub symbols: Option<String>,
}

/// Why [`Rules`] are no rules that a password can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// `min_length` is zero.
    NoLength,
    /// `min_length` is above `max_length`.
    LengthsCrossed,
    /// `max_length` is above [`Profile::LONGEST`], more than is hashed and sealed.
    TooLong,
    /// More kinds are asked for than the characters have: four, or three without symbols.
    TooManyKinds,
    /// More kinds are asked for than `max_length` has characters.
    KindsDoNotFit,
    /// This character among the symbols is no ASCII punctuation mark.
    NotASymbol(char),
    /// This symbol stands there twice.
    SymbolTwice(char),
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLength => f.write_str("min_length is 0: an empty password would pass"),
            Self::LengthsCrossed => f.write_str("min_length is above max_length: no password would pass"),
            Self::TooLong => {
                write!(f, "max_length is above {}, the longest that is sealed and hashed", Profile::LONGEST)
            }
            Self::TooManyKinds => f.write_str("min_kinds is above the number of kinds that the charset has"),
            Self::KindsDoNotFit => f.write_str("min_kinds is above max_length: no password would pass"),
            Self::NotASymbol(c) => write!(f, "symbols: {c:?} is not an ASCII punctuation mark"),
            Self::SymbolTwice(c) => write!(f, "symbols: {c:?} stands there twice"),
        }
    }
}

impl core::error::Error for Impossible {}

const LETTERS_AND_DIGITS: u128 = (0x3ff << b'0') | (0x3ff_ffff << b'A') | (0x3ff_ffff << b'a');

/// The bits of some ASCII characters.
const fn bits(symbols: &[u8]) -> u128 {
    match symbols {
        [] => 0,
        [first, rest @ ..] => (1 << *first) | bits(rest),
    }
}

impl Profile {
    /// The longest password any profile may allow, in characters.
    pub const LONGEST: u16 = 128;

    /// `jp-broker`, the brokers' published rule: 10 to 16 characters, at least 3 of the 4 kinds, the symbols
    /// `@#$%^&*_+-=:,.`, nothing else.
    pub const JP_BROKER: Self = Self {
        min_length: 10,
        max_length: 16,
        min_kinds: 3,
        // Bits, not a pattern: in a regex class `+-=` would be a range and let `/` and `;` and `<` through.
        charset: Charset::Ascii(LETTERS_AND_DIGITS | bits(b"@#$%^&*_+-=:,.")),
        refusing: 0,
    };

    /// `nist-63b-4`: SP 800-63B-4, 3.1.1.2, for a password that stands alone: 15 to 128 characters, any Unicode, no
    /// composition rule. What a guesser tries among the first is refused, as the blocklist of that section asks. The text is
    /// brought to normalisation form C first.
    pub const NIST_63B_4: Self = Self {
        min_length: 15,
        max_length: Self::LONGEST,
        min_kinds: 0,
        charset: Charset::Unicode,
        refusing: 1 << (Warning::Guessable as u16),
    };

    /// `nist-63b-4-mfa`: the same where a second factor is always asked for, from 8 characters.
    pub const NIST_63B_4_MFA: Self = Self { min_length: 8, ..Self::NIST_63B_4 };

    /// The built-in profile of a name, as it stands in the configuration; none where there is no such profile.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "jp-broker" => Some(Self::JP_BROKER),
            "nist-63b-4" => Some(Self::NIST_63B_4),
            "nist-63b-4-mfa" => Some(Self::NIST_63B_4_MFA),
            _ => None,
        }
    }

    /// Checks an operator's own rules.
    ///
    /// # Errors
    ///
    /// Every reason for which no password, or none that is safe to handle, could follow them.
    ///
    /// ```
    /// use sekisho_rules::password::{Impossible, Profile, Rules};
    /// let rules = Rules { min_length: 20, max_length: 16, min_kinds: 4, symbols: Some("-_".into()) };
    /// assert_eq!(Profile::new(&rules), Err(vec![Impossible::LengthsCrossed]));
    /// ```
    pub fn new(rules: &Rules) -> Result<Self, Vec<Impossible>> {
        let mut wrong = Vec::new();
        let mut charset = LETTERS_AND_DIGITS;
        for c in rules.symbols.iter().flat_map(|symbols| symbols.chars()) {
            if !c.is_ascii_punctuation() {
                wrong.push(Impossible::NotASymbol(c));
            } else if charset & (1 << c as u32) != 0 {
                wrong.push(Impossible::SymbolTwice(c));
            } else {
                charset |= 1 << c as u32;
            }
        }
        let kinds = if rules.symbols.as_deref() == Some("") { 3 } else { 4 };
        let checks = [
            (rules.min_length == 0, Impossible::NoLength),
            (rules.min_length > rules.max_length, Impossible::LengthsCrossed),
            (rules.max_length > Self::LONGEST, Impossible::TooLong),
            (rules.min_kinds > kinds, Impossible::TooManyKinds),
            (rules.min_kinds <= kinds && u16::from(rules.min_kinds) > rules.max_length, Impossible::KindsDoNotFit),
        ];
        wrong.extend(checks.into_iter().filter_map(|(failed, reason)| failed.then_some(reason)));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self {
            min_length: rules.min_length,
            max_length: rules.max_length,
            min_kinds: rules.min_kinds,
            charset: if rules.symbols.is_some() { Charset::Ascii(charset) } else { Charset::Unicode },
            refusing: 0,
        })
    }

    /// The same profile, in which these warnings refuse.
    #[must_use]
    pub fn refusing(mut self, warnings: &[Warning]) -> Self {
        for warning in warnings {
            self.refusing |= 1 << (*warning as u16);
        }
        self
    }

    /// Whether `warning` refuses under this profile.
    pub const fn refuses(&self, warning: Warning) -> bool {
        self.refusing & (1 << (warning as u16)) != 0
    }

    /// Fewest characters.
    pub const fn min_length(&self) -> usize {
        self.min_length as usize
    }

    /// Most characters.
    pub const fn max_length(&self) -> usize {
        self.max_length as usize
    }

    /// How many of the four kinds must be there.
    pub const fn min_kinds(&self) -> usize {
        self.min_kinds as usize
    }

    /// Whether any text may be a password. It is then checked, hashed and compared in Unicode normalisation form C
    /// (SP 800-63B-4, 3.1.1.2); both platforms bring their own tables for that.
    pub const fn is_unicode(&self) -> bool {
        matches!(self.charset, Charset::Unicode)
    }

    /// Whether a password may hold `c`.
    pub fn allows(&self, c: char) -> bool {
        match self.charset {
            Charset::Ascii(bits) => c.is_ascii() && bits & (1 << c as u32) != 0,
            Charset::Unicode => !c.is_control(),
        }
    }

    /// The symbols allowed, in ASCII order; none where any Unicode text is.
    pub fn symbols(&self) -> Option<String> {
        match self.charset {
            Charset::Ascii(bits) => {
                Some((0..128u8).filter(|b| bits & !LETTERS_AND_DIGITS & (1 << b) != 0).map(char::from).collect())
            }
            Charset::Unicode => None,
        }
    }
}
