//! The suite's house, its one customer, and an authenticator that lives in these few lines.

use crate::account::{AccountId, Attempt, Command, Profile, Visit};
use crate::name::NameTag;
use crate::{House, Settings};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sekisho_rules::Secret;
use serde_json::json;

/// The one account.
pub const ACCOUNT: AccountId = AccountId([7; 16]);
/// Its one name.
pub const NAME: NameTag = NameTag([9; 32]);
/// Its password.
pub const PASSWORD: &str = "Momiji#2026-aki";
/// The receipt of its opening.
pub const RECEIPT: &str = "R-1";
const NUMBER: &str = "12345678";

/// What the origin says of a password that it holds.
pub const VOUCHED: &str = r#"{"answer":"match","profile":{"family":"鈴木","given":"花子","family_kana":"スズキ",
"given_kana":"ハナコ","birthday":"1980-02-03","postal":"1000001","address":"東京都千代田区","phone":"03-0000-0000",
"mail":"hanako@example.com"}}"#;

const CONFIG: &str = r#"{
"site": {"origin": "https://broker.example", "phone": "0120-000-000", "hours": "平日 8:00〜17:00"},
"origin": {"url": "https://origin.example", "audience": "https://origin.example"},
"passkey": {"rp_id": "broker.example"},
"channels": [{"name": "pc-main", "ja": "PCサイト", "en": "PC site"}],
"routes": [{"path": "/login", "demand": "public"}],
"mail": {"url": "https://mail.example/send", "from": "no-reply@broker.example"},
"elsewhere": {"url": "https://origin.example/internal/verify"},
"events": {"url": "https://origin.example/internal/events"}
}"#;
const MAC_KEYS: &str = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const NAME_KEYS: &str = "1:HxAREhMUFRYXGBkaGxwdHgABAgMEBQYHCAkKCwwNDg8";
/// The example key of RFC 7515, appendix A.3.
const JWT_KEYS: &str = r#"[{"kid":"1","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY0X1fCE9-E9LI"}]"#;

/// A house of its own for each case.
///
/// # Errors
/// All complaints about the settings.
pub fn house() -> Result<House, String> {
    let token = "0123456789abcdef0123456789abcdef";
    let settings = Settings {
        config: CONFIG,
        mac_keys: MAC_KEYS,
        name_keys: NAME_KEYS,
        seal_keys: NAME_KEYS,
        jwt_keys: JWT_KEYS,
        mail_token: token,
        dkim_key: "",
        origin_token: token,
        ops_token: token,
        proxy_token: "",
        app_keys: "app-keys-of-tests-32-characters-long",
        sms_token: "",
    };
    let text = |complaints: Vec<_>| complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    House::build(&settings).map_err(text)
}

/// What the customer's browser shows.
pub fn visit() -> Visit {
    Visit { channel: "pc-main".into(), client: "Chrome / Windows".into(), ..Visit::default() }
}

/// The opening of the account, under `receipt`.
pub fn open(receipt: &str) -> Command {
    let profile = Profile {
        family: "山田".into(),
        given: "太郎".into(),
        family_kana: "ヤマダ".into(),
        given_kana: "タロウ".into(),
        birthday: "1990-04-01".into(),
        postal: "1000001".into(),
        address: "東京都千代田区千代田1-1".into(),
        phone: "03-1234-5678".into(),
        mail: "taro@example.com".into(),
        lang: "ja".into(),
    };
    let password = Secret::new(PASSWORD.into());
    Command::Open { name: NAME, customer: NUMBER.into(), receipt: receipt.into(), profile: Box::new(profile), password }
}

/// The same opening as a browser sends it.
///
/// # Errors
/// Where it is no request, which would be a fault of these lines.
pub fn opening_request() -> Result<http::Request<Vec<u8>>, String> {
    let form = json!({
        "family": "山田", "given": "太郎", "family_kana": "ヤマダ", "given_kana": "タロウ", "birthday": "1990-04-01",
        "postal": "1000001", "address": "東京都千代田区千代田1-1", "phone": "03-1234-5678", "mail": "taro@example.com",
        "password": PASSWORD, "lang": "ja",
    });
    http::Request::post("https://broker.example/.sekisho/open")
        .header("content-type", "application/json")
        .header("sec-fetch-site", "same-origin")
        .body(form.to_string().into_bytes())
        .map_err(|fault| fault.to_string())
}

/// A login with the right password.
pub fn sign_in() -> Command {
    sealed_sign_in(None)
}

/// The same, sealed under `attempt`.
pub fn sealed_sign_in(attempt: Option<Attempt>) -> Command {
    Command::SignIn { name: NAME, device: None, password: Secret::new(PASSWORD.into()), attempt, visit: visit() }
}

/// An authenticator with one Ed25519 credential.
pub struct Authenticator {
    pair: Ed25519KeyPair,
    id: [u8; 16],
    /// What its counter stands at.
    pub count: u32,
    /// The origin and the name of the site that its browser is on.
    pub site: [&'static str; 2],
}

impl Authenticator {
    /// A new one; `seed` tells it from others.
    ///
    /// # Errors
    /// Where no key pair comes of the seed.
    pub fn new(seed: u8) -> Result<Self, String> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).map_err(|fault| fault.to_string())?;
        Ok(Self { pair, id: [seed; 16], count: 0, site: ["https://broker.example", "broker.example"] })
    }

    /// The credential's id.
    pub const fn id(&self) -> &[u8] {
        &self.id
    }

    /// The `RegistrationResponseJSON` to `challenge`, attestation `none` (WebAuthn §8.7).
    pub fn register(&mut self, challenge: &[u8]) -> String {
        let client = self.client_data("webauthn.create", challenge);
        let mut data = self.data(0x45);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        // COSE_Key (RFC 9053 §7.2): kty OKP, alg EdDSA, crv Ed25519, x.
        data.extend([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]);
        data.extend(self.pair.public_key().as_ref());
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
        object.extend(data);
        let response = json!({
            "clientDataJSON": base64url(client.as_bytes()),
            "attestationObject": base64url(&object),
            "transports": ["internal"],
        });
        self.credential(response)
    }

    /// The `AuthenticationResponseJSON` to `challenge` for the account behind `handle`.
    pub fn authenticate(&mut self, challenge: &[u8], handle: &[u8]) -> String {
        self.answer(challenge, handle, 0x05)
    }

    /// The same without having verified its user: a touch alone.
    pub fn touch(&mut self, challenge: &[u8], handle: &[u8]) -> String {
        self.answer(challenge, handle, 0x01)
    }

    fn answer(&mut self, challenge: &[u8], handle: &[u8], flags: u8) -> String {
        self.count += 1;
        let client = self.client_data("webauthn.get", challenge);
        let data = self.data(flags);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, client.as_bytes()).as_ref());
        let response = json!({
            "clientDataJSON": base64url(client.as_bytes()),
            "authenticatorData": base64url(&data),
            "signature": base64url(self.pair.sign(&signed).as_ref()),
            "userHandle": base64url(handle),
        });
        self.credential(response)
    }

    /// Authenticator data (WebAuthn §6.1) up to the counter.
    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.site[1].as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &[u8]) -> String {
        let (challenge, [origin, _]) = (base64url(challenge), self.site);
        json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string()
    }

    fn credential(&self, response: serde_json::Value) -> String {
        let id = base64url(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        })
        .to_string()
    }
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
