//! The passkey ceremonies' endpoints, and the customer's list of passkeys.

use super::session::{Nothing, live};
use super::sign_in::{checked_return, late, millis, no, signed_in_answer};
use crate::account::{Command, PasskeyOptions, PasskeyView, Reply, SignedIn};
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
struct SignIn {
    credential: Box<RawValue>,
    #[serde(rename = "return")]
    back: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    credential: Box<RawValue>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepUp {
    credential: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Only {
    on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    id: String,
}

/// Options for a sign-in without a login id: any passkey of this site may answer.
pub(crate) fn passkey_login_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    asked.body::<Nothing>()?;
    let challenge = asked.house.keys.challenge(rng, Purpose::SignIn, b"", asked.now + CEREMONY);
    let options = request_options(asked.house.relying_party(), &challenge.bytes, &[]);
    json(&document!({ "publicKey": options }))
}

/// Finishes it: the user handle leads to the account, if its mark is ours; the challenge must bear our mark too.
pub(crate) async fn passkey_login_finish<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: SignIn = asked.body()?;
    let back = checked_return(body.back.as_deref())?;
    let response = body.credential.get();
    let failed = || No::from(Refusal::SignInFailed);
    let Ok(peek) = sekisho_webauthn::peek(response) else { return Err(late(asked, failed()).await) };
    let account = peek.user_handle.as_deref().and_then(|handle| asked.house.keys.account_of(handle));
    let signed = challenge_of(response).unwrap_or_default();
    let challenge = asked.house.keys.own_challenge(&signed, Purpose::SignIn, b"", asked.now);
    let Some(challenge) = challenge else { return Err(late(asked, Refusal::ChallengeGone.into()).await) };
    let Some(account) = account else { return Err(late(asked, failed()).await) };
    let command = Command::PasskeySignIn {
        challenge: challenge.bytes,
        until: challenge.until,
        response: response.to_owned(),
        visit: asked.visit(),
    };
    match asked.host.account(account, command).await {
        Ok(Reply::SignedIn(signed_in)) => signed_in_answer(asked, account, *signed_in, back).await,
        Ok(reply) => Err(late(asked, no(&reply)).await),
        Err(unreached) => Err(late(asked, unreached.into()).await),
    }
}

/// Options for a registration within a session whose proof is fresh.
pub(crate) async fn passkey_register_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    asked.body::<Nothing>()?;
    let cookie = asked.cookie()?;
    let key = cookie.key();
    let challenge = asked.house.keys.challenge(rng, Purpose::Register, &key.0, asked.now + CEREMONY).bytes;
    let command = Command::BeginPasskey { session: key, challenge: challenge.clone() };
    let PasskeyOptions { name, display_name, exclude } = match asked.host.account(cookie.account, command).await? {
        Reply::PasskeyOptions(options) => options,
        reply => return Err(no(&reply)),
    };
    let handle = asked.house.keys.user_handle(cookie.account);
    let user = User { handle: &handle, name: &name, display_name: &display_name };
    let exclude: Vec<_> = exclude.into_iter().map(|(id, transports)| CredentialDescriptor { id, transports }).collect();
    let options = creation_options(asked.house.relying_party(), &user, &challenge, &exclude);
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
            let mut response = json(&view(&passkey))?;
            *response.status_mut() = StatusCode::CREATED;
            Ok(response)
        }
        reply => Err(no(&reply)),
    }
}

/// Options for a fresh proof within a session, by one of the account's own passkeys.
pub(crate) async fn passkey_step_up_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    asked.body::<Nothing>()?;
    let cookie = asked.cookie()?;
    let key = cookie.key();
    let challenge = asked.house.keys.challenge(rng, Purpose::StepUp, &key.0, asked.now + CEREMONY).bytes;
    let command = Command::BeginStepUp { session: key, challenge: challenge.clone() };
    let allowed = match asked.host.account(cookie.account, command).await? {
        Reply::Allowed(allowed) => allowed,
        reply => return Err(no(&reply)),
    };
    let allowed: Vec<_> = allowed.into_iter().map(|(id, transports)| CredentialDescriptor { id, transports }).collect();
    json(&document!({ "publicKey": request_options(asked.house.relying_party(), &challenge, &allowed) }))
}

/// Finishes it: the session goes on under a new id.
pub(crate) async fn passkey_step_up_finish<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: StepUp = asked.body()?;
    let cookie = asked.cookie()?;
    let command = Command::FinishStepUp { session: cookie.key(), response: body.credential.get().to_owned() };
    match asked.host.account(cookie.account, command).await? {
        Reply::SignedIn(raised) => {
            let SignedIn { id, session, .. } = *raised;
            live(asked, &asked.house.leased(cookie.account, Zeroizing::new(id), session, asked.now))
        }
        reply => Err(no(&reply)),
    }
}

/// Turns password logins off or on.
pub(crate) async fn passkey_only<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let Only { on } = asked.body()?;
    let cookie = asked.cookie()?;
    done(asked.host.account(cookie.account, Command::PasskeyOnly { session: cookie.key(), on }).await?)
}

/// Lists the passkeys.
pub(crate) async fn passkeys<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let cookie = asked.cookie()?;
    match asked.host.account(cookie.account, Command::Passkeys { session: cookie.key() }).await? {
        Reply::Passkeys(list) => json(&document!({ "passkeys": list.iter().map(view).collect::<Vec<_>>() })),
        reply => Err(no(&reply)),
    }
}

/// Gives a passkey another name.
pub(crate) async fn passkey_rename<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Rename = asked.body()?;
    let cookie = asked.cookie()?;
    let (id, name) = (checked_id(&body.id)?, checked_name(&body.name)?);
    done(asked.host.account(cookie.account, Command::RenamePasskey { session: cookie.key(), id, name }).await?)
}

/// Removes a passkey.
pub(crate) async fn passkey_delete<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Delete = asked.body()?;
    let cookie = asked.cookie()?;
    let id = checked_id(&body.id)?;
    done(asked.host.account(cookie.account, Command::DeletePasskey { session: cookie.key(), id }).await?)
}

/// The challenge that a response says it signed. Only a way to find our own: the ceremony holds the signed client data
/// against it byte by byte, so that a response read differently there proves nothing.
fn challenge_of(response: &str) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Credential {
        response: Response,
    }
    #[derive(Deserialize)]
    struct Response {
        #[serde(rename = "clientDataJSON")]
        client_data: String,
    }
    #[derive(Deserialize)]
    struct ClientData {
        challenge: String,
    }
    let credential: Credential = serde_json::from_str(response).ok()?;
    let client_data = URL_SAFE_NO_PAD.decode(credential.response.client_data).ok()?;
    let client_data: ClientData = serde_json::from_slice(&client_data).ok()?;
    URL_SAFE_NO_PAD.decode(client_data.challenge).ok()
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

fn view(passkey: &PasskeyView) -> Value {
    document!({
        "id": URL_SAFE_NO_PAD.encode(&passkey.id),
        "name": passkey.name,
        "created": millis(passkey.created),
        "last_used": passkey.last_used.map(millis),
        "synced": passkey.synced,
    })
}
