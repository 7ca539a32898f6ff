//! What a browser would speak: those of the last years ask for HTTP/2 in the handshake and get it wherever it is offered, and no
//! longer know TLS 1.0 and 1.1 (RFC 8996).

use super::UserAgent;
use super::marks::{CHROME, EDGE, FIREFOX, OPERA, SAFARI, SAMSUNG};

/// Since when they do the one, and since when the other, well on the safe side.
const SINCE: [(&str, u16, u16); 6] =
    [(CHROME, 60, 98), (EDGE, 80, 98), (FIREFOX, 60, 100), (OPERA, 60, 84), (SAFARI, 13, 16), (SAMSUNG, 9, 18)];

/// Whether `agent` is a browser that speaks HTTP/1 with no front that has HTTP/2, as Cloudflare's has. A program that borrows
/// a browser's name often does; so does a company's proxy that opens what passes through it.
pub fn asks_for_http2(agent: &UserAgent) -> bool {
    SINCE.iter().any(|(family, since, _)| agent.family == *family && agent.major >= *since)
}

/// Whether `agent` is a browser that could not have opened a connection by TLS 1.0 or 1.1.
pub fn knows_no_old_tls(agent: &UserAgent) -> bool {
    SINCE.iter().any(|(family, _, since)| agent.family == *family && agent.major >= *since)
}
