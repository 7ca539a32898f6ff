//! Staff's host: their page, and what it asks for. Nothing of the customers' site is there, and none of this is on it.
//!
//! Most of it is passed on to staff's object as it is, which knows who may do what; a ceremony begins here, and what is done to a
//! customer is done here once the object has written it down.

mod ceremonies;
mod customers;

pub(crate) use customers::invite_staff;

use crate::account::Command;
use crate::gate;
use crate::host::Host;
use crate::keys::{CURRENT_AND_PREVIOUS, Keys};
use crate::routes::{Answer, Asked, No, set};
use crate::wire::{Texts, to_hex};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, Response};
use rand_core::CryptoRng;
use sekisho_rules::Refusal;
use serde_json::Value;
use std::pin::Pin;

/// The cookie of staff's sessions.
const COOKIE: &str = "__Host-sekisho-staff";

/// Every endpoint of staff's: its path, the fields of its body in order, and whether a live session stands before them.
pub const STAFF_ROUTES: [(&str, &[&str]); 23] = [
    ("me", &[]),
    ("logout", &[]),
    ("login/begin", &[]),
    ("login/finish", &["credential"]),
    ("enrol/begin", &["code"]),
    ("enrol/finish", &["code", "credential"]),
    ("look", &["name"]),
    ("release", &["name"]),
    ("sessions/end", &["name"]),
    ("letters/send", &["name"]),
    ("address", &["name", "address"]),
    ("thresholds", &[]),
    ("thresholds/propose", &["subject", "value"]),
    ("thresholds/second", &["id"]),
    ("thresholds/withdraw", &["id"]),
    ("replay", &["channel"]),
    ("judged", &["name", "from", "until"]),
    ("label", &["references", "word"]),
    ("labels", &[]),
    ("record", &["before"]),
    ("members", &[]),
    ("members/invite", &["name", "role"]),
    ("members/dismiss", &["id"]),
];

const LABEL: &[u8] = b"staff session";
const MARK: usize = 16;
const PREFIX: &str = "/.sekisho/staff/";

/// Answers a request to staff's host.
pub(crate) async fn staff<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let path = asked.request.uri().path();
    if path == "/" && asked.request.method() == Method::GET {
        let mut response = Response::new(asked.house.staff_page().as_bytes().to_vec());
        set(response.headers_mut(), "content-type", "text/html; charset=utf-8");
        return Ok(response);
    }
    let known = |wanted: &str| STAFF_ROUTES.iter().find(|(path, _)| *path == wanted);
    let (what, fields) = path.strip_prefix(PREFIX).and_then(known).ok_or(Refusal::NotFound)?;
    if asked.request.method() != Method::POST {
        return Err(Refusal::MethodNotAllowed.into());
    }
    let origin = asked.config().staff.as_ref().map_or("", |staff| &staff.origin);
    asked.checked_post(origin)?;
    let fields = asked.body::<Texts>()?.each(fields).ok_or(Refusal::Malformed)?;
    let fields: Vec<&str> = fields.iter().map(|text| text.expose()).collect();
    let by = asked.staff_session();
    if by.is_empty() && !what.starts_with("login/") && !what.starts_with("enrol/") && *what != "logout" {
        return Err(Refusal::NoSession.into());
    }
    // There is one object for all of staff, and a made-up cookie or code comes as far as to it.
    if *what != "login/begin" {
        asked.admit().await?;
    }
    match (*what, fields.as_slice()) {
        ("login/begin", _) => ceremonies::login_begin(asked, rng),
        ("login/finish", [credential]) => ceremonies::login_finish(asked, credential).await,
        ("enrol/begin", [code]) => ceremonies::enrol_begin(asked, rng, code).await,
        ("enrol/finish", [code, credential]) => ceremonies::enrol_finish(asked, code, credential).await,
        ("look", [name]) => customers::act(asked, &by, (what, Command::Look), name).await,
        ("release", [name]) => customers::act(asked, &by, (what, Command::Release), name).await,
        ("sessions/end", [name]) => customers::act(asked, &by, ("end_sessions", Command::EndAll), name).await,
        ("letters/send", [name]) => customers::act(asked, &by, ("send_letters", Command::SendAgain), name).await,
        ("address", [name, address]) => customers::address(asked, &by, name, address).await,
        ("judged", [name, from, until]) => customers::judged(asked, &by, name, [from, until]).await,
        ("replay", [channel]) => customers::replay(asked, &by, channel).await,
        ("members/invite", [name, role]) => customers::invite(asked, rng, &by, name, role).await,
        ("logout", _) => {
            tell(asked, &["sign_out", &by]).await?;
            let mut response = written("{}".to_owned());
            set(response.headers_mut(), "set-cookie", &cookie("", "; Max-Age=0"));
            Ok(response)
        }
        (what, fields) => {
            // What is left is the object's alone: the last word of the path, who asks, and the fields.
            let verb = what.rsplit('/').next().unwrap_or_default();
            let mut words = vec![verb, &by];
            words.extend_from_slice(fields);
            Ok(written(tell(asked, &words).await?))
        }
    }
}

/// Hands a command to staff's object and answers what it says.
///
/// # Errors
/// Its refusal.
fn tell<'a, H: Host>(asked: &'a Asked<'_, H>, words: &[&str]) -> Told<'a> {
    let command = serde_json::to_string(words).unwrap_or_default();
    // On the heap: what waits for it in so many places is then compiled once.
    Box::pin(async move {
        let reply = asked.host.staff(command).await?;
        match reply.starts_with('{') {
            true => Ok(reply),
            false => Err(Refusal::from_code(&reply).unwrap_or(Refusal::Unavailable).into()),
        }
    })
}

/// The object's answer, once it comes.
type Told<'a> = Pin<Box<dyn Future<Output = Result<String, No>> + 'a>>;

/// A JSON answer that is written already.
fn written(text: String) -> Response<Vec<u8>> {
    let mut response = Response::new(text.into_bytes());
    set(response.headers_mut(), "content-type", "application/json");
    response
}

/// A field of an answer of the object's, a text.
fn field(answer: &str, name: &str) -> Option<String> {
    let Value::Object(mut fields) = crate::wire::read(answer.as_bytes()).ok()? else { return None };
    match fields.remove(name)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn cookie(value: &str, rest: &str) -> String {
    format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{rest}")
}

impl<H: Host> Asked<'_, H> {
    /// As which session the object knows who asks; a cookie that we have not marked is no session's, and troubles nobody.
    fn staff_session(&self) -> String {
        let keys = &self.house.keys;
        let value = gate::find_named(self.header("cookie"), COOKIE).filter(|value| value.len() <= 128);
        let bytes = value.and_then(|value| URL_SAFE_NO_PAD.decode(value).ok()).unwrap_or_default();
        let id = bytes.split_first_chunk::<32>().and_then(|(id, rest)| {
            let (generation, mark) = rest.split_first()?;
            let ours = mark.len() == MARK && keys.is_marked(*generation, CURRENT_AND_PREVIOUS, LABEL, &[id], mark);
            ours.then_some(id)
        });
        id.map_or_else(String::new, |id| to_hex(&gate::session_key(id).0))
    }
}

/// The cookie of a session: its id and our mark.
pub(crate) fn marked(keys: &Keys, id: &[u8; 32]) -> String {
    let (generation, mark) = keys.mark(LABEL, &[id]);
    let mut bytes = id.to_vec();
    bytes.push(generation);
    bytes.extend(mark.iter().take(MARK));
    URL_SAFE_NO_PAD.encode(bytes)
}
