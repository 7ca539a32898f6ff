//! A uniformly random order: Fisher-Yates, with numbers drawn by rejection so that none is likelier than another.

use rand_core::CryptoRng;

/// Puts `items` into a random order; each of the n! orders is equally likely if `rng` is uniform.
///
/// ```
/// use rand_core::SeedableRng as _;
/// let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(7);
/// let mut keys = ['a', 'b', 'c', 'd'];
/// sekisho_client::keyboard::shuffle::shuffle(&mut keys, &mut rng);
/// keys.sort_unstable();
/// assert_eq!(keys, ['a', 'b', 'c', 'd']);
/// ```
pub fn shuffle<T>(items: &mut [T], rng: &mut impl CryptoRng) {
    for last in (1..items.len()).rev() {
        // A board has at most a few dozen keys: the number always fits.
        let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
        items.swap(last, below(bound, rng) as usize);
    }
}

/// A number in `0..bound`, each equally likely; `bound` 0 gives 0.
///
/// The top of the 32-bit range that does not divide evenly is thrown away and drawn again: a bare remainder would favour
/// small numbers.
pub fn below(bound: u32, rng: &mut impl CryptoRng) -> u32 {
    let bound = bound.max(1);
    let excess = (u32::MAX % bound + 1) % bound;
    let largest = u32::MAX - excess;
    loop {
        let drawn = rng.next_u32();
        if drawn <= largest {
            return drawn % bound;
        }
    }
}

#[cfg(test)]
#[path = "shuffle_tests.rs"]
mod tests;
