//! One file a route group, the whole request in memory.

mod access;
mod code;
mod limits;
mod open;
mod openapi;
mod passkey;
mod password;
mod risk;
mod sealed;
mod session;
mod sign_in;
mod strict;
