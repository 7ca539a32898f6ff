//! What a browser would speak: those of the last years ask for HTTP/2 in the handshake and get it wherever it is offered.

use super::UserAgent;
use super::marks::{CHROME, EDGE, FIREFOX, OPERA, SAFARI, SAMSUNG};

/// Since when they have, well on the safe side.
const SINCE: [(&str, u16); 6] = [(CHROME, 60), (EDGE, 80), (FIREFOX, 60), (OPERA, 60), (SAFARI, 13), (SAMSUNG, 9)];

/// Whether `agent` is a browser that speaks HTTP/1 with no front that has HTTP/2, as Cloudflare's has. A program that borrows
/// a browser's name often does; so does a company's proxy that opens what passes through it.
pub fn asks_for_http2(agent: &UserAgent) -> bool {
    SINCE.iter().any(|(family, since)| agent.family == *family && agent.major >= *since)
}
