//! What the certificate of an attestation identity key must say (section 8.3.1).

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Tagged as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};

use crate::attestation::Context;
use crate::certificate::{Certificate, oid};
use crate::error::{Fault, ensure};

const AIK_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.8.3");
const MANUFACTURER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.2.1");
const MODEL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.2.2");
const VERSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.2.3");

/// The vendor ids of TCG's registry, four characters each as they stand in certificates: `id:` and hexadecimal.
const VENDORS: [&str; 31] = [
    "414D4400", "414D5A4E", "414E5400", "41544D4C", "4252434D", "4353434F", "464C5953", "474F4F47", "48504500",
    "48504900", "48495349", "49424D00", "49465800", "494E5443", "4C454E00", "4D534654", "4E534D20", "4E545A00",
    "4E534700", "4E544300", "51434F4D", "524F4343", "534D534E", "534D5343", "534E5300", "53544D20", "54584E00",
    "57454300", "5345414C", "53494D30", "564D5752",
];

pub(super) fn leaf_rules(leaf: &Certificate, context: &Context<'_>) -> Result<(), Fault> {
    ensure(leaf.is_version_3(), Fault::Certificate("tpm: not version 3"))?;
    ensure(leaf.subject().is_empty(), Fault::Certificate("tpm: the subject is not empty"))?;
    names(leaf, context.policy.tpm_known_vendor)?;
    let usage = leaf.extension(oid::EXTENDED_KEY_USAGE).map(|found| found.extn_value.as_bytes());
    let usage = usage.and_then(|bytes| ExtendedKeyUsage::from_der(bytes).ok());
    let for_aik = usage.is_some_and(|usage| usage.0.contains(&AIK_USAGE));
    ensure(for_aik, Fault::Certificate("tpm: the extended key usage is not an AIK's"))?;
    ensure(leaf.ca()? == Some(false), Fault::Certificate("tpm: CA is not false"))?;
    leaf.aaguid_is(&context.credential.aaguid)
}

/// The subject alternative name gives manufacturer, model and version of the TPM.
fn names(leaf: &Certificate, known_vendor: bool) -> Result<(), Fault> {
    const MISSING: Fault = Fault::Certificate("tpm: manufacturer, model or version missing");
    let extension = leaf.extension(oid::SUBJECT_ALT_NAME).ok_or(MISSING)?;
    let names = SubjectAltName::from_der(extension.extn_value.as_bytes()).map_err(|_| MISSING)?;
    let attributes = || {
        let directory = names.0.iter().filter_map(|name| match name {
            GeneralName::DirectoryName(name) => Some(name),
            _ => None,
        });
        directory.flat_map(|name| name.iter())
    };
    let value = |id: ObjectIdentifier| {
        let found = attributes().find(|attribute| attribute.oid == id).ok_or(MISSING)?;
        let value = AnyRef::from(&found.value);
        let text = std::str::from_utf8(value.value()).map_err(|_| MISSING)?;
        // An empty value or a container is no name.
        ensure(!text.is_empty() && !value.tag().is_constructed(), MISSING)?;
        Ok::<_, Fault>(text)
    };
    value(MODEL)?;
    value(VERSION)?;
    let vendor = value(MANUFACTURER)?.strip_prefix("id:").ok_or(MISSING)?;
    let known = VENDORS.iter().any(|known| known.eq_ignore_ascii_case(vendor));
    ensure(known || !known_vendor, Fault::Certificate("tpm: unknown vendor"))
}
