//! The pages as a browser gets them: both languages, a strict policy, nothing inline, nothing of one customer.

#![allow(missing_docs, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::Request;
use common::{Bench, claims};
use serde_json::Value;

const PUBLIC: [&str; 8] = ["/", "/open", "/login", "/logged-out", "/security", "/stop", "/gallery", "/mailbox"];
const CUSTOMER: [&str; 5] = ["/home", "/history", "/settings", "/confirm", "/address"];

/// The values of `name="…"` in a page, in order.
fn values<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#x2f;", "/");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn words(page: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(&unescaped(values(page, "data-words")[0])).unwrap()
}

async fn all() -> Vec<(String, String)> {
    let bench = Bench::new().await;
    let mut pages = Vec::new();
    for path in PUBLIC.into_iter().chain(CUSTOMER) {
        for lang in ["ja", "en"] {
            let path = format!("{path}?lang={lang}");
            let answer = bench.open(&path, CUSTOMER.iter().any(|c| path.starts_with(c)).then_some("3100101")).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            assert!(answer.text.contains(&format!("<html lang=\"{lang}\"")), "{path}");
            assert_eq!(answer.header("content-language"), lang);
            pages.push((path, answer.text));
        }
    }
    pages
}

#[tokio::test]
async fn every_page_is_there_in_both_languages_under_a_strict_policy() {
    for (path, page) in all().await {
        for inline in ["<style", " style=", " onclick=", " onload=", " onsubmit=", "javascript:", "placeholder="] {
            assert!(!page.contains(inline), "{path} has {inline}");
        }
        for script in page.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains("type=\"module\" src=\"/assets/"), "{path}: {tag}");
            assert!(rest.starts_with("</script>"), "{path} has an inline script");
        }
    }
    let bench = Bench::new().await;
    let policy = bench.open("/login", None).await.header("content-security-policy").to_owned();
    for demand in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval';",
        "style-src 'self';",
        "require-trusted-types-for 'script'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(demand), "{demand} is not in {policy}");
    }
    assert!(!policy.contains("unsafe-inline"));
}

#[tokio::test]
async fn ids_are_unique_and_what_points_at_one_finds_it() {
    for (path, page) in all().await {
        let ids = values(&page, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{path}: an id is there twice");
        for pointer in ["for", "aria-describedby", "aria-labelledby", "person"] {
            for target in values(&page, pointer).into_iter().flat_map(str::split_whitespace) {
                assert!(known.contains(target), "{path}: {pointer} points at {target}");
            }
        }
    }
}

#[tokio::test]
async fn every_field_of_a_form_has_a_label() {
    for (path, page) in all().await {
        let labelled: BTreeSet<&str> = values(&page, "for").into_iter().collect();
        for field in page.split("<input ").skip(1) {
            let tag = field.split('>').next().unwrap();
            let tag = format!(" {tag}");
            let id = values(&tag, "id")[0];
            assert!(labelled.contains(id), "{path}: {id} has no label");
        }
    }
}

#[tokio::test]
async fn what_a_script_says_is_in_its_pages_words() {
    let files = |folder: &str| {
        std::fs::read_dir(format!("{}/pages/{folder}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
    };
    let mut said = 0;
    for (path, page) in all().await {
        let words = words(&page);
        for file in files("js") {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let shared = matches!(name, "frame" | "sekisho" | "words" | "code");
            if !shared && !page.contains(&format!("/js/{name}.js\"")) {
                continue;
            }
            for call in std::fs::read_to_string(&file).unwrap().split("say(").skip(1) {
                // Keys are written out, or composed of a section and a value that the page's own script checks.
                let Some(key) = call.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                let (section, key) = key.split_once('.').unwrap();
                assert!(words.get(section).is_some_and(|words| words.contains_key(key)), "{path}: {section}.{key}");
                said += 1;
            }
        }
    }
    assert!(said > 100, "only {said} sentences were looked up");
}

#[test]
fn both_languages_have_the_same_places() {
    let places = |text: &str| {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let mut sentences = 0;
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/pages/words")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let table: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>> = toml::from_str(&text).unwrap();
        for (section, key, both) in table.iter().flat_map(|(s, keys)| keys.iter().map(move |(k, both)| (s, k, both))) {
            assert_eq!(places(&both["ja"]), places(&both["en"]), "{section}.{key}");
            sentences += 1;
        }
    }
    assert!(sentences > 150, "only {sentences} sentences were compared");
}

#[tokio::test]
async fn no_sentence_accuses() {
    for (path, page) in all().await {
        for word in ["不正", "無効", "拒否", "!", "!</p>"] {
            assert!(!page.replace("<!DOCTYPE", "").contains(word), "{path} says {word}");
        }
    }
}

#[tokio::test]
async fn a_chosen_language_is_remembered_and_the_switch_keeps_the_query() {
    let bench = Bench::new().await;
    let chosen = bench.open("/login?return=%2Fhistory&lang=en", None).await;
    assert_eq!(chosen.header("set-cookie"), "lang=en; Path=/; Max-Age=31536000; SameSite=Lax");
    let targets: Vec<String> = values(&chosen.text, "href").into_iter().map(unescaped).collect();
    assert!(targets.contains(&"/login?return=%2Fhistory&lang=ja".into()), "{targets:?}");
    let token = bench.signer.state(&claims(None));
    let request = |cookie: &str| {
        Request::get("/login").header("sekisho-assertion", &token).header("cookie", cookie).body(Body::empty()).unwrap()
    };
    let answer = bench.send(request("a=b; lang=en; text=l")).await;
    assert!(answer.text.contains("<html lang=\"en\" data-text=\"l\">"));
    assert_eq!(answer.header("set-cookie"), "");
    let answer = bench.send(request("lang=fr; text=\"><script>")).await;
    assert!(answer.text.contains("<html lang=\"ja\" data-text=\"m\">"));
}

#[tokio::test]
async fn what_a_visitor_puts_into_the_address_stays_text() {
    let bench = Bench::new().await;
    let page = bench.open("/login?x=%22%3E%3Cscript%3E&y='{{1}}'", None).await.text;
    assert!(page.contains("x=%22%3E%3Cscript%3E&amp;y=&#x27;{{1}}&#x27;&amp;lang=en"));
}

#[tokio::test]
async fn the_end_of_a_session_is_explained() {
    let bench = Bench::new().await;
    for (query, words) in [
        ("?out=timeout", "自動的にログアウトしました"),
        ("?out=self", "ご利用ありがとうございました"),
        ("?out=other", "ほかの端末での操作により"),
        ("?out=unheard-of", "ご利用ありがとうございました"),
        ("", "ご利用ありがとうございました"),
    ] {
        assert!(bench.open(&format!("/logged-out{query}"), None).await.text.contains(words), "{query}");
    }
}

#[tokio::test]
async fn a_customers_page_names_nothing_of_the_customer() {
    let bench = Bench::new().await;
    for path in CUSTOMER {
        let page = bench.open(path, Some("3100101")).await;
        assert_eq!(page.header("cache-control"), "no-store");
        for personal in ["3100101", "山田", "09000000101", "2,340,500", "2340500"] {
            assert!(!page.text.contains(personal), "{path} has {personal}");
        }
        assert!(page.text.contains("<sekisho-idle-warning"), "{path}");
    }
    assert!(!bench.open("/login", None).await.text.contains("<sekisho-idle-warning"));
}

#[tokio::test]
async fn where_there_is_nothing_a_browser_gets_a_page_and_a_program_a_problem() {
    let bench = Bench::new().await;
    let page = bench.open("/nowhere", None).await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("ページが見つかりません"));
    let token = bench.signer.state(&claims(None));
    assert_eq!(bench.with("/nowhere", &token).await.problem(), (404, "not_found".into()));
    let post = Request::post("/login").header("sekisho-assertion", &token).body(Body::empty()).unwrap();
    assert_eq!(bench.send(post).await.problem(), (405, "method_not_allowed".into()));
}

#[tokio::test]
async fn files_are_served_with_their_kind_and_templates_are_not() {
    let bench = Bench::new().await;
    let page = bench.open("/login", None).await.text;
    let script = *values(&page, "src").iter().find(|src| src.ends_with("/js/login.js")).unwrap();
    let answer = bench.open(script, None).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    let base = script.strip_suffix("/js/login.js").unwrap();
    let style = bench.open(&format!("{base}/css/base.css"), None).await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    let old = base.replace(base.rsplit('/').next().unwrap(), "0123456789ab");
    for path in [
        format!("{base}/html/public/login.html"),
        format!("{base}/words/login.toml"),
        format!("{base}/js/../html/public/login.html"),
        format!("{base}/js/no.js"),
        format!("{old}/js/login.js"),
        String::from("/assets/sekisho/../../Cargo.toml"),
        String::from("/assets/sekisho/%2e%2e/Cargo.toml"),
    ] {
        assert_eq!(bench.open(&path, None).await.status, 404, "{path}");
    }
    let package = bench.open("/assets/sekisho/README.md", None).await;
    assert_eq!((package.status, package.header("cache-control")), (200, "public, no-cache"));
}

#[tokio::test]
async fn a_balance_is_the_askers_own() {
    let bench = Bench::new().await;
    let answer: Value = bench.open("/api/balance?customer=3100105", Some("3100102")).await.json();
    assert_eq!((answer["customer"].as_str(), answer["cash"].as_i64()), (Some("3100102"), Some(815_000)));
}

#[tokio::test]
async fn a_fault_of_ours_is_a_page_for_a_browser_and_a_problem_for_a_program() {
    let folder = std::env::temp_dir().join(format!("sekisho-www-{}", std::process::id()));
    let bench = Bench::in_folder(&folder).await;
    assert_eq!(bench.open("/mailbox", None).await.status, 200);
    // The records fail in earnest: their table is gone.
    let records = rusqlite::Connection::open(folder.join("origin.sqlite")).unwrap();
    records.execute_batch("DROP TABLE mails").unwrap();
    let page = bench.open("/mailbox", None).await;
    assert_eq!(page.status, 500);
    assert!(page.text.contains("ただいまページを表示できません"));
    assert!(!page.text.contains("mails"), "what failed is for the log only");
    let problem = bench.with("/mailbox", &bench.signer.state(&claims(None))).await.problem();
    assert_eq!(problem, (500, "fault".into()));
    drop(bench);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn records_outlive_the_process() {
    let folder = std::env::temp_dir().join(format!("sekisho-www-{}-kept", std::process::id()));
    let letter = serde_json::json!({
        "from": { "address": "no-reply@sekisho.example" }, "to": [{ "address": "a@example.com" }],
        "subject": "残る一通", "text": "本文",
    });
    let bench = Bench::in_folder(&folder).await;
    bench.call("/internal/mail/v1/send", common::MAIL_TOKEN, Some("m-1"), &letter).await;
    drop(bench);
    let bench = Bench::in_folder(&folder).await;
    assert!(bench.open("/mailbox", None).await.text.contains("残る一通"));
    drop(bench);
    std::fs::remove_dir_all(folder).unwrap();
}

/// A form of the method `dialog` outside a dialog submits nothing: without its script no password leaves the page.
#[tokio::test]
async fn no_form_can_send_a_password_by_itself() {
    for (path, page) in all().await {
        for form in page.split("<form ").skip(1) {
            let tag = format!(" {}", form.split('>').next().unwrap());
            assert_eq!(values(&tag, "method"), ["dialog"], "{path}: {tag}");
        }
    }
}
