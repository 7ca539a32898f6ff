//! The letters' words, Japanese and English side by side.

use super::{CodeLetter, Letter, Matter, Written};
use crate::account::Profile;
use crate::config::Config;
use jiff::tz::Offset;
use sekisho_rules::Timestamp;

const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

pub(super) fn write(letter: &Letter, config: &Config, profile: &Profile) -> Written {
    let english = letter.lang == "en";
    let (title, facts) = matter(letter, config, english);
    lay_out(title, &facts, &closing(config, english), config, profile, english)
}

/// The letter with a one-time code. It looks like no other, and says at once what the code is for.
pub(super) fn write_code(letter: &CodeLetter, config: &Config, profile: &Profile) -> Written {
    let english = profile.lang == "en";
    let pick = |ja: &'static str, en: &'static str| if english { en } else { ja };
    let (title, sentence) = match letter.visit {
        Some(_) => (
            pick("ワンタイム認証コードのお知らせ(ログイン)", "Your one-time code (login)"),
            pick("ログインのワンタイム認証コードをお知らせします。", "This is your one-time code for a login."),
        ),
        None => (
            pick("ワンタイム認証コードのお知らせ(メールアドレスの認証)", "Your one-time code (mail address)"),
            pick(
                "認証メールアドレスを確認するためのワンタイム認証コードをお知らせします。",
                "This is your one-time code to confirm your mail address.",
            ),
        ),
    };
    let mut rows = vec![
        (pick("認証コード", "Code"), letter.code.expose().to_owned()),
        (pick("有効時間", "Valid for"), pick("10分", "10 minutes").to_owned()),
    ];
    if let Some(visit) = letter.visit {
        rows.push((pick("日時", "Time"), moment(letter.at, english)));
        rows.push((pick("チャネル", "Channel"), channel(config, &visit.channel, english)));
        rows.push((pick("端末", "Device"), visit.client.clone()));
    }
    let (phone, hours) = (&config.site.phone, &config.site.hours);
    let closing = if english {
        format!(
            "If you did not ask for it, do not enter it and call {phone} ({hours}).\n\
             Share the code with nobody; we never ask for it. This mail contains no link."
        )
    } else {
        format!(
            "心当たりのない場合は入力せず、{phone}({hours})までご連絡ください。\n\
             コードを第三者に伝えないでください。当社がお尋ねすることもございません。本メールにリンクはございません。"
        )
    };
    lay_out(title, &Facts { sentence: sentence.to_owned(), rows }, &closing, config, profile, english)
}

fn lay_out(title: &str, facts: &Facts, closing: &str, config: &Config, profile: &Profile, english: bool) -> Written {
    let broker = if english { &config.site.name_en } else { &config.site.name };
    let greeting = if english {
        format!("Dear {} {},", profile.given, profile.family)
    } else {
        format!("{} {} 様", profile.family, profile.given)
    };
    let subject = if english { format!("[{broker}] {title}") } else { format!("【{broker}】{title}") };
    let mut text = format!("{greeting}\n\n{}\n\n", facts.sentence);
    for (label, value) in &facts.rows {
        text.push_str(&format!("{label}{}{value}\n", if english { ": " } else { ":" }));
    }
    text.push_str(&format!("\n{closing}\n\n{broker}\n"));
    let rows: String = facts
        .rows
        .iter()
        .map(|(label, value)| format!("<tr><th align=\"left\">{}</th><td>{}</td></tr>", escape(label), escape(value)))
        .collect();
    let html = format!(
        "<!doctype html><html lang=\"{}\"><body><p>{}</p><p>{}</p><table>{rows}</table><p>{}</p><p>{}</p></body></html>",
        if english { "en" } else { "ja" },
        escape(&greeting),
        escape(&facts.sentence),
        escape(closing).replace('\n', "<br>"),
        escape(broker),
    );
    Written { subject, text, html }
}

struct Facts {
    sentence: String,
    rows: Vec<(&'static str, String)>,
}

fn matter(letter: &Letter, config: &Config, english: bool) -> (&'static str, Facts) {
    let pick = |ja: &'static str, en: &'static str| if english { en } else { ja };
    let time = (pick("日時", "Time"), moment(letter.at, english));
    let fact = |title, sentence: &str, rows| (title, Facts { sentence: sentence.to_owned(), rows });
    match &letter.matter {
        Matter::Opened { number } => fact(
            pick("口座開設完了のお知らせ", "Your account is open"),
            pick("口座の開設が完了しました。", "Your account has been opened."),
            vec![time, (pick("口座番号", "Account number"), tail(number))],
        ),
        Matter::Login(visit) => fact(
            pick("ログインのお知らせ", "Login notice"),
            pick("お客さまの口座へログインがありました。", "There was a login to your account."),
            vec![
                time,
                (pick("チャネル", "Channel"), channel(config, &visit.channel, english)),
                (pick("端末", "Device"), visit.client.clone()),
            ],
        ),
        Matter::CodeFailed(visit) => fact(
            pick("ログインが完了しなかったお知らせ", "A login was not completed"),
            pick(
                "正しいパスワードの入力後、ワンタイム認証コードが続けて正しく入力されませんでした。",
                "After the right password, the one-time code was entered wrongly several times.",
            ),
            vec![
                time,
                (pick("チャネル", "Channel"), channel(config, &visit.channel, english)),
                (pick("端末", "Device"), visit.client.clone()),
            ],
        ),
        Matter::Locked(until) => fact(
            pick("ログイン一時停止のお知らせ", "Login by password is held"),
            pick(
                "パスワードが続けて正しく入力されなかったため、パスワードでのログインを一時停止しました。\
                 パスキーをご登録の場合は、パスキーですぐにログインいただけます。",
                "The password was entered wrongly several times, so login by password is held for a while. \
                 With a passkey you can log in right away.",
            ),
            vec![time, (pick("停止期間", "Until"), moment(*until, english))],
        ),
        Matter::PasskeySuspected { name } => fact(
            pick("パスキーに関する重要なお知らせ", "Important: one of your passkeys"),
            pick(
                "複製された可能性のあるパスキーによるログインをお断りしました。\
                 このパスキーを削除し、登録し直していただくことをおすすめします。",
                "A login with a passkey that may have been copied was turned down. \
                 We recommend that you delete this passkey and register a new one.",
            ),
            vec![time, (pick("パスキー", "Passkey"), name.clone())],
        ),
        Matter::PasskeySuspectedUsed { name } => fact(
            pick("パスキーに関する重要なお知らせ", "Important: one of your passkeys"),
            pick(
                "複製された可能性のあるパスキーが利用されました。\
                 このパスキーを削除し、登録し直していただくことをおすすめします。",
                "A passkey that may have been copied was used. \
                 We recommend that you delete this passkey and register a new one.",
            ),
            vec![time, (pick("パスキー", "Passkey"), name.clone())],
        ),
        Matter::AddressVerified => fact(
            pick("認証メールアドレス登録のお知らせ", "Your mail address is confirmed"),
            pick(
                "このメールアドレスが認証メールアドレスとして登録されました。今後、ログイン時のワンタイム認証コードをお送りします。",
                "This address is now your verified mail address. One-time codes for logins will be sent to it.",
            ),
            vec![time],
        ),
        Matter::PasswordChanged => fact(
            pick("パスワード変更のお知らせ", "Your password was changed"),
            pick(
                "お客さまのログインパスワードが変更されました。ほかの端末はログアウトされています。",
                "Your login password was changed. All other devices were logged out.",
            ),
            vec![time],
        ),
        Matter::PasskeyOnly(true) => fact(
            pick("パスワードログイン停止のお知らせ", "Login by password is turned off"),
            pick(
                "パスワードでのログインを停止しました。今後はパスキーでのみログインいただけます。",
                "Login by password was turned off. From now on only a passkey logs in.",
            ),
            vec![time],
        ),
        Matter::PasskeyOnly(false) => fact(
            pick("パスワードログイン再開のお知らせ", "Login by password is turned on"),
            pick("パスワードでのログインを再開しました。", "Login by password was turned on again."),
            vec![time],
        ),
        Matter::PasskeyAdded { name } => fact(
            pick("パスキー登録のお知らせ", "Passkey registered"),
            pick("お客さまの口座にパスキーが登録されました。", "A passkey was registered for your account."),
            vec![time, (pick("パスキー", "Passkey"), name.clone())],
        ),
        Matter::PasskeyRenamed { before, name } => fact(
            pick("パスキー名称変更のお知らせ", "Passkey renamed"),
            pick("お客さまの口座のパスキーの名前が変更されました。", "A passkey of your account was renamed."),
            vec![time, (pick("変更前", "Before"), before.clone()), (pick("変更後", "Now"), name.clone())],
        ),
        Matter::PasskeyRemoved { name } => fact(
            pick("パスキー削除のお知らせ", "Passkey removed"),
            pick("お客さまの口座からパスキーが削除されました。", "A passkey was removed from your account."),
            vec![time, (pick("パスキー", "Passkey"), name.clone())],
        ),
    }
}

fn closing(config: &Config, english: bool) -> String {
    let (phone, hours) = (&config.site.phone, &config.site.hours);
    if english {
        format!(
            "If this was not you, call {phone} ({hours}) at once.\n\
             This mail contains no link. Use your bookmark or the official app."
        )
    } else {
        format!(
            "身に覚えのない場合は、速やかに{phone}({hours})までご連絡ください。\n\
             本メールにリンクはございません。ブックマークまたは公式アプリからご利用ください。"
        )
    }
}

/// The channel as customers know it.
pub(crate) fn channel(config: &Config, name: &str, english: bool) -> String {
    let known = config.channels.iter().find(|channel| channel.name == name);
    known.map_or(name, |channel| if english { &channel.en } else { &channel.ja }).to_owned()
}

/// A number by its last four digits: a mail is not the place for the whole.
fn tail(number: &str) -> String {
    let last: Vec<char> = number.chars().rev().take(4).collect();
    format!("****{}", last.iter().rev().collect::<String>())
}

/// `2026年11月22日(日)14:05` in Japan's time, or `2026-11-22 14:05 JST`.
pub(crate) fn moment(at: Timestamp, english: bool) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or_default();
    let Ok(instant) = jiff::Timestamp::from_millisecond(millis) else { return String::new() };
    let there = Offset::constant(9).to_datetime(instant);
    let (year, month, day, hour, minute) = (there.year(), there.month(), there.day(), there.hour(), there.minute());
    if english {
        return format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} JST");
    }
    let weekday = usize::try_from(there.date().weekday().to_monday_zero_offset()).unwrap_or_default();
    let weekday = WEEKDAYS.get(weekday).copied().unwrap_or_default();
    format!("{year}年{month}月{day}日({weekday}){hour:02}:{minute:02}")
}

/// Text as HTML shows it.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
