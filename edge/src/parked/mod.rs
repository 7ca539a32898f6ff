//! A form that came before the proof its route asks for: kept while the customer gives it, shown, and sent on at a press.
//!
//! The account keeps ciphertext, the browser the key, in a cookie: neither has the form without the other. It is good for ten
//! minutes, once, within the session that sent it (a fresh proof carries that on) and for the route it was sent to; what is
//! sent is what was shown, since its name is the digest of what is kept. What must never enter: another site's form.

mod form;
mod sealed;

use crate::House;
use crate::account::{Command, ParkedName, Reply};
use crate::bound::Shown;
use crate::config::{Demand, Proof};
use crate::gate::{Cookie, Decision, Header, Packed, find_named, path_of};
use crate::host::Host;
use crate::pages;
use rand_core::CryptoRng;
use sealed::Key;
use sekisho_rules::{Refusal, Standing, Timestamp};
use std::time::Duration;

/// How long a form waits.
pub(crate) const LIFE: Duration = Duration::from_secs(600);
/// Where it is shown.
const PAGE: &str = "/.sekisho/parked";
/// Where a press on that page sends it on.
pub const SEND: &str = "/.sekisho/parked/send";
const NAME: &str = "__Host-sekisho-parked";

/// A form as it was sent.
struct Form {
    /// Path and query.
    target: String,
    body: String,
}

/// A form that waits and may be sent, with the session that may send it.
struct Found {
    form: Form,
    name: ParkedName,
    live: Cookie,
}

/// What becomes of a form: the decision, and with a forward the body to send.
pub struct Sent {
    /// The decision; a forward is as of the request that the form was.
    pub decision: Decision,
    /// The form's body; empty where it is not sent.
    pub body: String,
    /// The request that the form was, packed: what it leads to is watched as that; empty where it is not sent.
    pub request: String,
}

impl From<Decision> for Sent {
    fn from(decision: Decision) -> Self {
        Self { decision, body: String::new(), request: String::new() }
    }
}

impl House {
    /// Whether a request that lacks the proof is a form that can wait for it: sent by a page of this site, to be read as text, and no
    /// longer than is kept, as far as it says. One that does not say is read as far as that.
    pub(crate) fn can_wait(&self, request: &Packed) -> bool {
        let most = self.config.limits.body;
        let short = request.length.is_empty() || request.length.parse::<usize>().is_ok_and(|length| length <= most);
        short && request.is_form() && request.is_navigation() && self.is_from_us(request)
    }

    /// Does with the request `packed` and its `body` what [`Decision::Park`] stands for: keeps a form, or sends one on.
    pub async fn park<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        now: Timestamp,
        rng: &mut R,
        packed: &str,
        body: &[u8],
    ) -> Sent {
        match path_of(Packed::read(packed).target()) == SEND {
            true => self.send_parked(host, now, rng, packed, body).await,
            false => self.keep(host, now, rng, packed, body).await.into(),
        }
    }

    /// Keeps the form and leads to where the proof is given.
    async fn keep<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        now: Timestamp,
        rng: &mut R,
        packed: &str,
        body: &[u8],
    ) -> Decision {
        let request = Packed::read(packed);
        let (_, proof) = self.config.demand(path_of(request.target()));
        let Some(cookie) = self.session_of(&request, now) else {
            return self.refuse(&request, Refusal::NoSession, now);
        };
        if body.len() > self.config.limits.body {
            return self.refuse(&request, Refusal::TooLarge, now);
        }
        let Ok(body) = std::str::from_utf8(body) else { return self.refuse(&request, Refusal::Malformed, now) };
        let key = Key::random(rng);
        let Some(kept) = key.seal(&Form { target: request.target().to_owned(), body: body.to_owned() }) else {
            return self.refuse(&request, Refusal::Unavailable, now);
        };
        let name = sealed::name(&kept);
        let command = Command::Park { session: cookie.key(), name, kept };
        match host.account(cookie.account, command).await {
            Ok(Reply::Done) => {
                let mut decision = self.lead_to_proof(proof, PAGE, (now, request.target()));
                if let Decision::Refuse { headers, .. } = &mut decision {
                    headers.push(("set-cookie".into(), set(&format!("{}.{}", key.text(), name.to_hex()), LIFE)));
                }
                decision
            }
            Ok(Reply::Gone(Standing::Idle)) => self.refuse(&request, Refusal::SessionIdle, now),
            Ok(Reply::Gone(_)) => self.refuse(&request, Refusal::NoSession, now),
            Ok(_) => self.refuse(&request, Refusal::Unavailable, now),
            Err(unreached) => self.fail(host, &request, now, &unreached),
        }
    }

    /// The page that shows what waits; leads home where nothing does, and to the proof where that is still asked for.
    pub(crate) async fn show_parked<H: Host>(
        &self,
        host: &H,
        now: Timestamp,
        seen: (&str, u8, &Shown<'_>),
    ) -> Decision {
        let found = match self.found(host, now, seen, None).await {
            Ok(found) => found,
            Err(decision) => return decision,
        };
        let mut headers = self.config.headers.every.clone();
        headers.push(("cache-control".into(), "no-store".into()));
        headers.push(("content-type".into(), "text/html; charset=utf-8".into()));
        headers.push(("content-security-policy".into(), pages::policy("'self'")));
        let Found { form, name, .. } = found;
        let body = pages::parked(&self.config, &form.target, &form::fields(&form.body), &name.to_hex());
        Decision::Refuse { status: 200, headers, body }
    }

    /// The press on that page, the request `packed` with its `body`: takes the form, which is good once, and decides as for
    /// the request that it was.
    async fn send_parked<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        now: Timestamp,
        rng: &mut R,
        packed: &str,
        body: &[u8],
    ) -> Sent {
        let press = Packed::read(packed);
        if !self.is_from_us(&press) {
            return self.refuse(&press, Refusal::CrossSite, now).into();
        }
        let home = || self.lead_to(&self.config.login.home).into();
        let shown = std::str::from_utf8(body).ok().and_then(|text| text.strip_prefix("name="));
        let Some(name) = shown.and_then(ParkedName::from_hex) else { return home() };
        let entrance = press.entrance(&self.config);
        let seen = (press.cookie, entrance, &self.shown(&press));
        let Found { form, live, .. } = match self.found(host, now, seen, Some(name)).await {
            Ok(found) => found,
            Err(decision) => return decision.into(),
        };
        // Only who takes it sends it.
        match host.account(live.account, Command::Parked { session: live.key(), name, take: true }).await {
            Ok(Reply::Parked(_)) => {}
            Ok(_) => return home(),
            Err(unreached) => return self.fail(host, &press, now, &unreached).into(),
        }
        let (_, rest) = packed.split_once('\n').unwrap_or_default();
        let (_, rest) = rest.split_once('\n').unwrap_or_default();
        let packed = format!("POST\n{}{}\n{rest}", self.config.origin_of(entrance), form.target);
        let request = Packed::read(&packed);
        if self.config.demand(path_of(&form.target)).0 == Demand::Deny {
            return self.refuse(&request, Refusal::NotFound, now).into();
        }
        let mut decision = self.pass_live(host, rng, &request, now, live).await;
        if let Decision::Forward { response, .. } = &mut decision {
            response.push(("+set-cookie".into(), set("", Duration::ZERO)));
        }
        Sent { decision, body: form.body, request: packed }
    }

    /// What waits for whoever brings these cookies, under the name that they were shown or that the cookie has, once the
    /// proof is met; else where they are led.
    async fn found<H: Host>(
        &self,
        host: &H,
        now: Timestamp,
        (cookies, entrance, seen): (&str, u8, &Shown<'_>),
        shown: Option<ParkedName>,
    ) -> Result<Found, Decision> {
        let home = || self.lead_to(&self.config.login.home);
        let cookie = self.cookie(cookies, entrance);
        let cookie = cookie.filter(|cookie| self.is_on_device(cookies, &cookie.session, now)).ok_or_else(home)?;
        let (key, name) = brought(cookies).ok_or_else(home)?;
        let name = shown.unwrap_or(name);
        let command = Command::Parked { session: cookie.key(), name, take: false };
        let Ok(Reply::Parked(kept)) = host.account(cookie.account, command).await else { return Err(home()) };
        let form = key.open(&kept).ok_or_else(home)?;
        if self.has_moved(&cookie, seen) {
            return Err(self.lead_to_proof(Proof::anew(), PAGE, (now, &form.target)));
        }
        let Ok(Ok(live)) = self.renew(host, now, (cookies, seen), &cookie, false).await else { return Err(home()) };
        let (demand, proof) = self.config.demand(path_of(&form.target));
        if demand == Demand::Session && !proof.is_met(live.session.amr, live.session.auth_time, now) {
            return Err(self.lead_to_proof(proof, PAGE, (now, &form.target)));
        }
        Ok(Found { form, name, live })
    }

    fn lead_to(&self, location: &str) -> Decision {
        let mut headers: Vec<Header> = self.config.headers.every.clone();
        headers.push(("cache-control".into(), "no-store".into()));
        headers.push(("location".into(), location.to_owned()));
        Decision::Refuse { status: 303, headers, body: String::new() }
    }
}

/// The key and the name that a browser brings.
fn brought(cookies: &str) -> Option<(Key, ParkedName)> {
    let (key, name) = find_named(cookies, NAME)?.split_once('.')?;
    Some((Key::read(key)?, ParkedName::from_hex(name)?))
}

fn set(value: &str, life: Duration) -> String {
    format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", life.as_secs())
}

#[cfg(test)]
mod tests;
