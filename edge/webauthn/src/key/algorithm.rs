//! The signature algorithms: COSE numbers, what they mean, and signatures brought to one form.

use der::asn1::UintRef;
use der::{Decode as _, Reader as _, SliceReader};

use super::{Curve, Material, PublicKey};
use crate::error::{Fault, ensure};

/// A signature algorithm a credential may use, by its IANA COSE number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA, P-256, SHA-256 (-7).
    Es256,
    /// ECDSA, P-384, SHA-384 (-35).
    Es384,
    /// ECDSA, P-521, SHA-512 (-36).
    Es512,
    /// RSASSA-PKCS1-v1_5, SHA-256 (-257).
    Rs256,
    /// RSASSA-PKCS1-v1_5, SHA-384 (-258).
    Rs384,
    /// RSASSA-PKCS1-v1_5, SHA-512 (-259).
    Rs512,
    /// RSASSA-PSS, SHA-256 (-37).
    Ps256,
    /// Ed25519 (-8, EdDSA with the one curve WebAuthn gives it).
    EdDsa,
    /// Ed448 (-53).
    Ed448,
}

impl Algorithm {
    /// Every algorithm, strongest habit of today's authenticators first.
    pub const ALL: [Self; 9] = [
        Self::Es256,
        Self::EdDsa,
        Self::Rs256,
        Self::Es384,
        Self::Es512,
        Self::Ps256,
        Self::Rs384,
        Self::Rs512,
        Self::Ed448,
    ];

    /// The COSE number.
    pub const fn id(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Es384 => -35,
            Self::Es512 => -36,
            Self::Ps256 => -37,
            Self::Ed448 => -53,
            Self::Rs256 => -257,
            Self::Rs384 => -258,
            Self::Rs512 => -259,
        }
    }

    /// The algorithm of a COSE number, or none where this crate does not verify it.
    ///
    /// ```
    /// use sekisho_webauthn::Algorithm;
    /// for algorithm in Algorithm::ALL {
    ///     assert_eq!(Algorithm::from_id(algorithm.id()), Some(algorithm));
    /// }
    /// assert_eq!(Algorithm::from_id(-65535), None); // RSA with SHA-1
    /// ```
    pub fn from_id(id: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.id() == id)
    }

    /// How its signatures are made.
    pub const fn scheme(self) -> Scheme {
        match self {
            Self::Es256 => Scheme::Ecdsa(Hash::Sha256),
            Self::Es384 => Scheme::Ecdsa(Hash::Sha384),
            Self::Es512 => Scheme::Ecdsa(Hash::Sha512),
            Self::Rs256 => Scheme::RsaPkcs1(Hash::Sha256),
            Self::Rs384 => Scheme::RsaPkcs1(Hash::Sha384),
            Self::Rs512 => Scheme::RsaPkcs1(Hash::Sha512),
            Self::Ps256 => Scheme::RsaPss(Hash::Sha256),
            Self::EdDsa => Scheme::Ed25519,
            Self::Ed448 => Scheme::Ed448,
        }
    }

    /// The curve WebAuthn ties to an ECDSA algorithm (section 5.8.5).
    pub(crate) const fn curve(self) -> Option<Curve> {
        match self {
            Self::Es256 => Some(Curve::P256),
            Self::Es384 => Some(Curve::P384),
            Self::Es512 => Some(Curve::P521),
            _ => None,
        }
    }
}

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// Only for the `certInfo` of old TPMs.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// How a signature is made; certificates know pairs of curve and digest that credentials do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA; the curve is the key's. Signatures are r and s, each as long as a coordinate.
    Ecdsa(Hash),
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS, MGF1 and salt length of the same digest.
    RsaPss(Hash),
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
}

/// What the operator's log calls a COSE number, also of algorithms that are refused.
pub(crate) fn algorithm_name(id: i64) -> &'static str {
    match id {
        -7 => "ES256",
        -8 => "EdDSA",
        -9 => "ESP256",
        -19 => "Ed25519",
        -35 => "ES384",
        -36 => "ES512",
        -37 => "PS256",
        -38 => "PS384",
        -39 => "PS512",
        -47 => "ES256K",
        -48 => "ML-DSA-44",
        -49 => "ML-DSA-65",
        -50 => "ML-DSA-87",
        -51 => "ESP384",
        -52 => "ESP512",
        -53 => "Ed448",
        -257 => "RS256",
        -258 => "RS384",
        -259 => "RS512",
        -65535 => "RS1",
        _ => "unnamed",
    }
}

/// Brings a signature as WebAuthn and X.509 carry it to the form [`Scheme`] states, refusing every second spelling.
pub(crate) fn normalise_signature(key: &PublicKey, scheme: Scheme, signature: &[u8]) -> Result<Vec<u8>, Fault> {
    ensure(key.fits(scheme), Fault::Key("the key is of another algorithm"))?;
    match &key.0 {
        Material::Ec { curve, .. } => raw_from_der(signature, curve.coordinate_bytes()),
        _ => exact(signature, key.signature_bytes()),
    }
}

fn exact(signature: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    if signature.len() == length { Ok(signature.to_vec()) } else { Err(Fault::Signature) }
}

fn raw_from_der(signature: &[u8], width: usize) -> Result<Vec<u8>, Fault> {
    let read = || -> der::Result<(Vec<u8>, Vec<u8>)> {
        let mut reader = SliceReader::new(signature)?;
        let pair = reader.sequence(|inner| {
            let r = UintRef::decode(inner)?;
            let s = UintRef::decode(inner)?;
            Ok::<_, der::Error>((r.as_bytes().to_vec(), s.as_bytes().to_vec()))
        })?;
        reader.finish()?;
        Ok(pair)
    };
    let (r, s) = read().map_err(|_| Fault::Signature)?;
    let mut raw = Vec::with_capacity(2 * width);
    for number in [r, s] {
        let pad = width.checked_sub(number.len()).ok_or(Fault::Signature)?;
        raw.resize(raw.len() + pad, 0);
        raw.extend(number);
    }
    Ok(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_signatures_have_one_spelling() {
        let good = [0x30, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x07];
        let raw = raw_from_der(&good, 32).unwrap();
        assert_eq!((raw.len(), raw[31], raw[63]), (64, 5, 7));
        for bad in [
            &[0x30, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x07, 0x00][..], // a byte after it
            &[0x30, 0x07, 0x02, 0x01, 0x05, 0x02, 0x01, 0x07, 0x00],     // a byte inside after s
            &[0x30, 0x07, 0x02, 0x02, 0x00, 0x05, 0x02, 0x01, 0x07],     // r with a needless zero
            &[0x30, 0x06, 0x02, 0x01, 0x85, 0x02, 0x01, 0x07],           // r negative
            &[0x30, 0x81, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x07],     // long form of a short length
            &[0x31, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x07],           // a set
            &[0x30, 0x03, 0x02, 0x01, 0x05],                             // no s
            &[],
        ] {
            assert_eq!(raw_from_der(bad, 32), Err(Fault::Signature), "{bad:x?}");
        }
        let mut wide = vec![0x30, 0x26, 0x02, 0x21, 0x01];
        wide.extend([0; 32]);
        wide.extend([0x02, 0x01, 0x07]);
        assert_eq!(raw_from_der(&wide, 32), Err(Fault::Signature), "r longer than a coordinate");
    }
}
