//! A form's fields as a customer reads them (URL standard, `application/x-www-form-urlencoded`). What is sent on is the body
//! itself, byte for byte; this is for the eye alone.

/// More fields are not shown one by one.
const MOST: usize = 100;
/// A longer value is cut.
const LONGEST: usize = 200;
/// What a field's name holds whose value nobody should read over a shoulder; `pin` stands for itself alone.
const HIDDEN: [&str; 3] = ["pass", "secret", "暗証"];

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
            let (name, value) = (decode(name), decode(value));
            let lower = name.to_ascii_lowercase();
            let pin = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == "pin");
            let hidden = !value.is_empty() && (pin || HIDDEN.iter().any(|word| lower.contains(word)));
            (name, if hidden { "●●●●".to_owned() } else { value })
        })
        .chain(rest)
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let escaped = (*byte == b'%').then(|| after.get(..2)).flatten();
        let escaped = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => bytes.push(if *byte == b'+' { b' ' } else { *byte }),
        }
    }
    let whole = String::from_utf8_lossy(&bytes);
    let mut short: String = whole.chars().take(LONGEST).collect();
    if short.len() < whole.len() {
        short.push('…');
    }
    short
}
