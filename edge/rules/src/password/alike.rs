//! Login and withdrawal password must differ, and by more than a slip of the finger.

use zeroize::Zeroizing;

/// How two passwords are too alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike {
    /// The same.
    Equal,
    /// The same but for upper and lower case.
    Case,
    /// One or two characters inserted, dropped or replaced, case apart.
    Edits(usize),
}

/// Compares the login and the withdrawal password where both texts are at hand; none where they differ enough.
///
/// ```
/// use sekisho_rules::password::{Alike, too_alike};
/// assert_eq!(too_alike("Hakone-8-ri-uma", "Hakone-9-ri-uma!"), Some(Alike::Edits(2)));
/// assert_eq!(too_alike("Hakone-8-ri-uma", "Suruga-bay-3776"), None);
/// ```
pub fn too_alike(login: &str, withdrawal: &str) -> Option<Alike> {
    if login == withdrawal {
        return Some(Alike::Equal);
    }
    let [one, other] = [login, withdrawal].map(lower);
    match distance(&one, &other) {
        0 => Some(Alike::Case),
        edits @ 1..=2 => Some(Alike::Edits(edits)),
        _ => None,
    }
}

fn lower(text: &str) -> Zeroizing<Vec<char>> {
    let mut chars = Zeroizing::new(Vec::with_capacity(text.len()));
    chars.extend(text.chars().map(|c| c.to_ascii_lowercase()));
    chars
}

/// Levenshtein's distance, row by row; texts whose lengths differ by more than two are not compared at all.
fn distance(one: &[char], other: &[char]) -> usize {
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (b, cell) in core::iter::once(None).chain(other.iter().map(Some)).zip(&mut row) {
            let above = *cell;
            *cell = match b {
                None => left,
                Some(b) => (above + 1).min(left + 1).min(diagonal + usize::from(a != b)),
            };
            diagonal = above;
            left = *cell;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
