//! How a key is named aloud.

use crate::Lang;

const SYMBOLS: [(char, &str, &str); 14] = [
    ('@', "アットマーク", "at sign"),
    ('#', "シャープ", "hash"),
    ('$', "ドル", "dollar"),
    ('%', "パーセント", "percent"),
    ('^', "キャレット", "caret"),
    ('&', "アンド", "ampersand"),
    ('*', "アスタリスク", "asterisk"),
    ('_', "アンダーバー", "underscore"),
    ('+', "プラス", "plus"),
    ('-', "ハイフン", "hyphen"),
    ('=', "イコール", "equals"),
    (':', "コロン", "colon"),
    (',', "カンマ", "comma"),
    ('.', "ピリオド", "full stop"),
];

/// The name of `key` for a screen reader: symbols by their names, capitals marked, the rest as they are.
///
/// ```
/// use sekisho_client::{Lang, keyboard::spoken::name};
/// assert_eq!(name('@', Lang::Ja), "アットマーク");
/// assert_eq!(name('Q', Lang::En), "capital Q");
/// ```
pub fn name(key: char, lang: Lang) -> String {
    if let Some((_, ja, en)) = SYMBOLS.iter().find(|(symbol, ..)| *symbol == key) {
        return (*lang.choose(ja, en)).to_owned();
    }
    let mut name = String::with_capacity(16);
    if key.is_ascii_uppercase() {
        name.push_str(lang.choose("大文字 ", "capital "));
    }
    name.push(key);
    name
}

#[cfg(test)]
mod tests {
    use super::{SYMBOLS, name};
    use crate::{Lang, keyboard::Layout};

    #[test]
    fn every_symbol_on_the_board_has_a_name() {
        let symbols = Layout::Full.groups().last().copied().unwrap();
        assert_eq!(symbols, SYMBOLS.iter().map(|(symbol, ..)| *symbol).collect::<String>());
    }

    #[test]
    fn no_two_keys_share_a_name() {
        for lang in [Lang::Ja, Lang::En] {
            let keys = Layout::Full.groups().concat();
            let all: std::collections::HashSet<String> =
                keys.chars().chain(keys.to_uppercase().chars()).map(|key| name(key, lang)).collect();
            assert_eq!(all.len(), 10 + 2 * 26 + 14);
        }
    }
}
