//! Where a cookie becomes a token, and what becomes of requests that bring one.

use super::{Brought, Denied, Token, challenge};
use crate::House;
use crate::account::{Command, Reply};
use crate::config::{Channel, Demand};
use crate::endpoints::refused;
use crate::gate::{Decision, Packed, Who, clear, path_of};
use crate::host::Host;
use crate::routes::{Answer, Asked, json, set};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Timestamp};
use serde_json::json as document;
use zeroize::Zeroizing;

/// Exchanges the session's cookie for a token, good for the key that has signed the proof. The cookie's id ends with it.
/// Only an app's own session is exchanged: a page's cookie is kept from its scripts, and a script could keep the key.
pub(crate) async fn exchange<H: Host>(asked: &Asked<'_, H>) -> Answer {
    asked.nothing()?;
    let cookie = asked.cookie()?;
    let channel = asked.config().channel_named(&cookie.session.channel);
    if !channel.is_some_and(Channel::is_app) {
        return Err(Refusal::ChannelLimited.into());
    }
    let proof = asked.header("dpop");
    let brought = Brought {
        method: asked.request.method().as_str(),
        entrance: asked.entrance(),
        path: asked.request.uri().path(),
        proof,
        background: true,
    };
    asked.house.is_for(&brought, None, asked.now)?;
    let command = Command::Possess { session: cookie.key(), proof: proof.to_owned(), visit: asked.visit() };
    let possessed = match asked.host.account(cookie.account, command).await? {
        Reply::SignedIn(possessed) => *possessed,
        reply => return Err(refused(&reply)),
    };
    let token = Token { account: cookie.account, id: Zeroizing::new(possessed.id) };
    let mut response = json(&document!({
        "access_token": token.seal(&asked.house.keys),
        "token_type": "DPoP",
        "expires_in": (possessed.session.deadline - asked.now).as_secs(),
    }))?;
    set(response.headers_mut(), "set-cookie", &clear());
    Ok(response)
}

impl House {
    /// Decides a page request that brings a token.
    pub(crate) async fn resolve_token<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        now: Timestamp,
        rng: &mut R,
        (request, text): (&Packed<'_>, &str),
    ) -> Decision {
        let (demand, proof) = self.config.demand(path_of(request.target()));
        if demand == Demand::Public && Token::open(text, &self.keys).is_none() {
            // The application's own, perhaps: it goes on as it came.
            return self.pass(host, rng, request, now, Who::Anonymous, None).await;
        }
        match self.possessed(host, now, text, &Brought::of(request, self)).await {
            Ok(live) => match self.admitted(request, (demand, proof), live, now) {
                Ok(who) => spent(self.pass(host, rng, request, now, who, None).await),
                Err(decision) => decision,
            },
            Err(Denied::Refused(refusal)) => self.deny(request, refusal, now),
            Err(Denied::Unreached(unreached)) => self.fail(host, request, now, &unreached),
        }
    }

    /// The answer to a token that counts for nothing, in RFC 9449's words.
    fn deny(&self, request: &Packed, refusal: Refusal, now: Timestamp) -> Decision {
        // An app is no browser that could be led to a login.
        let request = Packed { fetch_mode: "cors", ..*request };
        let mut decision = self.refuse(&request, refusal, now);
        if let (Decision::Refuse { headers, .. }, Some(challenge)) = (&mut decision, challenge(refusal)) {
            headers.retain(|(name, _)| name != "www-authenticate");
            headers.push(("www-authenticate".into(), challenge.into()));
        }
        decision
    }
}

/// The token and its proof stay at the edge.
fn spent(mut decision: Decision) -> Decision {
    if let Decision::Forward { request, .. } = &mut decision {
        request.extend(["-authorization", "-dpop"].map(|name| (name.to_owned(), String::new())));
    }
    decision
}
