//! A letter as mail servers take it: RFC 5322 and MIME, every text in UTF-8 under base64, so that no line is too long and
//! none can be taken for anything else.

use super::Written;
use super::address::on_the_wire;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::tz::Offset;
use sekisho_rules::Timestamp;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// No base64 holds a `=_`, so no part can end early (RFC 2045 §6.7).
const BOUNDARY: &str = "=_sekisho";
/// As many bytes of UTF-8 as an encoded word holds that ends within the 76 characters of its line (RFC 2047 §2).
const WORD: usize = 39;
/// As many bytes as a line of base64 holds (RFC 2045 §6.8).
const LINE: usize = 57;

/// The whole message. `key` names it, and the same key is the same message: a receiver may take it once.
pub(super) fn message(
    (from_name, from): (&str, &str),
    (to_name, to): (&str, &str),
    written: &Written,
    key: &str,
    at: Timestamp,
) -> String {
    let domain = from.rsplit_once('@').map_or(from, |(_, domain)| domain);
    let mut text = format!(
        "From: {}\r\n <{}>\r\nTo: {}\r\n <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{key}@{domain}>\r\n\
         MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n\
         Content-Type: multipart/alternative; boundary=\"{BOUNDARY}\"\r\n",
        words(from_name),
        on_the_wire(from),
        words(to_name),
        on_the_wire(to),
        words(&written.subject),
        date(at),
    );
    for (kind, part) in [("plain", &written.text), ("html", &written.html)] {
        text.push_str(&format!(
            "\r\n--{BOUNDARY}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        ));
        for line in part.as_bytes().chunks(LINE) {
            text.push_str("\r\n");
            STANDARD.encode_string(line, &mut text);
        }
        text.push_str("\r\n");
    }
    text.push_str(&format!("\r\n--{BOUNDARY}--\r\n"));
    text
}

/// `text` as encoded words (RFC 2047), none of which parts a character.
fn words(text: &str) -> String {
    let mut coded = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let fits = |end: &usize| *end <= WORD;
        let end = rest.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(fits).last();
        let Some((word, after)) = end.and_then(|end| rest.split_at_checked(end)) else { break };
        if !coded.is_empty() {
            coded.push_str("\r\n ");
        }
        coded.push_str("=?UTF-8?B?");
        STANDARD.encode_string(word, &mut coded);
        coded.push_str("?=");
        rest = after;
    }
    coded
}

/// RFC 5322 §3.3, in Japan's time.
fn date(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or_default();
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    let there = Offset::constant(9).to_datetime(instant);
    let named = |names: &[&'static str], at: i8| usize::try_from(at).ok().and_then(|at| names.get(at).copied());
    let day = named(&DAYS, there.date().weekday().to_monday_zero_offset()).unwrap_or_default();
    let month = named(&MONTHS, there.month() - 1).unwrap_or_default();
    let (date, year, hour, minute, second) = (there.day(), there.year(), there.hour(), there.minute(), there.second());
    format!("{day}, {date} {month} {year} {hour:02}:{minute:02}:{second:02} +0900")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_mail_allows_and_no_word_parts_a_character() {
        let text = "「関所証券」のお知らせ\r\nBcc: x@example.com ".repeat(40);
        let written = Written { subject: text.clone(), text: text.clone(), html: text.clone() };
        let at = Timestamp::from_millis(1_795_323_900_000);
        let message = message((&text, "no-reply@x.jp"), (&text, "a..b.@docomo.ne.jp"), &written, "k-1", at);
        assert!(message.split("\r\n").all(|line| line.len() <= 76 && line.is_ascii()), "{message}");
        assert!(!message.contains("Bcc") && !message.replace("\r\n", "").contains(['\r', '\n']));
        assert!(message.contains("\r\nDate: Sun, 22 Nov 2026 14:05:00 +0900\r\n"));
        assert!(message.contains(" <\"a..b.\"@docomo.ne.jp>\r\n") && message.contains("<k-1@x.jp>"));
        let mut read = String::new();
        for word in words(&text).split("\r\n ") {
            let coded = word.strip_prefix("=?UTF-8?B?").and_then(|word| word.strip_suffix("?=")).unwrap();
            assert!(word.len() <= 75);
            read.push_str(&String::from_utf8(STANDARD.decode(coded).unwrap()).unwrap());
        }
        assert_eq!(read, text);
    }
}
