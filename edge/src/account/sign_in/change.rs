//! A new password: the current one or a fresh passkey proves it, the rules bind it, and every other session ends with it.

use super::super::reply::Complaint;
use super::super::session::Proof;
use super::super::{Attempt, Fault, Profile, Reply, Room, Row, SessionKey, due};
use super::password::{self, PasswordProof};
use crate::host::{Outside, Sql, Store, Value};
use crate::name::NameTag;
use crate::notice::Letter;
use rand_core::CryptoRng;
use sekisho_rules::password::{Data, Profile as Rule, check};
use sekisho_rules::{Amr, Person, Refusal, Secret};

/// The bucket of tries for the current password within a session; no name's HMAC is this.
const BUCKET: NameTag = NameTag([0; 32]);

/// Whether `password` may be set under `rules` by who `profile` is, and why not.
pub(crate) fn complaints(rules: &Rule, password: &Secret, profile: Option<&Profile>) -> Vec<Complaint> {
    let person = profile.map(Profile::person).unwrap_or_default();
    let found = check(password.expose(), rules, &person, Data::embedded());
    if !found.refused() {
        return Vec::new();
    }
    let complaint = |finding: &sekisho_rules::password::Finding| Complaint {
        code: finding.complaint.code().to_owned(),
        severity: finding.severity.code().to_owned(),
    };
    found.findings.iter().map(complaint).collect()
}

impl Profile {
    /// What a password must not be guessed from.
    pub(crate) fn person(&self) -> Person {
        let some = |text: &String| Some(text.clone());
        Person {
            family: some(&self.family),
            given: some(&self.given),
            family_kana: some(&self.family_kana),
            given_kana: some(&self.given_kana),
            birthday: Person::birthday_of(&self.birthday),
            phone: some(&self.phone),
            postal: some(&self.postal),
            account_number: None,
            mail: some(&self.mail),
        }
    }
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// begin: the try is counted, or the passkey's proof found fresh. check: compare and hash. finish: everything is read
    /// again; the password, the end of the other sessions and the letter are one transaction.
    pub(in crate::account) async fn change_password<R: CryptoRng>(
        &self,
        rng: &mut R,
        key: SessionKey,
        current: Option<&Secret>,
        new: &Secret,
        attempt: Option<&Attempt>,
    ) -> Result<Reply, Fault> {
        let begun = self.store.transaction(|sql| {
            self.take_attempt(sql, attempt)?;
            let (kept, row) = match self.live(sql, key)? {
                Ok(live) => live,
                Err(standing) => return Ok(Err(Reply::Gone(standing))),
            };
            let fresh = self.now - kept.auth_time() <= self.house.config.passkey.fresh;
            match current {
                Some(_) => {
                    if !self.may_change(sql, &kept, &row)? {
                        return Ok(Err(Reply::refused(Refusal::InsufficientAuthentication)));
                    }
                    if let Err(until) = self.count_try(sql, BUCKET, Some(kept.seen()))? {
                        return Ok(Err(Reply::Refused { refusal: Refusal::Locked, until: Some(until) }));
                    }
                }
                None if fresh && kept.amr().contains(Amr::PASSKEY) => {}
                None => return Ok(Err(Reply::refused(Refusal::InsufficientAuthentication))),
            }
            Ok::<_, Fault>(Ok(row))
        })?;
        let row = match begun {
            Ok(row) => row,
            Err(reply) => return Ok(reply),
        };
        let proof = match current {
            Some(current) => match password::verify(self.house.config.password, row.password.as_deref(), current) {
                Some(proof) => Some(proof),
                None => return Ok(Reply::refused(Refusal::PasswordWrong)),
            },
            None => None,
        };
        let rules = &self.house.config.password.rules;
        let found = complaints(rules, new, row.profile.as_ref());
        if !found.is_empty() {
            return Ok(Reply::PasswordRefused(found));
        }
        if current.is_some_and(|current| current == new) {
            let same = Complaint { code: "unchanged".to_owned(), severity: "refuse".to_owned() };
            return Ok(Reply::PasswordRefused(vec![same]));
        }
        if let Some(breached) = self.breached(new).await {
            return Ok(Reply::PasswordRefused(vec![breached]));
        }
        let hash = password::hash(self.house.config.password, rng, new)?;
        self.store.transaction(|sql| self.set_password(sql, rng, key, &row, proof, &hash))
    }

    fn set_password<R: CryptoRng>(
        &self,
        sql: &dyn Sql,
        rng: &mut R,
        key: SessionKey,
        before: &Row,
        proof: Option<PasswordProof>,
        hash: &str,
    ) -> Result<Reply, Fault> {
        let (kept, row) = match self.live(sql, key)? {
            Ok(live) => live,
            Err(standing) => return Ok(Reply::Gone(standing)),
        };
        if row.password != before.password {
            return Ok(Reply::refused(Refusal::PasswordWrong));
        }
        sql.run("UPDATE account SET password = ?1, password_set = ?2", &[hash.into(), self.now.into()])?;
        sql.run("DELETE FROM tries WHERE name = ?1", &[Value::Blob(BUCKET.0.to_vec())])?;
        // What was proved by the old password proves nothing any more.
        sql.run("DELETE FROM code WHERE purpose = 'sign-in'", &[])?;
        super::judge::forget_devices(sql)?;
        self.end_others(sql, key)?;
        if let Some(profile) = &row.profile {
            let letter = Letter::password_changed(self.now, &profile.lang).seen(kept.seen());
            due::put(sql, self.now, &due::Task::Letter(letter))?;
        }
        match proof {
            Some(proof) => self.raise_session(sql, rng, key, Proof::Password(proof)),
            None => Ok(Reply::Session(kept.state(&row.customer))),
        }
    }
}
