//! Login names in canonical form: one bucket for every spelling of an account number or of a chosen id.

use crate::password::width;
use core::fmt;

/// A login name as every part of the edge keeps and compares it.
///
/// An account number is its digits; full-width digits, spaces and hyphens between them are folded away. A chosen id is
/// folded to half-width and lower case. Two spellings that a customer takes for the same name are equal.
///
/// ```
/// use sekisho_rules::LoginName;
/// # fn main() -> Result<(), sekisho_rules::login_name::NameError> {
/// assert_eq!(LoginName::parse("１２３４－５６７８")?, LoginName::parse(" 1234 5678 ")?);
/// assert_eq!(LoginName::parse("Kaede.Yamada")?.as_str(), "kaede.yamada");
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginName(String);

/// Why a text cannot be a login name. At login all of them are answered like an unknown name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing but spaces.
    Empty,
    /// Fewer than [`LoginName::SHORTEST`] characters in canonical form.
    TooShort,
    /// More than [`LoginName::LONGEST`] characters, in the form given or the canonical one.
    TooLong,
    /// A character that no number and no id has.
    Character,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the login name is empty",
            Self::TooShort => "the login name is too short",
            Self::TooLong => "the login name is too long",
            Self::Character => "the login name has a character that no login name has",
        })
    }
}

impl core::error::Error for NameError {}

impl LoginName {
    /// Fewest characters of a canonical name.
    pub const SHORTEST: usize = 4;
    /// Most characters, so that a mail address fits.
    pub const LONGEST: usize = 64;

    /// Reads `text` as a customer typed it.
    ///
    /// # Errors
    ///
    /// [`NameError`] where the text is empty, too short or long, or has characters other than ASCII letters, digits
    /// and `. _ - @ +` after folding.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.chars().nth(Self::LONGEST).is_some() {
            return Err(NameError::TooLong);
        }
        let folded = width::folded(text);
        let folded = folded.trim();
        if folded.is_empty() {
            return Err(NameError::Empty);
        }
        // Only a text of digits and separators is a number: an id may hold a hyphen that means something.
        let number = folded.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-');
        let name: String = if number {
            folded.chars().filter(char::is_ascii_digit).collect()
        } else if folded.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+')) {
            folded.to_ascii_lowercase()
        } else {
            return Err(NameError::Character);
        };
        if name.len() < Self::SHORTEST { Err(NameError::TooShort) } else { Ok(Self(name)) }
    }

    /// The canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an account number rather than a chosen id.
    pub fn is_number(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_digit())
    }
}

impl fmt::Debug for LoginName {
    /// Says only which sort of name it is: names must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_number() { "LoginName(number)" } else { "LoginName(id)" })
    }
}

impl From<AccountNumber> for LoginName {
    fn from(number: AccountNumber) -> Self {
        Self(number.to_string())
    }
}

/// An account number that we issue: seven digits, the first not zero, and a check digit that catches every single
/// wrong digit and every swap of two neighbours (Damm's quasigroup).
///
/// ```
/// use sekisho_rules::AccountNumber;
/// let number = AccountNumber::from_random(0x0123_4567_89ab_cdef);
/// let text = number.to_string();
/// assert_eq!(text.len(), 8);
/// assert_eq!(AccountNumber::parse(&text), Some(number));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNumber(u32);

/// Damm's operation table of order 10: `DAMM[interim][digit]` is the next interim digit.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

impl AccountNumber {
    /// The number that 64 random bits select: each of the nine million is chosen equally often, but for 2^-40.
    pub fn from_random(bits: u64) -> Self {
        let body = 1_000_000 + ((u128::from(bits) * 9_000_000) >> 64) as u32;
        Self(body * 10 + u32::from(damm(body)))
    }

    /// Reads eight digits; none where they are no number that we issue.
    pub fn parse(text: &str) -> Option<Self> {
        let number: u32 =
            (text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())??;
        (number >= 10_000_000 && damm(number) == 0).then_some(Self(number))
    }
}

impl fmt::Display for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

/// The check digit of `number`; zero where the last digit of `number` is its check digit.
fn damm(number: u32) -> u8 {
    let mut divisor = 1_000_000_000;
    let mut interim = 0;
    while divisor > 0 {
        // Leading zeros leave the interim digit at zero, so the width does not matter.
        let digit = (number / divisor % 10) as usize;
        interim = DAMM.get(usize::from(interim)).and_then(|row| row.get(digit)).copied().unwrap_or(0);
        divisor /= 10;
    }
    interim
}
