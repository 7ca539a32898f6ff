//! Walks over neighbouring keys, on the US and the JIS layout and on the ten-key block.

use super::super::findings::Warning;
use super::text::{Match, Text, binomial, choices};

/// A keyboard: rows of keys, each with its offset from the left in quarters of a key, base and shifted characters.
struct Layout {
    rows: &'static [(i16, &'static [u8], &'static [u8])],
    /// Keys, and how many neighbours a key has on average.
    keys: f64,
    degree: f64,
    /// Whether rows are shifted against each other; on an aligned block diagonal keys are neighbours too.
    slanted: bool,
}

// A key without an ASCII character is a zero byte, which no text holds.
const JIS: Layout = Layout {
    rows: &[
        (0, b"1234567890-^\0", b"!\"#$%&'()\0=~|"),
        (2, b"qwertyuiop@[", b"QWERTYUIOP`{"),
        (3, b"asdfghjkl;:]", b"ASDFGHJKL+*}"),
        (5, b"zxcvbnm,./\\", b"ZXCVBNM<>?_"),
    ],
    keys: 48.0,
    degree: 4.6,
    slanted: true,
};
const US: Layout = Layout {
    rows: &[
        (-4, b"`1234567890-=", b"~!@#$%^&*()_+"),
        (2, b"qwertyuiop[]\\", b"QWERTYUIOP{}|"),
        (3, b"asdfghjkl;'", b"ASDFGHJKL:\""),
        (5, b"zxcvbnm,./", b"ZXCVBNM<>?"),
    ],
    keys: 47.0,
    degree: 4.6,
    slanted: true,
};
const TEN_KEY: Layout = Layout {
    rows: &[(4, b"/*-", b""), (0, b"789+", b""), (0, b"456", b""), (0, b"123", b""), (2, b"0.", b"")],
    keys: 15.0,
    degree: 5.0,
    slanted: false,
};

#[derive(Clone, Copy)]
struct Key {
    x: i16,
    y: i16,
    shifted: bool,
}

impl Layout {
    fn key(&self, b: u8) -> Option<Key> {
        for (y, (offset, base, shift)) in self.rows.iter().enumerate() {
            for (row, shifted) in [(base, false), (shift, true)] {
                if let Some(at) = row.iter().position(|key| *key == b && b != 0) {
                    return Some(Key { x: offset + at as i16 * 4, y: y as i16, shifted });
                }
            }
        }
        None
    }

    /// The direction from a key to its neighbour; none where they are no neighbours.
    fn direction(&self, from: Key, to: Key) -> Option<(i16, i16)> {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let near = match dy {
            0 => dx.abs() == 4,
            -1 | 1 if self.slanted => dx.abs() < 4,
            -1 | 1 => dx.abs() <= 4,
            _ => false,
        };
        near.then_some((dx.signum(), dy))
    }

    /// Guesses until a walk of this length with this many straight parts is tried: all shorter and straighter ones
    /// first, after the estimate published with zxcvbn.
    fn guesses(&self, length: usize, turns: usize, shifted: usize) -> f64 {
        let mut guesses = 0.0;
        for length in 2..=length {
            for turns in 1..=turns.min(length - 1) {
                guesses += binomial(length - 1, turns - 1) * self.keys * self.degree.powi(turns as i32);
            }
        }
        guesses
            * match (shifted, length - shifted) {
                (0, _) => 1.0,
                (_, 0) => 2.0,
                (shifted, plain) => choices(shifted, plain),
            }
    }
}

/// Walks of three keys and more.
pub(super) fn walks(text: &Text, out: &mut Vec<Match>) {
    for layout in [JIS, US, TEN_KEY] {
        let keys: Vec<Option<Key>> = text.typed.iter().map(|b| layout.key(*b)).collect();
        let next = |a: &Option<Key>, b: &Option<Key>| layout.direction((*a)?, (*b)?);
        let mut start = 0;
        for run in keys.chunk_by(|a, b| next(a, b).is_some()) {
            let end = start + run.len();
            if run.len() >= 3 {
                let directions: Vec<_> = run.iter().zip(run.iter().skip(1)).map(|(a, b)| next(a, b)).collect();
                let turns = directions.chunk_by(|a, b| a == b).count();
                let shifted = run.iter().flatten().filter(|key| key.shifted).count();
                let guesses = layout.guesses(run.len(), turns, shifted);
                out.push(Match { start, end, guesses, warning: Warning::KeyboardWalk });
            }
            start = end;
        }
    }
}
