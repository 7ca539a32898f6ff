//! The verified address: a code to it, its confirmation, and the stop of a change by who reads the address before it.

use super::code::{folded, sent};
use super::sign_in::{late, look, no};
use crate::account::{Command, Reply};
use crate::host::Host;
use crate::notice::address;
use crate::routes::{Answer, Asked, No, json};
use crate::wire;
use sekisho_rules::{LoginName, Refusal, Secret};
use serde::Deserialize;
use serde_json::json as document;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    address: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    #[serde(deserialize_with = "wire::secret::deserialize")]
    code: Secret,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stop {
    id: String,
    #[serde(deserialize_with = "wire::secret::deserialize")]
    number: Secret,
}

/// Sends a code to the customer's own address, or to another one that is to take its place; a second call sends another.
pub(crate) async fn address_begin<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Begin = asked.body()?;
    let cookie = asked.cookie()?;
    let sound = |text: String| {
        let form = || No::with(Refusal::FieldsRefused, "fields", document!({ "address": "form" }));
        address::parse(text.trim(), asked.host).ok_or_else(form)
    };
    let address = body.address.map(sound).transpose()?;
    sent(asked.host.account(cookie.account, Command::BeginAddress { session: cookie.key(), address }).await?)
}

/// Confirms the address by the code that came to it.
pub(crate) async fn address_confirm<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Code = asked.body()?;
    let cookie = asked.cookie()?;
    let command = Command::ConfirmAddress { session: cookie.key(), code: folded(&body.code) };
    match asked.host.account(cookie.account, command).await? {
        Reply::Done => json(&document!({})),
        reply => Err(no(&reply)),
    }
}

/// Stops a change of the verified address by login name and stop number, without a session. Unknown and known names get
/// the same answer after the same work, on a grid of time.
pub(crate) async fn address_stop<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Stop = asked.body()?;
    let name = LoginName::parse(&body.id).ok();
    let canonical = name.as_ref().map_or("", LoginName::as_str);
    let keys = &asked.house.keys;
    let tags = keys.name_tags(canonical);
    let tag = *tags.first().ok_or(Refusal::Unavailable)?;
    let account = look(asked.host, &tags).await?.unwrap_or_else(|| keys.decoy(tag));
    let (bucket, number) = (keys.stop_bucket(canonical), folded(&body.number));
    match asked.host.account(account, Command::StopAddress { bucket, number, visit: asked.visit() }).await {
        Ok(Reply::Done) => json(&document!({})),
        Ok(reply) => Err(late(asked, no(&reply)).await),
        Err(unreached) => Err(late(asked, unreached.into()).await),
    }
}
