//! What a site says of passkeys.

use super::read::Section;
use std::time::Duration;

/// Passkeys.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// The relying party id: the site's host or a parent domain of it.
    pub rp_id: String,
    /// How many an account may have.
    pub limit: u32,
    /// How old the login may be when a passkey is registered or removed.
    pub fresh: Duration,
    /// What a passkey that has shown that it works means to passwords.
    pub policy: PasskeyPolicy,
    /// What a passkey means to changes of how one logs in: whether it alone may prove them.
    pub account_change: PasskeyPolicy,
    /// What becomes of a login whose passkey may have been copied.
    pub clone: ClonePolicy,
    /// Other origins by which this very site is reached and that may use its passkeys.
    pub related_origins: Vec<String>,
}

/// What a passkey means to an operation: to a login, or to a change of how one logs in. As said here for logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyPolicy {
    /// Nothing: the owner may turn passwords off.
    Optional,
    /// They are off from then on; the owner may turn them on again.
    DefaultOn,
    /// They are off from then on.
    Required,
}

impl PasskeyPolicy {
    /// Its name in the config and to pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::DefaultOn => "default-on",
            Self::Required => "required",
        }
    }
}

/// What becomes of a login whose passkey's counter went back. Its owner hears of it in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClonePolicy {
    /// It is turned down.
    Refuse,
    /// It goes on.
    Notice,
}

/// Reads the section for a site on `host`.
pub(super) fn read(passkey: &mut Section, host: &str) -> Passkey {
    let rp_id = passkey.text("rp_id", host);
    let parent = host.strip_suffix(&rp_id).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if !parent {
        passkey.complain("rp_id", "must be the host of site.origin or a parent domain of it");
    }
    Passkey {
        rp_id,
        limit: passkey.number("limit", 10, 1..=50),
        fresh: passkey.duration("fresh", 600_000, 1_000..=86_400_000),
        policy: policy(passkey, "policy"),
        account_change: policy(passkey, "account_change"),
        clone: match passkey.one_of("clone", &["refuse", "notice"]) {
            "notice" => ClonePolicy::Notice,
            _ => ClonePolicy::Refuse,
        },
        related_origins: passkey.texts("related_origins"),
    }
}

fn policy(passkey: &mut Section, field: &str) -> PasskeyPolicy {
    match passkey.one_of(field, &["optional", "default-on", "required"]) {
        "default-on" => PasskeyPolicy::DefaultOn,
        "required" => PasskeyPolicy::Required,
        _ => PasskeyPolicy::Optional,
    }
}
