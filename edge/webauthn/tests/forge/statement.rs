//! Attestation statements of the forge.

use super::cbor::{C, Entries, bytes, t};
use super::certificate::{Certificate, Chain};
use super::signer::Signer;
use super::{der, sha256};
use sha1::Digest as _;

/// Makes the value of a certificate's extension from the hash it must carry.
pub type Extension = Box<dyn Fn(&[u8]) -> Vec<u8>>;

pub enum Shape {
    None,
    SelfPacked,
    Packed(Chain),
    U2f(Chain),
    Tpm(Tpm),
    Android(Chain, Extension),
    Apple(Chain, Extension),
    Compound(Vec<Shape>),
}

/// What a statement is made over.
pub struct Subject<'a> {
    pub auth_data: &'a [u8],
    pub client_hash: &'a [u8],
    pub rp_hash: &'a [u8],
    pub id: &'a [u8],
    pub key: Signer,
}

impl Shape {
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelfPacked | Self::Packed(_) => "packed",
            Self::U2f(_) => "fido-u2f",
            Self::Tpm(_) => "tpm",
            Self::Android(..) => "android-key",
            Self::Apple(..) => "apple",
            Self::Compound(_) => "compound",
        }
    }

    pub fn build(self, subject: &Subject<'_>) -> C {
        let signed = [subject.auth_data, subject.client_hash].concat();
        match self {
            Self::None => C::Map(Vec::new()),
            Self::SelfPacked => C::Map(vec![alg(subject.key), sig(subject.key, &signed)]),
            Self::Packed(chain) => {
                let key = chain.links[0].key;
                C::Map(vec![alg(key), sig(key, &signed), x5c(&chain)])
            }
            Self::U2f(chain) => {
                let signed = [&[0], subject.rp_hash, subject.client_hash, subject.id, &subject.key.point()].concat();
                C::Map(vec![x5c(&chain), sig(chain.links[0].key, &signed)])
            }
            Self::Tpm(tpm) => C::Map(tpm.build(subject, &signed)),
            Self::Android(mut chain, description) => {
                let value = description(subject.client_hash);
                chain.links[0].extensions.push(("1.3.6.1.4.1.11129.2.1.17", false, value));
                C::Map(vec![alg(subject.key), sig(subject.key, &signed), x5c(&chain)])
            }
            Self::Apple(mut chain, nonce) => {
                let value = nonce(&sha256(&signed));
                chain.links[0].extensions.push(("1.2.840.113635.100.8.2", false, value));
                C::Map(vec![x5c(&chain)])
            }
            Self::Compound(shapes) => C::Array(
                shapes
                    .into_iter()
                    .map(|shape| C::Map(vec![(t("fmt"), t(shape.name())), (t("attStmt"), shape.build(subject))]))
                    .collect(),
            ),
        }
    }
}

fn alg(key: Signer) -> (C, C) {
    (t("alg"), C::Int(key.algorithm()))
}

fn sig(key: Signer, message: &[u8]) -> (C, C) {
    (t("sig"), C::Bytes(key.sign(message)))
}

pub fn x5c(chain: &Chain) -> (C, C) {
    (t("x5c"), C::Array(chain.der().into_iter().map(C::Bytes).collect()))
}

/// A TPM's statement; the structures can be bent before they are signed.
pub struct Tpm {
    pub chain: Chain,
    pub public_area: super::Edit<Vec<u8>>,
    pub cert_info: super::Edit<Vec<u8>>,
    /// Hash what is attested with SHA-1, as a signature by RS1 does.
    pub sha1: bool,
}

impl Tpm {
    pub fn new(chain: Chain) -> Self {
        Self { chain, public_area: super::no_edit(), cert_info: super::no_edit(), sha1: false }
    }

    fn build(self, subject: &Subject<'_>, signed: &[u8]) -> Entries {
        let mut public_area = public_area(subject.key);
        (self.public_area)(&mut public_area);
        let mut name = vec![0x00, 0x0b];
        name.extend(sha256(&public_area));
        let mut info = vec![0xff, 0x54, 0x43, 0x47, 0x80, 0x17];
        info.extend(sized(b"signer"));
        info.extend(sized(&if self.sha1 { sha1::Sha1::digest(signed).to_vec() } else { sha256(signed) }));
        info.extend([0; 25]);
        info.extend(sized(&name));
        info.extend(sized(b"qualified"));
        (self.cert_info)(&mut info);
        let key = self.chain.links[0].key;
        vec![
            (t("ver"), t("2.0")),
            alg(key),
            x5c(&self.chain),
            sig(key, &info),
            (t("certInfo"), bytes(&info)),
            (t("pubArea"), bytes(&public_area)),
        ]
    }
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u16).to_be_bytes(), bytes].concat()
}

fn public_area(key: Signer) -> Vec<u8> {
    let rsa = matches!(key, Signer::Rs256);
    let mut area =
        vec![0x00, if rsa { 0x01 } else { 0x23 }, 0x00, 0x0b, 0x00, 0x06, 0x04, 0x72, 0, 0, 0x00, 0x10, 0x00, 0x10];
    if rsa {
        area.extend([0x08, 0x00, 0, 0, 0, 0]);
        area.extend(sized(&Signer::modulus()));
    } else {
        area.extend([0x00, 0x03, 0x00, 0x10]);
        let point = key.point();
        area.extend(sized(&point[1..33]));
        area.extend(sized(&point[33..]));
    }
    area
}

/// A certificate of an attestation identity key as section 8.3.1 wants it.
pub fn aik(key: Signer) -> Certificate {
    let mut leaf = Certificate::leaf(key);
    leaf.subject.clear();
    leaf.extensions = vec![alternative_name("id:494E5443"), usage("2.23.133.8.3")];
    leaf
}

pub fn usage(id: &str) -> (&'static str, bool, Vec<u8>) {
    ("2.5.29.37", false, der::seq(&[der::oid(id)]))
}

pub fn alternative_name(vendor: &str) -> (&'static str, bool, Vec<u8>) {
    let attributes = [
        ("2.23.133.2.1", vendor.to_owned()),
        ("2.23.133.2.2", "Model".to_owned()),
        ("2.23.133.2.3", "id:1".to_owned()),
    ];
    ("2.5.29.17", true, der::seq(&[der::explicit(4, &der::name(&attributes))]))
}

/// An Android key description around the given authorization lists.
pub fn description(challenge: &[u8], software: &[Vec<u8>], hardware: &[Vec<u8>]) -> Vec<u8> {
    let level = der::tlv(0x0a, &[1]);
    der::seq(&[
        der::small(3),
        level.clone(),
        der::small(4),
        level,
        der::octets(challenge),
        der::octets(&[]),
        der::seq(software),
        der::seq(hardware),
    ])
}

/// Purpose: to sign. Origin: generated.
pub fn authorizations() -> Vec<Vec<u8>> {
    vec![der::explicit(1, &der::set(&[der::small(2)])), der::explicit(702, &der::small(0))]
}

pub fn apple_nonce(nonce: &[u8]) -> Vec<u8> {
    der::seq(&[der::explicit(1, &der::octets(nonce))])
}
