//! What the page's script says of the browser at a login by password: the clock's zone and the first language, no more.

/// The longest name of a language that is looked at (RFC 5646 §4.4.1).
const LANGUAGE: usize = 35;

/// What the script says; each part may be missing, and one that cannot be is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Minutes that the browser's clock is east of UTC.
    pub zone: Option<i32>,
    /// The first language, as BCP 47 writes it.
    pub language: Option<String>,
}

impl Said {
    /// Reads what came with the login.
    ///
    /// ```
    /// use sekisho_edge::risk::Said;
    /// let said = Said::read(Some("540"), Some("ja-JP"));
    /// assert_eq!((said.zone, said.language.as_deref()), (Some(540), Some("ja-JP")));
    /// assert_eq!(Said::read(Some("99999"), Some("<script>")), Said::default());
    /// ```
    pub fn read(zone: Option<&str>, language: Option<&str>) -> Self {
        let zone = zone.filter(|text| text.len() <= 4).and_then(|text| text.parse().ok());
        let is_name = |text: &&str| {
            (2..=LANGUAGE).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        Self {
            zone: zone.filter(|zone| (-720..=840).contains(zone)),
            language: language.filter(is_name).map(str::to_owned),
        }
    }
}

/// The first subtag of the first language in a list of them: `ja` of `ja-JP,en;q=0.8`.
pub(super) fn primary(list: &str) -> &str {
    let first = list.trim_start().split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    if (2..=3).contains(&first.len()) { first } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_subtag_is_the_language() {
        for (list, first) in
            [("ja-JP,en;q=0.8", "ja"), ("  en", "en"), ("", ""), ("*", ""), ("x-klingon", ""), ("fil;q=1", "fil")]
        {
            assert_eq!(primary(list), first, "{list}");
        }
    }

    #[test]
    fn what_cannot_be_is_not_said() {
        for (zone, language) in
            [("841", "j"), ("-721", "ja JP"), ("9.5", "日本語"), ("", ""), ("+0540", &"a".repeat(36))]
        {
            assert_eq!(Said::read(Some(zone), Some(language)), Said::default(), "{zone} {language}");
        }
        assert_eq!(Said::read(Some("-210"), None).zone, Some(-210));
    }
}
