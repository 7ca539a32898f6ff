//! A sealed password: how it is padded, what it is bound to and how long it is, the same on both sides.
//!
//! Sealing itself is HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305: the
//! browser seals to the edge's public key, the edge opens. Here is only what both must agree on.

use crate::Secret;
use zeroize::Zeroizing;

/// The longest password that is sealed, in bytes of UTF-8; no rule allows a longer one.
pub const LONGEST: usize = 512;
/// What is sealed is always this long, so that a ciphertext tells nothing of the password's length: the length in two
/// bytes, the text, zeros.
const PADDED: usize = 2 + LONGEST;
/// The encapsulated key, in front of the ciphertext.
pub const ENCAPSULATED: usize = 32;
/// The authentication tag, behind it.
pub const TAG: usize = 16;
/// The length of a sealed password in bytes; on the wire each is two hex digits.
pub const SEALED: usize = ENCAPSULATED + PADDED + TAG;
/// The `info` of every sealing (RFC 9180 §5.1): what the keys are for, and the version of this encoding.
pub const INFO: &[u8] = b"sekisho sealed password 1";

/// Where a sealed password belongs. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The attempt token, as the edge handed it out.
    pub attempt: &'a str,
    /// The path of the request.
    pub path: &'a str,
    /// The login id in the same request, as it was typed; empty where it has none.
    pub id: &'a str,
    /// The name of the field.
    pub field: &'a str,
}

impl Place<'_> {
    /// The `aad` of the sealing (RFC 9180 §5.2): every part behind its length in four bytes, so that no two places give
    /// the same bytes.
    ///
    /// ```
    /// use sekisho_rules::sealing::Place;
    /// let place = Place { attempt: "a", path: "/p", id: "", field: "password" };
    /// assert_eq!(place.aad()[..7], [0, 0, 0, 1, b'a', 0, 0]);
    /// ```
    pub fn aad(&self) -> Vec<u8> {
        let mut aad = Vec::new();
        for part in [self.attempt, self.path, self.id, self.field] {
            // A request's body is far shorter than four bytes can count.
            aad.extend_from_slice(&(part.len() as u32).to_be_bytes());
            aad.extend_from_slice(part.as_bytes());
        }
        aad
    }
}

/// The padded form of `text`; none where it is longer than [`LONGEST`].
///
/// ```
/// use sekisho_rules::{Secret, sealing::{pad, unpad}};
/// let padded = pad(&Secret::new("Kaede-2026".into())).unwrap();
/// assert_eq!(unpad(&padded).unwrap().expose(), "Kaede-2026");
/// ```
pub fn pad(text: &Secret) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.expose().as_bytes();
    let length = u16::try_from(text.len()).ok().filter(|length| usize::from(*length) <= LONGEST)?;
    // Reserved in full, since a buffer that grows leaves copies of a password behind.
    let mut padded = Zeroizing::new(Vec::with_capacity(PADDED));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(text);
    padded.resize(PADDED, 0);
    Some(padded)
}

/// The text in `padded`; none where length, padding or UTF-8 is not just as [`pad`] makes it.
pub fn unpad(padded: &[u8]) -> Option<Secret> {
    let (length, rest) = padded.split_first_chunk().filter(|_| padded.len() == PADDED)?;
    let (text, zeros) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    if zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    core::str::from_utf8(text).ok().map(|text| Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_password_is_as_long_as_any_other() {
        for text in ["", "a", "Hoshi-42-kawa#Q", &"漢".repeat(170), &"x".repeat(LONGEST)] {
            let padded = pad(&Secret::new(text.to_owned())).unwrap();
            assert_eq!(padded.len(), PADDED);
            assert_eq!(padded.capacity(), PADDED, "the vector grew, and left a copy behind");
            assert_eq!(unpad(&padded).unwrap().expose(), text);
        }
        assert!(pad(&Secret::new("x".repeat(LONGEST + 1))).is_none());
    }

    #[test]
    fn what_is_not_just_as_it_was_padded_is_refused() {
        let padded = pad(&Secret::new("Kaede".into())).unwrap();
        let bent = |at: usize, byte: u8| {
            let mut bytes = padded.to_vec();
            bytes[at] = byte;
            unpad(&bytes)
        };
        assert!(bent(2, b'k').is_some());
        assert!(bent(0, 1).is_some_and(|text| text.expose().len() == 261), "most of it zeros, but a text");
        assert!(bent(0, 2).is_none(), "a length beyond the end");
        assert!(bent(1, 4).is_none(), "a text shorter than what stands there");
        assert!(bent(PADDED - 1, 1).is_none(), "a padding that is none");
        assert!(bent(2, 0xff).is_none(), "no UTF-8");
        assert!(unpad(&padded[..PADDED - 1]).is_none());
        assert!(unpad(&[&padded[..], &[0]].concat()).is_none());
        assert!(unpad(&[]).is_none());
    }

    #[test]
    fn no_two_places_are_bound_alike() {
        let place = Place { attempt: "ab", path: "c", id: "d", field: "e" };
        let others = [
            Place { attempt: "a", path: "bc", ..place },
            Place { path: "cd", id: "", ..place },
            Place { id: "", field: "de", ..place },
            Place { id: "de", field: "", ..place },
        ];
        for other in others {
            assert_ne!(place.aad(), other.aad(), "{other:?}");
        }
    }
}
