//! Lists of revoked certificates (RFC 5280, section 5), supplied by the operator.

use std::collections::VecDeque;

use der::{Decode as _, Reader as _, SliceReader};
use sekisho_rules::Timestamp;
use x509_cert::certificate::Raw;
use x509_cert::crl::CertificateList;

use super::{Certificate, TrustAnchor, oid};
use crate::ceremony::{Check, Demand};
use crate::error::{Error, Fault, SpecStep, ensure};
use crate::relying_party::SetupError;

/// A list of revoked certificates. Its signature is checked where it is used.
#[derive(Clone, Debug)]
pub struct RevocationList {
    signed: Vec<u8>,
    parsed: CertificateList<Raw>,
}

impl RevocationList {
    /// Takes a DER list.
    ///
    /// # Errors
    /// [`SetupError::RevocationList`] when it does not parse.
    pub fn from_der(der: &[u8]) -> Result<Self, SetupError> {
        let read = || -> der::Result<Self> {
            let parsed = CertificateList::<Raw>::from_der(der)?;
            let signed = SliceReader::new(der)?.sequence(|inner| {
                let signed = inner.tlv_bytes()?.to_vec();
                inner.tlv_bytes()?;
                inner.tlv_bytes()?;
                Ok::<_, der::Error>(signed)
            })?;
            Ok(Self { signed, parsed })
        };
        read().map_err(|_| SetupError::RevocationList)
    }

    fn is_valid_at(&self, now: Timestamp) -> bool {
        let list = &self.parsed.tbs_cert_list;
        let begun = list.this_update.to_unix_duration().as_secs() <= now.as_seconds();
        begun && list.next_update.is_none_or(|until| now.as_seconds() <= until.to_unix_duration().as_secs())
    }

    fn revokes(&self, certificate: &Certificate) -> bool {
        let revoked = self.parsed.tbs_cert_list.revoked_certificates.as_deref().unwrap_or_default();
        revoked.iter().any(|entry| entry.serial_number.as_bytes() == certificate.serial())
    }

    fn signed_by(&self, issuer: &Certificate) -> Result<Check, Fault> {
        let algorithm = &self.parsed.signature_algorithm;
        ensure(*algorithm == self.parsed.tbs_cert_list.signature, Fault::Certificate("two signature algorithms"))?;
        let scheme = oid::signature_scheme(algorithm.oid).ok_or(Fault::Certificate("signature algorithm"))?;
        let bytes = self.parsed.signature.as_bytes().ok_or(Fault::Certificate("signature bits"))?;
        Check::new(scheme, issuer.key()?, self.signed.clone(), bytes)
    }
}

/// Refuses a chain with a revoked certificate; returns the signatures of the lists that say so or not.
pub(crate) fn demands(
    chain: &[Certificate],
    anchors: &[TrustAnchor],
    lists: &[RevocationList],
    now: Timestamp,
) -> Result<Vec<Demand>, Fault> {
    let mut demands = Vec::new();
    for link in chain {
        for list in lists.iter().filter(|list| list.parsed.tbs_cert_list.issuer == *link.issuer()) {
            ensure(list.is_valid_at(now), Fault::Certificate("a revocation list is out of date"))?;
            ensure(!list.revokes(link), Fault::Certificate("revoked"))?;
            let issuers = chain.iter().chain(anchors.iter().map(|anchor| &anchor.0));
            let alternatives: VecDeque<Check> = issuers
                .filter(|issuer| issuer.subject() == link.issuer())
                .filter_map(|issuer| list.signed_by(issuer).ok())
                .collect();
            ensure(!alternatives.is_empty(), Fault::Certificate("a revocation list nobody can have signed"))?;
            let fault = Fault::Certificate("the signature of a revocation list does not verify");
            demands.push(Demand { alternatives, otherwise: Error { step: SpecStep::Metadata(2), fault } });
        }
    }
    Ok(demands)
}
