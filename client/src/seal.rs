//! Seals a password to the edge's public key, so that it leaves this module's memory as ciphertext only.

use crate::json::hex;
use hpke::aead::ChaCha20Poly1305;
use hpke::inout::InOutBuf;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeS, Serializable as _, single_shot_seal_inout_detached_with_rng};
use rand_core::CryptoRng;
use sekisho_rules::Secret;
use sekisho_rules::sealing::{INFO, Place, SEALED, pad};

/// The sealed form of `text` for its `place`, in hex digits, made with the edge's public `key` (64 hex digits).
///
/// None where the text is too long for any rule, or the key is none.
pub fn seal<R: CryptoRng>(text: &Secret, place: &Place, key: &str, rng: &mut R) -> Option<String> {
    let mut padded = pad(text)?;
    let (encapsulated, tag) = seal_in_place(&mut padded, INFO, &place.aad(), &bytes(key)?, rng)?;
    let mut sealed = String::with_capacity(SEALED * 2);
    // Hex, although base64 is shorter: it costs no library, and a request stays below 2 KB.
    for part in [&encapsulated, &**padded, &tag] {
        sealed.extend(part.iter().copied().flat_map(hex));
    }
    Some(sealed)
}

/// SealBase (RFC 9180 §6.1) over `text`: the encapsulated key and the tag.
fn seal_in_place<R: CryptoRng>(
    text: &mut [u8],
    info: &[u8],
    aad: &[u8],
    key: &[u8],
    rng: &mut R,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(key).ok()?;
    let (encapsulated, tag) =
        single_shot_seal_inout_detached_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &key,
            info,
            InOutBuf::from(text),
            aad,
            rng,
        )
        .ok()?;
    Some((encapsulated.to_bytes().to_vec(), tag.to_bytes().to_vec()))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16).map(|digit| digit as u8);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::convert::Infallible;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{SeedableRng as _, TryCryptoRng, TryRng};

    /// Gives out the one `ikmE` of a vector.
    struct Given(Vec<u8>);

    impl TryRng for Given {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            panic!("a key is drawn as bytes")
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            panic!("a key is drawn as bytes")
        }

        fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
            to.copy_from_slice(&self.0);
            Ok(())
        }
    }

    impl TryCryptoRng for Given {}

    #[test]
    fn the_vectors_are_made_byte_for_byte() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/hpke.json")).unwrap();
        for vector in vectors["vectors"].as_array().unwrap() {
            let part = |name: &str| bytes(vector[name].as_str().unwrap()).unwrap();
            let mut text = part("pt");
            let mut rng = Given(part("ikmE"));
            let (encapsulated, tag) =
                seal_in_place(&mut text, &part("info"), &part("aad"), &part("pkRm"), &mut rng).unwrap();
            assert_eq!(encapsulated, part("enc"));
            assert_eq!([text, tag].concat(), part("ct"));
        }
    }

    #[test]
    fn every_password_gives_the_same_length_and_never_the_same_text() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let place = Place { attempt: "00", path: "/.sekisho/login", id: "1", field: "password" };
        let key = "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a";
        let mut seal = |text: &str| seal(&Secret::new(text.to_owned()), &place, key, &mut rng);
        let sealed = ["", "a", "a", "Hoshi-42-kawa#Q", &"漢".repeat(170)].map(|text| seal(text).unwrap());
        assert!(sealed.iter().all(|text| text.len() == SEALED * 2));
        assert_ne!(sealed[1], sealed[2]);
        assert_eq!(seal(&"x".repeat(513)), None);
    }

    #[test]
    fn what_is_no_key_seals_nothing() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let place = Place { attempt: "", path: "", id: "", field: "" };
        // The last is of small order: whoever knows nothing could open what was sealed to it.
        for key in ["", "43", "4", "zz", &"4g".repeat(32), &"00".repeat(33), &"00".repeat(32)] {
            assert_eq!(seal(&Secret::new("a".into()), &place, key, &mut rng), None, "{key}");
        }
    }
}
