//! Pages of our own, for when neither the origin nor the broker's page can speak: Japanese and English on one page.
//!
//! What must never enter: script, a link out, anything of the customer's but the form that they are about to send.

use crate::config::Config;
use crate::notice::{escape, moment};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest;
use sekisho_rules::{Refusal, Timestamp};
use std::time::Duration;

const STYLE: &str = ":root{color-scheme:light dark}body{margin:0;font:1rem/1.8 \"Hiragino Sans\",\"Noto Sans JP\",\"Noto Sans CJK JP\",sans-serif;\
color:#1d2733;background:#f4f6f8;line-break:strict}main{max-width:36rem;margin:3rem auto;padding:2rem;background:#fff;\
border-top:.25rem solid #1f4e79}h1{font-size:1.25rem;margin:0 0 1rem}section+section{margin-top:2rem;padding-top:2rem;\
border-top:1px solid #d5dce3}table{width:100%;table-layout:fixed;border-collapse:collapse}th,td{text-align:left;\
padding:.5rem 1rem .5rem 0;vertical-align:top;overflow-wrap:anywhere;border-bottom:1px solid #d5dce3}th{width:35%}a{color:#1f4e79}\
button{font:inherit;padding:.5rem 1.5rem;min-height:2.75rem;color:#fff;background:#1f4e79;border:1px solid #8fa9c0;\
border-radius:.25rem}:focus-visible{outline:.2rem solid #a86400;outline-offset:.15rem}@media(max-width:40rem){main{margin:0;padding:1.5rem}}\
@media(prefers-color-scheme:dark){body{color:#e6ebf0;background:#12181f}main{background:#1a232d}a{color:#8fc1ee}}";

/// The policy under which a page of ours is shown: nothing but its own style, and forms to `form`.
pub(crate) fn policy(form: &str) -> String {
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action {form}; frame-ancestors 'none'"
    )
}

/// What waits to be sent: to which address, its fields, and the button that has `send` send it as `name`.
pub(crate) fn parked(config: &Config, target: &str, fields: &[(String, String)], (send, name): (&str, &str)) -> String {
    let rows: String = fields
        .iter()
        .map(|(name, value)| format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(name), escape(value)))
        .collect();
    let send = escape(send);
    let (site, target, home) = (escape(&config.site.name), escape(target), escape(&config.login.home));
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>送信内容のご確認 {site}</title><style>{STYLE}</style></head><body><main>\
         <h1>送信内容のご確認</h1><p>ご本人確認が完了しました。次の内容を送信します。</p>\
         <p lang=\"en\">Thank you for confirming that it is you. This will be sent:</p>\
         <p>送信先 <span lang=\"en\">To</span>: {target}</p><table>{rows}</table>\
         <form method=\"post\" action=\"{send}\"><input type=\"hidden\" name=\"name\" value=\"{name}\">\
         <p><button>送信する <span lang=\"en\">Send</span></button></p></form>\
         <p><a href=\"{home}\">送信せずに戻る <span lang=\"en\">Go back without sending</span></a></p>\
         </main></body></html>"
    )
}

/// Opens `target` once more, as a page of this site: what another site opened, the browser does not renew its proof for.
pub(crate) fn again(config: &Config, target: &str) -> String {
    let (site, target) = (escape(&config.site.name), escape(target));
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta http-equiv=\"refresh\" content=\"0;url={target}\"><title>{site}</title>\
         <style>{STYLE}</style></head><body><main><h1>ご利用の端末を確認しています</h1>\
         <p><a href=\"{target}\">自動で進まないときは、こちらから続けてください <span lang=\"en\">Checking your device. Continue here if \
         nothing happens</span></a></p></main></body></html>"
    )
}

/// What a person sees whose form waits no more: whether it was sent, where anybody knows, and where it was not the way to the page that
/// it was sent to.
pub(crate) fn gone(config: &Config, sent: Option<bool>, way: Option<String>, reference: &str) -> String {
    let told = match sent {
        Some(true) => (
            "この内容は、すでに送信の操作がされています。もう一度お手続きをする前に、結果をご確認ください。",
            "This was sent from here already. Check whether it went through before you send it again.",
        ),
        Some(false) => (
            "ご入力の内容は送信されておらず、残っていません。10分が過ぎたか、ブラウザーが変わったためです。恐れ入りますが、もう一度ご入力ください。",
            "What you filled in was not sent and is kept no more: ten minutes are over, or this is another browser. Please fill it in again.",
        ),
        None => (
            "送信を待っている内容はありません。送信の操作をされた場合は、もう一度お手続きをする前に、結果をご確認ください。",
            "Nothing waits here. If you pressed send, check the result first.",
        ),
    };
    // Who has sent it, or may have, is not led to send it again.
    let way = match way.as_ref().filter(|_| sent == Some(false)) {
        Some(way) => (way, "前のページへ", "Go back to the page"),
        None => (&config.login.home, "ホームへ", "To the home page"),
    };
    told_page(config, told, Some(way), None, reference)
}

/// What a person sees where a request does not pass: what happened, what to do, where it is known from when on or on which way, and a
/// number for the desk.
pub(crate) fn refusal(
    config: &Config,
    refusal: Refusal,
    (until, way): (Option<Timestamp>, Option<String>),
    reference: &str,
) -> String {
    let (ja, en) = match refusal {
        Refusal::NotFound => (
            "お探しのページは見つかりませんでした。アドレスをご確認ください。",
            "This page was not found. Please check the address.",
        ),
        Refusal::PathRefused => ("このアドレスはお取り扱いできません。", "This address cannot be handled."),
        Refusal::NoSession | Refusal::SessionIdle => (
            "ログインの有効時間が過ぎています。恐れ入りますが、もう一度ログインしてください。",
            "Your login has ended. Please log in again.",
        ),
        Refusal::InsufficientAuthentication => (
            "このお手続きには、ご本人確認が必要です。送信された内容は受け付けていません。ご本人確認のうえ、もう一度送信してください。",
            "Please confirm that it is you. What you sent was not accepted: confirm, then send it again.",
        ),
        Refusal::DeviceUnbound => (
            "このサービスは、ご利用の端末に結び付けたログインでのみご利用いただけます。端末との結び付けに対応したブラウザー(Google Chromeなどの最新版)で、もう一度ログインしてください。",
            "This service is open to logins that are bound to their device. Please log in again with a browser that can do that, such as the current Google Chrome.",
        ),
        Refusal::OriginUnreachable | Refusal::OriginTimeout => (
            "応答がありませんでした。お手続き中の場合は、もう一度送信する前に結果をご確認ください。",
            "There was no answer. If you have just sent something, check whether it went through before you send it again.",
        ),
        Refusal::RateLimited => (
            "短い時間に多くのアクセスがあったため、受付を一時的に止めています。恐れ入りますが、しばらくお待ちください。",
            "There were too many requests in a short time. Please wait a little.",
        ),
        _ => (
            "ただいまページを表示できません。時間をおいて、もう一度お試しください。",
            "The page cannot be shown now. Please try again later.",
        ),
    };
    // Who is to log in again is led there: a form that was sent leads nowhere by itself.
    let leads = matches!(refusal, Refusal::NoSession | Refusal::SessionIdle | Refusal::DeviceUnbound);
    let way = match &way {
        Some(way) => Some((way, "ご本人確認に進む", "Confirm that it is you")),
        None => leads.then_some((&config.login.page, "ログイン画面へ", "To the login page")),
    };
    told_page(config, (ja, en), way, until, reference)
}

fn told_page(
    config: &Config,
    (ja, en): (&str, &str),
    way: Option<(&String, &str, &str)>,
    until: Option<Timestamp>,
    reference: &str,
) -> String {
    // To the next whole minute, since no seconds are told.
    let until = until.map(|until| until + Duration::from_secs(59));
    let from =
        until.map_or_else(String::new, |at| format!("<p>{}以降に、もう一度お試しください。</p>", moment(at, false)));
    let from_en = until.map_or_else(String::new, |at| format!("<p>Try again after {}.</p>", moment(at, true)));
    let way = way.map_or_else(String::new, |(way, ja, en)| {
        format!("<p><a href=\"{}\">{ja} <span lang=\"en\">{en}</span></a></p>", escape(way))
    });
    let (phone, hours, hours_en) =
        (escape(&config.site.phone), escape(&config.site.hours), escape(&config.site.hours_en));
    let (name, name_en) = (escape(&config.site.name), escape(&config.site.name_en));
    let reference = escape(reference);
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>{name}</title><style>{STYLE}</style></head><body><main>\
         <section><h1>{name}</h1><p>{ja}</p>{way}{from}<p>受付番号:{reference}</p><p>お問い合わせ:{phone}({hours})</p></section>\
         <section lang=\"en\"><h1>{name_en}</h1><p>{en}</p>{from_en}<p>Reference: {reference}</p><p>Contact: {phone} ({hours_en})</p></section>\
         </main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_to_log_in_again_is_led_there_and_every_page_tells_whom_to_call_and_when_in_both_languages() {
        let config = Config::parse(include_str!("../../sekisho.toml")).unwrap();
        for (of, leads) in [
            (Refusal::NoSession, true),
            (Refusal::SessionIdle, true),
            (Refusal::DeviceUnbound, true),
            (Refusal::RateLimited, false),
            (Refusal::Unavailable, false),
        ] {
            let page = refusal(&config, of, (None, None), "MX0");
            assert_eq!(page.contains("<a href=\"/login\">ログイン画面へ"), leads, "{}", of.code());
            assert!(page.contains("0120-000-000(平日 8:00") && page.contains("0120-000-000 (weekdays 8:00"), "{page}");
        }
        let led = refusal(&config, Refusal::InsufficientAuthentication, (None, Some("/confirm?a&b".into())), "MX0");
        assert!(led.contains("<a href=\"/confirm?a&amp;b\">ご本人確認に進む"), "{led}");
    }
}
