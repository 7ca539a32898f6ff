//! The security headers of every answer, strict unless a site says otherwise: `[headers]`. They are made once, here.

use super::read::Section;

/// What browsers may do with every answer, and what a logout makes them forget.
#[derive(Clone, Debug)]
pub struct Headers {
    /// The lines that every answer bears, ready to be set; in one whose name begins with `*` the shim puts the answer's nonce for
    /// [`NONCE`].
    pub every: Vec<(String, String)>,
    /// The same for what the application answers: its own Content-Security-Policy stays, and browsers keep to both (CSP3 §3.1).
    pub passed: Vec<(String, String)>,
    /// Whether each answer has a nonce of its own, which the application is told.
    pub nonce: bool,
    /// The value of `Clear-Site-Data` at logout; none where nothing is cleared.
    pub logout: Option<String>,
}

impl Headers {
    /// Whether pages tell this very site their path, by Referer (Referrer Policy §3).
    pub(super) fn tell_path(&self) -> bool {
        let telling = |value: &str| matches!(value, "strict-origin-when-cross-origin" | "same-origin");
        self.every.iter().any(|(name, value)| name == "referrer-policy" && telling(value))
    }
}

const HSTS: &str = "max-age=63072000; includeSubDomains; preload";
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), \
                           serial=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)";
/// Stands in a value for the nonce of one answer.
pub const NONCE: &str = "{nonce}";
/// What pages may load where a site does not say: scripts of its own and none in the page, no plug-ins, no other base, forms to itself
/// alone. Wasm is what our own keyboard runs on. No nonce: it would cost each answer random bits, for pages that mostly need none.
const POLICY: [&str; 4] =
    ["script-src 'self' 'wasm-unsafe-eval'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"];
/// What a browser can be told to forget (W3C Clear Site Data, section 3.1).
const CLEARED: [&str; 4] = ["cache", "cookies", "storage", "executionContexts"];

/// Reads the section of a site that browsers may hold to https, or not.
pub(super) fn read(headers: &mut Section, hold_to_https: bool) -> Headers {
    let mut every = vec![("x-content-type-options".to_owned(), "nosniff".to_owned())];
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            every.push((name.to_owned(), value));
        }
    };
    let frames = headers.one_of("frames", &["DENY", "SAMEORIGIN"]);
    add("x-frame-options", frames.to_owned());
    let referrer = ["strict-origin-when-cross-origin", "strict-origin", "same-origin", "no-referrer"];
    add("referrer-policy", headers.one_of("referrer", &referrer).to_owned());
    let opener = ["same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"];
    add("cross-origin-opener-policy", headers.one_of("opener", &opener).to_owned());
    let resource = ["same-origin", "same-site", "cross-origin"];
    add("cross-origin-resource-policy", headers.one_of("resource", &resource).to_owned());
    add("permissions-policy", headers.header_text("permissions").unwrap_or_else(|| PERMISSIONS.to_owned()));
    let hsts = headers.header_text("hsts").unwrap_or_else(|| HSTS.to_owned());
    if hold_to_https {
        add("strict-transport-security", hsts);
    }
    let policy = headers.perhaps("csp", Section::texts).unwrap_or_else(|| {
        let frames = if frames == "DENY" { "frame-ancestors 'none'" } else { "frame-ancestors 'self'" };
        POLICY.into_iter().chain([frames]).map(str::to_owned).collect()
    });
    if policy.iter().any(|part| !is_header_text(part) || part.contains([',', ';', '{'])) {
        headers.complain("csp", "must be a list of directives in printable ASCII, without , ; and {");
    }
    let worded = policy.join("; ");
    let policy = worded.replace("'nonce'", &format!("'nonce-{NONCE}'"));
    let nonce = policy != worded;
    let name = match headers.one_of("csp_mode", &["enforce", "report-only"]) {
        "enforce" => "content-security-policy",
        _ => "content-security-policy-report-only",
    };
    let mut passed = every.clone();
    // Without this one line browsers let nobody read across, whatever else the application says of it (Fetch §3.2.3).
    if headers.one_of("cors", &["closed", "origin"]) == "closed" {
        passed.push(("-access-control-allow-origin".to_owned(), String::new()));
    }
    if !policy.is_empty() {
        let mark = if nonce { "*" } else { "" };
        passed.push((format!("{mark}+{name}"), policy.clone()));
        every.push((format!("{mark}{name}"), policy));
    }
    Headers { every, passed, nonce, logout: logout(headers) }
}

fn logout(headers: &mut Section) -> Option<String> {
    let chosen = headers.chosen("logout_clears", &CLEARED, &["cache"]);
    (!chosen.is_empty()).then(|| chosen.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", "))
}

/// Whether a browser takes `text` for a header's value as it stands.
pub(super) fn is_header_text(text: &str) -> bool {
    text.len() <= 1_024 && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}
