//! The two TPM structures of a statement (TPM 2.0 Library, part 2): the key's public area and what was certified.

use crate::error::{Fault, ensure};
use crate::key::{Curve, Hash, Material};

const BROKEN: Fault = Fault::Statement("tpm: a structure is truncated or malformed");
const ALG_NULL: u16 = 0x0010;

/// `TPMT_PUBLIC`.
pub(super) struct PublicArea {
    pub(super) name_algorithm: u16,
    pub(super) name_hash: Hash,
    pub(super) key: Material,
}

/// `TPMS_ATTEST` of type certify.
pub(super) struct CertifyInfo<'a> {
    pub(super) extra_data: &'a [u8],
    pub(super) name: &'a [u8],
}

impl PublicArea {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader(bytes);
        let kind = reader.u16()?;
        let name_algorithm = reader.u16()?;
        let _attributes = reader.take(4)?;
        let _policy = reader.sized()?;
        ensure(reader.u16()? == ALG_NULL, Fault::Statement("tpm: a signing key has no symmetric algorithm"))?;
        reader.scheme()?;
        let key = match kind {
            0x0001 => rsa(&mut reader)?,
            0x0023 => ecc(&mut reader)?,
            _ => return Err(Fault::Statement("tpm: neither RSA nor ECC")),
        };
        reader.finish()?;
        let name_hash = match name_algorithm {
            0x0004 => Hash::Sha1,
            0x000b => Hash::Sha256,
            0x000c => Hash::Sha384,
            0x000d => Hash::Sha512,
            _ => return Err(Fault::Statement("tpm: unknown name algorithm")),
        };
        Ok(Self { name_algorithm, name_hash, key })
    }
}

fn rsa(reader: &mut Reader<'_>) -> Result<Material, Fault> {
    let bits = reader.u16()?;
    let exponent = match reader.u32()? {
        0 => 65_537,
        exponent => exponent,
    };
    let modulus = reader.sized()?;
    ensure(modulus.len() * 8 == usize::from(bits), Fault::Statement("tpm: keyBits is not the modulus's"))?;
    let exponent = exponent.to_be_bytes();
    let leading = exponent.iter().take_while(|&&byte| byte == 0).count();
    Ok(Material::Rsa { modulus: modulus.to_vec(), exponent: exponent.into_iter().skip(leading).collect() })
}

fn ecc(reader: &mut Reader<'_>) -> Result<Material, Fault> {
    let curve = match reader.u16()? {
        0x0003 => Curve::P256,
        0x0004 => Curve::P384,
        0x0005 => Curve::P521,
        _ => return Err(Fault::Statement("tpm: unknown curve")),
    };
    reader.scheme()?;
    let mut point = vec![4];
    for _ in 0..2 {
        let coordinate = reader.sized()?;
        // Some TPMs drop leading zeros.
        let pad = curve.coordinate_bytes().checked_sub(coordinate.len()).ok_or(BROKEN)?;
        point.resize(point.len() + pad, 0);
        point.extend(coordinate);
    }
    Ok(Material::Ec { curve, point })
}

impl<'a> CertifyInfo<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut reader = Reader(bytes);
        ensure(reader.u32()? == 0xff54_4347, Fault::Statement("tpm: magic is not TPM_GENERATED_VALUE"))?;
        ensure(reader.u16()? == 0x8017, Fault::Statement("tpm: type is not TPM_ST_ATTEST_CERTIFY"))?;
        let _signer = reader.sized()?;
        let extra_data = reader.sized()?;
        let _clock = reader.take(17)?;
        let _firmware = reader.take(8)?;
        let name = reader.sized()?;
        let _qualified_name = reader.sized()?;
        reader.finish()?;
        Ok(Self { extra_data, name })
    }
}

/// Big-endian reader over a TPM structure.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(BROKEN)?;
        self.0 = tail;
        Ok(head)
    }

    fn u16(&mut self) -> Result<u16, Fault> {
        let (&head, tail) = self.0.split_first_chunk().ok_or(BROKEN)?;
        self.0 = tail;
        Ok(u16::from_be_bytes(head))
    }

    fn u32(&mut self) -> Result<u32, Fault> {
        let (&head, tail) = self.0.split_first_chunk().ok_or(BROKEN)?;
        self.0 = tail;
        Ok(u32::from_be_bytes(head))
    }

    /// A `TPM2B`: bytes after their length.
    fn sized(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    /// A scheme: none, or one with its digest.
    fn scheme(&mut self) -> Result<(), Fault> {
        if self.u16()? != ALG_NULL {
            self.take(2)?;
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), Fault> {
        ensure(self.0.is_empty(), Fault::Statement("tpm: bytes left over in a structure"))
    }
}
