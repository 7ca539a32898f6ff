//! Dates: western ones in the usual orders, Japanese eras by letter and by name, with digits or in romaji.

use super::super::findings::Warning;
use super::text::{Match, Text};

/// A date as far as the text tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Date {
    pub year: Option<u16>,
    /// The year was written with two digits: the century is a guess.
    pub short: bool,
    pub month: Option<u8>,
    pub day: Option<u8>,
}

/// Years are weighed by their distance from this one. It only shifts an estimate a little, so it need not be today's.
const NEAR: u16 = 2026;

/// Era letter, spellings, first year, its first day in that year, its last day.
type Era = (u8, &'static [&'static str], u16, (u8, u8), (u16, u8, u8));
const ERAS: [Era; 5] = [
    (b'm', &["meiji", "meizi"], 1868, (10, 23), (1912, 7, 29)),
    (b't', &["taishou", "taisyou", "taisho", "taisyo"], 1912, (7, 30), (1926, 12, 24)),
    (b's', &["shouwa", "syouwa", "showa", "syowa"], 1926, (12, 25), (1989, 1, 7)),
    (b'h', &["heisei", "heesei"], 1989, (1, 8), (2019, 4, 30)),
    (b'r', &["reiwa"], 2019, (5, 1), (2068, 12, 31)),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
}
use Field::{Day, Month, Year};

/// What stands between the parts: nothing, one mark twice, or 年月日 in romaji.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Mark(u8),
    Words,
}

/// Finds every date; one that is the customer's own birthday is told as such.
pub(super) fn dates(text: &Text, birthday: Option<(u16, u8, u8)>, out: &mut Vec<Match>) {
    for start in 0..text.len() {
        let part = text.lower.get(start..).unwrap_or_default();
        at_start_of(part, &mut |length, date, ways| {
            let own = birthday.is_some_and(|birthday| date.is_of(birthday));
            let guesses = if own { 10.0 } else { date.guesses() } * ways;
            let guesses = guesses * text.case_variations(start, start + length);
            let warning = if own { Warning::Birthday } else { Warning::Date };
            out.push(Match { start, end: start + length, guesses, warning });
        });
    }
}

/// Calls `found` with length, date and number of ways to write it, for every date that `text` begins with.
pub(super) fn at_start_of(text: &[u8], found: &mut impl FnMut(usize, Date, f64)) {
    for fields in
        [&[Year, Month, Day][..], &[Month, Day, Year], &[Day, Month, Year], &[Year, Month], &[Month, Day], &[Year]]
    {
        walk(text, 0, fields, None, Date::default(), &mut |length, date, between| {
            let two_digit_year_alone = date.short && date.day.is_none();
            if length >= 4 && !two_digit_year_alone {
                found(length, date, if between == Some(Between::Nothing) || between.is_none() { 1.0 } else { 4.0 });
            }
        });
    }
    for era in &ERAS {
        let names = era.1.iter().map(|name| name.as_bytes());
        let head = names.filter(|name| text.starts_with(name)).map(<[u8]>::len).max();
        let head = head.or_else(|| (text.first() == Some(&era.0)).then_some(1));
        if let Some(head) = head {
            era_year(text, head, era, found);
        }
    }
}

/// The era's year after its name or letter, then month and day.
fn era_year(text: &[u8], head: usize, era: &Era, found: &mut impl FnMut(usize, Date, f64)) {
    let rest = text.get(head..).unwrap_or_default();
    let first = rest.starts_with(b"gannen").then_some((3, 1));
    let digits = [2, 1].into_iter().filter_map(|length| Some((length, number(rest.get(..length)?)?)));
    for (length, n) in first.into_iter().chain(digits) {
        let Some(year) = (n > 0).then(|| era.2 + n - 1).filter(|year| *year <= era.4.0) else { continue };
        let date = Date { year: Some(year), ..Date::default() };
        let at = head + length;
        // A bare letter and one digit say nothing of a date.
        let nen = if text.get(at..).is_some_and(|rest| rest.starts_with(b"nen")) { 3 } else { 0 };
        if at + nen >= 3 {
            found(at + nen, date, 2.0);
        }
        walk(text, at, &[Month, Day], None, date, &mut |end, date, _| {
            if date.day.is_some() && date.is_in(era) {
                found(end, date, 2.0);
            }
        });
        // With marks and words, the year is a part like the others: what follows it decides which.
        for between in
            [Between::Mark(b'.'), Between::Mark(b'-'), Between::Mark(b'_'), Between::Mark(b':'), Between::Words]
        {
            if let Some(next) = after(text, at, Year, between) {
                walk(text, next, &[Month, Day], Some(between), date, &mut |end, date, _| {
                    if date.is_in(era) {
                        found(end, date, 2.0);
                    }
                });
            }
        }
    }
}

/// Reads `fields` one after the other from `at` on, every way they can be read.
fn walk(
    text: &[u8],
    at: usize,
    fields: &[Field],
    between: Option<Between>,
    date: Date,
    found: &mut dyn FnMut(usize, Date, Option<Between>),
) {
    let [field, rest @ ..] = fields else {
        if date.exists() {
            found(at, date, between);
        }
        return;
    };
    let lengths: &[usize] = if *field == Year { &[4, 2] } else { &[2, 1] };
    for length in lengths {
        let Some(value) = text.get(at..at + length).and_then(number) else { continue };
        let mut date = date;
        match field {
            Year if *length == 4 && (1900..=2060).contains(&value) => date.year = Some(value),
            Year if *length == 2 => {
                date.year = Some(if value <= 30 { 2000 } else { 1900 } + value);
                date.short = true;
            }
            Year => continue,
            Month => date.month = u8::try_from(value).ok().filter(|month| (1..=12).contains(month)),
            Day => date.day = u8::try_from(value).ok().filter(|day| (1..=31).contains(day)),
        }
        if *field != Year && (date.month.is_none() && *field == Month || date.day.is_none() && *field == Day) {
            continue;
        }
        // Digits that follow each other unmarked are told apart only where the parts have their full width, or where
        // a year of four digits leaves no doubt.
        let end = at + length;
        let marks = [Between::Nothing, Between::Words]
            .into_iter()
            .chain([b'-', b'.', b'_', b':', b'/', b','].map(Between::Mark))
            .filter(|mark| between.is_none_or(|between| between == *mark));
        for mark in marks {
            let narrow = *field != Year && *length == 1 && mark == Between::Nothing;
            if narrow && (date.short || date.year.is_none()) {
                continue;
            }
            if rest.is_empty() {
                // The last part may close with its own word; without it, and without a mark before, only once.
                if let Some(end) =
                    after(text, end, *field, mark).filter(|_| mark == Between::Words && between.is_some())
                {
                    walk(text, end, rest, Some(mark), date, found);
                }
                if between.is_some_and(|between| between == mark) || between.is_none() && mark == Between::Nothing {
                    walk(text, end, rest, between, date, found);
                }
            } else if let Some(next) = after(text, end, *field, mark) {
                walk(text, next, rest, Some(mark), date, found);
            }
        }
    }
}

/// Where the next part begins if `between` stands after `field` at `at`.
fn after(text: &[u8], at: usize, field: Field, between: Between) -> Option<usize> {
    let rest = text.get(at..)?;
    let words: [&[u8]; 2] = match (between, field) {
        (Between::Nothing, _) => return Some(at),
        (Between::Mark(mark), _) => return (rest.first() == Some(&mark)).then_some(at + 1),
        (Between::Words, Year) => [b"nen", b"nen"],
        (Between::Words, Month) => [b"gatsu", b"gatu"],
        (Between::Words, Day) => [b"nichi", b"niti"],
    };
    words.into_iter().find(|word| rest.starts_with(word)).map(|word| at + word.len())
}

/// The value of a text of digits only.
fn number(text: &[u8]) -> Option<u16> {
    text.iter().try_fold(0u16, |value, b| b.is_ascii_digit().then(|| value * 10 + u16::from(b - b'0')))
}

impl Date {
    /// Whether there is such a day.
    fn exists(&self) -> bool {
        let year = self.year.unwrap_or(2000);
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match self.month {
            Some(2) => 28 + u8::from(leap),
            Some(4 | 6 | 9 | 11) => 30,
            _ => 31,
        };
        self.day.is_none_or(|day| day <= days)
    }

    fn is_in(&self, era: &Era) -> bool {
        let (Some(year), Some(month)) = (self.year, self.month) else { return true };
        let day = self.day.unwrap_or(15);
        (year, (month, day)) >= (era.2, era.3) && (year, month, day) <= era.4
    }

    /// Whether all that is told of the date is that of the birthday.
    fn is_of(&self, (year, month, day): (u16, u8, u8)) -> bool {
        let same_year = self.year.is_none_or(|y| y == year || self.short && y % 100 == year % 100);
        same_year && self.month.is_none_or(|m| m == month) && self.day.is_none_or(|d| d == day)
    }

    fn guesses(&self) -> f64 {
        let years = self.year.map_or(1, |year| year.abs_diff(NEAR).max(20));
        let days = match (self.month, self.day) {
            (Some(_), Some(_)) => 365.0,
            (Some(_), None) => 12.0,
            _ => 1.0,
        };
        f64::from(years) * days
    }
}
