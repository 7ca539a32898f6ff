//! Proofs of possession: what is taken, what is refused and at which step, and the public collection's own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use sekisho_webauthn::{Error, MAX_PROOF_BYTES, PossessionProof, ProofClaims, ProofKey, RingVerifier};
use serde_json::{Value, json};

const DBSC: &str = "dbsc+jwt";

/// A key of a browser's.
enum Signer {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Signer {
    fn ec() -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &SystemRandom::new());
        Self::Ec(pair.unwrap())
    }

    fn rsa() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/passkeys/rsa-2048.pk8");
        Self::Rsa(RsaKeyPair::from_pkcs8(&std::fs::read(path).unwrap()).unwrap())
    }

    fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
            Self::Rsa(pair) => {
                let key = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "n": text(&key.n), "e": text(&key.e) })
            }
        }
    }

    fn sign(&self, header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Ec(pair) => pair.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
                signature
            }
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn judge(text: &str, key: Option<&ProofKey>) -> Result<ProofClaims, Error> {
    let proof = PossessionProof::read(DBSC, text)?;
    let own = proof.key().cloned();
    let key = key.or(own.as_ref()).expect("a key");
    pollster::block_on(proof.begin(key)?.run(&RingVerifier))
}

fn header(signer: &Signer, alg: &str) -> Value {
    json!({ "alg": alg, "typ": DBSC, "jwk": signer.jwk() })
}

#[test]
fn both_algorithms_are_taken_and_the_key_is_kept_in_one_spelling() {
    for (signer, alg) in [(Signer::ec(), "ES256"), (Signer::rsa(), "RS256")] {
        let text = signer.sign(&header(&signer, alg).to_string(), r#"{"jti":"c","authorization":"a","iat":7}"#);
        let claims = judge(&text, None).unwrap();
        assert_eq!((claims.jti.as_str(), claims.authorization.as_deref(), claims.iat), ("c", Some("a"), Some(7)));
        let key = PossessionProof::read(DBSC, &text).unwrap().key().cloned().unwrap();
        let kept = ProofKey::parse(&key.jwk()).unwrap();
        assert_eq!((&kept, kept.jwk(), kept.thumbprint()), (&key, key.jwk(), key.thumbprint()));
        // What was kept is JSON that says the same, and without its own key a proof is held against it.
        assert_eq!(serde_json::from_str::<Value>(&kept.jwk()).unwrap(), signer.jwk());
        let bare = signer.sign(&json!({ "alg": alg, "typ": DBSC }).to_string(), r#"{"jti":"d"}"#);
        assert_eq!(judge(&bare, Some(&kept)).unwrap().jti, "d");
        let other = Signer::ec();
        let foreign = other.sign(&json!({ "alg": "ES256", "typ": DBSC }).to_string(), r#"{"jti":"d"}"#);
        assert!(judge(&foreign, Some(&kept)).is_err());
    }
}

/// RFC 7638, section 3.1: the example's own thumbprint.
#[test]
fn a_thumbprint_is_the_rfcs() {
    let jwk = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
    assert_eq!(ProofKey::parse(jwk).unwrap().thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn each_fault_is_refused_at_its_step() {
    let signer = Signer::ec();
    let (jwk, rsa) = (signer.jwk(), Signer::rsa().jwk());
    let with = |name: &str, value: Value| {
        let mut header = header(&signer, "ES256");
        header[name] = value;
        header.to_string()
    };
    let bent = |name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        with("jwk", jwk)
    };
    let coordinate = jwk["x"].as_str().unwrap();
    let short_rsa = json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 128]), "e": "AQAB" });
    let e_is_one = json!({ "kty": "RSA", "n": rsa["n"], "e": "AQ" });
    let payload = r#"{"jti":"c"}"#.to_owned();
    let typ_twice = format!(r#"{{"typ":"x","typ":"{DBSC}","alg":"ES256","jwk":{jwk}}}"#);
    for (what, header, payload, step) in [
        ("another type", with("typ", json!("dpop+jwt")), &payload, 4),
        ("a type in capitals", with("typ", json!("DBSC+JWT")), &payload, 4),
        ("no type", with("typ", Value::Null), &payload, 4),
        ("crit", with("crit", json!(["exp"])), &payload, 5),
        ("alg none", with("alg", json!("none")), &payload, 5),
        ("a symmetric alg", with("alg", json!("HS256")), &payload, 5),
        ("alg of another key", with("alg", json!("RS256")), &payload, 5),
        ("a key of another alg", with("jwk", rsa.clone()), &payload, 5),
        ("a short RSA key", with("jwk", short_rsa), &payload, 5),
        ("an exponent of 1", with("jwk", e_is_one), &payload, 5),
        ("a private key", bent("d", json!(coordinate)), &payload, 5),
        ("a curve that is not ours", bent("crv", json!("P-384")), &payload, 5),
        ("a point off the curve", bent("y", json!(coordinate)), &payload, 5),
        ("a short coordinate", bent("x", json!(&coordinate[..40])), &payload, 5),
        ("a padded coordinate", bent("x", json!(format!("{coordinate}="))), &payload, 5),
        ("a symmetric key", with("jwk", json!({ "kty": "oct", "k": "AAAA" })), &payload, 5),
        ("a key that is text", with("jwk", json!("key")), &payload, 5),
        ("the type twice", typ_twice, &payload, 3),
        ("a header that is no object", "[]".into(), &payload, 3),
        ("jti twice", header(&signer, "ES256").to_string(), &r#"{"jti":"a","jti":"c"}"#.to_owned(), 6),
        ("no jti", header(&signer, "ES256").to_string(), &"{}".to_owned(), 6),
        ("jti a number", header(&signer, "ES256").to_string(), &r#"{"jti":1}"#.to_owned(), 6),
        ("htm a number", header(&signer, "ES256").to_string(), &r#"{"jti":"c","htm":1}"#.to_owned(), 6),
    ] {
        let text = signer.sign(&header, payload);
        let refused = PossessionProof::read(DBSC, &text).map(|_| ()).expect_err(what).to_string();
        assert!(refused.starts_with(&format!("RFC 7515 5.2 step {step}: ")), "{what}: {refused}");
    }
}

#[test]
fn a_bent_proof_does_not_verify_in_any_place() {
    let signer = Signer::ec();
    let text = signer.sign(&header(&signer, "ES256").to_string(), r#"{"jti":"c"}"#);
    assert!(judge(&text, None).is_ok());
    let key = PossessionProof::read(DBSC, &text).unwrap().key().cloned();
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(judge(&String::from_utf8(bytes).unwrap(), key.as_ref()).is_err(), "character {at}");
    }
    let other = Signer::ec();
    let foreign = PossessionProof::read(DBSC, &other.sign(&header(&other, "ES256").to_string(), r#"{"jti":"c"}"#));
    assert!(judge(&text, foreign.unwrap().key()).is_err(), "another key");
    for odd in
        ["", ".", "..", "a.b", &format!("{text}."), &format!(" {text}"), &format!("{text}\n"), &text[..text.len() - 1]]
    {
        assert!(PossessionProof::read(DBSC, odd).and_then(|_| judge(odd, key.as_ref())).is_err(), "{odd}");
    }
    let long = format!("{text}{}", "A".repeat(MAX_PROOF_BYTES));
    assert_eq!(PossessionProof::read(DBSC, &long).map(|_| ()).unwrap_err().refusal(), sekisho_rules::Refusal::TooLarge);
}

fn public(name: &str) -> Option<Value> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let named = std::env::var("SEKISHO_PUBLIC_VECTORS");
    let all = std::path::PathBuf::from(root).join(named.as_deref().unwrap_or("../shared/vectors"));
    let path = all.join("dbsc").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap(),
        // Where the collection is asked for, or there without this part of it, nothing has passed.
        Err(fault) if named.is_ok() || all.is_dir() => panic!("{}: {fault}", path.display()),
        Err(_) => {
            println!("skipped: {} is not there", path.display());
            None
        }
    }
}

#[test]
fn the_public_registration_and_refresh_verify() {
    let (Some(registration), Some(refresh)) = (public("registration.json"), public("refresh.json")) else { return };
    let text = registration["secureSessionResponse"].as_str().unwrap();
    assert_eq!(judge(text, None).unwrap().jti, registration["challenge"].as_str().unwrap());
    let key = PossessionProof::read(DBSC, text).unwrap().key().cloned().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&key.jwk()).unwrap(), registration["expectedStoredBoundKey"]["jwk"]);
    let text = refresh["secureSessionResponse"].as_str().unwrap();
    let stored = ProofKey::parse(&refresh["storedPublicKeyJwk"].to_string()).unwrap();
    assert!(PossessionProof::read(DBSC, text).unwrap().key().is_none());
    assert_eq!(judge(text, Some(&stored)).unwrap().jti, refresh["expectedResult"]["jti"].as_str().unwrap());
}

#[test]
fn the_public_proofs_of_rfc_9449_verify() {
    for name in ["dpop-proof.json", "dpop-bound-token.json"] {
        let Some(vector) = public(name) else { return };
        let text = vector["dpopHeader"].as_str().unwrap();
        assert!(PossessionProof::read(DBSC, text).is_err(), "of another type");
        let proof = PossessionProof::read("dpop+jwt", text).unwrap();
        let key = proof.key().cloned().unwrap();
        let thumbprint = vector["jkt"].as_str().or(vector["tokenCnf"]["jkt"].as_str()).unwrap();
        assert_eq!(key.thumbprint(), thumbprint);
        let claims = pollster::block_on(proof.begin(&key).unwrap().run(&RingVerifier)).unwrap();
        let wanted = &vector["claims"];
        assert_eq!(claims.jti, wanted["jti"].as_str().unwrap());
        assert_eq!(claims.iat, wanted["iat"].as_u64());
        let texts = [(&claims.htm, "htm"), (&claims.htu, "htu"), (&claims.ath, "ath")];
        texts.iter().for_each(|(claim, name)| assert_eq!(claim.as_deref(), wanted[*name].as_str(), "{name}"));
    }
}
