//! The browser's side: the only room that draws, listens and sends. It decides nothing that another room could decide.
//!
//! Each element of the package is a small class in JavaScript (Rust cannot extend `HTMLElement`) that owns one of the
//! views here and hands it its host and its closed shadow root. What must never enter: a rule, a sentence, a character of
//! a password in anything that the page can read.

mod dom;
mod fields;
mod idle;
mod keyboard;
mod passkey;
mod rules;
mod send;
#[cfg(test)]
mod tests;

use crate::wording::{Lang, Text};
use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// A two-level segregated fit allocator, constant in time, in a third of the bytes of std's: that one is a tenth of what
/// a page would load.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    static RANDOM: RefCell<Option<ChaCha20Rng>> = const { RefCell::new(None) };
}

/// Makes the module ready: randomness is drawn and the keys' names are handed over, before any later script runs.
///
/// # Errors
/// When the browser gives no randomness; then no board can be shown.
#[wasm_bindgen]
pub fn start() -> Result<(), JsError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(|_| JsError::new("The browser gives no random numbers."))?;
    RANDOM.set(Some(ChaCha20Rng::from_seed(*seed)));
    dom::intern_names();
    Ok(())
}

/// Takes the site's own wording: `{ ja: { name: text }, en: { … } }`, the names those of [`Text`]; what is no text is passed
/// over. To be called once, before an element is defined.
#[wasm_bindgen]
pub fn wording(own: &JsValue) {
    let said = |name: &str, lang: Lang| send::member(&send::member(own, lang.tag()), name).as_string();
    Text::replace(&said);
    #[cfg(feature = "manage")]
    crate::wording::Managing::replace(&said);
}

/// Runs `act` with a random source that is mixed anew from the browser's numbers and from its own past: a script that
/// later replaces `crypto.getRandomValues` on the page can neither foresee nor choose a layout. None before [`start`].
///
/// The new numbers come through `dom.js`, not through getrandom: its glue would hand such a script a view of our memory.
fn with_random<T>(act: impl FnOnce(&mut ChaCha20Rng) -> T) -> Option<T> {
    RANDOM.with_borrow_mut(|random| {
        let random = random.as_mut()?;
        let mut seed = Zeroizing::new([0; 32]);
        random.fill_bytes(&mut *seed);
        for part in seed.chunks_exact_mut(4) {
            part.iter_mut().zip(dom::random().to_le_bytes()).for_each(|(byte, fresh)| *byte ^= fresh);
        }
        *random = ChaCha20Rng::from_seed(*seed);
        let done = act(random);
        // What is left gives no way back to what was drawn: the key that a password was sealed with would follow from it.
        random.fill_bytes(&mut *seed);
        *random = ChaCha20Rng::from_seed(*seed);
        Some(done)
    })
}
