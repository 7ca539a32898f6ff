//! JWT keys and the making of a JWT (RFC 7515, 7517, 7518 §3.4): ES256 only.

use super::KeyFault;
use crate::host::{Signer, Unreached};
use crate::wire;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sekisho_rules::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use zeroize::Zeroizing;

/// A private EC P-256 key as a JWK. Debug prints its kid alone.
#[derive(Clone, Deserialize)]
pub struct JwtKey {
    /// The key's id, in every token that it signs.
    pub kid: String,
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(deserialize_with = "wire::secret::deserialize")]
    d: Secret,
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JwtKey({})", self.kid)
    }
}

impl JwtKey {
    pub(super) fn parse_all(text: &str) -> Result<Vec<Self>, KeyFault> {
        let keys: Vec<Self> = crate::wire::read(text.as_bytes()).map_err(|_| KeyFault::Jwks)?;
        let fits = |key: &Self| key.kty == "EC" && key.crv == "P-256" && !key.kid.is_empty() && key.scalar().is_some();
        let points = |key: &Self| coordinate(&key.x).is_some() && coordinate(&key.y).is_some();
        let sound = (1..=2).contains(&keys.len()) && keys.iter().all(|key| fits(key) && points(key));
        if sound { Ok(keys) } else { Err(KeyFault::Jwks) }
    }

    /// The public half, for the JWK Set.
    pub fn public_jwk(&self) -> Value {
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": self.x, "y": self.y })
    }

    /// The whole key as a JWK text, for a host whose crypto imports JWKs.
    pub fn private_jwk(&self) -> Zeroizing<String> {
        let JwtKey { x, y, d, .. } = self;
        let d = d.expose();
        Zeroizing::new(json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": d }).to_string())
    }

    /// The private scalar, 32 bytes, for a host whose crypto takes it raw.
    pub fn scalar(&self) -> Option<Zeroizing<Vec<u8>>> {
        coordinate(self.d.expose()).map(Zeroizing::new)
    }

    /// The public point, uncompressed (SEC 1 §2.3.3): 65 bytes.
    pub fn point(&self) -> Option<Vec<u8>> {
        let mut point = vec![4];
        point.append(&mut coordinate(&self.x)?);
        point.append(&mut coordinate(&self.y)?);
        Some(point)
    }
}

fn coordinate(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32)
}

/// Signs `claims` as a JWT of the given `typ` (RFC 8725 §3.11: every kind of token has a type of its own).
///
/// # Errors
/// Where the host's crypto refuses the key.
pub async fn sign<S: Signer>(
    signer: &S,
    key: &JwtKey,
    typ: &str,
    claims: &impl Serialize,
) -> Result<String, Unreached> {
    let header = json!({ "alg": "ES256", "typ": typ, "kid": key.kid });
    let claims = serde_json::to_vec(claims).map_err(|fault| Unreached(fault.to_string()))?;
    let mut token = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims));
    let signature = signer.sign(key, token.as_bytes()).await?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}
