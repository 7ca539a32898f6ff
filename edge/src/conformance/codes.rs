//! One-time codes: guesses side by side, one code entered twice, and a letter that is cut off.

pub mod holds;

use super::futures::{killed_after, together};
use super::setting::{NAME, RECEIPT, open, sign_in, visit};
use super::stage::{Play, Stage};
use super::{same, text};
use crate::account::{Command, Fault, Reply, SessionKey};
use crate::gate::session_key;
use crate::host::Names as _;
use crate::name;
use sekisho_rules::Secret;
use std::pin::Pin;
use std::time::Duration;

type Coming<'a> = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + 'a>>;

/// The code of the last letter that was handed in.
fn code<T: Stage>(play: &Play<'_, T>) -> Result<String, String> {
    let sent = play.sent.borrow();
    let digits = |body: &String| body.split("認証コード:").nth(1).and_then(|rest| rest.get(..6)).map(str::to_owned);
    sent.iter().rev().find_map(|(_, body)| digits(body)).ok_or_else(|| "no letter holds a code".to_owned())
}

/// An account whose address is verified, and a sign-in that waits for its code.
async fn waiting<T: Stage>(stage: &T) -> Result<(Play<'_, T>, SessionKey), String> {
    let play = Play::begin(stage)?;
    play.name(NAME, name::Command::Reserve { account: super::setting::ACCOUNT }).await.map_err(text)?;
    play.tell(open(RECEIPT)).await.map_err(text)?;
    play.tell(Command::Activate).await.map_err(text)?;
    let Reply::SignedIn(signed_in) = play.tell(sign_in()).await.map_err(text)? else {
        return Err("the first login".into());
    };
    let session = session_key(&signed_in.id);
    play.tell(Command::BeginAddress { session, address: None }).await.map_err(text)?;
    play.ring().await.map_err(text)?;
    let confirm = Command::ConfirmAddress { session, code: Secret::new(code(&play)?) };
    same("the address", matches!(play.tell(confirm).await, Ok(Reply::Done)), true)?;
    let pending = asked(&play).await?;
    Ok((play, pending))
}

/// Signs in by password up to the code.
async fn asked<T: Stage>(play: &Play<'_, T>) -> Result<SessionKey, String> {
    match play.tell(sign_in()).await.map_err(text)? {
        Reply::CodeAsked(asked) => asked.pending.map(|id| session_key(&id)).ok_or_else(|| "no sign-in".to_owned()),
        _ => Err("a password alone opened".into()),
    }
}

fn enter(pending: SessionKey, code: &str) -> Command {
    Command::EnterCode { pending, code: Secret::new(code.to_owned()), visit: visit() }
}

/// The right code five times at once, then wrong ones ten times at once with the right one behind them.
pub async fn side_by_side<T: Stage>(stage: &T) -> Result<(), String> {
    let (play, pending) = waiting(stage).await?;
    play.ring().await.map_err(text)?;
    let right = code(&play)?;
    let entries = (0..5).map(|_| Box::pin(play.tell(enter(pending, &right))) as Coming).collect();
    let opened = together(entries).await.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count();
    same("opened by one code", opened, 1)?;
    same("sessions", play.count("session", "1 = 1")?, 2)?;

    let pending = asked(&play).await?;
    play.ring().await.map_err(text)?;
    let right = code(&play)?;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let mut entries: Vec<Coming> = (0..10).map(|_| Box::pin(play.tell(enter(pending, wrong))) as Coming).collect();
    entries.push(Box::pin(play.tell(enter(pending, &right))));
    let replies = together(entries).await;
    let compared = replies.iter().filter(|reply| matches!(reply, Ok(Reply::CodeWrong { .. }))).count();
    let opened = replies.iter().filter(|reply| matches!(reply, Ok(Reply::SignedIn(_)))).count();
    same("compared and opened", (compared, opened), (3, 0))?;
    same("told once", play.count("due", "kind = 'letter' AND body LIKE '%code_failed%'")?, 1)
}

/// The mail API fails once and the alarm is killed at every await: a code still arrives, and it opens.
pub async fn letter<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..200 {
        let (play, pending) = waiting(stage).await?;
        play.sent.borrow_mut().clear();
        play.broken.set(1);
        let ended = killed_after(polls, play.ring()).await.transpose().map_err(text)?.is_some();
        for _ in 0..4 {
            play.pass(Duration::from_secs(60));
            play.ring().await.map_err(text)?;
        }
        same("codes still due", play.count("due", "kind = 'code'")?, 0)?;
        let reply = play.tell(enter(pending, &code(&play)?)).await;
        same("opened", matches!(reply, Ok(Reply::SignedIn(_))), true)?;
        if ended {
            return Ok(());
        }
    }
    Err("the alarm did not end within 200 polls".into())
}
