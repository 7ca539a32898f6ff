//! Passkeys: a challenge is good once, whoever else is on the way at the same time.

use super::futures::{killed_after, together};
use super::setting::{ACCOUNT, Authenticator, RECEIPT, open, sign_in, visit};
use super::stage::{Play, Stage};
use super::{same, text};
use crate::account::{Command, Fault, Operation, Reply, SessionKey};
use crate::gate::session_key;
use crate::keys::Purpose;
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;
use sekisho_rules::Refusal;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

const SECOND: [u8; 32] = [6; 32];

type Coming<'a> = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + 'a>>;

/// A customer with a session.
pub(super) async fn signed_in<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey), String> {
    let play = Play::begin(stage)?;
    play.tell(open(RECEIPT)).await.map_err(text)?;
    play.tell(Command::Activate).await.map_err(text)?;
    match play.tell(sign_in()).await.map_err(text)? {
        Reply::SignedIn(signed_in) => Ok((play, session_key(&signed_in.id))),
        other => Err(format!("the login: {other:?}")),
    }
}

/// The challenge of a ceremony within `session`: the same bytes at the same moment.
fn challenge<T: Stage>(play: &Play<'_, T>, session: SessionKey, purpose: Purpose) -> Vec<u8> {
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    play.house.keys.challenge(&mut rng, purpose, &session.0, play.now.get() + Duration::from_secs(300)).bytes
}

pub(super) fn registering<T: Stage>(play: &Play<'_, T>, session: SessionKey) -> Vec<u8> {
    challenge(play, session, Purpose::Register)
}

/// A customer with a session who has begun a registration.
async fn begun<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey, Authenticator), String> {
    let (play, session) = signed_in(stage).await?;
    let begin = Command::BeginPasskey { session, challenge: registering(&play, session) };
    match play.tell(begin).await.map_err(text)? {
        Reply::PasskeyOptions(_) => Ok((play, session, Authenticator::new(1)?)),
        other => Err(format!("the registration's begin: {other:?}")),
    }
}

/// A customer with a passkey.
async fn registered<T: Stage>(stage: &T) -> Result<(Play<'_, T>, Authenticator), String> {
    owning(stage).await.map(|(play, _, authenticator)| (play, authenticator))
}

/// The same with the session in which it was registered.
pub(super) async fn owning<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey, Authenticator), String> {
    let (play, session, mut authenticator) = begun(stage).await?;
    match play.tell(finish(session, authenticator.register(&registering(&play, session)))).await.map_err(text)? {
        Reply::Passkey(_) => Ok((play, session, authenticator)),
        other => Err(format!("the registration: {other:?}")),
    }
}

/// A customer with a passkey who has begun to prove it within the session; the command that finishes it.
async fn stepping_up<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey, String), String> {
    let (play, session, mut authenticator) = owning(stage).await?;
    let challenge = challenge(&play, session, Purpose::StepUp);
    match play.tell(Command::BeginStepUp { session, challenge: challenge.clone() }).await.map_err(text)? {
        Reply::Allowed(allowed) => same("allowed", allowed.len(), 1)?,
        other => return Err(format!("the step-up's begin: {other:?}")),
    }
    let response = authenticator.authenticate(&challenge, &handle(&play));
    Ok((play, session, response))
}

/// A customer with two passkeys who has begun to confirm the removal of the second; the first one's answer.
async fn confirming<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey, String), String> {
    let (play, session, mut first) = owning(stage).await?;
    let mut second = Authenticator::new(2)?;
    let challenge = registering(&play, session);
    play.tell(Command::BeginPasskey { session, challenge: challenge.clone() }).await.map_err(text)?;
    play.tell(finish(session, second.register(&challenge))).await.map_err(text)?;
    // Long after the login: only what is signed may be done.
    play.pass(Duration::from_secs(3600));
    let (id, nonce) = (second.id().to_vec(), self::challenge(&play, session, Purpose::Confirm));
    let stale = play.tell(Command::DeletePasskey { session, id: id.clone() }).await;
    same("the login is too old", is_refused(&stale, Refusal::InsufficientAuthentication), true)?;
    let operation = Operation::RemovePasskey { id };
    match play.tell(Command::BeginConfirm { session, nonce, operation, english: false }).await.map_err(text)? {
        Reply::Confirming(asked) => {
            same("the sentence", asked.text.as_str(), "パスキー「Chrome / Windows」を削除します。")?;
            let response = first.authenticate(&asked.challenge, &handle(&play));
            Ok((play, session, response))
        }
        other => Err(format!("the confirmation's begin: {other:?}")),
    }
}

pub(super) fn finish(session: SessionKey, response: String) -> Command {
    Command::FinishPasskey { session, response, name: None, visit: visit() }
}

fn authenticate<T: Stage>(play: &Play<'_, T>, response: String) -> Command {
    let until = play.now.get() + Duration::from_secs(300);
    Command::PasskeySignIn { challenge: SECOND.to_vec(), until, response, visit: visit() }
}

pub(super) fn handle<T: Stage>(play: &Play<'_, T>) -> Vec<u8> {
    play.house.keys.user_handle(ACCOUNT)
}

pub(super) fn is_refused(reply: &Result<Reply, Fault>, wanted: Refusal) -> bool {
    matches!(reply, Ok(Reply::Refused { refusal, .. }) if *refusal == wanted)
}

/// Two authenticators answer one challenge at once.
pub async fn registrations<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session, mut first) = begun(stage).await?;
    let mut second = Authenticator::new(2)?;
    let both = together(vec![
        Box::pin(play.tell(finish(session, first.register(&registering(&play, session))))) as Coming,
        Box::pin(play.tell(finish(session, second.register(&registering(&play, session))))),
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
        let response = authenticator.register(&registering(&play, session));
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

/// The same customer logs in at another browser.
async fn elsewhere<T: Stage>(play: &Play<'_, T>) -> Result<(), String> {
    let before = play.count("session", "ended IS NULL")?;
    play.tell(sign_in()).await.map_err(text)?;
    same("live sessions", play.count("session", "ended IS NULL")?, before + 1)
}

/// Passwords are turned off: it ends every other session, and turning them on again ends none.
pub async fn passwords_off<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session, response) = stepping_up(stage).await?;
    let session = match play.tell(Command::FinishStepUp { session, response }).await.map_err(text)? {
        Reply::SignedIn(raised) => session_key(&raised.id),
        other => return Err(format!("the fresh proof: {other:?}")),
    };
    elsewhere(&play).await?;
    let off = play.tell(Command::PasskeyOnly { session, on: true }).await;
    same("passwords are off", matches!(off, Ok(Reply::Done)), true)?;
    same("and one session is left", play.count("session", "ended IS NULL")?, 1)?;
    same("the other was ended by it", play.count("session", "ended = 'changed'")?, 1)
}

/// A fresh proof, finished twice at once: the session goes on once, under one new id.
pub async fn step_ups<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session, response) = stepping_up(stage).await?;
    let finish = || Command::FinishStepUp { session, response: response.clone() };
    let both = together(vec![Box::pin(play.tell(finish())) as Coming, Box::pin(play.tell(finish()))]).await;
    let raised = both.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count();
    same("raised", raised, 1)?;
    same("live sessions", play.count("session", "ended IS NULL")?, 1)?;
    same("the old one", play.count("session", "ended = 'raised'")?, 1)?;
    let again = play.tell(finish()).await;
    same("the old id is worth nothing", matches!(again, Ok(Reply::Gone(_))), true)?;
    // A registration's challenge is none for a fresh proof.
    let (play, session, mut authenticator) = owning(stage).await?;
    let challenge = registering(&play, session);
    play.tell(Command::BeginStepUp { session, challenge: challenge.clone() }).await.map_err(text)?;
    let response = authenticator.authenticate(&challenge, &handle(&play));
    let crossed = play.tell(Command::FinishStepUp { session, response }).await;
    same("another purpose's challenge", is_refused(&crossed, Refusal::ChallengeGone), true)
}

/// A fresh proof that ends anywhere leaves the old session or the new one, never both and never none.
pub async fn step_up_killed<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..100 {
        let (play, session, response) = stepping_up(stage).await?;
        let killed = killed_after(polls, play.tell(Command::FinishStepUp { session, response })).await;
        let acknowledged = killed.transpose().map_err(text)?.is_some();
        let raised = play.count("session", "ended = 'raised'")?;
        same("live sessions", play.count("session", "ended IS NULL")?, 1)?;
        same("counter and session together", play.count("credential", "sign_count = 1")?, raised)?;
        same("what was acknowledged is there", !acknowledged || raised == 1, true)?;
        if acknowledged {
            return Ok(());
        }
    }
    Err("the step-up did not end within 100 polls".into())
}

/// A confirmation, finished twice at once: the operation is carried out once, and the session is no fresher for it.
pub async fn confirmations<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session, response) = confirming(stage).await?;
    elsewhere(&play).await?;
    let finish = || Command::FinishConfirm { session, response: response.clone() };
    let both = together(vec![Box::pin(play.tell(finish())) as Coming, Box::pin(play.tell(finish()))]).await;
    let done = both.iter().filter(|reply| matches!(reply, Ok(Reply::Done))).count();
    let gone = both.iter().filter(|reply| is_refused(reply, Refusal::ChallengeGone)).count();
    same("carried out and refused", (done, gone), (1, 1))?;
    same("passkeys", play.count("credential", "1 = 1")?, 1)?;
    same("whoever is logged in elsewhere is not any more", play.count("session", "ended IS NULL")?, 1)?;
    same("letters", play.count("due", "kind = 'letter' AND body LIKE '%passkey_removed%'")?, 1)?;
    let rest = Command::DeletePasskey { session, id: Authenticator::new(1)?.id().to_vec() };
    let rest = play.tell(rest).await;
    same("nothing else may be done", is_refused(&rest, Refusal::InsufficientAuthentication), true)?;
    // The same answer raises no session, and a fresh proof's answer confirms nothing.
    let (play, session, response) = confirming(stage).await?;
    let crossed = play.tell(Command::FinishStepUp { session, response: response.clone() }).await;
    same("a confirmation for a fresh proof", is_refused(&crossed, Refusal::ChallengeGone), true)?;
    let spent = play.tell(Command::FinishConfirm { session, response }).await;
    same("and it is spent by the try", is_refused(&spent, Refusal::ChallengeGone), true)?;
    let (play, session, response) = stepping_up(stage).await?;
    let crossed = play.tell(Command::FinishConfirm { session, response }).await;
    same("a fresh proof for a confirmation", is_refused(&crossed, Refusal::ChallengeGone), true)
}

/// A confirmation that ends anywhere has removed the passkey and counted the other's use, or neither.
pub async fn confirmation_killed<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..100 {
        let (play, session, response) = confirming(stage).await?;
        let killed = killed_after(polls, play.tell(Command::FinishConfirm { session, response })).await;
        let acknowledged = killed.transpose().map_err(text)?.is_some();
        let removed = 2 - play.count("credential", "1 = 1")?;
        let told = play.count("due", "kind = 'letter' AND body LIKE '%passkey_removed%'")?;
        let counted = play.count("credential", "sign_count = 1")?;
        same("removal, letter and counter together", (told, counted), (removed, removed))?;
        same("what was acknowledged is there", !acknowledged || removed == 1, true)?;
        if acknowledged {
            return Ok(());
        }
    }
    Err("the confirmation did not end within 100 polls".into())
}
