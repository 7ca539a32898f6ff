//! Registering a new credential: WebAuthn Level 3, section 7.1, from step 5 on, in the specification's order.
//!
//! Steps 1 to 4 are the browser's and the parser's; step 26 (the id is not registered yet) and storing are the host's.

use sekisho_rules::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::attestation::{self, AttestationType, Attested, Context, Format, Trust};
use crate::ceremony::{Ceremony, Demand};
use crate::error::{AtStep, Error, Fault, SpecStep, ensure};
use crate::key::cose_key;
use crate::relying_party::{RelyingParty, UserVerification};
use crate::wire::authenticator_data::{AttestedCredential, AuthenticatorData};
use crate::wire::cbor::{self, Cbor};
use crate::wire::client_data;
use crate::wire::response::RegistrationResponse;

/// Starts registration ceremonies; the ceremony itself is a [`Ceremony`] of [`Registered`].
#[derive(Clone, Copy, Debug)]
pub struct Registration;

/// A credential to store. Check that its id is not registered for anybody before storing it (step 26).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The public key, COSE bytes as the authenticator sent them.
    pub public_key: Vec<u8>,
    /// The key's algorithm, a COSE number.
    pub algorithm: i64,
    /// The signature counter at creation.
    pub sign_count: u32,
    /// Whether the authenticator verified the user.
    pub user_verified: bool,
    /// Whether somebody touched the authenticator; false only after a conditional create.
    pub user_present: bool,
    /// Whether the credential may ever be backed up (synced). Never changes.
    pub backup_eligible: bool,
    /// Whether it is backed up now.
    pub backup_state: bool,
    /// The authenticator's model; all zero when it does not say.
    pub aaguid: [u8; 16],
    /// How the authenticator can be reached, to be given back in descriptors.
    pub transports: Vec<String>,
    /// `platform` or `cross-platform`, as the browser says.
    pub attachment: Option<String>,
    /// The attestation statement's format.
    pub format: Format,
    /// What kind of attestation that was.
    pub attestation_type: AttestationType,
    /// How far the attestation was trusted.
    pub trust: Trust,
    /// From `credProps`: whether the credential is discoverable, where the browser knows.
    pub discoverable: Option<bool>,
    /// From `prf`: whether the authenticator has the function.
    pub prf: Option<bool>,
    /// From `largeBlob`: whether there is storage.
    pub large_blob: Option<bool>,
    /// From the signed `credProtect` output: 1 to 3.
    pub cred_protect: Option<u8>,
}

const fn step(number: u8) -> SpecStep {
    SpecStep::Registration(number)
}

impl Registration {
    /// Judges a response to [`creation_options`](crate::creation_options), up to the signatures it asks to have checked.
    ///
    /// # Arguments
    /// * `challenge`: the bytes that were issued; the host has already taken them out of its store.
    /// * `now`: the time at which certificates must be valid.
    /// * `response`: the credential's `toJSON()` as text.
    ///
    /// # Errors
    /// The first step of section 7.1 that fails before any signature is checked.
    pub fn begin(
        rp: &RelyingParty,
        challenge: &[u8],
        now: Timestamp,
        response: &str,
    ) -> Result<Ceremony<Registered>, Error> {
        begin(rp, challenge, now, response, false)
    }

    /// The same for options used with `mediation: "conditional"` (automatic upgrade after a password login): there the
    /// browser may create a credential without asking, so neither presence nor verification of the user is demanded.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn begin_conditional(
        rp: &RelyingParty,
        challenge: &[u8],
        now: Timestamp,
        response: &str,
    ) -> Result<Ceremony<Registered>, Error> {
        begin(rp, challenge, now, response, true)
    }
}

fn begin(
    rp: &RelyingParty,
    challenge: &[u8],
    now: Timestamp,
    response: &str,
    conditional: bool,
) -> Result<Ceremony<Registered>, Error> {
    let response = RegistrationResponse::parse(response).at(step(3))?;
    client_data::verify(&response.client_data, "webauthn.create", challenge, rp, step)?;
    let client_data_hash: [u8; 32] = Sha256::digest(&response.client_data).into();
    let object = cbor::parse(&response.attestation_object).at(step(13))?;
    let (format, auth_data, statement) = attestation_object(&object).at(step(13))?;
    let data = AuthenticatorData::parse(auth_data).at(step(13))?;
    ensure(data.rp_id_hash == Sha256::digest(&rp.id).as_slice(), Fault::RpIdHash).at(step(14))?;
    let flags = data.flags;
    ensure(conditional || flags.user_present(), Fault::UserPresence).at(step(15))?;
    let verified = conditional || rp.user_verification != UserVerification::Required || flags.user_verified();
    ensure(verified, Fault::UserVerification).at(step(16))?;
    ensure(flags.backup_eligible() || !flags.backup_state(), Fault::BackupState).at(step(17))?;
    const NO_CREDENTIAL: Fault = Fault::AuthenticatorData("no attested credential");
    let credential = data.attested.as_ref().ok_or(NO_CREDENTIAL).at(step(13))?;
    ensure(credential.id == response.id, Fault::CredentialId).at(step(13))?;
    let (key, algorithm) = cose_key(&credential.cose).at(step(20))?;
    ensure(rp.algorithms.contains(&algorithm), Fault::Algorithm(algorithm.id())).at(step(20))?;
    let format = Format::from_name(format).at(step(21))?;
    let context = Context {
        policy: &rp.attestation,
        now,
        auth_data,
        client_data_hash: &client_data_hash,
        rp_id_hash: data.rp_id_hash,
        credential,
        key: &key,
        algorithm,
    };
    let Attested { parts, checks } = attestation::verify(format, statement, &context).at(step(22))?;
    let attestation_type = attestation::kind(&parts);
    let mut demands: Vec<Demand> =
        checks.into_iter().map(|check| Demand::one(check, Error { step: step(22), fault: Fault::Signature })).collect();
    let outcome = attestation::judge(&parts, &context)
        .at(step(24))
        .and_then(|(trust, more)| {
            demands.extend(more);
            // CTAP allows no longer ids; a store may count on it.
            ensure(credential.id.len() <= 1023, Fault::CredentialIdLength).at(step(25))?;
            Ok(trust)
        })
        .map(|trust| registered(&response, &data, credential, algorithm.id(), format, attestation_type, trust));
    Ok(Ceremony::new(demands, outcome))
}

fn attestation_object<'o, 'a>(object: &'o Cbor<'a>) -> Result<(&'a str, &'a [u8], &'o Cbor<'a>), Fault> {
    let format = object.get("fmt").and_then(Cbor::as_text).ok_or(Fault::Cbor("fmt"))?;
    let statement = object.get("attStmt").ok_or(Fault::Cbor("attStmt"))?;
    // Only a compound statement is an array.
    let shaped = if format == "compound" { statement.as_array().is_some() } else { statement.entries().is_some() };
    ensure(shaped, Fault::Cbor("attStmt"))?;
    let auth_data = object.get("authData").and_then(Cbor::as_bytes).ok_or(Fault::Cbor("authData"))?;
    Ok((format, auth_data, statement))
}

fn registered(
    response: &RegistrationResponse,
    data: &AuthenticatorData<'_>,
    credential: &AttestedCredential<'_>,
    algorithm: i64,
    format: Format,
    attestation_type: AttestationType,
    trust: Trust,
) -> Registered {
    let protect = data.extensions.as_ref().and_then(|outputs| outputs.get("credProtect")).and_then(Cbor::as_int);
    Registered {
        credential_id: credential.id.to_vec(),
        public_key: credential.public_key.to_vec(),
        algorithm,
        sign_count: data.sign_count,
        user_verified: data.flags.user_verified(),
        user_present: data.flags.user_present(),
        backup_eligible: data.flags.backup_eligible(),
        backup_state: data.flags.backup_state(),
        aaguid: credential.aaguid,
        transports: response.transports.clone(),
        attachment: response.attachment.clone(),
        format,
        attestation_type,
        trust,
        discoverable: response.discoverable,
        prf: response.prf,
        large_blob: response.large_blob,
        cred_protect: protect.and_then(|level| u8::try_from(level).ok()).filter(|level| (1..=3).contains(level)),
    }
}
