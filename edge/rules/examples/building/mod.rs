//! The bytes of the data file, from their sources. Used by the tool and by the test that holds the file against it.

#![allow(clippy::expect_used, clippy::panic, reason = "a tool that stops with a sentence")]

use sekisho_rules::password::data::{MAGIC, fingerprint_key};
use std::path::PathBuf;
use xorf::BinaryFuse16;

/// The crate's folder.
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The common passwords, one a line, comments left out.
pub fn common() -> Vec<String> {
    lines("../../tests/vectors/passwords/common.txt", "//").collect()
}

/// The data file: the magic bytes, then each section behind its length.
pub fn data() -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    let mut section = |bytes: &[u8]| {
        out.extend(u32::try_from(bytes.len()).expect("a section is small").to_le_bytes());
        out.extend(bytes);
    };
    section(&filter());
    for list in ["japanese", "finance", "english"] {
        let mut words: Vec<String> = Vec::new();
        for line in lines(&format!("src/password/data/lists/{list}.txt"), "#") {
            for word in line.split_whitespace() {
                if !words.iter().any(|known| known == word) {
                    words.push(word.to_owned());
                }
            }
        }
        section(words.join("\n").as_bytes());
    }
    out
}

/// Seed, segment length, mask and count, then the fingerprints, all little end first.
fn filter() -> Vec<u8> {
    let keys: Vec<u64> = common().iter().map(|password| fingerprint_key(password)).collect();
    let filter = BinaryFuse16::try_from(&keys).expect("no two passwords have the same key");
    let descriptor = &filter.descriptor;
    let mut out = descriptor.seed.to_le_bytes().to_vec();
    for word in [descriptor.segment_length, descriptor.segment_length_mask, descriptor.segment_count_length] {
        out.extend(word.to_le_bytes());
    }
    out.extend(filter.fingerprints.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()));
    out
}

fn lines(path: &str, comment: &'static str) -> impl Iterator<Item = String> {
    let path = home().join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines: Vec<String> =
        text.lines().filter(|line| !line.starts_with(comment) && !line.is_empty()).map(str::to_owned).collect();
    lines.into_iter()
}
