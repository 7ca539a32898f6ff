//! A ceremony: everything that can be judged from the bytes is judged at once; what needs a signature check is asked for.
//!
//! No I/O and no await in here. A failure that the specification puts after a signature check is kept back until the
//! check has passed, so that the reported step is the first that fails.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use crate::error::{Error, Fault};
use crate::key::{PublicKey, Scheme, normalise_signature};
use crate::verifier::{Checked, Verdict, Verifier};

/// What the host has to do next.
#[derive(Debug)]
pub enum Step<T> {
    /// Have this checked by a [`Verifier`] and give the [`Checked`] to [`Ceremony::answer`].
    Need(Check),
    /// The ceremony succeeded.
    Done(T),
}

/// One signature to check. Only a [`Verifier`] can turn it into an answer, and the answer fits this check alone.
#[derive(Clone, Debug)]
pub struct Check(pub(crate) Arc<Question>);

#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) scheme: Scheme,
    pub(crate) key: PublicKey,
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Check {
    /// A check of a signature as WebAuthn and X.509 carry it (ECDSA in DER).
    pub(crate) fn new(scheme: Scheme, key: PublicKey, message: Vec<u8>, signature: &[u8]) -> Result<Self, Fault> {
        let signature = normalise_signature(&key, scheme, signature)?;
        Ok(Self(Arc::new(Question { scheme, key, message, signature })))
    }

    /// A check of a signature that is already in the form [`Scheme`] states, as JOSE carries it.
    pub(crate) fn raw(scheme: Scheme, key: PublicKey, message: Vec<u8>, signature: Vec<u8>) -> Result<Self, Fault> {
        match key.signature_bytes() {
            length if length == signature.len() => Ok(Self(Arc::new(Question { scheme, key, message, signature }))),
            _ => Err(Fault::Signature),
        }
    }

    /// How the signature was made.
    pub fn scheme(&self) -> Scheme {
        self.0.scheme
    }

    /// What was signed.
    pub fn message(&self) -> &[u8] {
        &self.0.message
    }
}

/// Checks of which one must pass (several only where certificates share a name), and the error if none does.
#[derive(Debug)]
pub(crate) struct Demand {
    pub(crate) alternatives: VecDeque<Check>,
    pub(crate) otherwise: Error,
}

impl Demand {
    pub(crate) fn one(check: Check, otherwise: Error) -> Self {
        Self { alternatives: VecDeque::from([check]), otherwise }
    }
}

/// A ceremony under way, to be driven by [`next`](Self::next) and [`answer`](Self::answer), or at one go by
/// [`run`](Self::run). It can be kept between a host's `check` and `finish`; it holds no secret.
#[derive(Debug)]
#[must_use = "a ceremony proves nothing until it is Done"]
pub struct Ceremony<T> {
    demands: VecDeque<Demand>,
    outcome: Option<Result<T, Error>>,
}

impl<T> Ceremony<T> {
    pub(crate) fn new(demands: impl IntoIterator<Item = Demand>, outcome: Result<T, Error>) -> Self {
        Self { demands: demands.into_iter().collect(), outcome: Some(outcome) }
    }

    /// What to do now.
    ///
    /// # Errors
    /// The first failed step. [`Fault::ForeignAnswer`] when the ceremony is over already.
    #[allow(clippy::should_implement_trait, reason = "a ceremony is no iterator; the name is the protocol's")]
    pub fn next(&mut self) -> Result<Step<T>, Error> {
        match self.demands.front() {
            Some(demand) => match demand.alternatives.front() {
                Some(check) => Ok(Step::Need(check.clone())),
                None => Err(demand.otherwise.clone()),
            },
            None => self.outcome.take().unwrap_or_else(|| Err(self.over())).map(Step::Done),
        }
    }

    /// Takes the answer to the check that [`next`](Self::next) asked for.
    ///
    /// # Errors
    /// The step whose signature did not verify, or [`Fault::ForeignAnswer`] for an answer to any other check, even one
    /// over the same bytes. After an error the ceremony can only fail.
    pub fn answer(&mut self, checked: Checked) -> Result<(), Error> {
        let Some(demand) = self.demands.front_mut() else { return Err(self.over()) };
        let Some(asked) = demand.alternatives.front() else { return Err(demand.otherwise.clone()) };
        if !Arc::ptr_eq(&asked.0, &checked.check.0) {
            demand.alternatives.clear();
            demand.otherwise.fault = Fault::ForeignAnswer;
            return Err(demand.otherwise.clone());
        }
        match checked.verdict {
            Verdict::Valid => {
                self.demands.pop_front();
                Ok(())
            }
            Verdict::Invalid => {
                demand.alternatives.pop_front();
                if demand.alternatives.is_empty() { Err(demand.otherwise.clone()) } else { Ok(()) }
            }
            Verdict::Unavailable => {
                demand.alternatives.clear();
                demand.otherwise.fault = Fault::VerifierUnavailable;
                Err(demand.otherwise.clone())
            }
        }
    }

    /// Asks `verifier` until the ceremony is decided.
    ///
    /// # Errors
    /// The first failed step.
    pub async fn run(mut self, verifier: &impl Verifier) -> Result<T, Error> {
        loop {
            match self.next()? {
                Step::Done(result) => return Ok(result),
                Step::Need(check) => {
                    let checked = verifier.check(check).await;
                    self.answer(checked)?;
                }
            }
        }
    }

    /// As [`Ceremony::run`], on the heap: where several places wait for one, it is compiled once for all of them.
    pub fn boxed<'a, V: Verifier>(self, verifier: &'a V) -> Pin<Box<dyn Future<Output = Result<T, Error>> + 'a>>
    where
        T: 'a,
    {
        Box::pin(self.run(verifier))
    }

    fn over(&self) -> Error {
        Error { step: crate::SpecStep::Registration(0), fault: Fault::ForeignAnswer }
    }
}
