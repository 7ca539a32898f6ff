//! Where an account was touched from, under a key of the house: enough to answer "from this address, too?" for months, and for
//! whoever has the stores alone nothing but bytes.
//!
//! Each trace bears the generation it was made under. Keys of names are kept for good, so a rotation hides no trace.

use super::{EVERY, Generation, Keys, full, short};
use crate::risk::one_line;
use crate::wire::to_hex;
use std::net::IpAddr;

/// What is kept of the address and the device of one access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Under which generation it was made.
    pub generation: u8,
    /// The address, of IPv6 the /64; none where none was shown.
    pub address: Option<[u8; 16]>,
    /// The device's cookie.
    pub device: Option<[u8; 16]>,
}

impl Keys {
    /// What is kept of an access from `address` and `device`, under the current key.
    pub(crate) fn trace(&self, address: Option<IpAddr>, device: Option<[u8; 16]>) -> Trace {
        self.name.0.first().map(|generation| traced(generation, address, device)).unwrap_or_default()
    }

    /// Everything that may be kept of an access from `address`, under every key that is still there.
    pub(crate) fn traces(&self, address: IpAddr) -> Vec<Trace> {
        self.name.0.iter().take(EVERY).map(|generation| traced(generation, Some(address), None)).collect()
    }

    /// What stands in staff's record for a mail address: 16 hexadecimal digits, the same for one mailbox at whatever account. Letters
    /// count in either case, and what stands behind a plus sign, which most receivers ignore, not at all. Under the oldest key of
    /// names, which is kept for good: lines of different years can be compared.
    pub(crate) fn mailbox_tag(&self, address: &str) -> String {
        let (local, domain) = address.split_once('@').unwrap_or((address, ""));
        let mailbox = local.split_once('+').map_or(local, |(mailbox, _)| mailbox);
        let mailbox = format!("{mailbox}@{domain}").to_ascii_lowercase();
        let tag =
            |generation: &Generation| short::<8>(&full(&generation.key, &[b"record: mailbox", mailbox.as_bytes()]));
        to_hex(&self.name.oldest().map(tag).unwrap_or_default())
    }
}

fn traced(generation: &Generation, address: Option<IpAddr>, device: Option<[u8; 16]>) -> Trace {
    let tag = |label: &[u8], shown: &[u8]| short(&full(&generation.key, &[label, shown]));
    Trace {
        generation: generation.number,
        address: address.map(|address| tag(b"access: address", &one_line(address))),
        device: device.map(|device| tag(b"access: device", &device)),
    }
}
