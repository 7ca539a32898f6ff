//! Keys of the forge, fixed, so that every run forges from the same ones.

use p256::ecdsa::signature::Signer as _;
use ring::rand::SystemRandom;
use ring::signature::{
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair,
};

use super::cbor::{C, Entries, bytes};
use super::der;

const RSA: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/passkeys/rsa-2048.pk8"));

/// A private key and the algorithm it signs with; the number tells keys of one kind apart.
#[derive(Clone, Copy, PartialEq)]
pub enum Signer {
    P256(u8),
    P384(u8),
    P521(u8),
    Ed25519(u8),
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    /// Only for a TPM's certInfo.
    Rs1,
}

fn rsa() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(RSA).unwrap()
}

/// RSASSA-PKCS1-v1_5 with SHA-1, which no library signs with any more: RFC 8017, section 8.2.1, by hand.
fn rsa_sha1(message: &[u8]) -> Vec<u8> {
    use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
    use crypto_bigint::{BoxedUint, Odd};
    use sha1::Digest as _;
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, 2048).unwrap();
    let mut padded = vec![0x00, 0x01];
    padded.resize(256 - 36, 0xff);
    padded.extend(b"\x00\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14");
    padded.extend(sha1::Sha1::digest(message));
    let modulus = Odd::new(number(&Signer::modulus())).unwrap();
    let base = BoxedMontyForm::new(number(&padded), &BoxedMontyParams::new(modulus));
    base.pow(&number(&private_exponent())).retrieve().to_be_bytes().to_vec()
}

/// The third integer after the version in the RSAPrivateKey inside the PKCS #8 file.
fn private_exponent() -> Vec<u8> {
    use ::der::{Decode as _, Reader as _};
    let mut file = ::der::SliceReader::new(RSA).unwrap();
    let key = file
        .sequence(|inner| {
            inner.tlv_bytes()?;
            inner.tlv_bytes()?;
            Ok::<_, ::der::Error>(<&::der::asn1::OctetStringRef>::decode(inner)?.as_bytes().to_vec())
        })
        .unwrap();
    let mut key = ::der::SliceReader::new(&key).unwrap();
    let mut integers = ::der::SliceReader::new(<::der::asn1::AnyRef<'_>>::decode(&mut key).unwrap().value()).unwrap();
    let mut next = || ::der::asn1::UintRef::decode(&mut integers).unwrap().as_bytes().to_vec();
    // Version, modulus, public exponent, private exponent.
    next();
    next();
    next();
    next()
}

fn seed<const N: usize>(number: u8) -> [u8; N] {
    let mut seed = [number; N];
    seed[0] = 0;
    seed
}

impl Signer {
    fn p256(number: u8) -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&seed::<32>(number)).unwrap()
    }
    fn p384(number: u8) -> p384::ecdsa::SigningKey {
        p384::ecdsa::SigningKey::from_slice(&seed::<48>(number)).unwrap()
    }
    fn p521(number: u8) -> p521::ecdsa::SigningKey {
        p521::ecdsa::SigningKey::from_slice(&seed::<66>(number)).unwrap()
    }
    fn ed25519(number: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&seed::<32>(number)).unwrap()
    }

    /// The COSE number.
    pub fn algorithm(self) -> i64 {
        match self {
            Self::P256(_) => -7,
            Self::P384(_) => -35,
            Self::P521(_) => -36,
            Self::Ed25519(_) => -8,
            Self::Rs256 => -257,
            Self::Rs384 => -258,
            Self::Rs512 => -259,
            Self::Ps256 => -37,
            Self::Rs1 => -65535,
        }
    }

    /// The SEC 1 point, uncompressed, or the raw point.
    pub fn point(self) -> Vec<u8> {
        match self {
            Self::P256(n) => Self::p256(n).verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(n) => Self::p384(n).verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P521(n) => Self::p521(n).verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Ed25519(n) => Self::ed25519(n).public_key().as_ref().to_vec(),
            _ => panic!("RSA has no point"),
        }
    }

    pub fn modulus() -> Vec<u8> {
        ring::signature::RsaPublicKeyComponents::<Vec<u8>>::from(rsa().public()).n
    }

    pub fn cose(self) -> Entries {
        let mut entries = vec![(C::Int(1), C::Int(2)), (C::Int(3), C::Int(self.algorithm()))];
        let curve = match self {
            Self::P256(_) => 1,
            Self::P384(_) => 2,
            Self::P521(_) => 3,
            Self::Ed25519(_) => 6,
            _ => 0,
        };
        match self {
            Self::Ed25519(_) => {
                entries[0].1 = C::Int(1);
                entries.extend([(C::Int(-1), C::Int(6)), (C::Int(-2), C::Bytes(self.point()))]);
            }
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 => {
                entries[0].1 = C::Int(3);
                entries.extend([(C::Int(-1), C::Bytes(Self::modulus())), (C::Int(-2), bytes(&[1, 0, 1]))]);
            }
            _ => {
                let point = self.point();
                let (x, y) = point[1..].split_at(point.len() / 2);
                entries.extend([(C::Int(-1), C::Int(curve)), (C::Int(-2), bytes(x)), (C::Int(-3), bytes(y))]);
            }
        }
        entries
    }

    /// A signature as WebAuthn carries it.
    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        let with_rsa = |padding: &'static dyn ring::signature::RsaEncoding| {
            let key = rsa();
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        };
        match self {
            Self::P256(n) => {
                let signature: p256::ecdsa::Signature = Self::p256(n).sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384(n) => {
                let signature: p384::ecdsa::Signature = Self::p384(n).sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Self::P521(n) => {
                let signature: p521::ecdsa::Signature = Self::p521(n).sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Self::Ed25519(n) => Self::ed25519(n).sign(message).as_ref().to_vec(),
            Self::Rs256 => with_rsa(&RSA_PKCS1_SHA256),
            Self::Rs384 => with_rsa(&RSA_PKCS1_SHA384),
            Self::Rs512 => with_rsa(&RSA_PKCS1_SHA512),
            Self::Ps256 => with_rsa(&RSA_PSS_SHA256),
            Self::Rs1 => rsa_sha1(message),
        }
    }

    /// The subject public key info.
    pub fn spki(self) -> Vec<u8> {
        let ec = |curve: &str| der::seq(&[der::oid("1.2.840.10045.2.1"), der::oid(curve)]);
        let (algorithm, key) = match self {
            Self::P256(_) => (ec("1.2.840.10045.3.1.7"), self.point()),
            Self::P384(_) => (ec("1.3.132.0.34"), self.point()),
            Self::P521(_) => (ec("1.3.132.0.35"), self.point()),
            Self::Ed25519(_) => (der::seq(&[der::oid("1.3.101.112")]), self.point()),
            _ => (
                der::seq(&[der::oid("1.2.840.113549.1.1.1"), der::null()]),
                der::seq(&[der::uint(&Self::modulus()), der::uint(&[1, 0, 1])]),
            ),
        };
        der::seq(&[algorithm, der::bits(&key)])
    }

    /// The X.509 signature algorithm.
    pub fn x509(self) -> Vec<u8> {
        match self {
            Self::P256(_) => der::seq(&[der::oid("1.2.840.10045.4.3.2")]),
            Self::P384(_) => der::seq(&[der::oid("1.2.840.10045.4.3.3")]),
            Self::P521(_) => der::seq(&[der::oid("1.2.840.10045.4.3.4")]),
            Self::Ed25519(_) => der::seq(&[der::oid("1.3.101.112")]),
            _ => der::seq(&[der::oid("1.2.840.113549.1.1.11"), der::null()]),
        }
    }
}
