//! What the operator knows of networks: which belong to servers and which hide who is behind them. A list of theirs, empty as
//! delivered: what is true of a network today is not a year later.

use crate::config::Complaint;
use std::net::IpAddr;

/// The most lines of a list: it is gone through whenever somebody logs in.
const LINES: usize = 20_000;

/// What a network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkKind {
    /// Servers stand there and nobody lives there.
    Hosting,
    /// It hides who is behind it: exits of Tor, of virtual private networks, of proxies for hire.
    Anonymising,
}

/// Networks by number and by prefix.
#[derive(Clone, Debug, Default)]
pub struct Networks {
    numbers: Vec<(u32, NetworkKind)>,
    /// Each with its length among 128 bits.
    prefixes: Vec<((u8, u128), NetworkKind)>,
}

impl Networks {
    /// Reads a list: a line each, `hosting AS64496` or `anonymising 203.0.113.0/24`; `#` begins a remark.
    ///
    /// # Errors
    /// One complaint with the number of the first line that is not of that form.
    ///
    /// ```
    /// use sekisho_edge::risk::{NetworkKind, Networks};
    /// let networks = Networks::parse("# a remark\nhosting AS64496\nanonymising 203.0.113.0/24\n")?;
    /// let kind = |address: &str, number| networks.kind(address.parse().unwrap(), number);
    /// assert_eq!(kind("198.51.100.1", Some(64_496)), Some(NetworkKind::Hosting));
    /// assert_eq!(kind("203.0.113.9", None), Some(NetworkKind::Anonymising));
    /// assert_eq!(kind("203.0.114.9", Some(1)), None);
    /// # Ok::<(), sekisho_edge::Complaint>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let complaint = |at: usize, problem: &str| Complaint {
            place: format!("networks.txt:{}", at + 1),
            problem: problem.to_owned(),
        };
        let mut networks = Self::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if at >= LINES {
                return Err(complaint(at, "is a line too many; there may be 20000"));
            }
            let (kind, network) = line.split_once(' ').unwrap_or((line, ""));
            let kind = match kind {
                "hosting" => NetworkKind::Hosting,
                "anonymising" => NetworkKind::Anonymising,
                _ => return Err(complaint(at, "must begin with hosting or anonymising")),
            };
            let network = network.trim();
            if let Some(number) = network.strip_prefix("AS").and_then(|digits| digits.parse().ok()) {
                networks.numbers.push((number, kind));
            } else if let Some(prefix) = prefix(network) {
                networks.prefixes.push((prefix, kind));
            } else {
                return Err(complaint(at, "must name a network, like AS64496, 203.0.113.0/24 or 2001:db8::/32"));
            }
        }
        Ok(networks)
    }

    /// What the network of `address` is: by the longest prefix that holds it, else by its number.
    pub fn kind(&self, address: IpAddr, number: Option<u32>) -> Option<NetworkKind> {
        let bits = bits(address);
        let holding = self.prefixes.iter().filter(|((length, prefix), _)| bits & mask(*length) == *prefix);
        let by_prefix = holding.max_by_key(|((length, _), _)| *length).map(|(_, kind)| *kind);
        by_prefix.or_else(|| self.numbers.iter().find(|(known, _)| number == Some(*known)).map(|(_, kind)| *kind))
    }
}

/// An address as 128 bits, IPv4 among IPv6 (RFC 4291 §2.5.5.2).
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => four.to_ipv6_mapped().to_bits(),
        IpAddr::V6(six) => six.to_bits(),
    }
}

fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length.min(128))).unwrap_or(0)
}

/// The length among 128 bits, and the bits. One that has bits behind its length is a mistake and none.
fn prefix(text: &str) -> Option<(u8, u128)> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u8 = length.parse().ok()?;
    let length = if address.is_ipv4() { length.checked_add(96)? } else { length };
    let bits = bits(address);
    (length <= 128 && bits & !mask(length) == 0).then_some((length, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_counts_and_then_the_number() {
        let text =
            "hosting 203.0.112.0/20\nanonymising 203.0.113.0/24 # exits\n\nhosting AS64500\nhosting 2001:db8::/32";
        let networks = Networks::parse(text).unwrap();
        let kind = |address: &str, number| networks.kind(address.parse().unwrap(), number);
        assert_eq!(kind("203.0.113.1", None), Some(NetworkKind::Anonymising));
        assert_eq!(kind("203.0.112.1", None), Some(NetworkKind::Hosting));
        assert_eq!(kind("2001:db8:1::1", None), Some(NetworkKind::Hosting));
        assert_eq!(kind("2001:db9::1", Some(64_500)), Some(NetworkKind::Hosting));
        assert_eq!(kind("2001:db9::1", Some(64_501)), None);
        assert_eq!(
            Networks::parse("hosting ::/0").unwrap().kind("192.0.2.1".parse().unwrap(), None),
            Some(NetworkKind::Hosting)
        );
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        for (line, problem) in [
            ("host AS1", "hosting or anonymising"),
            ("hosting", "must name a network"),
            ("hosting ASX", "must name a network"),
            ("hosting 203.0.113.7/24", "must name a network"),
            ("hosting 203.0.113.0/33", "must name a network"),
            ("hosting 203.0.113.0", "must name a network"),
            ("hosting 2001:db8::/129", "must name a network"),
        ] {
            let complaint = Networks::parse(&format!("# a remark\n{line}\n")).unwrap_err();
            assert_eq!(complaint.place, "networks.txt:2", "{line}");
            assert!(complaint.problem.contains(problem), "{line}: {complaint}");
        }
        let long = "hosting AS1\n".repeat(LINES + 1);
        assert_eq!(Networks::parse(&long).unwrap_err().place, format!("networks.txt:{}", LINES + 1));
    }
}
