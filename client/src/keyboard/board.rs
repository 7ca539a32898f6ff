//! Which character lies under which cell.

use super::shuffle::shuffle;
use rand_core::CryptoRng;

/// Which characters a board offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Everything the brokers' password rule allows.
    Full,
    /// Digits and letters.
    Alnum,
    /// Digits only.
    Pin,
}

/// What is shuffled with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Digits, letters and symbols each among themselves: a key stays in its region and is found faster.
    Groups,
    /// Every key with every other.
    Whole,
}

const DIGITS: &str = "1234567890";
const LETTERS: &str = "qwertyuiopasdfghjklzxcvbnm";
const SYMBOLS: &str = "@#$%^&*_+-=:,.";

impl Layout {
    /// The layout named by the attribute value `name`; an unknown name is the full board.
    pub fn named(name: &str) -> Self {
        match name {
            "pin" => Self::Pin,
            "alnum" => Self::Alnum,
            _ => Self::Full,
        }
    }

    /// The groups of keys, each in the order of a JIS keyboard.
    pub fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Full => &[DIGITS, LETTERS, SYMBOLS],
            Self::Alnum => &[DIGITS, LETTERS],
            Self::Pin => &[DIGITS],
        }
    }

    /// How many cells stand side by side where there is room, or where there is little.
    pub fn columns(self, narrow: bool) -> usize {
        match (self, narrow) {
            (Self::Pin, _) => 5,
            (_, true) => 6,
            (_, false) => 10,
        }
    }
}

/// A board laid out: cells from the top left on, each with one key.
///
/// ```
/// use rand_core::SeedableRng as _;
/// use sekisho_client::keyboard::{Board, Layout, Scope};
/// let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(7);
/// let mut board = Board::in_order(Layout::Pin);
/// assert_eq!(board.press(9), Some('0'));
/// board.shuffle(Scope::Groups, &mut rng);
/// assert_eq!(board.press(10), None);
/// ```
pub struct Board {
    layout: Layout,
    keys: Vec<char>,
    shift: bool,
}

impl Board {
    /// The keys in JIS order, without Shift.
    pub fn in_order(layout: Layout) -> Self {
        Self { layout, keys: layout.groups().iter().flat_map(|group| group.chars()).collect(), shift: false }
    }

    /// Lays the keys out anew.
    pub fn shuffle(&mut self, scope: Scope, rng: &mut impl CryptoRng) {
        // From the known order, so that a group's keys stay in the group's cells whatever was shuffled before.
        self.unshuffle();
        match scope {
            Scope::Whole => shuffle(&mut self.keys, rng),
            Scope::Groups => {
                let mut rest = self.keys.as_mut_slice();
                for group in self.layout.groups() {
                    let (head, tail) = rest.split_at_mut(group.len().min(rest.len()));
                    shuffle(head, rng);
                    rest = tail;
                }
            }
        }
    }

    /// Puts the keys back into JIS order.
    pub fn unshuffle(&mut self) {
        self.keys = Self::in_order(self.layout).keys;
    }

    /// How many cells have a key.
    pub fn cells(&self) -> usize {
        self.keys.len()
    }

    /// The character that a press on `cell` types now.
    pub fn press(&self, cell: usize) -> Option<char> {
        let key = *self.keys.get(cell)?;
        Some(if self.shift { key.to_ascii_uppercase() } else { key })
    }

    /// Whether letters are upper case.
    pub fn shifted(&self) -> bool {
        self.shift
    }

    /// Turns upper case on or off.
    pub fn toggle_shift(&mut self) {
        self.shift = !self.shift;
    }

    /// Whether Shift changes any key of this board.
    pub fn has_letters(&self) -> bool {
        self.layout != Layout::Pin
    }
}

/// The cell that an arrow, Home or End key leads to from `cell`, on a board of `cells` cells in rows of `columns` (the
/// layout grid of the ARIA Authoring Practices); none where the key leads nowhere.
pub fn neighbour(cell: usize, key: &str, columns: usize, cells: usize) -> Option<usize> {
    let column = cell.checked_rem(columns)?;
    let target = match key {
        "ArrowLeft" if column > 0 => cell.checked_sub(1)?,
        "ArrowRight" if column + 1 < columns => cell + 1,
        "ArrowUp" => cell.checked_sub(columns)?,
        "ArrowDown" => cell + columns,
        "Home" => cell - column,
        "End" => (cell - column + columns - 1).min(cells.checked_sub(1)?),
        _ => return None,
    };
    (target < cells && target != cell).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::{Board, Layout, Scope, neighbour};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    fn keys(board: &Board) -> String {
        (0..board.cells()).filter_map(|cell| board.press(cell)).collect()
    }

    fn sorted(text: &str) -> Vec<char> {
        let mut chars: Vec<char> = text.chars().collect();
        chars.sort_unstable();
        chars
    }

    #[test]
    fn groups_stay_in_their_cells() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut board = Board::in_order(Layout::Full);
        for scope in [Scope::Groups, Scope::Whole, Scope::Groups] {
            board.shuffle(scope, &mut rng);
            assert_eq!(sorted(&keys(&board)), sorted(&Layout::Full.groups().concat()));
        }
        let laid = keys(&board);
        assert_ne!(laid, Layout::Full.groups().concat());
        assert_eq!(sorted(&laid[..10]), sorted("0123456789"));
        assert!(laid[10..36].chars().all(|key| key.is_ascii_lowercase()));
    }

    #[test]
    fn every_display_differs() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let mut board = Board::in_order(Layout::Full);
        let seen: std::collections::HashSet<String> = (0..200)
            .map(|_| {
                board.shuffle(Scope::Groups, &mut rng);
                keys(&board)
            })
            .collect();
        assert_eq!(seen.len(), 200);
    }

    #[test]
    fn shift_changes_letters_only() {
        let mut board = Board::in_order(Layout::Full);
        board.toggle_shift();
        assert_eq!((board.press(0), board.press(10), board.press(36)), (Some('1'), Some('Q'), Some('@')));
        board.toggle_shift();
        assert_eq!(board.press(10), Some('q'));
        assert_eq!(board.press(50), None);
    }

    #[test]
    fn the_full_board_types_exactly_what_the_rule_allows() {
        let mut board = Board::in_order(Layout::Full);
        let mut typed = keys(&board);
        board.toggle_shift();
        typed.push_str(&keys(&board));
        let allowed: String =
            ('!'..='~').filter(|c| c.is_ascii_alphanumeric() || "@#$%^&*_+-=:,.".contains(*c)).collect();
        let mut typed = sorted(&typed);
        typed.dedup();
        assert_eq!(typed, sorted(&allowed));
    }

    #[test]
    fn arrows_walk_the_grid_and_stop_at_its_edges() {
        for (cell, key, expected) in [
            (0, "ArrowRight", Some(1)),
            (0, "ArrowLeft", None),
            (9, "ArrowRight", None),
            (10, "ArrowLeft", None),
            (4, "ArrowDown", Some(14)),
            (4, "ArrowUp", None),
            (14, "ArrowUp", Some(4)),
            (28, "ArrowDown", None),
            (33, "ArrowRight", Some(34)),
            (34, "ArrowRight", Some(35)),
            (35, "ArrowRight", None),
            (13, "Home", Some(10)),
            (13, "End", Some(19)),
            (31, "End", Some(35)),
            (10, "Home", None),
            (3, "Enter", None),
        ] {
            assert_eq!(neighbour(cell, key, 10, 36), expected, "{cell} {key}");
        }
        assert_eq!(neighbour(0, "ArrowRight", 0, 0), None);
    }
}
