//! Subject public keys of certificates (RFC 5280, RFC 5480, RFC 8410).

use der::asn1::{ObjectIdentifier, UintRef};
use der::{Decode as _, Reader as _, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::{Curve, Material, PublicKey};
use crate::error::Fault;

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// The key of a certificate, where it is sound and of a kind this crate verifies.
pub(crate) fn spki_key(info: &SubjectPublicKeyInfoOwned) -> Result<PublicKey, Fault> {
    const KIND: Fault = Fault::Certificate("a key of an unknown kind");
    let bytes = info.subject_public_key.as_bytes().ok_or(KIND)?;
    let length = |_| Fault::Key("length");
    PublicKey::new(match info.algorithm.oid {
        EC => {
            let parameters = info.algorithm.parameters.as_ref().ok_or(KIND)?;
            let curve = match parameters.decode_as::<ObjectIdentifier>().map_err(|_| KIND)? {
                P256 => Curve::P256,
                P384 => Curve::P384,
                P521 => Curve::P521,
                _ => return Err(KIND),
            };
            Material::Ec { curve, point: uncompressed(curve, bytes)? }
        }
        RSA => rsa(bytes)?,
        ED25519 => Material::Ed25519(bytes.try_into().map_err(length)?),
        ED448 => Material::Ed448(bytes.try_into().map_err(length)?),
        _ => return Err(KIND),
    })
}

fn uncompressed(curve: Curve, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    if bytes.len() == 1 + 2 * curve.coordinate_bytes() && bytes.first() == Some(&4) {
        Ok(bytes.to_vec())
    } else {
        Err(Fault::Key("not an uncompressed point"))
    }
}

fn rsa(bytes: &[u8]) -> Result<Material, Fault> {
    let read = || -> der::Result<Material> {
        let mut reader = SliceReader::new(bytes)?;
        let key = reader.sequence(|inner| {
            let modulus = UintRef::decode(inner)?.as_bytes().to_vec();
            let exponent = UintRef::decode(inner)?.as_bytes().to_vec();
            Ok::<_, der::Error>(Material::Rsa { modulus, exponent })
        })?;
        reader.finish()?;
        Ok(key)
    };
    read().map_err(|_| Fault::Key("not an RSA key"))
}
