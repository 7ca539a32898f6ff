//! The matchers: parts of a password that a guesser tries early, each with how early.

mod dates;
mod kana;
mod order;
mod personal;
mod text;
mod walks;
mod words;

#[cfg(test)]
mod tests;

pub(super) use personal::Known;
pub(super) use text::{Match, Text};
pub(super) use words::Lexicon;

use super::findings::Warning;
use words::Word;
use zeroize::Zeroizing;

/// Everything found in `text`, overlapping as it may.
pub(super) fn matches(text: &Text, lexicon: &Lexicon, known: &Known) -> Vec<Match> {
    let mut out = Vec::new();
    order::sequences(text, &mut out);
    order::interleaved(text, &mut out);
    order::repeats(text, &mut out);
    order::phone_keypad(text, &mut out);
    walks::walks(text, &mut out);
    dates::dates(text, known.birthday, &mut out);
    known.numbers(text, &mut out);
    for look in Look::ALL {
        let seen = look.of(&text.lower);
        // What no look changes has been searched already as it stands.
        if look != Look::Plain && *seen == *text.lower {
            continue;
        }
        words_in(text, &seen, look, [lexicon, &known.lexicon], &mut out);
    }
    out
}

/// The ways in which a word can be written that hide it from a plain search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    /// Digits and symbols read as the letters they look like, 1 as i.
    Leet,
    /// The same, 1 as l.
    LeetL,
    Reversed,
}

impl Look {
    const ALL: [Self; 4] = [Self::Plain, Self::Leet, Self::LeetL, Self::Reversed];

    fn of(self, lower: &Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
        let mut seen = lower.clone();
        match self {
            Self::Plain => {}
            Self::Reversed => seen.reverse(),
            Self::Leet | Self::LeetL => {
                for b in seen.iter_mut() {
                    *b = match *b {
                        b'@' | b'4' => b'a',
                        b'8' => b'b',
                        b'3' => b'e',
                        b'6' | b'9' => b'g',
                        b'1' | b'!' | b'|' => {
                            if self == Self::Leet {
                                b'i'
                            } else {
                                b'l'
                            }
                        }
                        b'0' => b'o',
                        b'$' | b'5' => b's',
                        b'7' | b'+' => b't',
                        b'2' => b'z',
                        b => b,
                    };
                }
            }
        }
        seen
    }
}

fn words_in(text: &Text, seen: &[u8], look: Look, lexicons: [&Lexicon; 2], out: &mut Vec<Match>) {
    let keys: Vec<Option<u8>> = match look {
        Look::Plain => seen.iter().map(|key| kana::on_key(*key)).collect(),
        _ => Vec::new(),
    };
    for start in 0..seen.len() {
        let rest = seen.get(start..).unwrap_or_default();
        let romaji = kana::romaji(rest);
        let inner = word_end(text, start).filter(|_| look == Look::Plain).and_then(|end| seen.get(start..end));
        let inner = inner.map(kana::romaji).unwrap_or_default();
        let typed = keys.get(start..).map(kana::typed).unwrap_or_default();
        let mut note = |length: usize, word: &Word, warning: Warning, ways: f64| {
            let (start, end) = match look {
                Look::Reversed => (seen.len() - start - length, seen.len() - start),
                _ => (start, start + length),
            };
            let changed = |(as_typed, as_seen): &(&u8, &u8)| as_typed != as_seen;
            let disguised = match look {
                Look::Reversed => 1,
                _ => text.lower.iter().zip(seen).skip(start).take(length).filter(changed).count(),
            };
            if look == Look::Plain || disguised > 0 {
                let ways = ways * text.case_variations(start, end) * 2f64.powi(disguised as i32);
                out.push(Match { start, end, guesses: f64::from(word.rank) * ways, warning });
            }
        };
        for lexicon in lexicons {
            lexicon.latin.at_start_of(rest, |length, word| note(length, word, word.warning, 1.0));
            // Romanisation leaves a choice of spellings.
            for romaji in [&romaji, &inner] {
                lexicon.kana.at_start_of(&romaji.codes, |morae, word| {
                    let spellings = if word.warning == Warning::Name { 1.0 } else { 2.0 };
                    note(romaji.end(morae), word, word.warning, spellings);
                });
            }
            lexicon.kana.at_start_of(&typed.codes, |morae, word| {
                let dictionary = matches!(word.warning, Warning::JapaneseWord | Warning::FinanceWord);
                let warning = if dictionary { Warning::KanaKeys } else { word.warning };
                // Few guessers try the kana keys early.
                note(typed.end(morae), word, warning, 12.0);
            });
        }
    }
}

/// Where the word that begins at `start` ends by a capital letter after an n (NihonIchi), which otherwise would be read
/// with the vowel behind it.
fn word_end(text: &Text, start: usize) -> Option<usize> {
    let pairs = text.typed.windows(2).enumerate().skip(start);
    pairs
        .filter(|(_, pair)| matches!(pair, [b'n', b'A' | b'I' | b'U' | b'E' | b'O' | b'Y']))
        .map(|(at, _)| at + 1)
        .next()
}
