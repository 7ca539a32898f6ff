//! Opening: a name, an account and its confirmation, each of which may be the last thing that happens.

use super::futures::{killed_after, together};
use super::setting::{self, ACCOUNT, NAME, RECEIPT, open};
use super::stage::{Play, Stage};
use super::{same, text};
use crate::account::{AccountId, Command, Reply};
use crate::host::{Accounts as _, Names as _};
use crate::name::{self, RESERVATION};
use std::time::Duration;

/// The browser sends the opening again, since the first answer was lost.
pub async fn twice<T: Stage>(stage: &T) -> Result<(), String> {
    let play = Play::begin(stage)?;
    for _ in 0..2 {
        let reply = play.tell(open(RECEIPT)).await.map_err(text)?;
        same("the opening", matches!(reply, Reply::Done), true)?;
    }
    for _ in 0..2 {
        let reply = play.tell(Command::Activate).await.map_err(text)?;
        same("the activation", matches!(reply, Reply::Done), true)?;
    }
    same("accounts", play.count("account", "state = 'open'")?, 1)?;
    same("letters", play.count("due", "kind = 'letter'")?, 1)?;
    same("events", play.count("due", "kind = 'opened'")?, 1)?;
    same("lapses", play.count("due", "kind = 'lapse'")?, 0)
}

/// Two openings of different people at one account's object: one stands, the other is refused.
pub async fn side_by_side<T: Stage>(stage: &T) -> Result<(), String> {
    let play = Play::begin(stage)?;
    let both = together(vec![
        Box::pin(play.account(ACCOUNT, open("R-1"))) as std::pin::Pin<Box<dyn Future<Output = _>>>,
        Box::pin(play.account(ACCOUNT, open("R-2"))),
    ])
    .await;
    let done = both.iter().filter(|reply| matches!(reply, Ok(Reply::Done))).count();
    let refused = both.iter().filter(|reply| matches!(reply, Ok(Reply::Refused { .. }))).count();
    same("done and refused", (done, refused), (1, 1))?;
    same("lapses", play.count("due", "kind = 'lapse'")?, 1)
}

/// Two accounts reach for one name.
pub async fn reservations<T: Stage>(stage: &T) -> Result<(), String> {
    let play = Play::begin(stage)?;
    let reach = |number| {
        let account = AccountId([number; 16]);
        let play = &play;
        Box::pin(async move {
            let reserved = play.name(NAME, name::Command::Reserve { account }).await;
            let confirmed = play.name(NAME, name::Command::Confirm { account }).await;
            (account, reserved.ok(), confirmed.ok())
        }) as std::pin::Pin<Box<dyn Future<Output = _>>>
    };
    let all = together(vec![reach(1), reach(2), reach(3)]).await;
    let winners: Vec<_> = all
        .iter()
        .filter(|(_, reserved, _)| *reserved == Some(name::Reply::Done))
        .map(|(account, ..)| *account)
        .collect();
    same("winners", winners.len(), 1)?;
    for (account, reserved, confirmed) in all {
        let wanted = if winners.contains(&account) { name::Reply::Done } else { name::Reply::Taken };
        same("one answer throughout", (reserved, confirmed), (Some(wanted), Some(wanted)))?;
    }
    let leads = play.name(NAME, name::Command::Look).await.map_err(text)?;
    same("the name", Some(leads), winners.first().map(|account| name::Reply::Leads(*account)))
}

/// Reserved and made, never confirmed.
pub async fn unfinished<T: Stage>(stage: &T) -> Result<(), String> {
    let play = Play::begin(stage)?;
    play.name(NAME, name::Command::Reserve { account: ACCOUNT }).await.map_err(text)?;
    play.tell(open(RECEIPT)).await.map_err(text)?;
    let too_soon = stage.alarm().await;
    same("the lapse", too_soon, Some(play.now.get() + RESERVATION))?;
    play.pass(RESERVATION);
    play.ring().await.map_err(text)?;
    nothing_left(&play)?;
    let look = play.name(NAME, name::Command::Look).await.map_err(text)?;
    same("the name", look, name::Reply::Free)?;
    let late = play.tell(Command::Activate).await.map_err(text)?;
    same("a late activation", matches!(late, Reply::Refused { .. }), true)?;
    let again = play.name(NAME, name::Command::Reserve { account: AccountId([8; 16]) }).await.map_err(text)?;
    same("the next one's reservation", again, name::Reply::Done)
}

/// A whole opening through the router, cut off after every number of polls.
pub async fn killed<T: Stage>(stage: &T) -> Result<(), String> {
    for polls in 0..200 {
        let play = Play::begin(stage)?;
        let (now, mut rng) = (play.now.get(), play.rng());
        let opening = play.house.answer(&play, now, &mut rng, setting::opening_request()?);
        let answer = killed_after(polls, opening).await;
        if let Some(answer) = &answer {
            same("the answer", answer.status().as_u16(), 201)?;
        }
        // The object comes back with its alarm, until nothing of the opening is due any more.
        play.pass(RESERVATION + Duration::from_secs(1));
        play.ring().await.map_err(text)?;
        let leads = play.name(NAME, name::Command::Look).await.map_err(text)?;
        let login = play.tell(setting::sign_in()).await.map_err(text)?;
        let whole = leads == name::Reply::Leads(play.id()) && matches!(login, Reply::SignedIn(_));
        let gone = leads == name::Reply::Free && matches!(login, Reply::Refused { .. });
        if !(whole || gone && answer.is_none()) {
            return Err(format!("killed after {polls} polls: {leads:?}, {login:?}"));
        }
        if answer.is_some() {
            let told = play.sent.borrow().len();
            return same("the origin and the customer were told", told, 2);
        }
    }
    Err("the opening did not end within 200 polls".into())
}

fn nothing_left<T: Stage>(play: &Play<'_, T>) -> Result<(), String> {
    for table in ["account", "credential", "session", "history", "challenge", "tries", "due"] {
        same(table, play.count(table, "1 = 1")?, 0)?;
    }
    Ok(())
}
