//! The seam through which signatures are checked. A host chooses an implementation; it cannot write one: the only way to
//! a [`Checked`] is a check that ran in here.

#[cfg(feature = "rare-keys")]
mod fallback;
#[cfg(any(feature = "ring", test))]
mod ring;
#[cfg(all(feature = "web-crypto", target_arch = "wasm32"))]
mod web_crypto;
#[cfg(any(feature = "testing", test))]
mod yielding;

use std::future::Future;

use crate::ceremony::Check;

#[cfg(any(feature = "ring", test))]
pub use self::ring::RingVerifier;
#[cfg(all(feature = "web-crypto", target_arch = "wasm32"))]
pub use self::web_crypto::WebCryptoVerifier;
#[cfg(any(feature = "testing", test))]
pub use self::yielding::Yielding;

/// Checks signatures. Sealed: implemented by [`RingVerifier`] (feature `ring`), `WebCryptoVerifier` (feature
/// `web-crypto`, wasm32) and `Yielding` (feature `testing`).
pub trait Verifier: sealed::Sealed {
    /// Checks one signature. A check that cannot be run is answered too, and fails its ceremony as unavailable.
    fn check(&self, check: Check) -> impl Future<Output = Checked>;
}

/// The answer to one [`Check`], bound to it. Nothing outside this module can make one.
#[derive(Debug)]
pub struct Checked {
    pub(crate) check: Check,
    pub(crate) verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    Invalid,
    Unavailable,
}

impl From<bool> for Verdict {
    fn from(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

mod sealed {
    pub trait Sealed {}
}
