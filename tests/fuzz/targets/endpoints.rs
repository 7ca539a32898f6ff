//! Any body to any of our endpoints, as a page of the site would send it: an answer, and never a fault of ours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_edge::ROUTES;
use sekisho_edge::memory::Memory;

#[path = "../house.rs"]
mod house;

thread_local! {
    static EDGE: Memory = house::edge();
}

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let Some((method, path, _)) = ROUTES.get(usize::from(*first) % ROUTES.len()) else { return };
    let (query, body) = match method.as_str() {
        "GET" => (format!("?{}", String::from_utf8_lossy(body)), Vec::new()),
        _ => (String::new(), body.to_vec()),
    };
    let request = http::Request::builder()
        .method(method.clone())
        .uri(format!("http://localhost:8787{path}{query}"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .header("authorization", "Bearer ops-token-of-the-fuzzer")
        .body(body);
    let Ok(request) = request else { return };
    EDGE.with(|edge| {
        let status = edge.answer(request).status().as_u16();
        assert!(status < 500, "{path}: {status}");
    });
});
