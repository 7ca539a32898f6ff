//! What anybody may know: the site, its public keys.

use crate::config::host_of;
use crate::host::Host;
use crate::routes::{Answer, Asked, json, set};
use http::{Response, StatusCode};
use sekisho_rules::password::Warning;
use serde_json::json as document;

/// What pages and the client package may know of the site.
pub(crate) fn site<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let config = asked.config();
    let (site, rule) = (&config.site, asked.channel().map_or(config.session, |channel| channel.session).idle);
    let origin = config.origin_of(asked.entrance());
    let rules = &config.password.rules;
    let refusing = Warning::ALL.into_iter().filter(|warning| rules.refuses(*warning));
    json(&document!({
        "broker": {
            "name": site.name, "name_en": site.name_en, "phone": site.phone, "hours": site.hours,
            "domain": host_of(origin),
        },
        "origin": origin,
        "passkey": { "rp_id": config.passkey.rp_id, "rp_name": site.name, "policy": config.passkey.policy.name() },
        "second_factor": asked.second_factor(),
        "password_profile": config.password.profile,
        "password_rules": {
            "min_length": rules.min_length(), "max_length": rules.max_length(), "min_kinds": rules.min_kinds(),
            "symbols": rules.symbols(), "refuse": refusing.map(|warning| warning.code()).collect::<Vec<_>>(),
        },
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

/// Where passkeys are made and managed, for the programs that keep them (W3C, passkey endpoints).
pub(crate) fn passkey_endpoints<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let config = asked.config();
    let page = format!("{}{}", config.site.origin, config.login.settings);
    let mut response = json(&document!({ "enroll": page, "manage": page }))?;
    set(response.headers_mut(), "cache-control", "public, max-age=3600");
    Ok(response)
}

/// Which origins may use this site's passkeys, for browsers (WebAuthn L3 §5.11).
pub(crate) fn related_origins<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let mut response = json(&document!({ "origins": asked.house.relying_party().origins }))?;
    set(response.headers_mut(), "cache-control", "public, max-age=3600");
    Ok(response)
}

/// Where the password is changed, for the programs that keep it (W3C, change-password URL).
pub(crate) fn change_password_page<H: Host>(asked: &Asked<'_, H>) -> Answer {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    set(response.headers_mut(), "location", &asked.config().login.settings);
    Ok(response)
}
