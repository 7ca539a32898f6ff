//! Verifying an assertion: WebAuthn Level 3, section 7.2, from step 6 on, in the specification's order.
//!
//! Finding account and credential (steps 5 and 6) is the host's, with [`peek`](crate::peek); storing the result too.

use sha2::{Digest as _, Sha256};

use crate::ceremony::{Ceremony, Check, Demand};
use crate::error::{AtStep, Error, Fault, SpecStep, ensure};
use crate::key::cose_key;
use crate::relying_party::{CounterPolicy, RelyingParty, UserVerification};
use crate::wire::authenticator_data::AuthenticatorData;
use crate::wire::response::AuthenticationResponse;
use crate::wire::{cbor, client_data};

/// Starts authentication ceremonies; the ceremony itself is a [`Ceremony`] of [`Authenticated`].
#[derive(Clone, Copy, Debug)]
pub struct Authentication;

/// What the host kept of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    /// The credential id.
    pub id: Vec<u8>,
    /// The public key, COSE bytes.
    pub public_key: Vec<u8>,
    /// The key's algorithm, a COSE number.
    pub algorithm: i64,
    /// The counter of the last ceremony.
    pub sign_count: u32,
    /// As at registration.
    pub backup_eligible: bool,
    /// As at the last ceremony.
    pub backup_state: bool,
    /// The owner's user handle.
    pub user_handle: Vec<u8>,
}

/// A verified assertion. Store `sign_count` and `backup_state` (step 24) in the transaction that acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authenticated {
    /// The counter to store.
    pub sign_count: u32,
    /// Whether the credential is backed up now.
    pub backup_state: bool,
    /// Whether the authenticator verified the user.
    pub user_verified: bool,
    /// The counter did not increase: the private key may have been copied (section 6.1.1).
    pub clone_suspected: bool,
}

const fn step(number: u8) -> SpecStep {
    SpecStep::Authentication(number)
}

impl Authentication {
    /// Judges a response to [`request_options`](crate::request_options) against a stored credential, up to the
    /// signature it asks to have checked.
    ///
    /// # Arguments
    /// * `challenge`: the bytes that were issued; the host has already taken them out of its store.
    /// * `stored`: the credential that [`peek`](crate::peek) led to.
    /// * `response`: the credential's `toJSON()` as text.
    ///
    /// # Errors
    /// The first step of section 7.2 that fails before the signature is checked.
    pub fn begin(
        rp: &RelyingParty,
        challenge: &[u8],
        stored: &StoredCredential,
        response: &str,
    ) -> Result<Ceremony<Authenticated>, Error> {
        let response = AuthenticationResponse::parse(response).at(step(3))?;
        ensure(response.id == stored.id, Fault::CredentialId).at(step(6))?;
        let owner = response.user_handle.as_ref().is_none_or(|handle| *handle == stored.user_handle);
        ensure(owner, Fault::UserHandle).at(step(6))?;
        // The steps on client data are those of section 7.1, three later.
        client_data::verify(&response.client_data, "webauthn.get", challenge, rp, |number| step(number + 3))?;
        let data = AuthenticatorData::parse(&response.authenticator_data).at(step(15))?;
        ensure(data.rp_id_hash == Sha256::digest(&rp.id).as_slice(), Fault::RpIdHash).at(step(15))?;
        let flags = data.flags;
        ensure(flags.user_present(), Fault::UserPresence).at(step(16))?;
        let verified = rp.user_verification != UserVerification::Required || flags.user_verified();
        ensure(verified, Fault::UserVerification).at(step(17))?;
        ensure(flags.backup_eligible() || !flags.backup_state(), Fault::BackupState).at(step(18))?;
        ensure(flags.backup_eligible() == stored.backup_eligible, Fault::BackupEligibility).at(step(19))?;
        let cose = cbor::parse(&stored.public_key).at(step(21))?;
        let (key, algorithm) = cose_key(&cose).at(step(21))?;
        ensure(algorithm.id() == stored.algorithm, Fault::Algorithm(stored.algorithm)).at(step(21))?;
        let hash = Sha256::digest(&response.client_data);
        let message = [response.authenticator_data.as_slice(), hash.as_slice()].concat();
        let check = Check::new(algorithm.scheme(), key, message, &response.signature).at(step(21))?;
        // Two zeros mean an authenticator without a counter.
        let counted = data.sign_count != 0 || stored.sign_count != 0;
        let clone_suspected = counted && data.sign_count <= stored.sign_count;
        let outcome =
            ensure(!clone_suspected || rp.counter == CounterPolicy::Report, Fault::Counter).at(step(22)).map(|()| {
                Authenticated {
                    // Never lowered, so that the older of two copies stays suspect.
                    sign_count: data.sign_count.max(stored.sign_count),
                    backup_state: flags.backup_state(),
                    user_verified: flags.user_verified(),
                    clone_suspected,
                }
            });
        let demand = Demand::one(check, Error { step: step(21), fault: Fault::Signature });
        Ok(Ceremony::new([demand], outcome))
    }
}
