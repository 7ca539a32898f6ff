//! What the shim calls inside a Durable Object: one command as JSON in, one reply as JSON out.
//!
//! A fault is thrown back to the shim, which logs it and answers the caller with a bare 500; the caller refuses.

use super::host::Cloudflare;
use super::store::{ObjectStore, Storage};
use super::{house, now, rng};
use crate::account::{self, AccountId};
use crate::crowd::{self, Shard};
use crate::{name, network, staff};
use std::fmt::Display;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;
use zeroize::Zeroizing;

/// One command to the account whose object is called `name`.
///
/// # Errors
/// Throws where the settings, the command or the store are at fault.
#[wasm_bindgen]
pub async fn account(env: Env, storage: Storage, name: String, command: String) -> Result<String, JsValue> {
    let command = Zeroizing::new(command);
    let (house, id) = (house(&env).ok_or_else(no_house)?, id(&name)?);
    let command = crate::wire::read(command.as_bytes()).map_err(fault)?;
    let store = ObjectStore::new(storage);
    let outside = Cloudflare::new(env, house.config().limits.object_call);
    let mut rng = rng().map_err(fault)?;
    let reply = account::obey(&house, &store, &outside, now(), &mut rng, id, command).await.map_err(fault)?;
    serde_json::to_string(&reply).map_err(fault)
}

/// The alarm of the account whose object is called `name`.
///
/// # Errors
/// Throws where the settings or the store are at fault; the shim then sets the alarm again.
#[wasm_bindgen]
pub async fn account_due(env: Env, storage: Storage, name: String) -> Result<(), JsValue> {
    let (house, id) = (house(&env).ok_or_else(no_house)?, id(&name)?);
    let store = ObjectStore::new(storage);
    let outside = Cloudflare::new(env, house.config().limits.object_call);
    account::due(&house, &store, &outside, now(), id).await.map_err(fault)
}

/// One command to a login name.
///
/// # Errors
/// Throws where the command or the store are at fault.
#[wasm_bindgen]
pub fn name(storage: Storage, command: &str) -> Result<String, JsValue> {
    let command = crate::wire::read(command.as_bytes()).map_err(fault)?;
    let reply = name::obey(&ObjectStore::new(storage), now(), &command).map_err(fault)?;
    serde_json::to_string(&reply).map_err(fault)
}

/// One command to a network prefix, which was `asked` so often since its host began to count.
///
/// # Errors
/// Throws where the command or the store are at fault.
#[wasm_bindgen]
pub fn network(storage: Storage, command: &str, asked: u32) -> Result<String, JsValue> {
    let command = crate::wire::read(command.as_bytes()).map_err(fault)?;
    let reply = network::obey(&ObjectStore::new(storage), now(), asked, &command).map_err(fault)?;
    serde_json::to_string(&reply).map_err(fault)
}

/// The alarm of a network prefix.
///
/// # Errors
/// Throws where the store is at fault; the shim then sets the alarm again.
#[wasm_bindgen]
pub fn network_due(storage: Storage) -> Result<(), JsValue> {
    network::due(&ObjectStore::new(storage), now()).map_err(fault)
}

/// One command to a shard of the counts, or to their sum.
///
/// # Errors
/// Throws where the settings, the command or the store are at fault.
#[wasm_bindgen]
pub fn crowd(env: &Env, storage: Storage, command: &str) -> Result<String, JsValue> {
    let house = house(env).ok_or_else(no_house)?;
    crowd::obey(&house, &ObjectStore::new(storage), now(), command).map_err(fault)
}

/// The alarm of the one called `name`.
///
/// # Errors
/// Throws where the settings or the store are at fault, or where nobody takes the counts; the shim then sets the alarm again.
#[wasm_bindgen]
pub async fn crowd_due(env: Env, storage: Storage, name: String) -> Result<(), JsValue> {
    let house = house(&env).ok_or_else(no_house)?;
    let shard = Shard::named(&name).ok_or_else(|| fault("a shard is called by its number"))?;
    let outside = Cloudflare::new(env, house.config().limits.object_call);
    crowd::due(&house, &ObjectStore::new(storage), &outside, now(), shard).await.map_err(fault)
}

/// One command to staff's object.
///
/// # Errors
/// Throws where the settings or the store are at fault.
#[wasm_bindgen]
pub async fn staff(env: Env, storage: Storage, command: String) -> Result<String, JsValue> {
    let house = house(&env).ok_or_else(no_house)?;
    let outside = Cloudflare::new(env, house.config().limits.object_call);
    let mut rng = rng().map_err(fault)?;
    staff::obey(&house, &ObjectStore::new(storage), &outside, now(), &mut rng, &command).await.map_err(fault)
}

/// The alarm of staff's object.
///
/// # Errors
/// Throws where the settings or the store are at fault, or where nothing can be published; the shim then sets the alarm again.
#[wasm_bindgen]
pub async fn staff_due(env: Env, storage: Storage) -> Result<(), JsValue> {
    let house = house(&env).ok_or_else(no_house)?;
    let outside = Cloudflare::new(env, house.config().limits.object_call);
    staff::due(&house, &ObjectStore::new(storage), &outside, now()).await.map_err(fault)
}

fn id(name: &str) -> Result<AccountId, JsValue> {
    AccountId::from_hex(name).ok_or_else(|| fault("an account's object is called by its id"))
}

fn no_house() -> JsValue {
    fault("the settings are refused")
}

fn fault(fault: impl Display) -> JsValue {
    js_sys::Error::new(&fault.to_string()).into()
}
