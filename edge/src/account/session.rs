//! Sessions: opened by a proof, renewed inside the window, ended once and for good; beside it the history of logins.

mod bound;
mod crossed;
mod doubt;
mod history;
mod limit;
mod list;
mod parked;
mod possessed;

use history::last_success;
pub(super) use history::note_of;

use super::passkey::PasskeyProof;
use super::password::PasswordProof;
use super::sign_in::CodeProof;
use super::{Fault, Me, Reply, Room, Row, SessionKey, SessionState, SignedIn, Visit, due};
use crate::bound::BindingId;
use crate::config::{Config, PasskeyPolicy};
use crate::gate::session_key;
use crate::host::{self, Outside, Sql, Store, StoreFault, Value};
use crate::notice::{Letter, Matter, Seen};
use rand_core::CryptoRng;
use sekisho_rules::{Amr, Refusal, Standing, Timestamp};
use std::time::Duration;

/// How the customer proved who they are. Each kind is made only by the module that verified it, and none is ever
/// serialised: what verifies and what opens the session run in the same object.
pub(super) enum Proof {
    Password(PasswordProof),
    /// The password, and then the code that was sent to the verified address.
    Code(CodeProof),
    Passkey(PasskeyProof),
}

impl Proof {
    fn amr(&self) -> Amr {
        match self {
            Self::Password(PasswordProof { .. }) => Amr::PASSWORD,
            Self::Code(CodeProof { .. }) => Amr::PASSWORD | Amr::CODE,
            Self::Passkey(proof) if proof.user_verified() => Amr::PASSKEY | Amr::USER_VERIFIED,
            Self::Passkey(_) => Amr::PASSKEY,
        }
    }

    const fn method(&self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::Code(_) => "password_code",
            Self::Passkey(proof) => proof.method(),
        }
    }

    /// Whether its login was judged to be unlike its owner's, and let in without being asked more.
    const fn unusual(&self) -> bool {
        matches!(self, Self::Passkey(proof) if proof.unusual())
    }

    /// Whether it may be a copy's.
    const fn doubtful(&self) -> bool {
        matches!(self, Self::Passkey(proof) if proof.doubtful())
    }
}

const COLUMNS: &str = "key, deadline, auth_time, amr, channel, (ended IS NOT NULL) + (ended IS 'raised'), login, opened, client, place, last_seen, \
     CASE WHEN binding_shown = 1 THEN binding END, possessor, (binding IS NOT NULL) + 2 * moved + 4 * COALESCE(elevated, 2)";
/// A session's customer was last seen at some moment of so long a time: a write for every request would say no more.
const NOTED: Duration = Duration::from_secs(900);

/// A session's row.
pub(super) struct Kept {
    deadline: Timestamp,
    auth_time: Timestamp,
    amr: Amr,
    channel: String,
    client: String,
    place: String,
    /// How it has ended: as unknown where it goes on under another id.
    ended: Option<Standing>,
    login: i64,
    opened: Timestamp,
    bound: Option<BindingId>,
    /// The thumbprint of the key without whose proof it is nobody's.
    possessor: Option<String>,
    last_seen: Timestamp,
    /// Whether a key is registered for it, whether its browser has shown that or not: it is carried on nowhere else.
    registered: bool,
    moved: bool,
    elevated: Option<bool>,
}

impl Kept {
    fn read(sql: &dyn Sql, key: SessionKey, config: &Config) -> Result<Option<Self>, StoreFault> {
        let statement = format!("SELECT {COLUMNS} FROM session WHERE key = ?1");
        let rows = sql.run(&statement, &[Value::Blob(key.0.to_vec())])?;
        rows.first().map(|row| Self::of(row, config)).transpose()
    }

    fn of(row: &host::Row, config: &Config) -> Result<Self, StoreFault> {
        let (opened, marks) = (row.moment(7)?, row.integer(13)?);
        Ok(Self {
            deadline: config.session_of(row.text(4)?).bounded(opened, row.moment(1)?),
            auth_time: row.moment(2)?,
            amr: Amr::from_bits(u8::try_from(row.integer(3)?).unwrap_or_default()),
            channel: row.text(4)?.to_owned(),
            ended: match row.integer(5)? {
                0 => None,
                1 => Some(Standing::Ended),
                _ => Some(Standing::Unknown),
            },
            login: row.integer(6)?,
            opened,
            client: row.text(8)?.to_owned(),
            place: row.text(9)?.to_owned(),
            last_seen: row.moment(10)?,
            bound: if row.is_null(11) { None } else { row.blob(11)?.try_into().ok().map(BindingId) },
            possessor: if row.is_null(12) { None } else { Some(row.text(12)?.to_owned()) },
            registered: marks & 1 != 0,
            moved: marks & 2 != 0,
            elevated: (marks & 8 == 0).then_some(marks & 4 != 0),
        })
    }

    fn standing(&self, now: Timestamp) -> Standing {
        match self.ended {
            Some(standing) => standing,
            None if now < self.deadline => Standing::Live,
            None => Standing::Idle,
        }
    }

    /// When the customer last proved who they are.
    pub(super) const fn auth_time(&self) -> Timestamp {
        self.auth_time
    }

    /// How.
    pub(super) const fn amr(&self) -> Amr {
        self.amr
    }

    /// From where it was opened, for letters.
    pub(super) fn seen(&self) -> Seen {
        Seen { channel: self.channel.clone(), client: self.client.clone(), place: self.place.clone() }
    }

    /// The session as the edge needs it.
    pub(super) fn state(&self, customer: &str) -> SessionState {
        SessionState {
            customer: customer.to_owned(),
            deadline: self.deadline,
            auth_time: self.auth_time,
            amr: self.amr,
            channel: self.channel.clone(),
            bound: self.bound,
            elevated: self.elevated,
            moved: self.moved,
        }
    }
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Opens a session on a proof, within the caller's transaction: the row, the history line, the notice. Answers it, or the
    /// refusal where there is no room.
    pub(super) fn open_session<R: CryptoRng>(
        &self,
        sql: &dyn Sql,
        rng: &mut R,
        row: &Row,
        proof: Proof,
        visit: &Visit,
    ) -> Result<Result<SignedIn, Reply>, Fault> {
        let replaced = limit::replaced(sql, visit)?;
        if let Err(refused) = self.make_room(sql, visit, proof.method(), replaced)? {
            return Ok(Err(refused));
        }
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        let last = last_success(sql, &self.house.config, i64::MAX)?;
        let login = self.record(sql, visit, proof.method(), "success")?;
        limit::end_replaced(sql, replaced, login, (self.now, self.house.config.session.lease))?;
        let deadline = self.house.config.session_of(&visit.channel).proved(self.now, self.now);
        let elevated = self.is_elevated(sql, &proof)?;
        sql.run(
            "INSERT INTO session (key, opened, auth_time, amr, channel, client, deadline, login, place, last_seen, elevated) \
             VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?2, ?9)",
            &[
                Value::Blob(session_key(&id).0.to_vec()),
                self.now.into(),
                i64::from(proof.amr().bits()).into(),
                visit.channel.as_str().into(),
                visit.client.as_str().into(),
                deadline.into(),
                login.into(),
                visit.place.as_str().into(),
                i64::from(elevated).into(),
            ],
        )?;
        let kept = Kept::read(sql, session_key(&id), &self.house.config)?;
        let sure = match &kept {
            Some(kept) => !proof.doubtful() && !self.is_doubtful(sql, kept)? && !self.is_unknown(sql, kept)?,
            None => false,
        };
        self.welcome(sql, rng, row, (visit, sure, proof.unusual()))?;
        due::purge_soon(sql, self.now)?;
        let session = SessionState {
            customer: row.customer.clone(),
            deadline,
            auth_time: self.now,
            amr: proof.amr(),
            channel: visit.channel.clone(),
            bound: None,
            elevated: Some(elevated),
            moved: false,
        };
        Ok(Ok(SignedIn {
            id,
            session,
            last,
            renew_password: false,
            lacks_address: row.lacks_address(self.now),
            name: None,
        }))
    }

    /// A live session goes on under a new id with `proof` beside its own; the old id ends with it. It is as old as before where the
    /// proof shows neither a passkey nor all that was shown: a password makes no passkey and no code fresh.
    pub(super) fn raise_session<R: CryptoRng>(
        &self,
        sql: &dyn Sql,
        rng: &mut R,
        key: SessionKey,
        proof: Proof,
    ) -> Result<Reply, Fault> {
        let (kept, row) = match self.live(sql, key)? {
            Ok(live) => live,
            Err(standing) => return Ok(Reply::Gone(standing)),
        };
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        let (old, new) = (Value::Blob(key.0.to_vec()), Value::Blob(session_key(&id).0.to_vec()));
        let shown = proof.amr();
        let amr = kept.amr | shown;
        let anew = shown.contains(Amr::PASSKEY) || shown.contains(kept.amr);
        let auth_time = if anew { self.now } else { kept.auth_time };
        let deadline = self.house.config.session_of(&kept.channel).proved(kept.opened, self.now);
        // A passkey or a code is what a doubt asks for.
        let elevated = match proof {
            _ if proof.doubtful() => Some(true),
            Proof::Password(_) => kept.elevated,
            _ => Some(false),
        };
        sql.run(
            "INSERT INTO session (key, opened, auth_time, amr, channel, client, deadline, login, place, last_seen, crossed, \
             possessor, binding, binding_key, binding_shown, elevated) SELECT ?1, opened, ?2, ?3, channel, client, ?4, login, place, \
             ?6, crossed, possessor, binding, binding_key, binding_shown, ?7 FROM session WHERE key = ?5",
            &[
                new,
                auth_time.into(),
                i64::from(amr.bits()).into(),
                deadline.into(),
                old.clone(),
                self.now.into(),
                elevated.into(),
            ],
        )?;
        // At other entrances it goes on as long, under ids and by proofs of their own.
        set_deadline(sql, kept.login, deadline)?;
        sql.run("UPDATE session SET ended = 'raised' WHERE key = ?1", &[old])?;
        let session = SessionState { amr, auth_time, deadline, elevated, moved: false, ..kept.state(&row.customer) };
        Ok(Reply::goes_on(id, session))
    }

    /// Ends every session, on the word of the broker's staff.
    pub(super) fn end_all(&self) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let ended = sql.run("UPDATE session SET ended = 'staff' WHERE ended IS NULL RETURNING 1", &[])?;
            if let (false, Some(row)) = (ended.is_empty(), Row::read(sql)?) {
                self.tell(sql, &row, |lang| Letter::new(self.now, lang, Matter::EndedByStaff))?;
            }
            sql.run("DELETE FROM code WHERE purpose = 'sign-in'", &[])?;
            sql.run("DELETE FROM habits", &[])?;
            Ok(Reply::Done)
        })
    }

    /// The live session under `key` with its account, or how it stands.
    pub(super) fn live(&self, sql: &dyn Sql, key: SessionKey) -> Result<Result<(Kept, Row), Standing>, Fault> {
        let Some(kept) = Kept::read(sql, key, &self.house.config)? else { return Ok(Err(Standing::Unknown)) };
        match (kept.standing(self.now), Row::read(sql)?) {
            (Standing::Live, Some(row)) => Ok(Ok((kept, row))),
            (Standing::Live, None) => Ok(Err(Standing::Unknown)),
            (standing, _) => Ok(Err(standing)),
        }
    }

    /// Runs `work` for a live session in one transaction; otherwise answers how the session stands.
    pub(super) fn within(
        &self,
        key: SessionKey,
        work: impl FnOnce(&dyn Sql, Kept, Row) -> Result<Reply, Fault>,
    ) -> Result<Reply, Fault> {
        self.store.transaction(|sql| match self.live(sql, key)? {
            Ok((kept, row)) => work(sql, kept, row),
            Err(standing) => Ok(Reply::Gone(standing)),
        })
    }

    /// As [`Room::within`], but only for a session whose proof is fresh enough, and of the kind that the site's policy
    /// wants, to change how the customer logs in; and that was not used from elsewhere since.
    pub(super) fn within_fresh(
        &self,
        key: SessionKey,
        work: impl FnOnce(&dyn Sql, Row) -> Result<Reply, Fault>,
    ) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            let fresh = !kept.moved && self.now - kept.auth_time() <= self.house.config.passkey.fresh;
            if !fresh || !self.may_change(sql, &kept, &row)? {
                return Ok(Reply::refused(Refusal::InsufficientAuthentication));
            }
            work(sql, row)
        })
    }

    /// Whether a session's proof is of the kind that a change of how one logs in asks for. Who has no passkey cannot be
    /// asked for one; where passkeys are the default, one that was made and never used shuts nobody out.
    pub(super) fn may_change(&self, sql: &dyn Sql, kept: &Kept, row: &Row) -> Result<bool, StoreFault> {
        if self.is_doubtful(sql, kept)? || self.is_unknown(sql, kept)? {
            return Ok(false);
        }
        let asked = match self.house.config.passkey.account_change {
            PasskeyPolicy::Optional => false,
            PasskeyPolicy::DefaultOn => row.proven,
            PasskeyPolicy::Required => !sql.run("SELECT 1 FROM credential LIMIT 1", &[])?.is_empty(),
        };
        Ok(!asked || kept.amr().contains(Amr::PASSKEY))
    }

    /// Who this is.
    pub(super) fn me(&self, key: SessionKey) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            let count = sql.run("SELECT COUNT(*) FROM credential", &[])?;
            let passkeys = count.first().map(|row| row.integer(0)).transpose()?.unwrap_or_default();
            let lacks_address = row.lacks_address(self.now);
            let passkey_only = row.refuses_passwords(&self.house.config.passkey);
            Ok(Reply::Me(Box::new(Me {
                customer: row.customer,
                profile: row.profile,
                last: last_success(sql, &self.house.config, kept.login)?,
                passkeys: u32::try_from(passkeys).unwrap_or_default(),
                lacks_address,
                verified: row.verified,
                phone: row.phone,
                passkey_only,
            })))
        })
    }
}

/// Sets the deadline of a login's session, at every entrance at which it is carried on.
fn set_deadline(sql: &dyn Sql, login: i64, deadline: Timestamp) -> Result<(), StoreFault> {
    let values = [deadline.into(), login.into()];
    sql.run("UPDATE session SET deadline = ?1 WHERE login = ?2 AND ended IS NULL", &values)?;
    Ok(())
}

/// From where the session under `key` was opened, for letters.
pub(super) fn seen(sql: &dyn Sql, key: SessionKey) -> Result<Option<Seen>, StoreFault> {
    let rows = sql.run("SELECT channel, client, place FROM session WHERE key = ?1", &[Value::Blob(key.0.to_vec())])?;
    let seen = |row: &host::Row| {
        let [channel, client, place] = [row.text(0)?, row.text(1)?, row.text(2)?].map(str::to_owned);
        Ok(Seen { channel, client, place })
    };
    rows.first().map(seen).transpose()
}
