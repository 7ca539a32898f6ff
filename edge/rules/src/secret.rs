//! A text that must not be seen: wiped on drop, without Display, equal in constant time.

pub mod sealing;

use core::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A secret text, for instance a password.
///
/// It is wiped from memory on drop, cannot be printed or serialised, and compares in constant time. Reading it is
/// always an explicit [`Secret::expose`].
///
/// ```
/// use sekisho_rules::Secret;
/// let password = Secret::new(String::from("Kaede-2026-no-ha"));
/// assert_eq!(format!("{password:?}"), "Secret");
/// assert!(password == Secret::new(String::from("Kaede-2026-no-ha")));
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes `text` over; the caller's copy is moved, not cloned.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that has to hash, seal or send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}
