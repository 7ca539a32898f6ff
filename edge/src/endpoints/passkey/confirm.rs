//! One operation confirmed by a passkey that signs what the customer was shown.

use super::{CEREMONY, Signed, checked_id, described, done, no};
use crate::account::{Command, Confirming, Operation, Reply};
use crate::host::Host;
use crate::keys::Purpose;
use crate::routes::{Answer, Asked, json};
use rand_core::CryptoRng;
use sekisho_rules::Refusal;
use sekisho_webauthn::request_options;
use serde_json::json as document;

/// Options whose challenge commits to the operation, and the sentence to show before the passkey is asked for.
pub(crate) async fn passkey_confirm_begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let ([operation, id], [lang]) = asked.texts(["operation", "id"], ["lang"])?;
    let cookie = asked.cookie()?;
    let id = checked_id(id.expose())?;
    let operation = match operation.expose() {
        "delete_passkey" => Operation::RemovePasskey { id },
        _ => return Err(Refusal::Malformed.into()),
    };
    let session = cookie.key();
    let nonce = asked.house.keys.challenge(rng, Purpose::Confirm, &session.0, asked.now + CEREMONY).bytes;
    let english = lang.is_some_and(|lang| lang.expose() == "en");
    match asked.host.account(cookie.account, Command::BeginConfirm { session, nonce, operation, english }).await? {
        Reply::Confirming(Confirming { text, challenge, allowed }) => {
            let options = request_options(asked.house.relying_party(), &challenge, &described(allowed));
            json(&document!({ "publicKey": options, "text": text }))
        }
        reply => Err(no(&reply)),
    }
}

/// Carries the operation out that was signed.
pub(crate) async fn passkey_confirm_finish<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let body: Signed = asked.body()?;
    let cookie = asked.cookie()?;
    let command = Command::FinishConfirm { session: cookie.key(), response: body.credential.get().to_owned() };
    done(asked.host.account(cookie.account, command).await?)
}
