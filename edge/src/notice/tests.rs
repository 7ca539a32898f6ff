use super::wording::moment;
use super::*;

fn profile() -> Profile {
    let text = r#"{"family":"山田","given":"<太郎>","family_kana":"ヤマダ","given_kana":"タロウ","birthday":"1985-04-01",
        "postal":"1000001","address":"東京都千代田区1-1","phone":"090-1234-5678","mail":"taro@example.com"}"#;
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_moment_is_told_in_japans_time() {
    let at = Timestamp::from_millis(1_795_323_900_000);
    assert_eq!(moment(at, false), "2026年11月22日(日)14:05");
    assert_eq!(moment(at, true), "2026-11-22 14:05 JST");
}

#[test]
fn no_letter_holds_a_link_or_markup_of_the_customers() {
    let config = Config::parse(include_str!("../../sekisho.toml")).unwrap();
    let visit = Visit { channel: "pc-main".into(), client: "Chrome / Windows".into() };
    for lang in ["ja", "en"] {
        for letter in [
            Letter::opened(Timestamp::default(), "12345678", lang),
            Letter::login(Timestamp::default(), &visit, lang),
            Letter::locked(Timestamp::default(), Timestamp::default(), lang),
            Letter::passkey_suspected(Timestamp::default(), "a<b", true, lang),
            Letter::passkey_suspected(Timestamp::default(), "a<b", false, lang),
            Letter::passkey_renamed(Timestamp::default(), "a<b", "a<b", lang),
            Letter::code_failed(Timestamp::default(), &visit, lang),
            Letter::address_verified(Timestamp::default(), lang),
            Letter::password_changed(Timestamp::default(), lang),
            Letter::passkey_only(Timestamp::default(), true, lang),
            Letter::passkey_only(Timestamp::default(), false, lang),
            Letter::passkey_added(Timestamp::default(), "a<b", lang),
            Letter::passkey_removed(Timestamp::default(), "a<b", lang),
        ] {
            let written = letter.write(&config, &profile());
            for part in [&written.subject, &written.text, &written.html] {
                assert!(!part.contains("http") && !part.contains("<a"), "{part}");
                assert!(!part.contains("12345678"), "{part}");
            }
            assert!(!written.html.contains("<太郎>") && !written.html.contains("a<b"), "{}", written.html);
            assert!(written.text.contains("0120-000-000"));
        }
    }
}
