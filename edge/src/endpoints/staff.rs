//! Staff's host: their page, and what it asks for. Nothing of the customers' site is there, and none of this is on it.
//!
//! Most of it is passed on to staff's object as it is, which knows who may do what; a ceremony begins here, and what is done to a
//! customer is done here once the object has written it down.

mod ceremonies;
mod customers;

pub(crate) use customers::invite_staff;

use crate::gate;
use crate::host::Host;
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
pub const STAFF_ROUTES: [(&str, &[&str]); 18] = [
    ("me", &[]),
    ("logout", &[]),
    ("login/begin", &[]),
    ("login/finish", &["credential"]),
    ("enrol/begin", &["code"]),
    ("enrol/finish", &["code", "credential"]),
    ("look", &["name"]),
    ("release", &["name"]),
    ("sessions/end", &["name"]),
    ("thresholds", &[]),
    ("thresholds/propose", &["subject", "value"]),
    ("thresholds/second", &["id"]),
    ("thresholds/withdraw", &["id"]),
    ("replay", &["channel"]),
    ("record", &["before"]),
    ("members", &[]),
    ("members/invite", &["name", "role"]),
    ("members/dismiss", &["id"]),
];

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
    match (*what, fields.as_slice()) {
        ("login/begin", _) => ceremonies::login_begin(asked, rng),
        ("login/finish", [credential]) => ceremonies::login_finish(asked, credential).await,
        ("enrol/begin", [code]) => ceremonies::enrol_begin(asked, rng, code).await,
        ("enrol/finish", [code, credential]) => ceremonies::enrol_finish(asked, code, credential).await,
        ("look" | "release", [name]) => customers::act(asked, &by, what, name).await,
        ("sessions/end", [name]) => customers::act(asked, &by, "end_sessions", name).await,
        ("replay", [channel]) => customers::replay(asked, &by, channel).await,
        // Without a session the object would take it for the operator's token.
        ("members/invite", _) if by.is_empty() => Err(Refusal::NoSession.into()),
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
    /// As which session the object knows who asks; a text that is none is no session's.
    fn staff_session(&self) -> String {
        let value = gate::find_named(self.header("cookie"), COOKIE).filter(|value| value.len() == 43);
        let id = value.and_then(|value| URL_SAFE_NO_PAD.decode(value).ok()).and_then(|id| id.try_into().ok());
        id.map_or_else(String::new, |id| to_hex(&gate::session_key(&id).0))
    }
}
