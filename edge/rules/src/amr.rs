//! How a customer proved who they are, in the words of RFC 8176.

/// A set of authentication methods, the `amr` claim.
///
/// ```
/// use sekisho_rules::Amr;
/// let amr = Amr::PASSWORD | Amr::PASSKEY;
/// assert!(amr.contains(Amr::PASSKEY));
/// assert_eq!(amr.names().collect::<Vec<_>>(), ["pwd", "hwk"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Amr(u8);

const NAMES: [(Amr, &str); 4] =
    [(Amr::PASSWORD, "pwd"), (Amr::PASSKEY, "hwk"), (Amr::USER_VERIFIED, "user"), (Amr::CODE, "otp")];

impl Amr {
    /// Nothing proved yet.
    pub const NONE: Self = Self(0);
    /// A password, `pwd`.
    pub const PASSWORD: Self = Self(1);
    /// A passkey, `hwk`: proof of possession of a key.
    pub const PASSKEY: Self = Self(2);
    /// The authenticator verified the user by biometrics or PIN, `user`.
    pub const USER_VERIFIED: Self = Self(4);
    /// A one-time code, `otp`.
    pub const CODE: Self = Self(8);

    /// The set kept as `bits`; unknown bits are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0b1111)
    }

    /// The set as bits, for the cookie and for SQL.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every method of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set and `other` together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether some method of `other` is in this set.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The method of a registered `name`, none where it is not one of these.
    ///
    /// ```
    /// use sekisho_rules::Amr;
    /// assert_eq!(Amr::named("otp"), Some(Amr::CODE));
    /// assert_eq!(Amr::named("fpt"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        NAMES.into_iter().find(|(_, known)| *known == name).map(|(method, _)| method)
    }

    /// The methods by their registered names, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().filter(move |(method, _)| self.contains(*method)).map(|(_, name)| name)
    }
}

impl core::ops::BitOr for Amr {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.with(other)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Amr {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.bits())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Amr {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::deserialize(deserializer).map(Self::from_bits)
    }
}
