//! The one thing that waits: a passkey is verified between two transactions.

use crate::House;
use sekisho_rules::{Refusal, Timestamp};
use sekisho_webauthn::{Authenticated, Authentication, Registered, Registration, StoredCredential, Verifier};

/// A ceremony that the first transaction has begun: its challenge, or the invitation it answers, is used up.
pub(super) enum Ceremony {
    /// A member signs in.
    SignIn { challenge: Vec<u8>, stored: StoredCredential, response: String },
    /// Somebody becomes one.
    Enrol { challenge: Vec<u8>, invited: Invited, response: String },
}

/// For whom an invitation is.
pub(super) struct Invited {
    /// The first half of the code's digest.
    pub id: Vec<u8>,
    pub name: String,
    pub role: String,
    /// The member who made it; none where it was the operator's token.
    pub by: Option<Vec<u8>>,
}

/// What it has proved.
pub(super) enum Proved {
    /// The member of this credential is there in person.
    SignedIn(StoredCredential, Authenticated),
    /// This passkey was made by whom the invitation was for.
    Enrolled(Invited, Registered),
    /// Nothing.
    Nothing(Refusal),
}

impl Ceremony {
    pub async fn run<V: Verifier>(self, house: &House, now: Timestamp, verifier: &V) -> Proved {
        let Some(party) = house.staff_party() else { return Proved::Nothing(Refusal::NotFound) };
        match self {
            Self::SignIn { challenge, stored, response } => {
                let ceremony = Authentication::begin(party, &challenge, &stored, &response);
                let proved = match ceremony {
                    Ok(ceremony) => ceremony.boxed(verifier).await.ok(),
                    Err(_) => None,
                };
                // A key that may have been copied opens nothing here.
                match proved.filter(|proved| proved.user_verified && !proved.clone_suspected) {
                    Some(proved) => Proved::SignedIn(stored, proved),
                    None => Proved::Nothing(Refusal::SignInFailed),
                }
            }
            Self::Enrol { challenge, invited, response } => {
                let made = match Registration::begin(party, &challenge, now, &response) {
                    Ok(ceremony) => ceremony.boxed(verifier).await,
                    Err(fault) => Err(fault),
                };
                match made {
                    Ok(made) => Proved::Enrolled(invited, made),
                    Err(fault) => Proved::Nothing(fault.refusal()),
                }
            }
        }
    }
}
