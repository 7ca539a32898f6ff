//! A form that came before the proof its route asks for: kept while the customer gives it, shown, and sent on at a press.
//!
//! The account keeps ciphertext, the browser the key, in a cookie for each form: neither has the form without the other. It is good
//! for ten minutes, once, within the session that sent it (a fresh proof carries that on, and so does a login of the same customer in
//! its place) and for the route it was sent to; what is sent is what was shown, since its name is the digest of what is kept. Where it
//! is gone the customer is told so, and whether it was sent, as far as anybody knows. What must never enter: another site's form.

mod form;
mod sealed;

pub(crate) use form::text;

use crate::House;
use crate::account::{Command, ParkedName, Reply};
use crate::bound::{Lost, Shown};
use crate::config::{Demand, Proof};
use crate::gate::{Cookie, Decision, Packed, find_named, named, path_of, percent_encode, return_path};
use crate::host::Host;
use crate::pages;
use rand_core::CryptoRng;
use sealed::Key;
use sekisho_rules::{Refusal, Standing, Timestamp};
use std::time::Duration;

/// How long a form waits.
pub(crate) const LIFE: Duration = Duration::from_secs(600);
/// As many of one login wait at a time.
pub(crate) const MOST: usize = 4;
/// Where it is shown.
pub(crate) const PAGE: &str = "/.sekisho/parked";
/// Where a press on that page sends it on.
pub const SEND: &str = "/.sekisho/parked/send";
/// What the names of the cookies begin with; the form's follows.
const NAME: &str = "__Host-sekisho-parked-";

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
        let moved = self.has_moved(&cookie, &self.shown(&request), now);
        let proof = if moved { Proof::anew() } else { proof };
        let command = Command::Park { session: cookie.key(), name, kept, moved };
        match host.account(cookie.account, command).await {
            Ok(Reply::Done) => {
                let target = request.target();
                let back = format!("{PAGE}{}", query_of(name, path_of(target)));
                let mut decision = self.lead_to_proof(proof, &back, (now, target));
                if let Decision::Refuse { headers, .. } = &mut decision {
                    headers.push(("+set-cookie".into(), set(&name.to_hex(), &key.text(), LIFE)));
                    // The browser keeps no more keys than the account forms.
                    let over = (named(request.cookie, NAME).count() + 1).saturating_sub(MOST);
                    for name in named(request.cookie, NAME).take(over) {
                        headers.push(("+set-cookie".into(), set(name, "", Duration::ZERO)));
                    }
                }
                decision
            }
            Ok(Reply::Gone(Standing::Idle)) => self.refuse(&request, Refusal::SessionIdle, now),
            Ok(Reply::Gone(_)) => self.refuse(&request, Refusal::NoSession, now),
            // There is no room: it is to be sent again after the proof.
            Ok(Reply::Refused { .. }) => self.ask_for(&request, proof, now),
            Ok(_) => self.refuse(&request, Refusal::Unavailable, now),
            Err(unreached) => self.fail(host, &request, now, &unreached),
        }
    }

    /// The page that shows what waits, or says that nothing does; leads to the proof where that is still asked for.
    pub(crate) async fn show_parked<H: Host>(
        &self,
        host: &H,
        now: Timestamp,
        (request, seen): (&Packed<'_>, &Shown<'_>),
    ) -> Decision {
        let name = wanted(request.target(), "form=").and_then(|name| ParkedName::from_hex(&name));
        let found = match self.found(host, now, (request, seen), name).await {
            Ok(found) => found,
            Err(decision) => return decision,
        };
        let Found { form, name, .. } = found;
        let send = format!("{SEND}{}", query_of(name, path_of(&form.target)));
        let body = pages::parked(&self.config, &form.target, &form::fields(&form.body), (&send, &name.to_hex()));
        self.own_page(200, "'self'", body)
    }

    /// Where `reply` has no form: to the login where the session is over, which leads `back`; else to the page that says so.
    fn lacking(&self, request: &Packed, (reply, back): (&Reply, &str), now: Timestamp) -> Decision {
        let sent = match reply {
            Reply::Gone(standing) => {
                return self.lead_to(&self.login_with_return(back, Lost::Over(*standing).refusal()));
            }
            Reply::Parked(_) => Some(true),
            Reply::Done => Some(false),
            _ => None,
        };
        self.gone(request, sent, now)
    }

    /// What was filled in is here no more: that it was not sent, or that it was; none where nobody knows.
    fn gone(&self, request: &Packed, sent: Option<bool>, now: Timestamp) -> Decision {
        let way = wanted(request.target(), "page=").filter(|page| return_path(page).is_some());
        self.own_page(410, "'none'", pages::gone(&self.config, sent, way, &self.reference(now)))
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
        let shown = std::str::from_utf8(body).ok().and_then(|text| text.strip_prefix("name="));
        let name = shown.and_then(ParkedName::from_hex);
        let Found { form, live, name } = match self.found(host, now, (&press, &self.shown(&press)), name).await {
            Ok(found) => found,
            Err(decision) => return decision.into(),
        };
        // Only who takes it sends it. It was there just now: another press was quicker.
        match host.account(live.account, Command::Parked { session: live.key(), name, take: true }).await {
            Ok(Reply::Parked(kept)) if !kept.is_empty() => {}
            Ok(reply) => return self.lacking(&press, (&reply, &way_back(&press, name)), now).into(),
            Err(unreached) => return self.fail(host, &press, now, &unreached).into(),
        }
        let entrance = press.entrance(&self.config);
        let (_, rest) = packed.split_once('\n').unwrap_or_default();
        let (_, rest) = rest.split_once('\n').unwrap_or_default();
        let packed = format!("POST\n{}{}\n{rest}", self.config.origin_of(entrance), form.target);
        let request = Packed::read(&packed);
        if self.config.demand(path_of(&form.target)).0 == Demand::Deny {
            return self.refuse(&request, Refusal::NotFound, now).into();
        }
        let mut decision = self.pass_live(host, rng, &request, now, live).await;
        if let Decision::Forward { response, .. } = &mut decision {
            response.push(("+set-cookie".into(), set(&name.to_hex(), "", Duration::ZERO)));
        }
        Sent { decision, body: form.body, request: packed }
    }

    /// What waits under `name` for whoever sends this, once the proof is met; else where they are led.
    async fn found<H: Host>(
        &self,
        host: &H,
        now: Timestamp,
        (request, seen): (&Packed<'_>, &Shown<'_>),
        name: Option<ParkedName>,
    ) -> Result<Found, Decision> {
        let name = name.ok_or_else(|| self.gone(request, None, now))?;
        let back = way_back(request, name);
        let log_in = |refusal| self.lead_to(&self.login_with_return(&back, refusal));
        let cookie = self.session_of(request, now).ok_or_else(|| log_in(Refusal::NoSession))?;
        let kept =
            match host.account(cookie.account, Command::Parked { session: cookie.key(), name, take: false }).await {
                Ok(Reply::Parked(kept)) if !kept.is_empty() => kept,
                Ok(reply) => return Err(self.lacking(request, (&reply, &back), now)),
                Err(unreached) => return Err(self.fail(host, request, now, &unreached)),
            };
        let key = find_named(request.cookie, &format!("{NAME}{}", name.to_hex())).and_then(Key::read);
        let form = key.and_then(|key| key.open(&kept)).ok_or_else(|| self.gone(request, Some(false), now))?;
        let live = if self.has_moved(&cookie, seen, now) {
            Err(Lost::Moved)
        } else {
            self.renew(host, now, (request.cookie, seen), &cookie, false).await
        };
        let live = live.map_err(|lost| match lost {
            Lost::Moved => self.lead_to_proof(Proof::anew(), &back, (now, &form.target)),
            Lost::Unreached(unreached) => self.fail(host, request, now, &unreached),
            Lost::Over(_) => log_in(lost.refusal()),
        })?;
        let (demand, proof) = self.config.demand(path_of(&form.target));
        if demand == Demand::Session && !proof.is_met(live.session.amr, live.session.auth_time, now) {
            return Err(self.lead_to_proof(proof, &back, (now, &form.target)));
        }
        Ok(Found { form, name, live })
    }
}

/// Where the form that `request` asks for is shown.
fn way_back(request: &Packed, name: ParkedName) -> String {
    format!("{PAGE}{}", query_of(name, &wanted(request.target(), "page=").unwrap_or_default()))
}

/// What says which form is meant, and to which `page` it was sent.
fn query_of(name: ParkedName, page: &str) -> String {
    format!("?form={}&page={}", name.to_hex(), percent_encode(page))
}

/// What the query of a target says behind `name`.
fn wanted(target: &str, name: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    text(query.split('&').find_map(|pair| pair.strip_prefix(name))?)
}

fn set(name: &str, value: &str, life: Duration) -> String {
    format!("{NAME}{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", life.as_secs())
}

#[cfg(test)]
mod tests;
