//! Writes the JSON object of a request, into memory that is reserved once and wiped afterwards.

use zeroize::Zeroizing;

/// The JSON object (RFC 8259) of `fields`, every value a string.
///
/// The bytes are reserved at once for the longest form that escaping can give, so that growing never leaves a copy of a
/// password behind, and they are wiped when the returned value is dropped.
///
/// ```
/// let body = sekisho_client::json::object(&[("id", "10023456"), ("password", "a\"b")]);
/// assert_eq!(&**body, br#"{"id":"10023456","password":"a\"b"}"#);
/// ```
pub fn object(fields: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
    let longest = fields.iter().map(|(name, value)| (name.len() + value.len()) * 6 + 6).sum::<usize>() + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(longest));
    bytes.push(b'{');
    for (at, (name, value)) in fields.iter().enumerate() {
        if at > 0 {
            bytes.push(b',');
        }
        string(&mut bytes, name);
        bytes.push(b':');
        string(&mut bytes, value);
    }
    bytes.push(b'}');
    bytes
}

/// `value` as a JSON string, for a text that is no secret.
///
/// ```
/// assert_eq!(sekisho_client::json::text("私の\"鍵\""), r#""私の\"鍵\"""#);
/// ```
pub fn text(value: &str) -> String {
    let mut bytes = Vec::new();
    string(&mut bytes, value);
    // Only ASCII was added to what was UTF-8 before.
    String::from_utf8(bytes).unwrap_or_default()
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn string(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => bytes.extend([b'\\', byte]),
            0..0x20 => {
                let low = HEX.get(usize::from(byte & 15)).copied().unwrap_or(b'0');
                bytes.extend_from_slice(b"\\u00");
                bytes.extend([b'0' + (byte >> 4), low]);
            }
            _ => bytes.push(byte),
        }
    }
    bytes.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn every_control_character_quote_and_backslash_is_escaped() {
        let all: String = (0..0x80).map(char::from).collect();
        let body = object(&[("password", &all)]);
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["password"], all);
    }

    #[test]
    fn text_beyond_ascii_is_kept() {
        let body = object(&[("family", "髙橋"), ("given", "🐎\u{2028}")]);
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((read["family"].as_str(), read["given"].as_str()), (Some("髙橋"), Some("🐎\u{2028}")));
    }

    #[test]
    fn the_bytes_never_move() {
        let body = object(&[("\u{1}\u{1}", "\u{1}\u{1}\u{1}"), ("b", "\u{2}")]);
        assert!(body.len() <= body.capacity());
        let longest = [("\u{1}\u{1}", "\u{1}\u{1}\u{1}"), ("b", "\u{2}")]
            .iter()
            .map(|(name, value)| (name.len() + value.len()) * 6 + 6)
            .sum::<usize>()
            + 2;
        assert_eq!(body.capacity(), longest, "the vector grew, and left a copy behind");
    }

    #[test]
    fn no_fields_are_an_empty_object() {
        assert_eq!(&**object(&[]), b"{}");
    }
}
