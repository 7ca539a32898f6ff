//! Passwords as they arrive: sealed under an attempt that was handed out here, or plain where the config allows it.

use crate::account::Attempt;
use crate::config::Plain;
use crate::host::Host;
use crate::keys::Returned;
use crate::routes::{Answer, Asked, No, json};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Secret};
use serde_json::json as document;

/// Hands out an attempt and the key to seal to. Nothing is kept of it, and nobody is asked.
pub(crate) fn attempt<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    asked.nothing()?;
    let begun = asked.house.keys.begin_attempt(rng, &holder(asked), asked.now).ok_or(Refusal::Unavailable)?;
    json(&document!({ "attempt": begun.attempt, "key": begun.key }))
}

/// Whose attempt it is: the account of the browser's cookie, or nobody's. What was sealed in one customer's browser cannot
/// be tried within another's session.
fn holder<H: Host>(asked: &Asked<'_, H>) -> Vec<u8> {
    // Also of one that is over: whether that is known here differs from edge to edge.
    asked.any_cookie().map(|cookie| cookie.account.0.to_vec()).unwrap_or_default()
}

/// How the passwords of one request came.
pub(super) struct Passwords<'a> {
    returned: Option<Returned<'a>>,
    path: &'a str,
}

impl<'a> Passwords<'a> {
    /// Those of a body with this `attempt`, or with none.
    ///
    /// # Errors
    /// `attempt_gone` where it is not ours, not this browser's, or out of date; `plain_refused` where there is none and the
    /// config wants one.
    pub fn of<H: Host>(asked: &Asked<'a, H>, attempt: Option<&'a str>) -> Result<Self, No> {
        let path = asked.request.uri().path();
        let Some(token) = attempt else {
            if asked.config().login.plain == Plain::Refuse {
                return Err(Refusal::PlainRefused.into());
            }
            asked.host.count("plain_password", "");
            return Ok(Self { returned: None, path });
        };
        let returned = asked.house.keys.own_attempt(token, &holder(asked), asked.now);
        Ok(Self { returned: Some(returned.ok_or(Refusal::AttemptGone)?), path })
    }

    /// The password in `field`, beside the login id `id`, or beside none; where any text may be a password, in the one form
    /// in which it is checked, hashed and compared.
    ///
    /// # Errors
    /// `seal_broken` where it was sealed for anything else, `malformed` where its form is another.
    pub fn open<H: Host>(&self, asked: &Asked<'_, H>, (id, field): (&str, &str), text: Secret) -> Result<Secret, No> {
        let text = match &self.returned {
            Some(returned) => asked.house.keys.unseal(returned, (self.path, id, field), &text)?,
            None => text,
        };
        let plain = text.expose().is_ascii() || !asked.config().password.rules.is_unicode();
        Ok(if plain { text } else { Secret::new(asked.host.composed(text.expose())) })
    }

    /// What the account has to see to, for the canonical name `name`, or for none.
    pub fn attempt(self, name: &str) -> Option<Attempt> {
        self.returned.map(|returned| returned.attempt(name))
    }
}
