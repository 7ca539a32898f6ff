//! The letters' words, Japanese and English side by side.

use super::{CodeLetter, Letter, Matter, Seen, Written, place};
use crate::account::Profile;
use crate::config::Config;
use crate::host::Unicode;
use jiff::tz::Offset;
use sekisho_rules::{Secret, Timestamp};

const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

pub(super) fn write(
    letter: &Letter,
    stop: Option<(&Secret, Timestamp)>,
    config: &Config,
    profile: &Profile,
    unicode: &impl Unicode,
) -> Written {
    let english = letter.lang == "en";
    let pick = |ja: &'static str, en: &'static str| if english { en } else { ja };
    let (title, sentence, mut special) = matter(&letter.matter, english);
    let mut rows = vec![(pick("日時", "Time"), moment(letter.at, english))];
    if let Some(seen) = &letter.seen {
        rows.extend(from_where(seen, config, english, unicode));
    }
    rows.append(&mut special);
    let mut closing = closing(config, english);
    if let Some((number, until)) = stop {
        rows.push((pick("停止番号", "Stop number"), in_groups(number.expose())));
        rows.push((pick("停止番号の有効期限", "Stop number valid until"), moment(until, english)));
        let how = pick(
            "身に覚えのない場合は、当社サイトの「セキュリティへの取り組み」から「変更の停止」に進み、口座番号と停止番号を入力してください。\
             お電話でも承ります。停止番号を第三者に伝えないでください。\n",
            "If this was not you, go to \"Stop a change\" from the security page of our site and enter your account number and \
             the stop number there, or call us. Share the number with nobody.\n",
        );
        closing.insert_str(0, how);
    }
    lay_out(title, &Facts { sentence: sentence.to_owned(), rows }, &closing, config, profile, english)
}

/// The letter with a one-time code. It looks like no other, and says at once what the code is for.
pub(super) fn write_code(letter: &CodeLetter, config: &Config, profile: &Profile, unicode: &impl Unicode) -> Written {
    let english = profile.lang == "en";
    let pick = |ja: &'static str, en: &'static str| if english { en } else { ja };
    let (title, sentence) = match letter.seen {
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
    rows.push(match letter.seen {
        Some(_) => (
            pick("ご利用になれる操作", "Good for"),
            pick("ログインのみ(出金や変更のお手続きには使いません)", "this login alone, no withdrawal and no change")
                .to_owned(),
        ),
        None => (
            pick("ご利用になれる操作", "Good for"),
            pick("このメールアドレスの認証のみ", "confirming this address alone").to_owned(),
        ),
    });
    if let Some(seen) = letter.seen {
        rows.push((pick("日時", "Time"), moment(letter.at, english)));
        rows.extend(from_where(seen, config, english, unicode));
    }
    let (phone, hours) = desk(config, english);
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

/// By which channel, with what, and from where as far as anybody knows.
fn from_where(seen: &Seen, config: &Config, english: bool, unicode: &impl Unicode) -> Vec<Line> {
    let pick = |ja: &'static str, en: &'static str| if english { en } else { ja };
    let mut rows = vec![
        (pick("チャネル", "Channel"), channel(config, &seen.channel, english)),
        (pick("端末", "Device"), seen.client.clone()),
    ];
    rows.extend(place(&seen.place, english, unicode).map(|place| (pick("アクセス元", "From"), place)));
    rows
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
    rows: Vec<Line>,
}

/// A label and what stands behind it.
type Line = (&'static str, String);

/// Title, sentence, and the lines that no other matter has.
fn matter(matter: &Matter, english: bool) -> (&'static str, &'static str, Vec<Line>) {
    let pick = |ja: &'static str, en: &'static str| if english { en } else { ja };
    let named = |name: &str| vec![(pick("パスキー", "Passkey"), name.to_owned())];
    match matter {
        Matter::Opened { number } => (
            pick("口座開設完了のお知らせ", "Your account is open"),
            pick("口座の開設が完了しました。", "Your account has been opened."),
            vec![(pick("口座番号", "Account number"), tail(number))],
        ),
        Matter::Login => (
            pick("ログインのお知らせ", "Login notice"),
            pick("お客さまの口座へログインがありました。", "There was a login to your account."),
            vec![],
        ),
        Matter::NewDevice => (
            pick("新しい端末からのログインのお知らせ", "Login from a new device"),
            pick(
                "これまでにご利用のない端末から、お客さまの口座へログインがありました。",
                "There was a login to your account from a device that it did not know.",
            ),
            vec![],
        ),
        Matter::Unusual => (
            pick("いつもと異なる環境からのログインのお知らせ", "A login unlike your usual ones"),
            pick(
                "これまでのご利用と異なる環境から、パスキーによるログインがありました。",
                "There was a login by passkey from surroundings unlike your usual ones.",
            ),
            vec![],
        ),
        Matter::SentToDesk => (
            pick("ログインをお止めしました", "A login was stopped"),
            pick(
                "正しいパスワードでのログインがありましたが、いつものご利用と異なるためお止めしました。お客さまご自身であれば、お電話でご本人さま確認のうえログインいただけます。",
                "There was a login with the right password that was unlike your usual ones, so it was stopped. If it was you, call us: once we know that it is you, you can log in.",
            ),
            vec![],
        ),
        Matter::SessionsEnded => (
            pick("ほかの端末のログアウトのお知らせ", "Other devices were logged out"),
            pick(
                "次の端末での操作により、ほかの端末をログアウトしました。",
                "Other devices were logged out from the one below.",
            ),
            vec![],
        ),
        Matter::CodeFailed => (
            pick("ログインが完了しなかったお知らせ", "A login was not completed"),
            pick(
                "正しいパスワードの入力後、ワンタイム認証コードが続けて正しく入力されませんでした。",
                "After the right password, the one-time code was entered wrongly several times.",
            ),
            vec![],
        ),
        Matter::Locked(until) => (
            pick("ログイン一時停止のお知らせ", "Login by password is held"),
            pick(
                "パスワードが続けて正しく入力されなかったため、パスワードでのログインを一時停止しました。\
                 パスキーをご登録の場合は、パスキーですぐにログインいただけます。",
                "The password was entered wrongly several times, so login by password is held for a while. \
                 With a passkey you can log in right away.",
            ),
            vec![(pick("停止期間", "Until"), moment(*until, english))],
        ),
        Matter::PasskeySuspected { name } => (
            pick("パスキーに関する重要なお知らせ", "Important: one of your passkeys"),
            pick(
                "複製された可能性のあるパスキーによるログインをお断りしました。\
                 このパスキーを削除し、登録し直していただくことをおすすめします。",
                "A login with a passkey that may have been copied was turned down. \
                 We recommend that you delete this passkey and register a new one.",
            ),
            named(name),
        ),
        Matter::PasskeySuspectedUsed { name } => (
            pick("パスキーに関する重要なお知らせ", "Important: one of your passkeys"),
            pick(
                "複製された可能性のあるパスキーが利用されました。\
                 このパスキーを削除し、登録し直していただくことをおすすめします。",
                "A passkey that may have been copied was used. \
                 We recommend that you delete this passkey and register a new one.",
            ),
            named(name),
        ),
        Matter::AddressVerified => (
            pick("認証メールアドレス登録のお知らせ", "Your mail address is confirmed"),
            pick(
                "このメールアドレスが認証メールアドレスとして登録されました。今後、ログイン時のワンタイム認証コードをお送りします。",
                "This address is now your verified mail address. One-time codes for logins will be sent to it.",
            ),
            vec![],
        ),
        Matter::AddressChanged(masked) => (
            pick("認証メールアドレス変更のお知らせ", "Your verified mail address was changed"),
            pick(
                "認証メールアドレスが変更されました。今後、ログイン時のワンタイム認証コードは新しいアドレスにお送りします。",
                "Your verified mail address was changed. One-time codes for logins will be sent to the new one.",
            ),
            vec![(pick("新しいアドレス", "New address"), masked.clone())],
        ),
        Matter::NumberVerified(masked) => (
            pick("携帯電話番号登録のお知らせ", "Your mobile number was confirmed"),
            pick(
                "SMSでワンタイム認証コードをお受け取りいただく携帯電話番号が登録されました。",
                "A mobile number was confirmed: one-time codes for logins can be sent to it by SMS.",
            ),
            vec![(pick("携帯電話番号", "Mobile number"), masked.clone())],
        ),
        Matter::NumberRemoved(masked) => (
            pick("携帯電話番号登録取消のお知らせ", "Your mobile number was removed"),
            pick(
                "携帯電話番号の登録を取り消しました。今後、SMSでワンタイム認証コードはお送りしません。ほかの端末はログアウトされています。",
                "A mobile number was removed: no codes go to it any more. All other devices were logged out.",
            ),
            vec![(pick("携帯電話番号", "Mobile number"), masked.clone())],
        ),
        Matter::AddressStopped => (
            pick("認証メールアドレス変更停止のお知らせ", "The change of your mail address was stopped"),
            pick(
                "認証メールアドレスの変更を停止し、変更前の状態に戻しました。ログイン中の端末はすべてログアウトし、\
                 変更の72時間前以降に登録されたパスキーは削除しました。パスワードでのログインは、それより前にご登録のパスキーで\
                 ログインいただくか、お電話でご本人確認が済むまで停止しています。",
                "The change of your verified mail address was stopped and undone. All devices were logged out, and passkeys \
                 registered since 72 hours before the change were removed. Login by password is held until you log in with an \
                 earlier passkey, or call us and confirm who you are.",
            ),
            vec![],
        ),
        Matter::OwnLock => (
            pick("口座ロックのお知らせ", "Your account is locked"),
            pick(
                "お客さまの操作により、口座をロックしました。ログイン中の端末はすべてログアウトしました。\
                 ロックは、ご登録のパスキーでログインいただくか、お電話でご本人確認が済むと解除されます。",
                "You have locked your account, and all devices were logged out. \
                 It opens again when you log in with your passkey, or call us and confirm who you are.",
            ),
            vec![],
        ),
        Matter::EndedByStaff => (
            pick("ログアウトのお知らせ", "You were logged out"),
            pick(
                "当社の担当者が、お客さまのすべての端末をログアウトしました。引き続きご利用になる場合は、もう一度ログインしてください。",
                "Our staff have logged all your devices out. To go on, please log in again.",
            ),
            vec![],
        ),
        Matter::Released => (
            pick("ログイン停止解除のお知らせ", "Login is possible again"),
            pick(
                "パスキーまたはお電話でのご本人確認により、ログインの停止を解除しました。",
                "Login is possible again: a passkey, or you on the phone, confirmed who you are.",
            ),
            vec![],
        ),
        Matter::PasswordChanged => (
            pick("パスワード変更のお知らせ", "Your password was changed"),
            pick(
                "お客さまのログインパスワードが変更されました。ほかの端末はログアウトされています。",
                "Your login password was changed. All other devices were logged out.",
            ),
            vec![],
        ),
        Matter::PasskeyOnly(true) => (
            pick("パスワードログイン停止のお知らせ", "Login by password is turned off"),
            pick(
                "パスワードでのログインを停止しました。今後はパスキーでのみログインいただけます。ほかの端末はログアウトされています。",
                "Login by password was turned off. From now on only a passkey logs in. All other devices were logged out.",
            ),
            vec![],
        ),
        Matter::PasskeyOnly(false) => (
            pick("パスワードログイン再開のお知らせ", "Login by password is turned on"),
            pick("パスワードでのログインを再開しました。", "Login by password was turned on again."),
            vec![],
        ),
        Matter::PasskeyAdded { name } => (
            pick("パスキー登録のお知らせ", "Passkey registered"),
            pick("お客さまの口座にパスキーが登録されました。", "A passkey was registered for your account."),
            named(name),
        ),
        Matter::PasskeyRenamed { before, name } => (
            pick("パスキー名称変更のお知らせ", "Passkey renamed"),
            pick("お客さまの口座のパスキーの名前が変更されました。", "A passkey of your account was renamed."),
            vec![(pick("変更前", "Before"), before.clone()), (pick("変更後", "Now"), name.clone())],
        ),
        Matter::PasskeyRemoved { name } => (
            pick("パスキー削除のお知らせ", "Passkey removed"),
            pick("お客さまの口座からパスキーが削除されました。", "A passkey was removed from your account."),
            named(name),
        ),
    }
}

/// The desk's phone number and its hours.
fn desk(config: &Config, english: bool) -> (&str, &str) {
    let site = &config.site;
    (&site.phone, if english { &site.hours_en } else { &site.hours })
}

fn closing(config: &Config, english: bool) -> String {
    let (phone, hours) = desk(config, english);
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

/// Digits in groups of four, as they are copied from a screen.
fn in_groups(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(digit);
    }
    text
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
