//! Checks a file of passwords, one a line:
//!
//! `cargo run --release -p sekisho-rules --example check -- --profile jp-broker [--person FILE.json] FILE`
//!
//! For each it prints, separated by tabs: the line's number, `refuse`, `warn` or `pass`, the codes with commas between
//! them (`-` for none), and the power of ten of the guesses. The password itself is never printed.
//!
//! The person is a JSON object of the fields `family`, `given`, `family_kana`, `given_kana`, `birthday` (YYYY-MM-DD),
//! `phone`, `postal`, `account_number`, `mail`, all optional.

use sekisho_rules::Person;
use sekisho_rules::password::{Data, Findings, Profile, check};
use std::io::{BufRead as _, BufWriter, Write as _};
use std::process::ExitCode;

const USAGE: &str = "usage: check --profile jp-broker [--person FILE.json] FILE";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("check: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let (mut profile, mut person, mut file) = (None, Person::default(), None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value; {USAGE}"));
        match argument.as_str() {
            "--profile" => {
                let name = value()?;
                profile = Some(Profile::named(&name).ok_or_else(|| format!("there is no profile {name}"))?);
            }
            "--person" => person = read_person(&value()?)?,
            _ if file.is_none() && !argument.starts_with("--") => file = Some(argument),
            _ => return Err(format!("{argument} is not understood; {USAGE}")),
        }
    }
    let profile = profile.ok_or(USAGE)?;
    let file = file.ok_or(USAGE)?;
    let data = Data::parse(include_bytes!("../src/password/data/passwords.bin")).map_err(|error| error.to_string())?;
    let said = |error: std::io::Error| format!("{file}: {error}");
    let lines = std::io::BufReader::new(std::fs::File::open(&file).map_err(said)?).lines();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (number, line) in lines.enumerate() {
        let line = line.map_err(said)?;
        let text = line.strip_suffix('\r').unwrap_or(&line);
        let row = row(&check(text, &profile, &person, &data));
        writeln!(out, "{}\t{row}", number + 1).map_err(|error| error.to_string())?;
    }
    out.flush().map_err(|error| error.to_string())
}

fn row(findings: &Findings) -> String {
    let mut codes: Vec<&str> = Vec::new();
    for finding in &findings.findings {
        if !codes.contains(&finding.complaint.code()) {
            codes.push(finding.complaint.code());
        }
    }
    let codes = if codes.is_empty() { "-".to_owned() } else { codes.join(",") };
    let guesses = findings.strength.map_or(0.0, |strength| strength.log10_guesses);
    format!("{}\t{codes}\t{guesses:.2}", findings.outcome())
}

fn read_person(file: &str) -> Result<Person, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    let fields = json.as_object().ok_or_else(|| format!("{file}: a person is a JSON object"))?;
    let mut person = Person::default();
    for (name, value) in fields {
        let value = value.as_str().ok_or_else(|| format!("{file}: {name} is not a text"))?.to_owned();
        let field = match name.as_str() {
            "family" => &mut person.family,
            "given" => &mut person.given,
            "family_kana" => &mut person.family_kana,
            "given_kana" => &mut person.given_kana,
            "phone" => &mut person.phone,
            "postal" => &mut person.postal,
            "account_number" => &mut person.account_number,
            "mail" => &mut person.mail,
            "birthday" => {
                let date = Person::birthday_of(&value).ok_or_else(|| format!("{file}: birthday is not YYYY-MM-DD"))?;
                person.birthday = Some(date);
                continue;
            }
            _ => return Err(format!("{file}: a person has no field {name}")),
        };
        *field = Some(value);
    }
    Ok(person)
}
