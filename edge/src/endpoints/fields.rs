//! The fields of an account opening: folded to one form, each complaint with the field's name.

use crate::account::Profile;
use crate::host::{Host, Unicode};
use crate::notice::address;
use crate::routes::{Asked, No};
use jiff::civil::Date;
use sekisho_rules::{Person, Refusal, Secret, Timestamp};
use serde_json::{Map, Value};

/// What the opening's form brings.
pub(super) struct Form {
    /// What makes the profile, in its order.
    profile: [Secret; 10],
    pub password: Secret,
    pub attempt: Option<Secret>,
}

impl Form {
    /// Reads the form.
    ///
    /// # Errors
    /// `malformed`, where a field is missing or unknown.
    pub fn read<H: Host>(asked: &Asked<'_, H>) -> Result<Self, No> {
        let needed = [
            "family",
            "given",
            "family_kana",
            "given_kana",
            "birthday",
            "postal",
            "address",
            "phone",
            "mail",
            "lang",
            "password",
        ];
        let (texts, [attempt]) = asked.texts(needed, ["attempt"])?;
        let [family, given, family_kana, given_kana, birthday, postal, address, phone, mail, lang, password] = texts;
        let profile = [family, given, family_kana, given_kana, birthday, postal, address, phone, mail, lang];
        Ok(Self { profile, password, attempt })
    }

    /// The profile, every field in its one form.
    ///
    /// # Errors
    /// `fields_refused` with `fields`: the name of each field that cannot be, and `missing`, `too_long` or `form`.
    pub fn profile(&self, now: Timestamp, unicode: &impl Unicode) -> Result<Profile, No> {
        let [family, given, family_kana, given_kana, day, code, home, number, address, lang] =
            self.profile.each_ref().map(Secret::expose);
        let mut faults = Map::new();
        let mut take = |name: &str, text: &str, most: usize, fold: &dyn Fn(&str) -> Option<String>| {
            let text = text.trim();
            let fault = match fold(text) {
                _ if text.is_empty() => "missing",
                _ if text.chars().count() > most => "too_long",
                _ if text.contains(char::is_control) => "form",
                Some(folded) => return folded,
                None => "form",
            };
            faults.insert(name.to_owned(), fault.into());
            String::new()
        };
        let as_it_is = |text: &str| Some(text.to_owned());
        let profile = Profile {
            family: take("family", family, 40, &as_it_is),
            given: take("given", given, 40, &as_it_is),
            family_kana: take("family_kana", family_kana, 40, &katakana),
            given_kana: take("given_kana", given_kana, 40, &katakana),
            birthday: take("birthday", day, 10, &birthday),
            postal: take("postal", code, 10, &postal),
            address: take("address", home, 200, &as_it_is),
            phone: take("phone", number, 20, &phone),
            mail: take("mail", address, 254, &|text| address::parse(text, unicode)),
            lang: take("lang", lang, 2, &|text: &str| matches!(text, "ja" | "en").then(|| text.to_owned())),
        };
        if !faults.contains_key("birthday") && !is_past(&profile.birthday, now) {
            faults.insert("birthday".into(), "form".into());
        }
        if faults.is_empty() {
            return Ok(profile);
        }
        Err(No::with(Refusal::FieldsRefused, "fields", Value::Object(faults)))
    }
}

/// Katakana; hiragana is folded to it. Long vowel mark, middle dot and spaces belong to names.
fn katakana(text: &str) -> Option<String> {
    let fold = |letter: char| match letter {
        'ァ'..='ヺ' | 'ー' | '・' | ' ' | '\u{3000}' => Some(letter),
        'ぁ'..='ゖ' => char::from_u32(u32::from(letter) + 0x60),
        _ => None,
    };
    text.chars().map(fold).collect()
}

/// Half-width digits out of half- and full-width ones; hyphens of every kind and spaces are left out.
pub(super) fn digits(text: &str) -> Option<String> {
    let fold = |letter: char| match letter {
        '0'..='9' => Some(Some(letter)),
        '\u{FF10}'..='\u{FF19}' => Some(char::from_u32(u32::from(letter) - 0xFEE0)),
        '-' | '\u{FF0D}' | '\u{2010}' | '\u{2212}' | 'ー' | ' ' | '\u{3000}' => Some(None),
        _ => None,
    };
    let folded: Option<Vec<Option<char>>> = text.chars().map(fold).collect();
    Some(folded?.into_iter().flatten().collect())
}

fn postal(text: &str) -> Option<String> {
    digits(text).filter(|digits| digits.len() == 7)
}

/// A telephone number's digits, however it was written.
pub(super) fn phone(text: &str) -> Option<String> {
    digits(text).filter(|digits| (10..=11).contains(&digits.len()) && digits.starts_with('0'))
}

/// A date that exists, `YYYY-MM-DD`, from 1900 on.
fn birthday(text: &str) -> Option<String> {
    (civil(text)?.year() >= 1900).then(|| text.to_owned())
}

/// The date. Not by the crate's own parser, which would bring every form of a date and every word about them.
fn civil(text: &str) -> Option<Date> {
    let (year, month, day) = Person::birthday_of(text)?;
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Whether the date, `YYYY-MM-DD`, lies before today in Japan.
fn is_past(date: &str, now: Timestamp) -> bool {
    let millis = i64::try_from(now.as_millis()).unwrap_or_default();
    let today =
        jiff::Timestamp::from_millisecond(millis).map(|now| jiff::tz::Offset::constant(9).to_datetime(now).date());
    matches!((civil(date), today), (Some(date), Ok(today)) if date < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_folded_to_one_form() {
        assert_eq!(katakana("やまだ").as_deref(), Some("ヤマダ"));
        assert_eq!(katakana("Yamada"), None);
        assert_eq!(phone("\u{FF10}90ー1234-5678").as_deref(), Some("09012345678"));
        assert_eq!(phone("12345"), None);
        assert_eq!(postal("100-0001").as_deref(), Some("1000001"));
        assert_eq!(birthday("2000-02-29").as_deref(), Some("2000-02-29"));
        for odd in ["2001-02-29", "1899-01-01", "2000-13-01", "20000-01-1", ""] {
            assert_eq!(birthday(odd), None, "{odd}");
        }
    }
}
