//! Apps that are no browser: a token that is good for whoever has the key that it was handed out for, and for nobody else
//! (DPoP, RFC 9449).
//!
//! An app logs in as a page does and exchanges its cookie, once, for a token onto the same session. From then on each request
//! brings `Authorization: DPoP TOKEN` and a proof of its own, signed by the app's key, for this method, this address, this
//! token and this moment. The account sees the signature and that no proof comes twice, so each request asks it: there is no
//! lease, an ended session ends at once. What must never enter: a cookie, a token without a proof.

mod exchange;
#[cfg(test)]
pub(crate) mod tests;
mod token;

pub(crate) use exchange::exchange;
pub(crate) use token::Token;

use crate::House;
use crate::account::{Command, Reply};
use crate::bound::Place;
use crate::gate::{Cookie, Packed, path_of};
use crate::host::{Accounts, Unreached};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use sekisho_rules::{Refusal, Standing, Timestamp};
use sekisho_webauthn::PossessionProof;
use std::time::Duration;

/// The type of the proofs (RFC 9449 §4.2).
pub(crate) const TYP: &str = "dpop+jwt";
/// How old a proof may be, and for how long it is remembered.
pub(crate) const AGE: Duration = Duration::from_secs(60);
/// How far the app's clock may be ahead.
pub(crate) const SKEW: Duration = Duration::from_secs(5);

/// What a request brings to show that it has a token's key.
#[derive(Clone, Copy)]
pub(crate) struct Brought<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// By which of the site's origins it came.
    pub entrance: u8,
    /// Its path.
    pub path: &'a str,
    /// `DPoP`: the proof.
    pub proof: &'a str,
    /// Whether it is the app's own doing.
    pub background: bool,
}

/// Why a token counts for nothing.
pub(crate) enum Denied {
    Refused(Refusal),
    Unreached(Unreached),
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The token of an `Authorization` header that names this scheme; the scheme's name in any case (RFC 9110 §11.1).
pub(crate) fn token_of(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("dpop").then(|| token.trim())
}

/// `WWW-Authenticate` where a token is refused: what is wrong with it, or with the proof (RFC 9449 §7.1).
pub(crate) fn challenge(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::ProofRefused => Some("DPoP error=\"invalid_dpop_proof\", algs=\"ES256 RS256\""),
        Refusal::NoSession | Refusal::SessionIdle => Some("DPoP error=\"invalid_token\", algs=\"ES256 RS256\""),
        _ => None,
    }
}

/// What becomes of a token whose session is over.
fn gone(standing: Standing) -> Denied {
    match standing {
        Standing::Idle => Refusal::SessionIdle.into(),
        _ => Refusal::NoSession.into(),
    }
}

impl<'a> Brought<'a> {
    /// What a page request brings.
    pub fn of(request: &Packed<'a>, house: &House) -> Self {
        Self {
            method: request.method,
            entrance: request.entrance(house.config()),
            path: path_of(request.target()),
            proof: request.proof,
            background: request.is_background(),
        }
    }
}

impl House {
    /// The session that a token stands for, once the account has seen the proof; a customer's request otherwise like any other.
    ///
    /// # Errors
    /// `no_session` and `session_idle` as with a cookie, `proof_refused` for a proof that is not good for this request, or that
    /// nobody could be asked.
    pub(crate) async fn possessed<H: Accounts>(
        &self,
        host: &H,
        now: Timestamp,
        text: &str,
        brought: &Brought<'_>,
    ) -> Result<Cookie, Denied> {
        let token = Token::open(text, &self.keys).ok_or(Refusal::NoSession)?;
        let key = token.session();
        if let Some(standing) = self.over(key, now) {
            return Err(gone(standing));
        }
        self.is_for(brought, Some(text), now)?;
        let command = Command::Prove { session: key, proof: brought.proof.to_owned(), background: brought.background };
        let session = match host.account(token.account, command).await.map_err(Denied::Unreached)? {
            Reply::Session(session) => session,
            Reply::Gone(standing) => {
                self.is_over(key, standing, now);
                return Err(gone(standing));
            }
            Reply::Refused { refusal, .. } => return Err(refusal.into()),
            _ => return Err(Denied::Unreached(Unreached("the account answered out of turn".into()))),
        };
        // For the statement alone, which is so signed once a minute.
        let minute = Timestamp::from_millis(now.as_millis() / 60_000 * 60_000) + Duration::from_secs(60);
        let lease = minute.min(session.deadline);
        let (entrance, place) = (brought.entrance, Place::default());
        Ok(Cookie { account: token.account, id: token.id, entrance, lease, place, session })
    }

    /// Whether a proof claims to be for this request, this token and this moment (RFC 9449 §4.3, steps 8 to 12). Who signed it, and
    /// whether it was used, is the account's to see.
    pub(crate) fn is_for(&self, brought: &Brought, token: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
        let proof = PossessionProof::read(TYP, brought.proof).map_err(|_| Refusal::ProofRefused)?;
        let claims = proof.claims();
        let lately = claims.iat.and_then(|iat| iat.checked_mul(1_000)).map(Timestamp::from_millis);
        let lately = lately.is_some_and(|at| at <= now + SKEW && now - at <= AGE);
        let ath = token.map(|text| URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes())));
        let same = claims.htm.as_deref() == Some(brought.method)
            && claims
                .htu
                .as_deref()
                .is_some_and(|htu| is_same(htu, self.config().origin_of(brought.entrance), brought.path));
        let named = proof.key().is_some() && !claims.jti.is_empty() && claims.jti.len() <= 256;
        if lately && same && named && claims.ath == ath { Ok(()) } else { Err(Refusal::ProofRefused) }
    }
}

/// Whether `claimed` is the address of `path` at `origin`, as RFC 3986 §6.2.2 and §6.2.3 have it: scheme and host in any case, the
/// scheme's own port left out or not, no path as `/`; query and fragment do not count.
fn is_same(claimed: &str, origin: &str, path: &str) -> bool {
    fn parts(url: &str) -> Option<(String, String, &str)> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.to_ascii_lowercase();
        let own = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.strip_suffix(own).unwrap_or(&authority).to_owned();
        Some((scheme, authority, if path.is_empty() { "/" } else { path }))
    }
    match (parts(claimed), parts(origin)) {
        (Some(claimed), Some((scheme, authority, _))) => claimed == (scheme, authority, path),
        _ => false,
    }
}
