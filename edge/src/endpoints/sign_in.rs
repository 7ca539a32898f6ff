//! Sign-in by password, and what every completed sign-in has in common.

use super::bound::offer;
use super::code::code_asked;
use super::open::refused_password;
use super::sealed::Passwords;
use super::session::{live, shown};
use crate::account::{AccountId, Command, LONGEST_PASSWORD, LoginEntry, Reply, SignedIn};
use crate::gate::{percent_encode, return_path};
use crate::host::{Host, Unreached};
use crate::name::{self, NameTag};
use crate::network::parts::{Heard, Prefix};
use crate::network::{self, PrefixTag};
use crate::risk::{Fingerprint, Said, Signs};
use crate::routes::{Answer, Asked, No, append, json, set};
use sekisho_rules::{Amr, LoginName, Refusal, Secret, Timestamp};
use serde_json::{Value, json as document};
use std::time::Duration;
use zeroize::Zeroizing;

/// Signs in by password. Unknown and known names get the same answer after the same work, on a grid of time.
pub(crate) async fn login<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([id, password], [attempt, back, zone, language]) =
        asked.texts(["id", "password"], ["attempt", "return", "zone", "language"])?;
    let back = checked_return(back.as_ref().map(Secret::expose))?;
    let passwords = Passwords::of(asked, attempt.as_ref().map(Secret::expose))?;
    let typed = passwords.open(asked, (id.expose(), "password"), password)?;
    // A text that is no login name goes the way of a name that nobody has.
    let name = LoginName::parse(id.expose()).ok();
    let canonical = name.as_ref().map_or("", LoginName::as_str);
    let tags = asked.house.keys.name_tags(canonical);
    let tag = *tags.first().ok_or(Refusal::Unavailable)?;
    let lane = asked.lane(b"login", &tag.0);
    if let Err(held) = asked.not_refused(lane) {
        return Err(late(asked, held).await);
    }
    asked.admit().await?;
    let known = look(asked.host, &tags).await?;
    let account = known.unwrap_or_else(|| asked.house.keys.decoy(tag));
    let fits = typed.expose().len() <= LONGEST_PASSWORD;
    let password = if fits { typed } else { Secret::new(String::new()) };
    let said = Said::read(zone.as_ref().map(Secret::expose), language.as_ref().map(Secret::expose));
    let (attempt, mut visit) = (passwords.attempt(canonical), asked.visit_saying(&said));
    let heard = tried(asked, neighbourhood(asked, &visit.shown), tag).await;
    visit.shown.sprayed = heard.sprayed;
    if heard.failing {
        visit.shown.signs = visit.shown.signs.with(Signs::FAILURES_NEARBY);
    }
    visit.shown.scale = asked.house.scale(asked.host, asked.now, &visit.channel, &visit.shown).await;
    let device = asked.device.known_to(account);
    visit.replaces = asked.replaces(account);
    let command = Command::SignIn { name: tag, device, password, attempt, visit };
    let reply = asked.host.account(account, command).await;
    // Only a completed login takes the try back, or a right password on a device of the owner's: who works through a list of right
    // passwords is stopped by codes and the desk, and counts.
    let owners =
        matches!(reply, Ok(Reply::SignedIn(_))) || device.is_some() && matches!(reply, Ok(Reply::CodeAsked(_)));
    if owners {
        succeeded(asked, heard.counted, tag).await;
    }
    match reply {
        Ok(Reply::SignedIn(signed_in)) => signed_in_answer(asked, account, *signed_in, back).await,
        Ok(Reply::CodeAsked(code)) => code_asked(asked, account, &code),
        Ok(reply) => {
            asked.remember(lane, &reply);
            after_compare(asked).await;
            Err(no(&reply))
        }
        Err(unreached) => {
            after_compare(asked).await;
            Err(unreached.into())
        }
    }
}

/// Waits for the next line of a grid as wide as what compares a password may take. Where the origin holds some customers' passwords,
/// it may take its time-out, and tells them from nobody by its time: it looks a stranger up and is done.
async fn after_compare<H: Host>(asked: &Asked<'_, H>) {
    let config = asked.config();
    let elsewhere = config.elsewhere.as_ref().filter(|_| !config.login.grid.is_zero());
    on_a_grid(asked, config.login.grid + elsewhere.map_or(Duration::ZERO, |endpoint| endpoint.timeout)).await;
}

/// The neighbourhood that a request comes from, where it is known.
pub(super) fn neighbourhood<'a, H: Host>(asked: &Asked<'a, H>, shown: &Fingerprint) -> Option<Prefix<'a>> {
    let tag = asked.house.keys.prefix_tag(&shown.prefix()?);
    let lane = asked.house.keys.lane(&[b"prefix", &tag.0]);
    Some(Prefix { tag, lane, limits: &asked.house.limits })
}

/// Counts the try where it comes from, and tells whether passwords are being sprayed from there. Where nobody can tell, more
/// is asked, not less.
async fn tried<H: Host>(asked: &Asked<'_, H>, prefix: Option<Prefix<'_>>, name: NameTag) -> Heard {
    let unheard = |sprayed| Heard { sprayed, failing: false, counted: None };
    // Behind a proxy of the operator's own, who shows no address has come around it.
    let Some(prefix) = prefix else { return unheard(asked.house.proxy_token.is_some()) };
    let heard = prefix.tried(asked.host, name, asked.config().risk.spray, asked.now).await;
    heard.unwrap_or_else(|unreached| {
        asked.host.fault(&asked.reference, &unreached.to_string());
        unheard(true)
    })
}

/// A name that is logged in to counts no more where its try was counted.
pub(super) async fn succeeded<H: Host>(asked: &Asked<'_, H>, counted: Option<PrefixTag>, name: NameTag) {
    if let Some(object) = counted {
        // Best effort: a name that stays counted goes with the hour.
        let _ = asked.host.network(object, network::Command::Succeeded(name)).await;
    }
}

/// The account that a name leads to. All of its tags are always asked, so that a known name is not the quicker one.
pub(super) async fn look<H: Host>(host: &H, tags: &[NameTag]) -> Result<Option<AccountId>, Unreached> {
    let mut found = None;
    for tag in tags {
        if let name::Reply::Leads(account) = host.name(*tag, name::Command::Look).await? {
            found = found.or(Some(account));
        }
    }
    Ok(found)
}

/// The return path that was asked for.
///
/// # Errors
/// Malformed, where it would leave this site.
pub(super) fn checked_return(back: Option<&str>) -> Result<Option<String>, No> {
    match back {
        None => Ok(None),
        Some(path) => return_path(path).map(|path| Some(path.to_owned())).ok_or_else(|| Refusal::Malformed.into()),
    }
}

/// Holds a failure back until the next line of the time grid, so that its time tells nothing.
pub(super) async fn late<H: Host>(asked: &Asked<'_, H>, no: No) -> No {
    on_the_grid(asked).await;
    no
}

/// Waits for the next line of the time grid.
pub(super) async fn on_the_grid<H: Host>(asked: &Asked<'_, H>) {
    on_a_grid(asked, asked.config().login.grid).await;
}

async fn on_a_grid<H: Host>(asked: &Asked<'_, H>, grid: Duration) {
    let spent = asked.host.clock() - asked.now;
    let lines = spent.as_millis().checked_div(grid.as_millis()).map_or(0, |lines| lines + 1);
    let lines = u32::try_from(lines).unwrap_or(u32::MAX);
    asked.host.until(asked.now + grid.saturating_mul(lines)).await;
}

/// What an account's refusal is to the outside.
pub(crate) fn no(reply: &Reply) -> No {
    match reply {
        Reply::Refused { refusal, until: Some(until) } => No::with(*refusal, "until", until.as_millis()),
        Reply::Refused { refusal, until: None } => (*refusal).into(),
        Reply::PasswordRefused(found) => refused_password(found),
        Reply::CodeWrong { left } => No::with(Refusal::CodeWrong, "left", *left),
        Reply::Gone(standing) => No::standing(*standing),
        _ => Refusal::Unavailable.into(),
    }
}

/// A completed sign-in: the cookie, where to go, and the login before this one. Another account's session that the browser had ends;
/// the same one's has ended with the login.
pub(super) async fn signed_in_answer<H: Host>(
    asked: &Asked<'_, H>,
    account: AccountId,
    signed_in: SignedIn,
    back: Option<String>,
) -> Answer {
    if let Some(old) = asked.any_cookie() {
        if old.account != account {
            // Best effort: the new session stands whether or not the old one could be reached; it ends by itself.
            let _ = asked.host.account(old.account, Command::End(old.key())).await;
        }
        asked.has_gone_on(&old);
    }
    let SignedIn { id, session, last, renew_password, lacks_address, .. } = signed_in;
    let how = match session.amr {
        amr if amr.contains(Amr::PASSKEY) => "passkey",
        amr if amr.contains(Amr::CODE) => "code",
        _ => "password",
    };
    asked.host.count("login", how);
    let next = back.unwrap_or_else(|| asked.config().login.home.clone());
    let page = asked.config().login.ask_address.page.as_ref().filter(|_| lacks_address);
    let next = match page.filter(|_| asked.asks_address(&session.channel, account)) {
        Some(page) => format!("{page}?return={}", percent_encode(&next)),
        None => next,
    };
    let amr: Vec<_> = session.amr.names().collect();
    let mut response = json(&document!({
        "next": next,
        "amr": amr,
        "first": last.is_none(),
        "last_login": last.as_ref().map(|last| shown(asked, entry(last), &last.channel)),
        "renew_password": renew_password,
        "second_factor": asked.second_factor(),
    }))?;
    let place = (asked.entrance(), asked.place(&id));
    let cookie = asked.house.leased(account, Zeroizing::new(id), place, session, asked.now);
    set(response.headers_mut(), "set-cookie", &cookie.set(&asked.house.keys));
    offer(asked, response.headers_mut(), &cookie);
    append(response.headers_mut(), "set-cookie", &asked.device.clone().with(account).set(&asked.house.keys));
    Ok(response)
}

impl<H: Host> Asked<'_, H> {
    /// Whether the rollout of the question for an address has reached a customer by this channel. An app that only reads confirms none.
    pub(super) fn asks_address(&self, channel: &str, account: AccountId) -> bool {
        let reached = self.config().login.ask_address.rollout.reaches(channel, account.cohort());
        reached && !self.config().is_limited(channel)
    }
}

/// A line of the history as pages show it.
pub(super) fn entry(entry: &LoginEntry) -> Value {
    document!({
        "at": millis(entry.at), "channel": entry.channel, "method": entry.method, "outcome": entry.outcome,
        "client": entry.client, "place": entry.place,
    })
}

pub(super) fn millis(at: Timestamp) -> u64 {
    at.as_millis()
}

/// The remaining time of a deadline, in milliseconds.
pub(super) fn remaining(deadline: Timestamp, now: Timestamp) -> u64 {
    let left: Duration = deadline - now;
    u64::try_from(left.as_millis()).unwrap_or_default()
}

/// Sets a new password within a session; every other session ends.
pub(crate) async fn change_password<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([password], [current, attempt]) = asked.texts(["password"], ["current", "attempt"])?;
    let cookie = asked.cookie()?;
    let passwords = Passwords::of(asked, attempt.as_ref().map(Secret::expose))?;
    let current = current.map(|current| passwords.open(asked, ("", "current"), current)).transpose()?;
    let password = passwords.open(asked, ("", "password"), password)?;
    let too_long = |secret: &Secret| secret.expose().len() > LONGEST_PASSWORD;
    if current.as_ref().is_some_and(too_long) {
        return Err(Refusal::PasswordWrong.into());
    }
    if too_long(&password) {
        return Err(Refusal::TooLarge.into());
    }
    let command = Command::ChangePassword { session: cookie.key(), current, password, attempt: passwords.attempt("") };
    let (id, session) = match asked.host.account(cookie.account, command).await? {
        Reply::SignedIn(raised) => {
            asked.has_gone_on(&cookie);
            (Zeroizing::new(raised.id), raised.session)
        }
        Reply::Session(session) => (cookie.id.clone(), session),
        reply => return Err(no(&reply)),
    };
    let place = (cookie.entrance, asked.place(&id));
    live(asked, &asked.house.leased(cookie.account, id, place, cookie.raised(session), asked.now))
}
