//! The customer's list of passkeys, and what becomes of passwords beside them.

use super::{checked_id, checked_name, done, no, view};
use crate::account::{Command, PasskeyList, Reply};
use crate::host::Host;
use crate::models;
use crate::routes::{Answer, Asked, json, set};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Response;
use sekisho_rules::Refusal;
use serde::Deserialize;
use serde_json::json as document;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Only {
    on: bool,
}

/// Turns password logins off or on.
pub(crate) async fn passkey_only<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let Only { on } = asked.body()?;
    let cookie = asked.cookie()?;
    done(asked.host.account(cookie.account, Command::PasskeyOnly { session: cookie.key(), on }).await?)
}

/// Lists the passkeys, with what tells the programs that keep them which are still good (WebAuthn L3 §5.1.10).
pub(crate) async fn passkeys<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let cookie = asked.cookie()?;
    match asked.host.account(cookie.account, Command::Passkeys(cookie.key())).await? {
        Reply::Passkeys(PasskeyList { passkeys, name, display_name }) => json(&document!({
            "passkeys": passkeys.iter().map(|passkey| view(asked.house, passkey)).collect::<Vec<_>>(),
            "rp_id": asked.config().passkey.rp_id,
            "user": {
                "id": URL_SAFE_NO_PAD.encode(asked.house.keys.user_handle(cookie.account)),
                "name": name,
                "display_name": display_name,
            },
        })),
        reply => Err(no(&reply)),
    }
}

/// The picture of an authenticator model that the operator's list knows; anybody may see it, and keep it for a day.
pub(crate) fn passkey_icon<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let query = asked.request.uri().query().unwrap_or_default();
    let aaguid = query.strip_prefix("model=").and_then(models::number);
    let model = aaguid.and_then(|aaguid| asked.house.models().get(&aaguid));
    let icon = model.and_then(|model| STANDARD.decode(model.icon.as_deref()?).ok());
    let mut response = Response::new(icon.ok_or(Refusal::NotFound)?);
    set(response.headers_mut(), "content-type", "image/png");
    set(response.headers_mut(), "cache-control", "public, max-age=86400");
    Ok(response)
}

/// Gives a passkey another name.
pub(crate) async fn passkey_rename<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([id, name], []) = asked.texts(["id", "name"], [])?;
    let cookie = asked.cookie()?;
    let (id, name) = (checked_id(id.expose())?, checked_name(name.expose())?);
    done(asked.host.account(cookie.account, Command::RenamePasskey { session: cookie.key(), id, name }).await?)
}

/// Removes a passkey.
pub(crate) async fn passkey_delete<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([id], []) = asked.texts(["id"], [])?;
    let cookie = asked.cookie()?;
    let id = checked_id(id.expose())?;
    done(asked.host.account(cookie.account, Command::DeletePasskey { session: cookie.key(), id }).await?)
}
