//! The one-time code: entering it, and asking for another.

use super::fields::digits;
use super::session::shown;
use super::sign_in::{checked_return, late, millis, neighbourhood, no, signed_in_answer, succeeded};
use crate::account::{AccountId, CodeAsked, Command, Reply, SessionKey, Visit};
use crate::host::Host;
use crate::routes::{Answer, Asked, No, json};
use http::StatusCode;
use sekisho_rules::{Refusal, Secret};
use serde_json::{Value, json as document};

/// The second step of a sign-in by password.
pub(crate) async fn login_code<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([pending, code], [back]) = asked.texts(["pending", "code"], ["return"])?;
    let back = checked_return(back.as_ref().map(Secret::expose))?;
    let (account, pending) = waiting(asked, pending.expose()).await?;
    asked.admit().await?;
    let visit = Visit { replaces: asked.replaces(account), ..asked.visit() };
    let command = Command::EnterCode { pending, code: folded(&code), visit };
    match asked.host.account(account, command).await {
        Ok(Reply::SignedIn(signed_in)) => {
            let prefix = neighbourhood(asked, &asked.visit().shown);
            if let Some((prefix, name)) = prefix.zip(signed_in.name) {
                succeeded(asked, prefix.counting(name, asked.now), name).await;
            }
            signed_in_answer(asked, account, *signed_in, back).await
        }
        Ok(reply) => Err(late(asked, no(&reply)).await),
        Err(unreached) => Err(late(asked, unreached.into()).await),
    }
}

/// Another code for a sign-in under way, by mail or as a text message; the one before is void.
pub(crate) async fn login_code_resend<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([pending], [by]) = asked.texts(["pending"], ["by"])?;
    let sms = match by.as_ref().map(Secret::expose) {
        None | Some("mail") => false,
        Some("sms") => true,
        Some(_) => return Err(Refusal::Malformed.into()),
    };
    let (account, pending) = waiting(asked, pending.expose()).await?;
    let lane = asked.lane(b"resend", &pending.0);
    asked.not_refused(lane)?;
    asked.admit().await?;
    match asked.host.account(account, Command::ResendCode { pending, sms, visit: asked.visit() }).await? {
        Reply::CodeAsked(code) => json(&document!({
            "masked": code.masked,
            "sms": code.sms,
            "until": millis(code.until),
            "resend": millis(code.resend),
            "from": from(asked, &code),
        })),
        reply => {
            asked.remember(lane, &reply);
            Err(no(&reply))
        }
    }
}

/// What a right password leads to where a code must follow: no session yet, and the word under which it is waited for.
pub(super) fn code_asked<H: Host>(asked: &Asked<'_, H>, account: AccountId, code: &CodeAsked) -> Answer {
    asked.host.count("code_asked", "");
    let pending = code.pending.as_ref().map(|id| asked.house.keys.pending(account, id));
    let mut response = json(&document!({
        "pending": pending,
        "masked": code.masked,
        "sms": code.sms,
        "unusual": code.unusual,
        "passkey": code.passkey,
        "until": millis(code.until),
        "resend": millis(code.resend),
        "from": from(asked, code),
    }))?;
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}

/// What the letter says of the login too: when it was, and from where.
fn from<H: Host>(asked: &Asked<'_, H>, code: &CodeAsked) -> Value {
    let visit = asked.visit();
    let line = document!({
        "at": millis(code.at), "channel": visit.channel, "client": visit.client, "place": visit.place,
    });
    shown(asked, line, &visit.channel)
}

/// Where a code went, and when another may be asked for.
pub(super) fn sent(reply: Reply) -> Answer {
    let Reply::CodeAsked(code) = reply else { return Err(no(&reply)) };
    json(&document!({ "masked": code.masked, "until": millis(code.until), "resend": millis(code.resend) }))
}

/// The sign-in under way that `text` names; a made-up one touches no object.
async fn waiting<H: Host>(asked: &Asked<'_, H>, text: &str) -> Result<(AccountId, SessionKey), No> {
    match asked.house.keys.pending_of(text) {
        Some(known) => Ok(known),
        None => Err(late(asked, Refusal::CodeGone.into()).await),
    }
}

/// What was entered as half-width digits; anything else stays what it is, and is wrong.
pub(super) fn folded(entered: &Secret) -> Secret {
    let text = entered.expose();
    let short = text.len() <= 64;
    Secret::new(digits(text).filter(|_| short).unwrap_or_default())
}
