//! Format `packed` (section 8.2): a signature by the credential's own key, or by a certified attestation key.

use super::{AttestationType, Attested, Context, Format, statement};
use crate::ceremony::Check;
use crate::certificate::{Certificate, oid};
use crate::error::{Fault, ensure};
use crate::key::{Algorithm, PublicKey};
use crate::wire::cbor::Cbor;

pub(super) fn verify(statement: &Cbor<'_>, context: &Context<'_>) -> Result<Attested, Fault> {
    statement::only(statement, &["alg", "sig", "x5c"])?;
    let algorithm = statement::algorithm(statement)?;
    let signature = statement::bytes(statement, "sig")?;
    if statement.get("x5c").is_none() {
        ensure(algorithm == context.algorithm, Fault::Statement("packed: alg is not the credential's"))?;
        let check = Check::new(algorithm.scheme(), context.key.clone(), context.signed(), signature)?;
        return Ok(Attested::plain(Format::Packed, AttestationType::SelfAttestation, vec![check]));
    }
    let chain = statement::chain(statement)?;
    let leaf = statement::leaf(&chain)?;
    let key = leaf.key()?;
    ensure(curve_fits(algorithm, &key), Fault::Statement("packed: alg is not the certificate key's"))?;
    let check = Check::new(algorithm.scheme(), key, context.signed(), signature)?;
    leaf_rules(leaf, &context.credential.aaguid)?;
    Ok(Attested::certified(Format::Packed, chain, vec![check]).under(algorithm))
}

pub(super) fn curve_fits(algorithm: Algorithm, key: &PublicKey) -> bool {
    key.fits(algorithm.scheme()) && algorithm.curve() == key.curve()
}

/// Section 8.2.1, certificate requirements.
fn leaf_rules(leaf: &Certificate, aaguid: &[u8; 16]) -> Result<(), Fault> {
    ensure(leaf.is_version_3(), Fault::Certificate("packed: not version 3"))?;
    let country = leaf.subject_texts(oid::COUNTRY);
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
    ensure(matches!(country.as_slice(), [code] if is_code(code)), Fault::Certificate("packed: subject C"))?;
    let filled = |texts: Vec<String>| texts.iter().any(|text| !text.is_empty());
    ensure(filled(leaf.subject_texts(oid::ORGANISATION)), Fault::Certificate("packed: subject O"))?;
    let unit = leaf.subject_texts(oid::UNIT);
    ensure(unit == ["Authenticator Attestation"], Fault::Certificate("packed: subject OU"))?;
    ensure(filled(leaf.subject_texts(oid::COMMON_NAME)), Fault::Certificate("packed: subject CN"))?;
    ensure(leaf.ca()? == Some(false), Fault::Certificate("packed: CA is not false"))?;
    leaf.aaguid_is(aaguid)
}
