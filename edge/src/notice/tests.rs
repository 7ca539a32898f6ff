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

/// Every matter there is; one that is new does not compile until it stands here.
fn every() -> Vec<Matter> {
    let (name, until) = (String::from("a<b"), Timestamp::default());
    let all = vec![
        Matter::Opened { number: "12345678".into() },
        Matter::Login,
        Matter::NewDevice,
        Matter::Unusual,
        Matter::SentToDesk,
        Matter::SessionsEnded,
        Matter::CodeFailed,
        Matter::Locked(until),
        Matter::PasskeySuspected { name: name.clone() },
        Matter::PasskeySuspectedUsed { name: name.clone() },
        Matter::AddressVerified,
        Matter::AddressChanged("t***@example.com".into()),
        Matter::AddressByDesk("t***@example.com".into()),
        Matter::NumberVerified("090-****-5678".into()),
        Matter::NumberRemoved("090-****-5678".into()),
        Matter::AddressStopped,
        Matter::OwnLock,
        Matter::EndedByStaff,
        Matter::Released,
        Matter::PasswordChanged,
        Matter::PasskeyOnly(true),
        Matter::PasskeyOnly(false),
        Matter::PasskeyAdded { name: name.clone() },
        Matter::PasskeyRenamed { before: name.clone(), name: name.clone() },
        Matter::PasskeyRemoved { name },
    ];
    let known = |matter: &Matter| match matter {
        Matter::Opened { .. }
        | Matter::Login
        | Matter::NewDevice
        | Matter::Unusual
        | Matter::SentToDesk
        | Matter::SessionsEnded
        | Matter::CodeFailed
        | Matter::Locked(_)
        | Matter::PasskeySuspected { .. }
        | Matter::PasskeySuspectedUsed { .. }
        | Matter::AddressVerified
        | Matter::AddressChanged(_)
        | Matter::AddressByDesk(_)
        | Matter::NumberVerified(_)
        | Matter::NumberRemoved(_)
        | Matter::AddressStopped
        | Matter::OwnLock
        | Matter::EndedByStaff
        | Matter::Released
        | Matter::PasswordChanged
        | Matter::PasskeyOnly(_)
        | Matter::PasskeyAdded { .. }
        | Matter::PasskeyRenamed { .. }
        | Matter::PasskeyRemoved { .. } => true,
    };
    assert!(all.iter().all(known));
    all
}

#[test]
fn every_letter_tells_when_and_from_where_and_what_to_do_and_holds_no_link_no_markup_and_no_whole_number() {
    let config = Config::parse(include_str!("../../sekisho.toml")).unwrap();
    let at = Timestamp::from_millis(1_795_323_900_000);
    let visit = Visit {
        channel: "pc-main".into(),
        client: "Chrome / Windows".into(),
        place: "JP-13".into(),
        ..Visit::default()
    };
    let memory = crate::memory::testing::memory();
    let number = Secret::new("123456789012".into());
    for (lang, told) in [
        (
            "ja",
            [
                "2026年11月22日(日)14:05",
                "PCサイト",
                "Chrome / Windows",
                "アクセス元:東京都付近(推定)",
                "0120-000-000",
                "平日 8:00",
                "リンクはございません",
            ],
        ),
        (
            "en",
            [
                "2026-11-22 14:05 JST",
                "PC site",
                "Chrome / Windows",
                "From: near Tokyo (estimated)",
                "0120-000-000",
                "weekdays 8:00-17:00 JST",
                "no link",
            ],
        ),
    ] {
        for matter in every() {
            let letter = Letter::new(at, lang, matter).seen(&visit);
            for written in [
                letter.write(&config, &profile(), &memory),
                letter.write_stoppable((&number, at), &config, &profile(), &memory),
            ] {
                for part in [&written.subject, &written.text, &written.html] {
                    assert!(!part.contains("http") && !part.contains("<a") && !part.contains("localhost"), "{part}");
                    assert!(!part.contains("12345678") && !part.contains("taro@"), "{part}");
                }
                assert!(!written.html.contains("<太郎>") && !written.html.contains("a<b"), "{}", written.html);
                assert!(told.iter().all(|part| written.text.contains(part)), "{}", written.text);
                // The desk sleeps at night; who has locked the account already has nothing more to do.
                let locks = written.text.contains("口座をロックいただけます")
                    || written.text.contains("you can lock your account");
                assert_eq!(
                    locks,
                    !matches!(letter.matter, Matter::OwnLock | Matter::AddressStopped),
                    "{}",
                    written.text
                );
            }
        }
    }
}

#[test]
fn an_english_letter_greets_in_the_order_of_the_letters_that_the_name_is_in() {
    let config = Config::parse(include_str!("../../sekisho.toml")).unwrap();
    let memory = crate::memory::testing::memory();
    let greeted = |family: &str, given: &str| {
        let profile = Profile { family: family.into(), given: given.into(), ..profile() };
        Letter::new(Timestamp::default(), "en", Matter::Login).write(&config, &profile, &memory).text
    };
    assert!(greeted("山田", "花子").starts_with("Dear 山田 花子,"));
    assert!(greeted("Yamada", "Hanako").starts_with("Dear Hanako Yamada,"));
}
