//! The host on Cloudflare's runtime, compiled for wasm32 alone: the shim, the exports it calls, Durable Objects,
//! WebCrypto and the runtime's fetch.
//!
//! Here the platform's calls become the seams of [`crate::host`], nothing more. What must never enter: a rule of the
//! house, a decision, a text for a customer. A panic here or anywhere below costs every request in flight, since it
//! takes the whole instance with it: the shim rejects them all at once and starts a fresh instance.

#[cfg(feature = "conformance")]
mod conformance;
mod entry;
mod host;
mod objects;
mod store;

use crate::risk::Networks;
use crate::tally;
use crate::{House, Models, Settings};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;
use sekisho_rules::Timestamp;
use std::cell::OnceCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use worker::Env;

#[wasm_bindgen(raw_module = "./texts.mjs")]
extern "C" {
    /// The config as JSON, which lies beside the worker.
    #[wasm_bindgen(js_name = config)]
    fn config_text() -> String;
    /// The text of `authenticators.json`, which lies there too.
    fn authenticators() -> String;
    /// The text of `staff.html`, staff's page.
    fn staff_page() -> String;
    /// The text of `networks.txt`, which lies there too.
    fn networks() -> String;
}

thread_local! {
    /// Built at the isolate's first request and kept for its life; a deployment with other settings is a new isolate.
    static HOUSE: OnceCell<Option<Rc<House>>> = const { OnceCell::new() };
}

/// The house of this isolate, or none where its settings are refused; every complaint was then logged, once.
fn house(env: &Env) -> Option<Rc<House>> {
    HOUSE.with(|house| house.get_or_init(|| build(env).map(Rc::new)).clone())
}

/// What `work` makes of this isolate's house, where it is built.
fn with_house<T>(work: impl FnOnce(&House) -> T) -> Option<T> {
    HOUSE.with(|house| house.get().and_then(Option::as_ref).map(|house| work(house)))
}

/// Writes the lines that the house has noted, faults as such.
fn log(house: &House) {
    for line in house.tally().take_lines() {
        if line.contains("\"fault\":") {
            worker::console_error!("{}", line);
        } else {
            worker::console_log!("{}", line);
        }
    }
}

fn build(env: &Env) -> Option<House> {
    // Not through the crate's own reader, which takes no null: that is what workerd binds where the environment has no such name.
    let text = |name: &str| {
        let bound = js_sys::Reflect::get(env.as_ref(), &name.into());
        bound.ok().and_then(|value| value.as_string()).unwrap_or_default()
    };
    let (config, mac_keys, name_keys) = (config_text(), text("SEKISHO_MAC_KEYS"), text("SEKISHO_NAME_KEYS"));
    let (seal_keys, jwt_keys) = (text("SEKISHO_SEAL_KEYS"), text("SEKISHO_JWT_KEYS"));
    let (mail_token, dkim_key) = (text("SEKISHO_MAIL_TOKEN"), text("SEKISHO_DKIM_KEY"));
    let (origin_token, ops_token) = (text("SEKISHO_ORIGIN_TOKEN"), text("SEKISHO_OPS_TOKEN"));
    let settings = Settings {
        config: &config,
        mac_keys: &mac_keys,
        name_keys: &name_keys,
        seal_keys: &seal_keys,
        jwt_keys: &jwt_keys,
        mail_token: &mail_token,
        dkim_key: &dkim_key,
        origin_token: &origin_token,
        ops_token: &ops_token,
        proxy_token: &text("SEKISHO_PROXY_TOKEN"),
        app_keys: &text("SEKISHO_APP_KEYS"),
        sms_token: &text("SEKISHO_SMS_TOKEN"),
    };
    let models = Models::parse(&authenticators()).map_err(|complaint| vec![complaint]);
    let networks = Networks::parse(&networks()).map_err(|complaint| vec![complaint]);
    match House::build(&settings)
        .and_then(|house| Ok(house.knowing(models?).watching(networks?).showing(&staff_page())))
    {
        Ok(house) => {
            // No two isolates of one moment are likely to have begun in one.
            house.tally().begin_at(u16::try_from(now().as_millis() % 1_296).unwrap_or_default());
            Some(house)
        }
        Err(complaints) => {
            let reference = tally::reference(now(), 0);
            for complaint in complaints {
                worker::console_error!("{}", tally::fault(&reference, &format!("settings: {complaint}")));
            }
            None
        }
    }
}

/// The platform's clock. It stands still while code runs and moves on with I/O.
fn now() -> Timestamp {
    // A float becomes the nearest whole number in range; the clock is neither negative nor past 2^53.
    Timestamp::from_millis(js_sys::Date::now() as u64)
}

/// A generator for one request or one command, seeded by the platform.
fn rng() -> Result<ChaCha20Rng, getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(ChaCha20Rng::from_seed(seed))
}

/// What a thrown JavaScript value says, for the operator's log.
fn text_of(thrown: &JsValue) -> String {
    let said = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    said.or_else(|| thrown.as_string()).unwrap_or_else(|| String::from("something was thrown that is no error"))
}
