//! A session carried on at another of the site's origins, by three steps that only a browser's own navigation takes.
//!
//! `begin`, at the origin that is to be entered, sets a cookie with a secret that nobody else has and leads to the origin that
//! has the session; `leave`, there, makes a code of the session and of that secret's digest; `arrive`, back at the first,
//! believes the code beside the secret alone, once, within 30 seconds, and hands out a cookie of its own.
//!
//! A browser by which the account knows its owner is the same one at the other origin: the code says its number, veiled, and it
//! is told there what it is, as far as this one account goes. Only beside the device cookie itself is that number ever taken
//! up, so a session's cookie, copied, makes no browser known.
//!
//! So a code is of use to no other browser: who plants one of their own at a victim, to have them act in a foreign account
//! (login CSRF), cannot plant the `__Host-` cookie beside it; who gets hold of a victim's has not the secret. All three lead
//! to origins of the config and to plain paths, and to nothing that a request names. What must never enter: storage, another
//! site's navigation.

mod code;
#[cfg(test)]
mod tests;

use crate::account::{Command, Reply};
use crate::endpoints::offer;
use crate::gate::{decoded, find_named, judged, return_path};
use crate::host::Host;
use crate::routes::{Answer, Asked, append, set};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use code::{Code, LIFE, Secret};
use http::{Response, StatusCode};
use rand_core::CryptoRng;
use sekisho_rules::Refusal;
use zeroize::Zeroizing;

/// Where an entrance begins; `return` says which page is wanted, `from` which origin has the session, `site.origin` else.
pub(crate) const BEGIN: &str = "/.sekisho/cross";
const LEAVE: &str = "/.sekisho/cross/leave";
const ARRIVE: &str = "/.sekisho/cross/arrive";
const NAME: &str = "__Host-sekisho-cross";

/// Leads to the origin that has the session, or at once to the page where this one has it.
pub(crate) fn begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let back = parameter(asked, "return").map(whole).unwrap_or_default();
    let back = return_path(&back).unwrap_or(&asked.config().login.home).to_owned();
    let here = asked.entrance();
    let from = match parameter(asked, "from").map(whole) {
        None => 0,
        Some(origin) => asked.config().site.number(&origin).ok_or(Refusal::Malformed)?,
    };
    if !is_ours(asked) || from == here {
        return lead(&to_login(asked, &back));
    }
    if asked.any_cookie().is_some() {
        // Whether it still lives its page will show; where it does not, the login is next.
        return lead(&back);
    }
    let secret = Secret::random(rng);
    let location = format!("{}{LEAVE}?to={here}&for={}", asked.config().origin_of(from), secret.digest());
    let mut response = lead(&location)?;
    let kept = format!("{}.{}", secret.text(), URL_SAFE_NO_PAD.encode(&back));
    append(response.headers_mut(), "set-cookie", &cookie(&kept, LIFE.as_secs()));
    Ok(response)
}

/// Makes a code of a live session, for the origin that asks; without one leads back with none.
pub(crate) async fn leave<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let to = parameter(asked, "to").and_then(|text| text.parse().ok()).filter(|to| asked.config().has_origin(*to));
    let digest = parameter(asked, "for").and_then(code::read_digest);
    let (Some(to), Some(digest)) = (to, digest) else { return Err(Refusal::Malformed.into()) };
    if !is_ours(asked) {
        return Err(Refusal::CrossSite.into());
    }
    let arrive = format!("{}{ARRIVE}", asked.config().origin_of(to));
    let Ok(cookie) = asked.cookie() else { return lead(&arrive) };
    let seen = (asked.header("cookie"), &asked.shown());
    let live = asked.house.renew(asked.host, asked.now, seen, &cookie, true).await?;
    // A session that is bound to its device here would go on unbound there, also for whoever has copied its cookies.
    let Some(live) = live.ok().filter(|live| !asked.house.is_bound(&live.session)) else { return lead(&arrive) };
    let device = asked.device.known_to(live.account);
    let code = Code { account: live.account, session: live.key(), until: asked.now + LIFE, device };
    lead(&format!("{arrive}?code={}", code.seal(&asked.house.keys, to, &digest)))
}

/// Believes a code beside the secret that it was made for, and hands out the cookie; else leads to the login.
pub(crate) async fn arrive<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let (secret, back) = brought(asked).unzip();
    let back = back.unwrap_or_else(|| asked.config().login.home.clone());
    let here = asked.entrance();
    let code = secret.zip(parameter(asked, "code")).and_then(|(secret, text)| {
        Code::open(text, &asked.house.keys, here, &secret).filter(|(code, _)| asked.now < code.until)
    });
    let Some((code, mark)) = code.filter(|_| is_ours(asked)) else { return spent(lead(&to_login(asked, &back))?) };
    let command = Command::Cross { session: code.session, entrance: here, code: mark, until: code.until };
    let Reply::SignedIn(carried) = asked.host.account(code.account, command).await? else {
        return spent(lead(&to_login(asked, &back))?);
    };
    let place = (here, asked.place(&carried.id));
    let cookie = asked.house.leased(code.account, Zeroizing::new(carried.id), place, carried.session, asked.now);
    let mut response = lead(&back)?;
    append(response.headers_mut(), "set-cookie", &cookie.set(&asked.house.keys));
    offer(asked, response.headers_mut(), &cookie);
    if let Some(device) = code.device.and_then(|id| asked.device.clone().carried(id, code.account)) {
        append(response.headers_mut(), "set-cookie", &device.set(&asked.house.keys));
    }
    spent(response)
}

/// Whether a page of this site, or nobody's, leads its own window here: whatever the request was redirected through counts as
/// well (Fetch Metadata §2.4). A browser that does not say so logs in.
fn is_ours<H: Host>(asked: &Asked<'_, H>) -> bool {
    let site = matches!(asked.header("sec-fetch-site"), "same-origin" | "same-site" | "none");
    site && asked.header("sec-fetch-mode") == "navigate" && asked.header("sec-fetch-dest") == "document"
}

/// What the browser brings of a crossing that it has begun here.
fn brought<H: Host>(asked: &Asked<'_, H>) -> Option<(Secret, String)> {
    let (secret, back) = find_named(asked.header("cookie"), NAME)?.split_once('.')?;
    let back = String::from_utf8(URL_SAFE_NO_PAD.decode(back).ok()?).ok()?;
    Some((Secret::read(secret)?, return_path(&back)?.to_owned()))
}

fn parameter<'a, H: Host>(asked: &'a Asked<'_, H>, name: &str) -> Option<&'a str> {
    let query = asked.request.uri().query()?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// A query's text without its percent escapes.
fn whole(text: &str) -> String {
    String::from_utf8_lossy(&decoded(text)).into_owned()
}

fn to_login<H: Host>(asked: &Asked<'_, H>, back: &str) -> String {
    // The login page itself asks for no way back to itself.
    let page = &asked.config().login.page;
    if judged(back) == page.as_str() { page.clone() } else { asked.house.login_with_return(back, Refusal::NoSession) }
}

fn lead(location: &str) -> Answer {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    set(response.headers_mut(), "location", location);
    Ok(response)
}

/// Takes the secret's cookie away with an answer.
fn spent(mut response: Response<Vec<u8>>) -> Answer {
    append(response.headers_mut(), "set-cookie", &cookie("", 0));
    Ok(response)
}

fn cookie(value: &str, seconds: u64) -> String {
    format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}
