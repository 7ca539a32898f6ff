//! The data that the matchers read: the list of common passwords as a filter, and words.
//!
//! It is one file of bytes, made by `cargo run -p sekisho-rules --example build_data`. The edge embeds it; the page
//! fetches it when a password is first set and hands it to the same wasm module.

mod blocklist;

use super::findings::Warning;
use super::matching::Lexicon;
use core::fmt;

use blocklist::Blocklist;
pub use blocklist::fingerprint_key;

/// The first bytes of the file, with the version of its form.
pub const MAGIC: &[u8; 8] = b"SKPWD\x00\x00\x01";

/// Common passwords and words, ready to be searched.
#[derive(Default)]
pub struct Data {
    blocklist: Blocklist,
    pub(super) lexicon: Lexicon,
}

/// The bytes are not a data file of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataError;

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are not the password data of this version")
    }
}

impl core::error::Error for DataError {}

/// The lists in the order in which they stand in the file.
const LISTS: [Warning; 3] = [Warning::JapaneseWord, Warning::FinanceWord, Warning::EnglishWord];

impl Data {
    /// Reads a data file.
    ///
    /// # Errors
    ///
    /// [`DataError`] where the bytes are cut short, of another version, or no data file at all.
    ///
    /// ```
    /// use sekisho_rules::password::{Data, DataError};
    /// assert_eq!(Data::parse(b"something else").err(), Some(DataError));
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<Self, DataError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(DataError)?;
        let blocklist = Blocklist::parse(section(&mut rest)?).ok_or(DataError)?;
        let mut lists = Vec::new();
        for warning in LISTS {
            let words = core::str::from_utf8(section(&mut rest)?).map_err(|_| DataError)?;
            let ranked = words.lines().zip(1u16..).map(move |(word, rank)| (word, rank, warning));
            lists.extend(ranked);
        }
        if !rest.is_empty() {
            return Err(DataError);
        }
        Ok(Self { blocklist, lexicon: Lexicon::new(lists.into_iter()) })
    }

    /// Whether `password` is on the list of common ones: of those that are not, one in 65,536 is said to be.
    pub fn is_common(&self, password: &str) -> bool {
        self.blocklist.contains(password)
    }

    /// The data file of this version, built into the binary and read once.
    #[cfg(feature = "embedded")]
    pub fn embedded() -> &'static Self {
        static DATA: std::sync::LazyLock<Data> = std::sync::LazyLock::new(|| {
            // The tests hold the file against this reader, so the empty data is never what runs.
            Data::parse(include_bytes!("passwords.bin")).unwrap_or_default()
        });
        &DATA
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Data")
    }
}

/// The next section: its length as four bytes, little end first, then the bytes.
fn section<'b>(rest: &mut &'b [u8]) -> Result<&'b [u8], DataError> {
    let (length, after) = rest.split_first_chunk::<4>().ok_or(DataError)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| DataError)?;
    let (section, after) = after.split_at_checked(length).ok_or(DataError)?;
    *rest = after;
    Ok(section)
}
