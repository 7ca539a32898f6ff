//! Full-width characters and their half-width forms: what a Japanese input method leaves in a field.

/// The half-width form of a full-width ASCII character, of an ideographic space, or of one of the dashes that an input
/// method offers for `-`; none where `c` has no such form.
///
/// ```
/// use sekisho_rules::password::width::half;
/// assert_eq!(half('Ａ'), Some('A'));
/// assert_eq!(half('ー'), Some('-'));
/// assert_eq!(half('A'), None);
/// ```
pub const fn half(c: char) -> Option<char> {
    match c {
        // The block U+FF01..=U+FF5E repeats U+0021..=U+007E in the same order.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '\u{3000}' => Some(' '),
        '\u{ffe5}' => Some('\u{a5}'),
        '\u{30fc}' | '\u{2212}' | '\u{2010}'..='\u{2015}' | '\u{ff70}' => Some('-'),
        _ => None,
    }
}

/// `text` with every full-width character of [`half`] replaced, for fields that are folded silently: account number,
/// phone, code, postal code, birthday. Never for a password, which is changed only by its owner.
///
/// ```
/// use sekisho_rules::password::width::folded;
/// assert_eq!(folded("０９０－１２３４－５６７８"), "090-1234-5678");
/// ```
pub fn folded(text: &str) -> String {
    text.chars().map(|c| half(c).unwrap_or(c)).collect()
}
