//! Submission to a mail server (RFC 5321, RFC 6409, RFC 8314): one message over one connection. Nothing of it, the password
//! least of all, is said before the line is encrypted.

use super::address::on_the_wire;
use crate::config::Submission;
use crate::host::{Line, Unreached};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sekisho_rules::Secret;
use zeroize::Zeroizing;

/// The longest answer that is read.
const LONGEST: usize = 8 * 1024;

/// Hands `message` in for `to`, in the name of `from`; `hello` is who calls.
///
/// # Errors
/// Where the server cannot be reached or trusted, encrypts not, or does not take all of it. What it said is told by its number
/// alone: servers repeat addresses.
pub(super) async fn submit<L: Line>(
    line: &mut L,
    server: &Submission,
    hello: &str,
    password: &Secret,
    (from, to): (&str, &str),
    message: &str,
) -> Result<(), Unreached> {
    let mut talk = Talk { line, heard: Vec::new() };
    talk.listen("the call", "220").await?;
    if !server.encrypted {
        let offers = talk.say("EHLO", hello, "250").await?;
        if !offers.lines().any(|offer| offer.eq_ignore_ascii_case("STARTTLS")) {
            return Err(Unreached("the mail server does not offer STARTTLS".into()));
        }
        talk.say("STARTTLS", "", "220").await?;
        // What came with the answer was put there by somebody on the way.
        if !talk.heard.is_empty() {
            return Err(Unreached("something was said before the line was encrypted".into()));
        }
        talk.line.start_tls()?;
    }
    let offers = talk.say("EHLO", hello, "250").await?;
    let plain = |offer: &str| {
        let mut words = offer.split(' ');
        words.next().is_some_and(|word| word.eq_ignore_ascii_case("AUTH"))
            && words.any(|word| word.eq_ignore_ascii_case("PLAIN"))
    };
    if !offers.lines().any(plain) {
        return Err(Unreached("the mail server does not offer AUTH PLAIN".into()));
    }
    // RFC 4616.
    let login = Zeroizing::new(format!("\0{}\0{}", server.user, password.expose()));
    let login = Zeroizing::new(format!("PLAIN {}", STANDARD.encode(login.as_bytes())));
    talk.say("AUTH", &login, "235").await?;
    talk.say("MAIL", &format!("FROM:<{}>", on_the_wire(from)), "250").await?;
    talk.say("RCPT", &format!("TO:<{}>", on_the_wire(to)), "25").await?;
    talk.say("DATA", "", "354").await?;
    // A line that begins with a dot would end the message (RFC 5321 §4.5.2).
    let data = format!("\r\n{message}").replace("\r\n.", "\r\n..");
    let data = data.get(2..).unwrap_or_default();
    talk.line.send(format!("{data}.\r\n").as_bytes()).await?;
    talk.listen("the message", "250").await?;
    // It is taken; whether the server hears goodbye changes nothing.
    let _ = talk.line.send(b"QUIT\r\n").await;
    Ok(())
}

struct Talk<'a, L> {
    line: &'a mut L,
    /// What has come and is not read yet.
    heard: Vec<u8>,
}

impl<L: Line> Talk<'_, L> {
    /// Says one line and answers what came back, which must begin with `wanted`.
    async fn say(&mut self, verb: &str, rest: &str, wanted: &str) -> Result<String, Unreached> {
        let space = if rest.is_empty() { "" } else { " " };
        let line = Zeroizing::new(format!("{verb}{space}{rest}\r\n"));
        self.line.send(line.as_bytes()).await?;
        self.listen(verb, wanted).await
    }

    /// One whole answer (RFC 5321 §4.2.1): its lines without their numbers.
    async fn listen(&mut self, to: &str, wanted: &str) -> Result<String, Unreached> {
        let (mut answer, mut length) = (String::new(), 0);
        loop {
            let line = self.next_line(LONGEST.saturating_sub(length)).await?;
            length += line.len();
            let number = line.get(..3).filter(|number| number.bytes().all(|digit| digit.is_ascii_digit()));
            let Some(number) = number else { return Err(Unreached(format!("the mail server answered oddly to {to}"))) };
            if !number.starts_with(wanted) {
                return Err(Unreached(format!("the mail server answered {number} to {to}")));
            }
            answer.push_str(line.get(4..).unwrap_or_default());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(answer);
            }
            answer.push('\n');
        }
    }

    async fn next_line(&mut self, most: usize) -> Result<String, Unreached> {
        loop {
            if let Some(end) = self.heard.windows(2).position(|pair| pair == b"\r\n") {
                let rest = self.heard.split_off(end + 2);
                let line = std::mem::replace(&mut self.heard, rest);
                return Ok(String::from_utf8_lossy(line.get(..end).unwrap_or_default()).into_owned());
            }
            let more = self.line.receive().await?;
            if more.is_empty() || self.heard.len() + more.len() > most {
                return Err(Unreached("the mail server ended the talk".into()));
            }
            self.heard.extend(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// The far side of a talk, written down beforehand.
    #[derive(Default)]
    struct Script {
        says: VecDeque<&'static str>,
        heard: Vec<String>,
        encrypted: bool,
    }

    impl Line for Script {
        async fn send(&mut self, bytes: &[u8]) -> Result<(), Unreached> {
            let how = if self.encrypted { "" } else { "plain " };
            self.heard.push(format!("{how}{}", String::from_utf8_lossy(bytes)));
            Ok(())
        }

        async fn receive(&mut self) -> Result<Vec<u8>, Unreached> {
            Ok(self.says.pop_front().unwrap_or_default().as_bytes().to_vec())
        }

        fn start_tls(&mut self) -> Result<(), Unreached> {
            self.encrypted = true;
            Ok(())
        }
    }

    fn talk(encrypted: bool, says: &[&'static str]) -> (Result<(), Unreached>, Vec<String>) {
        let mut script = Script { says: says.iter().copied().collect(), heard: Vec::new(), encrypted };
        let server = Submission {
            host: "mail.example".into(),
            port: 587,
            encrypted,
            user: "user".into(),
            selector: String::new(),
        };
        let password = Secret::new("password".into());
        let between = ("no-reply@x.jp", "a..b.@docomo.ne.jp");
        let told = submit(&mut script, &server, "x.jp", &password, between, "A: b\r\n\r\n.dot\r\n..two\r\n");
        (pollster::block_on(told), script.heard)
    }

    #[test]
    fn all_is_said_encrypted_in_order_and_dots_are_doubled() {
        let says = [
            "220 here\r\n",
            "250-here\r\n250-SIZE 1\r\n250 STARTTLS\r\n",
            "220 go\r\n",
            "250-he",
            "re\r\n250 AUTH LOGIN PLAIN\r\n",
            "235 in\r\n",
            "250 ok\r\n",
            "251 ok\r\n",
            "354 go\r\n",
            "250 taken\r\n",
        ];
        let (told, heard) = talk(false, &says);
        told.unwrap();
        assert_eq!(
            heard,
            [
                "plain EHLO x.jp\r\n",
                "plain STARTTLS\r\n",
                "EHLO x.jp\r\n",
                "AUTH PLAIN AHVzZXIAcGFzc3dvcmQ=\r\n",
                "MAIL FROM:<no-reply@x.jp>\r\n",
                "RCPT TO:<\"a..b.\"@docomo.ne.jp>\r\n",
                "DATA\r\n",
                "A: b\r\n\r\n..dot\r\n...two\r\n.\r\n",
                "QUIT\r\n",
            ]
        );
    }

    #[test]
    fn without_encryption_or_with_words_slipped_in_before_it_nothing_secret_is_said() {
        let offers = "250-here\r\n250 STARTTLS\r\n";
        for says in [
            vec!["220 here\r\n", "250 here\r\n"],
            vec!["220 here\r\n", "250-here\r\n250 AUTH PLAIN\r\n"],
            vec!["220 here\r\n", offers, "454 not now\r\n"],
            vec!["220 here\r\n", offers, "220 go\r\n250 AUTH PLAIN\r\n"],
            vec!["220 here\r\n", offers],
            vec!["554 go away\r\n"],
            vec![""],
        ] {
            let (told, heard) = talk(false, &says);
            assert!(told.is_err(), "{says:?}");
            assert!(
                heard.iter().all(|line| line == "plain EHLO x.jp\r\n" || line == "plain STARTTLS\r\n"),
                "{heard:?}"
            );
        }
    }

    #[test]
    fn what_is_refused_is_told_by_number_and_odd_answers_are_no_success() {
        let (ready, hello) = ("220 here\r\n", "250 AUTH PLAIN\r\n");
        let (told, _) = talk(true, &[ready, hello, "535 user unknown a..b.@docomo.ne.jp\r\n"]);
        assert_eq!(told.unwrap_err().0, "the mail server answered 535 to AUTH");
        let long: &'static str = Box::leak("250-x\r\n".repeat(2_000).into_boxed_str());
        for odd in ["2", "2x0 a\r\n", "25", "関所\r\n", "250-a\r\n", long] {
            assert!(talk(true, &[ready, odd]).0.is_err(), "{odd}");
        }
        let taken = [ready, hello, "235 a\r\n", "250 a\r\n", "250 a\r\n", "354 a\r\n", "452 full\r\n"];
        assert_eq!(talk(true, &taken).0.unwrap_err().0, "the mail server answered 452 to the message");
    }
}
