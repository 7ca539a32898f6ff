//! Format `fido-u2f` (section 8.6): security keys that speak U2F, signing over the parts in U2F's own order.

use super::{Attested, Context, Format, statement};
use crate::ceremony::Check;
use crate::error::{Fault, ensure};
use crate::key::{Algorithm, Curve};
use crate::wire::cbor::Cbor;

pub(super) fn verify(statement: &Cbor<'_>, context: &Context<'_>) -> Result<Attested, Fault> {
    statement::only(statement, &["x5c", "sig"])?;
    let signature = statement::bytes(statement, "sig")?;
    let chain = statement::chain(statement)?;
    ensure(chain.len() == 1, Fault::Statement("fido-u2f: x5c must hold one certificate"))?;
    let key = statement::leaf(&chain)?.key()?;
    ensure(key.curve() == Some(Curve::P256), Fault::Statement("fido-u2f: the certificate's key is not on P-256"))?;
    ensure(context.algorithm == Algorithm::Es256, Fault::Statement("fido-u2f: the credential is not ES256"))?;
    let zero = context.credential.aaguid == [0; 16];
    ensure(zero || !context.policy.u2f_zero_aaguid, Fault::Statement("fido-u2f: the AAGUID is not zero"))?;
    let point = context.key.point().ok_or(Fault::Statement("fido-u2f: the credential has no point"))?;
    let signed = [&[0], context.rp_id_hash, context.client_data_hash, context.credential.id, point].concat();
    let check = Check::new(Algorithm::Es256.scheme(), key, signed, signature)?;
    Ok(Attested::certified(Format::FidoU2f, chain, vec![check]))
}
