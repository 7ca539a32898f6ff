//! JSON read strictly: no key twice in one object, no deep nesting, nothing after the value.
//!
//! serde's usual maps keep the last of two equal keys, and a checker that reads the first is then fooled; hence a tree of
//! our own over serde_json's tokens.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::error::Fault;

const MAX_DEPTH: u8 = 8;

/// A JSON value. Of numbers only whole ones from 0 on keep their value: nothing else is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(Option<u64>),
    String(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Reads one value from `bytes`, which must hold nothing else.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json<'_>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Json("not UTF-8"))?;
    let mut reader = serde_json::Deserializer::from_slice(text.as_bytes());
    let value = Node { depth: MAX_DEPTH }
        .deserialize(&mut reader)
        .map_err(|_| Fault::Json("syntax, a key twice, or nested too deeply"))?;
    reader.end().map_err(|_| Fault::Json("something follows the value"))?;
    Ok(value)
}

impl<'a> Json<'a> {
    /// The member `key`, where this is an object that has one that is not null.
    pub(crate) fn get(&self, key: &str) -> Option<&Json<'a>> {
        match self {
            Self::Object(members) => {
                members.iter().find(|(name, value)| name == key && *value != Json::Null).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number from 0 on.
    pub(crate) fn as_number(&self) -> Option<u64> {
        match self {
            Self::Number(value) => *value,
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Json<'a>]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// The text member `key`.
    pub(crate) fn text(&self, key: &'static str) -> Result<&str, Fault> {
        self.get(key).and_then(Json::as_str).ok_or(Fault::Field(key))
    }

    /// The text member `key`, or none where it is absent or null.
    pub(crate) fn optional_text(&self, key: &'static str) -> Result<Option<&str>, Fault> {
        self.get(key).map(|value| value.as_str().ok_or(Fault::Field(key))).transpose()
    }

    /// The boolean member `key`, or none where it is absent or null.
    pub(crate) fn optional_bool(&self, key: &'static str) -> Result<Option<bool>, Fault> {
        self.get(key).map(|value| value.as_bool().ok_or(Fault::Field(key))).transpose()
    }
}

#[derive(Clone, Copy)]
struct Node {
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Json<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Node {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        self.depth.checked_sub(1).map(|depth| Self { depth }).ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(None))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(Some(number)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number(None))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let inner = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let inner = self.inner()?;
        let mut members: Vec<(Cow<'de, str>, Json<'de>)> = Vec::new();
        while let Some(key) = items.next_key_seed(Key)? {
            // Quadratic only up to the cap below; every object of these messages is small.
            if members.len() >= 64 || members.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom("a key stands twice, or too many keys"));
            }
            let value = items.next_value_seed(inner)?;
            members.push((key, value));
        }
        Ok(Json::Object(members))
    }
}

/// An object's key, borrowed where it has no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth_and_in_any_spelling() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"b":{"a":1,"a":1}}"#, r#"[{"a":1,"\u0061":2}]"#] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_may_follow_or_nest_deeply() {
        assert!(parse(b"{} {}").is_err());
        assert!(parse(b"\xef\xbb\xbf{}").is_err());
        assert!(parse(b"[[[[[[[[1]]]]]]]]").is_ok());
        assert!(parse(b"[[[[[[[[[1]]]]]]]]]").is_err());
        assert!(parse(&vec![b'['; 60_000]).is_err());
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn members_are_read_by_type() {
        let value = parse(br#"{"a":"x","b":true,"c":null,"d":[1,-1,1.5]}"#).unwrap();
        assert_eq!(value.text("a"), Ok("x"));
        assert_eq!(value.text("b"), Err(Fault::Field("b")));
        assert_eq!(value.optional_text("c"), Ok(None));
        assert_eq!(value.optional_bool("b"), Ok(Some(true)));
        assert_eq!(
            value.get("d").unwrap().as_array().unwrap(),
            [Json::Number(Some(1)), Json::Number(None), Json::Number(None)]
        );
    }
}
