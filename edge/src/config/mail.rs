//! Where letters are handed in: at a mail API, or at a mail server.

use super::read::Section;

/// Where letters are handed in.
#[derive(Clone, Debug)]
pub struct Mail {
    /// How.
    pub transport: Transport,
    /// The sender's address.
    pub from: String,
}

/// How letters are handed in.
#[derive(Clone, Debug)]
pub enum Transport {
    /// At the mail API of this URL.
    Api(String),
    /// At a mail server.
    Smtp(Submission),
}

/// A mail server that takes letters from who logs in to it (RFC 6409).
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it is encrypted from the first byte (RFC 8314); otherwise from STARTTLS on, without which nothing is said.
    pub encrypted: bool,
    /// As whom to log in; the password is `SEKISHO_MAIL_TOKEN`.
    pub user: String,
    /// Under which name the sender's domain publishes the key of `SEKISHO_DKIM_KEY` (RFC 6376 §3.1).
    pub selector: String,
}

impl Mail {
    /// Whether letters cannot be signed for want of the name under which the key is published.
    pub(crate) fn lacks_selector(&self) -> bool {
        matches!(&self.transport, Transport::Smtp(server) if server.selector.is_empty())
    }
}

pub(super) fn read(mail: &mut Section) -> Mail {
    let mut transport = transport(mail);
    let from = mail.required("from");
    let user = mail.text("user", &from);
    let selector = mail.text("selector", "");
    if let Transport::Smtp(server) = &mut transport {
        (server.user, server.selector) = (user, selector);
    }
    Mail { transport, from }
}

fn transport(mail: &mut Section) -> Transport {
    let url = mail.peek("url");
    let server = url.strip_prefix("smtps://").map(|rest| (rest, true, 465));
    let Some((rest, encrypted, usual)) = server.or(url.strip_prefix("smtp://").map(|rest| (rest, false, 587))) else {
        return Transport::Api(mail.url("url"));
    };
    let rest = rest.to_owned();
    mail.required("url");
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => {
            (host, Some(port).filter(|port| !port.starts_with(['0', '+'])).and_then(|port| port.parse().ok()))
        }
        None => (rest.as_str(), Some(usual)),
    };
    let named = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if !named || port.is_none() {
        mail.complain(
            "url",
            "must be smtps://HOST:PORT or smtp://HOST:PORT, the port left out for 465 and 587, and nothing behind",
        );
    }
    let (user, selector) = Default::default();
    Transport::Smtp(Submission { host: host.to_owned(), port: port.unwrap_or(usual), encrypted, user, selector })
}
