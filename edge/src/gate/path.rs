//! One normal form of a path, judged and forwarded alike; what could be read in two ways is refused.

/// Whether `target` (path and query) can mean only one thing to us and to any origin behind us.
///
/// Refused: `//`, dot segments, `%2f`, `%5c`, `\`, escapes of letters, digits, `-`, `.`, `_`, `~`, of `%` itself and of
/// control characters, path parameters on dots (`..;`), control and non-ASCII bytes, and anything that does not start
/// with one slash.
///
/// ```
/// use sekisho_edge::gate::is_plain_path;
/// assert!(is_plain_path("/home/a%20b?x=%2f//"));
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
    if !path.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic()) || path.contains('\\') {
        return false;
    }
    let lower = path.to_ascii_lowercase();
    if ["//", "%2f", "%5c", "%25"].iter().any(|odd| lower.contains(odd)) {
        return false;
    }
    if has_odd_escape(&lower) {
        return false;
    }
    !lower.replace("%3b", ";").split('/').any(|segment| {
        let name = segment.split(';').next().unwrap_or_default();
        name == "." || name == ".."
    })
}

/// Whether an escape spells a character that needs none (RFC 3986 §6.2.2.2), so that the origin would read another path
/// than the one that was judged, or a control character, which some readers drop and others stop at.
fn has_odd_escape(path: &str) -> bool {
    path.split('%').skip(1).any(|escape| {
        let code = escape.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        code.is_none_or(|code| code.is_ascii_alphanumeric() || code.is_ascii_control() || b"-._~".contains(&code))
    })
}

/// The path of a target, without the query.
pub fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
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
