//! CBOR as CTAP2 writes it: definite lengths, integer or text keys, no key twice, four levels or so, nothing left over.
//!
//! A tree over minicbor's decoder with a budget of nodes, so that a short message cannot claim a large allocation.

use minicbor::data::Type;
use minicbor::decode::Decoder;

use crate::error::Fault;

const MAX_DEPTH: u8 = 8;
const MAX_NODES: usize = 1024;

/// A CBOR value borrowed from the message. Floats and simple values keep nothing: no rule reads them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cbor<'a> {
    Int(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Bool(bool),
    Array(Vec<Cbor<'a>>),
    Map(Vec<(Cbor<'a>, Cbor<'a>)>),
    Other,
}

/// Reads one value and refuses anything after it.
pub(crate) fn parse(bytes: &[u8]) -> Result<Cbor<'_>, Fault> {
    let (value, used) = parse_prefix(bytes)?;
    if used == bytes.len() { Ok(value) } else { Err(Fault::Cbor("bytes left over")) }
}

/// Reads one value at the front; also tells how many bytes it took.
pub(crate) fn parse_prefix(bytes: &[u8]) -> Result<(Cbor<'_>, usize), Fault> {
    let mut decoder = Decoder::new(bytes);
    let mut nodes = MAX_NODES;
    let value = read(&mut decoder, MAX_DEPTH, &mut nodes)?;
    Ok((value, decoder.position()))
}

fn read<'a>(decoder: &mut Decoder<'a>, depth: u8, nodes: &mut usize) -> Result<Cbor<'a>, Fault> {
    let broken = |_| Fault::Cbor("truncated or malformed");
    *nodes = nodes.checked_sub(1).ok_or(Fault::Cbor("too many values"))?;
    Ok(match decoder.datatype().map_err(broken)? {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
            Cbor::Int(decoder.i64().map_err(|_| Fault::Cbor("an integer out of range"))?)
        }
        Type::Bytes => Cbor::Bytes(decoder.bytes().map_err(broken)?),
        Type::String => Cbor::Text(decoder.str().map_err(broken)?),
        Type::Bool => Cbor::Bool(decoder.bool().map_err(broken)?),
        Type::Array => {
            let depth = depth.checked_sub(1).ok_or(Fault::Cbor("nested too deeply"))?;
            let length = decoder.array().map_err(broken)?.ok_or(Fault::Cbor("indefinite length"))?;
            let mut items = Vec::new();
            for _ in 0..length {
                items.push(read(decoder, depth, nodes)?);
            }
            Cbor::Array(items)
        }
        Type::Map => {
            let depth = depth.checked_sub(1).ok_or(Fault::Cbor("nested too deeply"))?;
            let length = decoder.map().map_err(broken)?.ok_or(Fault::Cbor("indefinite length"))?;
            let mut entries: Vec<(Cbor<'a>, Cbor<'a>)> = Vec::new();
            for _ in 0..length {
                let key = read(decoder, 0, nodes)?;
                if !matches!(key, Cbor::Int(_) | Cbor::Text(_)) {
                    return Err(Fault::Cbor("a key that is neither number nor text"));
                }
                if entries.len() >= 64 || entries.iter().any(|(known, _)| *known == key) {
                    return Err(Fault::Cbor("a key twice, or too many keys"));
                }
                let value = read(decoder, depth, nodes)?;
                entries.push((key, value));
            }
            Cbor::Map(entries)
        }
        Type::Null | Type::Undefined | Type::F16 | Type::F32 | Type::F64 | Type::Simple => {
            decoder.skip().map_err(broken)?;
            Cbor::Other
        }
        _ => return Err(Fault::Cbor("a tag or an indefinite length")),
    })
}

impl<'a> Cbor<'a> {
    /// The entries, where this is a map.
    pub(crate) fn entries(&self) -> Option<&[(Cbor<'a>, Cbor<'a>)]> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under a text key.
    pub(crate) fn get(&self, key: &str) -> Option<&Cbor<'a>> {
        self.entries()?.iter().find(|(name, _)| *name == Cbor::Text(key)).map(|(_, value)| value)
    }

    /// The value under an integer key.
    pub(crate) fn at(&self, key: i64) -> Option<&Cbor<'a>> {
        self.entries()?.iter().find(|(name, _)| *name == Cbor::Int(key)).map(|(_, value)| value)
    }

    pub(crate) fn as_bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Cbor<'a>]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_messages_cannot_claim_much() {
        // An array and a map that say they have 2^32 entries, a byte string of 2^63 bytes, 200 nested arrays.
        for bytes in [
            &[0x9a, 0xff, 0xff, 0xff, 0xff][..],
            &[0xba, 0xff, 0xff, 0xff, 0xff],
            &[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x81; 200],
        ] {
            assert!(matches!(parse(bytes), Err(Fault::Cbor(_))), "{bytes:x?}");
        }
        let mut wide = vec![0x99, 0xff, 0xff];
        wide.resize(wide.len() + 0xffff, 0);
        assert_eq!(parse(&wide), Err(Fault::Cbor("too many values")));
    }

    #[test]
    fn what_ctap_never_writes_is_refused() {
        for (bytes, what) in [
            (&[0xa2, 1, 1, 1, 2][..], "key twice"),
            (&[0xbf, 0xff], "indefinite map"),
            (&[0x9f, 0xff], "indefinite array"),
            (&[0x5f, 0x41, 0, 0xff], "indefinite bytes"),
            (&[0xc0, 0], "tag"),
            (&[0xa1, 0x80, 0], "array as key"),
            (&[0xa0, 0], "left over"),
            (&[0x61, 0xff], "not UTF-8"),
            (&[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "beyond i64"),
        ] {
            assert!(parse(bytes).is_err(), "{what}");
        }
        assert_eq!(parse(&[0xa1, 0x61, b'a', 0x41, 7]).unwrap().get("a").unwrap().as_bytes(), Some(&[7u8][..]));
        assert_eq!(parse(&[0xa1, 0x20, 0xf5]).unwrap().at(-1), Some(&Cbor::Bool(true)));
    }
}
