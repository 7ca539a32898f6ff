//! Format `apple` (section 8.8): Apple's CA certifies the credential's key itself, with a nonce in the certificate.
//!
//! There is no signature in the statement: all its worth lies in the certificate path.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Reader as _, SliceReader, Tag, TagNumber};
use sha2::{Digest as _, Sha256};

use super::{Attested, Context, Format, statement};
use crate::error::{Fault, ensure};
use crate::wire::cbor::Cbor;

const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113635.100.8.2");

pub(super) fn verify(statement: &Cbor<'_>, context: &Context<'_>) -> Result<Attested, Fault> {
    // Early devices also sent `alg`; it says nothing.
    statement::only(statement, &["x5c", "alg"])?;
    let chain = statement::chain(statement)?;
    let leaf = statement::leaf(&chain)?;
    let extension = leaf.extension(NONCE).ok_or(Fault::Certificate("apple: no nonce"))?;
    let nonce = nonce(extension.extn_value.as_bytes()).map_err(|_| Fault::Certificate("apple: no nonce"))?;
    let expected = Sha256::digest(context.signed());
    ensure(nonce == expected.as_slice(), Fault::Certificate("apple: the nonce is another"))?;
    ensure(leaf.key()? == *context.key, Fault::Certificate("apple: it certifies another key"))?;
    Ok(Attested::certified(Format::Apple, chain, Vec::new()))
}

/// `SEQUENCE { [1] EXPLICIT OCTET STRING }`.
fn nonce(value: &[u8]) -> der::Result<Vec<u8>> {
    const FIELD: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(1) };
    let mut reader = SliceReader::new(value)?;
    let nonce = reader.sequence(|inner| {
        let field: der::asn1::AnyRef<'_> = inner.decode()?;
        der::Tagged::tag(&field).assert_eq(FIELD)?;
        let mut field = SliceReader::new(field.value())?;
        let nonce: &OctetStringRef = field.decode()?;
        field.finish()?;
        Ok::<_, der::Error>(nonce.as_bytes().to_vec())
    })?;
    reader.finish()?;
    Ok(nonce)
}
