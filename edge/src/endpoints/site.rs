//! What anybody may know: the site, its public keys.

use crate::host::Host;
use crate::routes::{Answer, Asked, json, set};
use serde_json::json as document;

/// What pages and the client package may know of the site.
pub(crate) fn site<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let config = asked.config();
    let (site, rule) = (&config.site, config.session.idle);
    json(&document!({
        "broker": {
            "name": site.name, "name_en": site.name_en, "phone": site.phone, "hours": site.hours,
            "domain": config.host(),
        },
        "origin": site.origin,
        "passkey": { "rp_id": config.passkey.rp_id, "rp_name": site.name },
        "second_factor": config.login.second_factor.name(),
        "password_profile": "jp-broker",
        "session": {
            "timeout_ms": u64::try_from(rule.timeout.as_millis()).unwrap_or_default(),
            "window_ms": u64::try_from(rule.renewal_window.as_millis()).unwrap_or_default(),
        },
    }))
}

/// The public keys of the signed statement; kept for five minutes, so that a rotation is seen soon.
pub(crate) fn jwks<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let mut response = json(&asked.house.keys.jwks())?;
    set(response.headers_mut(), "cache-control", "public, max-age=300");
    Ok(response)
}
