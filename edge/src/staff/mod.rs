//! The broker's staff: who they are, what they may do, what they have done, and the thresholds that they have set.
//!
//! One object for all of them. Each has a role and a passkey that verified its user; a session of half an hour opens by it alone.
//! What they do to a customer is done by the customer's own object, after it was written down here: what cannot be written down
//! is not done. A threshold that asks more takes one of them, one that asks less takes two. Everything travels as lists of texts;
//! what is answered is JSON for their page. What must never enter: a customer's name or number, only account ids.

mod ceremony;
mod door;
mod enrol;
mod labels;
mod record;
mod schema;
mod session;
mod thresholds;

use ceremony::Ceremony;
pub use door::Door;
pub(crate) use enrol::handle;
pub(crate) use thresholds::{Policy, THRESHOLDS};

use crate::House;
use crate::crowd::sealed;
use crate::host::{Outside, Sql, Store, StoreFault, Unreached};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Timestamp};

/// The answer where there is nothing to tell.
const NOTHING: &str = "{}";

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

/// What a command works with: nothing but the house and the moment, so that one transaction serves them all.
struct Desk<'a> {
    house: &'a House,
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
    let desk = Desk { house, now };
    let words: Vec<String> = match crate::wire::read(command.as_bytes()) {
        Ok(words) => words,
        Err(_) => return Ok(Refusal::Malformed.code().to_owned()),
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // begin, which is all of it for most commands; check; finish.
    let mut answer = store.transaction(|sql| {
        schema::migrate(sql)?;
        desk.begin(sql, &words)
    });
    if let Ok(Begun::Ceremony(ceremony)) = answer {
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        let proved = ceremony.run(house, now, outside.verifier()).await;
        answer = store.transaction(|sql| Ok(Begun::Done(desk.finish(sql, proved, &id)?)));
    }
    match answer {
        Ok(Begun::Done(answer)) => Ok(answer),
        Ok(Begun::Ceremony(_)) => Ok(Refusal::Unavailable.code().to_owned()),
        Err(Fault::Refused(refusal)) => Ok(refusal.code().to_owned()),
        Err(fault) => Err(fault),
    }
}

/// The alarm: the thresholds are published, with the moment, so that an old text cannot be put in their place for long.
///
/// # Errors
/// The store's own, or where they cannot be published; it is called again then.
pub async fn due<S: Store, O: Outside>(house: &House, store: &S, outside: &O, now: Timestamp) -> Result<(), Fault> {
    let desk = Desk { house, now };
    // Were it not published, the alarm is set again by whoever rang it.
    let text = store.transaction(|sql| {
        schema::migrate(sql)?;
        sql.wake(Some(now + thresholds::AGAIN))?;
        desk.policy(sql)
    })?;
    Ok(outside.publish(THRESHOLDS, &sealed(&house.keys, THRESHOLDS, text.as_bytes())).await?)
}

/// How far the first transaction has come.
enum Begun {
    /// That was all.
    Done(String),
    /// A passkey has yet to be verified.
    Ceremony(Ceremony),
}

impl Desk<'_> {
    fn begin(&self, sql: &dyn Sql, words: &[&str]) -> Result<Begun, Fault> {
        let answer = match words {
            ["sign_in", challenge, until, response] => return self.begin_sign_in(sql, challenge, until, response),
            ["enrol", code, challenge, response] => return self.begin_enrol(sql, code, challenge, response),
            ["invite", by, code, name, role] => self.invite(sql, by, code, (name, role)),
            ["enrol_options", code] => self.enrol_options(sql, code),
            ["sign_out", by] => Self::sign_out(sql, by),
            ["me", by] => self.me(sql, by),
            ["act", by, action, subject] => self.act(sql, by, action, subject),
            ["failed", by, action, subject] => self.failed(sql, by, action, subject),
            ["thresholds", by] => self.thresholds(sql, by),
            ["propose", by, subject, value] => self.propose(sql, by, subject, value),
            ["second", by, proposal] => self.second(sql, by, proposal),
            ["withdraw", by, proposal] => self.withdraw(sql, by, proposal),
            ["label", by, references, word] => self.label(sql, by, references, word),
            ["labels", by] => self.labels(sql, by),
            ["record", by, before] => self.record(sql, by, before),
            ["members", by] => self.members(sql, by),
            ["dismiss", by, member] => self.dismiss(sql, by, member),
            ["policy"] => self.policy(sql),
            _ => Err(Refusal::Malformed.into()),
        };
        answer.map(Begun::Done)
    }

    /// The member whose session this is, if it is live and they have one of these roles.
    ///
    /// # Errors
    /// `no_session`, or `not_found` for who has another role.
    fn member(&self, sql: &dyn Sql, by: &str, roles: &[Role]) -> Result<Member, Fault> {
        let member = self.live(sql, by)?;
        if roles.contains(&member.role) { Ok(member) } else { Err(Refusal::NotFound.into()) }
    }
}

#[cfg(test)]
mod tests;
