//! The characters typed on the board: a fixed number of places, wiped when they are no longer wanted.

use sekisho_rules::Secret;
use zeroize::{Zeroize as _, Zeroizing};

/// How many characters a [`Buffer`] can hold; the longest password any profile allows.
pub const CAPACITY: usize = 64;

/// Typed characters, in one allocation that never grows, so that no copy is left behind; wiped on drop.
///
/// ```
/// use sekisho_client::keyboard::Buffer;
/// let mut typed = Buffer::default();
/// assert!(typed.splice(0, 0, "ab"));
/// assert!(typed.splice(1, 2, "X"));
/// assert_eq!(typed.text().expose(), "aX");
/// assert_eq!(format!("{typed:?}"), "Buffer");
/// ```
pub struct Buffer {
    places: Zeroizing<Box<[char]>>,
    len: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Self { places: Zeroizing::new(vec!['\0'; CAPACITY].into_boxed_slice()), len: 0 }
    }
}

impl core::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Buffer")
    }
}

impl Buffer {
    /// How many characters are typed.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts `text` in place of the characters `start..end` (positions beyond the end are held at the end).
    ///
    /// Gives false, and changes nothing, where the result would not fit.
    pub fn splice(&mut self, start: usize, end: usize, text: &str) -> bool {
        let end = end.min(self.len);
        let start = start.min(end);
        let added = text.chars().count();
        let len = self.len - (end - start) + added;
        if len > CAPACITY {
            return false;
        }
        self.places.copy_within(end..self.len, start + added);
        self.places.iter_mut().skip(start).zip(text.chars()).for_each(|(place, char)| *place = char);
        self.places.iter_mut().skip(len).for_each(|place| place.zeroize());
        self.len = len;
        true
    }

    /// Overwrites every place and forgets the length.
    pub fn wipe(&mut self) {
        self.places.iter_mut().for_each(|place| place.zeroize());
        self.len = 0;
    }

    /// The characters as a text, in memory that is reserved once and wiped on drop.
    pub fn text(&self) -> Secret {
        let mut text = String::with_capacity(CAPACITY * 4);
        text.extend(self.places.iter().take(self.len));
        Secret::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffer, CAPACITY};

    #[test]
    fn inserts_replaces_and_deletes_in_place() {
        let mut typed = Buffer::default();
        for (start, end, text, expected) in [
            (0, 0, "abcd", "abcd"),
            (2, 2, "XY", "abXYcd"),
            (0, 3, "", "Ycd"),
            (1, 2, "漢字", "Y漢字d"),
            (4, 9, "!", "Y漢字d!"),
            (9, 9, "z", "Y漢字d!z"),
            (9, 2, "", "Y漢字d!z"),
        ] {
            assert!(typed.splice(start, end, text));
            assert_eq!(typed.text().expose(), expected);
        }
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let mut typed = Buffer::default();
        assert!(typed.splice(0, 0, &"a".repeat(CAPACITY)));
        assert!(!typed.splice(CAPACITY, CAPACITY, "b"));
        assert!(typed.splice(0, 1, "b"));
        assert_eq!(typed.len(), CAPACITY);
        assert!(typed.text().expose().starts_with("ba"));
    }

    #[test]
    fn deleted_and_wiped_places_are_overwritten() {
        let mut typed = Buffer::default();
        typed.splice(0, 0, "secret");
        typed.splice(1, 6, "");
        assert!(typed.places[1..].iter().all(|&place| place == '\0'));
        typed.wipe();
        assert!(typed.is_empty() && typed.places.iter().all(|&place| place == '\0'));
    }
}
