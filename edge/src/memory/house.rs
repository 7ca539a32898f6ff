//! The objects that are the house's own, not a customer's: the shards and their sum, staff's, and what is published.

use super::{Memory, MemoryStore};
use crate::crowd::{self, Shard};
use crate::host::{Crowds, Published, Staffs, Store as _, Unreached};
use crate::staff;
use std::rc::Rc;

impl Memory {
    /// Rings the alarms of the shards and of the sum that are due, shards first, until none is.
    ///
    /// # Errors
    /// The first fault of one.
    pub fn ring_crowds(&self) -> Result<(), crowd::Fault> {
        let ringing = |store: &MemoryStore| store.alarm().is_some_and(|at| at <= self.now());
        loop {
            let due = {
                let all = self.crowds.borrow();
                all.iter().find(|(_, store)| ringing(store)).map(|(shard, store)| (*shard, Rc::clone(store)))
            };
            let Some((shard, store)) = due else { return Ok(()) };
            store.transaction(|sql| sql.wake(None))?;
            pollster::block_on(crowd::due(&self.house, store.as_ref(), self, self.now(), shard))?;
        }
    }

    /// Rings the alarm of staff's object, if it is due.
    ///
    /// # Errors
    /// The object's own.
    pub fn ring_staff(&self) -> Result<(), staff::Fault> {
        if self.staff.alarm().is_none_or(|at| at > self.now()) {
            return Ok(());
        }
        self.staff.transaction(|sql| sql.wake(None))?;
        pollster::block_on(staff::due(&self.house, self.staff.as_ref(), self, self.now()))
    }

    /// Makes staff's object unreachable, or reachable again.
    pub fn staff_broken(&self, broken: bool) {
        self.staff_broken.set(broken);
    }

    /// The store of staff's object.
    #[cfg(test)]
    pub fn staff_store(&self) -> &MemoryStore {
        &self.staff
    }

    /// The weight of all networks in all shards, in thousandths of logins.
    #[cfg(test)]
    pub fn crowd_weight(&self) -> i64 {
        let of = |store: &Rc<MemoryStore>| {
            let rows = store.transaction::<_, crate::host::StoreFault>(|sql| {
                sql.run("SELECT COALESCE(SUM(weight), 0) FROM value WHERE feature = 3", &[])
            });
            rows.ok().and_then(|rows| rows.first()?.integer(0).ok()).unwrap_or_default()
        };
        self.crowds.borrow().values().map(of).sum()
    }

    /// What is published under `name`, to look at or to put something else in its place.
    pub fn published_mut(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.published.borrow_mut().entry(name.to_owned()).or_default());
    }
}

impl Crowds for Memory {
    async fn crowd(&self, shard: Shard, command: String) -> Result<String, Unreached> {
        self.call("crowd")?;
        let store = Rc::clone(self.crowds.borrow_mut().entry(shard).or_default());
        crowd::obey(&self.house, store.as_ref(), self.now(), &command).map_err(|fault| Unreached(fault.to_string()))
    }
}

impl Staffs for Memory {
    async fn staff(&self, command: String) -> Result<String, Unreached> {
        self.call("staff")?;
        if self.staff_broken.get() {
            return Err(Unreached("staff are cut off".into()));
        }
        let mut rng = self.fork();
        let reply = staff::obey(&self.house, self.staff.as_ref(), self, self.now(), &mut rng, &command).await;
        reply.map_err(|fault| Unreached(fault.to_string()))
    }
}

impl Published for Memory {
    async fn published(&self, name: &str) -> Result<Option<Vec<u8>>, Unreached> {
        Ok(self.published.borrow().get(name).cloned())
    }

    async fn publish(&self, name: &str, bytes: &[u8]) -> Result<(), Unreached> {
        self.published.borrow_mut().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}
