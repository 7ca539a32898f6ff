//! A mail address that the desk writes down for a customer whose identity it has seen to.
//!
//! The desk's word alone makes no address the verified one. The code of the next login by password goes there, whatever the
//! site asks of others, and that code confirms it: who the desk has known, the password, and the mailbox, all three. So a slip
//! of the pen sends no stranger a code for long, and who talks the desk into it still lacks the password. The address before
//! hears of it at once, with the number that stops it; what nobody has confirmed is forgotten when that number is. What somebody
//! has is told there again, with a number of its own and all of its time.

use super::super::{Fault, Reply, Room, Row, Visit, due};
use super::STOPPABLE;
use super::held::void_codes;
use crate::host::{Outside, Sql, Store};
use crate::notice::address::same;
use crate::notice::{Letter, Matter};
use sekisho_rules::{Refusal, Timestamp, mask};

impl Row {
    /// Until when the address that the desk has written down waits for its code.
    pub(in crate::account) fn waits_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.written_down.as_ref().map(|(_, at)| *at + STOPPABLE).filter(|until| now < *until)
    }

    /// The address that the desk has written down, while it waits.
    pub(in crate::account) fn waiting_address(&self, now: Timestamp) -> Option<&str> {
        self.waits_until(now)?;
        self.written_down.as_ref().map(|(address, _)| address.as_str())
    }
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Where the code of a login by `channel` goes: to the address that waits for one, else to the verified one. By a channel that
    /// only reads always there: an app confirms no address.
    pub(super) fn code_address<'r>(&self, row: &'r Row, channel: &str) -> Option<&'r str> {
        let waiting = row.waiting_address(self.now).filter(|_| !self.house.config.is_limited(channel));
        waiting.or(row.verified.as_deref())
    }

    /// Writes an address down. One waits at a time, and no code that went elsewhere is good any more.
    pub(in crate::account) fn write_down_address(&self, address: &str) -> Result<Reply, Fault> {
        self.store.transaction(|sql| {
            let Some(row) = Row::read(sql)? else { return Ok(Reply::refused(Refusal::NotFound)) };
            // Nobody's name is known of one who has never logged in, nor where to tell them.
            let Some(profile) = &row.profile else { return Ok(Reply::refused(Refusal::NotFound)) };
            if row.verified.as_ref().is_some_and(|verified| same(verified, address)) {
                return Ok(Reply::refused(Refusal::AddressKnown));
            }
            sql.run("UPDATE address_change SET new = NULL", &[])?;
            void_codes(sql)?;
            let letter = Letter::new(self.now, &profile.lang, Matter::AddressByDesk(mask::mail(address)));
            self.tell_before(sql, &row, profile, letter, (address, true))?;
            due::purge_soon(sql, self.now)?;
            Ok(Reply::Done)
        })
    }

    /// The code that came back had gone to `address`: where that is the one that waited, it is the verified one from now on, and
    /// every session of before is over.
    pub(super) fn confirm_waiting(
        &self,
        sql: &dyn Sql,
        row: &mut Row,
        address: &str,
        visit: &Visit,
    ) -> Result<(), Fault> {
        if row.waiting_address(self.now) != Some(address) {
            return Ok(());
        }
        sql.run("UPDATE session SET ended = 'changed' WHERE ended IS NULL", &[])?;
        sql.run("UPDATE account SET verified = ?1", &[address.into()])?;
        sql.run("UPDATE address_change SET new = NULL", &[])?;
        // It may have waited for nearly as long as the desk's word can be stopped; now that codes go there it can for as long again.
        if let Some(profile) = &row.profile {
            self.tell_changed(sql, row, profile, address, visit.into())?;
        }
        row.verified = Some(address.to_owned());
        self.tell(sql, row, |lang| Letter::address_verified(self.now, lang).seen(visit))
    }
}
