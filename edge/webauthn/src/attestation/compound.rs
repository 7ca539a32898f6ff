//! Format `compound` (section 8.9): several statements over one credential. Every one of them must verify.

use super::{Attested, Context, Format, verify as verify_one};
use crate::error::{Fault, ensure};
use crate::wire::cbor::Cbor;

pub(super) fn verify(statement: &Cbor<'_>, context: &Context<'_>) -> Result<Attested, Fault> {
    let statements = statement.as_array().ok_or(Fault::Statement("compound: not an array"))?;
    let counted = (2..=4).contains(&statements.len());
    ensure(counted, Fault::Statement("compound: fewer than two statements, or too many"))?;
    let mut whole = Attested { parts: Vec::new(), checks: Vec::new() };
    for part in statements {
        let shaped = part.entries().is_some_and(|entries| entries.len() == 2);
        ensure(shaped, Fault::Statement("compound: a part is not fmt and attStmt"))?;
        let name = part.get("fmt").and_then(Cbor::as_text).ok_or(Fault::Statement("compound: fmt"))?;
        let inner = part.get("attStmt").filter(|value| value.entries().is_some());
        let inner = inner.ok_or(Fault::Statement("compound: attStmt"))?;
        let format = Format::from_name(name)?;
        ensure(format != Format::Compound, Fault::Statement("compound inside compound"))?;
        let attested = verify_one(format, inner, context)?;
        whole.parts.extend(attested.parts);
        whole.checks.extend(attested.checks);
    }
    Ok(whole)
}
