//! ONE customer: credentials, sessions, history, challenges, and what falls due.
//!
//! An account takes a [`Command`], answers a [`Reply`] and leaves effects in its `due` table. Every command is
//! `begin → check → finish`: begin and finish are one synchronous transaction each; between them, and only there,
//! something is verified, hashed or fetched. Finish reads again what begin read before it writes, since other commands
//! may have run while the check waited. What must never enter: HTTP, cookies, another customer's data, a clock.

mod command;
mod due;
mod look;
mod open;
mod passkey;
mod password;
mod reply;
mod schema;
mod session;
mod sign_in;

pub use command::{AccountId, Attempt, Command, ParkedName, Profile, SessionKey, Visit};
pub use due::due;
pub use passkey::{Confirming, Operation, PasskeyProof};
pub(crate) use password::LONGEST as LONGEST_PASSWORD;
pub use password::PasswordProof;
#[cfg(test)]
pub(crate) use password::password_runs;
pub use reply::{
    CodeAsked, Complaint, CredentialName, LoginEntry, Me, PasskeyList, PasskeyOptions, PasskeyView, Reply,
    SessionState, SessionView, SignedIn,
};
pub use sign_in::CodeProof;
pub(crate) use sign_in::complaints;

use crate::House;
use crate::config::{Passkey, PasskeyPolicy};
use crate::host::{Outside, Sql, Store, StoreFault, Unreached};
use crate::keys::Challenge;
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Timestamp};

/// Why a command could not be carried out; nothing of it was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The object's own store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// Something outside.
    #[error(transparent)]
    Outside(#[from] Unreached),
    /// The password hash could not be made.
    #[error("hash: {0}")]
    Hash(String),
    /// A row could not be read back: a fault of ours, never of input.
    #[error("row: {0}")]
    Row(#[from] serde_json::Error),
    /// The command is refused; not a fault, but it undoes its transaction.
    #[error("refused: {}", .0.code())]
    Refused(Refusal),
}

/// What a command works with.
struct Room<'a, S, O> {
    house: &'a House,
    store: &'a S,
    outside: &'a O,
    now: Timestamp,
    id: AccountId,
}

/// Obeys one command of the account `id` over its own store.
///
/// # Errors
/// [`Fault`] where the store or something outside failed. Nothing was acknowledged then, and what was begun either
/// stands whole or lapses by itself.
pub async fn obey<S: Store, O: Outside, R: CryptoRng>(
    house: &House,
    store: &S,
    outside: &O,
    now: Timestamp,
    rng: &mut R,
    id: AccountId,
    command: Command,
) -> Result<Reply, Fault> {
    store.transaction(schema::migrate)?;
    let room = Room { house, store, outside, now, id };
    let reply = match command {
        Command::Open { name, customer, receipt, profile, password } => {
            room.open(rng, open::Opening { name, customer, receipt, profile, password }).await
        }
        Command::Activate => room.activate(),
        Command::Import { customer } => room.import(&customer),
        Command::SignIn { name, device, password, attempt, visit } => {
            room.sign_in(rng, (name, device), &password, attempt.as_ref(), &visit).await
        }
        Command::EnterCode { pending, code, visit } => room.enter_code(rng, pending, &code, &visit),
        Command::ResendCode { pending, sms, visit } => room.resend_code(pending, sms, &visit),
        Command::BeginAddress { session, address } => room.begin_address(session, address.as_deref()),
        Command::ConfirmAddress { session, code } => room.confirm_address(session, &code),
        Command::StopAddress { bucket, number, visit } => room.stop_address(bucket, &number, &visit),
        Command::Lock(session) => room.lock(session),
        Command::Release => room.release(),
        Command::WriteDownAddress(address) => room.write_down_address(&address),
        Command::ChangePassword { session, current, password, attempt } => {
            room.change_password(rng, session, current.as_ref(), &password, attempt.as_ref()).await
        }
        Command::PasskeysForLogin => room.passkeys_for_login(),
        Command::PasskeySignIn { challenge, until, response, visit } => {
            room.passkey_sign_in(rng, &challenge, until, &response, &visit).await
        }
        Command::BeginPasskey { session, challenge } => room.begin_passkey(session, &challenge),
        Command::FinishPasskey { session, response, name, visit } => {
            room.finish_passkey(session, &response, name, &visit).await
        }
        Command::BeginStepUp { session, challenge } => room.begin_step_up(session, &challenge),
        Command::FinishStepUp { session, response } => room.finish_step_up(rng, session, &response).await,
        Command::BeginConfirm { session, nonce, operation, english } => {
            room.begin_confirm(session, &nonce, operation, english)
        }
        Command::FinishConfirm { session, response } => room.finish_confirm(session, &response).await,
        Command::Sessions(session) => room.sessions(session),
        Command::EndOther { session, other } => room.end_other(session, other),
        Command::PasskeyOnly { session, on } => room.passkey_only(session, on),
        Command::Passkeys(session) => room.passkeys(session),
        Command::RenamePasskey { session, id, name } => room.rename_passkey(session, &id, &name),
        Command::DeletePasskey { session, id } => room.delete_passkey(session, &id),
        Command::Touch { session, background, shown } => room.touch(session, background, shown),
        Command::Possess { session, proof, visit } => room.possess(rng, session, &proof, visit).await,
        Command::Prove { session, proof, background } => room.prove(session, &proof, background).await,
        Command::Cross { session, entrance, code, until } => room.cross(rng, session, entrance, (&code, until)),
        Command::Moved { session, client } => room.moved(session, client),
        Command::Bind { session, challenge, until, proof } => {
            room.bind(rng, session, &Challenge { bytes: challenge, until }, &proof).await
        }
        Command::Refresh { binding, challenge, until, proof } => {
            room.refresh(binding, &Challenge { bytes: challenge, until }, &proof).await
        }
        Command::Stands(session) => room.stands(session),
        Command::End(session) => room.end(session),
        Command::EndAll => room.end_all(),
        Command::Look => room.look(),
        Command::SendAgain => room.send_again(),
        Command::PutOffAddress(session) => room.put_off_address(session),
        Command::RemoveNumber(session) => room.remove_number(session),
        Command::Judged { from, until } => room.judged(from, until),
        Command::Park { session, name, kept, moved } => room.park(session, name, &kept, moved),
        Command::Parked { session, name, take } => room.parked(session, name, take),
        Command::Me(session) => room.me(session),
        Command::History { session, before, line } => room.history(session, before, line),
        Command::Accesses { address } => room.accesses(address),
    };
    match reply {
        Err(Fault::Refused(refusal)) => Ok(Reply::refused(refusal)),
        reply => reply,
    }
}

/// The account's one row.
struct Row {
    state: State,
    customer: String,
    profile: Option<Profile>,
    password: Option<String>,
    /// When its customer last changed it; 0 where they never did: neither an opening nor an adoption is a change.
    password_set: i64,
    /// The mail address that the customer has confirmed by a code.
    verified: Option<String>,
    /// The address that the desk has written down and no code has confirmed yet, and when.
    written_down: Option<(String, Timestamp)>,
    /// The mobile number that they have confirmed in the same way.
    phone: Option<String>,
    /// Until when the customer has put off being asked for an address.
    address_later: Timestamp,
    /// Whether the customer has it that no password opens the account.
    passkey_only: bool,
    /// Whether the customer has it that one does, whatever the site would have.
    passwords_kept: bool,
    /// Whether a passkey has shown here that it works.
    proven: bool,
    /// Whether logins by password are held until the desk or a passkey releases them.
    held: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Made, its name not yet confirmed.
    Opening,
    /// In use.
    Open,
}

impl Row {
    /// The row, or none: a decoy, or an account that lapses.
    fn read(sql: &dyn Sql) -> Result<Option<Self>, Fault> {
        let statement = "SELECT state, customer, profile, password, password_set, verified, passkey_only, passwords_kept, \
             (SELECT COUNT(*) FROM credential WHERE last_used IS NOT NULL), held, address_later, phone, \
             new, at FROM account LEFT JOIN (SELECT new, at FROM address_change WHERE new IS NOT NULL ORDER BY id DESC LIMIT 1) WHERE state <> 'lapsing'";
        let rows = sql.run(statement, &[])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let profile = if row.is_null(2) { None } else { Some(crate::wire::read(row.text(2)?.as_bytes())?) };
        Ok(Some(Self {
            state: if row.text(0)? == "open" { State::Open } else { State::Opening },
            customer: row.text(1)?.to_owned(),
            profile,
            password: if row.is_null(3) { None } else { Some(row.text(3)?.to_owned()) },
            password_set: if row.is_null(4) { 0 } else { row.integer(4)? },
            verified: if row.is_null(5) { None } else { Some(row.text(5)?.to_owned()) },
            passkey_only: row.integer(6)? != 0,
            passwords_kept: row.integer(7)? != 0,
            proven: row.integer(8)? != 0,
            held: !row.is_null(9),
            address_later: row.moment(10)?,
            phone: if row.is_null(11) { None } else { Some(row.text(11)?.to_owned()) },
            written_down: if row.is_null(12) { None } else { Some((row.text(12)?.to_owned(), row.moment(13)?)) },
        }))
    }

    /// Whether no password opens the account: held, the owner's word, or the site's once a passkey has shown that it works.
    /// A passkey that was made and never used shuts nobody out.
    fn refuses_passwords(&self, config: &Passkey) -> bool {
        self.held
            || self.passkey_only
            || match config.policy {
                PasskeyPolicy::Optional => false,
                PasskeyPolicy::DefaultOn => self.proven && !self.passwords_kept,
                PasskeyPolicy::Required => self.proven,
            }
    }

    /// Whether the customer may be asked now for a mail address: none is confirmed, there is one to confirm, and it was not put off.
    fn lacks_address(&self, now: Timestamp) -> bool {
        self.verified.is_none() && self.profile.is_some() && now >= self.address_later
    }

    /// The customer's name, or the number where no name is known.
    fn display_name(&self) -> String {
        match &self.profile {
            Some(profile) => format!("{} {}", profile.family, profile.given),
            None => self.customer.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
