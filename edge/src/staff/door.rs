//! What stands at staff's host: the relying party of their passkeys, and their page with the policy that it is shown under.

use crate::config::Staff;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use sekisho_webauthn::{RelyingParty, SetupError};

/// Staff's host.
pub struct Door {
    /// Who we are to staff's authenticators; the user is always verified.
    pub party: RelyingParty,
    /// The page, as the operator has it.
    pub page: String,
    /// Under which policy it is shown.
    pub policy: String,
}

impl Door {
    /// The door of a site's staff, without a page.
    ///
    /// # Errors
    /// Where the origin is not as browsers write it.
    pub fn new(staff: &Staff, name: &str) -> Result<Self, SetupError> {
        let party = RelyingParty::new(staff.host(), format!("{name} staff"), [staff.origin.as_str()])?;
        Ok(Self { party, page: String::new(), policy: policy("") })
    }

    /// Puts the page up.
    pub fn show(&mut self, page: &str) {
        self.policy = policy(page);
        page.clone_into(&mut self.page);
    }
}

/// Nothing but the page's own style and script, which talk to this host alone.
fn policy(page: &str) -> String {
    let source = |tag: &str| {
        let inside = page.split_once(&format!("<{tag}>")).and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")));
        let digest = digest(&SHA256, inside.map_or("", |(text, _)| text).as_bytes());
        format!("'sha256-{}'", STANDARD.encode(digest))
    };
    format!(
        "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'",
        source("style"),
        source("script")
    )
}
