//! CBOR, written by hand so that it can also be written wrongly.

#[derive(Clone)]
pub enum C {
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    Bool(bool),
    Array(Vec<C>),
    Map(Vec<(C, C)>),
    Raw(Vec<u8>),
}

pub type Entries = Vec<(C, C)>;

pub fn t(text: &str) -> C {
    C::Text(text.to_owned())
}

pub fn bytes(bytes: &[u8]) -> C {
    C::Bytes(bytes.to_vec())
}

impl C {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(value) if *value >= 0 => head(out, 0, *value as u64),
            Self::Int(value) => head(out, 1, !*value as u64),
            Self::Bytes(bytes) => {
                head(out, 2, bytes.len() as u64);
                out.extend(bytes);
            }
            Self::Text(text) => {
                head(out, 3, text.len() as u64);
                out.extend(text.as_bytes());
            }
            Self::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
            Self::Array(items) => {
                head(out, 4, items.len() as u64);
                items.iter().for_each(|item| item.write(out));
            }
            Self::Map(entries) => {
                head(out, 5, entries.len() as u64);
                entries.iter().for_each(|(key, value)| {
                    key.write(out);
                    value.write(out);
                });
            }
            Self::Raw(bytes) => out.extend(bytes),
        }
    }
}

fn head(out: &mut Vec<u8>, major: u8, value: u64) {
    let major = major << 5;
    match value {
        0..=23 => out.push(major | value as u8),
        24..=0xff => out.extend([major | 24, value as u8]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend((value as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend((value as u32).to_be_bytes());
        }
        _ => {
            out.push(major | 27);
            out.extend(value.to_be_bytes());
        }
    }
}

fn is(key: &C, name: &str) -> bool {
    matches!(key, C::Text(text) if text == name)
}

/// Replaces the value under a text key.
pub fn set(entries: &mut Entries, name: &str, value: C) {
    let entry = entries.iter_mut().find(|(key, _)| is(key, name)).expect(name);
    entry.1 = value;
}

pub fn remove(entries: &mut Entries, name: &str) {
    let before = entries.len();
    entries.retain(|(key, _)| !is(key, name));
    assert_ne!(before, entries.len(), "{name}");
}

pub fn get_bytes(entries: &Entries, name: &str) -> Vec<u8> {
    match entries.iter().find(|(key, _)| is(key, name)) {
        Some((_, C::Bytes(bytes))) => bytes.clone(),
        _ => panic!("no bytes under {name}"),
    }
}

/// Flips one bit in the middle of a byte string.
pub fn flip(entries: &mut Entries, name: &str) {
    let mut value = get_bytes(entries, name);
    let middle = value.len() / 2;
    value[middle] ^= 1;
    set(entries, name, C::Bytes(value));
}

/// Replaces the value under an integer key.
pub fn set_at(entries: &mut Entries, label: i64, value: C) {
    let entry = entries.iter_mut().find(|(key, _)| matches!(key, C::Int(n) if *n == label)).expect("label");
    entry.1 = value;
}

pub fn remove_at(entries: &mut Entries, label: i64) {
    entries.retain(|(key, _)| !matches!(key, C::Int(n) if *n == label));
}
