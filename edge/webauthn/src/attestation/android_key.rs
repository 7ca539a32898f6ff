//! Format `android-key` (section 8.4): Android's key store certifies the key and lists what it may be used for.

use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use der::{Reader as _, SliceReader, Tag, TagNumber, Tagged as _};

use super::packed::curve_fits;
use super::{Attested, Context, Format, statement};
use crate::ceremony::Check;
use crate::error::{Fault, ensure};
use crate::wire::cbor::Cbor;

const KEY_DESCRIPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.1.17");

pub(super) fn verify(statement: &Cbor<'_>, context: &Context<'_>) -> Result<Attested, Fault> {
    statement::only(statement, &["alg", "sig", "x5c"])?;
    let algorithm = statement::algorithm(statement)?;
    let signature = statement::bytes(statement, "sig")?;
    let chain = statement::chain(statement)?;
    let leaf = statement::leaf(&chain)?;
    let key = leaf.key()?;
    ensure(key == *context.key, Fault::Certificate("android-key: it certifies another key"))?;
    ensure(curve_fits(algorithm, &key), Fault::Statement("android-key: alg is not the key's"))?;
    let check = Check::new(algorithm.scheme(), key, context.signed(), signature)?;
    const MISSING: Fault = Fault::Certificate("android-key: the key description is missing or malformed");
    let extension = leaf.extension(KEY_DESCRIPTION).ok_or(MISSING)?;
    let description = KeyDescription::parse(extension.extn_value.as_bytes()).map_err(|_| MISSING)?;
    description.judge(context.client_data_hash, context.policy.android_key_authorizations)?;
    Ok(Attested::certified(Format::AndroidKey, chain, vec![check]))
}

struct KeyDescription {
    challenge: Vec<u8>,
    software: Authorizations,
    hardware: Authorizations,
}

/// The entries of an authorization list that the specification looks at.
#[derive(Default)]
struct Authorizations {
    purposes: Vec<u8>,
    origin: Option<Vec<u8>>,
    all_applications: bool,
}

impl KeyDescription {
    fn parse(value: &[u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(value)?;
        let description = reader.sequence(|inner| {
            // Attestation version and level, keymaster version and level: any.
            for tag in [Tag::Integer, Tag::Enumerated, Tag::Integer, Tag::Enumerated] {
                inner.decode::<AnyRef<'_>>()?.tag().assert_eq(tag)?;
            }
            let challenge: &OctetStringRef = inner.decode()?;
            let _unique_id: &OctetStringRef = inner.decode()?;
            let software = Authorizations::parse(inner.decode()?)?;
            let hardware = Authorizations::parse(inner.decode()?)?;
            Ok::<_, der::Error>(Self { challenge: challenge.as_bytes().to_vec(), software, hardware })
        })?;
        reader.finish()?;
        Ok(description)
    }

    /// The rules of section 8.4, over both lists: what either enforces holds. Unless they are `required`, lists that are
    /// silent on origin and purpose pass; lists that say something else never do.
    fn judge(&self, client_data_hash: &[u8], required: bool) -> Result<(), Fault> {
        ensure(self.challenge == client_data_hash, Fault::Certificate("android-key: the challenge is another"))?;
        let shared = self.software.all_applications || self.hardware.all_applications;
        ensure(!shared, Fault::Certificate("android-key: the key is open to all applications"))?;
        const GENERATED: &[u8] = &[0];
        const SIGN: u8 = 2;
        let mut origins = [&self.software, &self.hardware].into_iter().filter_map(|list| list.origin.as_deref());
        let stated = origins.clone().next().is_some();
        let generated = (stated || !required) && origins.all(|origin| origin == GENERATED);
        ensure(generated, Fault::Certificate("android-key: the key was not generated in the key store"))?;
        let purposes = [self.software.purposes.as_slice(), &self.hardware.purposes].concat();
        let signs = purposes.contains(&SIGN) || (purposes.is_empty() && !required);
        ensure(signs, Fault::Certificate("android-key: the key is not for signing"))
    }
}

impl Authorizations {
    fn parse(list: AnyRef<'_>) -> der::Result<Self> {
        list.tag().assert_eq(Tag::Sequence)?;
        let mut entries = SliceReader::new(list.value())?;
        let mut found = Self::default();
        while !entries.is_finished() {
            let entry: AnyRef<'_> = entries.decode()?;
            let Tag::ContextSpecific { constructed: true, number: TagNumber(number) } = entry.tag() else {
                return Err(der::ErrorKind::Failed.into());
            };
            match number {
                1 => found.purposes = purposes(entry.value())?,
                600 => found.all_applications = true,
                702 => found.origin = Some(integer(entry.value())?.to_vec()),
                _ => {}
            }
        }
        Ok(found)
    }
}

fn integer(value: &[u8]) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(value)?;
    let number: AnyRef<'_> = reader.decode()?;
    reader.finish()?;
    number.tag().assert_eq(Tag::Integer)?;
    Ok(number.value())
}

/// `SET OF INTEGER`; every purpose there is fits one byte.
fn purposes(value: &[u8]) -> der::Result<Vec<u8>> {
    let mut reader = SliceReader::new(value)?;
    let set: AnyRef<'_> = reader.decode()?;
    reader.finish()?;
    set.tag().assert_eq(Tag::Set)?;
    let mut members = SliceReader::new(set.value())?;
    let mut purposes = Vec::new();
    while !members.is_finished() {
        let number: AnyRef<'_> = members.decode()?;
        number.tag().assert_eq(Tag::Integer)?;
        if let [purpose] = number.value() {
            purposes.push(*purpose);
        }
    }
    Ok(purposes)
}
