//! Drawing: a seeded generator per purpose, and choices by weight.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// What every draw is made from.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of `part` of the stream under `seed`; each part has its own, so that one more draw in one moves no other.
    pub fn new(seed: u64, part: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&part.to_le_bytes());
        Self(ChaCha8Rng::from_seed(bytes))
    }

    /// Evenly in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Evenly below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        (self.unit() * f64::from(end)) as u32
    }

    /// The place of one of `weights`, by weight.
    pub fn pick(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (at, weight) in weights.enumerate() {
            last = at;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }

    /// One of `count` places, falling as 1/rank.
    pub fn ranked(&mut self, count: u32) -> u32 {
        self.pick((1..=count).map(|rank| 1.0 / f64::from(rank))) as u32
    }

    /// The dice themselves, for a distribution of the library.
    pub fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.0
    }
}
