//! Sekisho in the browser: software keyboard, password rules, passkeys and the idle warning.
//!
//! What a customer types on the board stays in this module's memory; it leaves it as ciphertext, which [`seal`] makes for one
//! request. The rooms [`keyboard`], [`password`], [`passkey`] and [`idle`] decide; they know no browser, take randomness
//! and time as arguments and are tested natively. Only `browser` draws, listens and sends.
//!
//! What must never enter: a rule about passwords or sessions that the edge would have to know too (that is
//! `sekisho-rules`), and, outside `browser`, anything of the DOM.

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod idle;
pub mod json;
pub mod keyboard;
pub mod passkey;
pub mod password;
#[cfg(feature = "sealing")]
pub mod seal;
pub mod wording;

pub use wording::Lang;
