//! Certificates of the forge.

use super::der;
use super::signer::Signer;

/// A certificate to be signed; every field can be bent.
#[derive(Clone)]
pub struct Certificate {
    pub key: Signer,
    pub version: u8,
    pub serial: u8,
    pub subject: Vec<(&'static str, String)>,
    pub from: &'static str,
    pub until: &'static str,
    pub ca: Option<bool>,
    pub path_length: Option<u8>,
    pub key_usage: Option<u8>,
    pub extensions: Vec<(&'static str, bool, Vec<u8>)>,
    pub spki: Vec<u8>,
}

pub const C: &str = "2.5.4.6";
pub const O: &str = "2.5.4.10";
pub const OU: &str = "2.5.4.11";
pub const CN: &str = "2.5.4.3";

pub fn subject(unit: &str, common: &str) -> Vec<(&'static str, String)> {
    vec![(C, "JP".to_owned()), (O, "Sekisho".to_owned()), (OU, unit.to_owned()), (CN, common.to_owned())]
}

impl Certificate {
    /// An end certificate as section 8.2.1 wants it.
    pub fn leaf(key: Signer) -> Self {
        Self {
            key,
            version: 3,
            serial: 7,
            subject: subject("Authenticator Attestation", "Test Authenticator"),
            from: "20240101000000Z",
            until: "20340101000000Z",
            ca: Some(false),
            path_length: None,
            key_usage: None,
            extensions: Vec::new(),
            spki: key.spki(),
        }
    }

    /// A CA.
    pub fn authority(key: Signer, common: &str) -> Self {
        let mut certificate = Self::leaf(key);
        certificate.subject = subject("Authenticator Attestation CA", common);
        certificate.ca = Some(true);
        // keyCertSign and cRLSign.
        certificate.key_usage = Some(0x06);
        certificate
    }

    pub fn set(&mut self, id: &str, text: &str) {
        self.subject.iter_mut().find(|(known, _)| *known == id).unwrap().1 = text.to_owned();
    }

    pub fn unset(&mut self, id: &str) {
        self.subject.retain(|(known, _)| *known != id);
    }

    fn to_be_signed(&self, issuer: &Self, algorithm: &[u8]) -> Vec<u8> {
        let mut parts = Vec::new();
        if self.version > 1 {
            parts.push(der::explicit(0, &der::small(self.version - 1)));
        }
        let time = |text: &str| der::tlv(0x18, text.as_bytes());
        let short = |text: &str| if text < "2050" { der::tlv(0x17, &text.as_bytes()[2..]) } else { time(text) };
        parts.extend([
            der::small(self.serial),
            algorithm.to_vec(),
            der::name(&issuer.subject),
            der::seq(&[short(self.from), short(self.until)]),
            der::name(&self.subject),
            self.spki.clone(),
        ]);
        let mut extensions = Vec::new();
        let mut add = |id: &str, critical: bool, value: &[u8]| {
            let mut parts = vec![der::oid(id)];
            if critical {
                parts.push(der::tlv(0x01, &[0xff]));
            }
            parts.push(der::octets(value));
            extensions.push(der::seq(&parts));
        };
        if let Some(ca) = self.ca {
            let mut parts = Vec::new();
            if ca {
                parts.push(der::tlv(0x01, &[0xff]));
            }
            parts.extend(self.path_length.map(der::small));
            add("2.5.29.19", true, &der::seq(&parts));
        }
        if let Some(usage) = self.key_usage {
            add("2.5.29.15", true, &der::tlv(0x03, &[usage.trailing_zeros() as u8, usage]));
        }
        for (id, critical, value) in &self.extensions {
            add(id, *critical, value);
        }
        if !extensions.is_empty() {
            parts.push(der::explicit(3, &der::seq(&extensions)));
        }
        der::seq(&parts)
    }

    /// The certificate, signed by `issuer`'s key.
    pub fn signed_by(&self, issuer: &Self) -> Vec<u8> {
        self.signed_with(issuer, issuer.key)
    }

    /// The certificate, naming `issuer` and signed by `key`.
    pub fn signed_with(&self, issuer: &Self, key: Signer) -> Vec<u8> {
        let signed = self.to_be_signed(issuer, &key.x509());
        let signature = key.sign(&signed);
        der::seq(&[signed, key.x509(), der::bits(&signature)])
    }
}

/// A chain, leaf first, each signed by the next, and the root that signs the last.
#[derive(Clone)]
pub struct Chain {
    pub links: Vec<Certificate>,
    pub root: Certificate,
}

impl Chain {
    /// A leaf directly under a root.
    pub fn short(leaf: Certificate) -> Self {
        Self { links: vec![leaf], root: Certificate::authority(Signer::P256(0x70), "Test Root") }
    }

    /// A leaf, an intermediate, a root.
    pub fn long(leaf: Certificate) -> Self {
        let middle = Certificate::authority(Signer::P256(0x60), "Test Intermediate");
        Self { links: vec![leaf, middle], ..Self::short(Certificate::leaf(Signer::P256(0x50))) }
    }

    pub fn der(&self) -> Vec<Vec<u8>> {
        let issuers = self.links.iter().skip(1).chain([&self.root]);
        self.links.iter().zip(issuers).map(|(link, issuer)| link.signed_by(issuer)).collect()
    }

    pub fn root_der(&self) -> Vec<u8> {
        self.root.signed_by(&self.root)
    }
}
