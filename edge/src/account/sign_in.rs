//! Sign-in by password, one struct per state: counted → compared → signed in, or waiting for the code that was sent.

mod address;
mod breached;
mod change;
mod code;
mod desk;
mod held;
mod judge;
mod tries;

pub(super) use address::STOPPABLE;
pub(crate) use change::complaints;
pub use code::CodeProof;
pub(super) use code::LIFE;
pub(super) use judge::{Proved, forget};
pub(super) use tries::MEMORY;

use super::session::Proof;
use super::{Attempt, Fault, Reply, Room, Row, State, Visit, due, password};
use crate::host::{Outside, Sql, Store, StoreFault, Value};
use crate::name::NameTag;
use crate::notice::{Letter, Seen};
use crate::origin::{self, Vouched};
use judge::Course;
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Secret, Timestamp};

/// The customer's number by which the origin is asked about nobody.
const NOBODY: &str = "-";

/// The try is counted; nothing has been compared.
struct Counted {
    /// The hash as it stood when the try was counted; none on a decoy, or where the origin holds the password.
    kept: Option<String>,
    /// The customer's number at the origin, where the origin holds the password.
    held_elsewhere: Option<String>,
    /// The customer logs in by passkey alone: a right password is answered like a wrong one, after the same work.
    passkey_only: bool,
    /// How many tries were counted before it.
    failures: u32,
}

/// The password was right.
struct Compared {
    proof: password::PasswordProof,
    kept: Option<String>,
    /// What the origin's check told, and the hash that adopts the password.
    adopted: Option<(Vouched, String)>,
    /// How many tries were counted before it.
    failures: u32,
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// An unknown name runs this on a decoy: the same statements, the same hash, and never a proof.
    pub(super) async fn sign_in<R: CryptoRng>(
        &self,
        rng: &mut R,
        (name, device): (NameTag, Option<[u8; 16]>),
        typed: &Secret,
        attempt: Option<&Attempt>,
        visit: &Visit,
    ) -> Result<Reply, Fault> {
        let (name, counted) = self.store.transaction(|sql| {
            self.take_attempt(sql, attempt)?;
            // The cookie says so and the account as well, which may have forgotten its devices since.
            let known = self.knows_device(sql, visit)?;
            let name = tries::lane(name, device.filter(|_| known));
            Ok::<_, Fault>((name, self.count_try(sql, name, Some(visit.into()))?))
        })?;
        let counted = match counted {
            Ok(counted) => counted,
            Err(until) => return Ok(Reply::Refused { refusal: Refusal::Locked, until: Some(until) }),
        };
        match self.compare(rng, counted, typed, visit).await? {
            Some(compared) => self.store.transaction(|sql| self.signed_in(sql, rng, name, compared, typed, visit)),
            None => {
                self.note_wrong(visit)?;
                Ok(Reply::refused(Refusal::SignInFailed))
            }
        }
    }

    /// The password was compared and is wrong: a line of the history.
    fn note_wrong(&self, visit: &Visit) -> Result<(), Fault> {
        self.store.transaction(|sql| {
            self.record(sql, visit, "password", "failure")?;
            due::purge_soon(sql, self.now)
        })
    }

    /// Remembers an attempt as used, in the transaction that counts the try under it.
    ///
    /// # Errors
    /// Where it was used before: nothing is counted then, and nothing compared.
    fn take_attempt(&self, sql: &dyn Sql, attempt: Option<&Attempt>) -> Result<(), Fault> {
        let Some(Attempt { id, until }) = attempt else { return Ok(()) };
        let taken = sql.run(
            "INSERT INTO challenge (bytes, until) VALUES (?1, ?2) ON CONFLICT (bytes) DO NOTHING RETURNING 1",
            &[id.as_slice().into(), (*until).into()],
        )?;
        if taken.is_empty() { Err(Fault::Refused(Refusal::AttemptGone)) } else { due::purge_soon(sql, self.now) }
    }

    /// begin: the try is counted before anything is compared, so that parallel guesses never beat the counter.
    fn count_try(&self, sql: &dyn Sql, name: NameTag, seen: Option<Seen>) -> Result<Result<Counted, Timestamp>, Fault> {
        let counts = match self.count(sql, name)? {
            Ok(counts) => counts,
            Err(until) => return Ok(Err(until)),
        };
        let row = Row::read(sql)?;
        if let Some(until) = counts.until {
            // On a decoy too, where the letter has no reader: the same rows are written for a name that nobody has.
            let lang = row.as_ref().and_then(|row| row.profile.as_ref()).map_or("ja", |profile| &profile.lang);
            let letter = Letter::locked(self.now, until, lang).perhaps_seen(seen);
            due::put(sql, self.now, &due::Task::Letter(letter))?;
        }
        let passkey_only = row.as_ref().is_some_and(|row| row.refuses_passwords(&self.house.config.passkey));
        let held_elsewhere = row.as_ref().filter(|row| row.password.is_none()).map(|row| row.customer.clone());
        let kept = row.and_then(|row| row.password);
        Ok(Ok(Counted { kept, held_elsewhere, passkey_only, failures: counts.before }))
    }

    /// check: one Argon2 run whichever way it goes. The origin is asked where it holds the password, and where nothing here was
    /// right either: about nobody, by a password that nobody typed, so that it costs the same and, where the origin does not answer,
    /// ends the same for a customer whom only the origin knows, one who is adopted, and a name that nobody has.
    async fn compare<R: CryptoRng>(
        &self,
        rng: &mut R,
        counted: Counted,
        typed: &Secret,
        visit: &Visit,
    ) -> Result<Option<Compared>, Fault> {
        let cost = self.house.config.password;
        let Counted { kept, held_elsewhere, passkey_only, failures } = counted;
        let is_held_here = held_elsewhere.is_none();
        if let (Some(customer), Some(endpoint)) = (held_elsewhere, &self.house.config.elsewhere) {
            let token = &self.house.origin_token;
            let Some(vouched) = origin::verify_elsewhere(self.outside, endpoint, token, &customer, typed).await? else {
                password::verify(cost, None, typed);
                return Ok(None);
            };
            let hash = password::hash(cost, rng, typed)?;
            if passkey_only {
                return Ok(None);
            }
            let proof = password::vouched_for(&vouched);
            return Ok(Some(Compared { proof, kept: None, adopted: Some((vouched, hash)), failures }));
        }
        let proof = password::verify(cost, kept.as_deref(), typed).filter(|_| !passkey_only);
        if let (None, true, Some(endpoint)) = (&proof, is_held_here, &self.house.config.elsewhere) {
            let made_up = Secret::new(rng.next_u64().to_string());
            let token = &self.house.origin_token;
            let asked = origin::verify_elsewhere(self.outside, endpoint, token, NOBODY, &made_up).await;
            if let Err(unreached) = asked {
                // The answer is everybody's, and the guess is a guess: an outage of the origin's hides none.
                self.note_wrong(visit)?;
                return Err(unreached.into());
            }
        }
        Ok(proof.map(|proof| Compared { proof, kept, adopted: None, failures }))
    }

    /// finish: the account is read again; a password changed meanwhile proves nothing.
    fn signed_in<R: CryptoRng>(
        &self,
        sql: &dyn Sql,
        rng: &mut R,
        name: NameTag,
        compared: Compared,
        typed: &Secret,
        visit: &Visit,
    ) -> Result<Reply, Fault> {
        let same = |row: &Row| row.password == compared.kept && !row.refuses_passwords(&self.house.config.passkey);
        let Some(mut row) = Row::read(sql)?.filter(same) else {
            return Ok(Reply::refused(Refusal::SignInFailed));
        };
        if let Some((vouched, hash)) = compared.adopted {
            adopt(sql, &vouched, &hash)?;
            row.profile = vouched.profile().cloned().or(row.profile);
        }
        if row.state == State::Opening {
            self.activate_row(sql, &row)?;
        }
        let renew_password = !password::meets_the_rules(&self.house.config.password.rules, typed);
        match self.course(sql, &row, visit, (compared.failures, rng.next_u64() >> 12))? {
            Course::In => {}
            // The try stays counted until the code has come back: who has the password alone is held like a guesser.
            Course::Code(unusual) => {
                let asked = self.ask_code(sql, rng, &row, compared.proof, (name, renew_password), visit)?;
                return Ok(match asked {
                    Reply::CodeAsked(code) => {
                        Reply::CodeAsked(super::CodeAsked { unusual, passkey: row.proven, ..code })
                    }
                    reply => reply,
                });
            }
            Course::Desk => {
                self.note_desk(sql, &row, visit)?;
                return Ok(Reply::refused(Refusal::DeskNeeded));
            }
        }
        sql.run("DELETE FROM tries WHERE name = ?1", &[Value::Blob(name.0.to_vec())])?;
        let opened = self.open_session(sql, rng, &row, Proof::Password(compared.proof), visit)?;
        let signed_in = |signed_in| Reply::SignedIn(Box::new(super::SignedIn { renew_password, ..signed_in }));
        Ok(opened.map_or_else(|refused| refused, signed_in))
    }
}

/// The first success adopts the origin's password: from now on the account holds it. It is the same one, so nothing says that it was
/// changed.
fn adopt(sql: &dyn Sql, vouched: &Vouched, hash: &str) -> Result<(), Fault> {
    let profile = vouched.profile().map(serde_json::to_string).transpose()?;
    let adopted = sql.run(
        "UPDATE account SET password = ?1, profile = COALESCE(?2, profile) \
         WHERE password IS NULL RETURNING one",
        &[hash.into(), profile.into()],
    )?;
    if adopted.is_empty() { Err(StoreFault("adopted meanwhile".into()).into()) } else { Ok(()) }
}
