//! What every platform's store must stand: the same cases, on native SQLite and inside a Durable Object.
//!
//! Each case begins on an emptied store and troubles the account as the world does: two finishes side by side, an end of
//! the process at any await, a replay, time that passes. What must never enter: a platform, a sleep, a rule of the
//! house; the account's own code is what runs here.

mod bound;
mod codes;
mod futures;
mod openings;
mod passkeys;
pub(crate) mod setting;
mod sign_ins;
mod stage;
mod storage;
#[cfg(test)]
mod tests;

pub use stage::Stage;

/// The cases by name.
pub const CASES: [&str; 31] = [
    "storage/values come back as they went in",
    "storage/a failed transaction undoes rows and alarm",
    "openings/the same opening twice makes one account",
    "openings/of two openings side by side one wins",
    "openings/of two reservations side by side one wins",
    "openings/one that is never finished frees the name and leaves nothing",
    "openings/killed at every await, an opening is whole or lapses",
    "sign-ins/of two adoptions side by side one wins",
    "sign-ins/killed at every await, an adoption is whole or has not begun",
    "sign-ins/a letter that fails is handed in again under the same key, killed or not",
    "sign-ins/of two under one attempt one is counted and compared, killed at every await or not",
    "passkeys/of two registrations on one challenge one wins",
    "passkeys/of two sign-ins with one response one wins, and a replay finds nothing",
    "passkeys/killed at every await, a registration is whole or not there",
    "passkeys/killed at every await, a sign-in is whole or not there",
    "passkeys/of two fresh proofs with one response one wins, and the old id ends",
    "passkeys/killed at every await, a fresh proof leaves one live session",
    "passkeys/of two confirmations with one response one is carried out, and nothing but what was signed",
    "passkeys/killed at every await, a confirmation is carried out whole or not at all",
    "codes/guesses side by side are all counted, and a code opens once",
    "codes/a letter that fails or is killed at any await arrives with a code that opens",
    "codes/of two stops of a changed address side by side one undoes it, and only an earlier passkey opens then",
    "codes/wrong passwords hold strangers and not a known device, and a passkey lets them in again",
    "codes/an account that its owner locked opens to a passkey that verified its user, and to no touch",
    "bound/of two keys side by side one is the session's, and of two renewals with one proof one counts",
    "bound/killed at every await, a registration or a renewal is whole or not there",
    "bound/of two exchanges for a token side by side one wins, and of two requests with one proof one passes",
    "bound/a proof by another's key is refused before any signature is verified",
    "bound/killed at every await, an exchange for a token or a proof's use is whole or not there",
    "bound/of two crossings with one code one wins, and the next one to the same origin ends it",
    "passkeys/passwords that are turned off end every other session",
];

/// Plays one case on `stage`.
///
/// # Errors
/// What went otherwise than it must.
pub async fn play<T: Stage>(stage: &T, case: &str) -> Result<(), String> {
    let Some(number) = CASES.iter().position(|known| *known == case) else { return Err(format!("no case {case:?}")) };
    match number {
        0 => storage::values(stage),
        1 => storage::rollback(stage).await,
        2 => openings::twice(stage).await,
        3 => openings::side_by_side(stage).await,
        4 => openings::reservations(stage).await,
        5 => openings::unfinished(stage).await,
        6 => openings::killed(stage).await,
        7 => sign_ins::adoptions(stage).await,
        8 => sign_ins::adoption_killed(stage).await,
        9 => sign_ins::letters(stage).await,
        10 => sign_ins::replays(stage).await,
        11 => passkeys::registrations(stage).await,
        12 => passkeys::sign_ins(stage).await,
        13 => passkeys::registration_killed(stage).await,
        14 => passkeys::sign_in_killed(stage).await,
        15 => passkeys::step_ups(stage).await,
        16 => passkeys::step_up_killed(stage).await,
        17 => passkeys::confirmations(stage).await,
        18 => passkeys::confirmation_killed(stage).await,
        19 => codes::side_by_side(stage).await,
        20 => codes::letter(stage).await,
        21 => codes::holds::stopped(stage).await,
        22 => codes::holds::lanes(stage).await,
        23 => codes::holds::locked(stage).await,
        24 => bound::side_by_side(stage).await,
        25 => bound::killed(stage).await,
        26 => bound::elsewhere::tokens(stage).await,
        27 => bound::elsewhere::thumbprints(stage).await,
        28 => bound::elsewhere::killed(stage).await,
        29 => bound::elsewhere::crossings(stage).await,
        _ => passkeys::passwords_off(stage).await,
    }
}

/// Fails with `what` unless `found` is `wanted`.
fn same<V: PartialEq + std::fmt::Debug>(what: &str, found: V, wanted: V) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?}, wanted {wanted:?}")) }
}

/// The text of a fault, for `?`.
fn text(fault: impl std::fmt::Display) -> String {
    fault.to_string()
}
