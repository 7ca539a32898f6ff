//! Writes the JSON object of a request. No password is in it that is not sealed.

/// The JSON object (RFC 8259) of `fields`, every value a string.
///
/// ```
/// let body = sekisho_client::json::object(&[("id", "10023456"), ("note", "a\"b")]);
/// assert_eq!(body, r#"{"id":"10023456","note":"a\"b"}"#);
/// ```
pub fn object(fields: &[(&str, &str)]) -> String {
    let mut json = String::from("{");
    for (at, (name, value)) in fields.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        string(&mut json, name);
        json.push(':');
        string(&mut json, value);
    }
    json.push('}');
    json
}

/// `value` as a JSON string.
///
/// ```
/// assert_eq!(sekisho_client::json::text("私の\"鍵\""), r#""私の\"鍵\"""#);
/// ```
pub fn text(value: &str) -> String {
    let mut json = String::new();
    string(&mut json, value);
    json
}

fn string(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\0'..' ' => {
                json.push_str("\\u00");
                json.extend(hex(letter as u8));
            }
            _ => json.push(letter),
        }
    }
    json.push('"');
}

/// `parts` behind one another. Not `concat` or `format!`: both bring machinery of more than a kilobyte along.
pub fn joined(parts: &[&str]) -> String {
    parts.iter().copied().collect()
}

/// The two hex digits of `byte`.
pub fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }))
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn every_control_character_quote_and_backslash_is_escaped() {
        let all: String = (0..0x80).map(char::from).collect();
        let read: serde_json::Value = serde_json::from_str(&object(&[("text", &all)])).unwrap();
        assert_eq!(read["text"], all);
    }

    #[test]
    fn text_beyond_ascii_is_kept() {
        let body = object(&[("family", "髙橋"), ("given", "🐎\u{2028}")]);
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((read["family"].as_str(), read["given"].as_str()), (Some("髙橋"), Some("🐎\u{2028}")));
    }

    #[test]
    fn no_fields_are_an_empty_object() {
        assert_eq!(object(&[]), "{}");
    }
}
