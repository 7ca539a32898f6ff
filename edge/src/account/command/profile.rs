//! Who a customer is.

use serde::{Deserialize, Serialize};

/// Who the customer is, as given at opening or by the origin at adoption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Surname in kanji.
    pub family: String,
    /// Given name in kanji.
    pub given: String,
    /// Surname in katakana.
    pub family_kana: String,
    /// Given name in katakana.
    pub given_kana: String,
    /// `YYYY-MM-DD`.
    pub birthday: String,
    /// Seven digits.
    pub postal: String,
    /// One line.
    pub address: String,
    /// Digits and hyphens.
    pub phone: String,
    /// The mail address for notices.
    pub mail: String,
    /// `ja` or `en`: the language of the letters.
    #[serde(default = "japanese")]
    pub lang: String,
}

fn japanese() -> String {
    String::from("ja")
}
