//! The blob itself: a JWT signed under a chain of its own.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sekisho_rules::Timestamp;
use serde::Deserialize;

use super::Metadata;
use super::entry::{Entry, MetadataEntry};
use crate::ceremony::{Ceremony, Check, Demand};
use crate::certificate::{Certificate, RevocationList, TrustAnchor, path, revocation};
use crate::error::{AtStep, Error, Fault, SpecStep, ensure};
use crate::key::Algorithm;
use crate::wire::base64url;

/// The service's own blob has some 10 MB.
const MAX_BLOB_BYTES: usize = 64 * 1024 * 1024;
const MAX_CERTIFICATES: usize = 8;

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5c: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    no: u64,
    next_update: String,
    entries: Vec<Entry>,
}

const CHAIN: SpecStep = SpecStep::Metadata(5);
const SIGNATURE: SpecStep = SpecStep::Metadata(6);
const ENTRIES: SpecStep = SpecStep::Metadata(8);

pub(super) fn begin(
    jwt: &str,
    anchors: &[TrustAnchor],
    revocations: &[RevocationList],
    now: Timestamp,
) -> Result<Ceremony<Metadata>, Error> {
    ensure(jwt.len() <= MAX_BLOB_BYTES, Fault::TooLong).at(CHAIN)?;
    const FORM: Fault = Fault::Metadata("not a JWT of three parts");
    let jwt = jwt.trim_end();
    let (signed, signature) = jwt.rsplit_once('.').ok_or(FORM).at(CHAIN)?;
    let (header, payload) = signed.split_once('.').ok_or(FORM).at(CHAIN)?;
    let header: Header = json(header).at(CHAIN)?;
    let chain = chain(&header).at(CHAIN)?;
    let unverified = Error { step: CHAIN, fault: Fault::Certificate("a signature in the path does not verify") };
    let borrowed: Vec<&TrustAnchor> = anchors.iter().collect();
    let mut demands = path::demands(&chain, &borrowed, now, &unverified).at(CHAIN)?;
    demands.extend(revocation::demands(&chain, anchors, revocations, now).at(SpecStep::Metadata(2))?);
    let signature = base64url::decode(signature, "signature").at(SIGNATURE)?;
    let check = check(&header.alg, &chain, signed, signature).at(SIGNATURE)?;
    demands.push(Demand::one(check, Error { step: SIGNATURE, fault: Fault::Signature }));
    let outcome = json(payload).map(metadata).at(ENTRIES);
    Ok(Ceremony::new(demands, outcome))
}

fn json<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Fault> {
    let bytes = base64url::decode(part, "a part of the JWT")?;
    serde_json::from_slice(&bytes).map_err(|_| Fault::Metadata("a part of the JWT is not what it must be"))
}

fn chain(header: &Header) -> Result<Vec<Certificate>, Fault> {
    let counted = !header.x5c.is_empty() && header.x5c.len() <= MAX_CERTIFICATES;
    ensure(counted, Fault::Metadata("x5c is empty or too long"))?;
    let der = |text: &String| STANDARD.decode(text).map_err(|_| Fault::Metadata("x5c is not base64"));
    header.x5c.iter().map(|text| Certificate::parse(&der(text)?)).collect()
}

fn check(name: &str, chain: &[Certificate], signed: &str, signature: Vec<u8>) -> Result<Check, Fault> {
    let algorithm = match name {
        "ES256" => Algorithm::Es256,
        "ES384" => Algorithm::Es384,
        "ES512" => Algorithm::Es512,
        "RS256" => Algorithm::Rs256,
        "RS384" => Algorithm::Rs384,
        "RS512" => Algorithm::Rs512,
        "PS256" => Algorithm::Ps256,
        _ => return Err(Fault::Metadata("the blob's algorithm is not accepted")),
    };
    let key = chain.first().ok_or(Fault::Metadata("x5c is empty or too long"))?.key()?;
    let fits = key.fits(algorithm.scheme()) && algorithm.curve() == key.curve();
    ensure(fits, Fault::Metadata("alg is not the certificate key's"))?;
    Check::raw(algorithm.scheme(), key, signed.as_bytes().to_vec(), signature)
}

fn metadata(payload: Payload) -> Metadata {
    let (mut models, mut keys) = (HashMap::new(), HashMap::new());
    for entry in payload.entries {
        let aaguid = entry.aaguid.as_deref().and_then(hex::<16>);
        let key_ids: Vec<[u8; 20]> =
            entry.attestation_certificate_key_identifiers.iter().filter_map(|text| hex(text)).collect();
        let entry = MetadataEntry::from(entry);
        for id in key_ids {
            keys.insert(id, entry.clone());
        }
        if let Some(aaguid) = aaguid {
            models.insert(aaguid, entry);
        }
    }
    Metadata { number: payload.no, next_update: payload.next_update, models, keys }
}

/// Hexadecimal digits, with the dashes of a UUID or without.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    if rest.is_empty() { bytes.try_into().ok() } else { None }
}
