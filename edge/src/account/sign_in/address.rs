//! The verified address: confirmed by a code that went there, changed in the same way, and the change stopped from the
//! address before it.
//!
//! Who takes a mailbox's place takes the account's codes, so a change asks for a fresh proof of two factors where an address
//! is confirmed already, is told to both addresses, and can be stopped for three days by a number that only the letter to the
//! old one holds. No link leads there.

use super::super::session::Kept;
use super::super::{Fault, Profile, Reply, Room, Row, SessionKey, Visit, due};
use super::code::Asked;
use crate::host::{Outside, Sql, Store, Value};
use crate::keys::CodeUse;
use crate::name::NameTag;
use crate::notice::address::same;
use crate::notice::{Letter, Matter, Seen, mobile};
use sekisho_rules::{Amr, Refusal, Secret, mask};
use std::time::Duration;

/// How long a change can be stopped. Passkeys that were made within the same time before it are undone with it.
pub(in crate::account) const STOPPABLE: Duration = Duration::from_secs(72 * 3_600);

/// The most text messages of one account within [`DAY`] to numbers that are to be confirmed: each costs the site money, and
/// rings for whoever is named.
const TEXTS: i64 = 3;
const DAY: Duration = Duration::from_secs(24 * 3_600);

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// A code for the contact address, while none is verified, or for another address under a fresh proof, or for a mobile
    /// number under one of two factors; a second call sends another.
    pub(in crate::account) fn begin_address(&self, key: SessionKey, address: Option<&str>) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            let known = Ok(Reply::refused(Refusal::AddressKnown));
            let Some(profile) = &row.profile else { return known };
            if let Some(number) = address.filter(|address| !address.contains('@')) {
                let number = if number.is_empty() { &profile.phone } else { number };
                let number = mobile(number).filter(|number| row.phone.as_deref() != Some(number));
                let Some(number) = number.filter(|_| self.house.config.sms.is_some()) else { return known };
                // Codes of logins go there: who has the password alone names none.
                if !has_two(&kept) || !self.may_change_address(sql, &kept, &row)? {
                    return Ok(Reply::refused(Refusal::InsufficientAuthentication));
                }
                let today = [self.now.into(), TEXTS.into()];
                let spent =
                    sql.run("SELECT texts_until FROM account WHERE texts_until > ?1 AND texts >= ?2", &today)?;
                if let Some(spent) = spent.first() {
                    return Ok(Reply::Refused { refusal: Refusal::RateLimited, until: Some(spent.moment(0)?) });
                }
                let reply = self.ask_address(sql, key, number, row.password_set)?;
                if matches!(reply, Reply::CodeAsked(_)) {
                    sql.run(
                        "UPDATE account SET texts = CASE WHEN texts_until > ?1 THEN texts + 1 ELSE 1 END, \
                         texts_until = CASE WHEN texts_until > ?1 THEN texts_until ELSE ?2 END",
                        &[self.now.into(), (self.now + DAY).into()],
                    )?;
                }
                return Ok(reply);
            }
            let other = address.filter(|new| row.verified.is_some() || !same(new, &profile.mail));
            match (other, &row.verified) {
                (None, Some(_)) => return known,
                (Some(new), Some(old)) if same(new, old) => return known,
                // A suspected login names no address, not even the contact's: what it confirms would prove the next one.
                (None, _) if self.is_doubtful(sql, &kept)? => {
                    return Ok(Reply::refused(Refusal::InsufficientAuthentication));
                }
                (Some(_), _) if !self.may_change_address(sql, &kept, &row)? => {
                    return Ok(Reply::refused(Refusal::InsufficientAuthentication));
                }
                _ => {}
            }
            self.ask_address(sql, key, other.unwrap_or(&profile.mail), row.password_set)
        })
    }

    /// Sends a code to an address or a number that is to be confirmed.
    fn ask_address(&self, sql: &dyn Sql, key: SessionKey, address: &str, password_set: i64) -> Result<Reply, Fault> {
        match Asked::read(sql, CodeUse::Address, key)?.filter(|asked| self.now < asked.ends) {
            // The letters are counted on, whoever they go to.
            Some(asked) if asked.address != address => {
                let values = [address.into(), Value::Blob(key.0.to_vec())];
                sql.run("UPDATE code SET address = ?1, until = 0 WHERE key = ?2", &values)?;
            }
            Some(_) => {}
            None => {
                self.begin_code(sql, CodeUse::Address, key, address, (password_set, 0, &[]))?;
                due::purge_soon(sql, self.now)?;
            }
        }
        self.send_code(sql, CodeUse::Address, key, None, None)
    }

    /// The customer is asked again when the time is over that the site gives for it. A suspected login silences nothing.
    pub(in crate::account) fn put_off_address(&self, key: SessionKey) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, _| {
            if self.is_doubtful(sql, &kept)? {
                return Ok(Reply::Done);
            }
            let until = self.now + self.house.config.login.ask_address.put_off;
            sql.run("UPDATE account SET address_later = ?1", &[until.into()])?;
            Ok(Reply::Done)
        })
    }

    /// Whether a session may give another address than the customer's own: a proof of the last minutes, and two factors
    /// where there is a second one to ask for.
    fn may_change_address(&self, sql: &dyn Sql, kept: &Kept, row: &Row) -> Result<bool, Fault> {
        let fresh = self.now - kept.auth_time() <= self.house.config.passkey.fresh;
        let factors = row.verified.is_none() || has_two(kept);
        Ok(fresh && factors && self.may_change(sql, kept, row)?)
    }

    /// The code that came to the address: from now on it is the verified one, and the one before it hears of it.
    pub(in crate::account) fn confirm_address(&self, key: SessionKey, entered: &Secret) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            let asked = match self.compare_code(sql, CodeUse::Address, key, entered)? {
                Ok(asked) => asked,
                Err(reply) => return Ok(reply),
            };
            let Some(profile) = &row.profile else { return Ok(Reply::refused(Refusal::CodeGone)) };
            if !asked.address.contains('@') {
                if row.phone.as_ref().is_some_and(|before| *before != asked.address) {
                    self.end_others(sql, key)?;
                }
                return self.confirm_number(sql, &kept, &row, profile, &asked.address);
            }
            if row.verified.as_ref().is_some_and(|before| !same(before, &asked.address)) {
                self.end_others(sql, key)?;
            }
            sql.run("UPDATE account SET verified = ?1", &[asked.address.as_str().into()])?;
            sql.run("UPDATE address_change SET new = NULL", &[])?;
            let letter = Letter::address_verified(self.now, &profile.lang).seen(kept.seen());
            due::put(sql, self.now, &due::Task::Letter(letter))?;
            self.tell_changed(sql, &row, profile, &asked.address, kept.seen())?;
            Ok(Reply::Done)
        })
    }

    /// Tells the address before, where that is another, that `new` is the verified one now, with the number that stops it.
    pub(super) fn tell_changed(
        &self,
        sql: &dyn Sql,
        row: &Row,
        profile: &Profile,
        new: &str,
        seen: Seen,
    ) -> Result<(), Fault> {
        if same(row.verified.as_ref().unwrap_or(&profile.mail), new) {
            return Ok(());
        }
        let letter = Letter::new(self.now, &profile.lang, Matter::AddressChanged(mask::mail(new))).seen(seen);
        self.tell_before(sql, row, profile, letter, (new, false))
    }

    /// From now on codes may go to the number; both addresses hear of it.
    fn confirm_number(
        &self,
        sql: &dyn Sql,
        kept: &Kept,
        row: &Row,
        profile: &Profile,
        number: &str,
    ) -> Result<Reply, Fault> {
        sql.run("UPDATE account SET phone = ?1", &[number.into()])?;
        self.tell_number(sql, kept, row, profile, Matter::NumberVerified(mask::phone(number)))
    }

    /// The customer takes the confirmed number back, under the proof that confirming one asks for.
    pub(in crate::account) fn remove_number(&self, key: SessionKey) -> Result<Reply, Fault> {
        self.within(key, |sql, kept, row| {
            if !has_two(&kept) || !self.may_change_address(sql, &kept, &row)? {
                return Ok(Reply::refused(Refusal::InsufficientAuthentication));
            }
            let (Some(profile), Some(number)) = (&row.profile, &row.phone) else { return Ok(Reply::Done) };
            sql.run("UPDATE account SET phone = NULL", &[])?;
            self.end_others(sql, key)?;
            self.tell_number(sql, &kept, &row, profile, Matter::NumberRemoved(mask::phone(number)))
        })
    }

    /// Tells both addresses what became of the number.
    fn tell_number(
        &self,
        sql: &dyn Sql,
        kept: &Kept,
        row: &Row,
        profile: &Profile,
        matter: Matter,
    ) -> Result<Reply, Fault> {
        let letter = Letter::new(self.now, &profile.lang, matter).seen(kept.seen());
        if row.verified.as_ref().is_some_and(|verified| !same(verified, &profile.mail)) {
            let (letter, address) = (letter.clone(), profile.mail.clone());
            due::put(sql, self.now, &due::Task::LetterTo { letter, address, change: None })?;
        }
        due::put(sql, self.now, &due::Task::Letter(letter))?;
        Ok(Reply::Done)
    }

    /// Tells the address before the new one, with the number that stops the change, and the contact address without. Where the
    /// new one `waits` for its code, it is kept beside.
    pub(super) fn tell_before(
        &self,
        sql: &dyn Sql,
        row: &Row,
        profile: &Profile,
        letter: Letter,
        (new, waits): (&str, bool),
    ) -> Result<(), Fault> {
        let before = row.verified.as_ref().unwrap_or(&profile.mail);
        let generation = self.house.keys.code_generation();
        let made = sql.run(
            "INSERT INTO address_change (at, old, generation, new) VALUES (?1, ?2, ?3, ?4) RETURNING id",
            &[
                self.now.into(),
                row.verified.as_deref().into(),
                i64::from(generation).into(),
                waits.then_some(new).into(),
            ],
        )?;
        let change = made.first().map(|made| made.integer(0)).transpose()?.map(|id| (id, generation));
        if !same(&profile.mail, before) && !same(&profile.mail, new) {
            let (letter, address) = (letter.clone(), profile.mail.clone());
            due::put(sql, self.now, &due::Task::LetterTo { letter, address, change: None })?;
        }
        due::put(sql, self.now, &due::Task::LetterTo { letter, address: before.clone(), change })
    }

    /// Stops a change by its number. An unknown name runs this on a decoy: the same statements, and no number is right.
    pub(in crate::account) fn stop_address(
        &self,
        bucket: NameTag,
        entered: &Secret,
        visit: &Visit,
    ) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            // Held or not, the number is compared: twelve digits are not guessed in 72 hours, and who changed the address
            // must not keep its owner from stopping that by trying wrong ones.
            let held = self.count(sql, bucket)?.err();
            due::purge_soon(sql, self.now)?;
            let row = Row::read(sql)?;
            let since = self.now - STOPPABLE;
            let changes = sql
                .run("SELECT id, generation, at, old FROM address_change WHERE at > ?1 ORDER BY id", &[since.into()])?;
            for change in &changes {
                let (id, at) = (change.integer(0)?, change.moment(2)?);
                let generation = u8::try_from(change.integer(1)?).unwrap_or_default();
                let number = self.house.keys.stop_number(generation, self.id, id);
                if number.is_some_and(|number| number == *entered) {
                    sql.run("DELETE FROM tries WHERE name = ?1", &[Value::Blob(bucket.0.to_vec())])?;
                    let old = if change.is_null(3) { Value::Null } else { change.text(3)?.into() };
                    self.undo_change(sql, (id, old))?;
                    sql.run("DELETE FROM credential WHERE created > ?1", &[(at - STOPPABLE).into()])?;
                    // Who is left without a passkey is let in by the desk, and then by password.
                    sql.run(
                        "UPDATE account SET passkey_only = MIN(passkey_only, (SELECT COUNT(*) FROM credential))",
                        &[],
                    )?;
                    if let Some(profile) = row.and_then(|row| row.profile) {
                        let letter = Letter::new(self.now, &profile.lang, Matter::AddressStopped).seen(visit);
                        due::put(sql, self.now, &due::Task::Letter(letter))?;
                    }
                    return Ok(Reply::Done);
                }
            }
            Ok(held.map_or(Reply::refused(Refusal::StopUnknown), |until| Reply::Refused {
                refusal: Refusal::RateLimited,
                until: Some(until),
            }))
        })
    }

    /// The address before the change counts again, what came after it is void, and nothing opens the account but an older
    /// passkey.
    fn undo_change(&self, sql: &dyn Sql, (id, old): (i64, Value)) -> Result<(), Fault> {
        sql.run("UPDATE account SET verified = ?1", &[old])?;
        sql.run("DELETE FROM address_change WHERE id >= ?1", &[id.into()])?;
        self.shut(sql, "stop")
    }
}

/// Whether a session has shown two factors.
fn has_two(kept: &Kept) -> bool {
    kept.amr().contains(Amr::PASSKEY) || kept.amr().contains(Amr::CODE)
}
