//! Every sentence the elements say, in Japanese and English side by side, so that neither can lack a key.

/// The language an element speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Japanese, unless the page says otherwise.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// The language of a `lang` attribute (BCP 47); anything but English is Japanese.
    ///
    /// ```
    /// use sekisho_client::Lang;
    /// assert_eq!(Lang::of("en-GB"), Lang::En);
    /// assert_eq!(Lang::of("ja"), Lang::Ja);
    /// assert_eq!(Lang::of("enm"), Lang::Ja);
    /// ```
    pub fn of(tag: &str) -> Self {
        let primary = tag.split('-').next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") { Self::En } else { Self::Ja }
    }

    /// The tag to put on what is drawn.
    pub fn tag(self) -> &'static str {
        self.choose("ja", "en")
    }

    /// One of two values.
    pub fn choose<T>(self, ja: T, en: T) -> T {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }
}

macro_rules! wording {
    ($(#[$about:meta])* $table:ident: $($(#[$doc:meta])* $name:ident: $ja:literal, $en:literal;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $table {
            $($(#[$doc])* $name,)*
        }

        impl $table {
            /// Every text, for tests.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The names of the texts in their order, one a line.
            pub const NAMES: &str = concat!($(stringify!($name), "\n",)*);

            // One text, searched: a match or a table would weigh more than the sentences' own endings.
            const TEXTS: &str = concat!($($ja, "\n", $en, "\n",)*);

            /// What the site says instead, in the same form.
            fn own() -> &'static std::sync::OnceLock<String> {
                static OWN: std::sync::OnceLock<String> = std::sync::OnceLock::new();
                &OWN
            }

            /// The wording in `lang`; `{x}` stands for a value that [`fill`] puts in.
            pub fn lang(self, lang: Lang) -> &'static str {
                let texts = Self::own().get().map_or(Self::TEXTS, String::as_str);
                texts.split('\n').nth(self as usize * 2 + lang.choose(0, 1)).unwrap_or_default()
            }

            /// Takes the site's own wording, once and before anything is said: `own` gives the text for a name and a
            /// language, or none to leave it as it is. A text is one line; what follows a line feed is left out.
            pub fn replace(own: &dyn Fn(&str, Lang) -> Option<String>) {
                let mut texts = String::new();
                let mut before = Self::TEXTS.split('\n');
                for name in Self::NAMES.lines() {
                    for lang in [Lang::Ja, Lang::En] {
                        let kept = before.next().unwrap_or_default();
                        let said = own(name, lang);
                        texts.push_str(said.as_deref().and_then(|said| said.lines().next()).unwrap_or(kept));
                        texts.push('\n');
                    }
                }
                // Only the first wording counts: elements may have spoken by it.
                let _first = Self::own().set(texts);
            }
        }
    };
}

wording! {
    /// A sentence or label.
    Text:
    /// Opens the board.
    KbOpen: "ソフトウェアキーボードを使う", "Use software keyboard";
    /// Closes the board.
    KbClose: "ソフトウェアキーボードを閉じる", "Close software keyboard";
    /// Names the board.
    KbName: "ソフトウェアキーボード", "Software keyboard";
    /// Names the keys' grid.
    KbKeys: "文字キー", "Keys";
    /// Names the tabs.
    KbTabs: "入力先", "Field";
    /// The first option.
    KbRandom: "ランダム表示", "Random layout";
    /// What it does.
    KbRandomHelp: "キーの配置を表示のたびに変更します。", "Changes the key layout at every display.";
    /// The second option.
    KbHide: "マウスオン時にボタン非表示", "Hide buttons on mouse-over";
    /// What it does.
    KbHideHelp: "のぞき見防止のため、操作中はキーの文字を隠します。", "Hides key labels during use to prevent shoulder surfing.";
    /// Shift.
    KbShift: "大文字/小文字", "Upper/lower case";
    /// Backspace.
    KbBack: "1文字削除", "Delete one";
    /// Clear.
    KbClear: "すべて消去", "Clear all";
    /// Enter.
    KbEnter: "入力を完了する", "Done";
    /// Said after a press.
    KbCount: "{n}文字入力済み", "{n} characters entered";
    /// Said after a press with nothing left.
    KbEmpty: "未入力", "Nothing entered";
    /// Always there.
    KbNotice: "ソフトウェアキーボードのご使用により、安全性が保証されるわけではありません。", "Using the software keyboard does not guarantee safety.";
    /// For screen readers.
    KbSpoken: "画面読み上げをご利用の場合は、通常の入力欄をご利用ください。読み上げによりキーの内容が周囲に聞こえることがあります。", "With a screen reader, please use the normal field: others may hear the keys read aloud.";

    /// Names the rules' list.
    PwRules: "パスワードの条件", "Password rules";
    /// The rule on length.
    PwLength: "{min}桁以上{max}桁以下", "{min} to {max} characters";
    /// The rule on kinds.
    PwKinds: "数字・英字大文字・英字小文字・記号のうち{n}種類以上", "At least {n} of: digits, upper case, lower case, symbols";
    /// The rule on symbols.
    PwSymbols: "使用できる記号:{symbols}", "Symbols allowed: {symbols}";
    /// A rule's state.
    PwMet: "満たしています", "Met";
    /// A rule's state.
    PwUnmet: "満たしていません", "Not met";
    /// Too short.
    PwShort: "あと{n}文字入力してください。", "Enter {n} more.";
    /// Too long.
    PwLong: "{n}文字超えています。{max}桁以下で入力してください。", "{n} too many. Use {max} or fewer.";
    /// Too few kinds.
    PwMoreKinds: "あと{n}種類の文字を加えてください。", "Add {n} more kinds of character.";
    /// A character that is not allowed.
    PwCharset: "「{c}」は使用できません。", "\"{c}\" cannot be used.";
    /// Full-width characters.
    PwFullwidth: "全角文字が含まれています。半角で入力してください。", "Contains full-width characters. Use half-width.";
    /// Offers to convert them.
    PwFixHalf: "半角に直す", "Convert to half-width";
    /// In the blocklist.
    PwCommon: "よく使われているパスワードのため、設定できません。", "This is a commonly used password and cannot be set.";
    /// From the customer's own data.
    PwPersonal: "お名前や生年月日などから推測されやすい部分があります({part})。", "Part of it can be guessed from your personal data ({part}).";
    /// A word as it is.
    PwWord: "単語がそのまま使われています({part})。", "Contains a plain word ({part}).";
    /// A date.
    PwDate: "日付と思われる部分があります({part})。", "Contains a date ({part}).";
    /// A walk, sequence or repeat.
    PwWalk: "キーの並び順など、類推しやすい並びがあります({part})。", "Contains an easily guessed sequence ({part}).";
    /// Same as the other password.
    PwSame: "ログインパスワードと出金パスワードには、異なるものを設定してください。", "Login and withdrawal passwords must differ.";
    /// How hard it is to guess.
    PwStrength: "推測されにくさ:{level}", "Strength: {level}";
    /// The least.
    PwWeak: "弱い", "weak";
    /// Better.
    PwFair: "やや弱い", "fair";
    /// Enough.
    PwGood: "十分", "good";
    /// The most.
    PwStrong: "強い", "strong";
    /// Advice.
    PwAdvice: "できるだけ{max}桁での設定をおすすめします。", "We recommend {max} characters.";
    /// Every rule is met.
    PwAllMet: "パスワードの条件をすべて満たしています。", "All password rules are met.";
    /// So many are not.
    PwNotMet: "満たしていない条件が{n}件あります。", "{n} rules are not met yet.";

    /// Logs in.
    PkSignIn: "パスキーでログイン", "Log in with a passkey";
    /// Why one should.
    PkOffer: "パスキーを登録すると、指紋・顔・PINだけでログインできます。", "With a passkey you log in with fingerprint, face or PIN.";
    /// Registers.
    PkCreate: "パスキーを登録する", "Register a passkey";
    /// Proves again who it is.
    PkConfirm: "パスキーでご本人確認をする", "Confirm with a passkey";
    /// Before the prompt.
    PkBefore: "このあと、お使いの端末の確認画面が表示されます。", "Your device will now ask you to confirm.";
    /// Registered.
    PkCreated: "パスキーを登録しました。", "Passkey registered.";
    /// Logged in.
    PkDone: "確認できました。", "Confirmed.";
    /// Cancelled, timed out or none here.
    PkNotAllowed: "パスキーの確認を完了できませんでした。操作を取り消された場合は、もう一度お試しください。", "The passkey could not be confirmed. If you cancelled, please try again.";
    /// The warning that goes with it.
    PkNoReact: "パスキーが反応しない場合は、偽サイトの可能性があります。パスワードは入力せず、アドレスが {domain} であることをご確認ください。", "If your passkey does not react, this may be a fake site. Do not enter your password; check that the address is {domain}.";
    /// Registered already.
    PkExists: "この端末のパスキーは登録済みです。", "Already registered on this device.";
    /// Not here.
    PkUnsupported: "お使いの環境ではパスキーをご利用いただけません。", "Passkeys are not available here.";
    /// As many as there may be.
    PkLimit: "登録できるパスキーの数に達しています。不要なパスキーを削除してから、もう一度お試しください。", "You have as many passkeys as possible. Delete one and try again.";
    /// Of a model that is reported as broken.
    PkModel: "この機器は安全上の問題が報告されている機種のため、パスキーを登録できません。別の端末をご利用ください。", "Passkeys cannot be registered on this device: its model is reported as unsafe. Please use another.";
    /// The edge did not know it.
    PkUnknown: "このパスキーではログインできませんでした。別のパスキーまたはパスワードをご利用ください。", "This passkey did not open a session. Use another passkey or your password.";
    /// A proof is too old.
    PkStepUp: "この操作には、ご本人確認が必要です。もう一度ログインしてからお試しください。", "Please confirm that it is you: log in again, then retry.";
    /// Anything else.
    PkFailed: "完了できませんでした。時間をおいて、もう一度お試しください。", "Could not be completed. Please try again later.";

    /// Title of the idle warning.
    IdleTitle: "まもなく自動的にログアウトします", "You will be logged out soon";
    /// Its body.
    IdleBody: "継続するとログインの有効時間が{n}分間延長されます。", "Continuing extends your session by {n} minutes.";
    /// The countdown.
    IdleLeft: "残り{m}分{s}秒", "{m} min {s} s remain";
    /// Spoken at whole minutes.
    IdleMinutes: "ログインの有効時間は残り{m}分です。", "{m} minutes remain before you are logged out.";
    /// Spoken below a minute.
    IdleSeconds: "ログインの有効時間は残り{s}秒です。", "{s} seconds remain before you are logged out.";
    /// Extends.
    IdleStay: "ログインを継続する", "Stay logged in";
    /// Logs out.
    IdleLeave: "ログアウトする", "Log out";
    /// Extended.
    IdleDone: "ログイン状態を延長しました({time}まで)。", "Extended until {time}.";
    /// Not extended.
    IdleFailed: "延長できませんでした。通信状況をご確認のうえ、もう一度お試しください。", "Could not extend. Check your connection and try again.";
}

#[cfg(any(test, feature = "manage"))]
wording! {
    /// What the list of passkeys says, on pages that have it.
    Managing:
    /// Names the list.
    List: "登録済みのパスキー", "Your passkeys";
    /// There are none.
    None: "パスキーは登録されていません。", "No passkey is registered.";
    /// When it was registered.
    Created: "登録日時:{time}", "Registered: {time}";
    /// When it was last used.
    Used: "最終利用日時:{time}", "Last used: {time}";
    /// It was not.
    Unused: "まだ利用されていません", "Not used yet";
    /// Kept by a provider.
    Synced: "ほかの端末でも利用できます", "Usable on your other devices";
    /// Kept by one device.
    Bound: "この端末のみ", "This device only";
    /// Renames.
    Rename: "名前を変更する", "Rename";
    /// The same for screen readers.
    RenameOf: "「{name}」の名前を変更する", "Rename \"{name}\"";
    /// Names the field.
    NewName: "新しい名前", "New name";
    /// Keeps the new name.
    Save: "保存する", "Save";
    /// Neither renames nor deletes.
    Cancel: "キャンセル", "Cancel";
    /// Deletes.
    Delete: "削除する", "Delete";
    /// The same for screen readers.
    DeleteOf: "「{name}」を削除する", "Delete \"{name}\"";
    /// Asks once more.
    DeleteAsk: "パスキー「{name}」を削除します。よろしいですか。", "Delete the passkey \"{name}\"?";
    /// What deleting means.
    DeleteNote: "このパスキーではログインできなくなります。端末に残っている場合は、端末の設定から削除してください。", "You can then no longer log in with it. If it remains on the device, delete it in the device's settings.";
    /// Renamed.
    Renamed: "パスキーの名前を変更しました。", "The passkey was renamed.";
    /// Deleted.
    Deleted: "パスキーを削除しました。", "The passkey was deleted.";
    /// The last way to log in.
    Last: "ほかの認証方法がないため、削除できません。", "It cannot be deleted: there is no other way to log in.";
    /// A name is missing.
    NeedName: "名前を入力してください。", "Enter a name.";
}

/// `text` with each `{name}` replaced by its value; a name without a value stays.
///
/// ```
/// use sekisho_client::wording::{Lang, Text, fill};
/// assert_eq!(fill(Text::KbCount.lang(Lang::Ja), &[("n", "3")]), "3文字入力済み");
/// ```
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after
            .split_once('}')
            .and_then(|(name, after)| Some((values.iter().find(|(known, _)| *known == name)?.1, after)));
        if let Some((value, after)) = value {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::{Lang, Managing, Text, fill};

    /// Every text in both languages.
    fn all() -> Vec<(&'static str, &'static str)> {
        let both = |said: &dyn Fn(Lang) -> &'static str| (said(Lang::Ja), said(Lang::En));
        let texts = Text::ALL.iter().map(|text| both(&|lang| text.lang(lang)));
        texts.chain(Managing::ALL.iter().map(|text| both(&|lang| text.lang(lang)))).collect()
    }

    fn names(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> = text.split('{').skip(1).map(|part| part.split('}').next().unwrap()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_take_the_same_values() {
        for (ja, en) in all() {
            assert_eq!(names(ja), names(en), "{ja}");
            assert!(!ja.is_empty() && !en.is_empty());
        }
    }

    #[test]
    fn the_wording_does_not_accuse() {
        for (ja, en) in all() {
            for harsh in ["不正", "無効", "拒否", "!", "!"] {
                assert!(!ja.contains(harsh), "{ja}");
            }
            assert!(!en.contains('!'), "{en}");
        }
    }

    // A table of its own: what one test replaces, another would see.
    wording! {
        /// Texts to be replaced.
        Sample:
        /// One.
        One: "一", "one";
        /// Two.
        Two: "二{n}", "two {n}";
    }

    #[test]
    fn a_site_replaces_what_it_wants_once_and_leaves_the_rest() {
        Sample::replace(&|name, lang| match (name, lang) {
            ("Two", Lang::Ja) => Some("弐{n}\n参".to_owned()),
            ("One", Lang::En) => Some(String::new()),
            _ => None,
        });
        Sample::replace(&|_, _| Some("later".to_owned()));
        let all: Vec<_> = Sample::ALL.iter().map(|text| (text.lang(Lang::Ja), text.lang(Lang::En))).collect();
        assert_eq!(all, [("一", "one"), ("弐{n}", "two {n}")]);
    }

    #[test]
    fn a_value_is_never_read_as_a_name() {
        assert_eq!(fill("「{c}」は{n}", &[("c", "{n}"), ("n", "3")]), "「{n}」は3");
        assert_eq!(fill("{x}{", &[]), "{x}{");
    }
}
