//! Staff's question in a sweep: was this customer's account ever touched from this address?

use super::{Value, document, entry, json, look, no, shown};
use crate::account::{Command, Reply};
use crate::host::Host;
use crate::routes::{Answer, Asked};
use sekisho_rules::{LoginName, Refusal};
use std::net::IpAddr;

/// What of the customer's history was done from the address, of IPv6 from its /64: 15 months of logins, whole or not. The address
/// is compared under every key that is still there, and kept nowhere. Staff's token alone opens this.
pub(crate) async fn accesses<H: Host>(asked: &Asked<'_, H>) -> Answer {
    asked.staff()?;
    let ([name, address], []) = asked.texts(["name", "address"], [])?;
    let address: IpAddr = address.expose().parse().map_err(|_| Refusal::FieldsRefused)?;
    let name = LoginName::parse(name.expose()).map_err(|_| Refusal::NotFound)?;
    let tags = asked.house.keys.name_tags(name.as_str());
    let account = look(asked.host, &tags).await?.ok_or(Refusal::NotFound)?;
    match asked.host.account(account, Command::Accesses { address }).await? {
        Reply::History { entries, more } => {
            let entries: Vec<Value> = entries.iter().map(|line| shown(asked, entry(line), &line.channel)).collect();
            json(&document!({ "entries": entries, "more": more }))
        }
        reply => Err(no(&reply)),
    }
}
