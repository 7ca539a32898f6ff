//! One-time codes, by mail or as a text message: the second step of a sign-in by password, and what makes an address the verified one.
//!
//! A code is good for ten minutes and three tries, once. Asking for another voids the one before. Every try is counted in
//! the transaction that compares it, so guesses side by side never beat the counter. What makes an address the verified one
//! is beside, in `address`.

use super::super::session::Proof;
use super::super::{CodeAsked, Fault, Reply, Room, Row, SessionKey, SignedIn, Visit, due};
use super::password::PasswordProof;
use crate::gate::session_key;
use crate::host::{self, Outside, Sql, Store, StoreFault, Value};
use crate::keys::CodeUse;
use crate::name::NameTag;
use crate::notice::Letter;
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Secret, Timestamp, mask};
use std::time::Duration;

/// How long a code may be entered.
pub(in crate::account) const LIFE: Duration = Duration::from_secs(600);
/// How long further codes may be asked for; past it the sign-in begins anew.
const WHOLE: Duration = Duration::from_secs(1_800);
/// The least time between two letters.
const PAUSE: Duration = Duration::from_secs(60);
/// The most letters.
const SENDINGS: i64 = 5;
/// The most letters to addresses that are to be confirmed, of one account within [`WHOLE`]: they go to whoever is named.
const LETTERS: i64 = 10;
/// Wrong entries that void a code.
const TRIES: i64 = 3;

/// That the password was right and then the code that was sent to the verified address. Only this module makes one.
#[derive(Debug)]
pub struct CodeProof(());

/// A code that was asked for.
pub(super) struct Asked {
    /// Where it goes.
    pub(super) address: String,
    generation: u8,
    sendings: i64,
    sent: Timestamp,
    tries: i64,
    until: Timestamp,
    /// Until when further codes may be asked for.
    pub(super) ends: Timestamp,
    /// When the password that was proved before had last been changed.
    password_set: i64,
    renew: bool,
    /// Whether the login is of an app that only reads: no session that may do more comes of it.
    limited: bool,
    name: Vec<u8>,
}

impl Asked {
    pub(super) fn read(sql: &dyn Sql, purpose: CodeUse, key: SessionKey) -> Result<Option<Self>, StoreFault> {
        let rows = sql.run(
            "SELECT address, generation, sendings, sent, tries, until, ends, password_set, renew, name FROM code \
             WHERE key = ?1 AND purpose = ?2",
            &[Value::Blob(key.0.to_vec()), purpose.name().into()],
        )?;
        rows.first().map(Self::of).transpose()
    }

    fn of(row: &host::Row) -> Result<Self, StoreFault> {
        let marks = row.integer(8)?;
        Ok(Self {
            address: row.text(0)?.to_owned(),
            generation: u8::try_from(row.integer(1)?).unwrap_or_default(),
            sendings: row.integer(2)?,
            sent: row.moment(3)?,
            tries: row.integer(4)?,
            until: row.moment(5)?,
            ends: row.moment(6)?,
            password_set: row.integer(7)?,
            renew: marks & 1 != 0,
            limited: marks & 2 != 0,
            name: row.blob(9)?.to_vec(),
        })
    }
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// The password was right and the account has a verified address: the session waits for the code.
    pub(super) fn ask_code<R: CryptoRng>(
        &self,
        sql: &dyn Sql,
        rng: &mut R,
        row: &Row,
        _: PasswordProof,
        (name, renew): (NameTag, bool),
        visit: &Visit,
    ) -> Result<Reply, Fault> {
        let mut pending = [0; 32];
        rng.fill_bytes(&mut pending);
        let key = session_key(&pending);
        let address = self.code_address(row, &visit.channel).unwrap_or_default();
        let marks = i64::from(renew) + 2 * i64::from(self.house.config.is_limited(&visit.channel));
        self.begin_code(sql, CodeUse::SignIn, key, address, (row.password_set, marks, &name.0))?;
        due::purge_soon(sql, self.now)?;
        let sms = self.sms_number(row).map(mask::phone);
        self.send_code(sql, CodeUse::SignIn, key, None, Some(visit)).map(|asked| match asked {
            Reply::CodeAsked(asked) => Reply::CodeAsked(CodeAsked { pending: Some(pending), sms, ..asked }),
            reply => reply,
        })
    }

    /// Another code for a sign-in under way, to the verified address or as a text message to the confirmed number.
    pub(in crate::account) fn resend_code(&self, key: SessionKey, sms: bool, visit: &Visit) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let Some(row) = Row::read(sql)? else { return Ok(Reply::refused(Refusal::CodeGone)) };
            let number = self.sms_number(&row);
            let Some(to) = (if sms { number } else { self.code_address(&row, &visit.channel) }) else {
                return Ok(Reply::refused(Refusal::CodeGone));
            };
            self.send_code(sql, CodeUse::SignIn, key, Some(to), Some(visit)).map(|asked| match asked {
                Reply::CodeAsked(asked) => Reply::CodeAsked(CodeAsked { sms: number.map(mask::phone), ..asked }),
                reply => reply,
            })
        })
    }

    /// The number that the customer has confirmed, where the site sends text messages; one that they have not gets none.
    fn sms_number<'r>(&self, row: &'r Row) -> Option<&'r str> {
        self.house.config.sms.as_ref().and(row.phone.as_deref())
    }

    /// The code that came to the verified address: it opens the session that waited for it.
    pub(in crate::account) fn enter_code<R: CryptoRng>(
        &self,
        rng: &mut R,
        key: SessionKey,
        entered: &Secret,
        visit: &Visit,
    ) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let asked = match self.compare_code(sql, CodeUse::SignIn, key, entered)? {
                Ok(asked) => asked,
                Err(reply) => {
                    let void = matches!(&reply, Reply::CodeWrong { left: 0 });
                    if void {
                        self.note_void(sql, visit)?;
                    }
                    return Ok(reply);
                }
            };
            let same = |row: &Row| {
                row.password_set == asked.password_set
                    && (!asked.limited || self.house.config.is_limited(&visit.channel))
                    && [self.code_address(row, &visit.channel), self.sms_number(row)]
                        .contains(&Some(asked.address.as_str()))
                    && !row.refuses_passwords(&self.house.config.passkey)
            };
            let Some(mut row) = Row::read(sql)?.filter(same) else { return Ok(Reply::refused(Refusal::CodeGone)) };
            self.confirm_waiting(sql, &mut row, &asked.address, visit)?;
            let name = asked.name.first_chunk().copied().map(NameTag);
            sql.run("DELETE FROM tries WHERE name = ?1", &[Value::Blob(asked.name)])?;
            let opened = self.open_session(sql, rng, &row, Proof::Code(CodeProof(())), visit)?;
            let renew_password = asked.renew;
            let signed_in = |signed_in| Reply::SignedIn(Box::new(SignedIn { renew_password, name, ..signed_in }));
            Ok(opened.map_or_else(|refused| refused, signed_in))
        })
    }

    pub(super) fn begin_code(
        &self,
        sql: &dyn Sql,
        purpose: CodeUse,
        key: SessionKey,
        address: &str,
        (password_set, marks, name): (i64, i64, &[u8]),
    ) -> Result<(), StoreFault> {
        sql.run(
            "INSERT INTO code (key, purpose, address, generation, sendings, sent, tries, until, ends, password_set, renew, \
             name) VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0, ?4, ?5, ?6, ?7) ON CONFLICT (key) DO UPDATE SET purpose = ?2, \
             address = ?3, generation = 0, sendings = CASE WHEN ends > ?8 THEN sendings ELSE 0 END, sent = 0, tries = 0, \
             until = 0, ends = CASE WHEN ends > ?8 THEN ends ELSE ?4 END, password_set = ?5",
            &[
                Value::Blob(key.0.to_vec()),
                purpose.name().into(),
                address.into(),
                (self.now + WHOLE).into(),
                password_set.into(),
                marks.into(),
                name.into(),
                self.now.into(),
            ],
        )?;
        Ok(())
    }

    /// Writes a new code's letter into the outbox, to where the one before went or to another; that one is void from now on.
    pub(super) fn send_code(
        &self,
        sql: &dyn Sql,
        purpose: CodeUse,
        key: SessionKey,
        to: Option<&str>,
        visit: Option<&Visit>,
    ) -> Result<Reply, Fault> {
        let gone = Reply::refused(Refusal::CodeGone);
        let Some(asked) = Asked::read(sql, purpose, key)?.filter(|asked| self.now < asked.ends) else {
            return Ok(gone);
        };
        if asked.sendings >= SENDINGS {
            return Ok(gone);
        }
        if purpose == CodeUse::Address && self.address_letters(sql)? >= LETTERS {
            return Ok(Reply::Refused { refusal: Refusal::RateLimited, until: Some(self.now + WHOLE) });
        }
        let next = asked.sent + PAUSE;
        if asked.sendings > 0 && self.now < next {
            return Ok(Reply::Refused { refusal: Refusal::RateLimited, until: Some(next) });
        }
        let address = to.map_or_else(|| asked.address.clone(), str::to_owned);
        let masked = if address.contains('@') { mask::mail(&address) } else { mask::phone(&address) };
        let (generation, sending, until) = (self.house.keys.code_generation(), asked.sendings + 1, self.now + LIFE);
        sql.run(
            "UPDATE code SET generation = ?1, sendings = ?2, sent = ?3, tries = 0, until = ?4, address = ?5 WHERE key = ?6",
            &[
                i64::from(generation).into(),
                sending.into(),
                self.now.into(),
                until.into(),
                address.as_str().into(),
                Value::Blob(key.0.to_vec()),
            ],
        )?;
        let task = due::Task::Code {
            purpose: purpose.name().to_owned(),
            key,
            sending,
            generation,
            address,
            until,
            seen: visit.map(Into::into),
        };
        due::put(sql, self.now, &task)?;
        let resend = self.now + PAUSE;
        Ok(Reply::CodeAsked(CodeAsked {
            pending: None,
            at: self.now,
            masked,
            sms: None,
            unusual: false,
            passkey: false,
            until,
            resend,
        }))
    }

    /// How many letters with codes for an address were sent of late, in whichever session, to whomever.
    fn address_letters(&self, sql: &dyn Sql) -> Result<i64, StoreFault> {
        let values = [CodeUse::Address.name().into(), self.now.into()];
        let rows = sql.run("SELECT COALESCE(SUM(sendings), 0) FROM code WHERE purpose = ?1 AND ends > ?2", &values)?;
        rows.first().map_or(Ok(0), |row| row.integer(0))
    }

    /// Counts the try and compares, both in the caller's transaction; a right code is gone with it.
    pub(super) fn compare_code(
        &self,
        sql: &dyn Sql,
        purpose: CodeUse,
        key: SessionKey,
        entered: &Secret,
    ) -> Result<Result<Asked, Reply>, Fault> {
        let usable = |asked: &Asked| self.now < asked.until && asked.tries < TRIES;
        let Some(asked) = Asked::read(sql, purpose, key)?.filter(usable) else {
            return Ok(Err(Reply::refused(Refusal::CodeGone)));
        };
        let row = [Value::Blob(key.0.to_vec())];
        let code = self.house.keys.code(asked.generation, self.id, purpose, key, (asked.sendings, &asked.address));
        if code.is_some_and(|code| code == *entered) {
            // The row of an address stays, spent, until its time is over: its letters count.
            let spent = match purpose {
                CodeUse::Address => "UPDATE code SET until = 0 WHERE key = ?1",
                CodeUse::SignIn => "DELETE FROM code WHERE key = ?1",
            };
            sql.run(spent, &row)?;
            return Ok(Ok(asked));
        }
        sql.run("UPDATE code SET tries = tries + 1 WHERE key = ?1", &row)?;
        let left = u8::try_from(TRIES - asked.tries - 1).unwrap_or_default();
        Ok(Err(Reply::CodeWrong { left }))
    }

    /// A code is void after its last wrong entry: somebody has the password and not the mailbox, so its owner hears of it.
    fn note_void(&self, sql: &dyn Sql, visit: &Visit) -> Result<(), Fault> {
        self.record(sql, visit, "code", "failure")?;
        if let Some(profile) = Row::read(sql)?.and_then(|row| row.profile) {
            due::put(sql, self.now, &due::Task::Letter(Letter::code_failed(self.now, visit, &profile.lang)))?;
        }
        Ok(())
    }
}
