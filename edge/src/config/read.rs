//! Takes a table apart field by field and keeps every complaint, so that an operator mends a file in one go.

use super::headers::is_header_text;
use super::{Complaint, host_of};
use crate::gate::{is_plain_path, judged};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Said of a path that could be read in two ways.
const UNMET: &str = "must not be a path that can be read in two ways: the gate refuses such a request";

type Table = Map<String, Value>;

/// A table that is being taken apart: what was read is gone from it, what is left at the end is unknown.
pub(super) struct Section {
    table: Table,
    place: String,
    complaints: Vec<Complaint>,
}

impl Section {
    pub fn root(table: Map<String, Value>) -> Self {
        Self { table, place: String::new(), complaints: Vec::new() }
    }

    /// The config, or every complaint; unknown fields among them.
    pub fn finish<T>(mut self, config: T) -> Result<T, Vec<Complaint>> {
        self.refuse_rest();
        if self.complaints.is_empty() { Ok(config) } else { Err(self.complaints) }
    }

    pub fn complain(&mut self, field: &str, problem: &str) {
        let place = if self.place.is_empty() { field.to_owned() } else { format!("{}.{field}", self.place) };
        self.complaints.push(Complaint { place, problem: problem.to_owned() });
    }

    /// A table of its own; an absent one is read as empty, so that its defaults hold and its required fields complain.
    pub fn section<T>(&mut self, name: &str, read: impl FnOnce(&mut Section) -> T) -> T {
        let table = match self.table.remove(name) {
            Some(Value::Object(table)) => table,
            None => Table::new(),
            Some(_) => {
                self.complain(name, "must be a table");
                Table::new()
            }
        };
        self.enter(name, table, read)
    }

    /// As [`Section::section`], but none where it is absent.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(&mut Section) -> T) -> Option<T> {
        self.table.contains_key(name).then(|| self.section(name, read))
    }

    /// A list of tables, at least one.
    pub fn list<T>(&mut self, name: &str, read: impl Fn(&mut Section) -> T) -> Vec<T> {
        let Some(Value::Array(entries)) = self.table.remove(name) else {
            self.complain(name, &format!("needs at least one [[{name}]] table"));
            return Vec::new();
        };
        if entries.is_empty() {
            self.complain(name, &format!("needs at least one [[{name}]] table"));
        }
        let mut list = Vec::with_capacity(entries.len());
        for (at, entry) in entries.into_iter().enumerate() {
            match entry {
                Value::Object(table) => list.push(self.enter(&format!("{name}[{at}]"), table, &read)),
                _ => self.complain(name, "must hold tables only"),
            }
        }
        list
    }

    fn enter<T>(&mut self, name: &str, table: Table, read: impl FnOnce(&mut Section) -> T) -> T {
        let place = if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) };
        let mut inner = Section { table, place, complaints: Vec::new() };
        let value = read(&mut inner);
        inner.refuse_rest();
        self.complaints.append(&mut inner.complaints);
        value
    }

    fn refuse_rest(&mut self) {
        let unknown: Vec<String> = self.table.keys().cloned().collect();
        for name in unknown {
            self.complain(&name, "is not known; see sekisho.toml for the fields there are");
        }
    }

    fn string(&mut self, name: &str) -> Option<String> {
        match self.table.remove(name)? {
            Value::String(text) if !text.is_empty() && text.len() <= 512 && !text.contains(char::is_control) => {
                Some(text)
            }
            _ => {
                self.complain(name, "must be a text of 1 to 512 bytes without control characters");
                None
            }
        }
    }

    /// A text that may be empty; none where it is absent.
    pub fn any_text(&mut self, name: &str) -> Option<String> {
        match self.table.get(name) {
            Some(Value::String(text)) if text.is_empty() => {
                self.table.remove(name);
                Some(String::new())
            }
            _ => self.string(name),
        }
    }

    /// A header's value, which may be empty; none where it is absent.
    pub fn header_text(&mut self, name: &str) -> Option<String> {
        let text = self.any_text(name)?;
        if !is_header_text(&text) {
            self.complain(name, "must be printable ASCII");
        }
        Some(text)
    }

    /// Some of `choices`, each at most once; `default` where the field is absent.
    pub fn chosen(&mut self, name: &str, choices: &[&'static str], default: &[&'static str]) -> Vec<&'static str> {
        if !self.table.contains_key(name) {
            return default.to_vec();
        }
        let words = self.words(name);
        let known = |word: &String| choices.iter().copied().find(|choice| choice == word);
        let chosen: Option<Vec<_>> = words.iter().map(known).collect();
        chosen.filter(|chosen| chosen.len() <= choices.len()).unwrap_or_else(|| {
            self.complain(name, &format!("must be a list of: {}", choices.join(", ")));
            Vec::new()
        })
    }

    /// A list of words; empty where it is absent.
    pub fn words(&mut self, name: &str) -> Vec<String> {
        let word = |value: &Value| value.as_str().filter(|text| text.len() <= 64).map(str::to_owned);
        let list = match self.table.remove(name) {
            None => return Vec::new(),
            Some(Value::Array(list)) => list.iter().map(word).collect(),
            Some(_) => None,
        };
        list.unwrap_or_else(|| {
            self.complain(name, "must be a list of short texts");
            Vec::new()
        })
    }

    /// A list of names of headers in lower case; empty where it is absent.
    pub fn header_names(&mut self, name: &str) -> Vec<String> {
        let names = self.texts(name);
        if !names.iter().all(|name| is_slug(name)) {
            self.complain(name, "must be a list of 1 to 32 lower-case letters, digits and hyphens each");
        }
        names
    }

    pub fn text(&mut self, name: &str, default: &str) -> String {
        self.string(name).unwrap_or_else(|| default.to_owned())
    }

    /// A list of texts, none where it is absent.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let entries = match self.table.remove(name) {
            None => return Vec::new(),
            Some(Value::Array(entries)) => entries,
            Some(_) => Vec::from([Value::Bool(false)]),
        };
        let texts: Option<Vec<_>> = entries.iter().map(|entry| entry.as_str().map(str::to_owned)).collect();
        texts.filter(|texts| texts.len() <= 16).unwrap_or_else(|| {
            self.complain(name, "must be a list of at most 16 texts");
            Vec::new()
        })
    }

    /// The text in a field that is still to be read, or nothing.
    pub fn peek(&self, name: &str) -> String {
        self.table.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub fn required(&mut self, name: &str) -> String {
        if !self.table.contains_key(name) {
            self.complain(name, "is missing");
        }
        self.string(name).unwrap_or_default()
    }

    pub fn path(&mut self, name: &str, default: &str) -> String {
        let path = if default.is_empty() { self.required(name) } else { self.text(name, default) };
        if !path.is_empty() && !is_path(&path) {
            self.complain(
                name,
                "must be a path that starts with one slash, in ASCII and without query, fragment or parameters",
            );
        } else if !path.is_empty() && !is_met(&path) {
            self.complain(name, UNMET);
        }
        path
    }

    /// A list of paths, empty where it is absent.
    pub fn paths(&mut self, name: &str) -> Vec<String> {
        let paths = self.texts(name);
        if !paths.iter().all(|path| is_path(path) && path.len() <= 512) {
            self.complain(
                name,
                "must be a list of paths that start with one slash, in ASCII and without query, fragment or parameters",
            );
        } else if !paths.iter().all(|path| is_met(path)) {
            self.complain(name, UNMET);
        }
        paths
    }

    /// Whether nothing was complained of so far.
    pub fn is_good(&self) -> bool {
        self.complaints.is_empty()
    }

    /// Whether a field is there that was not read yet.
    pub fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// What `read` makes of a field, or none where it is absent.
    pub fn perhaps<T>(&mut self, name: &str, read: impl FnOnce(&mut Self, &str) -> T) -> Option<T> {
        self.table.contains_key(name).then(|| read(self, name))
    }

    /// A name of ours: it goes into cookies and headers.
    pub fn slug(&mut self, name: &str) -> String {
        let text = self.required(name);
        if !text.is_empty() && !is_slug(&text) {
            self.complain(name, "must be 1 to 32 lower-case letters, digits and hyphens");
        }
        text
    }

    /// Scheme, host and port only; https unless the host is this machine.
    pub fn origin(&mut self, name: &str) -> String {
        let url = self.required(name);
        if let Some(fault) = origin_fault(&url).filter(|_| !url.is_empty()) {
            self.complain(name, fault);
        }
        url
    }

    /// A URL: https, or http where the host is this machine.
    pub fn url(&mut self, name: &str) -> String {
        let url = self.required(name);
        if let Some(fault) = url_fault(&url).filter(|_| !url.is_empty()) {
            self.complain(name, fault);
        }
        url
    }

    pub fn boolean(&mut self, name: &str) -> bool {
        match self.table.remove(name) {
            None => false,
            Some(Value::Bool(yes)) => yes,
            Some(_) => {
                self.complain(name, "must be true or false");
                false
            }
        }
    }

    pub fn one_of<'a>(&mut self, name: &str, choices: &[&'a str]) -> &'a str {
        let default = choices.first().copied().unwrap_or_default();
        let Some(text) = self.string(name) else { return default };
        choices.iter().find(|choice| **choice == text).copied().unwrap_or_else(|| {
            self.complain(name, &format!("must be one of: {}", choices.join(", ")));
            default
        })
    }

    pub fn number(&mut self, name: &str, default: u32, range: RangeInclusive<u32>) -> u32 {
        let Some(value) = self.table.remove(name) else { return default };
        let number = value.as_i64().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| range.contains(number)).unwrap_or_else(|| {
            self.complain(name, &format!("must be a whole number from {} to {}", range.start(), range.end()));
            default
        })
    }

    /// A whole number that may be below nought.
    pub fn signed(&mut self, name: &str, default: i32, range: RangeInclusive<i32>) -> i32 {
        let Some(value) = self.table.remove(name) else { return default };
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        number.filter(|number| range.contains(number)).unwrap_or_else(|| {
            self.complain(name, &format!("must be a whole number from {} to {}", range.start(), range.end()));
            default
        })
    }

    /// As [`Section::duration`], but none where it is absent.
    pub fn optional_duration(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<Duration> {
        let least = *range.start();
        self.table.contains_key(name).then(|| self.duration(name, least, range))
    }

    /// A duration like `250ms`, `60s`, `180m` or `12h`; default and range in milliseconds.
    pub fn duration(&mut self, name: &str, default: u64, range: RangeInclusive<u64>) -> Duration {
        let Some(text) = self.string(name) else { return Duration::from_millis(default) };
        let millis = parse_duration(&text).filter(|millis| range.contains(millis)).unwrap_or_else(|| {
            let (least, most) = (range.start(), range.end());
            self.complain(name, &format!("must be like 250ms, 60s, 180m or 12h, from {least} to {most} ms"));
            default
        });
        Duration::from_millis(millis)
    }
}

fn is_slug(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(fits)
}

fn url_fault(url: &str) -> Option<&'static str> {
    let good = url.starts_with("https://") || url.starts_with("http://") && is_local(host_of(url));
    (!good).then_some("must be an https URL (plain http only for localhost)")
}

/// What keeps `url` from being an origin: scheme, host and port only; https unless the host is this machine.
pub(super) fn origin_fault(url: &str) -> Option<&'static str> {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let more = rest.contains(['/', '?', '#', '@']);
    url_fault(url).or(more.then_some("must be scheme, host and port only, without a slash at the end"))
}

/// Whether a host is this machine: `localhost` and every name below it (RFC 6761 §6.3), which browsers hold to be so too.
pub(super) fn is_local(host: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let below =
        |host: &str| host.strip_suffix(".localhost").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(fits));
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || below(host)
}

fn is_path(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic()) && !path.contains(['?', '#', '\\', ';']);
    plain && path.starts_with('/') && !path.starts_with("//")
}

/// Whether any request that the gate lets pass can have this path.
fn is_met(path: &str) -> bool {
    is_plain_path(path) && judged(path) == path
}

fn parse_duration(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}
