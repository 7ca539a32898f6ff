//! Sessions that go on elsewhere: by an app's token with proofs of its key, and at another of the site's origins by a code.

use super::super::futures::{killed_after, together};
use super::super::passkeys::signed_in;
use super::super::setting::visit;
use super::super::stage::{Play, Stage};
use super::super::{same, text};
use super::{Coming, key, signed};
use crate::account::{Command, Reply, SessionKey};
use crate::gate::session_key;
use ring::signature::EcdsaKeyPair;
use sekisho_rules::Refusal;
use std::time::Duration;

fn possess(session: SessionKey, key: &EcdsaKeyPair, jti: &str) -> Result<Command, String> {
    Ok(Command::Possess { session, proof: signed(key, "dpop+jwt", jti, true)?, visit: visit() })
}

fn prove(session: SessionKey, key: &EcdsaKeyPair, jti: &str) -> Result<Command, String> {
    Ok(Command::Prove { session, proof: signed(key, "dpop+jwt", jti, true)?, background: false })
}

fn refused(reply: &Reply) -> bool {
    matches!(reply, Reply::Refused { refusal: Refusal::ProofRefused, .. })
}

/// A session that an app has a token for: the session's key and the app's.
async fn possessed<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey, EcdsaKeyPair), String> {
    let (play, session) = signed_in(stage).await?;
    let key = key()?;
    match play.tell(possess(session, &key, "exchange")?).await.map_err(text)? {
        Reply::SignedIn(possessed) => Ok((play, session_key(&possessed.id), key)),
        other => Err(format!("the exchange: {other:?}")),
    }
}

/// Two apps that exchange one cookie, and two requests with one proof: one of each.
pub async fn tokens<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session) = signed_in(stage).await?;
    let (one, other) = (possess(session, &key()?, "one")?, possess(session, &key()?, "other")?);
    let both = together(vec![Box::pin(play.tell(one)) as Coming, Box::pin(play.tell(other))]).await;
    same("exchanged", both.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count(), 1)?;
    same("tokens", play.count("session", "possessor IS NOT NULL AND ended IS NULL")?, 1)?;
    same("cookies", play.count("session", "possessor IS NULL AND ended IS NULL")?, 0)?;
    let (play, session, key) = possessed(stage).await?;
    let both: Vec<Coming> =
        vec![Box::pin(play.tell(prove(session, &key, "p")?)), Box::pin(play.tell(prove(session, &key, "p")?))];
    let both = together(both).await;
    same("passed", both.iter().filter(|reply| matches!(reply, Ok(Reply::Session(_)))).count(), 1)?;
    same("refused", both.iter().filter(|reply| reply.as_ref().is_ok_and(refused)).count(), 1)
}

/// Another's key is refused before the verifier is asked, which gives way before it answers: within one poll. The right key's is not.
pub async fn thumbprints<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session, own) = possessed(stage).await?;
    let found = killed_after(1, play.tell(prove(session, &key()?, "foreign")?)).await;
    let found = found.transpose().map_err(text)?;
    same("another's key costs no signature", found.as_ref().is_some_and(refused), true)?;
    let found = killed_after(1, play.tell(prove(session, &own, "own")?)).await;
    same("its own is verified", found.is_none(), true)
}

/// An exchange that ends anywhere is whole or not there, and so is a proof's use.
pub async fn killed<T: Stage>(stage: &T) -> Result<(), String> {
    let mut ended = false;
    for polls in 0..100 {
        let (play, session) = signed_in(stage).await?;
        let killed = killed_after(polls, play.tell(possess(session, &key()?, "exchange")?)).await;
        ended = killed.transpose().map_err(text)?.is_some();
        let tokens = play.count("session", "possessor IS NOT NULL AND ended IS NULL")?;
        same("what was acknowledged is there", !ended || tokens == 1, true)?;
        same("one id lives", play.count("session", "ended IS NULL")?, 1)?;
        same("the proof is used with it", play.count("proof", "1 = 1")?, tokens)?;
        if ended {
            break;
        }
    }
    same("the exchange ended", ended, true)?;
    for polls in 0..100 {
        let (play, session, key) = possessed(stage).await?;
        let killed = killed_after(polls, play.tell(prove(session, &key, "p")?)).await;
        let acknowledged = killed.transpose().map_err(text)?.is_some();
        let used = play.count("proof", "1 = 1")? == 2;
        same("what was acknowledged is there", !acknowledged || used, true)?;
        let again = play.tell(prove(session, &key, "p")?).await.map_err(text)?;
        same("a used proof is refused, and no other", refused(&again), used)?;
        if acknowledged {
            return Ok(());
        }
    }
    Err("the proof did not end within 100 polls".into())
}

/// One code carries a session on once; a second code to the same origin ends what the first one opened.
pub async fn crossings<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session) = signed_in(stage).await?;
    let until = play.now.get() + Duration::from_secs(30);
    let cross = |code: u8, until| Command::Cross { session, entrance: 1, code: [code; 32], until };
    let both: Vec<Coming> = vec![Box::pin(play.tell(cross(1, until))), Box::pin(play.tell(cross(1, until)))];
    let both = together(both).await;
    same("carried on", both.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count(), 1)?;
    same("at the other origin", play.count("session", "crossed = 2 AND ended IS NULL")?, 1)?;
    let second = play.tell(cross(2, until)).await.map_err(text)?;
    same("a second crossing", matches!(second, Reply::SignedIn(_)), true)?;
    same("the first has ended", play.count("session", "crossed = 2 AND ended = 'crossed'")?, 1)?;
    let late = play.tell(cross(3, play.now.get())).await.map_err(text)?;
    same("a code that is over", matches!(late, Reply::Refused { refusal: Refusal::ChallengeGone, .. }), true)?;
    let end = Command::End(session);
    play.tell(end).await.map_err(text)?;
    let gone = play.tell(cross(4, until)).await.map_err(text)?;
    same("of a session that has ended", matches!(gone, Reply::Gone(_)), true)?;
    same("nothing lives", play.count("session", "ended IS NULL")?, 0)
}
