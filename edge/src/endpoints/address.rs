//! The verified address: a code to it, its confirmation, and the stop of a change by who reads the address before it.

use super::code::{folded, sent};
use super::fields::phone;
use super::passkey::{canonical, named};
use super::sign_in::{late, no};
use crate::account::{Command, Reply};
use crate::host::Host;
use crate::notice::{address, mobile};
use crate::routes::{Answer, Asked, No, json};
use sekisho_rules::{Refusal, Secret};
use serde_json::json as document;

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
    sent(asked.host.account(cookie.account, Command::BeginAddress { session: cookie.key(), address }).await?)
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
    asked.nothing()?;
    let cookie = asked.cookie()?;
    match asked.host.account(cookie.account, Command::PutOffAddress(cookie.key())).await? {
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
