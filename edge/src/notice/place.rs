//! Places as customers read them: a prefecture of Japan, or a country. They are where a network is said to be, so each is told as
//! an estimate.

use crate::host::Unicode;

/// The prefectures in the order of ISO 3166-2:JP, from 01 on.
const PREFECTURES: [(&str, &str); 47] = [
    ("北海道", "Hokkaido"),
    ("青森県", "Aomori"),
    ("岩手県", "Iwate"),
    ("宮城県", "Miyagi"),
    ("秋田県", "Akita"),
    ("山形県", "Yamagata"),
    ("福島県", "Fukushima"),
    ("茨城県", "Ibaraki"),
    ("栃木県", "Tochigi"),
    ("群馬県", "Gunma"),
    ("埼玉県", "Saitama"),
    ("千葉県", "Chiba"),
    ("東京都", "Tokyo"),
    ("神奈川県", "Kanagawa"),
    ("新潟県", "Niigata"),
    ("富山県", "Toyama"),
    ("石川県", "Ishikawa"),
    ("福井県", "Fukui"),
    ("山梨県", "Yamanashi"),
    ("長野県", "Nagano"),
    ("岐阜県", "Gifu"),
    ("静岡県", "Shizuoka"),
    ("愛知県", "Aichi"),
    ("三重県", "Mie"),
    ("滋賀県", "Shiga"),
    ("京都府", "Kyoto"),
    ("大阪府", "Osaka"),
    ("兵庫県", "Hyogo"),
    ("奈良県", "Nara"),
    ("和歌山県", "Wakayama"),
    ("鳥取県", "Tottori"),
    ("島根県", "Shimane"),
    ("岡山県", "Okayama"),
    ("広島県", "Hiroshima"),
    ("山口県", "Yamaguchi"),
    ("徳島県", "Tokushima"),
    ("香川県", "Kagawa"),
    ("愛媛県", "Ehime"),
    ("高知県", "Kochi"),
    ("福岡県", "Fukuoka"),
    ("佐賀県", "Saga"),
    ("長崎県", "Nagasaki"),
    ("熊本県", "Kumamoto"),
    ("大分県", "Oita"),
    ("宮崎県", "Miyazaki"),
    ("鹿児島県", "Kagoshima"),
    ("沖縄県", "Okinawa"),
];

/// How customers read the place with this code, as [`crate::risk::Platform::place`] makes it; none where there is none.
pub(crate) fn place(code: &str, english: bool, unicode: &impl Unicode) -> Option<String> {
    let prefecture = code.strip_prefix("JP-").and_then(|number| number.parse::<usize>().ok());
    let known = prefecture.and_then(|number| PREFECTURES.get(number.checked_sub(1)?));
    Some(match (known, english) {
        (Some((name, _)), false) => [name, "付近(推定)"].concat(),
        (Some((_, name)), true) => ["near ", name, " (estimated)"].concat(),
        (None, _) => {
            let country = unicode.country(code.get(..2)?, english)?;
            [country.as_str(), if english { " (estimated)" } else { "(推定)" }].concat()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::testing::memory;

    #[test]
    fn a_place_is_told_as_an_estimate() {
        let memory = memory();
        let told = |code, english| place(code, english, &memory);
        assert_eq!(told("JP-13", false).as_deref(), Some("東京都付近(推定)"));
        assert_eq!(told("JP-47", true).as_deref(), Some("near Okinawa (estimated)"));
        assert_eq!(told("RO", false).as_deref(), Some("ルーマニア(推定)"));
        assert_eq!(told("JP-48", true).as_deref(), Some("Japan (estimated)"));
        assert_eq!(told("JP-00", true).as_deref(), Some("Japan (estimated)"));
        assert_eq!((told("", false), told("ZZ", true)), (None, None));
    }
}
