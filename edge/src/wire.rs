//! How the house's types travel between its objects: JSON over the object's own fetch, never to a browser.
//!
//! A [`Secret`] has no `Serialize`: this room is the one place that exposes it for the hop from the edge to the
//! account's object, inside the platform.
//!
//! JSON is read from bytes, here and everywhere in the worker: serde_json's other reader, for texts, would come as a second
//! one beside it, with everything that is read by it a second time.

mod objects;

pub use objects::read;

use sekisho_rules::{Refusal, Secret, Standing};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Lower-case hex of `bytes`.
pub fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes that `text` spells in lower-case hex, at most 4,096, or none.
pub fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() > 4_096 {
        return None;
    }
    let mut bytes = Vec::with_capacity(pairs.len());
    for [high, low] in pairs {
        bytes.push(nibble(*high)? << 4 | nibble(*low)?);
    }
    Some(bytes)
}

/// The `N` bytes that `text` spells in lower-case hex, or none.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Gives a newtype over `[u8; N]` its hex form in JSON and in text; Debug prints nothing of it.
macro_rules! as_hex {
    ($name:ident, $length:literal) => {
        impl $name {
            /// Its hex form.
            pub fn to_hex(self) -> String {
                $crate::wire::to_hex(&self.0)
            }

            /// Reads the hex form.
            pub fn from_hex(text: &str) -> Option<Self> {
                $crate::wire::from_hex::<$length>(text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.to_hex())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("not the hex of this length"))
            }
        }
    };
}
pub(crate) use as_hex;

/// A JSON object of texts, the form of most requests: one reader for all of them, where a type for each would bring a reader
/// each. A field may be null, which is as if it were not there; none may stand twice.
pub struct Texts(Vec<(String, Option<Secret>)>);

/// The most fields that any request has.
const FIELDS: usize = 16;

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Texts;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                let mut fields: Vec<(String, Option<Secret>)> = Vec::new();
                while let Some((name, text)) = map.next_entry::<String, Option<String>>()? {
                    let text = text.map(Secret::new);
                    if fields.len() == FIELDS || fields.iter().any(|(known, _)| *known == name) {
                        return Err(serde::de::Error::custom("a field too many"));
                    }
                    fields.push((name, text));
                }
                Ok(Texts(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Texts {
    /// The fields `names` in their order; none unless all are there and nothing else is.
    pub fn each(mut self, names: &[&str]) -> Option<Vec<Secret>> {
        let texts: Option<Vec<Secret>> = names.iter().map(|name| self.remove(name)).collect();
        texts.filter(|_| self.0.is_empty())
    }

    /// The fields `needed` and `optional`; none unless all of the former are there and nothing else is.
    pub fn take<const N: usize, const M: usize>(
        mut self,
        needed: [&str; N],
        optional: [&str; M],
    ) -> Option<([Secret; N], [Option<Secret>; M])> {
        let needed: Vec<Secret> = needed.into_iter().filter_map(|name| self.remove(name)).collect();
        let optional = optional.map(|name| self.remove(name));
        let needed = needed.try_into().ok()?;
        self.0.is_empty().then_some((needed, optional))
    }

    fn remove(&mut self, name: &str) -> Option<Secret> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        self.0.swap_remove(at).1
    }
}

/// A [`Secret`] on the hop to the account's object.
pub mod secret {
    use super::{Deserialize, Deserializer, Secret, Serializer};

    /// Exposes the secret for the hop.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    /// Takes it in again.
    ///
    /// # Errors
    /// Where it is no text.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

/// A [`Secret`] that may be absent, on the same hop.
pub mod optional_secret {
    use super::{Deserialize, Deserializer, Secret, Serialize as _, Serializer};

    /// Exposes the secret for the hop.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(serializer)
    }

    /// Takes it in again.
    ///
    /// # Errors
    /// Where it is no text.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
        Option::<String>::deserialize(deserializer).map(|text| text.map(Secret::new))
    }
}

/// 32 bytes as hex.
pub mod bytes32 {
    use super::{Deserialize, Deserializer, Serializer, from_hex, to_hex};
    use serde::de::Error as _;

    /// Writes the hex form.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(bytes))
    }

    /// Reads the hex form.
    ///
    /// # Errors
    /// Where it is not 64 hex digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        from_hex(&text).ok_or_else(|| D::Error::custom("not 64 hex digits"))
    }
}

/// A [`Refusal`] by its code.
pub mod refusal {
    use super::{Deserialize, Deserializer, Refusal, Serializer};
    use serde::de::Error as _;

    /// Writes the code.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(refusal: &Refusal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(refusal.code())
    }

    /// Reads the code.
    ///
    /// # Errors
    /// Where the code is not of the list.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Refusal, D::Error> {
        let code = String::deserialize(deserializer)?;
        Refusal::from_code(&code).ok_or_else(|| D::Error::custom("unknown refusal"))
    }
}

/// A [`Standing`] by its name.
pub mod standing {
    use super::{Deserialize, Deserializer, Serializer, Standing};
    use serde::de::Error as _;

    const NAMES: [(Standing, &str); 4] = [
        (Standing::Live, "live"),
        (Standing::Idle, "idle"),
        (Standing::Ended, "ended"),
        (Standing::Unknown, "unknown"),
    ];

    /// Writes the name.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(standing: &Standing, serializer: S) -> Result<S::Ok, S::Error> {
        let name = NAMES.iter().find(|(known, _)| known == standing).map_or("unknown", |(_, name)| name);
        serializer.serialize_str(name)
    }

    /// Reads the name.
    ///
    /// # Errors
    /// Where it is none of the four.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Standing, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = NAMES.iter().find(|(_, known)| *known == name);
        known.map(|(standing, _)| *standing).ok_or_else(|| D::Error::custom("unknown standing"))
    }
}
