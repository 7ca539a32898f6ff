//! Where the broker's staff work: `[staff]`.

use super::host_of;
use super::read::Section;

/// The host name of staff's own.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Scheme, host and port as staff's browsers show them, without a slash at the end.
    pub origin: String,
}

impl Staff {
    /// Host and port, as a request names them.
    pub fn authority(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The host without the port: the relying party of staff's passkeys.
    pub fn host(&self) -> &str {
        host_of(&self.origin)
    }
}

/// Reads the section beside a site that is reached by `origins`.
pub(super) fn read<'a>(staff: &mut Section, mut origins: impl Iterator<Item = &'a String>) -> Staff {
    let read = Staff { origin: staff.origin("origin") };
    // Cookies know no port, and a passkey of one would be asked for on the other.
    if !read.origin.is_empty() && origins.any(|origin| host_of(origin).eq_ignore_ascii_case(read.host())) {
        staff.complain("origin", "must be another host than the site's, its entrances' and passkey.related_origins'");
    }
    read
}
