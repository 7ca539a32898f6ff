//! Format `tpm` (section 8.3): a TPM certifies the key with an attestation identity key of its own.

mod certificate;
mod structures;

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use self::structures::{CertifyInfo, PublicArea};
use super::packed::curve_fits;
use super::{Attested, Context, Format, statement};
use crate::ceremony::Check;
use crate::error::{Fault, ensure};
use crate::key::{Algorithm, Hash, PublicKey, Scheme};
use crate::wire::cbor::Cbor;

pub(super) fn verify(statement: &Cbor<'_>, context: &Context<'_>) -> Result<Attested, Fault> {
    statement::only(statement, &["ver", "alg", "x5c", "sig", "certInfo", "pubArea"])?;
    let version = statement.get("ver").and_then(Cbor::as_text);
    ensure(version == Some("2.0"), Fault::Statement("tpm: ver is not 2.0"))?;
    let signature = statement::bytes(statement, "sig")?;
    let cert_info = statement::bytes(statement, "certInfo")?;
    let public_area = statement::bytes(statement, "pubArea")?;
    let chain = statement::chain(statement)?;
    let leaf = statement::leaf(&chain)?;
    let key = leaf.key()?;
    let (scheme, hash) = signing(statement, &key)?;

    let area = PublicArea::parse(public_area)?;
    ensure(area.key == context.key.0, Fault::Statement("tpm: pubArea is of another key"))?;
    let info = CertifyInfo::parse(cert_info)?;
    let expected = digest(hash, &context.signed());
    ensure(info.extra_data == expected, Fault::Statement("tpm: extraData is not the hash of what was attested"))?;
    let name_hash = digest(area.name_hash, public_area);
    let name = [&area.name_algorithm.to_be_bytes(), name_hash.as_slice()].concat();
    ensure(info.name == name, Fault::Statement("tpm: the attested name is not pubArea's"))?;

    let check = Check::new(scheme, key, cert_info.to_vec(), signature)?;
    certificate::leaf_rules(leaf, context)?;
    Ok(Attested::certified(Format::Tpm, chain, vec![check]))
}

/// How `certInfo` is signed. Here alone RSA with SHA-1 is still taken: TPMs that can do no better attest so, over a
/// structure that leaves a forger nothing to choose.
fn signing(statement: &Cbor<'_>, key: &PublicKey) -> Result<(Scheme, Hash), Fault> {
    const RS1: i64 = -65535;
    let (scheme, fits) = if statement.get("alg").and_then(Cbor::as_int) == Some(RS1) {
        let scheme = Scheme::RsaPkcs1(Hash::Sha1);
        (scheme, key.fits(scheme))
    } else {
        let algorithm: Algorithm = statement::algorithm(statement)?;
        (algorithm.scheme(), curve_fits(algorithm, key))
    };
    ensure(fits, Fault::Statement("tpm: alg is not the certificate key's"))?;
    match scheme {
        Scheme::Ecdsa(hash) | Scheme::RsaPkcs1(hash) | Scheme::RsaPss(hash) => Ok((scheme, hash)),
        Scheme::Ed25519 | Scheme::Ed448 => Err(Fault::Statement("tpm: no TPM signs so")),
    }
}

fn digest(hash: Hash, bytes: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha1 => Sha1::digest(bytes).to_vec(),
        Hash::Sha256 => Sha256::digest(bytes).to_vec(),
        Hash::Sha384 => Sha384::digest(bytes).to_vec(),
        Hash::Sha512 => Sha512::digest(bytes).to_vec(),
    }
}
