//! One canonical form for a Japanese word, whether it stands in kana, is romanised, or is typed on the kana keys.
//!
//! The form is a string of mora codes: five times the row of the syllabary plus the vowel. Small kana count as large,
//! ぢ and づ as じ and ず, を as お, and a vowel that only lengthens the one before is dropped, so that satō, satou, sato,
//! satoh and さとう are one word.

/// The moraic ん, after the fifteen rows of five.
const N: u8 = 75;
const SMALL_TSU: u8 = 17;
const YA_ROW: u8 = 35;
/// Marks, which are no morae: ゛, ゜ and ー.
const VOICED: u8 = 100;
const HALF_VOICED: u8 = 101;
const LONG: u8 = 102;

/// The syllabary by row and vowel; 　 fills the holes.
const GRID: &str = concat!(
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもや　ゆ　よらりるれろわ　　　を",
    "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽん"
);
const SMALL: &str = "ぁあぃいぅうぇえぉおっつゃやゅゆょよゎわ";
/// Half-width katakana from U+FF66 on.
const HALF: &str =
    "をぁぃぅぇぉゃゅょっーあいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん";
/// The keys of the JIS layout and the kana on them; the shifted keys that a password may hold follow.
const KEYS: &str = concat!(
    "1ぬ2ふ3あ4う5え6お7や8ゆ9よ0わ-ほ^へqたwてeいrすtかyんuなiにoらpせ@゛[゜aちsとdしfはgきhくjまkのlり;れ:け]む",
    "zつxさcそvひbこnみmも,ね.る/め\\ろ_ろ#あ$う%え&お+れ*け=ほ"
);

/// Morae of a text read from some place on, each with the place where it ends.
#[derive(Default)]
pub(super) struct Reading {
    /// The codes in order.
    pub codes: Vec<u8>,
    /// Where each code ends in the text it was read from.
    pub ends: Vec<usize>,
}

impl Reading {
    /// Where the first `morae` of them end.
    pub fn end(&self, morae: usize) -> usize {
        morae.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0)
    }

    fn push(&mut self, code: u8, end: usize) {
        let code = match code {
            61 | 62 => code - 5, // ぢ, づ
            49 => 4,             // を
            code => code,
        };
        let lengthens = self
            .codes
            .last()
            .is_some_and(|last| *last != N && code < 5 && (last % 5 == code || (code == 2 && last % 5 == 4)));
        match self.ends.last_mut() {
            Some(last) if lengthens => *last = end,
            _ => {
                self.codes.push(code);
                self.ends.push(end);
            }
        }
    }

    /// Takes a kana's code or a mark; what only lengthens or voices the mora before makes none of its own.
    fn take(&mut self, code: u8, end: usize) {
        if code < VOICED {
            return self.push(code, end);
        }
        if let (Some(last), Some(last_end)) = (self.codes.last_mut(), self.ends.last_mut()) {
            let row = match (*last / 5, code) {
                (row @ 1..=3, VOICED) => (row + 9) * 5,
                (5, VOICED) => 65,
                (5, HALF_VOICED) => 70,
                (row, LONG) => row * 5,
                _ => return,
            };
            let voiced = row + *last % 5;
            *last = if matches!(voiced, 61 | 62) { voiced - 5 } else { voiced };
            *last_end = end;
        }
    }
}

/// The hiragana of a katakana, full-width or half-width, as it is for anything else.
fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        'ｦ'..='ﾝ' => HALF.chars().nth(c as usize - 'ｦ' as usize).unwrap_or(c),
        '\u{ff9e}' | '\u{3099}' => '゛',
        '\u{ff9f}' | '\u{309a}' => '゜',
        _ => c,
    }
}

/// The word in the partner position of `c` in a string of pairs.
fn partner(pairs: &str, c: char) -> Option<char> {
    let mut chars = pairs.chars();
    while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
        if from == c {
            return Some(to);
        }
    }
    None
}

/// The code of one kana or mark; none where `c` is neither.
fn code(c: char) -> Option<u8> {
    let c = hiragana(c);
    let large = partner(SMALL, c).unwrap_or(c);
    match large {
        '゛' => Some(VOICED),
        '゜' => Some(HALF_VOICED),
        'ー' => Some(LONG),
        '　' => None,
        _ => GRID.chars().position(|kana| kana == large).map(|at| at as u8),
    }
}

/// The code of the kana on a key; none where the key has none.
pub(super) fn on_key(key: u8) -> Option<u8> {
    partner(KEYS, char::from(key)).and_then(code)
}

/// The canonical forms of a word in kana: as it is said and, where an apostrophe belongs into it (けんいち), as it is
/// read without one. Empty where a character is no kana.
pub(in crate::password) fn spelled(word: &str) -> Vec<Vec<u8>> {
    let mut reading = Reading::default();
    for c in word.chars() {
        match code(c) {
            Some(code) => reading.take(code, 0),
            None => return Vec::new(),
        }
    }
    if reading.codes.is_empty() {
        return Vec::new();
    }
    // ん before a vowel or や reads as な-row once the apostrophe is left out (kenichi), and as both with nn (kennichi).
    let mut merged = Vec::with_capacity(reading.codes.len());
    let mut doubled = Vec::with_capacity(reading.codes.len() + 1);
    for code in &reading.codes {
        let after_n = merged.last() == Some(&N);
        let glides = code / 5 == YA_ROW / 5;
        if after_n && (*code < 5 || glides) {
            merged.pop();
            let of_n_row: &[u8] = if glides { &[21, *code] } else { &[20 + code] };
            merged.extend(of_n_row);
            doubled.extend(of_n_row);
        } else {
            merged.push(*code);
            doubled.push(*code);
        }
    }
    if merged == reading.codes { vec![merged] } else { vec![reading.codes, merged, doubled] }
}

/// Reads the kana on the keys of a text, from its beginning to the first key that has none.
pub(super) fn typed(keys: &[Option<u8>]) -> Reading {
    let mut reading = Reading::default();
    for (code, end) in keys.iter().map_while(|code| *code).zip(1..) {
        reading.take(code, end);
    }
    reading
}

/// Reads lower-case `text` from its beginning as romaji, Hepburn or Kunrei, until it is none any more.
pub(super) fn romaji(text: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let mut at = 0;
    while let Some((length, first, second)) = text.get(at..).and_then(mora) {
        at += length;
        reading.push(first, at);
        if let Some(second) = second {
            reading.push(second, at);
        }
        // Satoh, Ohno: an h that only lengthens.
        let lengthened = reading.codes.last().is_some_and(|last| *last != N && last % 5 == 4);
        if lengthened
            && text.get(at) == Some(&b'h')
            && !text.get(at + 1).is_some_and(|b| vowel(*b).is_some() || *b == b'y')
        {
            at += 1;
            if let Some(last) = reading.ends.last_mut() {
                *last = at;
            }
        }
    }
    reading
}

fn vowel(b: u8) -> Option<u8> {
    b"aiueo".iter().position(|v| *v == b).map(|at| at as u8)
}

fn row(b: u8) -> Option<u8> {
    // v is written for ゔ, which is said, and here read, as ぶ.
    b"akstnhmyrwgzdbp"
        .iter()
        .position(|c| *c == b)
        .filter(|at| *at > 0)
        .map(|at| at as u8 * 5)
        .or((b == b'v').then_some(65))
}

/// The first mora or glide of `text`: how many letters, its code, and that of a second mora (きゃ is き and や).
fn mora(text: &[u8]) -> Option<(usize, u8, Option<u8>)> {
    let glide = |base: u8, v: u8| match v {
        1 => (base, None),
        3 => (base, Some(3)),
        v => (base, Some(YA_ROW + v)),
    };
    let with = |length, (first, second)| Some((length, first, second));
    match *text {
        [b, ..] if vowel(b).is_some() => with(1, (vowel(b)?, None)),
        [b'n', b'\'', ..] => with(2, (N, None)),
        [b'n', b'n', b, ..] if vowel(b).is_some() || b == b'y' => with(1, (N, None)),
        [b'n', b'n', ..] => with(2, (N, None)),
        [b'n', b'y', b, ..] if vowel(b).is_some() => with(3, glide(21, vowel(b)?)),
        [b'n', b, ..] if vowel(b).is_some() => with(2, (20 + vowel(b)?, None)),
        [b'n', ..] => with(1, (N, None)),
        [b'm', b'b' | b'p' | b'm', ..] => with(1, (N, None)),
        [b't', b'c', b'h', ..] => with(1, (SMALL_TSU, None)),
        [b's', b'h', b, ..] if vowel(b).is_some() => with(3, glide(11, vowel(b)?)),
        [b'c', b'h' | b'y', b, ..] if vowel(b).is_some() => with(3, glide(16, vowel(b)?)),
        [b't', b's', b'u', ..] => with(3, (SMALL_TSU, None)),
        [b'j', b'y', b, ..] if vowel(b).is_some() => with(3, glide(56, vowel(b)?)),
        [b'j', b, ..] if vowel(b).is_some() => with(2, glide(56, vowel(b)?)),
        [b'f', b, ..] if vowel(b).is_some() => with(2, (27, vowel(b).filter(|v| *v != 2))),
        [c, d, ..] if c == d && (row(c).is_some() || c == b'c') => with(1, (SMALL_TSU, None)),
        [c, b'y', b, ..] if vowel(b).is_some() => with(3, glide(row(c)? + 1, vowel(b)?)),
        [c, b, ..] => with(2, (plain(row(c)?, vowel(b)?), None)),
        _ => None,
    }
}

/// A row's mora; the holes of the や and わ rows are said as bare vowels.
fn plain(row: u8, vowel: u8) -> u8 {
    match (row, vowel) {
        (35, 1 | 3) | (45, 1..) => vowel,
        _ => row + vowel,
    }
}
