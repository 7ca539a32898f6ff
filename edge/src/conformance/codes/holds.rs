//! What holds logins by password, and what lets them in again: a changed mail address that was stopped, wrong passwords.

use super::super::futures::together;
use super::super::passkeys::{finish, handle, is_refused, owning, registering};
use super::super::setting::{Authenticator, NAME, PASSWORD, sign_in, visit};
use super::super::stage::{Play, Stage};
use super::super::{same, text};
use super::{Coming, code};
use crate::account::{Command, Fault, Reply, Visit};
use crate::gate::session_key;
use crate::risk::{Fingerprint, Platform, UserAgent};
use sekisho_rules::{Refusal, Secret};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// Signs in by passkey with a challenge of its own.
async fn by_passkey<T: Stage>(play: &Play<'_, T>, key: &mut Authenticator, nonce: u8) -> Result<Reply, Fault> {
    let challenge = vec![nonce; 32];
    let response = key.authenticate(&challenge, &handle(play));
    let until = play.now.get() + Duration::from_secs(300);
    play.tell(Command::PasskeySignIn { challenge, until, response, visit: visit() }).await
}

/// An address changed by who has an old passkey, a passkey made after it, and five stops at once, two of them right.
pub async fn stopped<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, _, mut earlier) = owning(stage).await?;
    play.pass(4 * DAY);
    let Reply::SignedIn(signed_in) = by_passkey(&play, &mut earlier, 1).await.map_err(text)? else {
        return Err("the passkey's login".into());
    };
    let session = session_key(&signed_in.id);
    let address = Some("jiro@example.com".to_owned());
    play.tell(Command::BeginAddress { session, address }).await.map_err(text)?;
    play.ring().await.map_err(text)?;
    let confirm = Command::ConfirmAddress { session, code: Secret::new(code(&play)?) };
    same("the new address", matches!(play.tell(confirm).await, Ok(Reply::Done)), true)?;
    let mut later = Authenticator::new(2)?;
    let challenge = registering(&play, session);
    play.tell(Command::BeginPasskey { session, challenge: challenge.clone() }).await.map_err(text)?;
    play.tell(finish(session, later.register(&challenge))).await.map_err(text)?;
    play.ring().await.map_err(text)?;

    let number = {
        let sent = play.sent.borrow();
        let told = |body: &String| body.split("停止番号:").nth(1).and_then(|rest| rest.get(..14)).map(str::to_owned);
        sent.iter().find_map(|(_, body)| told(body)).ok_or("no letter holds a stop number")?.replace('-', "")
    };
    let wrong = format!("{}{}", if number.starts_with('0') { '1' } else { '0' }, number.get(1..).unwrap_or_default());
    let stop = |number: &str| Command::StopAddress { bucket: NAME, number: Secret::new(number.into()), visit: visit() };
    let stops: Vec<Coming> = [&wrong, &wrong, &number, &number, &wrong]
        .into_iter()
        .map(|number| Box::pin(play.tell(stop(number))) as Coming)
        .collect();
    let replies = together(stops).await;
    same("undone once", replies.iter().filter(|reply| matches!(reply, Ok(Reply::Done))).count(), 1)?;
    same("the others", replies.iter().filter(|reply| is_refused(reply, Refusal::StopUnknown)).count(), 4)?;
    same("sessions that live", play.count("session", "ended IS NULL")?, 0)?;
    same("the address", play.count("account", "verified IS NULL AND held = 'stop'")?, 1)?;
    same("passkeys", play.count("credential", "1 = 1")?, 1)?;
    same("told", play.count("due", "body LIKE '%address_stopped%'")?, 1)?;

    same("a password", is_refused(&play.tell(sign_in()).await, Refusal::SignInFailed), true)?;
    same("the later passkey", matches!(by_passkey(&play, &mut later, 2).await, Ok(Reply::Refused { .. })), true)?;
    same("the earlier one", matches!(by_passkey(&play, &mut earlier, 3).await, Ok(Reply::SignedIn(_))), true)?;
    same("the password then", matches!(play.tell(sign_in()).await, Ok(Reply::SignedIn(_))), true)
}

/// Strangers guess all at once until they are held; the owner's device does not feel it, and a passkey ends it.
pub async fn lanes<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, _, mut passkey) = owning(stage).await?;
    let from = |device: Option<[u8; 16]>, password: &str| Command::SignIn {
        name: NAME,
        device,
        password: Secret::new(password.into()),
        attempt: None,
        visit: Visit { shown: Fingerprint::new(Platform::default(), &UserAgent::parse(""), device), ..visit() },
    };
    let (known, other) = (Some([1; 16]), Some([2; 16]));
    for device in [known, other] {
        // Whatever its cookie says, the account does not know it yet.
        let first = play.tell(from(device, PASSWORD)).await;
        same("a device's first login", matches!(first, Ok(Reply::SignedIn(_))), true)?;
    }
    let guesses = (0..20).map(|_| Box::pin(play.tell(from(None, "wrong"))) as Coming).collect();
    let replies = together(guesses).await;
    let of = |wanted| replies.iter().filter(|reply| is_refused(reply, wanted)).count();
    same("compared and held", (of(Refusal::SignInFailed), of(Refusal::Locked)), (10, 10))?;
    same("told once", play.count("due", "body LIKE '%locked%'")?, 1)?;
    same("a stranger's right one", is_refused(&play.tell(from(None, PASSWORD)).await, Refusal::Locked), true)?;
    same("the device's own", matches!(play.tell(from(known, PASSWORD)).await, Ok(Reply::SignedIn(_))), true)?;
    same("strangers are held on", is_refused(&play.tell(from(None, PASSWORD)).await, Refusal::Locked), true)?;
    for _ in 0..10 {
        play.tell(from(other, "wrong")).await.map_err(text)?;
    }
    same("a lane is held too", is_refused(&play.tell(from(other, PASSWORD)).await, Refusal::Locked), true)?;
    same("and no other", matches!(play.tell(from(known, PASSWORD)).await, Ok(Reply::SignedIn(_))), true)?;
    same("a passkey", matches!(by_passkey(&play, &mut passkey, 1).await, Ok(Reply::SignedIn(_))), true)?;
    same("everyone", matches!(play.tell(from(None, PASSWORD)).await, Ok(Reply::SignedIn(_))), true)
}

/// The owner's lock beside a login: whichever comes first, no session lives after it, and only a passkey opens.
pub async fn locked<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, session, mut passkey) = owning(stage).await?;
    let both: Vec<Coming> = vec![Box::pin(play.tell(sign_in())), Box::pin(play.tell(Command::Lock(session)))];
    same("locked", together(both).await.iter().any(|reply| matches!(reply, Ok(Reply::Done))), true)?;
    same("sessions that live", play.count("session", "ended IS NULL")?, 0)?;
    same("a password", is_refused(&play.tell(sign_in()).await, Refusal::SignInFailed), true)?;
    let (challenge, until) = (vec![1; 32], play.now.get() + Duration::from_secs(300));
    let response = passkey.touch(&challenge, &handle(&play));
    let touch = play.tell(Command::PasskeySignIn { challenge, until, response, visit: visit() }).await;
    same("a touch", is_refused(&touch, Refusal::SignInFailed), true)?;
    same("still locked", play.count("account", "held = 'own'")?, 1)?;
    same("a passkey", matches!(by_passkey(&play, &mut passkey, 2).await, Ok(Reply::SignedIn(_))), true)?;
    same("told", play.count("due", "body LIKE '%released%'")?, 1)?;
    same("the password then", matches!(play.tell(sign_in()).await, Ok(Reply::SignedIn(_))), true)
}
