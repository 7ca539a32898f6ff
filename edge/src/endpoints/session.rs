//! The session's own endpoints: how long it lasts, who it is, what its account saw, and its end.

mod accesses;

pub(crate) use accesses::accesses;

use super::sign_in::{entry, look, millis, no, remaining};
use crate::account::{Command, Me, Reply, SessionView};
use crate::gate::{Cookie, Decision, Packed, clear, session_header};
use crate::host::Host;
use crate::notice::{channel, place};
use crate::possession::Token;
use crate::routes::{Answer, Asked, append, json, set};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, Response, StatusCode};
use sekisho_rules::{LoginName, Refusal, Secret, Timestamp, mask};
use serde::Deserialize;
use serde_json::{Value, json as document};

/// How long the session lasts. As a customer's own request it extends inside the window; in the background never.
pub(crate) async fn session<H: Host>(asked: &Asked<'_, H>, background: bool) -> Answer {
    if asked.request.method() != Method::GET {
        asked.nothing()?;
    }
    let cookie = asked.reading_cookie()?;
    if asked.token.is_some() {
        // The proof was the question.
        return live(asked, &cookie);
    }
    let seen = (asked.header("cookie"), &asked.shown());
    live(asked, &asked.house.renew(asked.host, asked.now, seen, &cookie, background).await?)
}

/// A live session as its page sees it, with the cookie that carries it on.
pub(super) fn live<H: Host>(asked: &Asked<'_, H>, cookie: &Cookie) -> Answer {
    let (config, state) = (asked.config(), &cookie.session);
    let rule = config.session_of(&state.channel).idle;
    let mut document = document!({
        "remaining_ms": remaining(state.deadline, asked.now),
        "window_ms": u64::try_from(rule.renewal_window.as_millis()).unwrap_or_default(),
        "timeout_ms": u64::try_from(rule.timeout.as_millis()).unwrap_or_default(),
        "amr": state.amr.names().collect::<Vec<_>>(),
        "auth_time": millis(state.auth_time),
        "channel": state.channel,
    });
    // An app gets its token, which is another one where the session has gone on under a new id; never a cookie.
    let token = asked.token.map(|_| Token { account: cookie.account, id: cookie.id.clone() }.seal(&asked.house.keys));
    if let Some(document) = document.as_object_mut() {
        match &token {
            Some(token) => document.insert("access_token".into(), token.as_str().into()),
            None => document.insert("csrf_token".into(), cookie.csrf(&asked.house.keys).into()),
        };
    }
    let mut response = json(&document)?;
    let headers = response.headers_mut();
    set(headers, "sekisho-session", &session_header(rule, state.deadline, asked.now));
    if token.is_none() {
        set(headers, "set-cookie", &cookie.set(&asked.house.keys));
    }
    Ok(response)
}

/// Ends the session at its account, then takes the cookie away. Without a session there is nothing to end.
pub(crate) async fn logout<H: Host>(asked: &Asked<'_, H>) -> Answer {
    asked.nothing()?;
    if let Some(cookie) = asked.any_cookie() {
        match asked.host.account(cookie.account, Command::End(cookie.key())).await? {
            Reply::Done => {}
            reply => return Err(no(&reply)),
        }
    }
    ended(asked)
}

/// Locks the account, at once and without another proof; the way back in is a passkey or the desk.
pub(crate) async fn lock<H: Host>(asked: &Asked<'_, H>) -> Answer {
    asked.nothing()?;
    let cookie = asked.proving_cookie()?;
    match asked.host.account(cookie.account, Command::Lock(cookie.key())).await? {
        Reply::Done => ended(asked),
        reply => Err(no(&reply)),
    }
}

/// The session is over: its cookie goes, and what the browser keeps of its pages.
fn ended<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let mut response = json(&document!({}))?;
    set(response.headers_mut(), "set-cookie", &clear());
    append(response.headers_mut(), "set-cookie", &crate::bound::clear());
    if let Some(cleared) = &asked.config().headers.logout {
        set(response.headers_mut(), "clear-site-data", cleared);
    }
    Ok(response)
}

/// Who this is, masked, and the login before this session's.
pub(crate) async fn me<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let cookie = asked.cookie()?;
    let me = match asked.host.account(cookie.account, Command::Me(cookie.key())).await? {
        Reply::Me(me) => *me,
        reply => return Err(no(&reply)),
    };
    let Me { customer, profile, last, passkeys, verified, phone, lacks_address, passkey_only } = me;
    let profile = profile.as_ref();
    json(&document!({
        "number": customer,
        "name": profile.map(|profile| format!("{} {}", profile.family, profile.given)),
        "name_kana": profile.map(|profile| format!("{} {}", profile.family_kana, profile.given_kana)),
        "masked": profile.map(|profile| document!({
            "phone": mask::phone(&profile.phone),
            "mail": mask::mail(&profile.mail),
            "address": mask::address(&profile.address),
            "birthday": mask::birthday(&profile.birthday),
            "postal": mask::postal(&profile.postal),
        })),
        "first": last.is_none(),
        "last_login": last.as_ref().map(|last| shown(asked, entry(last), &last.channel)),
        "passkeys": passkeys,
        "address_verified": verified.is_some(),
        "ask_address": lacks_address && asked.asks_address(&cookie.session.channel, cookie.account),
        "verified_address": verified.as_deref().map(mask::mail),
        "sms": asked.config().sms.is_some(),
        "verified_phone": phone.as_deref().map(mask::phone),
        "passkey_only": passkey_only,
        "second_factor": asked.second_factor(),
    }))
}

/// A page of the login history; `?before=` and what the page says is `next` turn to the older one, or milliseconds to any.
pub(crate) async fn history<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let cookie = asked.cookie()?;
    let (before, line) = match asked.request.uri().query() {
        None | Some("") => (None, 0),
        Some(query) => {
            let (at, line) = query.strip_prefix("before=").and_then(cursor).ok_or(Refusal::Malformed)?;
            (Some(at), line)
        }
    };
    match asked.host.account(cookie.account, Command::History { session: cookie.key(), before, line }).await? {
        Reply::History { entries, more } => {
            let next = entries.last().filter(|_| more).map(|last| format!("{}-{}", millis(last.at), last.line));
            let entries: Vec<Value> = entries.iter().map(|line| shown(asked, entry(line), &line.channel)).collect();
            json(&document!({ "entries": entries, "more": more, "next": next }))
        }
        reply => Err(no(&reply)),
    }
}

/// `MILLISECONDS-LINE`, the line a page ended with; or milliseconds alone, before all lines of that moment.
fn cursor(text: &str) -> Option<(Timestamp, i64)> {
    let (at, line) = text.split_once('-').unwrap_or((text, "0"));
    let digits = |text: &str| text.parse::<u64>().ok().filter(|_| text.len() <= 16 && !text.starts_with('+'));
    Some((Timestamp::from_millis(digits(at)?), i64::try_from(digits(line)?).ok()?))
}

/// The live sessions of the account, the newest first.
pub(crate) async fn sessions<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let cookie = asked.cookie()?;
    let view = |view: &SessionView| {
        let line = document!({
            "id": URL_SAFE_NO_PAD.encode(view.id),
            "channel": view.channel,
            "client": view.client,
            "place": view.place,
            "opened": millis(view.opened),
            "last_seen": millis(view.last_seen),
            "deadline": millis(view.deadline),
            "current": view.current,
            "bound": view.bound,
        });
        shown(asked, line, &view.channel)
    };
    match asked.host.account(cookie.account, Command::Sessions(cookie.key())).await? {
        Reply::Sessions(list) => json(&document!({
            "sessions": list.iter().map(view).collect::<Vec<_>>(),
            "limit": asked.config().session.limit,
            "at_limit": asked.config().session.at_limit.name(),
        })),
        reply => Err(no(&reply)),
    }
}

/// Ends the session of that id, or every other one, or with `all` this one too. The one that asks is ended last: what breaks off in
/// between can be asked for again.
pub(crate) async fn end_sessions<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let ([], [id]) = asked.texts([], ["id"])?;
    let cookie = asked.cookie()?;
    let all = id.as_ref().is_some_and(|id| id.expose() == "all");
    let id = id.filter(|_| !all);
    let read = |text: Secret| URL_SAFE_NO_PAD.decode(text.expose()).ok()?.try_into().ok();
    let other = id.map(|text| read(text).ok_or(Refusal::Malformed)).transpose()?;
    match asked.host.account(cookie.account, Command::EndOther { session: cookie.key(), other }).await? {
        Reply::Done if all => {}
        Reply::Done => return json(&document!({})),
        reply => return Err(no(&reply)),
    }
    match asked.host.account(cookie.account, Command::End(cookie.key())).await? {
        Reply::Done => ended(asked),
        reply => Err(no(&reply)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    name: String,
}

/// Ends every session of the customer with that login name. Staff's token alone opens this.
pub(crate) async fn end_sessions_of<H: Host>(asked: &Asked<'_, H>) -> Answer {
    asked.staff()?;
    let body: Whose = asked.body()?;
    let name = LoginName::parse(&body.name).map_err(|_| Refusal::FieldsRefused)?;
    let account = look(asked.host, &asked.house.keys.name_tags(name.as_str())).await?;
    if let Some(account) = account {
        match asked.host.account(account, Command::EndAll).await? {
            Reply::Done => {}
            reply => return Err(no(&reply)),
        }
    }
    json(&document!({ "found": account.is_some() }))
}

/// The page with the form that waits for a proof, or the way on where none does.
pub(crate) async fn parked<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let url = asked.request.uri().to_string();
    let request = Packed {
        method: "GET",
        url: &url,
        cookie: asked.header("cookie"),
        fetch_mode: "navigate",
        ..Packed::default()
    };
    let shown = asked.house.show_parked(asked.host, asked.now, (&request, &asked.shown())).await;
    let Decision::Refuse { status, headers, body } = shown else { return Err(Refusal::Unavailable.into()) };
    let mut response = Response::new(body.into_bytes());
    *response.status_mut() = StatusCode::from_u16(status).map_err(|_| Refusal::Unavailable)?;
    for (name, value) in &headers {
        set(response.headers_mut(), name, value);
    }
    Ok(response)
}

/// Adds the channel's names for customers to a line, and puts those of its place there instead of the code.
pub(super) fn shown<H: Host>(asked: &Asked<'_, H>, mut line: Value, name: &str) -> Value {
    if let Some(line) = line.as_object_mut() {
        line.insert("channel_ja".into(), channel(asked.config(), name, false).into());
        line.insert("channel_en".into(), channel(asked.config(), name, true).into());
        let code = line.remove("place");
        let code = code.as_ref().and_then(Value::as_str).unwrap_or_default();
        line.insert("place_ja".into(), place(code, false, asked.host).into());
        line.insert("place_en".into(), place(code, true, asked.host).into());
    }
    line
}
