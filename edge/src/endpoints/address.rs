//! The verified address: a code to it, its confirmation, and the stop of a change by who reads the address before it.

use super::code::{folded, sent};
use super::fields::phone;
use super::passkey::{canonical, named};
use super::sign_in::{late, no};
use crate::account::{AccountId, Command, Reply, SessionKey};
use crate::host::Host;
use crate::name::NameTag;
use crate::network::{self, PrefixTag};
use crate::notice::{address, mobile};
use crate::routes::{Answer, Asked, No, json};
use sekisho_rules::{Refusal, Secret};
use serde_json::json as document;

/// The most accounts for which codes go to one mobile number within an hour: a family has one.
const PESTERERS: u32 = 3;

/// Sends a code to the customer's own address, or to another one that is to take its place, or in the same way to a mobile number; a
/// second call sends another.
pub(crate) async fn address_begin<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([], [address, kind]) = asked.texts([], ["address", "kind"])?;
    let cookie = asked.cookie()?;
    let form = || No::with(Refusal::FieldsRefused, "fields", document!({ "address": "form" }));
    let number = match kind.as_ref().map(Secret::expose) {
        None | Some("mail") => false,
        Some("phone") => true,
        Some(_) => return Err(Refusal::Malformed.into()),
    };
    let sound = |text: Secret| {
        if number {
            return phone(text.expose()).as_deref().and_then(mobile).map(str::to_owned).ok_or_else(form);
        }
        address::parse(text.expose().trim(), asked.host).ok_or_else(form)
    };
    let address = address.map(sound).transpose()?.or_else(|| number.then(String::new));
    let lane = asked.lane(if number { b"number" } else { b"mail" }, &cookie.key().0);
    asked.not_refused(lane)?;
    asked.admit().await?;
    if let Some(number) = address.as_ref().filter(|address| number && !address.is_empty()) {
        not_pestered(asked, cookie.account, number).await?;
    }
    let reply = asked.host.account(cookie.account, Command::BeginAddress { session: cookie.key(), address }).await?;
    asked.remember(lane, &reply);
    sent(reply)
}

/// Sees to it that few accounts have codes sent to one number within the hour: an object of the kind that counts names for a
/// network counts accounts for the number, both under keys.
async fn not_pestered<H: Host>(asked: &Asked<'_, H>, account: AccountId, number: &str) -> Result<(), No> {
    let keys = &asked.house.keys;
    let tag = PrefixTag(keys.lane(&[b"number", number.as_bytes()]));
    let name = NameTag(keys.lane(&[b"account", &account.0]));
    if asked.host.network(tag, network::Command::Tried(name)).await?.names > PESTERERS {
        return Err(No::with(Refusal::RateLimited, "until", (asked.now + network::WINDOW).as_millis()));
    }
    Ok(())
}

/// Confirms the address by the code that came to it.
pub(crate) async fn address_confirm<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([code], []) = asked.texts(["code"], [])?;
    let cookie = asked.cookie()?;
    let command = Command::ConfirmAddress { session: cookie.key(), code: folded(&code) };
    match asked.host.account(cookie.account, command).await? {
        Reply::Done => json(&document!({})),
        reply => Err(no(&reply)),
    }
}

/// The customer does not want to be asked for an address now.
pub(crate) async fn address_later<H: Host>(asked: &Asked<'_, H>) -> Answer {
    own(asked, Command::PutOffAddress).await
}

/// The confirmed mobile number gets codes no more.
pub(crate) async fn address_remove<H: Host>(asked: &Asked<'_, H>) -> Answer {
    own(asked, Command::RemoveNumber).await
}

/// What a session tells its account without a further word.
async fn own<H: Host>(asked: &Asked<'_, H>, command: fn(SessionKey) -> Command) -> Answer {
    asked.nothing()?;
    let cookie = asked.cookie()?;
    match asked.host.account(cookie.account, command(cookie.key())).await? {
        Reply::Done => json(&document!({})),
        reply => Err(no(&reply)),
    }
}

/// Stops a change of the verified address by login name and stop number, without a session. Unknown and known names get
/// the same answer after the same work, on a grid of time.
pub(crate) async fn address_stop<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([id, number], []) = asked.texts(["id", "number"], [])?;
    let name = canonical(id.expose());
    asked.admit().await?;
    let account = named(asked, &name).await?;
    let (bucket, number) = (asked.house.keys.stop_bucket(&name), folded(&number));
    match asked.host.account(account, Command::StopAddress { bucket, number, visit: asked.visit() }).await {
        Ok(Reply::Done) => json(&document!({})),
        Ok(reply) => Err(late(asked, no(&reply)).await),
        Err(unreached) => Err(late(asked, unreached.into()).await),
    }
}
