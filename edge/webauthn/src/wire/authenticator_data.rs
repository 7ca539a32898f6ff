//! Authenticator data (WebAuthn Level 3, section 6.1): the bytes an authenticator signs.

use super::cbor::{self, Cbor};
use crate::error::{Fault, ensure};

/// Authenticator data, borrowed from the message and fully accounted for: no byte is left over.
#[derive(Debug)]
pub(crate) struct AuthenticatorData<'a> {
    pub(crate) rp_id_hash: &'a [u8],
    pub(crate) flags: Flags,
    pub(crate) sign_count: u32,
    pub(crate) attested: Option<AttestedCredential<'a>>,
    pub(crate) extensions: Option<Cbor<'a>>,
}

/// The new credential inside the authenticator data of a registration.
#[derive(Debug)]
pub(crate) struct AttestedCredential<'a> {
    pub(crate) aaguid: [u8; 16],
    pub(crate) id: &'a [u8],
    /// The COSE key as it stands in the message.
    pub(crate) public_key: &'a [u8],
    /// The same, parsed.
    pub(crate) cose: Cbor<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    pub(crate) const fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }
    pub(crate) const fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }
    pub(crate) const fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }
    pub(crate) const fn backup_state(self) -> bool {
        self.0 & 0x10 != 0
    }
    const fn attested(self) -> bool {
        self.0 & 0x40 != 0
    }
    const fn extensions(self) -> bool {
        self.0 & 0x80 != 0
    }
}

impl<'a> AuthenticatorData<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        const SHORT: Fault = Fault::AuthenticatorData("truncated");
        let (rp_id_hash, rest) = bytes.split_at_checked(32).ok_or(SHORT)?;
        let (&[flags], rest) = rest.split_first_chunk().ok_or(SHORT)?;
        let (&counter, mut rest) = rest.split_first_chunk::<4>().ok_or(SHORT)?;
        let flags = Flags(flags);
        let attested = if flags.attested() { Some(attested(&mut rest)?) } else { None };
        let extensions = if flags.extensions() { Some(extensions(&mut rest)?) } else { None };
        ensure(rest.is_empty(), Fault::AuthenticatorData("bytes left over"))?;
        Ok(Self { rp_id_hash, flags, sign_count: u32::from_be_bytes(counter), attested, extensions })
    }
}

fn attested<'a>(rest: &mut &'a [u8]) -> Result<AttestedCredential<'a>, Fault> {
    const SHORT: Fault = Fault::AuthenticatorData("attested credential truncated");
    let (&aaguid, tail) = rest.split_first_chunk::<16>().ok_or(SHORT)?;
    let (&length, tail) = tail.split_first_chunk::<2>().ok_or(SHORT)?;
    let (id, tail) = tail.split_at_checked(usize::from(u16::from_be_bytes(length))).ok_or(SHORT)?;
    let (cose, used) = cbor::parse_prefix(tail)?;
    let (public_key, tail) = tail.split_at_checked(used).ok_or(SHORT)?;
    ensure(!id.is_empty(), Fault::AuthenticatorData("empty credential id"))?;
    *rest = tail;
    Ok(AttestedCredential { aaguid, id, public_key, cose })
}

fn extensions<'a>(rest: &mut &'a [u8]) -> Result<Cbor<'a>, Fault> {
    let (value, used) = cbor::parse_prefix(rest)?;
    ensure(value.entries().is_some(), Fault::AuthenticatorData("extensions are not a map"))?;
    *rest = rest.get(used..).unwrap_or_default();
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_truncation_and_every_extra_byte_is_refused() {
        let mut bytes = vec![7; 32];
        bytes.extend([0xc5, 0, 0, 0, 9]);
        bytes.extend([1; 16]);
        bytes.extend([0, 2, 0xaa, 0xbb]);
        bytes.extend([0xa1, 1, 2]);
        bytes.extend([0xa1, 0x61, b'x', 0xf5]);
        let data = AuthenticatorData::parse(&bytes).unwrap();
        assert_eq!(data.sign_count, 9);
        let credential = data.attested.unwrap();
        assert_eq!((credential.id, credential.public_key), (&[0xaa, 0xbb][..], &[0xa1, 1, 2][..]));
        assert!(data.extensions.unwrap().get("x").is_some());
        for end in 0..bytes.len() {
            assert!(AuthenticatorData::parse(&bytes[..end]).is_err(), "cut at {end}");
        }
        bytes.push(0);
        assert_eq!(AuthenticatorData::parse(&bytes).unwrap_err(), Fault::AuthenticatorData("bytes left over"));
    }
}
