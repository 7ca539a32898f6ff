//! One normal form of a path, judged and forwarded alike; what could be read in two ways is refused.
//!
//! Path parameters (`;x=1`, to the next slash) alone are forwarded and not judged: servers of Java map a path without them, others
//! take them for a part of the name, and `;jsessionid=` stands on the first pages of many an application. So rules are looked up
//! by the path [without them](judged), and what guards `/withdraw` guards `/withdraw;x=1`.

use std::borrow::Cow;

/// Whether `target` (path and query) can mean only one thing to us and to any origin behind us.
///
/// Refused: `//`, dot segments, `%2f`, `%5c`, `\`, escapes of letters, digits, `-`, `.`, `_`, `~`, of `%` itself and of
/// control characters, escapes that are no UTF-8 (overlong ones among them), path parameters on dots (`..;`) and, but at the very
/// end, on nothing (`/;/`), control and non-ASCII bytes, and anything that does not start with one slash.
///
/// ```
/// use sekisho_edge::gate::is_plain_path;
/// assert!(is_plain_path("/home;v=1/a%20%E6%9C%88?x=%2f//") && is_plain_path("/;jsessionid=1"));
/// for odd in ["//a", "/a//b", "/a/../b", "/a/%2E%2e/b", "/a%2fb", "/a\\b", "/..;/b", "/a%00", "/%09/b", "/%61", "/%", "a"] {
///     assert!(!is_plain_path(odd), "{odd}");
/// }
/// ```
pub fn is_plain_path(target: &str) -> bool {
    let path = path_of(target);
    // Most paths are nothing but words between slashes: nothing in them could be read in two ways.
    let simple = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
    if target.len() == path.len() && path.bytes().all(simple) && !path.contains("//") && path.starts_with('/') {
        return true;
    }
    let odd = !target.bytes().all(|byte| byte.is_ascii_graphic()) || path.contains('\\') || has_odd_escape(path);
    if odd || !path.starts_with('/') {
        return false;
    }
    let named = judged(path);
    // A name that was nothing but parameters leaves two slashes in a row.
    !named.contains("//") && !named.split('/').any(|name| name == "." || name == "..")
}

/// Whether an escape spells a character that needs none (RFC 3986 §6.2.2.2) or that divides a path, so that the origin would read another
/// one than was judged, or a control character, which some readers drop and others stop at; or whether all together spell what is no
/// UTF-8, where some find a slash or a dot (`%c0%af`).
fn has_odd_escape(path: &str) -> bool {
    let odd = path.split('%').skip(1).any(|escape| {
        let code = escape.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        code.is_none_or(|code| code.is_ascii_alphanumeric() || code.is_ascii_control() || b"-._~/\\%".contains(&code))
    });
    odd || str::from_utf8(&decoded(path)).is_err()
}

/// The bytes of a text without its percent escapes.
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| str::from_utf8(digits).ok());
        let byte = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    bytes
}

/// The path of a target, without the query: as it is forwarded.
pub fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// The path by which rules are looked up: without the query and without path parameters.
///
/// ```
/// use sekisho_edge::gate::judged;
/// assert_eq!(judged("/withdraw;x=1/now%3Bjsessionid=2;y?to=3;4"), "/withdraw/now");
/// ```
pub fn judged(target: &str) -> Cow<'_, str> {
    let path = path_of(target);
    if !path.contains([';', '%']) {
        return Cow::Borrowed(path);
    }
    let path = path.replace("%3b", ";").replace("%3B", ";");
    Cow::Owned(path.split('/').map(|name| name.split(';').next().unwrap_or_default()).collect::<Vec<_>>().join("/"))
}

/// The return path that a login may lead to: a plain path of this site, never another host. Of ours there is one page that waits for
/// a login, where a form is sent on.
///
/// ```
/// use sekisho_edge::gate::return_path;
/// assert_eq!(return_path("/home?tab=1"), Some("/home?tab=1"));
/// for odd in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/%5cevil", "/login"] {
///     assert_eq!(return_path(odd).filter(|path| *path != "/login"), None, "{odd}");
/// }
/// ```
pub fn return_path(target: &str) -> Option<&str> {
    let page = !target.starts_with("/.sekisho/") || path_of(target) == crate::parked::PAGE;
    (target.len() <= 2048 && is_plain_path(target) && page).then_some(target)
}

#[cfg(test)]
mod tests;
