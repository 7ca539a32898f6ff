//! The published curves, where they are at hand: the median share of challenged logins by length of history.

use crate::generator::Attacker;
use std::collections::HashMap;
use std::path::PathBuf;

/// Rates by attacker, share caught in ten-thousandths, and length.
pub struct Published(HashMap<(String, u32, u32), f64>);

impl Published {
    /// Reads the digitised figure; none where the folder of public collections is not there.
    pub fn read() -> Option<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let folder =
            std::env::var_os("SEKISHO_PUBLIC_VECTORS").map_or_else(|| root.join("../shared/vectors"), PathBuf::from);
        let text = std::fs::read_to_string(folder.join("risk/rba_rq1_general_reauth_rate_digitised.csv")).ok()?;
        let rows = text.lines().skip(1).filter_map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let [attacker, caught, length, _, _, rate, ..] = fields.as_slice() else { return None };
            let key = ((*attacker).to_owned(), key(caught.parse().ok()?), length.parse().ok()?);
            Some((key, rate.parse().ok()?))
        });
        Some(Self(rows.collect()))
    }

    /// Whether there is a curve.
    pub fn has(&self, attacker: Attacker, caught: f64) -> bool {
        self.rate(attacker, caught, 12).is_some()
    }

    /// A point of it.
    pub fn rate(&self, attacker: Attacker, caught: f64, length: u32) -> Option<f64> {
        self.0.get(&(attacker.name().to_owned(), key(caught), length)).copied()
    }
}

fn key(caught: f64) -> u32 {
    (caught * 10_000.0).round() as u32
}
