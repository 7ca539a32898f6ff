//! A one-time code as a text message: the second way to a customer, beside the mail address that they confirmed, to the mobile
//! number that they confirmed in the same way. Handed in at an API as JSON. What must never enter: anything but a code.

use crate::House;
use crate::config::Endpoint;
use crate::host::{Outgoing, Unreached};
use crate::origin::{encode, post};
use sekisho_rules::Secret;
use serde::Serialize;

/// The number, where it is a Japanese mobile one: nothing else takes text messages for sure.
pub(crate) fn mobile(phone: &str) -> Option<&str> {
    let mobile = phone.len() == 11 && ["060", "070", "080", "090"].iter().any(|prefix| phone.starts_with(prefix));
    mobile.then_some(phone)
}

/// Hands a code in for `number`: a login's, or the one that confirms the number. The last line binds it to the site (origin-bound one-time codes): a browser that knows the
/// form fills it in there and nowhere else. At least once: the API takes the same key once.
///
/// # Errors
/// Where the API did not take it; it is handed in again later.
pub(crate) async fn send_sms<O: Outgoing>(
    house: &House,
    outgoing: &O,
    endpoint: &Endpoint,
    key: &str,
    code: &Secret,
    (number, lang, login): (&str, &str, bool),
) -> Result<(), Unreached> {
    #[derive(Serialize)]
    struct Message<'a> {
        to: &'a str,
        text: &'a str,
    }
    let (site, code) = (&house.config.site, code.expose());
    let text = match lang {
        "en" => {
            let what = if login { "login code" } else { "code to confirm this number, for no login" };
            ["[", &site.name_en, "] ", code, " is your ", what, " (10 minutes). Share it with nobody."].concat()
        }
        _ => {
            let what = if login {
                "ログインの認証コード"
            } else {
                "この電話番号を確認する(ログイン用ではない)コード"
            };
            ["【", &site.name, "】", what, "は", code, "です(10分間有効)。第三者に伝えないでください。"].concat()
        }
    };
    let text = [&text, "\n\n@", house.config.host(), " #", code].concat();
    let to = ["+81", number.strip_prefix('0').unwrap_or(number)].concat();
    let body = encode(&Message { to: &to, text: &text })?;
    let answer = post(outgoing, &endpoint.url, &house.sms_token, Some(key), &body, endpoint.timeout).await?;
    match answer.status().is_success() {
        true => Ok(()),
        false => Err(Unreached(["the SMS API answered ", answer.status().as_str()].concat())),
    }
}
