//! The templates, and the functions they may call.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

use super::words::{Lang, Words};
use crate::StartError;
use crate::assets::Files;
use crate::settings::Settings;

/// All templates, ready to render.
pub struct Book(Environment<'static>);

impl Book {
    /// Reads templates and sentences.
    ///
    /// # Errors
    /// When one of them does not parse.
    pub(crate) fn new(settings: &Settings, files: &Files) -> Result<Self, StartError> {
        let words = Arc::new(Words::read().map_err(StartError::Pages)?);
        let mut book = Environment::new();
        // A misspelt value is an error, not an empty place on a page.
        book.set_undefined_behavior(UndefinedBehavior::Strict);
        for name in Files::names("html/") {
            let text = Files::text(&name).ok_or_else(|| StartError::Pages(format!("{name} is not a text")))?;
            let short = name.trim_start_matches("html/").to_owned();
            book.add_template_owned(short, text).map_err(|error| StartError::Pages(format!("{error:#}")))?;
        }
        // Ours alone, so it needs no escaping; the escaped slashes would only make the pages harder to read.
        book.add_global("assets", Value::from_safe_string(files.base()));
        book.add_global("domain", settings.domain());
        let table = Arc::clone(&words);
        book.add_function("t", move |state: &State<'_, '_>, key: &str, places: Kwargs| {
            tell(&table, state, key, &places)
        });
        book.add_function("words", move |state: &State<'_, '_>, sections: &str| {
            let lang = lang(state);
            let all: BTreeMap<&str, BTreeMap<String, String>> =
                sections.split(' ').map(|section| (section, words.section(section, lang))).collect();
            serde_json::to_string(&all).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
        });
        book.add_filter("jst", |state: &State<'_, '_>, millis: i64| jst(millis, lang(state)));
        Ok(Self(book))
    }

    /// Renders `template` with `context`.
    ///
    /// # Errors
    /// When the template asks for a value or a sentence that is not there.
    pub fn render(&self, template: &str, context: &Value) -> Result<String, Error> {
        self.0.get_template(template)?.render(context)
    }
}

fn lang(state: &State<'_, '_>) -> Lang {
    state.lookup("lang").and_then(|value| value.as_str().and_then(Lang::of)).unwrap_or_default()
}

/// The sentence `key` with its `{places}` filled; one that is left open is an error.
fn tell(words: &Words, state: &State<'_, '_>, key: &str, places: &Kwargs) -> Result<String, Error> {
    let missing = |what: &str| Error::new(ErrorKind::UndefinedError, format!("{key}: {what}"));
    let sentence = words.sentence(key, lang(state)).ok_or_else(|| missing("no such sentence"))?;
    let mut text = sentence.to_owned();
    for place in places.args() {
        let value: Value = places.get(place)?;
        text = text.replace(&format!("{{{place}}}"), &value.to_string());
    }
    places.assert_all_used()?;
    if text.contains('{') { Err(missing("a place is left open")) } else { Ok(text) }
}

/// A moment as customers read it, always in Japan's time: `2026年11月22日(日)14:05`, `Sun, 22 Nov 2026, 14:05 JST`.
fn jst(millis: i64, lang: Lang) -> String {
    const DAYS: [(&str, &str); 7] =
        [("木", "Thu"), ("金", "Fri"), ("土", "Sat"), ("日", "Sun"), ("月", "Mon"), ("火", "Tue"), ("水", "Wed")];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let minutes = millis.div_euclid(60_000) + 9 * 60;
    let (days, minute) = (minutes.div_euclid(24 * 60), minutes.rem_euclid(24 * 60));
    let (year, month, day) = civil(days);
    let pick = |index: i64| usize::try_from(index).unwrap_or_default();
    let (day_ja, day_en) = DAYS.get(pick(days.rem_euclid(7))).copied().unwrap_or_default();
    let (hour, minute) = (minute / 60, minute % 60);
    match lang {
        Lang::Ja => format!("{year}年{month}月{day}日({day_ja}){hour:02}:{minute:02}"),
        Lang::En => {
            let name = MONTHS.get(pick(month - 1)).copied().unwrap_or_default();
            format!("{day_en}, {day} {name} {year}, {hour:02}:{minute:02} JST")
        }
    }
}

/// Year, month and day of a count of days since 1970-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years are counted from 1 March, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let (cycle, day_of_cycle) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year + cycle * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_japanese_time() {
        let noon = 1_795_323_900_000; // 2026-11-22T05:05:00Z
        assert_eq!(jst(noon, Lang::Ja), "2026年11月22日(日)14:05");
        assert_eq!(jst(noon, Lang::En), "Sun, 22 Nov 2026, 14:05 JST");
        assert_eq!(jst(951_750_000_000, Lang::Ja), "2000年2月29日(火)00:00");
        assert_eq!(jst(0, Lang::Ja), "1970年1月1日(木)09:00");
    }
}
