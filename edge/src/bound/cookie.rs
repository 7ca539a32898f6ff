//! The bound cookie: that a browser has lately signed with the key of a binding. Until when, and our mark on both.

use super::BindingId;
use crate::gate::find_named;
use crate::keys::{CURRENT_AND_PREVIOUS, Keys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sekisho_rules::Timestamp;
use std::time::Duration;

/// The cookie's name; the prefix makes browsers insist on Secure, Path=/ and no Domain.
pub(crate) const NAME: &str = "__Host-sekisho-bound";
/// Its attributes, as browsers are told them in the instructions too.
pub(super) const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";
/// How long it lives. A thief who copied it has that long, and a customer's browser signs once in it at the most.
pub(crate) const LIFE: Duration = Duration::from_secs(300);
const LABEL: &[u8] = b"bound cookie";
/// until 8 · generation 1 · mark 32, in base64url.
const LENGTH: usize = 55;

/// The `Set-Cookie` line for whoever has signed with the binding's key at `now`.
pub(crate) fn set(binding: BindingId, keys: &Keys, now: Timestamp) -> String {
    let until = (now + LIFE).as_millis().to_be_bytes();
    let (generation, mark) = keys.mark(LABEL, &[&binding.0, &until]);
    let value = URL_SAFE_NO_PAD.encode([&until[..], &[generation], &mark].concat());
    format!("{NAME}={value}; {ATTRIBUTES}; Max-Age={}", LIFE.as_secs())
}

/// The `Set-Cookie` line that takes it away.
pub(crate) fn clear() -> String {
    format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")
}

/// Until when the cookies of a request show the binding; none where they do not.
pub(super) fn until(cookies: &str, binding: BindingId, keys: &Keys) -> Option<Timestamp> {
    let value = find_named(cookies, NAME).filter(|value| value.len() == LENGTH)?;
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let (until, rest) = bytes.split_first_chunk::<8>()?;
    let (generation, mark) = rest.split_first()?;
    let ours = keys.is_marked(*generation, CURRENT_AND_PREVIOUS, LABEL, &[&binding.0, until], mark);
    ours.then(|| Timestamp::from_millis(u64::from_be_bytes(*until)))
}
