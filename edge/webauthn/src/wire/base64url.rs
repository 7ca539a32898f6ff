//! Canonical base64url: no padding, no stray bits, no other alphabet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Fault;

/// Decodes `text`; two different texts never give the same bytes.
pub(crate) fn decode(text: &str, field: &'static str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Base64Url(field))
}

/// The one text that `bytes` have.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_is_taken() {
        assert_eq!(decode("-_8", "x").unwrap(), [0xfb, 0xff]);
        for bad in ["-_8=", "+/8", "-_9", "-_8 ", "-", "-_8\n"] {
            assert_eq!(decode(bad, "x"), Err(Fault::Base64Url("x")), "{bad}");
        }
    }
}
