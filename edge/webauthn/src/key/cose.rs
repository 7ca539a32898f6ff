//! COSE keys (RFC 9052, RFC 9053, RFC 8230) as WebAuthn section 6.5.1.1 restricts them.

use super::{Algorithm, Curve, Material, PublicKey};
use crate::error::{Fault, ensure};
use crate::wire::cbor::Cbor;

/// Reads a credential's key and its algorithm; nothing but the required members may be there.
pub(crate) fn cose_key(cose: &Cbor<'_>) -> Result<(PublicKey, Algorithm), Fault> {
    let number = cose.at(3).and_then(Cbor::as_int).ok_or(Fault::Key("no algorithm"))?;
    let algorithm = Algorithm::from_id(number).ok_or(Fault::Algorithm(number))?;
    let kind = cose.at(1).and_then(Cbor::as_int).ok_or(Fault::Key("no key type"))?;
    let (material, members) = match algorithm {
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => (ec2(cose, kind, algorithm)?, 5),
        Algorithm::EdDsa | Algorithm::Ed448 => (okp(cose, kind, algorithm)?, 4),
        _ => (rsa(cose, kind)?, 4),
    };
    ensure(cose.entries().is_some_and(|entries| entries.len() == members), Fault::Key("members it must not have"))?;
    Ok((PublicKey::new(material)?, algorithm))
}

fn ec2(cose: &Cbor<'_>, kind: i64, algorithm: Algorithm) -> Result<Material, Fault> {
    ensure(kind == 2, Fault::Key("not an EC2 key"))?;
    let curve = match cose.at(-1).and_then(Cbor::as_int) {
        Some(1) => Curve::P256,
        Some(2) => Curve::P384,
        Some(3) => Curve::P521,
        _ => return Err(Fault::Key("unknown curve")),
    };
    ensure(algorithm.curve() == Some(curve), Fault::Key("the curve is another algorithm's"))?;
    let x = coordinate(cose, -2, curve)?;
    let y = coordinate(cose, -3, curve)?;
    Ok(Material::Ec { curve, point: [&[4], x, y].concat() })
}

/// A coordinate at full length. A boolean y would be a compressed point, which section 6.5.1.1 rules out.
fn coordinate<'a>(cose: &Cbor<'a>, label: i64, curve: Curve) -> Result<&'a [u8], Fault> {
    cose.at(label)
        .and_then(Cbor::as_bytes)
        .filter(|bytes| bytes.len() == curve.coordinate_bytes())
        .ok_or(Fault::Key("a coordinate is missing or of another length"))
}

fn okp(cose: &Cbor<'_>, kind: i64, algorithm: Algorithm) -> Result<Material, Fault> {
    ensure(kind == 1, Fault::Key("not an OKP key"))?;
    let curve = cose.at(-1).and_then(Cbor::as_int);
    let x = cose.at(-2).and_then(Cbor::as_bytes).ok_or(Fault::Key("no point"))?;
    match (algorithm, curve) {
        (Algorithm::EdDsa, Some(6)) => Ok(Material::Ed25519(x.try_into().map_err(|_| Fault::Key("length"))?)),
        (Algorithm::Ed448, Some(7)) => Ok(Material::Ed448(x.try_into().map_err(|_| Fault::Key("length"))?)),
        _ => Err(Fault::Key("the curve is another algorithm's")),
    }
}

fn rsa(cose: &Cbor<'_>, kind: i64) -> Result<Material, Fault> {
    ensure(kind == 3, Fault::Key("not an RSA key"))?;
    let modulus = cose.at(-1).and_then(Cbor::as_bytes).ok_or(Fault::Key("no modulus"))?.to_vec();
    let exponent = cose.at(-2).and_then(Cbor::as_bytes).ok_or(Fault::Key("no exponent"))?.to_vec();
    Ok(Material::Rsa { modulus, exponent })
}
