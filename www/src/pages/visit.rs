//! One request for a page: who asks, in which language and text size.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::{Value, context};

use super::words::Lang;
use crate::Origin;
use crate::assertion::Asker;
use crate::problem::Problem;

/// Scripts and styles from here only, none inline; wasm is compiled; no text becomes markup or script.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// What a page needs to know of a request.
pub struct Visit {
    /// Who asks, as the edge states it.
    pub asker: Asker,
    /// Whether a browser wants to show the answer.
    pub wants_html: bool,
    lang: Lang,
    chosen: bool,
    text: &'static str,
    path: String,
    other_query: String,
}

impl FromRequestParts<Arc<Origin>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Origin>) -> Result<Self, Problem> {
        // Only the guard puts it there; a route outside the guard has no pages.
        let asker = parts.extensions.get::<Asker>().cloned().ok_or(Problem::Unasserted)?;
        let query = parts.uri.query().unwrap_or_default();
        let chosen = query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::of);
        let mut other_query = String::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")) {
            other_query.push_str(pair);
            other_query.push('&');
        }
        Ok(Self {
            asker,
            wants_html: accepts_html(&parts.headers),
            lang: chosen.or_else(|| Lang::of(cookie(&parts.headers, "lang")?)).unwrap_or_default(),
            chosen: chosen.is_some(),
            text: match cookie(&parts.headers, "text") {
                Some("s") => "s",
                Some("l") => "l",
                _ => "m",
            },
            path: parts.uri.path().to_owned(),
            other_query,
        })
    }
}

impl Visit {
    /// The value of `name` in the query, where it is there and needs no decoding.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.other_query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// Renders `template` as the answer, `more` beside what every page gets.
    pub fn show(&self, origin: &Origin, template: &str, status: StatusCode, more: Value) -> Response {
        let context = context! {
            lang => self.lang.code(),
            text => self.text,
            path => &self.path,
            page => template.rsplit('/').next().and_then(|name| name.strip_suffix(".html")),
            other_query => &self.other_query,
            signed_in => self.asker.sub.is_some(),
            ..more
        };
        let page = match origin.book.render(template, &context) {
            Ok(page) => page,
            Err(error) => {
                eprintln!("sekisho-www: {error:#}");
                return Problem::Fault.into_response();
            }
        };
        let mut response = (status, Html(page)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.lang.code()));
        headers.insert(header::VARY, HeaderValue::from_static("Cookie"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.chosen {
            headers.insert(header::SET_COOKIE, remember(self.lang, &origin.settings.issuer));
        }
        response
    }
}

fn remember(lang: Lang, issuer: &str) -> HeaderValue {
    let secure = issuer.starts_with("https://");
    HeaderValue::from_static(match (lang, secure) {
        (Lang::Ja, false) => "lang=ja; Path=/; Max-Age=31536000; SameSite=Lax",
        (Lang::En, false) => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax",
        (Lang::Ja, true) => "lang=ja; Path=/; Max-Age=31536000; SameSite=Lax; Secure",
        (Lang::En, true) => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; Secure",
    })
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        // The edge's runtime joins several Cookie headers with a comma.
        .flat_map(|value| value.split([';', ',']))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
