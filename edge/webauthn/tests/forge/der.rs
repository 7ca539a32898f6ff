//! DER, written by hand so that it can also be written wrongly.

pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        n @ 0..=0x7f => out.push(n as u8),
        n @ 0x80..=0xff => out.extend([0x81, n as u8]),
        n => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(content);
    out
}

pub fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x31, &parts.concat())
}

pub fn oid(text: &str) -> Vec<u8> {
    let arcs: Vec<u64> = text.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = Vec::new();
    for (index, arc) in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()).enumerate() {
        let _ = index;
        let mut groups = vec![(arc & 0x7f) as u8];
        let mut rest = arc >> 7;
        while rest > 0 {
            groups.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        content.extend(groups.iter().rev());
    }
    tlv(0x06, &content)
}

/// A non-negative integer, minimal.
pub fn uint(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    let mut content = bytes[start..].to_vec();
    if content.first().is_none_or(|&byte| byte & 0x80 != 0) {
        content.insert(0, 0);
    }
    tlv(0x02, &content)
}

pub fn small(value: u8) -> Vec<u8> {
    uint(&[value])
}

pub fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(0x04, bytes)
}

pub fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], bytes].concat())
}

pub fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0c, text.as_bytes())
}

pub fn null() -> Vec<u8> {
    vec![0x05, 0]
}

/// An explicit context tag, also above 30.
pub fn explicit(number: u16, content: &[u8]) -> Vec<u8> {
    if number < 31 {
        return tlv(0xa0 | number as u8, content);
    }
    let mut out = vec![0xbf];
    if number > 0x7f {
        out.push((number >> 7) as u8 | 0x80);
    }
    out.push((number & 0x7f) as u8);
    out.extend(&tlv(0, content)[1..]);
    out
}

/// A name of one attribute each.
pub fn name(attributes: &[(&str, String)]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(id, text)| {
            let value = if *id == "2.5.4.6" { tlv(0x13, text.as_bytes()) } else { utf8(text) };
            set(&[seq(&[oid(id), value])])
        })
        .collect();
    seq(&parts)
}
