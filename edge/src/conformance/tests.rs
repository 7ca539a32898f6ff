//! The suite on native SQLite; and that it can fail.

use super::{CASES, Stage, play};
use crate::host::{Sql, Store, StoreFault};
use crate::memory::MemoryStore;
use sekisho_rules::Timestamp;
use sekisho_webauthn::{RingVerifier, Yielding};
use std::future::poll_fn;
use std::task::Poll;

/// A store with a way of telling its alarm.
#[derive(Default)]
struct Native<S> {
    store: S,
    verifier: Yielding<RingVerifier>,
}

trait Alarmed {
    fn ringing_at(&self) -> Option<Timestamp>;
}

impl Alarmed for MemoryStore {
    fn ringing_at(&self) -> Option<Timestamp> {
        self.alarm()
    }
}

impl<S: Store + Alarmed> Stage for Native<S> {
    type Store = S;
    type Verifier = Yielding<RingVerifier>;

    fn store(&self) -> &S {
        &self.store
    }

    fn verifier(&self) -> &Yielding<RingVerifier> {
        &self.verifier
    }

    async fn turn(&self) {
        let mut yielded = false;
        poll_fn(|context| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    async fn alarm(&self) -> Option<Timestamp> {
        self.store.ringing_at()
    }
}

/// A store that keeps what a failed transaction wrote.
#[derive(Default)]
struct Forgiving(MemoryStore);

impl Store for Forgiving {
    fn transaction<T, E: From<StoreFault>>(&self, work: impl FnOnce(&dyn Sql) -> Result<T, E>) -> Result<T, E> {
        let kept = self.0.transaction(|sql| Ok::<_, StoreFault>(work(sql)));
        kept?
    }
}

impl Alarmed for Forgiving {
    fn ringing_at(&self) -> Option<Timestamp> {
        self.0.alarm()
    }
}

#[test]
fn native_sqlite_stands_every_case() {
    let native = Native::<MemoryStore>::default();
    let faults: Vec<String> = CASES
        .iter()
        .filter_map(|case| pollster::block_on(play(&native, case)).err().map(|fault| format!("{case}: {fault}")))
        .collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn a_store_that_does_not_roll_back_is_found_out() {
    let forgiving = Native::<Forgiving>::default();
    let case = "storage/a failed transaction undoes rows and alarm";
    assert!(pollster::block_on(play(&forgiving, case)).is_err());
}

#[test]
fn an_unknown_case_is_no_success() {
    assert!(pollster::block_on(play(&Native::<MemoryStore>::default(), "openings/none")).is_err());
}
