//! What each letter tells: its title, its sentence, and what stands below it.

use super::{Line, moment, tail};
use crate::notice::Matter;

/// Title, sentence, and the lines that no other matter has.
pub(super) fn matter(matter: &Matter, english: bool) -> (&'static str, &'static str, Vec<Line>) {
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
                "正しいパスワードでのログインがありましたが、いつものご利用と異なるためお止めしました。お客さまご自身であれば、お電話でご本人さま確認のうえログインいただけます。お心当たりのない場合は、パスワードが第三者に知られているおそれがあります。パスワードの変更もお願いいたします。",
                "There was a login with the right password that was unlike your usual ones, so it was stopped. If it was you, call us: once we know that it is you, you can log in. If not, somebody may know your password: please change it as well.",
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
                "正しいパスワードの入力後、ワンタイム認証コードが続けて正しく入力されませんでした。\
                 お心当たりのない場合は、パスワードが第三者に知られているおそれがあります。パスワードの変更もお願いいたします。",
                "After the right password, the one-time code was entered wrongly several times. \
                 If that was not you, somebody may know your password: please change it as well.",
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
            vec![(pick("解除予定", "Until"), moment(*until, english))],
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
        Matter::AddressByDesk(masked) => (
            pick("認証メールアドレス変更受付のお知らせ", "A change of your mail address was requested"),
            pick(
                "当社の担当者がご本人確認のうえ、認証メールアドレスの変更を承りました。72時間以内にパスワードでログインし、\
                 新しいアドレスに届く認証コードを入力すると、変更が完了します。",
                "Our staff confirmed who you are and took a change of your verified mail address. It is complete once you log in \
                 by password within 72 hours and enter the code that is sent to the new address.",
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
            pick(
                "お客さまの口座からパスキーが削除されました。ほかの端末はログアウトされています。",
                "A passkey was removed from your account. All other devices were logged out.",
            ),
            named(name),
        ),
    }
}
