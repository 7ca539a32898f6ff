//! One operation, signed by a passkey: the challenge is the hash of what the customer was shown, so that what is seen is
//! what is signed, and nothing else can be done with it.

use super::list::name_of;
use super::{CredentialName, Fault, Reply, Room, SessionKey};
use crate::account::{PasskeyProof, Row, session};
use crate::host::{Outside, Sql, Store};
use crate::keys::Purpose;
use ring::digest::{Context, SHA256};
use sekisho_rules::Refusal;
use serde::{Deserialize, Serialize};

/// What can be signed as such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// The removal of a passkey.
    RemovePasskey {
        /// The credential id.
        id: Vec<u8>,
    },
}

/// What a confirmation's options are made of.
#[derive(Debug, Serialize, Deserialize)]
pub struct Confirming {
    /// What the customer must be shown.
    pub text: String,
    /// The challenge that commits to it.
    pub challenge: Vec<u8>,
    /// The passkeys that may sign.
    pub allowed: Vec<CredentialName>,
}

/// An operation and the sentence that describes it; its JSON is what is signed.
#[derive(Serialize, Deserialize)]
struct Shown {
    operation: Operation,
    text: String,
}

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// Words the operation, keeps it with `nonce`, and answers the challenge that the two make.
    pub(in crate::account) fn begin_confirm(
        &self,
        key: SessionKey,
        nonce: &[u8],
        operation: Operation,
        english: bool,
    ) -> Result<Reply, Fault> {
        self.within(key, |sql, _, _| {
            let Some(text) = worded(sql, &operation, english)? else {
                return Ok(Reply::refused(Refusal::PasskeyUnknown));
            };
            let signed = serde_json::to_string(&Shown { operation, text: text.clone() })?;
            self.keep_challenge(sql, key, nonce, Some(&signed))?;
            let (challenge, allowed) = (commitment(nonce, &signed), self.credentials(sql)?);
            Ok(Reply::Confirming(Confirming { text, challenge, allowed }))
        })
    }

    /// begin: takes nonce and operation. check: the ceremony over their hash. finish: counter and operation together.
    pub(in crate::account) async fn finish_confirm(&self, key: SessionKey, response: &str) -> Result<Reply, Fault> {
        let Ok(peek) = sekisho_webauthn::peek(response) else { return Ok(Reply::refused(Refusal::SignInFailed)) };
        let begun = self.store.transaction(|sql| {
            let taken = match self.take_challenge(sql, key, &[Purpose::Confirm])? {
                Ok(taken) => taken,
                Err(reply) => return Ok(Err(reply)),
            };
            let Some(signed) = taken.operation else { return Ok(Err(Reply::refused(Refusal::ChallengeGone))) };
            let stored = self.credential(sql, &peek.credential_id)?;
            let begun = stored.map(|stored| (commitment(&taken.bytes, &signed), signed, stored));
            Ok::<_, Fault>(begun.ok_or(Reply::refused(Refusal::SignInFailed)))
        })?;
        let (challenge, signed, stored) = match begun {
            Ok(begun) => begun,
            Err(reply) => return Ok(reply),
        };
        let proved = self.verified(&challenge, &stored, response).await;
        self.store.transaction(|sql| {
            let seen = session::seen(sql, key)?;
            let Ok(proof) = self.note_use(sql, &stored, proved.as_ref(), (Some(key), seen))? else {
                return Ok(Reply::refused(Refusal::SignInFailed));
            };
            let Shown { operation, .. } = crate::wire::read(signed.as_bytes())?;
            match self.live(sql, key)? {
                Ok((_, row)) => self.carry_out(sql, key, &row, operation, proof),
                Err(standing) => Ok(Reply::Gone(standing)),
            }
        })
    }

    /// Does what was signed; the proof is used up by it.
    fn carry_out(
        &self,
        sql: &dyn Sql,
        key: SessionKey,
        row: &Row,
        operation: Operation,
        _: PasskeyProof,
    ) -> Result<Reply, Fault> {
        match operation {
            Operation::RemovePasskey { id } => self.remove_passkey(sql, key, row, &id),
        }
    }
}

/// The operation as the customer reads it; none where there is nothing to do it to.
fn worded(sql: &dyn Sql, operation: &Operation, english: bool) -> Result<Option<String>, Fault> {
    let Operation::RemovePasskey { id } = operation;
    let sentence = |name: String| match english {
        true => format!("Delete the passkey \"{name}\"."),
        false => format!("パスキー「{name}」を削除します。"),
    };
    Ok(name_of(sql, id)?.map(sentence))
}

/// SHA-256 over a nonce of fixed length and what was shown.
fn commitment(nonce: &[u8], signed: &str) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    for part in [b"sekisho: confirm".as_slice(), nonce, signed.as_bytes()] {
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}
