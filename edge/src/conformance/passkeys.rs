//! Passkeys: a challenge is good once, whoever else is on the way at the same time.

use super::futures::{killed_after, together};
use super::setting::{ACCOUNT, Authenticator, RECEIPT, open, sign_in, visit};
use super::stage::{Play, Stage};
use super::{same, text};
use crate::account::{Command, Fault, Reply, SessionKey};
use crate::gate::session_key;
use sekisho_rules::Refusal;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

const CHALLENGE: [u8; 32] = [5; 32];
const SECOND: [u8; 32] = [6; 32];

type Coming<'a> = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + 'a>>;

/// A customer with a session.
async fn signed_in<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey), String> {
    let play = Play::begin(stage)?;
    play.tell(open(RECEIPT)).await.map_err(text)?;
    play.tell(Command::Activate).await.map_err(text)?;
    match play.tell(sign_in()).await.map_err(text)? {
        Reply::SignedIn(signed_in) => Ok((play, session_key(&signed_in.id))),
        other => Err(format!("the login: {other:?}")),
    }
}

/// A customer with a session who has begun a registration.
async fn begun<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey, Authenticator), String> {
    let (play, session) = signed_in(stage).await?;
    let begin = Command::BeginPasskey { session, challenge: CHALLENGE.to_vec() };
    match play.tell(begin).await.map_err(text)? {
        Reply::PasskeyOptions(_) => Ok((play, session, Authenticator::new(1)?)),
        other => Err(format!("the registration's begin: {other:?}")),
    }
}

/// A customer with a passkey.
async fn registered<T: Stage>(stage: &T) -> Result<(Play<'_, T>, Authenticator), String> {
    let (play, session, mut authenticator) = begun(stage).await?;
    match play.tell(finish(session, authenticator.register(&CHALLENGE))).await.map_err(text)? {
        Reply::Passkey(_) => Ok((play, authenticator)),
        other => Err(format!("the registration: {other:?}")),
    }
}

fn finish(session: SessionKey, response: String) -> Command {
    Command::FinishPasskey { session, response, name: None, visit: visit() }
}

fn authenticate<T: Stage>(play: &Play<'_, T>, response: String) -> Command {
    let until = play.now.get() + Duration::from_secs(300);
    Command::PasskeySignIn { challenge: SECOND.to_vec(), until, response, visit: visit() }
}

fn handle<T: Stage>(play: &Play<'_, T>) -> Vec<u8> {
    play.house.keys.user_handle(ACCOUNT)
}

fn is_refused(reply: &Result<Reply, Fault>, wanted: Refusal) -> bool {
    matches!(reply, Ok(Reply::Refused { refusal, .. }) if *refusal == wanted)
}

/// Two authenticators answer one challenge at once.
pub async fn registrations<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session, mut first) = begun(stage).await?;
    let mut second = Authenticator::new(2)?;
    let both = together(vec![
        Box::pin(play.tell(finish(session, first.register(&CHALLENGE)))) as Coming,
        Box::pin(play.tell(finish(session, second.register(&CHALLENGE)))),
    ])
    .await;
    let made = both.iter().filter(|reply| matches!(reply, Ok(Reply::Passkey(_)))).count();
    let gone = both.iter().filter(|reply| is_refused(reply, Refusal::ChallengeGone)).count();
    same("made and refused", (made, gone), (1, 1))?;
    same("passkeys", play.count("credential", "1 = 1")?, 1)?;
    same("letters", play.count("due", "kind = 'letter' AND body LIKE '%passkey_added%'")?, 1)
}

/// One response, sent twice at once and then once more.
pub async fn sign_ins<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, mut authenticator) = registered(stage).await?;
    let response = authenticator.authenticate(&SECOND, &handle(&play));
    let both = together(vec![
        Box::pin(play.tell(authenticate(&play, response.clone()))) as Coming,
        Box::pin(play.tell(authenticate(&play, response.clone()))),
    ])
    .await;
    let opened = both.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count();
    let gone = both.iter().filter(|reply| is_refused(reply, Refusal::ChallengeGone)).count();
    same("opened and refused", (opened, gone), (1, 1))?;
    let replay = play.tell(authenticate(&play, response)).await;
    same("a replay is refused", is_refused(&replay, Refusal::ChallengeGone), true)?;
    same("sessions by passkey", play.count("history", "method = 'passkey' AND outcome = 'success'")?, 1)
}

/// A registration that ends anywhere leaves a whole passkey or none, and a challenge that is good no more.
pub async fn registration_killed<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..100 {
        let (play, session, mut authenticator) = begun(stage).await?;
        let response = authenticator.register(&CHALLENGE);
        let killed = killed_after(polls, play.tell(finish(session, response.clone()))).await;
        let acknowledged = killed.transpose().map_err(text)?.is_some();
        let made = play.count("credential", "1 = 1")?;
        let told = play.count("due", "kind = 'letter' AND body LIKE '%passkey_added%'")?;
        same("passkey and letter together", told, made)?;
        same("what was acknowledged is there", !acknowledged || made == 1, true)?;
        if polls > 0 {
            let again = play.tell(finish(session, response)).await;
            same("a replay is refused", is_refused(&again, Refusal::ChallengeGone), true)?;
            same("passkeys after it", play.count("credential", "1 = 1")?, made)?;
        }
        if acknowledged {
            return Ok(());
        }
    }
    Err("the registration did not end within 100 polls".into())
}

/// A sign-in that ends anywhere leaves session, counter, history and letter together, or none of them.
pub async fn sign_in_killed<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..100 {
        let (play, mut authenticator) = registered(stage).await?;
        let response = authenticator.authenticate(&SECOND, &handle(&play));
        let before = play.count("due", "kind = 'letter'")?;
        let killed = killed_after(polls, play.tell(authenticate(&play, response.clone()))).await;
        let acknowledged = killed.transpose().map_err(text)?.is_some();
        let opened = play.count("session", "1 = 1")? - 1;
        let counted = play.count("credential", "sign_count = 1")?;
        let listed = play.count("history", "method = 'passkey' AND outcome = 'success'")?;
        let told = play.count("due", "kind = 'letter'")? - before;
        same("session, counter, history and letter together", (counted, listed, told), (opened, opened, opened))?;
        same("what was acknowledged is there", !acknowledged || opened == 1, true)?;
        if polls > 0 {
            let again = play.tell(authenticate(&play, response)).await;
            same("a replay is refused", is_refused(&again, Refusal::ChallengeGone), true)?;
        }
        if acknowledged {
            return Ok(());
        }
    }
    Err("the sign-in did not end within 100 polls".into())
}
