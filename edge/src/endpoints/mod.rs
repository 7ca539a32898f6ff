//! Our own endpoints, one handler each: a request becomes a command, a reply becomes JSON.
//!
//! What every request must be was checked by the router. What must never enter: storage, a rule of the account's.

mod code;
mod fields;
mod open;
mod passkey;
mod session;
mod sign_in;
mod site;

pub(crate) use code::{address_begin, address_confirm, login_code, login_code_resend};
pub(crate) use open::{import, open};
pub(crate) use passkey::{
    passkey_delete, passkey_login_begin, passkey_login_finish, passkey_register_begin, passkey_register_finish,
    passkey_rename, passkeys,
};
pub(crate) use session::{history, logout, me, session};
pub(crate) use sign_in::login;
pub(crate) use site::{jwks, site};

#[cfg(test)]
mod tests;
