//! Opening: made in the state `opening`, open once its name is confirmed, gone by itself where that never comes.

use super::{Fault, Profile, Reply, Room, Row, State, due, password};
use crate::host::{Outside, Store};
use crate::name::{self, NameTag};
use crate::notice::Letter;
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Secret};

/// What an opening brings.
pub(super) struct Opening {
    pub name: NameTag,
    pub customer: String,
    pub receipt: String,
    pub profile: Box<Profile>,
    pub password: Secret,
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// check: ask whether the password is known to be breached, hash it. finish: write the account with its lapse, unless this opening already stands.
    pub(super) async fn open<R: CryptoRng>(&self, rng: &mut R, opening: Opening) -> Result<Reply, Fault> {
        if let Some(breached) = self.breached(&opening.password).await {
            return Ok(Reply::PasswordRefused(vec![breached]));
        }
        let hash = password::hash(self.house.config.password, rng, &opening.password)?;
        let profile = serde_json::to_string(&opening.profile)?;
        self.store.transaction(|sql| {
            let standing = sql.run("SELECT receipt FROM account", &[])?;
            if let Some(row) = standing.first() {
                let same = !row.is_null(0) && row.text(0)? == opening.receipt;
                // Ids are random, but for the one of an opening whose attempt was used before.
                return if same { Ok(Reply::Done) } else { Err(Fault::Refused(Refusal::AttemptGone)) };
            }
            sql.run(
                "INSERT INTO account (one, state, customer, receipt, profile, password, opened) \
                 VALUES (1, 'opening', ?1, ?2, ?3, ?4, ?5)",
                &[
                    opening.customer.as_str().into(),
                    opening.receipt.as_str().into(),
                    profile.as_str().into(),
                    hash.as_str().into(),
                    self.now.into(),
                ],
            )?;
            due::put(sql, self.now + name::RESERVATION, &due::Task::Lapse { name: opening.name })?;
            Ok(Reply::Done)
        })
    }

    /// The name is confirmed: open, and the origin and the customer hear of it.
    pub(super) fn activate(&self) -> Result<Reply, Fault> {
        self.store.transaction(|sql| match Row::read(sql)? {
            Some(row) => {
                self.activate_row(sql, &row)?;
                Ok(Reply::Done)
            }
            None => Err(Fault::Refused(Refusal::Unavailable)),
        })
    }

    /// Opens a row that is still `opening`; a sign-in through its confirmed name does the same as [`Room::activate`].
    pub(super) fn activate_row(&self, sql: &dyn crate::host::Sql, row: &Row) -> Result<(), Fault> {
        if row.state == State::Open {
            return Ok(());
        }
        sql.run("UPDATE account SET state = 'open'", &[])?;
        due::drop_lapse(sql)?;
        if let Some(profile) = &row.profile {
            if self.house.config.events.is_some() {
                due::put(sql, self.now, &due::Task::Opened { at: self.now })?;
            }
            due::put(sql, self.now, &due::Task::Letter(Letter::opened(self.now, &row.customer, &profile.lang)))?;
        }
        Ok(())
    }

    /// An account whose password the origin holds; it is open at once.
    pub(super) fn import(&self, customer: &str) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            if Row::read(sql)?.is_some() {
                return Ok(Reply::Imported(false));
            }
            sql.run(
                "INSERT INTO account (one, state, customer, opened) VALUES (1, 'open', ?1, ?2)",
                &[customer.into(), self.now.into()],
            )?;
            Ok(Reply::Imported(true))
        })
    }
}
