//! The platform behind the seams of [`crate::host`]: here the objects and waiting, beside it signing and fetch. To the
//! objects every call has a time limit, past which the caller refuses.

mod line;
mod outgoing;
mod published;
mod signer;

use super::{log, now, with_house};
use crate::account::{self, AccountId};
use crate::crowd::Shard;
use crate::host::{Accounts, Crowds, Journal, Meter, Names, Networks, Outside, Pause, Staffs, Unicode, Unreached};
use crate::name::{self, NameTag};
use crate::network::{self, PrefixTag};
use crate::tally;
use futures_util::future::{Either, select};
use sekisho_rules::Timestamp;
use sekisho_webauthn::WebCryptoVerifier;
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::web_sys::RequestInit;
use worker::{Delay, Env, Request};
use zeroize::Zeroizing;

#[wasm_bindgen]
extern "C" {
    /// The runtime's URL parser, whose tables of Unicode need not travel with the worker.
    #[wasm_bindgen(js_name = URL)]
    type Url;
    #[wasm_bindgen(catch, constructor, js_class = "URL")]
    fn new(text: &str) -> Result<Url, JsValue>;
    #[wasm_bindgen(method, getter, js_class = "URL")]
    fn hostname(this: &Url) -> String;
}

#[wasm_bindgen(raw_module = "./names.mjs")]
extern "C" {
    /// The country with this code in `language`, or nothing.
    #[wasm_bindgen(js_name = country, catch)]
    fn country_name(code: &str, language: &str) -> Result<String, JsValue>;
}

#[wasm_bindgen(raw_module = "./meter.mjs")]
extern "C" {
    #[wasm_bindgen(catch, js_name = isWithin)]
    async fn is_within(env: &Env, client: &str) -> Result<JsValue, JsValue>;
}

/// The platform as one request, or one command, sees it.
pub struct Cloudflare {
    env: Env,
    limit: Duration,
}

impl Cloudflare {
    /// The platform behind `env`; a call to an object takes at most `limit`.
    pub fn new(env: Env, limit: Duration) -> Self {
        Self { env, limit }
    }

    /// Sends `command` to the object called `name` of the class bound as `binding`.
    async fn call<C: Serialize, R: DeserializeOwned>(
        &self,
        (binding, kind): (&'static str, &'static str),
        name: &str,
        command: &C,
    ) -> Result<R, Unreached> {
        // Passwords travel in it, so our own copy is wiped.
        let body = Zeroizing::new(serde_json::to_string(command).map_err(|fault| unreached(binding, &fault))?);
        let reply = self.talk((binding, kind), name, &body).await?;
        counted(crate::wire::read(reply.as_bytes()).map_err(|fault| unreached(binding, &fault)))
    }

    /// Sends `body` to the object called `name` of the class bound as `binding`, and answers what it says.
    async fn say(&self, class: (&'static str, &'static str), name: &str, body: &str) -> Result<String, Unreached> {
        self.talk(class, name, body).await.map(|reply| reply.to_string())
    }

    /// As [`Cloudflare::say`]. On the heap: what waits for it, for every kind of object, is then compiled once.
    fn talk<'a>(&'a self, (binding, kind): (&'static str, &'static str), name: &'a str, body: &'a str) -> Talk<'a> {
        Box::pin(async move {
            count("object", kind);
            counted(self.talked(binding, name, body).await)
        })
    }

    async fn talked(&self, binding: &str, name: &str, body: &str) -> Result<Zeroizing<String>, Unreached> {
        let talk = async {
            let namespace = self.env.durable_object(binding)?;
            let stub = namespace.id_from_name(name)?.get_stub()?;
            let init = RequestInit::new();
            init.set_method("POST");
            init.set_body(&JsValue::from_str(body));
            let mut response = stub.fetch_with_request(request(&format!("https://object/{name}"), &init)?).await?;
            match response.status_code() {
                200 => response.text().await,
                status => Err(worker::Error::from(format!("the object answered {status}"))),
            }
        };
        let reply = within(self.limit, talk).await.map_err(|fault| Unreached(format!("{binding}: {}", fault.0)))?;
        Ok(Zeroizing::new(reply.map_err(|fault| unreached(binding, &fault))?))
    }
}

/// The request that `init` describes. It is the platform's own description, since that of crate `worker` brings along how images
/// are to be resized.
fn request(url: &str, init: &RequestInit) -> Result<Request, worker::Error> {
    match worker::web_sys::Request::new_with_str_and_init(url, init) {
        Ok(request) => Ok(request.into()),
        Err(_) => Err(worker::Error::from("invalid URL or options for Request")),
    }
}

/// What an object says, once it does.
type Talk<'a> = Pin<Box<dyn Future<Output = Result<Zeroizing<String>, Unreached>> + 'a>>;

/// Counts the calls that failed.
fn counted<T>(answer: Result<T, Unreached>) -> Result<T, Unreached> {
    answer.inspect_err(|_| count("object_failed", ""))
}

fn unreached(binding: &str, fault: &impl std::fmt::Display) -> Unreached {
    Unreached(format!("{binding}: {fault}"))
}

/// What `work` answers, if it answers within `limit`. Its own doings are then not undone, only no longer waited for.
///
/// # Errors
/// [`Unreached`] past the limit.
pub async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Unreached> {
    match select(pin!(work), pin!(Delay::from(limit))).await {
        Either::Left((answer, _)) => Ok(answer),
        Either::Right(_) => Err(Unreached("no answer within the time limit".into())),
    }
}

impl Accounts for Cloudflare {
    async fn account(&self, account: AccountId, command: account::Command) -> Result<account::Reply, Unreached> {
        self.call(("ACCOUNTS", "accounts"), &account.to_hex(), &command).await
    }
}

impl Names for Cloudflare {
    async fn name(&self, tag: NameTag, command: name::Command) -> Result<name::Reply, Unreached> {
        self.call(("NAMES", "names"), &tag.to_hex(), &command).await
    }
}

impl Networks for Cloudflare {
    async fn network(&self, tag: PrefixTag, command: network::Command) -> Result<network::Reply, Unreached> {
        self.call(("NETWORKS", "networks"), &tag.to_hex(), &command).await
    }
}

impl Crowds for Cloudflare {
    async fn crowd(&self, shard: Shard, command: String) -> Result<String, Unreached> {
        self.say(("CROWDS", "crowds"), &shard.name(), &command).await
    }
}

impl Staffs for Cloudflare {
    async fn staff(&self, command: String) -> Result<String, Unreached> {
        self.say(("STAFF", "staffs"), "staff", &command).await
    }
}

impl Journal for Cloudflare {
    fn fault(&self, reference: &str, cause: &str) {
        self.note(tally::fault(reference, cause));
    }

    fn count(&self, what: &'static str, of: &'static str) {
        count(what, of);
    }

    fn note(&self, line: String) {
        with_house(|house| {
            house.tally().note(line);
            log(house);
        });
    }
}

impl Meter for Cloudflare {
    async fn is_within(&self, client: &str) -> bool {
        // Where the counter is out of order, this isolate's own stands.
        is_within(&self.env, client).await.map_or(true, |within| within.is_truthy())
    }
}

/// Counts in this isolate, whose house is built wherever there is anything to count.
fn count(what: &'static str, of: &'static str) {
    with_house(|house| house.tally().count(what, of));
}

impl Unicode for Cloudflare {
    fn composed(&self, text: &str) -> String {
        js_sys::JsString::from(text).normalize("NFC").into()
    }

    fn ascii_domain(&self, text: &str) -> Option<String> {
        Some(Url::new(&format!("https://{text}/")).ok()?.hostname())
    }

    fn country(&self, code: &str, english: bool) -> Option<String> {
        country_name(code, if english { "en" } else { "ja" }).ok().filter(|name| !name.is_empty())
    }
}

impl Pause for Cloudflare {
    async fn until(&self, at: Timestamp) {
        let rest = at - now();
        if !rest.is_zero() {
            Delay::from(rest).await;
        }
    }

    fn clock(&self) -> Timestamp {
        now()
    }
}

impl Outside for Cloudflare {
    type Verifier = WebCryptoVerifier;

    fn verifier(&self) -> &WebCryptoVerifier {
        &WebCryptoVerifier
    }
}
