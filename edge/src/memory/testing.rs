//! What the native tests of every room begin with: a house, a customer, a request.

use super::Memory;
use crate::config::json_of;
use crate::risk::Platform;
use crate::wire::{from_hex, to_hex};
use crate::{House, Settings};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20::ChaCha20Rng;
use http::{Method, Request, Response};
use rand_core::SeedableRng as _;
use sekisho_rules::sealing::{INFO, Place, pad};
use sekisho_rules::{Secret, Timestamp};
use serde_json::{Value, json};

/// 2026-11-22 14:05 in Japan.
pub const START: Timestamp = Timestamp::from_millis(1_795_323_900_000);
/// A password that keeps the brokers' rule.
pub const PASSWORD: &str = "Hoshi-42-kawa#Q";
/// The browser of tests.
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0.0.0 Safari/537.36";
/// What the keys of apps that sign are made of.
const APP_KEYS: &str = "app-keys-of-tests-32-characters-long";
/// A private key from RFC 7515, appendix A.3: it guards nothing.
const JWK: &str = r#"[{"kty":"EC","crv":"P-256","kid":"test-1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]"#;

/// A house with the demo's config, its Argon2 cost lowered to the least so that tests run many.
pub fn house() -> House {
    house_with(|config| config)
}

/// The same with the config text changed.
pub fn house_with(change: impl FnOnce(String) -> String) -> House {
    sealed_house(change, &seal_key(1))
}

/// Generation `number` of the sealing key of tests.
pub fn seal_key(number: u8) -> String {
    format!("{number}:{}", URL_SAFE_NO_PAD.encode([number; 32]))
}

/// The same with other keys to mark with.
pub fn keyed_house(mac_keys: &str) -> House {
    built(|config| config, mac_keys, &seal_key(1))
}

/// The same, and with the config text changed.
pub fn keyed_house_with(change: impl FnOnce(String) -> String, mac_keys: &str) -> House {
    built(change, mac_keys, &seal_key(1))
}

/// The same with other keys of names.
pub fn named_house(name_keys: &str) -> House {
    with_keys(|config| config, [&ring("A"), name_keys, &seal_key(1)])
}

/// The same with other keys to seal to.
pub fn sealed_house(change: impl FnOnce(String) -> String, seal_keys: &str) -> House {
    built(change, &ring("A"), seal_keys)
}

fn ring(fill: &str) -> String {
    format!("1:{}", fill.repeat(43))
}

/// The same with the config text changed and other keys to mark with and to seal to.
pub fn built(change: impl FnOnce(String) -> String, mac_keys: &str, seal_keys: &str) -> House {
    with_keys(change, [mac_keys, &ring("Q"), seal_keys])
}

fn with_keys(change: impl FnOnce(String) -> String, [mac_keys, name_keys, seal_keys]: [&str; 3]) -> House {
    let config = include_str!("../../sekisho.toml").replace("memory = 19456", "memory = 7168");
    // Most tests ask where a login leads by itself.
    let config = config.replace("page = \"/address\"", "");
    let config = change(config.replace("passes = 2", "passes = 1"));
    let config = json_of(&config).unwrap_or_else(|complaint| panic!("{complaint}"));
    House::build(&Settings {
        config: &config,
        mac_keys,
        name_keys,
        seal_keys,
        jwt_keys: JWK,
        mail_token: "mail-token-of-tests",
        dkim_key: "",
        origin_token: "origin-token-of-tests",
        ops_token: "ops-token-of-tests",
        proxy_token: "",
        app_keys: APP_KEYS,
        sms_token: "sms-token-of-tests",
    })
    .unwrap_or_else(|complaints| panic!("{complaints:?}"))
}

/// An edge in memory that begins at [`START`].
pub fn memory() -> Memory {
    Memory::new(house(), START, 1)
}

/// A browser on the site: its cookie, and requests as a page of the site makes them.
#[derive(Default, Clone)]
pub struct Browser {
    /// The session cookie's value.
    pub cookie: Option<String>,
    /// The device cookie, name and value.
    pub device: Option<String>,
    /// The bound cookie, name and value.
    pub bound: Option<String>,
    /// What the platform says of where it is.
    pub platform: Platform,
    /// Another user agent than Chrome on Windows.
    pub agent: Option<&'static str>,
    /// What an app says it is; one that ends with ` signed` signs it.
    pub app: Option<&'static str>,
    /// Another of the site's origins than the first.
    pub site: Option<&'static str>,
}

/// A whole answer, taken apart.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub json: Value,
    /// The response itself.
    pub response: Response<Vec<u8>>,
}

impl Answer {
    /// The public error code, or "".
    pub fn code(&self) -> &str {
        self.json.get("code").and_then(Value::as_str).unwrap_or_default()
    }
}

impl Browser {
    /// Posts JSON to one of our endpoints and keeps the cookie that comes back.
    pub fn post(&mut self, memory: &Memory, path: &str, body: &Value) -> Answer {
        self.send(memory, self.request(Method::POST, path, body.to_string().into_bytes()))
    }

    /// Gets one of our endpoints.
    pub fn get(&mut self, memory: &Memory, path: &str) -> Answer {
        self.send(memory, self.request(Method::GET, path, Vec::new()))
    }

    /// A request as a page of the site makes it.
    pub fn request(&self, method: Method, path: &str, body: Vec<u8>) -> Request<Vec<u8>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.site.unwrap_or("http://localhost:8787")))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .header("user-agent", self.agent.unwrap_or(CHROME))
            .extension(self.platform.clone());
        if let Some(app) = self.app {
            request = request.header("sekisho-app", app);
        }
        let cookies = self.cookies();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        request.body(body).unwrap()
    }

    /// The whole `Cookie` header.
    pub fn cookies(&self) -> String {
        let session = self.cookie.as_ref().map(|cookie| format!("__Host-sekisho={cookie}"));
        let all: Vec<_> = session.into_iter().chain(self.bound.clone()).chain(self.device.clone()).collect();
        all.join("; ")
    }

    /// Sends a request and keeps the cookie that comes back.
    pub fn send(&mut self, memory: &Memory, mut request: Request<Vec<u8>>) -> Answer {
        if let Some(name) = self.app.and_then(|app| app.strip_suffix(" signed")) {
            let signed = signed(name, memory.now(), request.method().as_str(), request.uri().path());
            request.headers_mut().insert("sekisho-app", signed.parse().unwrap());
        }
        let response = memory.answer(request);
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let Some(value) = pair.strip_prefix("__Host-sekisho=") else {
                let bound = pair.strip_prefix("__Host-sekisho-bound=");
                let place = if bound.is_some() { &mut self.bound } else { &mut self.device };
                *place = (bound != Some("")).then(|| pair.to_owned());
                continue;
            };
            self.cookie = (!value.is_empty()).then(|| value.to_owned());
        }
        let json = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        Answer { status: response.status().as_u16(), json, response }
    }

    /// A page request, packed as the shim packs it: a navigation.
    pub fn packed(&self, path: &str) -> String {
        let cookie = Self { device: None, ..self.clone() }.cookies();
        let site = self.site.unwrap_or("http://localhost:8787");
        let app = self.app.map_or_else(String::new, |app| format!("\n{app}"));
        format!("GET\n{site}{path}\n{cookie}\ntext/html\nsame-origin\nnavigate\ndocument\n\n\n\n\n?0\n{app}")
    }

    /// Opens an account with [`PASSWORD`] and answers its number.
    pub fn open(&mut self, memory: &Memory) -> String {
        let answer = self.post(memory, "/.sekisho/open", &opening());
        assert_eq!(answer.status, 201, "{}", answer.json);
        answer.json["account_number"].as_str().unwrap().to_owned()
    }

    /// Imports login names with the origin's customer numbers, as staff's tool does.
    pub fn import(&mut self, memory: &Memory, token: &str, rows: &[(&str, &str)]) -> Answer {
        let row = |(name, customer): &(&str, &str)| json!({ "name": name, "customer": customer });
        let body = json!({ "customers": rows.iter().map(row).collect::<Vec<_>>() });
        let mut request = self.request(Method::POST, "/.sekisho/ops/import", body.to_string().into_bytes());
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        self.send(memory, request)
    }

    /// Asks for an attempt: its token and the key to seal to.
    pub fn attempt(&mut self, memory: &Memory) -> (String, String) {
        let answer = self.post(memory, "/.sekisho/attempt", &json!({}));
        assert_eq!(answer.status, 200, "{}", answer.json);
        let text = |name: &str| answer.json[name].as_str().unwrap().to_owned();
        (text("attempt"), text("key"))
    }

    /// A login as the package sends it.
    pub fn sealed_login(&mut self, memory: &Memory, id: &str, password: &str) -> Value {
        let (attempt, key) = self.attempt(memory);
        let place = Place { attempt: &attempt, path: "/.sekisho/login", id, field: "password" };
        json!({ "id": id, "password": seal(password, &place, &key), "attempt": attempt })
    }

    /// Logs in.
    pub fn login(&mut self, memory: &Memory, id: &str, password: &str) -> Answer {
        self.post(memory, "/.sekisho/login", &json!({ "id": id, "password": password }))
    }
}

/// What an app says of itself, signed for a request.
pub fn signed(name: &str, now: Timestamp, method: &str, path: &str) -> String {
    use ring::hmac::{HMAC_SHA256, Key, sign};
    let mac = |key: &str, text: &str| to_hex(sign(&Key::new(HMAC_SHA256, key.as_bytes()), text.as_bytes()).as_ref());
    let said = format!("{name} {}", now.as_seconds());
    format!("{said} {}", mac(&mac(APP_KEYS, name), &format!("{said} {method} {path}")))
}

/// `password` sealed to `key`, as the package does it.
pub fn seal(password: &str, place: &Place, key: &str) -> String {
    let mut padded = pad(&Secret::new(password.to_owned())).unwrap();
    seal_bytes(&mut padded, place, key)
}

/// Whatever bytes sealed to `key`.
pub fn seal_bytes(text: &mut [u8], place: &Place, key: &str) -> String {
    use hpke::Serializable as _;
    let mut rng = ChaCha20Rng::from_seed(*place.attempt.as_bytes().first_chunk().unwrap());
    let key = hpke::Deserializable::from_bytes(&from_hex::<32>(key).unwrap()).unwrap();
    let (encapsulated, tag) =
        hpke::single_shot_seal_inout_detached_with_rng::<
            hpke::aead::ChaCha20Poly1305,
            hpke::kdf::HkdfSha256,
            hpke::kem::X25519HkdfSha256,
        >(&hpke::OpModeS::Base, &key, INFO, hpke::inout::InOutBuf::from(&mut *text), &place.aad(), &mut rng)
        .unwrap();
    to_hex(&[&encapsulated.to_bytes(), &*text, &tag.to_bytes()].concat())
}

/// A complete opening form.
pub fn opening() -> Value {
    json!({
        "family": "山田", "given": "太郎", "family_kana": "ヤマダ", "given_kana": "タロウ",
        "birthday": "1985-04-01", "postal": "100-0001", "address": "東京都千代田区千代田1-1",
        "phone": "090-1234-5678", "mail": "taro@example.com", "password": PASSWORD, "lang": "ja",
    })
}
