//! A verifier that gives way before it answers, so that a store's tests can show that two finishes never both win.

use std::future::poll_fn;
use std::task::Poll;

use super::{Checked, Verifier, sealed};
use crate::ceremony::Check;

/// Wraps a verifier; each check returns to the executor once before it is answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Yielding<V>(pub V);

impl<V: Verifier> sealed::Sealed for Yielding<V> {}

impl<V: Verifier> Verifier for Yielding<V> {
    async fn check(&self, check: Check) -> Checked {
        let mut yielded = false;
        poll_fn(|context| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        self.0.check(check).await
    }
}
