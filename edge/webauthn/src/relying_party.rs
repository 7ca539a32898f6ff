//! Who we are to authenticators, and what we ask of them: set once, checked at setting, the same for every ceremony.

use crate::attestation::AttestationPolicy;
use crate::key::Algorithm;

/// A relying party and its policy. [`RelyingParty::new`] gives strict defaults; the fields may then be changed.
///
/// ```
/// use sekisho_webauthn::{RelyingParty, UserVerification};
/// let mut rp = RelyingParty::new("broker.example", "Example Securities", ["https://www.broker.example"])?;
/// assert_eq!(rp.user_verification, UserVerification::Required);
/// rp.timeout_ms = 120_000;
/// # Ok::<(), sekisho_webauthn::SetupError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// The RP ID: a host name, the same as that of the origins or a parent of it.
    pub id: String,
    /// The name the authenticator may show.
    pub name: String,
    /// The origins whose pages may run a ceremony, exactly as browsers write them. Compared whole: no suffixes, no
    /// wildcards. A related origin (WebAuthn Level 3, section 5.11) is simply one more entry.
    pub origins: Vec<String>,
    /// Whether the authenticator must verify the user. Default: required.
    pub user_verification: UserVerification,
    /// Whether a ceremony may run in a frame of another site. Default: refused.
    pub embedding: Embedding,
    /// The algorithms offered and accepted, preferred first. Default: ES256, EdDSA, RS256.
    pub algorithms: Vec<Algorithm>,
    /// What is asked and believed about the authenticator itself. Default: nothing asked, nothing judged.
    pub attestation: AttestationPolicy,
    /// What a signature counter that does not increase leads to. Default: it is reported.
    pub counter: CounterPolicy,
    /// How long the browser waits for the user, in milliseconds. Default: 300,000.
    pub timeout_ms: u32,
    /// The extensions asked for. Default: `credProps` only.
    pub extensions: Extensions,
}

/// Whether the authenticator must verify the user (PIN, finger, face).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UserVerification {
    /// A response without it is refused.
    #[default]
    Required,
    /// Asked for, not demanded.
    Preferred,
    /// Asked not to.
    Discouraged,
}

/// Whether a page of another site may run our ceremonies inside a frame.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Embedding {
    /// `crossOrigin` true, or a `topOrigin`, is refused.
    #[default]
    Refused,
    /// Allowed; where the browser names the page around the frame, it must be one of these origins.
    Within(Vec<String>),
    /// Allowed anywhere. Only for a service that exists to be embedded, and that shows its own name while it asks.
    Anywhere,
}

/// What a signature counter that does not increase leads to (WebAuthn Level 3, section 6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CounterPolicy {
    /// `clone_suspected` is set on the result; risk policy decides.
    #[default]
    Report,
    /// The authentication is refused.
    Refuse,
}

/// The extensions asked for at registration (and `prf` support reported back).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions {
    /// Ask whether the credential is discoverable.
    pub cred_props: bool,
    /// Ask for the pseudo-random function.
    pub prf: bool,
    /// Ask for storage beside the credential.
    pub large_blob: bool,
    /// Ask the authenticator to protect the credential by user verification (credProtect level 3).
    pub cred_protect: bool,
}

impl Default for Extensions {
    fn default() -> Self {
        Self { cred_props: true, prf: false, large_blob: false, cred_protect: false }
    }
}

/// Why a relying party cannot be set up so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The RP ID is not a lower-case host name.
    #[error("the RP ID must be a lower-case host name without scheme or port")]
    RpId,
    /// There is no origin.
    #[error("at least one origin is needed")]
    NoOrigin,
    /// An origin is not written as browsers write it.
    #[error("an origin must be https://host[:port] in lower case, without path (http only for localhost)")]
    Origin,
    /// No origin's host is the RP ID or below it, so no ceremony could succeed.
    #[error("no origin lies under the RP ID")]
    RpIdOutsideOrigins,
    /// A user handle must have 1 to 64 bytes.
    #[error("a user handle has 1 to 64 bytes")]
    UserHandle,
    /// A trust anchor is not a certificate this crate can use.
    #[error("a trust anchor is not a usable certificate")]
    TrustAnchor,
    /// A revocation list does not parse.
    #[error("a revocation list does not parse")]
    RevocationList,
}

impl RelyingParty {
    /// A relying party with strict defaults.
    ///
    /// # Arguments
    /// * `id`: the RP ID, for example `broker.example`.
    /// * `name`: shown by some authenticators.
    /// * `origins`: each exactly as a browser writes it, for example `https://www.broker.example`.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn new<O: Into<String>>(
        id: impl Into<String>,
        name: impl Into<String>,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, SetupError> {
        let id = id.into();
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        if !is_host(&id) {
            return Err(SetupError::RpId);
        }
        let hosts =
            origins.iter().map(|origin| host_of(origin)).collect::<Option<Vec<_>>>().ok_or(SetupError::Origin)?;
        if hosts.is_empty() {
            return Err(SetupError::NoOrigin);
        }
        if !hosts.into_iter().any(|host| is_under(host, &id)) {
            return Err(SetupError::RpIdOutsideOrigins);
        }
        Ok(Self {
            id,
            name: name.into(),
            origins,
            user_verification: UserVerification::default(),
            embedding: Embedding::default(),
            algorithms: vec![Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256],
            attestation: AttestationPolicy::default(),
            counter: CounterPolicy::default(),
            timeout_ms: 300_000,
            extensions: Extensions::default(),
        })
    }
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// The host of a canonical origin; none for any other spelling.
fn host_of(origin: &str) -> Option<&str> {
    let (rest, default_port, secure) = match (origin.strip_prefix("https://"), origin.strip_prefix("http://")) {
        (Some(rest), _) => (rest, "443", true),
        (_, Some(rest)) => (rest, "80", false),
        _ => return None,
    };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let port_is_canonical = port.is_none_or(|port| {
        port != default_port
            && !port.starts_with('0')
            && port.bytes().all(|b| b.is_ascii_digit())
            && port.parse::<u16>().is_ok()
    });
    (is_host(host) && port_is_canonical && (secure || is_under(host, "localhost"))).then_some(host)
}

fn is_under(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(id: &str, origins: &[&str]) -> Result<(), SetupError> {
        RelyingParty::new(id, "", origins.iter().copied()).map(|_| ())
    }

    #[test]
    fn only_canonical_origins_can_be_listed() {
        for good in ["https://a.example", "https://x.a.example:8443", "https://a.example:80"] {
            assert_eq!(setup("a.example", &[good]), Ok(()), "{good}");
        }
        assert_eq!(setup("localhost", &["http://localhost:8787"]), Ok(()));
        for bad in [
            "http://a.example",
            "https://A.example",
            "https://a.example/",
            "https://a.example:443",
            "https://a.example:",
            "https://a.example:08",
            "https://a.example:99999",
            "https://u@a.example",
            "https://a.example.",
            "a.example",
            "https://*.a.example",
        ] {
            assert_eq!(setup("a.example", &[bad]), Err(SetupError::Origin), "{bad}");
        }
    }

    #[test]
    fn the_rp_id_must_cover_an_origin() {
        assert_eq!(setup("example.com", &["https://evil-example.com"]), Err(SetupError::RpIdOutsideOrigins));
        assert_eq!(setup("a.example", &[]), Err(SetupError::NoOrigin));
        assert_eq!(setup("A.example", &["https://a.example"]), Err(SetupError::RpId));
        // A related origin may stand beside one of our own.
        assert_eq!(setup("a.example", &["https://a.example", "https://a.test"]), Ok(()));
    }
}
