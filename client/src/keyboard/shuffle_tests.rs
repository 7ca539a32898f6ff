//! Are the layouts uniform? Chi-square over key and position, with planted faults that the same test must catch.

use super::{below, shuffle};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, Rng as _, SeedableRng as _, TryCryptoRng, TryRng};

const KEYS: usize = 14;
const LAYOUTS: usize = 100_000;

/// Chi-square of "key k lies at position p" over many layouts, and of "key a stands directly before key b".
fn chi_squares(mut one_layout: impl FnMut(&mut [u8; KEYS])) -> (f64, f64) {
    let mut at = [[0_u32; KEYS]; KEYS];
    let mut after = [[0_u32; KEYS]; KEYS];
    for _ in 0..LAYOUTS {
        let mut keys: [u8; KEYS] = core::array::from_fn(|n| n as u8);
        one_layout(&mut keys);
        for (position, &key) in keys.iter().enumerate() {
            at[usize::from(key)][position] += 1;
        }
        for pair in keys.windows(2) {
            after[usize::from(pair[0])][usize::from(pair[1])] += 1;
        }
    }
    let expected = LAYOUTS as f64 / KEYS as f64;
    let positions = at.iter().flatten().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
    let expected = LAYOUTS as f64 * (KEYS - 1) as f64 / (KEYS * (KEYS - 1)) as f64;
    let pairs = (0..KEYS)
        .flat_map(|a| (0..KEYS).filter(move |&b| a != b).map(move |b| (a, b)))
        .map(|(a, b)| (f64::from(after[a][b]) - expected).powi(2) / expected)
        .sum();
    (positions, pairs)
}

// Upper quantiles at 0.01 / 2 (two tests, family-wise 0.01): (KEYS-1)^2 = 169 degrees of freedom for the positions; the
// pair counts have KEYS*(KEYS-1) - 1 = 181, of which the two margins take a little, so that this bound is on the safe side.
const POSITIONS_LIMIT: f64 = 220.2;
const PAIRS_LIMIT: f64 = 234.0;

fn is_uniform(one_layout: impl FnMut(&mut [u8; KEYS])) -> bool {
    let (positions, pairs) = chi_squares(one_layout);
    positions < POSITIONS_LIMIT && pairs < PAIRS_LIMIT
}

#[test]
fn layouts_are_uniform() {
    let mut rng = ChaCha20Rng::seed_from_u64(20_200_916);
    assert!(is_uniform(|keys| shuffle(keys, &mut rng)));
}

#[test]
fn a_remainder_of_few_bits_is_caught() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    assert!(!is_uniform(|keys| {
        for last in (1..KEYS).rev() {
            keys.swap(last, (rng.next_u32() % 64) as usize % (last + 1));
        }
    }));
}

#[test]
fn swapping_with_any_position_is_caught() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    assert!(!is_uniform(|keys| {
        for at in 0..KEYS {
            keys.swap(at, below(KEYS as u32, &mut rng) as usize);
        }
    }));
}

#[test]
fn sattolos_cycle_is_caught() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    assert!(!is_uniform(|keys| {
        for last in (1..KEYS).rev() {
            keys.swap(last, below(last as u32, &mut rng) as usize);
        }
    }));
}

/// Gives the same words over and over, to look at the edge of the accepted range.
struct Words(Vec<u32>);

impl TryRng for Words {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.0.remove(0))
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0.remove(0).into())
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl TryCryptoRng for Words {}

fn drawn(bound: u32, words: &[u32]) -> u32 {
    fn of(bound: u32, rng: &mut impl CryptoRng) -> u32 {
        below(bound, rng)
    }
    of(bound, &mut Words(words.to_vec()))
}

#[test]
fn the_uneven_top_is_drawn_again() {
    // 2^32 = 10 * 429496729 + 6: the last six numbers are thrown away.
    assert_eq!(drawn(10, &[u32::MAX - 6]), 9);
    assert_eq!(drawn(10, &[u32::MAX - 5, u32::MAX, 13]), 3);
    // A power of two divides evenly: nothing is thrown away.
    assert_eq!(drawn(16, &[u32::MAX]), 15);
    assert_eq!(drawn(1, &[u32::MAX]), 0);
}
