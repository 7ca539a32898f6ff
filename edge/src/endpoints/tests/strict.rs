use crate::ROUTES;
use crate::memory::testing::{Browser, memory, opening};
use http::Method;
use serde_json::json;

#[test]
fn a_post_that_no_page_of_ours_made_is_refused() {
    let memory = memory();
    for (site, origin, status) in [
        (Some("same-origin"), None, 201),
        (None, Some("http://localhost:8787"), 201),
        (Some("cross-site"), Some("http://localhost:8787"), 403),
        (Some("same-site"), None, 403),
        (Some("none"), None, 403),
        (None, Some("http://evil.example"), 403),
        (None, Some("null"), 403),
        (None, None, 403),
    ] {
        let mut browser = Browser::default();
        let mut request = browser.request(Method::POST, "/.sekisho/open", opening().to_string().into_bytes());
        request.headers_mut().remove("sec-fetch-site");
        if let Some(site) = site {
            request.headers_mut().insert("sec-fetch-site", site.parse().unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        assert_eq!(browser.send(&memory, request).status, status, "{site:?} {origin:?}");
    }
}

#[test]
fn a_body_of_another_form_is_refused_and_nothing_is_asked() {
    let memory = memory();
    let mut browser = Browser::default();
    let mut unknown = opening();
    unknown["admin"] = json!(true);
    let text = opening().to_string();
    let twice = text.replacen('{', "{\"mail\":\"other@example.com\",", 1);
    for body in [unknown.to_string(), twice, format!("{text} x"), "[]".into(), String::new(), "{".into()] {
        let request = browser.request(Method::POST, "/.sekisho/open", body.clone().into_bytes());
        assert_eq!(browser.send(&memory, request).code(), "malformed", "{body}");
    }
    let long = browser.request(Method::POST, "/.sekisho/open", vec![b' '; 65_537]);
    assert_eq!(browser.send(&memory, long).code(), "too_large");
    let mut form = browser.request(Method::POST, "/.sekisho/open", text.into_bytes());
    form.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(browser.send(&memory, form).code(), "unsupported_media_type");
    assert_eq!(memory.calls(), 0);
}

#[test]
fn every_route_answers_its_own_method_alone() {
    let memory = memory();
    for (method, path, _) in ROUTES {
        let mut browser = Browser::default();
        let other = if method == Method::GET { Method::POST } else { Method::GET };
        let request = browser.request(other, path, b"{}".to_vec());
        assert_eq!(browser.send(&memory, request).code(), "method_not_allowed", "{path}");
    }
    assert_eq!(Browser::default().get(&memory, "/.sekisho/nothing").code(), "not_found");
}

#[test]
fn every_answer_has_the_security_headers_and_is_not_stored() {
    let memory = memory();
    for (method, path, _) in ROUTES {
        let mut browser = Browser::default();
        let request = browser.request(method, path, b"{}".to_vec());
        let answer = browser.send(&memory, request);
        let headers = answer.response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert!(headers.contains_key("cache-control"), "{path}");
        assert!(!headers.contains_key("strict-transport-security"), "plain http on localhost");
    }
}

#[test]
fn endpoints_of_a_session_refuse_without_one() {
    let memory = memory();
    for path in ["/.sekisho/session", "/.sekisho/me", "/.sekisho/history", "/.sekisho/passkeys"] {
        for cookie in [None, Some("x"), Some(""), Some("AAAA")] {
            let mut browser = Browser { cookie: cookie.map(str::to_owned), ..Browser::default() };
            let answer = browser.get(&memory, path);
            assert_eq!((answer.status, answer.code()), (401, "no_session"), "{path} {cookie:?}");
        }
    }
    assert_eq!(memory.calls(), 0);
}
