//! The token: opaque to the app, to us an account and a session id under our mark. Which key it is good for stands at the account.

use crate::account::{AccountId, SessionKey};
use crate::gate::session_key;
use crate::keys::{CURRENT_AND_PREVIOUS, Keys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

const LABEL: &[u8] = b"possessed token";
/// Account 16 · id 32 · generation 1 · mark 32.
const LENGTH: usize = 81;

/// A token of ours.
pub(crate) struct Token {
    pub account: AccountId,
    pub id: Zeroizing<[u8; 32]>,
}

impl Token {
    /// The session's key at its account.
    pub fn session(&self) -> SessionKey {
        session_key(&self.id)
    }

    /// The token as the app has it.
    pub fn seal(&self, keys: &Keys) -> String {
        let mut bytes = Zeroizing::new(self.account.0.to_vec());
        bytes.extend_from_slice(self.id.as_slice());
        let (generation, mark) = keys.mark(LABEL, &[&bytes]);
        bytes.push(generation);
        bytes.extend_from_slice(&mark);
        URL_SAFE_NO_PAD.encode(bytes.as_slice())
    }

    /// Reads a token; none unless every byte of it is as we marked it.
    pub fn open(text: &str, keys: &Keys) -> Option<Self> {
        if text.len() > LENGTH * 2 {
            return None;
        }
        let bytes: Zeroizing<[u8; LENGTH]> = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?);
        let (marked, rest) = bytes.split_first_chunk::<48>()?;
        let (generation, mark) = rest.split_first()?;
        if !keys.is_marked(*generation, CURRENT_AND_PREVIOUS, LABEL, &[marked], mark) {
            return None;
        }
        let (account, id) = marked.split_first_chunk::<16>()?;
        Some(Self { account: AccountId(*account), id: Zeroizing::new(id.try_into().ok()?) })
    }
}
