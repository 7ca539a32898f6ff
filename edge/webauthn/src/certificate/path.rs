//! Certificate paths at a given time (RFC 5280, section 6, as far as attestation chains go: no name constraints, no
//! policies). Form, names, validity and constraints are judged here; the signatures are returned as demands.

use std::collections::VecDeque;

use sekisho_rules::Timestamp;

use super::{Certificate, TrustAnchor, oid};
use crate::ceremony::{Check, Demand};
use crate::error::{Error, Fault, ensure};

/// What must verify for `chain` (leaf first) to lead to one of `anchors` at `now`.
///
/// A certificate of the chain that is itself an anchor ends the path; being self-signed earns nothing.
pub(crate) fn demands(
    chain: &[Certificate],
    anchors: &[&TrustAnchor],
    now: Timestamp,
    otherwise: &Error,
) -> Result<Vec<Demand>, Fault> {
    let anchored = chain.iter().position(|link| anchors.iter().any(|anchor| anchor.0.der() == link.der()));
    let path = anchored.and_then(|last| chain.get(..=last)).unwrap_or(chain);
    for link in path {
        ensure(link.is_valid_at(now), Fault::Certificate("not valid at this time"))?;
        ensure(no_unknown_critical(link), Fault::Certificate("an unknown critical extension"))?;
    }
    let mut demands = links(path, otherwise)?;
    if anchored.is_some() {
        return Ok(demands);
    }
    let last = path.last().ok_or(Fault::Certificate("no certificate"))?;
    let mut alternatives = VecDeque::new();
    for anchor in anchors.iter().filter(|anchor| anchor.0.subject() == last.issuer()) {
        if may_issue(&anchor.0, path.len().saturating_sub(1)).is_ok()
            && let Ok(check) = signed_by(last, &anchor.0)
        {
            alternatives.push_back(check);
        }
    }
    ensure(!alternatives.is_empty(), Fault::Untrusted("no anchor for these certificates"))?;
    demands.push(Demand { alternatives, otherwise: otherwise.clone() });
    Ok(demands)
}

/// What must verify for each certificate of `chain` to be the issuer of the one before it, wherever the last may lead.
pub(crate) fn links(chain: &[Certificate], otherwise: &Error) -> Result<Vec<Demand>, Fault> {
    let mut demands = Vec::new();
    for (below, pair) in chain.windows(2).enumerate() {
        let [link, issuer] = pair else { continue };
        ensure(link.issuer() == issuer.subject(), Fault::Certificate("the names do not chain"))?;
        may_issue(issuer, below)?;
        demands.push(Demand::one(signed_by(link, issuer)?, otherwise.clone()));
    }
    Ok(demands)
}

/// Whether `issuer` may sign a certificate that has `below` intermediate certificates under it.
fn may_issue(issuer: &Certificate, below: usize) -> Result<(), Fault> {
    let constraints = issuer.basic_constraints()?.filter(|constraints| constraints.ca);
    let constraints = constraints.ok_or(Fault::Certificate("the issuer is no CA"))?;
    let depth = constraints.path_len_constraint.map_or(usize::MAX, usize::from);
    ensure(below <= depth, Fault::Certificate("the path is longer than its constraint"))?;
    ensure(issuer.may_sign_certificates()?, Fault::Certificate("the issuer may not sign certificates"))
}

fn signed_by(link: &Certificate, issuer: &Certificate) -> Result<Check, Fault> {
    let (scheme, signature) = link.signature()?;
    Check::new(scheme, issuer.key()?, link.signed().to_vec(), signature)
}

fn no_unknown_critical(link: &Certificate) -> bool {
    const KNOWN: [der::asn1::ObjectIdentifier; 5] = [
        oid::KEY_USAGE,
        oid::SUBJECT_ALT_NAME,
        oid::BASIC_CONSTRAINTS,
        oid::CERTIFICATE_POLICIES,
        oid::EXTENDED_KEY_USAGE,
    ];
    link.extensions().iter().all(|extension| !extension.critical || KNOWN.contains(&extension.extn_id))
}
