//! The login by passkey: any passkey of this site, or one of those of the account that a login id names.

use super::super::sign_in::{checked_return, late, look, no, on_the_grid, signed_in_answer};
use super::{CEREMONY, described};
use crate::account::{AccountId, Command, Reply};
use crate::host::Host;
use crate::keys::Purpose;
use crate::routes::{Answer, Asked, No, json};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use sekisho_rules::{LoginName, Refusal};
use sekisho_webauthn::request_options;
use serde::Deserialize;
use serde_json::json as document;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    credential: Box<RawValue>,
    id: Option<String>,
    #[serde(rename = "return")]
    back: Option<String>,
}

/// Options for a login. Under a login id they name that account's passkeys; a name that nobody has, or that has none, is
/// asked for one that does not exist, after the same work and on the same grid of time.
pub(crate) async fn passkey_login_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let ([], [id]) = asked.texts([], ["id"])?;
    let rp = asked.house.relying_party();
    let keys = &asked.house.keys;
    let Some(id) = id else {
        let challenge = keys.challenge(rng, Purpose::SignIn, b"", asked.now + CEREMONY);
        return json(&document!({ "publicKey": request_options(rp, &challenge.bytes, &[]) }));
    };
    let name = canonical(id.expose());
    let challenge = keys.challenge(rng, Purpose::SignIn, name.as_bytes(), asked.now + CEREMONY);
    asked.admit().await?;
    let account = named(asked, &name).await?;
    let made_up = keys.made_up_credential(&name);
    let mut allowed = match asked.host.account(account, Command::PasskeysForLogin).await? {
        Reply::Allowed(allowed) => allowed,
        reply => return Err(no(&reply)),
    };
    if allowed.is_empty() {
        allowed.push(made_up);
    }
    let options = request_options(rp, &challenge.bytes, &described(allowed));
    on_the_grid(asked).await;
    json(&document!({ "publicKey": options }))
}

/// Finishes it. The user handle leads to the account, if its mark is ours; where a login id was given, that does. The
/// challenge must bear our mark too, for that login id or for none.
///
/// Without a login id, a passkey that no account knows is told apart from one that did not prove itself, so that the
/// browser can forget it: its handle bears our mark, which only its owner's device has. Under a login id, nothing is.
pub(crate) async fn passkey_login_finish<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: SignIn = asked.body()?;
    let back = checked_return(body.back.as_deref())?;
    let response = body.credential.get();
    let failed = || No::from(Refusal::SignInFailed);
    let Ok(peek) = sekisho_webauthn::peek(response) else { return Err(late(asked, failed()).await) };
    let name = body.id.as_deref().map(canonical);
    let binding = name.as_deref().unwrap_or_default();
    let signed = challenge_of(response).unwrap_or_default();
    let challenge = asked.house.keys.own_challenge(&signed, Purpose::SignIn, binding.as_bytes(), asked.now);
    let Some(challenge) = challenge else { return Err(late(asked, Refusal::ChallengeGone.into()).await) };
    asked.admit().await?;
    let account = match &name {
        Some(name) => Some(named(asked, name).await?),
        None => peek.user_handle.as_deref().and_then(|handle| asked.house.keys.account_of(handle)),
    };
    let Some(account) = account else { return Err(late(asked, Refusal::PasskeyUnknown.into()).await) };
    let mut visit = asked.visit();
    visit.replaces = asked.replaces(account);
    visit.shown.scale = asked.house.scale(asked.host, asked.now, &visit.channel, &visit.shown).await;
    let command = Command::PasskeySignIn {
        challenge: challenge.bytes,
        until: challenge.until,
        response: response.to_owned(),
        visit,
    };
    match asked.host.account(account, command).await {
        Ok(Reply::SignedIn(signed_in)) => signed_in_answer(asked, account, *signed_in, back).await,
        Ok(Reply::Refused { refusal: Refusal::PasskeyUnknown, .. }) if name.is_some() => {
            Err(late(asked, failed()).await)
        }
        Ok(reply) => Err(late(asked, no(&reply)).await),
        Err(unreached) => Err(late(asked, unreached.into()).await),
    }
}

/// The canonical form of a login id; a text that is none goes the way of a name that nobody has.
pub(in crate::endpoints) fn canonical(id: &str) -> String {
    LoginName::parse(id).map(|name| name.as_str().to_owned()).unwrap_or_else(|_| "-".to_owned())
}

/// The account of a canonical name, or the decoy that stands in for it.
pub(in crate::endpoints) async fn named<H: Host>(asked: &Asked<'_, H>, name: &str) -> Result<AccountId, No> {
    let tags = asked.house.keys.name_tags(name);
    let tag = *tags.first().ok_or(Refusal::Unavailable)?;
    Ok(look(asked.host, &tags).await?.unwrap_or_else(|| asked.house.keys.decoy(tag)))
}

/// The challenge that a response says it signed. Only a way to find our own: the ceremony holds the signed client data
/// against it byte by byte, so that a response read differently there proves nothing.
pub(in crate::endpoints) fn challenge_of(response: &str) -> Option<Vec<u8>> {
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
    let credential: Credential = crate::wire::read(response.as_bytes()).ok()?;
    let client_data = URL_SAFE_NO_PAD.decode(credential.response.client_data).ok()?;
    let client_data: ClientData = crate::wire::read(&client_data).ok()?;
    URL_SAFE_NO_PAD.decode(client_data.challenge).ok()
}
