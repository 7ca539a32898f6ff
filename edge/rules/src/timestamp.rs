//! A moment as a number: milliseconds since the epoch, handed in by the caller.

use core::ops::{Add, Sub};
use core::time::Duration;

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
///
/// Nothing in Sekisho reads a clock by itself: a `Timestamp` is always an argument.
///
/// ```
/// use core::time::Duration;
/// use sekisho_rules::Timestamp;
/// let login = Timestamp::from_millis(1_000);
/// assert_eq!((login + Duration::from_secs(2)).as_millis(), 3_000);
/// assert_eq!(login - Timestamp::from_millis(5_000), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

/// The largest whole number that survives a trip through a JavaScript number and through SQL on the edge: 2^53 - 1.
const LARGEST: u64 = (1 << 53) - 1;

impl Timestamp {
    /// The moment `millis` milliseconds after the epoch; anything above 2^53 - 1 is held at that.
    pub const fn from_millis(millis: u64) -> Self {
        Self(if millis > LARGEST { LARGEST } else { millis })
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch, as RFC 7519 writes a `NumericDate`.
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// The same moment as a signed number, the form in which SQL keeps it.
    pub const fn as_sql(self) -> i64 {
        self.0 as i64
    }

    /// The moment that SQL kept; a negative number, which we never write, reads as the epoch.
    pub const fn from_sql(value: i64) -> Self {
        Self::from_millis(if value < 0 { 0 } else { value as u64 })
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    /// Later by `wait`, held at the largest moment.
    fn add(self, wait: Duration) -> Self {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(LARGEST);
        Self::from_millis(self.0.saturating_add(millis))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    /// Earlier by `wait`, held at the epoch.
    fn sub(self, wait: Duration) -> Self {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(LARGEST);
        Self(self.0.saturating_sub(millis))
    }
}

impl Sub for Timestamp {
    type Output = Duration;
    /// How long after `earlier`; zero when it is not later.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.as_millis())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self::from_millis)
    }
}
