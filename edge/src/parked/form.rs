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
const HIDDEN_WORDS: [&str; 9] = ["pin", "otp", "cvv", "cvc", "totp", "pw", "pincode", "pinno", "otpcode"];
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
    let whole = name.to_ascii_lowercase();
    // Where a word of camelCase begins, also behind one in capitals, a space; and all once more as it is.
    let mut words = String::new();
    let (mut before, mut letters) = (' ', name.chars().peekable());
    while let Some(letter) = letters.next() {
        let begins = before.is_ascii_lowercase()
            || before.is_ascii_uppercase() && letters.peek().is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && begins {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
        before = letter;
    }
    let words = words + " " + &whole;
    let mut words = words.split(|letter: char| !letter.is_ascii_alphabetic());
    words.any(|word| HIDDEN_WORDS.contains(&word)) || HIDDEN.iter().any(|word| whole.contains(word))
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
