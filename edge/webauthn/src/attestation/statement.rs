//! Reading a statement's members: only those its format has, each of its type.

use crate::certificate::Certificate;
use crate::error::{Fault, ensure};
use crate::key::Algorithm;
use crate::wire::cbor::Cbor;

/// Longer chains are no authenticator's.
const MAX_CERTIFICATES: usize = 8;

/// Refuses members the format does not have.
pub(super) fn only(statement: &Cbor<'_>, names: &[&str]) -> Result<(), Fault> {
    let known = |key: &Cbor<'_>| key.as_text().is_some_and(|name| names.contains(&name));
    let all = statement.entries().is_some_and(|entries| entries.iter().all(|(key, _)| known(key)));
    ensure(all, Fault::Statement("a member the format does not have"))
}

pub(super) fn algorithm(statement: &Cbor<'_>) -> Result<Algorithm, Fault> {
    let number = statement.get("alg").and_then(Cbor::as_int).ok_or(Fault::Statement("alg"))?;
    Algorithm::from_id(number).ok_or(Fault::Algorithm(number))
}

pub(super) fn bytes<'a>(statement: &Cbor<'a>, name: &'static str) -> Result<&'a [u8], Fault> {
    let bytes = statement.get(name).and_then(Cbor::as_bytes).ok_or(Fault::Statement(name))?;
    if bytes.is_empty() { Err(Fault::Statement(name)) } else { Ok(bytes) }
}

/// The certificates of `x5c`: at least one, each parsed whole.
pub(super) fn chain(statement: &Cbor<'_>) -> Result<Vec<Certificate>, Fault> {
    let list = statement.get("x5c").and_then(Cbor::as_array).ok_or(Fault::Statement("x5c"))?;
    ensure(!list.is_empty() && list.len() <= MAX_CERTIFICATES, Fault::Statement("x5c is empty or too long"))?;
    list.iter().map(|item| Certificate::parse(item.as_bytes().ok_or(Fault::Statement("x5c holds no bytes"))?)).collect()
}

/// The first certificate of a chain that [`chain`] returned.
pub(super) fn leaf(chain: &[Certificate]) -> Result<&Certificate, Fault> {
    chain.first().ok_or(Fault::Statement("x5c is empty or too long"))
}
