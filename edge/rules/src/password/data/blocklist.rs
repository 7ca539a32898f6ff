//! The list of common passwords as a binary fuse filter with 16-bit fingerprints (T. M. Graf, D. Lemire, "Binary Fuse
//! Filters", 2022): every listed password is found, and about one other in 65,536.
//!
//! The filter is built by the crate `xorf`. It is read here, since a page should not carry the builder, and the bytes
//! of a file are neither aligned nor trusted to hold the lengths they claim.

/// A filter in memory; the default one finds nothing.
#[derive(Default)]
pub(in crate::password) struct Blocklist {
    seed: u64,
    segment_length: u32,
    segment_length_mask: u32,
    segment_count_length: u32,
    fingerprints: Vec<u16>,
}

/// The key under which a password stands in the filter: FNV-1a, 64 bits, of its UTF-8 bytes.
pub fn fingerprint_key(password: &str) -> u64 {
    password.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// The finaliser of MurmurHash3, as the filter's builder mixes key and seed.
const fn mixed(key: u64, seed: u64) -> u64 {
    let mut hash = key.wrapping_add(seed);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

impl Blocklist {
    /// Reads seed, segment length, mask and count, then the fingerprints, all little end first.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (seed, rest) = bytes.split_first_chunk::<8>()?;
        let (segment_length, rest) = rest.split_first_chunk::<4>()?;
        let (segment_length_mask, rest) = rest.split_first_chunk::<4>()?;
        let (segment_count_length, rest) = rest.split_first_chunk::<4>()?;
        let (pairs, []) = rest.as_chunks::<2>() else { return None };
        Some(Self {
            seed: u64::from_le_bytes(*seed),
            segment_length: u32::from_le_bytes(*segment_length),
            segment_length_mask: u32::from_le_bytes(*segment_length_mask),
            segment_count_length: u32::from_le_bytes(*segment_count_length),
            fingerprints: pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect(),
        })
    }

    /// Whether the list holds `password`.
    pub fn contains(&self, password: &str) -> bool {
        let hash = mixed(fingerprint_key(password), self.seed);
        let first = ((u128::from(hash) * u128::from(self.segment_count_length)) >> 64) as u32;
        let second = first.wrapping_add(self.segment_length);
        let third = second.wrapping_add(self.segment_length);
        let places = [
            first,
            second ^ ((hash >> 18) as u32 & self.segment_length_mask),
            third ^ (hash as u32 & self.segment_length_mask),
        ];
        let wanted = (hash ^ (hash >> 32)) as u16;
        places.into_iter().try_fold(wanted, |left, place| Some(left ^ *self.fingerprints.get(place as usize)?))
            == Some(0)
    }
}
