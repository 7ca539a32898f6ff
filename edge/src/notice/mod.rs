//! Which letter, to whom, in which words; handed in at a mail API as JSON.
//!
//! No letter holds a link, a password or a full network address. What must never enter: when a letter is due.

pub(crate) mod address;
mod dkim;
mod message;
mod place;
mod sms;
mod smtp;
mod wording;

pub(crate) use place::place;
pub(crate) use sms::{mobile, send_sms};
pub(crate) use wording::{channel, escape, moment};

use crate::House;
use crate::account::{Profile, Visit};
use crate::config::{Config, Transport};
use crate::host::{Outside, Unicode, Unreached};
use crate::origin::{encode, post};
use sekisho_rules::{Secret, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long the mail API may take.
const LIMIT: Duration = Duration::from_secs(10);

/// A letter to the customer: what happened, when, and in which language it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What happened.
    pub matter: Matter,
    /// When.
    pub at: Timestamp,
    /// `ja` or `en`.
    pub lang: String,
    /// From where it was done; none where nobody did it, or where that is nobody's to know.
    pub seen: Option<Seen>,
}

/// From where something was done, as far as letters tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The channel's name in the config.
    pub channel: String,
    /// Browser family and system.
    pub client: String,
    /// Where it was, as [`Visit::place`].
    #[serde(default)]
    pub place: String,
}

impl From<&Visit> for Seen {
    fn from(visit: &Visit) -> Self {
        Self { channel: visit.channel.clone(), client: visit.client.clone(), place: visit.place.clone() }
    }
}

/// What a letter tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// The account is open.
    Opened {
        /// Its number.
        number: String,
    },
    /// A login was completed.
    Login,
    /// A login was completed from a device that the account did not know.
    NewDevice,
    /// A login by passkey was completed that is unlike its owner's.
    Unusual,
    /// A right password was not enough, and there was nothing else to ask for.
    SentToDesk,
    /// Sessions were ended from another one.
    SessionsEnded,
    /// The code that was sent for a login was entered wrongly until it became void.
    CodeFailed,
    /// Password logins are held until then.
    Locked(Timestamp),
    /// A passkey's counter went back: it may have been copied, and was turned down.
    PasskeySuspected {
        /// Its name.
        name: String,
    },
    /// The same, and it was accepted.
    PasskeySuspectedUsed {
        /// Its name.
        name: String,
    },
    /// The mail address was confirmed.
    AddressVerified,
    /// The verified address is another one now, here masked.
    AddressChanged(String),
    /// The desk has written another address down, here masked, which the code of the next login confirms.
    AddressByDesk(String),
    /// Codes of logins may go to this mobile number now, here masked.
    NumberVerified(String),
    /// This mobile number, here masked, gets no codes any more.
    NumberRemoved(String),
    /// The change of the verified address was stopped: the one before it counts, and no password opens the account.
    AddressStopped,
    /// The owner has locked the account.
    OwnLock,
    /// The broker's staff have ended every session.
    EndedByStaff,
    /// Logins by password are no longer held: a passkey or the desk has released them.
    Released,
    /// The password was changed.
    PasswordChanged,
    /// No password opens the account from now on, or one does again.
    PasskeyOnly(bool),
    /// A passkey was registered.
    PasskeyAdded {
        /// Its name.
        name: String,
    },
    /// A passkey was given another name.
    PasskeyRenamed {
        /// The name before.
        before: String,
        /// The name now.
        name: String,
    },
    /// A passkey was removed.
    PasskeyRemoved {
        /// Its name.
        name: String,
    },
}

/// A letter as the customer reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Letter {
    pub(crate) fn new(at: Timestamp, lang: &str, matter: Matter) -> Self {
        Self { matter, at, lang: lang.to_owned(), seen: None }
    }

    /// The same, telling from where it was done.
    #[must_use]
    pub(crate) fn seen(self, seen: impl Into<Seen>) -> Self {
        Self { seen: Some(seen.into()), ..self }
    }

    /// The same, telling from where it was done, if that is known.
    #[must_use]
    pub(crate) fn perhaps_seen(self, seen: Option<Seen>) -> Self {
        Self { seen, ..self }
    }

    pub(crate) fn opened(at: Timestamp, number: &str, lang: &str) -> Self {
        Self::new(at, lang, Matter::Opened { number: number.to_owned() })
    }

    pub(crate) fn login(at: Timestamp, visit: &Visit, lang: &str) -> Self {
        Self::new(at, lang, Matter::Login).seen(visit)
    }

    pub(crate) fn code_failed(at: Timestamp, visit: &Visit, lang: &str) -> Self {
        Self::new(at, lang, Matter::CodeFailed).seen(visit)
    }

    pub(crate) fn locked(at: Timestamp, until: Timestamp, lang: &str) -> Self {
        Self::new(at, lang, Matter::Locked(until))
    }

    pub(crate) fn passkey_suspected(at: Timestamp, name: &str, refused: bool, lang: &str) -> Self {
        let name = name.to_owned();
        let matter = if refused { Matter::PasskeySuspected { name } } else { Matter::PasskeySuspectedUsed { name } };
        Self::new(at, lang, matter)
    }

    pub(crate) fn passkey_renamed(at: Timestamp, before: &str, name: &str, lang: &str) -> Self {
        Self::new(at, lang, Matter::PasskeyRenamed { before: before.to_owned(), name: name.to_owned() })
    }

    pub(crate) fn address_verified(at: Timestamp, lang: &str) -> Self {
        Self::new(at, lang, Matter::AddressVerified)
    }

    pub(crate) fn password_changed(at: Timestamp, lang: &str) -> Self {
        Self::new(at, lang, Matter::PasswordChanged)
    }

    pub(crate) fn passkey_only(at: Timestamp, on: bool, lang: &str) -> Self {
        Self::new(at, lang, Matter::PasskeyOnly(on))
    }

    pub(crate) fn passkey_added(at: Timestamp, name: &str, lang: &str) -> Self {
        Self::new(at, lang, Matter::PasskeyAdded { name: name.to_owned() })
    }

    pub(crate) fn passkey_removed(at: Timestamp, name: &str, lang: &str) -> Self {
        Self::new(at, lang, Matter::PasskeyRemoved { name: name.to_owned() })
    }

    /// Writes the letter out for `profile`.
    pub fn write(&self, config: &Config, profile: &Profile, unicode: &impl Unicode) -> Written {
        wording::write(self, None, config, profile, unicode)
    }

    /// Writes it with the number by which what it tells of can be stopped, and until when.
    pub(crate) fn write_stoppable(
        &self,
        stop: (&Secret, Timestamp),
        config: &Config,
        profile: &Profile,
        unicode: &impl Unicode,
    ) -> Written {
        wording::write(self, Some(stop), config, profile, unicode)
    }
}

/// A one-time code on its way. Not a [`Letter`], because those are kept until they are delivered.
pub(crate) struct CodeLetter<'a> {
    /// The six digits.
    pub code: Secret,
    /// When it was asked for.
    pub at: Timestamp,
    /// What the login showed that asks for it; none where it confirms the address.
    pub seen: Option<&'a Seen>,
    /// Whether it is a login's and confirms the address that the desk has written down as well.
    pub confirms: bool,
}

/// Hands a letter in, with the number by which what it tells of can be stopped, if it can be. At least once: the API takes
/// the same key once.
///
/// # Errors
/// Where the mail API did not take it; it is handed in again later.
pub(crate) async fn send<O: Outside>(
    house: &House,
    outgoing: &O,
    key: &str,
    (letter, stop): (&Letter, Option<(&Secret, Timestamp)>),
    (profile, address): (&Profile, &str),
) -> Result<(), Unreached> {
    let written = match stop {
        Some(stop) => letter.write_stoppable(stop, &house.config, profile, outgoing),
        None => letter.write(&house.config, profile, outgoing),
    };
    hand_in(house, outgoing, (key, letter.at), written, (profile, address), &letter.lang).await
}

/// Hands a code in, in the same way.
///
/// # Errors
/// As [`send`].
pub(crate) async fn send_code<O: Outside>(
    house: &House,
    outgoing: &O,
    key: &str,
    letter: &CodeLetter<'_>,
    (profile, address): (&Profile, &str),
) -> Result<(), Unreached> {
    let written = wording::write_code(letter, &house.config, profile, outgoing);
    hand_in(house, outgoing, (key, letter.at), written, (profile, address), &profile.lang).await
}

async fn hand_in<O: Outside>(
    house: &House,
    outgoing: &O,
    (key, at): (&str, Timestamp),
    written: Written,
    (profile, address): (&Profile, &str),
    lang: &str,
) -> Result<(), Unreached> {
    #[derive(Serialize)]
    struct Address<'a> {
        address: &'a str,
        name: &'a str,
    }
    #[derive(Serialize)]
    struct Mail<'a> {
        from: Address<'a>,
        to: [Address<'a>; 1],
        subject: &'a str,
        text: &'a str,
        html: &'a str,
    }
    let config = &house.config;
    let name = format!("{} {}", profile.family, profile.given);
    let sender = if lang == "en" { &config.site.name_en } else { &config.site.name };
    let url = match &config.mail.transport {
        Transport::Api(url) => url,
        Transport::Smtp(server) => {
            let (from, to) = ((sender.as_str(), config.mail.from.as_str()), (name.as_str(), address));
            let mut message = message::message(from, to, &written, key, at);
            if let Some(key) = &house.mail_key {
                let domain = from.1.rsplit_once('@').map_or(from.1, |(_, domain)| domain);
                message = dkim::signed(outgoing, key, (domain, &server.selector), &message, at).await?;
            }
            let mut line = outgoing.dial(&server.host, server.port, server.encrypted)?;
            let hello = config.host();
            return smtp::submit(&mut line, server, hello, &house.mail_token, (from.1, to.1), &message).await;
        }
    };
    // In the form that mail has for them: the API may put them into headers and envelope as they are.
    let (from, to) = (address::on_the_wire(&config.mail.from), address::on_the_wire(address));
    let body = encode(&Mail {
        from: Address { address: &from, name: sender },
        to: [Address { address: &to, name: &name }],
        subject: &written.subject,
        text: &written.text,
        html: &written.html,
    })?;
    let answer = post(outgoing, url, &house.mail_token, Some(key), &body, LIMIT).await?;
    match answer.status().is_success() {
        true => Ok(()),
        false => Err(Unreached(format!("the mail API answered {}", answer.status().as_u16()))),
    }
}

#[cfg(test)]
mod tests;
