//! Verifies a blob of the FIDO Metadata Service and prints what a relying party needs of it, as one line of JSON.
//!
//! `cargo run --release -p sekisho-webauthn --example metadata -- BLOB.jwt ROOT [REVOKED ...] > new.json && mv new.json authenticators.json`
//!
//! `ROOT` is the certificate that the blob's chain must lead to; the lists of revoked certificates are those of the chain's
//! issuers; each in DER or PEM. A blob that does not verify now prints nothing and ends with an error. Blobs are numbered: keep
//! the number that was last used, and take no lower one.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for the command line: it prints, and takes the clock of its machine"
)]

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sekisho_rules::Timestamp;
use sekisho_webauthn::{Metadata, RevocationList, RingVerifier, TrustAnchor};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [blob, root, lists @ ..] = arguments.as_slice() else {
        return Err("usage: metadata BLOB.jwt ROOT [REVOKED ...]".into());
    };
    let jwt = std::fs::read_to_string(blob)?;
    let anchors = [TrustAnchor::from_der(&der(root)?).map_err(|_| format!("{root} is no certificate"))?];
    let mut revoked = Vec::new();
    for list in lists {
        revoked.push(RevocationList::from_der(&der(list)?).map_err(|_| format!("{list} is no revocation list"))?);
    }
    let now = Timestamp::from_millis(u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?);
    let metadata = pollster::block_on(Metadata::begin(&jwt, &anchors, &revoked, now)?.run(&RingVerifier))?;
    println!("{}", metadata.summary());
    Ok(())
}

/// The bytes of a file in DER, or of one in PEM that holds a single block.
fn der(file: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    if !bytes.starts_with(b"-----BEGIN ") {
        return Ok(bytes);
    }
    let text = String::from_utf8(bytes)?;
    let inside: String = text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    Ok(STANDARD.decode(inside)?)
}
