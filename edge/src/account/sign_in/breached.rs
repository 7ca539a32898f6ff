//! Whether a password that is to be set is in a published collection of breached ones, asked by k-anonymity: the collection is
//! told five of the forty hex digits of the password's SHA-1, answers with all that begin so, padded to hide how many there
//! are, and never learns which was meant. Off unless the config names a collection.

use super::super::Room;
use super::super::reply::Complaint;
use crate::host::{Outside, Store};
use http::{Request, header};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use sekisho_rules::Secret;
use zeroize::Zeroizing;

/// How many hex digits the collection is told.
const TOLD: usize = 5;

impl<S: Store, O: Outside> Room<'_, S, O> {
    /// The complaint about a password that is in the collection. None where it is not, or where the collection does not
    /// answer: a service that is down must keep nobody from a new password, and the list of common ones is in the rules.
    pub(in crate::account) async fn breached(&self, password: &Secret) -> Option<Complaint> {
        let asked = self.house.config.breached.as_ref()?;
        let digits = digits(password);
        let (told, kept) = digits.split_at_checked(TOLD)?;
        let mut request = Request::new(Vec::new());
        *request.uri_mut() = format!("{}{told}", asked.url).parse().ok()?;
        request.headers_mut().insert("add-padding", header::HeaderValue::from_static("true"));
        let answer = self.outside.send(request, asked.timeout).await.ok().filter(|answer| answer.status() == 200)?;
        let listed = std::str::from_utf8(answer.body()).ok()?.lines().any(|line| is(line, kept));
        listed.then(|| Complaint { code: "breached".to_owned(), severity: "refuse".to_owned() })
    }
}

/// Upper-case hex digits of the SHA-1, which is what such collections are indexed by; it protects nothing here.
fn digits(password: &Secret) -> Zeroizing<String> {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.expose().as_bytes());
    Zeroizing::new(crate::wire::to_hex(hash.as_ref()).to_ascii_uppercase())
}

/// Whether a line `<35 digits>:<count>` is of a hash that ends in `kept`. Padding counts zero.
fn is(line: &str, kept: &str) -> bool {
    line.trim_end()
        .split_once(':')
        .is_some_and(|(rest, count)| rest.eq_ignore_ascii_case(kept) && count.parse().is_ok_and(|count: u64| count > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_the_digits_of_its_hash() {
        // FIPS 180 has this value for "abc".
        assert_eq!(*digits(&Secret::new("abc".into())), "A9993E364706816ABA3E25717850C26C9CD0D89D");
    }

    #[test]
    fn padding_and_other_lines_are_no_hit() {
        let kept = "0".repeat(35);
        for (line, hit) in [("3", true), ("1\r", true), ("0", false), ("", false), ("x", false), ("-1", false)] {
            assert_eq!(is(&format!("{kept}:{line}"), &kept), hit, "{line}");
        }
        for line in ["", ":", "0:1", &kept, &format!("{}1:1", "0".repeat(34)), &format!("0{kept}:1")] {
            assert!(!is(line, &kept), "{line}");
        }
    }
}
