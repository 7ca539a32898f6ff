//! Proofs of possession: short JWTs by which whoever sends them shows that they have a key. The `dbsc+jwt` of Device Bound
//! Session Credentials and the `dpop+jwt` of RFC 9449 are read by one reader (RFC 7515 §5.2, RFC 8725).
//!
//! Whether a proof's challenge was issued, its URL asked for or its moment lately is the host's to say; here is said who
//! signed it. What must never enter: a second algorithm family, a key fetched from anywhere.

mod key;

pub use key::ProofKey;

use crate::ceremony::{Ceremony, Check, Demand};
use crate::error::{AtStep, Error, Fault, SpecStep, ensure};
use crate::key::Algorithm;
use crate::wire::base64url;
use crate::wire::json::{self, Json};

/// A proof by an RSA key of 8192 bits has some 3,600 characters; nothing longer is looked at.
pub const MAX_PROOF_BYTES: usize = 4096;

/// What a proof claims. Everything but `jti` may be missing; what is of another type counts as malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProofClaims {
    /// What makes it unlike any other; with DBSC the challenge.
    pub jti: String,
    /// Seconds since the epoch, where it is a whole number.
    pub iat: Option<u64>,
    /// The method of the request (RFC 9449 §4.2).
    pub htm: Option<String>,
    /// Its URL, without query and fragment.
    pub htu: Option<String>,
    /// The SHA-256 of the access token, base64url.
    pub ath: Option<String>,
    /// What the server gave to be put in.
    pub nonce: Option<String>,
    /// What the registration's header gave to be put in (DBSC).
    pub authorization: Option<String>,
}

/// A proof that was read. Nothing in it is proved before [`PossessionProof::begin`]'s ceremony is done.
#[derive(Debug)]
pub struct PossessionProof {
    algorithm: Algorithm,
    key: Option<ProofKey>,
    claims: ProofClaims,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

const fn step(number: u8) -> SpecStep {
    SpecStep::Proof(number)
}

impl PossessionProof {
    /// Reads a proof in compact form.
    ///
    /// # Arguments
    /// * `typ`: the one type that is taken, `dbsc+jwt` or `dpop+jwt`.
    /// * `text`: the JWT, as the header carries it.
    ///
    /// # Errors
    /// The step of RFC 7515 §5.2 that fails: of another type, of an algorithm other than ES256 and RS256, with `crit`, a key
    /// that is private, unsound or of another algorithm, a JSON member twice, a second spelling of base64url.
    pub fn read(typ: &str, text: &str) -> Result<Self, Error> {
        ensure(text.len() <= MAX_PROOF_BYTES, Fault::TooLong).at(step(1))?;
        let parts = || {
            let (signed, signature) = text.rsplit_once('.')?;
            let (header, payload) = signed.split_once('.')?;
            Some((signed, header, payload, signature))
        };
        let (signed, header, payload, signature) = parts().ok_or(Fault::Proof("not three parts")).at(step(1))?;
        let header = base64url::decode(header, "header").at(step(2))?;
        let header = object(&header).at(step(3))?;
        ensure(header.text("typ") == Ok(typ), Fault::Proof("the type is another one")).at(step(4))?;
        // Whatever `crit` names has to be understood, and nothing is.
        ensure(header.get("crit").is_none(), Fault::Proof("crit")).at(step(5))?;

        let algorithm = match header.text("alg").at(step(5))? {
            "ES256" => Algorithm::Es256,
            "RS256" => Algorithm::Rs256,
            _ => return Err(Fault::Proof("the algorithm is not accepted")).at(step(5)),
        };
        let key = header.get("jwk").map(ProofKey::of).transpose().at(step(5))?;
        let payload = base64url::decode(payload, "payload").at(step(6))?;
        let claims = claims(&object(&payload).at(step(6))?).at(step(6))?;
        let signature = base64url::decode(signature, "signature").at(step(7))?;
        let proof = Self { algorithm, key, claims, signed: signed.as_bytes().to_vec(), signature };
        if let Some(key) = &proof.key {
            ensure(key.algorithm() == algorithm, Fault::Key("the key is of another algorithm")).at(step(5))?;
        }
        Ok(proof)
    }

    /// The key in its header, which anybody may have put there.
    pub const fn key(&self) -> Option<&ProofKey> {
        self.key.as_ref()
    }

    /// What it claims, to find what it is to be held against.
    pub const fn claims(&self) -> &ProofClaims {
        &self.claims
    }

    /// Asks for the check of its signature under `key`.
    ///
    /// # Errors
    /// Step 8 where the key is of another algorithm than the proof, or the signature of another length than the key's.
    pub fn begin(self, key: &ProofKey) -> Result<Ceremony<ProofClaims>, Error> {
        let Self { algorithm, claims, signed, signature, .. } = self;
        ensure(key.algorithm() == algorithm, Fault::Key("the key is of another algorithm")).at(step(8))?;
        let check = Check::raw(algorithm.scheme(), key.public_key().clone(), signed, signature).at(step(8))?;
        let demand = Demand::one(check, Error { step: step(8), fault: Fault::Signature });
        Ok(Ceremony::new([demand], Ok(claims)))
    }
}

fn object(bytes: &[u8]) -> Result<Json<'_>, Fault> {
    let value = json::parse(bytes)?;
    ensure(value.is_object(), Fault::Json("not an object"))?;
    Ok(value)
}

fn claims(payload: &Json) -> Result<ProofClaims, Fault> {
    let text = |name| payload.optional_text(name).map(|text| text.map(str::to_owned));
    Ok(ProofClaims {
        jti: payload.text("jti")?.to_owned(),
        // The draft's own example writes it as text; who wants it as a number finds none.
        iat: payload.get("iat").and_then(Json::as_number),
        htm: text("htm")?,
        htu: text("htu")?,
        ath: text("ath")?,
        nonce: text("nonce")?,
        authorization: text("authorization")?,
    })
}
