//! A form's fields as a customer reads them (URL standard, `application/x-www-form-urlencoded`). What is sent on is the body
//! itself, byte for byte; this is for the eye alone.

use crate::gate::decoded;

/// More fields are not shown one by one.
const MOST: usize = 100;
/// A longer value is cut.
const LONGEST: usize = 200;
/// What a field's name holds whose value nobody should read over a shoulder.
const HIDDEN: [&str; 9] =
    ["pass", "pwd", "secret", "ansho", "mynumber", "my_number", "暗証", "個人番号", "マイナンバー"];
/// Such names that stand for themselves alone: other words hold them.
const HIDDEN_WORDS: [&str; 5] = ["pin", "otp", "cvv", "cvc", "totp"];
/// What stands where a text is not UTF-8, as of a page in Shift_JIS.
const UNREADABLE: &str = "(表示できません cannot be shown)";
const DOTS: &str = "●●●●";

/// Names and values in their order.
pub(super) fn fields(body: &str) -> Vec<(String, String)> {
    let mut shown = Vec::new();
    let mut more = 0_usize;
    for pair in body.split('&').filter(|pair| !pair.is_empty()) {
        if shown.len() == MOST {
            more += 1;
            continue;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, read) = (spaced(name), spaced(value));
        // What a name says that nobody can read may be anything.
        let hidden = !value.is_empty() && name.as_deref().is_none_or(is_secret);
        shown.push((short(name), if hidden { DOTS.to_owned() } else { short(read) }));
    }
    // Nobody is to think that this is all.
    if more > 0 {
        shown.push(("…".to_owned(), format!("+{more}")));
    }
    shown
}

/// Whether a field of that name holds what nobody should read: a word of it, in camelCase as well, or the whole.
fn is_secret(name: &str) -> bool {
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
    words.any(|word| HIDDEN_WORDS.contains(&word)) || HIDDEN.iter().any(|word| name.to_ascii_lowercase().contains(word))
}

/// A part of a form or a query without its percent escapes; none where it is not UTF-8.
pub(crate) fn text(escaped: &str) -> Option<String> {
    String::from_utf8(decoded(escaped)).ok()
}

fn spaced(part: &str) -> Option<String> {
    text(&part.replace('+', " "))
}

fn short(whole: Option<String>) -> String {
    let Some(whole) = whole else { return UNREADABLE.to_owned() };
    let mut short: String = whole.chars().take(LONGEST).collect();
    if short.len() < whole.len() {
        short.push('…');
    }
    short
}
