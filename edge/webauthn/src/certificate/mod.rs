//! X.509 certificates as attestation uses them: parsing, the few extensions that matter, and paths at a given time.

pub(crate) mod oid;
pub(crate) mod path;
pub(crate) mod revocation;

pub use self::revocation::RevocationList;
use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};
use sekisho_rules::Timestamp;
use x509_cert::certificate::{CertificateInner, Raw, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::name::Name;

use crate::error::{Fault, ensure};
use crate::key::{PublicKey, Scheme, spki_key};
use crate::relying_party::SetupError;

/// A certificate with the bytes its signature covers.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    der: Vec<u8>,
    signed: Vec<u8>,
    parsed: CertificateInner<Raw>,
}

/// A certificate the operator trusts as the end of a path.
#[derive(Clone, Debug)]
pub struct TrustAnchor(pub(crate) Certificate);

impl TrustAnchor {
    /// Takes a DER certificate: a root, an intermediate, or the certificate of one batch of authenticators.
    ///
    /// # Errors
    /// [`SetupError::TrustAnchor`] when it does not parse or its key is unsound.
    pub fn from_der(der: &[u8]) -> Result<Self, SetupError> {
        let certificate = Certificate::parse(der).map_err(|_| SetupError::TrustAnchor)?;
        certificate.key().map_err(|_| SetupError::TrustAnchor)?;
        Ok(Self(certificate))
    }
}

impl Certificate {
    pub(crate) fn parse(der: &[u8]) -> Result<Self, Fault> {
        const BROKEN: Fault = Fault::Certificate("does not parse as DER");
        let parsed = CertificateInner::<Raw>::from_der(der).map_err(|_| BROKEN)?;
        // The bytes as sent, not as re-encoded: those were signed.
        let signed = || -> der::Result<Vec<u8>> {
            let mut reader = SliceReader::new(der)?;
            reader.sequence(|inner| {
                let signed = inner.tlv_bytes()?.to_vec();
                inner.tlv_bytes()?;
                inner.tlv_bytes()?;
                Ok::<_, der::Error>(signed)
            })
        };
        let signed = signed().map_err(|_| BROKEN)?;
        let certificate = Self { der: der.to_vec(), signed, parsed };
        let mut seen: Vec<ObjectIdentifier> = Vec::new();
        for extension in certificate.extensions() {
            ensure(!seen.contains(&extension.extn_id), Fault::Certificate("an extension twice"))?;
            seen.push(extension.extn_id);
        }
        Ok(certificate)
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The bytes the issuer signed.
    pub(crate) fn signed(&self) -> &[u8] {
        &self.signed
    }

    pub(crate) fn key(&self) -> Result<PublicKey, Fault> {
        spki_key(self.parsed.tbs_certificate().subject_public_key_info())
    }

    /// The issuer's signature and how it was made.
    pub(crate) fn signature(&self) -> Result<(Scheme, &[u8]), Fault> {
        let outer = self.parsed.signature_algorithm();
        ensure(outer == self.parsed.tbs_certificate().signature(), Fault::Certificate("two signature algorithms"))?;
        let scheme = oid::signature_scheme(outer.oid).ok_or(Fault::Certificate("signature algorithm"))?;
        let bytes = self.parsed.signature().as_bytes().ok_or(Fault::Certificate("signature bits"))?;
        Ok((scheme, bytes))
    }

    pub(crate) fn subject(&self) -> &Name {
        self.parsed.tbs_certificate().subject()
    }

    pub(crate) fn issuer(&self) -> &Name {
        self.parsed.tbs_certificate().issuer()
    }

    pub(crate) fn serial(&self) -> &[u8] {
        self.parsed.tbs_certificate().serial_number().as_bytes()
    }

    /// SHA-1 of the key's bits, the key identifier of RFC 5280, section 4.2.1.2.
    pub(crate) fn key_id(&self) -> [u8; 20] {
        use sha1::{Digest as _, Sha1};
        Sha1::digest(self.parsed.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes()).into()
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.parsed.tbs_certificate().version() == Version::V3
    }

    pub(crate) fn is_valid_at(&self, now: Timestamp) -> bool {
        let validity = self.parsed.tbs_certificate().validity();
        let (from, until) = (validity.not_before.to_unix_duration(), validity.not_after.to_unix_duration());
        (from.as_secs()..=until.as_secs()).contains(&now.as_seconds())
    }

    pub(crate) fn extensions(&self) -> &[Extension] {
        self.parsed.tbs_certificate().extensions().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn extension(&self, id: ObjectIdentifier) -> Option<&Extension> {
        self.extensions().iter().find(|extension| extension.extn_id == id)
    }

    pub(crate) fn basic_constraints(&self) -> Result<Option<BasicConstraints>, Fault> {
        let Some(extension) = self.extension(oid::BASIC_CONSTRAINTS) else { return Ok(None) };
        let parsed = BasicConstraints::from_der(extension.extn_value.as_bytes());
        parsed.map(Some).map_err(|_| Fault::Certificate("basic constraints"))
    }

    /// `cA` of the basic constraints, where there are any.
    pub(crate) fn ca(&self) -> Result<Option<bool>, Fault> {
        Ok(self.basic_constraints()?.map(|constraints| constraints.ca))
    }

    pub(crate) fn may_sign_certificates(&self) -> Result<bool, Fault> {
        let Some(extension) = self.extension(oid::KEY_USAGE) else { return Ok(true) };
        let usage = KeyUsage::from_der(extension.extn_value.as_bytes()).map_err(|_| Fault::Certificate("key usage"))?;
        Ok(usage.key_cert_sign())
    }

    /// The values of one attribute of the subject, as texts.
    pub(crate) fn subject_texts(&self, id: ObjectIdentifier) -> Vec<String> {
        self.subject()
            .iter()
            .filter(|attribute| attribute.oid == id)
            .filter_map(|attribute| text(AnyRef::from(&attribute.value)))
            .collect()
    }

    /// Section 8.2.1: where the certificate names an AAGUID, it is the authenticator data's, and not critical.
    pub(crate) fn aaguid_is(&self, aaguid: &[u8; 16]) -> Result<(), Fault> {
        let Some(extension) = self.extension(oid::FIDO_AAGUID) else { return Ok(()) };
        ensure(!extension.critical, Fault::Certificate("the AAGUID extension is critical"))?;
        let named = <&OctetStringRef>::from_der(extension.extn_value.as_bytes())
            .map_err(|_| Fault::Certificate("the AAGUID extension"))?;
        ensure(named.as_bytes() == aaguid, Fault::Certificate("the AAGUID is not the authenticator data's"))
    }
}

fn text(value: AnyRef<'_>) -> Option<String> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::TeletexString => {
            std::str::from_utf8(value.value()).ok().map(str::to_owned)
        }
        _ => None,
    }
}
