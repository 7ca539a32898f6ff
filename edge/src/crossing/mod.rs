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
use crate::bound::Lost;
use crate::endpoints::offer;
use crate::gate::{Cookie, find_named, judged, percent_encode, return_path};
use crate::host::{Host, Unreached};
use crate::parked::text;
use crate::routes::{Answer, Asked, append, set};
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
pub(crate) async fn begin<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let back = way_back(asked);
    let here = asked.entrance();
    let from = match parameter(asked, "from") {
        None => 0,
        Some(origin) => {
            text(origin).and_then(|origin| asked.config().site.number(&origin)).ok_or(Refusal::Malformed)?
        }
    };
    if !is_ours(asked) || from == here {
        return lead(&to_login(asked, &back));
    }
    if live(asked).await?.is_some() {
        return lead(&back);
    }
    // Another tab that is on its way has the same one: with a secret each, the later would shut the other out.
    let secret = brought(asked).unwrap_or_else(|| Secret::random(rng));
    let origin = asked.config().origin_of(from);
    let location = format!("{origin}{LEAVE}?to={here}&for={}&return={}", secret.digest(), percent_encode(&back));
    let mut response = lead(&location)?;
    append(response.headers_mut(), "set-cookie", &cookie(&secret.text(), LIFE.as_secs()));
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
    let arrive = format!("{}{ARRIVE}?return={}", asked.config().origin_of(to), percent_encode(&way_back(asked)));
    // A session that is bound to its device here would go on unbound there, also for whoever has copied its cookies.
    let live = live(asked).await?.filter(|live| !asked.house.is_bound(&live.session));
    let Some(live) = live else { return lead(&arrive) };
    let device = asked.device.known_to(live.account);
    let code = Code { account: live.account, session: live.key(), until: asked.now + LIFE, device };
    lead(&format!("{arrive}&code={}", code.seal(&asked.house.keys, to, &digest)))
}

/// Believes a code beside the secret that it was made for, and hands out the cookie; else leads to the login. Where another tab was
/// here first, to the page.
pub(crate) async fn arrive<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let (back, here) = (way_back(asked), asked.entrance());
    if is_ours(asked) && live(asked).await?.is_some() {
        return lead(&back);
    }
    let code = brought(asked).zip(parameter(asked, "code")).and_then(|(secret, text)| {
        Code::open(text, &asked.house.keys, here, &secret).filter(|(code, _)| asked.now < code.until)
    });
    let Some((code, mark)) = code.filter(|_| is_ours(asked)) else { return lead(&to_login(asked, &back)) };
    let command = Command::Cross { session: code.session, entrance: here, code: mark, until: code.until };
    let Reply::SignedIn(carried) = asked.host.account(code.account, command).await? else {
        return lead(&to_login(asked, &back));
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

/// The session that the browser has here, where its account says that it lives.
async fn live<H: Host>(asked: &Asked<'_, H>) -> Result<Option<Cookie>, Unreached> {
    let Ok(cookie) = asked.cookie() else { return Ok(None) };
    let seen = (asked.header("cookie"), &asked.shown());
    match asked.house.renew(asked.host, asked.now, seen, &cookie, true).await {
        Err(Lost::Unreached(unreached)) => Err(unreached),
        live => Ok(live.ok()),
    }
}

/// The secret of a crossing that the browser has begun here.
fn brought<H: Host>(asked: &Asked<'_, H>) -> Option<Secret> {
    Secret::read(find_named(asked.header("cookie"), NAME)?)
}

/// The page that is wanted: a plain path of the site's, or where a login leads by itself.
fn way_back<H: Host>(asked: &Asked<'_, H>) -> String {
    let back = parameter(asked, "return").and_then(text).unwrap_or_default();
    return_path(&back).unwrap_or(&asked.config().login.home).to_owned()
}

fn parameter<'a, H: Host>(asked: &'a Asked<'_, H>, name: &str) -> Option<&'a str> {
    let query = asked.request.uri().query()?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
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
