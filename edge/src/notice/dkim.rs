//! A letter signed for its sender's domain: DKIM (RFC 6376), by RSA or Ed25519 (RFC 8463), relaxed in header and body.

use crate::host::{MailSigner, Unreached};
use crate::keys::{MailAlgorithm, MailKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use sekisho_rules::Timestamp;

/// The headers that are signed: all that a letter of ours has and readers see.
const SIGNED: [&str; 7] = ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"];
/// As much of the signature as one line holds.
const LINE: usize = 72;

/// `message` with its signature in front. Its body is base64 in lines of their own, which relaxing (RFC 6376 §3.4.4) leaves as
/// they are.
///
/// # Errors
/// Where the platform's crypto refuses the key.
pub(super) async fn signed<S: MailSigner>(
    signer: &S,
    key: &MailKey,
    (domain, selector): (&str, &str),
    message: &str,
    at: Timestamp,
) -> Result<String, Unreached> {
    let (head, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
    let algorithm = match key.algorithm {
        MailAlgorithm::Rsa => "rsa-sha256",
        MailAlgorithm::Ed25519 => "ed25519-sha256",
    };
    let (seconds, names) = (at.as_millis() / 1_000, SIGNED.join(":"));
    let hash = STANDARD.encode(digest(&SHA256, body.as_bytes()));
    let tags = format!(
        "v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector};\r\n t={seconds}; h={names};\r\n bh={hash};\r\n b="
    );
    let unfolded = head.replace("\r\n ", " ");
    let mut lines: Vec<String> = SIGNED.iter().filter_map(|name| relaxed(&unfolded, name)).collect();
    lines.push(format!("dkim-signature:{}", tags.replace("\r\n ", " ")));
    let signing = lines.join("\r\n");
    let signature = match key.algorithm {
        MailAlgorithm::Rsa => signer.sign_mail(key, signing.as_bytes()).await?,
        MailAlgorithm::Ed25519 => signer.sign_mail(key, digest(&SHA256, signing.as_bytes()).as_ref()).await?,
    };
    let mut signed = format!("DKIM-Signature: {tags}");
    for (at, letter) in STANDARD.encode(signature).chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            signed.push_str("\r\n ");
        }
        signed.push(letter);
    }
    signed.push_str("\r\n");
    signed.push_str(message);
    Ok(signed)
}

/// The header `name` as RFC 6376 §3.4.2 relaxes it.
fn relaxed(unfolded: &str, name: &str) -> Option<String> {
    let line = unfolded
        .split("\r\n")
        .find(|line| line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name)))?;
    let (_, value) = line.split_once(':')?;
    let words: Vec<&str> = value.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    Some(format!("{name}:{}", words.join(" ")))
}
