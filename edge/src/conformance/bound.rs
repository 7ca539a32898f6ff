//! Sessions bound to a key: one key a session, and a challenge is good once, whoever else is on the way at the same time.

pub mod elsewhere;

use super::futures::{killed_after, together};
use super::passkeys::signed_in;
use super::stage::{Play, Stage};
use super::{same, text};
use crate::account::{Command, Fault, Reply, SessionKey};
use crate::bound::{BindingId, CHALLENGE};
use crate::keys::{Challenge, Purpose};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;
use std::future::Future;
use std::pin::Pin;

type Coming<'a> = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + 'a>>;

fn key() -> Result<EcdsaKeyPair, String> {
    let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(text)?;
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).map_err(text)
}

/// A proof of `typ` that claims `jti`, with the key where it is not known yet.
fn signed(key: &EcdsaKeyPair, typ: &str, jti: &str, with_key: bool) -> Result<String, String> {
    let mut header = json!({ "alg": "ES256", "typ": typ });
    if let Some((x, y)) = key.public_key().as_ref().get(1..).filter(|_| with_key).map(|point| point.split_at(32)) {
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        header = json!({ "alg": "ES256", "typ": typ, "jwk": { "kty": "EC", "crv": "P-256", "x": x, "y": y } });
    }
    let payload = json!({ "jti": jti });
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload.to_string()));
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).map_err(text)?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
}

/// A proof over `challenge`, with the key where it is not known yet.
fn proof(key: &EcdsaKeyPair, challenge: &Challenge, registering: bool) -> Result<String, String> {
    signed(key, "dbsc+jwt", &URL_SAFE_NO_PAD.encode(&challenge.bytes), registering)
}

fn bind<T: Stage>(play: &Play<'_, T>, session: SessionKey, key: &EcdsaKeyPair) -> Result<Command, String> {
    let challenge = play.house.keys.binding_challenge(session, play.now.get() + CHALLENGE);
    let proof = proof(key, &challenge, true)?;
    Ok(Command::Bind { session, challenge: challenge.bytes, until: challenge.until, proof })
}

fn refresh<T: Stage>(play: &Play<'_, T>, binding: BindingId, key: &EcdsaKeyPair) -> Result<Refresh, String> {
    let until = play.now.get() + CHALLENGE;
    let challenge = play.house.keys.challenge(&mut play.rng(), Purpose::Refresh, &binding.0, until);
    let proof = proof(key, &challenge, false)?;
    Ok(Refresh { binding, challenge, proof })
}

/// A renewal that can be told more than once.
struct Refresh {
    binding: BindingId,
    challenge: Challenge,
    proof: String,
}

impl Refresh {
    fn command(&self) -> Command {
        let Challenge { bytes, until } = self.challenge.clone();
        Command::Refresh { binding: self.binding, challenge: bytes, until, proof: self.proof.clone() }
    }
}

/// A session that is bound, as its account first tells it.
async fn bound<T: Stage>(stage: &T) -> Result<(Play<'_, T>, BindingId, EcdsaKeyPair), String> {
    let (play, session) = signed_in(stage).await?;
    let key = key()?;
    match play.tell(bind(&play, session, &key)?).await.map_err(text)? {
        Reply::Session(state) => Ok((play, state.bound.ok_or("bound to nothing")?, key)),
        other => Err(format!("the registration: {other:?}")),
    }
}

/// Two keys registered at once, and two renewals with one proof: one of each.
pub async fn side_by_side<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session) = signed_in(stage).await?;
    let (one, other) = (bind(&play, session, &key()?)?, bind(&play, session, &key()?)?);
    let both = together(vec![Box::pin(play.tell(one)) as Coming, Box::pin(play.tell(other))]).await;
    same("registered", both.iter().filter(|reply| matches!(reply, Ok(Reply::Session(_)))).count(), 1)?;
    same("keys", play.count("session", "binding IS NOT NULL AND binding_key IS NOT NULL")?, 1)?;
    let (play, binding, key) = bound(stage).await?;
    let refresh = refresh(&play, binding, &key)?;
    let both: Vec<Coming> = vec![Box::pin(play.tell(refresh.command())), Box::pin(play.tell(refresh.command()))];
    let renewed = together(both).await.iter().filter(|reply| matches!(reply, Ok(Reply::Session(_)))).count();
    same("renewed", renewed, 1)
}

/// A registration and a renewal that end anywhere are whole or not there, and their challenge is spent by the try.
pub async fn killed<T: Stage>(stage: &T) -> Result<(), String> {
    let mut ended = false;
    for polls in 0..100 {
        let (play, session) = signed_in(stage).await?;
        let key = key()?;
        let killed = killed_after(polls, play.tell(bind(&play, session, &key)?)).await;
        let acknowledged = killed.transpose().map_err(text)?.is_some();
        let kept = play.count("session", "binding IS NOT NULL AND binding_key IS NOT NULL AND binding_shown = 0")?;
        same("half a binding", play.count("session", "(binding IS NULL) <> (binding_key IS NULL)")?, 0)?;
        same("what was acknowledged is there", !acknowledged || kept == 1, true)?;
        if polls > 0 {
            let again = play.tell(bind(&play, session, &key)?).await.map_err(text)?;
            same("the challenge is spent", matches!(again, Reply::Refused { .. }), true)?;
        }
        ended = acknowledged;
        if ended {
            break;
        }
    }
    same("the registration ended", ended, true)?;
    for polls in 0..100 {
        let (play, binding, key) = bound(stage).await?;
        let refresh = refresh(&play, binding, &key)?;
        let killed = killed_after(polls, play.tell(refresh.command())).await;
        let acknowledged = killed.transpose().map_err(text)?.is_some();
        same(
            "what was acknowledged is there",
            !acknowledged || play.count("session", "binding_shown = 1")? == 1,
            true,
        )?;
        if polls > 0 {
            let again = play.tell(refresh.command()).await.map_err(text)?;
            same("the challenge is spent", matches!(again, Reply::Refused { .. }), true)?;
        }
        if acknowledged {
            return Ok(());
        }
    }
    Err("the renewal did not end within 100 polls".into())
}
