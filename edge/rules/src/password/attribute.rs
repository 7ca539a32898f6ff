//! The `passwordrules` attribute, by which a page tells a password manager what to make up: written for a profile, and
//! read as the managers read it. The grammar is Apple's ("Customizing Password AutoFill rules").

use super::Profile;
use core::fmt;

/// What an attribute asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasswordRules {
    /// Of each of these sets at least one character.
    pub required: Vec<CharSet>,
    /// No character outside this set and the required ones; none where the attribute does not say.
    pub allowed: Option<CharSet>,
    /// Fewest characters.
    pub min_length: Option<u32>,
    /// Most characters.
    pub max_length: Option<u32>,
    /// Most equal characters in a row.
    pub max_consecutive: Option<u32>,
}

/// A set of characters: ASCII ones by their bits, and whether all the others are in it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CharSet {
    ascii: u128,
    others: bool,
}

/// The place, in bytes, where an attribute stops to follow the grammar. Managers then ignore the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeError(pub usize);

impl fmt::Display for AttributeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the passwordrules attribute cannot be read from byte {} on", self.0)
    }
}

impl core::error::Error for AttributeError {}

impl CharSet {
    /// The printable ASCII characters, the space among them.
    pub const PRINTABLE: Self = Self { ascii: ((1 << 95) - 1) << 32, others: false };

    /// The set of a name of the grammar.
    pub fn named(name: &str) -> Option<Self> {
        let that = |holds: fn(&u8) -> bool| Self::of((0..128u8).filter(holds).map(char::from));
        Some(match name {
            "upper" => that(u8::is_ascii_uppercase),
            "lower" => that(u8::is_ascii_lowercase),
            "digit" => that(u8::is_ascii_digit),
            "special" => that(|b| *b == b' ' || b.is_ascii_punctuation()),
            "ascii-printable" => Self::PRINTABLE,
            "unicode" => Self { others: true, ..Self::PRINTABLE },
            _ => return None,
        })
    }

    /// The printable ASCII characters among `characters`; the grammar's own classes can hold no others.
    pub fn of(characters: impl Iterator<Item = char>) -> Self {
        let bits = characters.filter(|c| c.is_ascii()).fold(0, |bits, c| bits | (1 << c as u32));
        Self { ascii: bits & Self::PRINTABLE.ascii, others: false }
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, others: self.others || other.others }
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.ascii == 0 && !self.others
    }
}

impl PasswordRules {
    /// What a password may hold in the end: allowed and required characters, printable ASCII where neither is given.
    pub fn charset(&self) -> CharSet {
        let all = self.required.iter().copied().chain(self.allowed).fold(CharSet::default(), CharSet::union);
        if all.is_empty() { CharSet::PRINTABLE } else { all }
    }
}

/// The attribute for a profile. The grammar cannot say "three of four kinds", so as many kinds as are asked for are
/// required by name, in the order lower, upper, digit, symbols: stricter, and every password made so is accepted.
///
/// ```
/// use sekisho_rules::password::{Profile, attribute};
/// assert_eq!(
///     attribute::emit(&Profile::JP_BROKER),
///     "minlength: 10; maxlength: 16; required: lower; required: upper; required: digit; allowed: [-#$%&*+,.:=@^_];"
/// );
/// ```
pub fn emit(profile: &Profile) -> String {
    let symbols = profile.symbols();
    let class = match symbols.as_deref() {
        None => "special".to_owned(),
        // A hyphen stands first in a class or is ignored; a closing bracket is told from the end by a second one, so
        // it stands last.
        Some(symbols) => {
            let middle: String = symbols.chars().filter(|c| !matches!(c, '-' | ']')).collect();
            let only = |c: char| symbols.chars().find(|symbol| *symbol == c);
            let mut class = String::from("[");
            class.extend(only('-'));
            class.push_str(&middle);
            class.extend(only(']'));
            class + "]"
        }
    };
    let kinds = ["lower", "upper", "digit", class.as_str()];
    let (required, rest) = kinds.split_at_checked(profile.min_kinds()).unwrap_or((&kinds, &[]));
    // Put together by hand: in the browser's module `format!` and `join` would weigh more than this room.
    let (least, most) = (profile.min_length().to_string(), profile.max_length().to_string());
    let mut out = String::new();
    out.extend(["minlength: ", &least, "; maxlength: ", &most, ";"]);
    for kind in required {
        out.extend([" required: ", kind, ";"]);
    }
    let allowed: Vec<&str> = match symbols.as_deref() {
        None => vec!["unicode"],
        Some(symbols) => rest.iter().copied().filter(|kind| !symbols.is_empty() || *kind != class).collect(),
    };
    for (at, kind) in allowed.iter().enumerate() {
        out.extend([if at == 0 { " allowed: " } else { ", " }, kind]);
    }
    if !allowed.is_empty() {
        out.push(';');
    }
    out
}

/// Reads an attribute as password managers do.
///
/// # Errors
///
/// [`AttributeError`] where the text leaves the grammar; a hyphen that does not stand first in a class is no error,
/// but ignored.
///
/// ```
/// use sekisho_rules::password::attribute::{CharSet, parse};
/// # fn main() -> Result<(), sekisho_rules::password::attribute::AttributeError> {
/// let rules = parse("minlength: 8; required: upper, digit; allowed: [-_]")?;
/// assert_eq!(rules.min_length, Some(8));
/// assert_eq!(rules.allowed, Some(CharSet::of("-_".chars())));
/// # Ok(()) }
/// ```
pub fn parse(text: &str) -> Result<PasswordRules, AttributeError> {
    let mut rules = PasswordRules::default();
    let mut reader = Reader { text, at: 0 };
    reader.skip_spaces();
    while !reader.rest().is_empty() {
        let start = reader.at;
        let name = reader.word();
        reader.skip_spaces();
        reader.expect(':')?;
        reader.skip_spaces();
        match name {
            "minlength" => rules.min_length = rules.min_length.max(reader.number()?),
            "maxlength" => rules.max_length = least(rules.max_length, reader.number()?),
            "max-consecutive" => rules.max_consecutive = least(rules.max_consecutive, reader.number()?),
            "required" => rules.required.extend(Some(reader.classes()?).filter(|set| !set.is_empty())),
            "allowed" => {
                let set = rules.allowed.unwrap_or_default().union(reader.classes()?);
                rules.allowed = Some(set).filter(|set| !set.is_empty());
            }
            _ => return Err(AttributeError(start)),
        }
        reader.skip_spaces();
        if !reader.rest().is_empty() {
            reader.expect(';')?;
        }
        reader.skip_spaces();
    }
    Ok(rules)
}

fn least(known: Option<u32>, new: Option<u32>) -> Option<u32> {
    known.into_iter().chain(new).min()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn expect(&mut self, wanted: char) -> Result<(), AttributeError> {
        let there = self.rest().starts_with(wanted);
        self.at += usize::from(there);
        if there { Ok(()) } else { Err(AttributeError(self.at)) }
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// A number; none where the property has no value.
    fn number(&mut self) -> Result<Option<u32>, AttributeError> {
        let rest = self.rest();
        let value = rest.split(';').next().unwrap_or_default().trim_end();
        if value.is_empty() {
            return Ok(None);
        }
        let number = value.bytes().all(|b| b.is_ascii_digit()).then(|| value.parse().ok()).flatten();
        self.at += value.len();
        number.map(Some).ok_or(AttributeError(self.at - value.len()))
    }

    /// Names and bracketed classes with commas between them, as one set.
    fn classes(&mut self) -> Result<CharSet, AttributeError> {
        let mut all = CharSet::default();
        if self.rest().is_empty() || self.rest().starts_with(';') {
            return Ok(all);
        }
        loop {
            let start = self.at;
            let set = if self.rest().starts_with('[') {
                self.bracketed()?
            } else {
                CharSet::named(self.word()).ok_or(AttributeError(start))?
            };
            all = all.union(set);
            self.skip_spaces();
            if self.expect(',').is_err() {
                return Ok(all);
            }
            self.skip_spaces();
        }
    }

    fn bracketed(&mut self) -> Result<CharSet, AttributeError> {
        let inside = self.rest().get(1..).unwrap_or_default();
        let close = inside.find(']').ok_or(AttributeError(self.at))?;
        // Of two closing brackets in a row the first is a member.
        let end = if inside.get(close + 1..).is_some_and(|rest| rest.starts_with(']')) { close + 1 } else { close };
        self.at += 1 + end + 1;
        let members = inside.get(..end).unwrap_or_default();
        Ok(CharSet::of(members.char_indices().filter(|(at, c)| *c != '-' || *at == 0).map(|(_, c)| c)))
    }
}
