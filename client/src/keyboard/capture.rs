//! Keeps the buffer and the native field in step, however the customer edits the dots.
//!
//! While the board is in use the field shows one [`BULLET`] per character. The customer may still type, delete, cut or
//! paste in that field, in the middle of the dots too; one edit is undone into "kept head, new text, kept tail".

use super::Buffer;

/// What stands in the field for one captured character.
pub const BULLET: char = '•';

/// What an edit of the field means for the captured characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The buffer has taken the edit over; the field must show bullets again, with the caret behind the new text.
    Kept {
        /// Where the caret belongs, in characters.
        caret: usize,
    },
    /// The field's whole content was replaced (autofill, select-all and paste): it is a native field again.
    Released,
    /// The edit cannot be understood (undo, drag inside the field): both are emptied rather than guessed.
    Cleared,
}

/// The field's text while `count` characters are captured.
pub fn bullets(count: usize) -> String {
    core::iter::repeat_n(BULLET, count).collect()
}

/// Whether `value` is what the field shows while `count` characters are captured.
///
/// A page may set the field's value itself without an event; then the field's own text is the truth.
pub fn in_step(value: &str, count: usize) -> bool {
    value.chars().count() == count && value.chars().all(|char| char == BULLET)
}

/// Takes over one edit that left the field as `value` with the caret at `caret` (in UTF-16 units, as the DOM counts).
///
/// ```
/// use sekisho_client::keyboard::{Buffer, capture::{Edit, reconcile}};
/// let mut typed = Buffer::default();
/// typed.splice(0, 0, "kaede");
/// // Two bullets, a typed "X", three bullets: the X went between "ka" and "ede".
/// assert_eq!(reconcile(&mut typed, "••X•••", 3), Edit::Kept { caret: 3 });
/// assert_eq!(typed.text().expose(), "kaXede");
/// ```
pub fn reconcile(typed: &mut Buffer, value: &str, caret: usize) -> Edit {
    let (head, tail) = split_utf16(value, caret);
    let text = head.trim_start_matches(BULLET);
    let kept_head = (head.len() - text.len()) / BULLET.len_utf8();
    let kept_tail = tail.chars().count();
    // Compared one by one: `contains` of a character beyond ASCII brings a substring search of 2 KB along.
    let has_bullet = |text: &str| text.chars().any(|char| char == BULLET);
    if kept_head == 0 && !has_bullet(tail) && !has_bullet(text) {
        typed.wipe();
        return Edit::Released;
    }
    let understood = in_step(tail, kept_tail) && !has_bullet(text) && kept_head + kept_tail <= typed.len();
    if !understood {
        typed.wipe();
        return Edit::Cleared;
    }
    let end = typed.len() - kept_tail;
    if typed.splice(kept_head, end, text) {
        Edit::Kept { caret: kept_head + text.chars().count() }
    } else {
        Edit::Kept { caret: end }
    }
}

/// `value` in two at `units` UTF-16 units; a place inside a surrogate pair counts as behind it.
fn split_utf16(value: &str, units: usize) -> (&str, &str) {
    let mut passed = 0;
    for (at, char) in value.char_indices() {
        if passed >= units {
            return value.split_at_checked(at).unwrap_or((value, ""));
        }
        passed += char.len_utf16();
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::{Edit, in_step, reconcile};
    use crate::keyboard::{Buffer, buffer::CAPACITY, shuffle::below};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    fn edited(before: &str, value: &str, caret: usize) -> (Edit, String) {
        let mut typed = Buffer::default();
        assert!(typed.splice(0, 0, before));
        let edit = reconcile(&mut typed, value, caret);
        (edit, typed.text().expose().to_owned())
    }

    #[test]
    fn one_edit_anywhere_is_taken_over() {
        for (value, caret, expected, after) in [
            ("•••••x", 6, "abcdex", 6),
            ("x•••••", 1, "xabcde", 1),
            ("••x•••", 3, "abxcde", 3),
            ("••••", 4, "abcd", 4),
            ("••••", 0, "bcde", 0),
            ("••••", 2, "abde", 2),
            ("•••", 1, "ade", 1),
            ("•pasted••", 7, "apastedde", 7),
            ("••🐎•••", 4, "ab🐎cde", 3),
            ("•••••", 3, "abcde", 3),
        ] {
            assert_eq!(edited("abcde", value, caret), (Edit::Kept { caret: after }, expected.to_owned()), "{value}");
        }
    }

    #[test]
    fn a_whole_replacement_makes_it_a_native_field_again() {
        for (value, caret) in [("autofilled", 10), ("x", 1), ("", 0), ("autofilled", 0)] {
            assert_eq!(edited("abcde", value, caret), (Edit::Released, String::new()));
        }
    }

    #[test]
    fn what_cannot_be_understood_empties_both() {
        for (value, caret) in [("•x•y•", 5), ("••••••", 6), ("••x••••", 3), ("x••y", 4), ("•x•", 1)]
        {
            assert_eq!(edited("abcde", value, caret), (Edit::Cleared, String::new()), "{value}");
        }
    }

    #[test]
    fn more_than_fits_is_left_out() {
        let full = "a".repeat(CAPACITY);
        let value = format!("{}b", super::bullets(CAPACITY));
        assert_eq!(edited(&full, &value, CAPACITY + 1), (Edit::Kept { caret: CAPACITY }, full));
    }

    /// A native field next to ours: whatever one edit makes of the text there, ours must be the same.
    #[test]
    fn any_single_edit_gives_what_a_native_field_would_hold() {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let texts = ["", "x", "Ab1", "漢字", "🐎", "-:,"];
        for _ in 0..20_000 {
            let before: Vec<char> = "abcdefghij".chars().take(below(11, &mut rng) as usize).collect();
            let from = below(before.len() as u32 + 1, &mut rng) as usize;
            let to = from + below((before.len() - from) as u32 + 1, &mut rng) as usize;
            let text = texts[below(texts.len() as u32, &mut rng) as usize];
            if before.is_empty() || (from == 0 && to == before.len()) {
                continue;
            }
            let after: String =
                before[..from].iter().copied().chain(text.chars()).chain(before[to..].iter().copied()).collect();
            let shown = format!("{}{text}{}", super::bullets(from), super::bullets(before.len() - to));
            let caret = (super::bullets(from) + text).encode_utf16().count();
            let (edit, ours) = edited(&before.iter().collect::<String>(), &shown, caret);
            assert_eq!((edit, ours), (Edit::Kept { caret: from + text.chars().count() }, after));
        }
    }

    #[test]
    fn only_as_many_bullets_are_in_step() {
        assert!(in_step("•••", 3) && in_step("", 0));
        assert!(!in_step("••", 3) && !in_step("••a", 3) && !in_step("abc", 3));
    }
}
