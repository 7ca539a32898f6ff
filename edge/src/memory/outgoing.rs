//! What the house sends out, kept for the test to read, and how the outside answers.

use super::Memory;
use crate::host::{Dial, MailSigner, NoLine, Outgoing, Unreached};
use crate::keys::MailKey;
use http::{Request, Response, StatusCode};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

/// A request that went out.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The whole URL.
    pub url: String,
    /// The bearer token.
    pub bearer: String,
    /// The idempotency key.
    pub key: Option<String>,
    /// The JSON body.
    pub body: Value,
}

/// Everything outside: a mail API, and an origin that knows some customers' passwords.
#[derive(Default)]
pub struct Mailroom {
    sent: RefCell<Vec<Captured>>,
    /// Passwords that the origin holds, by customer number.
    passwords: RefCell<HashMap<String, String>>,
    down: Cell<bool>,
    /// How long the origin's check takes.
    slow: Cell<Duration>,
    /// What the collection of breached passwords answers.
    breached: RefCell<String>,
}

impl Mailroom {
    /// Nothing outside answers, or everything does again.
    pub fn set_down(&self, down: bool) {
        self.down.set(down);
    }

    /// The origin's check takes so long from now on; of what it is asked about nobody it knows at once.
    pub fn set_slow(&self, slow: Duration) {
        self.slow.set(slow);
    }

    /// The origin holds this customer's password.
    pub fn holds(&self, customer: &str, password: &str) {
        self.passwords.borrow_mut().insert(customer.to_owned(), password.to_owned());
    }

    /// The collection of breached passwords lists these lines under any range.
    pub fn lists(&self, lines: &str) {
        lines.clone_into(&mut self.breached.borrow_mut());
    }

    /// What went out to URLs that end so, oldest first.
    pub fn sent(&self, ending: &str) -> Vec<Captured> {
        self.sent.borrow().iter().filter(|captured| captured.url.ends_with(ending)).cloned().collect()
    }

    pub(super) fn take(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unreached> {
        if self.down.get() {
            return Err(Unreached("down".into()));
        }
        if request.uri().path().starts_with("/range/") {
            let captured =
                Captured { url: request.uri().to_string(), bearer: String::new(), key: None, body: Value::Null };
            self.sent.borrow_mut().push(captured);
            return Ok(Response::new(self.breached.borrow().clone().into_bytes()));
        }
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let captured = Captured {
            url: request.uri().to_string(),
            bearer: header("authorization").unwrap_or_default(),
            key: header("idempotency-key"),
            body: serde_json::from_slice(request.body()).map_err(|fault| Unreached(fault.to_string()))?,
        };
        let answer = if captured.url.ends_with("/verify") { self.verify(&captured.body) } else { Vec::new() };
        let mut response = Response::new(answer);
        if !captured.url.ends_with("/verify") {
            *response.status_mut() = StatusCode::ACCEPTED;
        }
        self.sent.borrow_mut().push(captured);
        Ok(response)
    }

    fn verify(&self, question: &Value) -> Vec<u8> {
        let text = |name: &str| question.get(name).and_then(Value::as_str).unwrap_or_default();
        let right = self.passwords.borrow().get(text("customer")).is_some_and(|held| held == text("password"));
        serde_json::json!({ "answer": if right { "match" } else { "no_match" } }).to_string().into_bytes()
    }
}

impl Outgoing for Memory {
    async fn send(&self, request: Request<Vec<u8>>, limit: Duration) -> Result<Response<Vec<u8>>, Unreached> {
        let checks = request.uri().path().ends_with("/verify");
        let answer = self.mailroom.take(request)?;
        let nobody = self
            .mailroom
            .sent("/verify")
            .last()
            .is_some_and(|asked| asked.body.get("customer").is_some_and(|named| named == "-"));
        let takes = if checks && !nobody { self.mailroom.slow.get() } else { Duration::ZERO };
        self.pass(takes.min(limit));
        if takes > limit { Err(Unreached("no answer in time".into())) } else { Ok(answer) }
    }
}

impl MailSigner for Memory {
    async fn sign_mail(&self, _: &MailKey, _: &[u8]) -> Result<Vec<u8>, Unreached> {
        Err(Unreached("no letters are signed here".into()))
    }
}

impl Dial for Memory {
    type Line = NoLine;

    fn dial(&self, _: &str, _: u16, _: bool) -> Result<NoLine, Unreached> {
        Err(Unreached("there are no sockets here".into()))
    }
}
