//! Steps 23 and 24 of section 7.1: whether policy trusts a statement that is sound.

use super::{AttestationType, Context, Format, Part, Trust, TrustPolicy};
use crate::ceremony::Demand;
use crate::certificate::{Certificate, TrustAnchor, path};
use crate::error::{Error, Fault, SpecStep, ensure};
use crate::metadata::MetadataEntry;

/// The type of the whole statement: that of its weakest part.
pub(crate) fn kind(parts: &[Part]) -> AttestationType {
    let has = |kind| parts.iter().any(|part| part.attestation_type == kind);
    if parts.is_empty() || has(AttestationType::None) {
        AttestationType::None
    } else if has(AttestationType::SelfAttestation) {
        AttestationType::SelfAttestation
    } else {
        AttestationType::Certified
    }
}

/// Judges every part; the result is the weakest. Returns what signatures on certificates remain to be checked.
pub(crate) fn judge(parts: &[Part], context: &Context<'_>) -> Result<(Trust, Vec<Demand>), Fault> {
    let mut demands = Vec::new();
    for part in parts {
        demands.extend(judge_part(part, context)?);
    }
    let trust = match (kind(parts), &context.policy.trust) {
        (AttestationType::None, _) => Trust::None,
        (AttestationType::SelfAttestation, _) => Trust::SelfAttested,
        (AttestationType::Certified, TrustPolicy::Unjudged) => Trust::Unjudged,
        (AttestationType::Certified, TrustPolicy::Anchored { .. }) => Trust::Anchored,
    };
    Ok((trust, demands))
}

fn judge_part(part: &Part, context: &Context<'_>) -> Result<Vec<Demand>, Fault> {
    let entry = metadata_entry(part, context);
    if let Some(entry) = entry {
        entry.permits(part.attestation_type, context.algorithm)?;
        entry.permits(part.attestation_type, part.algorithm.unwrap_or(context.algorithm))?;
    }
    match (part.attestation_type, &context.policy.trust) {
        (AttestationType::None, TrustPolicy::Anchored { allow_none: false, .. }) => {
            Err(Fault::Untrusted("no attestation"))
        }
        (AttestationType::SelfAttestation, TrustPolicy::Anchored { allow_self: false, .. }) => {
            Err(Fault::Untrusted("self attestation"))
        }
        (AttestationType::None | AttestationType::SelfAttestation, _) => Ok(Vec::new()),
        (AttestationType::Certified, trust) => {
            let own = entry.map_or(&[][..], |entry| entry.anchors.as_slice());
            certified(part, trust, own, context)
        }
    }
}

fn certified(
    part: &Part,
    trust: &TrustPolicy,
    own: &[TrustAnchor],
    context: &Context<'_>,
) -> Result<Vec<Demand>, Fault> {
    let fault = Fault::Certificate("a signature in the path does not verify");
    let otherwise = Error { step: SpecStep::Registration(24), fault };
    match trust {
        // Nobody vouches for the last certificate, but those that came must at least belong together.
        TrustPolicy::Unjudged => path::links(&part.chain, &otherwise),
        TrustPolicy::Anchored { anchors, .. } => {
            // The root's place is the verifier's store; in the message it only invites to be trusted for being there.
            let root_inside = part.chain.len() > 1 && part.chain.last().is_some_and(Certificate::is_self_issued);
            ensure(part.format != Format::Packed || !root_inside, Fault::Certificate("x5c includes the root"))?;
            let anchors: Vec<&TrustAnchor> = anchors.iter().chain(own).collect();
            path::demands(&part.chain, &anchors, context.now, &otherwise)
        }
    }
}

/// What the metadata say of the model: by AAGUID, or under U2F by the attestation key.
fn metadata_entry<'a>(part: &Part, context: &Context<'a>) -> Option<&'a MetadataEntry> {
    let metadata = context.policy.metadata.as_deref()?;
    match part.format {
        Format::FidoU2f => metadata.entry_by_key(&part.chain.first()?.key_id()),
        _ => metadata.entry(&context.credential.aaguid),
    }
}
