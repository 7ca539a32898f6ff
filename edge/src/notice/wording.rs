//! The letters' words, Japanese and English side by side; what each matter says is beside, in `matter`.

mod matter;

use super::{CodeLetter, Letter, Matter, Seen, Written, place};
use crate::account::Profile;
use crate::config::Config;
use crate::host::Unicode;
use jiff::tz::Offset;
use matter::matter;
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
    let mut closing = closing(&letter.matter, config, english);
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
        Some(_) if letter.confirms => (
            pick("ご利用になれる操作", "Good for"),
            pick(
                "ログインと、お申し出いただいたこのメールアドレスの認証(出金には使いません)",
                "this login, and confirming this address as you asked us to; no withdrawal",
            )
            .to_owned(),
        ),
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
        // A name in Japanese letters is read in their order.
        let latin = profile.given.is_ascii();
        let (first, last) = if latin { (&profile.given, &profile.family) } else { (&profile.family, &profile.given) };
        format!("Dear {first} {last},")
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
        .map(|(label, value)| {
            format!("<tr><th scope=\"row\" align=\"left\">{}</th><td>{}</td></tr>", escape(label), escape(value))
        })
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

/// The desk's phone number and its hours.
fn desk(config: &Config, english: bool) -> (&str, &str) {
    let site = &config.site;
    (&site.phone, if english { &site.hours_en } else { &site.hours })
}

/// What to do, at any hour: the desk sleeps, and an account can be locked by its owner meanwhile.
fn closing(matter: &Matter, config: &Config, english: bool) -> String {
    let (phone, hours) = desk(config, english);
    let pick = |ja: &'static str, en: &'static str| if english { en } else { ja };
    let lock = match matter {
        Matter::OwnLock | Matter::AddressStopped => "",
        _ => pick(
            "受付時間外でも、当社サイトの「セキュリティ設定」から口座をロックいただけます。\n",
            "At any other time you can lock your account in the security settings of our site.\n",
        ),
    };
    if english {
        format!(
            "If this was not you, call {phone} ({hours}) at once.\n{lock}\
             This mail contains no link. Use your bookmark or the official app."
        )
    } else {
        format!(
            "身に覚えのない場合は、速やかに{phone}({hours})までご連絡ください。\n{lock}\
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
