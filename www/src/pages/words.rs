//! The sentences, Japanese and English side by side, so that neither can lack one.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::assets::Files;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Japanese, unless the visitor chose otherwise.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// The language of a code, where it is one of ours.
    pub fn of(code: &str) -> Option<Self> {
        match code {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Its code, as in `lang="ja"`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    ja: String,
    en: String,
}

/// The table of all sentences by `section.key`.
pub(super) struct Words(BTreeMap<String, Sentence>);

impl Words {
    /// Reads the tables of the folder `words`.
    ///
    /// # Errors
    /// When a table does not parse or lacks a language; the text names the file.
    pub(super) fn read() -> Result<Self, String> {
        let mut all = BTreeMap::new();
        for name in Files::names("words/") {
            let text = Files::text(&name).ok_or_else(|| format!("{name} is not a text"))?;
            let sections: BTreeMap<String, BTreeMap<String, Sentence>> =
                toml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
            for (section, sentences) in sections {
                all.extend(sentences.into_iter().map(|(key, sentence)| (format!("{section}.{key}"), sentence)));
            }
        }
        Ok(Self(all))
    }

    /// The sentence `key`, its `{places}` still in it.
    pub(super) fn sentence(&self, key: &str, lang: Lang) -> Option<&str> {
        self.0.get(key).map(|sentence| match lang {
            Lang::Ja => sentence.ja.as_str(),
            Lang::En => sentence.en.as_str(),
        })
    }

    /// All sentences of `section` as pairs of key (without the section) and text.
    pub(super) fn section(&self, section: &str, lang: Lang) -> BTreeMap<String, String> {
        let prefix = format!("{section}.");
        self.0
            .keys()
            .filter_map(|key| key.strip_prefix(&prefix).map(|short| (key, short)))
            .filter_map(|(key, short)| Some((short.to_owned(), self.sentence(key, lang)?.to_owned())))
            .collect()
    }
}
