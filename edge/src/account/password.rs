//! Passwords at rest: Argon2id (RFC 9106), the cost from the config, verified at the cost they were made with.

use super::Fault;
use crate::config;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::Rng;
use sekisho_rules::Secret;
use sekisho_rules::password::{Profile, check_rule};

/// No password is longer: what is longer cannot be right and is not hashed.
pub(crate) use sekisho_rules::sealing::LONGEST;

#[cfg(test)]
std::thread_local! {
    static RUNS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// How often this thread has compared a password: one Argon2 run each, right or wrong, known or unknown.
#[cfg(test)]
pub(crate) fn password_runs() -> u32 {
    RUNS.with(std::cell::Cell::get)
}

/// That the customer's password was typed. Only this module makes one, after comparing.
#[derive(Debug)]
pub struct PasswordProof(());

/// A hash to keep, as a PHC string.
///
/// # Errors
/// Where the configured cost is impossible, which the config's checks rule out.
pub(super) fn hash<R: Rng>(cost: config::Password, rng: &mut R, password: &Secret) -> Result<String, Fault> {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    let hash = hasher(cost)?.hash_password_with_salt(password.expose().as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|fault| Fault::Hash(fault.to_string()))
}

/// Compares `password` with the kept hash. Where none is kept, the same work is done and nothing is proved.
pub(super) fn verify(cost: config::Password, kept: Option<&str>, password: &Secret) -> Option<PasswordProof> {
    let bytes = password.expose().as_bytes();
    #[cfg(test)]
    RUNS.with(|runs| runs.set(runs.get() + 1));
    let Some(hash) = kept.and_then(|kept| PasswordHash::new(kept).ok()) else {
        let wasted = hasher(cost).ok()?.hash_password_with_salt(bytes, b"no one's salt 16");
        let _ = std::hint::black_box(wasted);
        return None;
    };
    Argon2::default().verify_password(bytes, &hash).is_ok().then_some(PasswordProof(()))
}

/// What the origin's own check said of a password that only it holds, taken as proof.
pub(super) const fn vouched_for(_: &crate::origin::Vouched) -> PasswordProof {
    PasswordProof(())
}

/// Whether a password that was right still meets today's rule. At login it is only asked to be renewed.
pub(super) fn meets_the_rules(rules: &Profile, password: &Secret) -> bool {
    !check_rule(password.expose(), rules).refused()
}

fn hasher(cost: config::Password) -> Result<Argon2<'static>, Fault> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, None);
    let params = params.map_err(|fault| Fault::Hash(fault.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
