//! What is known of the customer who sets a password, so that it is not built from that.

use core::fmt;

/// A customer's own data, all optional: a password must not be guessable from any of it (row R3).
///
/// ```
/// use sekisho_rules::Person;
/// let person = Person { family_kana: Some("ヤマダ".into()), birthday: Some((1985, 4, 1)), ..Person::default() };
/// assert_eq!(format!("{person:?}"), "Person");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Surname as written, kanji or Latin letters.
    pub family: Option<String>,
    /// Given name as written.
    pub given: Option<String>,
    /// Surname in kana, full-width or half-width, katakana or hiragana.
    pub family_kana: Option<String>,
    /// Given name in kana.
    pub given_kana: Option<String>,
    /// Year, month, day of birth.
    pub birthday: Option<(u16, u8, u8)>,
    /// Phone number, any spelling.
    pub phone: Option<String>,
    /// Postal code, any spelling.
    pub postal: Option<String>,
    /// Account number or chosen id.
    pub account_number: Option<String>,
    /// Mail address; its local part is what matters.
    pub mail: Option<String>,
}

impl Person {
    /// The birthday of a text `YYYY-MM-DD`; none where it is not of that form.
    ///
    /// ```
    /// use sekisho_rules::Person;
    /// assert_eq!(Person::birthday_of("1985-04-01"), Some((1985, 4, 1)));
    /// assert_eq!(Person::birthday_of("1985-4-1"), None);
    /// ```
    pub fn birthday_of(text: &str) -> Option<(u16, u8, u8)> {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.strip_prefix('-')?.split_once('-')?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        (month.len() == 2 && day.len() == 2 && digits(year) && digits(month) && digits(day))
            .then(|| Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)))?
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person")
    }
}
