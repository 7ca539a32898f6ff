//! The passkey ceremonies within a session; beside them the login by passkey and the customer's list.

mod confirm;
mod list;
mod sign_in;

pub(crate) use confirm::{passkey_confirm_begin, passkey_confirm_finish};
pub(crate) use list::{passkey_delete, passkey_icon, passkey_only, passkey_rename, passkeys};
pub(super) use sign_in::{canonical, challenge_of, named};
pub(crate) use sign_in::{passkey_login_begin, passkey_login_finish};

use super::bound::offer;
use super::session::live;
use super::sign_in::{millis, no};
use crate::House;
use crate::account::{Command, CredentialName, PasskeyOptions, PasskeyView, Reply, SignedIn};
use crate::host::Host;
use crate::keys::Purpose;
use crate::routes::{Answer, Asked, No, json};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use rand_core::CryptoRng;
use sekisho_rules::Refusal;
use sekisho_webauthn::{CredentialDescriptor, User, creation_options, request_options};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json as document};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a ceremony may take.
const CEREMONY: Duration = Duration::from_secs(300);
/// The longest name a passkey may bear, in characters.
const LONGEST_NAME: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    credential: Box<RawValue>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    credential: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// The browser makes the passkey by itself, after a login by password (mediation `conditional`).
    #[serde(default)]
    conditional: bool,
}

/// Options for a registration within a session whose proof is fresh.
pub(crate) async fn passkey_register_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let Begin { conditional } = asked.body()?;
    let cookie = asked.cookie()?;
    let key = cookie.key();
    let purpose = if conditional { Purpose::Upgrade } else { Purpose::Register };
    let challenge = asked.house.keys.challenge(rng, purpose, &key.0, asked.now + CEREMONY).bytes;
    let command = Command::BeginPasskey { session: key, challenge: challenge.clone() };
    let PasskeyOptions { name, display_name, exclude } = match asked.host.account(cookie.account, command).await? {
        Reply::PasskeyOptions(options) => options,
        reply => return Err(no(&reply)),
    };
    let handle = asked.house.keys.user_handle(cookie.account);
    let user = User { handle: &handle, name: &name, display_name: &display_name };
    let options = creation_options(asked.house.relying_party(), &user, &challenge, &described(exclude));
    let options = options.map_err(|_| Refusal::Unavailable)?;
    json(&document!({ "publicKey": options }))
}

/// Finishes a registration.
pub(crate) async fn passkey_register_finish<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Register = asked.body()?;
    let cookie = asked.cookie()?;
    let name = body.name.as_deref().map(checked_name).transpose()?;
    let response = body.credential.get().to_owned();
    let command = Command::FinishPasskey { session: cookie.key(), response, name, visit: asked.visit() };
    match asked.host.account(cookie.account, command).await? {
        Reply::Passkey(passkey) => {
            let mut response = json(&view(asked.house, &passkey))?;
            *response.status_mut() = StatusCode::CREATED;
            Ok(response)
        }
        reply => Err(no(&reply)),
    }
}

/// Options for a fresh proof within a session, by one of the account's own passkeys.
pub(crate) async fn passkey_step_up_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    asked.nothing()?;
    let cookie = asked.proving_cookie()?;
    let key = cookie.key();
    let challenge = asked.house.keys.challenge(rng, Purpose::StepUp, &key.0, asked.now + CEREMONY).bytes;
    let command = Command::BeginStepUp { session: key, challenge: challenge.clone() };
    let allowed = match asked.host.account(cookie.account, command).await? {
        Reply::Allowed(allowed) => allowed,
        reply => return Err(no(&reply)),
    };
    let options = request_options(asked.house.relying_party(), &challenge, &described(allowed));
    json(&document!({ "publicKey": options }))
}

/// Finishes it: the session goes on under a new id.
pub(crate) async fn passkey_step_up_finish<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Signed = asked.body()?;
    let cookie = asked.proving_cookie()?;
    let command = Command::FinishStepUp { session: cookie.key(), response: body.credential.get().to_owned() };
    match asked.host.account(cookie.account, command).await? {
        Reply::SignedIn(raised) => {
            let SignedIn { id, session, .. } = *raised;
            asked.has_gone_on(&cookie);
            let session = cookie.raised(session);
            let place = (cookie.entrance, asked.place(&id));
            let cookie = asked.house.leased(cookie.account, Zeroizing::new(id), place, session, asked.now);
            let mut response = live(asked, &cookie)?;
            offer(asked, response.headers_mut(), &cookie);
            Ok(response)
        }
        reply => Err(no(&reply)),
    }
}

fn described(credentials: Vec<CredentialName>) -> Vec<CredentialDescriptor> {
    credentials.into_iter().map(|(id, transports)| CredentialDescriptor { id, transports }).collect()
}

fn done(reply: Reply) -> Answer {
    match reply {
        Reply::Done => json(&document!({})),
        reply => Err(no(&reply)),
    }
}

fn checked_id(text: &str) -> Result<Vec<u8>, No> {
    let id = URL_SAFE_NO_PAD.decode(text).ok().filter(|id| (1..=1023).contains(&id.len()));
    id.ok_or_else(|| Refusal::PasskeyUnknown.into())
}

fn checked_name(text: &str) -> Result<String, No> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.contains(char::is_control);
    fits.then(|| name.to_owned()).ok_or_else(|| Refusal::Malformed.into())
}

fn view(house: &House, passkey: &PasskeyView) -> Value {
    let pictured = house.models().get(&passkey.aaguid).is_some_and(|model| model.icon.is_some());
    document!({
        "id": URL_SAFE_NO_PAD.encode(&passkey.id),
        "name": passkey.name,
        "created": millis(passkey.created),
        "last_used": passkey.last_used.map(millis),
        "synced": passkey.synced,
        "icon": pictured.then(|| format!("/.sekisho/passkeys/icon?model={:032x}", u128::from_be_bytes(passkey.aaguid))),
    })
}
