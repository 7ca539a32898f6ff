//! How the gate says no: a problem document to fetches, a way on to people.

use super::packed::{Decision, Header, Packed};
use super::path_of;
use crate::config::Proof;
use crate::host::Journal;
use crate::{House, crossing};
use sekisho_rules::{Refusal, Timestamp};
use serde_json::{Map, Value};

/// An RFC 9457 problem document for `refusal`, with `extra` members and the reference number `reference`.
pub fn problem(refusal: Refusal, reference: &str, extra: Map<String, Value>) -> Value {
    let mut document = Map::new();
    document.insert("type".into(), format!("urn:sekisho:problem:{}", refusal.code()).into());
    document.insert("title".into(), refusal.title().into());
    document.insert("status".into(), refusal.status().into());
    document.insert("code".into(), refusal.code().into());
    document.insert("ref".into(), reference.into());
    document.extend(extra);
    Value::Object(document)
}

impl House {
    /// The answer to a request that does not pass.
    pub(crate) fn refuse(&self, request: &Packed, refusal: Refusal, now: Timestamp) -> Decision {
        self.refuse_under(&self.reference(now), request, refusal)
    }

    /// The same under a number that the log has already.
    pub(super) fn refuse_under(&self, reference: &str, request: &Packed, refusal: Refusal) -> Decision {
        self.note(refusal, reference, self.config.rule(path_of(request.target())).map_or("", |route| &route.path));
        let to_login = matches!(refusal, Refusal::NoSession | Refusal::SessionIdle) && request.is_navigation();
        if refusal == Refusal::NoSession && self.may_be_shown(request) {
            return self.again(request);
        }
        if to_login && matches!(request.method, "GET" | "HEAD") {
            let location = match refusal == Refusal::NoSession && self.may_cross(request) {
                true => format!("{}?return={}", crossing::BEGIN, percent_encode(request.target())),
                false => self.login_with_return(request.target(), refusal),
            };
            return self.lead_to(&location);
        }
        if request.is_navigation() {
            return self.page(request, refusal, reference);
        }
        let mut headers = self.own_headers("content-type", "application/problem+json");
        if refusal.status() == 401 {
            headers.push(("www-authenticate".into(), "Sekisho".into()));
        }
        let body = problem(refusal, reference, Map::new()).to_string();
        Decision::Refuse { status: refusal.status(), headers, body }
    }

    /// Whether a request came by a way on which nobody is let in, where the site is no trial on this machine: over plain http, or told by
    /// nobody whose it is, so that no limit would hold anybody. What the operator's own proxy sends is as it says.
    pub(super) fn is_astray(&self, request: &Packed) -> bool {
        let odd = request.network.is_empty() || request.url.starts_with("http://");
        odd && self.config.site.secure && self.told_by_proxy(request).is_none()
    }

    /// The answer to such a request: what only asks is led to where it is asked safely.
    pub(super) fn astray(&self, request: &Packed, now: Timestamp) -> Option<Decision> {
        if !self.is_astray(request) {
            return None;
        }
        if request.network.is_empty() {
            self.note_settings(now, "site.client_address is cloudflare, and no cf says who asks: set it to proxy");
            return Some(self.refuse(request, Refusal::Unavailable, now));
        }
        if !matches!(request.method, "GET" | "HEAD") {
            return Some(self.refuse(request, Refusal::Malformed, now));
        }
        let staffs = self.config.staff.as_ref().filter(|_| self.is_staffs(request.authority()));
        let origin = staffs.map_or(self.config.origin_of(request.entrance(&self.config)), |staff| &staff.origin);
        let headers = [("location", &*format!("{origin}{}", request.target())), ("cache-control", "no-store")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Some(Decision::Refuse { status: 308, headers, body: String::new() })
    }

    /// The answer to a live session that is not proved as the route wants it: people are led to where they prove it and from
    /// there back, a fetch is told what is asked for, in the words of RFC 9470.
    pub(crate) fn ask_for(&self, request: &Packed, proof: Proof, now: Timestamp) -> Decision {
        if request.is_navigation() && matches!(request.method, "GET" | "HEAD") {
            return self.lead_to_proof(proof, request.target(), (now, request.target()));
        }
        self.tally.count("step_up", "");
        let mut decision = self.refuse(request, Refusal::InsufficientAuthentication, now);
        if let Decision::Refuse { headers, .. } = &mut decision {
            headers.retain(|(name, _)| name != "www-authenticate");
            let mut challenge = format!("Sekisho error=\"{}\"", Refusal::InsufficientAuthentication.code());
            if let Some(acr) = proof.acr() {
                challenge.push_str(&format!(", acr_values=\"{acr}\""));
            }
            if let Some(age) = proof.age() {
                challenge.push_str(&format!(", max_age=\"{}\"", age.as_secs()));
            }
            headers.push(("www-authenticate".into(), challenge));
        }
        decision
    }

    /// Leads people to where they give the proof, and from there to `back`; they came for `target`.
    pub(crate) fn lead_to_proof(&self, proof: Proof, back: &str, (now, target): (Timestamp, &str)) -> Decision {
        self.tally.count("step_up", "");
        self.note_led(now, path_of(target));
        self.lead_to(&self.way_to_proof(proof, back))
    }

    pub(crate) fn lead_to(&self, location: &str) -> Decision {
        Decision::Refuse { status: 303, headers: self.own_headers("location", location), body: String::new() }
    }

    /// The headers of an answer of our own that nobody keeps, and one more.
    fn own_headers(&self, name: &str, value: &str) -> Vec<Header> {
        let mut headers = self.config.headers.every.clone();
        headers.push(("cache-control".into(), "no-store".into()));
        headers.push((name.into(), value.into()));
        headers
    }

    /// A page of ours, whose forms lead to `form`.
    pub(crate) fn own_page(&self, status: u16, form: &str, body: String) -> Decision {
        let mut headers = self.own_headers("content-type", "text/html; charset=utf-8");
        headers.push(("content-security-policy".into(), crate::pages::policy(form)));
        Decision::Refuse { status, headers, body }
    }

    fn way_to_proof(&self, proof: Proof, back: &str) -> String {
        let (and, need) = proof.need().map_or(("", ""), |need| ("&need=", need));
        format!("{}?return={}{and}{need}", self.config.login.confirm, percent_encode(back))
    }

    /// The answer where the origin gave none: not in time where `late`, else for the `cause` that the log is told.
    pub fn unreachable<J: Journal>(
        &self,
        journal: &J,
        packed: &str,
        (late, cause): (bool, &str),
        now: Timestamp,
    ) -> Decision {
        let reference = self.reference(now);
        journal.fault(&reference, &format!("origin: {cause}"));
        let refusal = if late { Refusal::OriginTimeout } else { Refusal::OriginUnreachable };
        self.refuse_under(&reference, &Packed::read(packed), refusal)
    }

    /// Whether who has no session here, or one that is over, may have one at `site.origin`, to be carried on here: it is asked once,
    /// since the answer leads to the login, or to the page with a cookie that opens it.
    fn may_cross(&self, request: &Packed) -> bool {
        let foreign = !matches!(request.fetch_site, "same-origin" | "same-site" | "none");
        request.entrance(&self.config) != 0 && !foreign
    }

    /// A page from elsewhere opened one of ours. The browser renews no bound cookie for that, since the draft lets only our own pages
    /// have it signed; so a page of ours opens it again, once: then the request comes from this site.
    fn again(&self, request: &Packed) -> Decision {
        self.own_page(401, "'none'", crate::pages::again(&self.config, request.target()))
    }

    pub(crate) fn login_with_return(&self, target: &str, refusal: Refusal) -> String {
        let mut location = format!("{}?return={}", self.config.login.page, percent_encode(target));
        if refusal == Refusal::SessionIdle {
            location.push_str("&reason=timeout");
        }
        location
    }

    fn page(&self, request: &Packed, refusal: Refusal, reference: &str) -> Decision {
        // What was sent is not kept, and its address may open no page: the way leads to the proof and then home.
        let way = (refusal == Refusal::InsufficientAuthentication)
            .then(|| self.way_to_proof(self.config.demand(path_of(request.target())).1, &self.config.login.home));
        self.own_page(refusal.status(), "'none'", crate::pages::refusal(&self.config, refusal, (None, way), reference))
    }
}

/// Percent-encodes everything but unreserved characters and slashes (RFC 3986 §2.3).
pub(crate) fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}

#[cfg(test)]
mod tests;
