//! The broker's staff: who they are, what they may do, what they have done, and the thresholds that they have set.
//!
//! One object for all of them. Each has a role and a passkey that verified its user; a session of half an hour opens by it alone.
//! What they do to a customer is done by the customer's own object, after it was written down here: what cannot be written down
//! is not done. A threshold that asks more takes one of them, one that asks less takes two. Everything travels as lists of texts;
//! what is answered is JSON for their page. What must never enter: a customer's name or number, only account ids.

mod door;
mod enrol;
mod record;
mod schema;
mod session;
mod thresholds;

pub use door::Door;
pub(crate) use enrol::handle;
pub(crate) use thresholds::{Policy, THRESHOLDS};

use crate::House;
use crate::host::{Outside, Sql, Store, StoreFault, Unreached};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Timestamp};
use serde_json::Value;

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Help customers: see how an account stands, release it, end its sessions.
    Support,
    /// Set thresholds, and try others on what was judged.
    Risk,
    /// Say who is staff.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Support, Self::Risk, Self::Admin];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Risk => "risk",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A member of staff whose session is live.
struct Member {
    id: Vec<u8>,
    name: String,
    role: Role,
    until: Timestamp,
}

/// Why a command could not be carried out; nothing of it was done.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The object's own store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// Something outside.
    #[error(transparent)]
    Outside(#[from] Unreached),
    /// It is refused.
    #[error("refused: {}", .0.code())]
    Refused(Refusal),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a command works with.
struct Room<'a, S, O> {
    house: &'a House,
    store: &'a S,
    outside: &'a O,
    now: Timestamp,
}

/// Obeys one command, a JSON list of texts, and answers JSON, or the bare code of a refusal.
///
/// # Errors
/// [`Fault`] where the store or something outside failed.
pub async fn obey<S: Store, O: Outside, R: CryptoRng>(
    house: &House,
    store: &S,
    outside: &O,
    now: Timestamp,
    rng: &mut R,
    command: &str,
) -> Result<String, Fault> {
    let words: Vec<String> = serde_json::from_slice(command.as_bytes()).map_err(|_| Refusal::Malformed)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    store.transaction(schema::migrate)?;
    let room = Room { house, store, outside, now };
    let answer = match words.as_slice() {
        ["invite", by, code, name, role] => room.invite(by, code, name, role),
        ["enrol_options", code] => room.enrol_options(code),
        ["enrol", code, challenge, response] => room.enrol(code, challenge, response).await,
        ["sign_in", challenge, until, response] => room.sign_in(rng, challenge, until, response).await,
        ["sign_out", by] => room.sign_out(by),
        ["me", by] => room.me(by),
        ["act", by, action, subject] => room.act(by, action, subject),
        ["failed", by, action, subject] => room.failed(by, action, subject),
        ["thresholds", by] => room.thresholds(by),
        ["propose", by, subject, value] => room.propose(by, subject, value),
        ["second", by, proposal] => room.second(by, proposal),
        ["withdraw", by, proposal] => room.withdraw(by, proposal),
        ["record", by, before] => room.record(by, before),
        ["members", by] => room.members(by),
        ["dismiss", by, member] => room.dismiss(by, member),
        ["policy"] => room.policy(),
        _ => Err(Refusal::Malformed.into()),
    };
    match answer {
        Ok(answer) => Ok(answer.to_string()),
        Err(Fault::Refused(refusal)) => Ok(refusal.code().to_owned()),
        Err(fault) => Err(fault),
    }
}

/// The alarm: the thresholds are published, with the moment, so that an old text cannot be put in their place for long.
///
/// # Errors
/// The store's own, or where they cannot be published; it is called again then.
pub async fn due<S: Store, O: Outside>(house: &House, store: &S, outside: &O, now: Timestamp) -> Result<(), Fault> {
    store.transaction(schema::migrate)?;
    Room { house, store, outside, now }.publish().await
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Runs `work` for a member whose session is live and who has one of these roles.
    ///
    /// # Errors
    /// `no_session`, or `not_found` for who has another role.
    fn within(
        &self,
        by: &str,
        roles: &[Role],
        work: impl FnOnce(&dyn Sql, Member) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        self.store.transaction(|sql| {
            let member = self.live(sql, by)?;
            if !roles.contains(&member.role) {
                return Err(Refusal::NotFound.into());
            }
            work(sql, member)
        })
    }
}

#[cfg(test)]
mod tests;
