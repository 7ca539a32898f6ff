//! Masks: personal data as it is shown even to a logged-in customer, with a fixed number of stars.
//!
//! The count of stars says nothing of what is hidden, and what cannot be read as expected is hidden whole.

use crate::password::width::folded;

const HIDDEN: &str = "****";

/// A phone or FAX number: the prefix and the last four digits stay.
///
/// ```
/// use sekisho_rules::mask;
/// assert_eq!(mask::phone("09012341234"), "090-****-1234");
/// assert_eq!(mask::phone("03-1234-5678"), "03-****-5678");
/// ```
pub fn phone(number: &str) -> String {
    let folded = folded(number);
    let abroad =
        folded.trim_start().strip_prefix("+81").map(|rest| format!("0{}", rest.trim_start_matches(['-', ' '])));
    let digits = digits(abroad.as_deref().unwrap_or(&folded));
    let prefix = match digits.len() {
        11 => digits.get(..3),
        // Area codes are two to five digits; two are shown, since the table of them is not worth its bytes.
        10 => digits.get(..2),
        _ => None,
    };
    match (prefix, tail(&digits, 4)) {
        (Some(prefix), Some(tail)) => format!("{prefix}-{HIDDEN}-{tail}"),
        _ => HIDDEN.to_owned(),
    }
}

/// A mail address: the first character and the domain stay.
///
/// ```
/// assert_eq!(sekisho_rules::mask::mail("taro@example.com"), "t***@example.com");
/// ```
pub fn mail(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if !domain.is_empty() => match local.chars().next() {
            Some(first) => format!("{first}***@{domain}"),
            None => HIDDEN.to_owned(),
        },
        _ => HIDDEN.to_owned(),
    }
}

/// A Japanese address: the prefecture stays; an address without one is hidden whole.
///
/// ```
/// assert_eq!(sekisho_rules::mask::address("東京都千代田区千代田1-1"), "東京都****");
/// ```
pub fn address(address: &str) -> String {
    let address = address.trim();
    // Matched by name where a city or ward could hold the same character (京都市, 横浜市都筑区).
    let named = ["東京都", "北海道", "京都府", "大阪府"].into_iter().find(|name| address.starts_with(name));
    let ends = || address.char_indices().take(4).skip(2).find(|(_, c)| *c == '県').map(|(at, c)| at + c.len_utf8());
    let end = named.map(str::len).or_else(ends);
    format!("{}{HIDDEN}", end.and_then(|end| address.get(..end)).unwrap_or_default())
}

/// A birthday `YYYY-MM-DD`: the year stays.
///
/// ```
/// assert_eq!(sekisho_rules::mask::birthday("1990-04-01"), "1990/**/**");
/// ```
pub fn birthday(date: &str) -> String {
    match date.split('-').next() {
        Some(year) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => format!("{year}/**/**"),
        _ => "****/**/**".to_owned(),
    }
}

/// A postal code: the first three digits stay.
///
/// ```
/// assert_eq!(sekisho_rules::mask::postal("1000001"), "100-****");
/// ```
pub fn postal(code: &str) -> String {
    let digits = digits(&folded(code));
    match digits.get(..3) {
        Some(area) if digits.len() == 7 => format!("{area}-{HIDDEN}"),
        _ => HIDDEN.to_owned(),
    }
}

/// The number of a bank account: the last three digits stay.
///
/// ```
/// assert_eq!(sekisho_rules::mask::bank_account("1234567"), "****567");
/// ```
pub fn bank_account(number: &str) -> String {
    let digits = digits(&folded(number));
    match tail(&digits, 3) {
        Some(tail) if digits.len() >= 6 => format!("{HIDDEN}{tail}"),
        _ => HIDDEN.to_owned(),
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn tail(digits: &str, count: usize) -> Option<&str> {
    digits.get(digits.len().checked_sub(count)?..)
}
