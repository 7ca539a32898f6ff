//! Sign-in where something outside is waited for, and the letters that follow.

use super::futures::{killed_after, together};
use super::setting::{NAME, RECEIPT, open, sealed_sign_in, sign_in};
use super::stage::{Play, START, Stage};
use super::{same, text};
use crate::account::{Attempt, Command, Reply};
use crate::host::Names as _;
use crate::name;
use sekisho_rules::Refusal;
use std::time::Duration;

async fn imported<T: Stage>(stage: &T) -> Result<Play<'_, T>, String> {
    let play = Play::begin(stage)?;
    let reply = play.tell(Command::Import { customer: "C-1".into() }).await.map_err(text)?;
    same("the import", matches!(reply, Reply::Imported(true)), true)?;
    Ok(play)
}

/// Two first logins at once: the origin is asked twice, its password adopted once.
pub async fn adoptions<T: Stage>(stage: &T) -> Result<(), String> {
    let play = imported(stage).await?;
    let both = together(vec![
        Box::pin(play.tell(sign_in())) as std::pin::Pin<Box<dyn Future<Output = _>>>,
        Box::pin(play.tell(sign_in())),
    ])
    .await;
    let signed_in = both.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count();
    same("logins", signed_in, 1)?;
    same("the origin was asked", play.sent.borrow().len(), 2)?;
    same("sessions", play.count("session", "1 = 1")?, 1)?;
    // From now on the account itself knows.
    let later = play.tell(sign_in()).await.map_err(text)?;
    same("a later login", matches!(later, Reply::SignedIn(_)), true)?;
    same("the origin was asked again", play.sent.borrow().len(), 2)
}

/// A first login that ends anywhere leaves the account as it was, or adopted and usable.
pub async fn adoption_killed<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..100 {
        let play = imported(stage).await?;
        let acknowledged = killed_after(polls, play.tell(sign_in())).await.transpose().map_err(text)?.is_some();
        let adopted = play.count("account", "password IS NOT NULL")?;
        let sessions = play.count("session", "1 = 1")?;
        let told = play.count("due", "kind = 'letter'")?;
        same("password, session and letter together", (sessions, told), (adopted, adopted))?;
        same("what was acknowledged is there", !acknowledged || adopted == 1, true)?;
        let again = play.tell(sign_in()).await.map_err(text)?;
        same("the next login", matches!(again, Reply::SignedIn(_)), true)?;
        if acknowledged {
            return Ok(());
        }
    }
    Err("the login did not end within 100 polls".into())
}

/// The mail API fails twice, and the alarm's work is killed at every await besides: every letter arrives, each under a
/// key of its own that never changes, and nothing stays due.
pub async fn letters<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..200 {
        let play = Play::begin(stage)?;
        play.name(NAME, name::Command::Reserve { account: super::setting::ACCOUNT }).await.map_err(text)?;
        play.tell(open(RECEIPT)).await.map_err(text)?;
        play.tell(Command::Activate).await.map_err(text)?;
        play.tell(sign_in()).await.map_err(text)?;
        play.broken.set(2);
        let ended = killed_after(polls, play.ring()).await.transpose().map_err(text)?.is_some();
        for _ in 0..4 {
            play.pass(Duration::from_secs(60));
            play.ring().await.map_err(text)?;
        }
        same("letters still due", play.count("due", "kind IN ('letter', 'opened')")?, 0)?;
        let sent = play.sent.borrow().clone();
        let mut keys: Vec<_> = sent.iter().map(|(key, _)| key.clone()).collect();
        keys.sort();
        keys.dedup();
        same("opening's event, opening's letter, login's letter", keys.len(), 3)?;
        for key in &keys {
            let mut bodies: Vec<_> = sent.iter().filter(|(of, _)| of == key).map(|(_, body)| body).collect();
            bodies.dedup();
            same("one key, one text", bodies.len(), 1)?;
        }
        if ended {
            return Ok(());
        }
    }
    Err("the alarm did not end within 200 polls".into())
}

/// The same sealed login twice at once: the origin is asked once. One that ends anywhere leaves the attempt used wherever
/// its try is counted, and is never compared a second time.
pub async fn replays<T: Stage>(stage: &T) -> Result<(), String> {
    let sealed = || sealed_sign_in(Some(Attempt { id: [3; 32], until: START + Duration::from_secs(600) }));
    let is_gone = |reply: &Reply| matches!(reply, Reply::Refused { refusal: Refusal::AttemptGone, .. });
    let play = imported(stage).await?;
    let both = together(vec![
        Box::pin(play.tell(sealed())) as std::pin::Pin<Box<dyn Future<Output = _>>>,
        Box::pin(play.tell(sealed())),
    ])
    .await;
    let signed_in = both.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count();
    let gone = both.iter().filter(|reply| reply.as_ref().is_ok_and(is_gone)).count();
    same("signed in, and refused as used", (signed_in, gone), (1, 1))?;
    same("the origin was asked", play.sent.borrow().len(), 1)?;
    for polls in 0..100 {
        let play = imported(stage).await?;
        let acknowledged = killed_after(polls, play.tell(sealed())).await.transpose().map_err(text)?.is_some();
        let used = play.count("challenge", "1 = 1")?;
        let counted = play.count("tries", "count = 1")?.max(play.count("session", "1 = 1")?);
        same("used where it is counted", used, counted)?;
        let again = play.tell(sealed()).await.map_err(text)?;
        same("a replay of what was used", is_gone(&again), used == 1)?;
        if acknowledged {
            return Ok(());
        }
    }
    Err("the login did not end within 100 polls".into())
}
