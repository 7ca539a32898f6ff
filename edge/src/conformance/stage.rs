//! What the suite is played on: a store of the platform, its verifier, its way of giving others a turn; and the suite's
//! own stand-in for the world outside, where the origin and the mail API are.

use crate::House;
use crate::account::{self, AccountId, Command, Fault, Reply};
use crate::crowd::Shard;
use crate::host::{
    Accounts, Crowds, Dial, Journal, MailSigner, Meter, Names, Networks, NoLine, Outgoing, Outside, Pause, Published,
    Signer, Staffs, Store, Unicode, Unreached, Value,
};
use crate::keys::{JwtKey, MailKey};
use crate::name::{self, NameTag};
use crate::network::{self, PrefixTag};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;
use sekisho_rules::Timestamp;
use sekisho_webauthn::Verifier;
use std::cell::{Cell, RefCell};
use std::time::Duration;

/// What a platform brings to be tested.
pub trait Stage {
    /// Its store. The suite empties it before each case.
    type Store: Store;
    /// Its verifier, which must give way at least once before it answers.
    type Verifier: Verifier;
    /// The store.
    fn store(&self) -> &Self::Store;
    /// The verifier.
    fn verifier(&self) -> &Self::Verifier;
    /// Lets everything else on this thread go on before it returns.
    async fn turn(&self);
    /// When the store's alarm will ring.
    async fn alarm(&self) -> Option<Timestamp>;
}

/// The moment at which every case begins: so far off that no real alarm rings while a case is played.
pub const START: Timestamp = Timestamp::from_millis(4_000_000_000_000);

/// One case under way: a house, one account's object and one name's on one store, and the world outside.
pub struct Play<'a, T> {
    /// The platform.
    pub stage: &'a T,
    /// The house.
    pub house: House,
    /// The moment that objects stamp.
    pub now: Cell<Timestamp>,
    /// What the house sent out: the idempotency key, or empty, and the body.
    pub sent: RefCell<Vec<(String, String)>>,
    /// How many sendings from now on fail.
    pub broken: Cell<u32>,
    /// The account that was opened last; [`super::setting::ACCOUNT`] before that.
    id: Cell<AccountId>,
    seed: Cell<u8>,
}

impl<'a, T: Stage> Play<'a, T> {
    /// A fresh house over an emptied store.
    ///
    /// # Errors
    /// Where the store refuses, or the suite's settings do not make a house.
    pub fn begin(stage: &'a T) -> Result<Self, String> {
        let house = super::setting::house()?;
        empty(stage.store())?;
        let (sent, now, id) = (RefCell::default(), Cell::new(START), Cell::new(super::setting::ACCOUNT));
        Ok(Self { stage, house, now, sent, broken: Cell::new(0), id, seed: Cell::new(0) })
    }

    /// A generator that no other call of this case has.
    pub fn rng(&self) -> ChaCha20Rng {
        self.seed.set(self.seed.get().wrapping_add(1));
        ChaCha20Rng::from_seed([self.seed.get(); 32])
    }

    /// Gives `command` to the account.
    ///
    /// # Errors
    /// The account's own.
    pub async fn tell(&self, command: Command) -> Result<Reply, Fault> {
        let (store, mut rng) = (self.stage.store(), self.rng());
        account::obey(&self.house, store, self, self.now.get(), &mut rng, self.id.get(), command).await
    }

    /// Rings the alarm as often as something is due.
    ///
    /// # Errors
    /// The account's own.
    pub async fn ring(&self) -> Result<(), Fault> {
        while self.stage.alarm().await.is_some_and(|at| at <= self.now.get()) {
            let store = self.stage.store();
            account::due(&self.house, store, self, self.now.get(), self.id.get()).await?;
        }
        Ok(())
    }

    /// The account that was opened last.
    pub fn id(&self) -> AccountId {
        self.id.get()
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    /// How many rows `table` has where `condition` holds.
    ///
    /// # Errors
    /// The store's own.
    pub fn count(&self, table: &str, condition: &str) -> Result<i64, String> {
        let statement = format!("SELECT COUNT(*) FROM {table} WHERE {condition}");
        let rows = self.stage.store().transaction(|sql| sql.run(&statement, &[])).map_err(|fault| fault.to_string())?;
        rows.first().ok_or("no count")?.integer(0).map_err(|fault| fault.to_string())
    }
}

/// Takes every table and the alarm away.
fn empty<S: Store>(store: &S) -> Result<(), String> {
    let emptied = store.transaction(|sql| {
        // The platform keeps tables of its own under `_cf_`.
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
                      AND substr(name, 1, 4) <> '_cf_'";
        for row in sql.run(tables, &[])? {
            sql.run(&format!("DROP TABLE {}", row.text(0)?), &[])?;
        }
        sql.wake(None)
    });
    emptied.map_err(|fault: crate::host::StoreFault| fault.to_string())
}

impl<T: Stage> Accounts for Play<'_, T> {
    async fn account(&self, account: AccountId, command: Command) -> Result<Reply, Unreached> {
        self.stage.turn().await;
        if matches!(command, Command::Open { .. }) {
            self.id.set(account);
        }
        let (store, mut rng) = (self.stage.store(), self.rng());
        let reply = account::obey(&self.house, store, self, self.now.get(), &mut rng, account, command).await;
        self.stage.turn().await;
        reply.map_err(|fault| Unreached(fault.to_string()))
    }
}

impl<T: Stage> Names for Play<'_, T> {
    async fn name(&self, _: NameTag, command: name::Command) -> Result<name::Reply, Unreached> {
        self.stage.turn().await;
        let reply = name::obey(self.stage.store(), self.now.get(), &command);
        self.stage.turn().await;
        reply.map_err(|fault| Unreached(fault.to_string()))
    }
}

impl<T: Stage> Networks for Play<'_, T> {
    async fn network(&self, _: PrefixTag, command: network::Command) -> Result<network::Reply, Unreached> {
        self.stage.turn().await;
        let reply = network::obey(self.stage.store(), self.now.get(), 1, &command);
        self.stage.turn().await;
        reply.map_err(|fault| Unreached(fault.to_string()))
    }
}

impl<T: Stage> Crowds for Play<'_, T> {
    /// The suite is about one customer: nobody counts it.
    async fn crowd(&self, _: Shard, _: String) -> Result<String, Unreached> {
        self.stage.turn().await;
        Ok(String::new())
    }
}

impl<T: Stage> Staffs for Play<'_, T> {
    async fn staff(&self, _: String) -> Result<String, Unreached> {
        Err(Unreached("the suite has no staff".into()))
    }
}

impl<T: Stage> Published for Play<'_, T> {
    async fn published(&self, _: &str) -> Result<Option<Vec<u8>>, Unreached> {
        Ok(None)
    }

    async fn publish(&self, _: &str, _: &[u8]) -> Result<(), Unreached> {
        Err(Unreached("nothing in the suite is published".into()))
    }
}

impl<T: Stage> Outgoing for Play<'_, T> {
    async fn send(&self, request: http::Request<Vec<u8>>, _: Duration) -> Result<http::Response<Vec<u8>>, Unreached> {
        self.stage.turn().await;
        let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
        let body = String::from_utf8_lossy(request.body()).into_owned();
        self.sent.borrow_mut().push((key.to_owned(), body));
        self.stage.turn().await;
        if self.broken.get() > 0 {
            self.broken.set(self.broken.get() - 1);
            return Err(Unreached("the world outside is broken for now".into()));
        }
        let answer = if key.is_empty() { super::setting::VOUCHED } else { "" };
        Ok(http::Response::new(answer.as_bytes().to_vec()))
    }
}

impl<T: Stage> MailSigner for Play<'_, T> {
    async fn sign_mail(&self, _: &MailKey, _: &[u8]) -> Result<Vec<u8>, Unreached> {
        Err(Unreached("no letters are signed here".into()))
    }
}

impl<T: Stage> Dial for Play<'_, T> {
    type Line = NoLine;

    fn dial(&self, _: &str, _: u16, _: bool) -> Result<NoLine, Unreached> {
        Err(Unreached("there are no sockets here".into()))
    }
}

impl<T: Stage> Outside for Play<'_, T> {
    type Verifier = T::Verifier;

    fn verifier(&self) -> &T::Verifier {
        self.stage.verifier()
    }
}

impl<T: Stage> Signer for Play<'_, T> {
    async fn sign(&self, _: &JwtKey, _: &[u8]) -> Result<[u8; 64], Unreached> {
        Err(Unreached("nothing in the suite is signed".into()))
    }
}

impl<T: Stage> Journal for Play<'_, T> {
    fn fault(&self, _: &str, _: &str) {}

    fn count(&self, _: &'static str, _: &'static str) {}

    fn note(&self, _: String) {}
}

impl<T: Stage> Meter for Play<'_, T> {
    async fn is_within(&self, _: &str) -> bool {
        true
    }
}

impl<T: Stage> Unicode for Play<'_, T> {
    /// The suite's profile takes ASCII alone, which is its own normal form.
    fn composed(&self, text: &str) -> String {
        text.to_owned()
    }

    /// The suite's domains are ASCII.
    fn ascii_domain(&self, _: &str) -> Option<String> {
        None
    }

    /// The suite's letters tell no country.
    fn country(&self, _: &str, _: bool) -> Option<String> {
        None
    }
}

impl<T: Stage> Pause for Play<'_, T> {
    async fn until(&self, _: Timestamp) {
        self.stage.turn().await;
    }

    fn clock(&self) -> Timestamp {
        self.now.get()
    }
}

/// A blob, for a statement.
pub fn blob(bytes: &[u8]) -> Value {
    Value::Blob(bytes.to_vec())
}
