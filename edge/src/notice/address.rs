//! A mail address in its one form, and two of them compared.
//!
//! Odd local parts that carriers have issued (`a..b.@`) are real and accepted. The domain is kept in ASCII, lower case.

use crate::host::Unicode;

/// The most characters before the `@` (RFC 5321 §4.5.3.1.1).
const LOCAL: usize = 64;
/// The most of a whole address that fits a path (RFC 5321 §4.5.3.1.3).
const WHOLE: usize = 254;

/// The address that `text` is: one `@`, printable ASCII without the specials of RFC 5322 §3.2.3 before it, save dots, which
/// may stand anywhere; behind it a domain with a dot, one with other letters in its ASCII form.
pub(crate) fn parse(text: &str, unicode: &impl Unicode) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let sound = |letter: char| letter.is_ascii_graphic() && !"\"(),:;<>[\\]@".contains(letter);
    if local.is_empty() || local.len() > LOCAL || !local.chars().all(sound) {
        return None;
    }
    let domain = if domain.is_ascii() { domain.to_ascii_lowercase() } else { ascii(domain, unicode)? };
    let address = format!("{local}@{domain}");
    (is_domain(&domain) && address.len() <= WHOLE).then_some(address)
}

/// Whether two addresses are the same mailbox. Receivers that tell upper from lower case in the local part are allowed by
/// RFC 5321 §2.4 and not to be found.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The address as mail servers read it: a local part with dots where RFC 5322 §3.2.3 allows none is quoted.
pub(super) fn on_the_wire(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if local.split('.').any(str::is_empty) => format!("\"{local}\"@{domain}"),
        _ => address.to_owned(),
    }
}

/// What a URL's host parser would take for the end of the host, or decode, is no letter of a domain.
fn ascii(domain: &str, unicode: &impl Unicode) -> Option<String> {
    let sound = |letter: char| !letter.is_ascii() || letter.is_ascii_alphanumeric() || "-.".contains(letter);
    let short = domain.len() <= WHOLE && domain.chars().all(sound);
    short.then(|| unicode.ascii_domain(domain)).flatten()
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // Names end in letters; what ends in digits alone is a network address.
    let named = text.rsplit_once('.').is_some_and(|(_, last)| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
    named && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::{parse, same};
    use crate::memory::testing::memory;

    #[test]
    fn carriers_odd_addresses_are_accepted_and_two_ats_are_not() {
        let memory = memory();
        for sound in ["a..b.@docomo.ne.jp", ".taro.@ezweb.ne.jp", "taro@example.com", "x+y@sub.example.co.jp", "-@a.jp"]
        {
            assert_eq!(parse(sound, &memory).as_deref(), Some(sound));
        }
        for odd in [
            "a@b@example.com",
            "@example.com",
            "a@example",
            "a b@example.com",
            "a@-x.com",
            "a@x..com",
            "a,b@x.jp",
            "a@x.jp.",
            "a@127.0.0.1",
            "a@[::1]",
            "a@x_y.jp",
            "\"a\"@x.jp",
            "a@",
            "a",
            "",
            "あ@example.com",
            "a@x.jp\r\nBcc: b@x.jp",
        ] {
            assert_eq!(parse(odd, &memory), None, "{odd}");
        }
        assert_eq!(parse(&format!("{}@x.jp", "a".repeat(65)), &memory), None);
        assert_eq!(parse(&format!("a@{}.jp", "a".repeat(64)), &memory), None);
        assert_eq!(parse(&format!("a@{}jp", "abcdefgh.".repeat(28)), &memory), None);
    }

    #[test]
    fn a_domain_in_other_letters_is_kept_in_ascii() {
        let memory = memory();
        for (typed, kept) in [
            ("taro@例え.jp", "taro@xn--r8jz45g.jp"),
            ("taro@例え。ＪＰ", "taro@xn--r8jz45g.jp"),
            ("Taro@EXAMPLE.com", "Taro@example.com"),
        ] {
            assert_eq!(parse(typed, &memory).as_deref(), Some(kept), "{typed}");
        }
        for odd in
            ["a@例え", "a@例え/x.jp", "a@例え.jp:25", "a@例え.jp?x", "a@１２７.0.0.1", "a@例%41.jp", "a@\u{200b}.jp"]
        {
            assert_eq!(parse(odd, &memory), None, "{odd}");
        }
        assert!(same("Taro@example.com", "taro@Example.com") && !same("taro@example.com", "taro@example.jp"));
    }
}
