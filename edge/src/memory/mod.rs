//! The host for native tests: real SQLite, ring's signatures, a clock set by hand, requests out captured and answered.
//!
//! The same core as in the worker runs here over the same SQL; only the platform is another one.

mod house;
mod outgoing;
mod store;
#[cfg(test)]
pub mod testing;

pub use outgoing::{Captured, Mailroom};
pub use store::MemoryStore;

use crate::account::{self, AccountId};
use crate::crowd::Shard;
use crate::host::{Accounts, Journal, Meter, Names, Networks, Outside, Pause, Signer, Unicode, Unreached};
use crate::keys::JwtKey;
use crate::name::{self, NameTag};
use crate::network::{self, PrefixTag};
use crate::{House, gate};
use chacha20::ChaCha20Rng;
use http::{Request, Response};
use rand_core::SeedableRng as _;
use sekisho_rules::Timestamp;
use sekisho_webauthn::RingVerifier;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// A whole edge in memory.
pub struct Memory {
    /// The house under test.
    pub house: House,
    /// What the house sends out, and how the outside answers.
    pub mailroom: Mailroom,
    accounts: RefCell<HashMap<AccountId, Rc<MemoryStore>>>,
    names: RefCell<HashMap<NameTag, Rc<MemoryStore>>>,
    networks: RefCell<HashMap<PrefixTag, Counted>>,
    crowds: RefCell<HashMap<Shard, Rc<MemoryStore>>>,
    published: RefCell<HashMap<String, Vec<u8>>>,
    staff: Rc<MemoryStore>,
    staff_broken: Cell<bool>,
    now: Cell<Timestamp>,
    rng: RefCell<ChaCha20Rng>,
    verifier: RingVerifier,
    unreachable: Cell<bool>,
    faults: RefCell<Vec<String>>,
    counted: RefCell<Vec<&'static str>>,
    noted: RefCell<Vec<String>>,
    metered: RefCell<HashMap<String, u32>>,
    meter: Cell<u32>,
    calls: Cell<u32>,
}

/// A network prefix's object, and how often it was asked: in the time that its host counts, and ever.
struct Counted {
    store: MemoryStore,
    since: Timestamp,
    asked: u32,
    total: u32,
}

impl Default for Counted {
    fn default() -> Self {
        Self { store: MemoryStore::default(), since: Timestamp::from_millis(0), asked: 0, total: 0 }
    }
}

impl Memory {
    /// An empty edge at `now`, its randomness drawn from `seed`.
    pub fn new(house: House, now: Timestamp, seed: u64) -> Self {
        Self {
            house,
            mailroom: Mailroom::default(),
            accounts: RefCell::default(),
            names: RefCell::default(),
            networks: RefCell::default(),
            crowds: RefCell::default(),
            published: RefCell::default(),
            staff: Rc::default(),
            staff_broken: Cell::new(false),
            now: Cell::new(now),
            rng: RefCell::new(ChaCha20Rng::seed_from_u64(seed)),
            verifier: RingVerifier,
            unreachable: Cell::new(false),
            faults: RefCell::default(),
            counted: RefCell::default(),
            noted: RefCell::default(),
            metered: RefCell::default(),
            meter: Cell::new(u32::MAX),
            calls: Cell::new(0),
        }
    }

    /// The hand-set clock.
    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// Sets the clock on by `time`.
    pub fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    /// Makes every object unreachable, or reachable again.
    pub fn cut_off(&self, cut: bool) {
        self.unreachable.set(cut);
    }

    /// What the operator's log would hold.
    pub fn faults(&self) -> Vec<String> {
        self.faults.borrow().clone()
    }

    /// What was counted so far, once for each time.
    pub fn counted(&self) -> Vec<&'static str> {
        self.counted.borrow().clone()
    }

    /// The lines that the operator's log would hold beside faults.
    pub fn noted(&self) -> Vec<String> {
        self.noted.borrow().clone()
    }

    /// The judgements among them.
    pub fn judged(&self) -> Vec<String> {
        let judgement = |line: &String| Some(line.strip_prefix("{\"judged\":")?.strip_suffix('}')?.to_owned());
        self.noted.borrow().iter().filter_map(judgement).collect()
    }

    /// The platform's meter lets each client pass so often, whatever the time.
    pub fn meter(&self, most: u32) {
        self.meter.set(most);
    }

    /// How often the platform's meter was asked.
    pub fn metered(&self) -> u32 {
        self.metered.borrow().values().sum()
    }

    /// How many calls the objects have had.
    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// How often each network prefix's object was asked since this was last asked for, those that were.
    pub fn networks_asked(&self) -> Vec<u32> {
        let mut all = self.networks.borrow_mut();
        all.values_mut().map(|counted| std::mem::take(&mut counted.total)).filter(|asked| *asked > 0).collect()
    }

    /// Answers a request to one of our own routes, at the clock's moment.
    pub fn answer(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut rng = self.fork();
        pollster::block_on(self.house.answer(self, self.now(), &mut rng, request))
    }

    /// Walks a page request through the gate as the shim does.
    pub fn pass_gate(&self, packed: &str) -> gate::Decision {
        let (tally, number) = (self.house.tally(), self.house.tally().number());
        let decision = self.house.decide(self.now(), packed);
        // What the shim is handed, from memory or not, is what was decided.
        for _ in 0..2 {
            tally.begin_at(number);
            assert_eq!(self.house.decide_packed(self.now(), packed), decision.pack());
        }
        match decision {
            gate::Decision::Ask => {
                let mut rng = self.fork();
                pollster::block_on(self.house.resolve(self, self.now(), &mut rng, packed))
            }
            decision => decision,
        }
    }

    /// Rings every alarm that is due, again and again until none is.
    pub fn ring_alarms(&self) {
        loop {
            let ringing = |store: &Rc<MemoryStore>| store.alarm().is_some_and(|at| at <= self.now());
            let due: Vec<_> = {
                let accounts = self.accounts.borrow();
                accounts.iter().filter(|(_, store)| ringing(store)).map(|(id, store)| (*id, Rc::clone(store))).collect()
            };
            if due.is_empty() {
                return;
            }
            for (id, store) in due {
                // The store of a test never fails; a fault here is the test's to see through what did not happen.
                let _ = pollster::block_on(account::due(&self.house, store.as_ref(), self, self.now(), id));
            }
        }
    }

    /// The store of an account's object, made on first touch.
    pub fn account_store(&self, id: AccountId) -> Rc<MemoryStore> {
        Rc::clone(self.accounts.borrow_mut().entry(id).or_default())
    }

    /// Shows every account's store.
    #[cfg(test)]
    pub fn each_account_store(&self, mut look: impl FnMut(&MemoryStore)) {
        self.accounts.borrow().values().for_each(|store| look(store));
    }

    /// How many account objects were ever touched.
    pub fn accounts(&self) -> usize {
        self.accounts.borrow().len()
    }

    fn fork(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_rng(&mut *self.rng.borrow_mut())
    }

    fn call(&self, kind: &'static str) -> Result<(), Unreached> {
        self.calls.set(self.calls.get() + 1);
        self.house.tally.count("object", kind);
        if self.unreachable.get() { Err(Unreached("cut off".into())) } else { Ok(()) }
    }
}

impl Accounts for Memory {
    async fn account(&self, id: AccountId, command: account::Command) -> Result<account::Reply, Unreached> {
        self.call("accounts")?;
        let store = self.account_store(id);
        let mut rng = self.fork();
        let reply = account::obey(&self.house, store.as_ref(), self, self.now(), &mut rng, id, command).await;
        reply.map_err(|fault| Unreached(fault.to_string()))
    }
}

impl Names for Memory {
    async fn name(&self, tag: NameTag, command: name::Command) -> Result<name::Reply, Unreached> {
        self.call("names")?;
        let store = Rc::clone(self.names.borrow_mut().entry(tag).or_default());
        name::obey(store.as_ref(), self.now(), &command).map_err(|fault| Unreached(fault.to_string()))
    }
}

impl Networks for Memory {
    async fn network(&self, tag: PrefixTag, command: network::Command) -> Result<network::Reply, Unreached> {
        self.call("networks")?;
        let (now, mut all) = (self.now(), self.networks.borrow_mut());
        let counted = all.entry(tag).or_default();
        if now - counted.since >= network::PACE {
            (counted.since, counted.asked) = (now, 0);
        }
        counted.asked += 1;
        counted.total += 1;
        network::obey(&counted.store, now, counted.asked, &command).map_err(|fault| Unreached(fault.to_string()))
    }
}

impl Signer for Memory {
    async fn sign(&self, key: &JwtKey, message: &[u8]) -> Result<[u8; 64], Unreached> {
        use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
        let refused = || Unreached("the key was refused".into());
        let random = ring::rand::SystemRandom::new();
        let (scalar, point) = key.scalar().zip(key.point()).ok_or_else(refused)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &scalar, &point, &random);
        let signature = pair.map_err(|_| refused())?.sign(&random, message).map_err(|_| refused())?;
        signature.as_ref().try_into().map_err(|_| refused())
    }
}

impl Journal for Memory {
    fn fault(&self, reference: &str, cause: &str) {
        self.faults.borrow_mut().push(format!("{reference} {cause}"));
    }

    fn count(&self, what: &'static str, of: &'static str) {
        let whole = if of.is_empty() { what.to_owned() } else { format!("{what}.{of}") };
        let known =
            crate::tally::COUNTERS.iter().any(|(name, told)| *name == what && told.contains(&whole) | of.is_empty());
        assert!(known, "{whole} is not among the counters");
        self.house.tally.count(what, of);
        self.counted.borrow_mut().push(what);
    }

    fn note(&self, line: String) {
        self.noted.borrow_mut().push(line);
    }
}

impl Meter for Memory {
    async fn is_within(&self, client: &str) -> bool {
        let mut metered = self.metered.borrow_mut();
        let count = metered.entry(client.to_owned()).or_default();
        *count += 1;
        *count <= self.meter.get()
    }
}

impl Unicode for Memory {
    fn composed(&self, text: &str) -> String {
        unicode_normalization::UnicodeNormalization::nfc(text).collect()
    }

    fn ascii_domain(&self, text: &str) -> Option<String> {
        url::Host::parse(text).ok().map(|host| host.to_string())
    }

    fn country(&self, code: &str, english: bool) -> Option<String> {
        let visited = [("JP", "日本", "Japan"), ("RO", "ルーマニア", "Romania")];
        let (_, ja, en) = visited.into_iter().find(|(known, ..)| *known == code)?;
        Some(if english { en } else { ja }.to_owned())
    }
}

impl Pause for Memory {
    async fn until(&self, at: Timestamp) {
        self.now.set(self.now.get().max(at));
    }

    fn clock(&self) -> Timestamp {
        self.now()
    }
}

impl Outside for Memory {
    type Verifier = RingVerifier;

    fn verifier(&self) -> &RingVerifier {
        &self.verifier
    }
}
