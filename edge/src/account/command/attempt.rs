//! An attempt: what lets the passwords that were sealed under it in once.

use super::AccountId;
use crate::wire;
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};

/// An attempt under which passwords were sealed. The account sees to it that it is used once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// A digest of it and of the name it was used for.
    #[serde(with = "wire::bytes32")]
    pub id: [u8; 32],
    /// Until when it may be used, and has to be remembered.
    pub until: Timestamp,
}

impl Attempt {
    /// The account that an opening under this attempt makes: its random first 16 bytes. So whoever sends the same opening
    /// again meets the account that is there.
    pub(crate) fn account(&self) -> Option<AccountId> {
        self.id.first_chunk().copied().map(AccountId)
    }
}
