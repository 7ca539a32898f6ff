//! A form's fields as a customer reads them (URL standard, `application/x-www-form-urlencoded`). What is sent on is the body
//! itself, byte for byte; this is for the eye alone.

use crate::gate::decoded;

/// More fields are not shown one by one.
const MOST: usize = 100;
/// A longer value is cut.
const LONGEST: usize = 200;
/// What a field's name holds whose value nobody should read over a shoulder, whatever stands between its words.
const HIDDEN: [&str; 8] = ["pass", "pwd", "secret", "ansho", "mynumber", "暗証", "個人番号", "マイナンバー"];
/// Such names that stand for themselves alone: other words hold them.
const HIDDEN_WORDS: [&str; 5] = ["pin", "otp", "cvv", "cvc", "totp"];
/// What stands where a text is not UTF-8, as of a page in Shift_JIS.
const UNREADABLE: &str = "(表示できません cannot be shown)";
const DOTS: &str = "●●●●";

/// Names and values in their order.
pub(super) fn fields(body: &str) -> Vec<(String, String)> {
    let pairs = || body.split('&').filter(|pair| !pair.is_empty());
    let more = pairs().count().saturating_sub(MOST);
    // Nobody is to think that this is all.
    let rest = (more > 0).then(|| ("…".to_owned(), format!("+{more}")));
    pairs()
        .take(MOST)
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let [name, read] = [name, value].map(|part| text(&part.replace('+', " ")));
            // What a name says that nobody can read may be anything.
            let hidden = !value.is_empty() && name.as_deref().is_none_or(is_secret);
            let shown = read.map_or_else(|| UNREADABLE.to_owned(), short);
            (name.map_or_else(|| UNREADABLE.to_owned(), short), if hidden { DOTS.to_owned() } else { shown })
        })
        .chain(rest)
        .collect()
}

/// Whether a field of that name holds what nobody should read: a word of it, in camelCase as well, or the whole.
fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|letter| !letter.is_ascii_punctuation()).collect();
    let plain = plain.to_ascii_lowercase();
    // Where a word of camelCase begins, a space.
    let mut spaced = String::with_capacity(2 * name.len());
    let mut within = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && within {
            spaced.push(' ');
        }
        within = letter.is_ascii_lowercase();
        spaced.push(letter.to_ascii_lowercase());
    }
    let mut words = spaced.split(|letter: char| !letter.is_ascii_alphabetic());
    HIDDEN.iter().any(|word| plain.contains(word)) || words.any(|word| HIDDEN_WORDS.contains(&word))
}

/// A part of a form or a query without its percent escapes; none where it is not UTF-8.
pub(crate) fn text(escaped: &str) -> Option<String> {
    String::from_utf8(decoded(escaped)).ok()
}

fn short(whole: String) -> String {
    let mut short: String = whole.chars().take(LONGEST).collect();
    if short.len() < whole.len() {
        short.push('…');
    }
    short
}
