//! A sorted list of words, and the search for all of them that begin at a place.

use super::super::findings::Warning;

/// One word, as bytes of lower-case Latin letters or as mora codes.
pub(in crate::password) struct Word {
    key: Vec<u8>,
    /// Its place in its list, from 1: about how many guesses it costs.
    pub rank: u16,
    /// What to say of it.
    pub warning: Warning,
}

/// Words sorted by key.
#[derive(Default)]
pub(in crate::password) struct Words(Vec<Word>);

impl Words {
    /// Takes words in any order; of two with the same key the likelier stays.
    pub fn new(mut words: Vec<Word>) -> Self {
        words.sort_unstable_by(|a, b| (&a.key, a.rank).cmp(&(&b.key, b.rank)));
        words.dedup_by(|later, kept| later.key == kept.key);
        Self(words)
    }

    /// Calls `found` with the length and the word for every word that `symbols` begins with.
    pub fn at_start_of(&self, symbols: &[u8], mut found: impl FnMut(usize, &Word)) {
        let mut range = self.0.as_slice();
        for (depth, symbol) in symbols.iter().enumerate() {
            let here = |word: &Word| word.key.get(depth).copied();
            let from = range.partition_point(|word| here(word) < Some(*symbol));
            let to = range.partition_point(|word| here(word) <= Some(*symbol));
            range = range.get(from..to).unwrap_or_default();
            // A word that ends here sorts before all that go on.
            match range.first() {
                None => break,
                Some(word) if word.key.len() == depth + 1 => found(depth + 1, word),
                Some(_) => {}
            }
        }
    }
}

/// Words in Latin letters and words in morae.
#[derive(Default)]
pub(in crate::password) struct Lexicon {
    /// Spelled as they are.
    pub latin: Words,
    /// Japanese, in the canonical form of `kana`.
    pub kana: Words,
}

impl Lexicon {
    /// Sorts words into the two lists: what is written in kana goes to the morae, in every spelling.
    pub fn new<'w>(words: impl Iterator<Item = (&'w str, u16, Warning)>) -> Self {
        let (mut latin, mut kana) = (Vec::new(), Vec::new());
        for (text, rank, warning) in words {
            if text.is_ascii() {
                latin.push(Word { key: text.to_ascii_lowercase().into_bytes(), rank, warning });
            } else {
                kana.extend(super::kana::spelled(text).into_iter().map(|key| Word { key, rank, warning }));
            }
        }
        Self { latin: Words::new(latin), kana: Words::new(kana) }
    }
}
