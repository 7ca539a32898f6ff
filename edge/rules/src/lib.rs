//! What both sides of Sekisho must agree on: the browser's wasm and the edge worker borrow the same rules from here.
//!
//! In this room: time as a number, secrets as a type, the closed list of refusals, the idle rule, the password rules,
//! masks, login names and the form of a sealed password. What must never enter: I/O, a clock, randomness, anything else
//! of ours.

pub mod amr;
pub mod idle;
pub mod login_name;
pub mod mask;
pub mod password;
pub mod person;
pub mod refusal;
pub mod secret;
pub mod timestamp;

pub use amr::Amr;
pub use idle::{IdleRule, Standing};
pub use login_name::{AccountNumber, LoginName};
pub use person::Person;
pub use refusal::Refusal;
pub use secret::{Secret, sealing};
pub use timestamp::Timestamp;
