//! Our own endpoints, one handler each: a request becomes a command, a reply becomes JSON.
//!
//! What every request must be was checked by the router. What must never enter: storage, a rule of the account's.

mod address;
mod bound;
mod code;
mod fields;
mod open;
mod passkey;
mod sealed;
mod session;
mod sign_in;
mod site;
mod staff;

pub(crate) use address::{address_begin, address_confirm, address_later, address_remove, address_stop};
pub(crate) use bound::{bound_refresh, bound_register, offer};
pub(crate) use code::{login_code, login_code_resend};
pub(crate) use open::{import, open, release};
pub(crate) use passkey::{
    passkey_confirm_begin, passkey_confirm_finish, passkey_delete, passkey_icon, passkey_login_begin,
    passkey_login_finish, passkey_only, passkey_register_begin, passkey_register_finish, passkey_rename,
    passkey_step_up_begin, passkey_step_up_finish, passkeys,
};
pub(crate) use sealed::attempt;
pub(crate) use session::{
    accesses, end_sessions, end_sessions_of, history, lock, logout, me, parked, session, sessions,
};
pub(crate) use sign_in::no as refused;
pub(crate) use sign_in::{change_password, login};
pub(crate) use site::{change_password_page, jwks, passkey_endpoints, related_origins, site};
pub use staff::STAFF_ROUTES;
#[cfg(test)]
pub(crate) use staff::marked;
pub(crate) use staff::{invite_staff, staff};

#[cfg(test)]
mod tests;
