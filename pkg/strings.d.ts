/** The texts of the elements by their names, with what is said where a site gives none. `{x}` stands for a value. */
export interface Strings {
  /** Opens the board. ソフトウェアキーボードを使う / Use software keyboard */
  KbOpen?: string;
  /** Closes the board. ソフトウェアキーボードを閉じる / Close software keyboard */
  KbClose?: string;
  /** Names the board. ソフトウェアキーボード / Software keyboard */
  KbName?: string;
  /** Names the keys' grid. 文字キー / Keys */
  KbKeys?: string;
  /** Names the tabs. 入力先 / Field */
  KbTabs?: string;
  /** The first option. ランダム表示 / Random layout */
  KbRandom?: string;
  /** What it does. キーの配置を表示のたびに変更します。 / Changes the key layout at every display. */
  KbRandomHelp?: string;
  /** The second option. マウスオン時にボタン非表示 / Hide buttons on mouse-over */
  KbHide?: string;
  /** What it does. のぞき見防止のため、操作中はキーの文字を隠します。 / Hides key labels during use to prevent shoulder surfing. */
  KbHideHelp?: string;
  /** Shift. 大文字/小文字 / Upper/lower case */
  KbShift?: string;
  /** Backspace. 1文字削除 / Delete one */
  KbBack?: string;
  /** Clear. すべて消去 / Clear all */
  KbClear?: string;
  /** Enter. 入力を完了する / Done */
  KbEnter?: string;
  /** Said after a press. {n}文字入力済み / {n} characters entered */
  KbCount?: string;
  /** Said after a press with nothing left. 未入力 / Nothing entered */
  KbEmpty?: string;
  /** Always there. ソフトウェアキーボードのご使用により、安全性が保証されるわけではありません。 / Using the software keyboard does not guarantee safety. */
  KbNotice?: string;
  /** For screen readers. 画面読み上げをご利用の場合は、通常の入力欄をご利用ください。読み上げによりキーの内容が周囲に聞こえることがあります。 / With a screen reader, please use the normal field: others may hear the keys read aloud. */
  KbSpoken?: string;
  /** Names the rules' list. パスワードの条件 / Password rules */
  PwRules?: string;
  /** The rule on length. {min}桁以上{max}桁以下 / {min} to {max} characters */
  PwLength?: string;
  /** The rule on kinds. 数字・英字大文字・英字小文字・記号のうち{n}種類以上 / At least {n} of: digits, upper case, lower case, symbols */
  PwKinds?: string;
  /** The rule on symbols. 使用できる記号:{symbols} / Symbols allowed: {symbols} */
  PwSymbols?: string;
  /** A rule's state. 満たしています / Met */
  PwMet?: string;
  /** A rule's state. 満たしていません / Not met */
  PwUnmet?: string;
  /** Too short. あと{n}文字入力してください。 / Enter {n} more. */
  PwShort?: string;
  /** Too long. {n}文字超えています。{max}桁以下で入力してください。 / {n} too many. Use {max} or fewer. */
  PwLong?: string;
  /** Too few kinds. あと{n}種類の文字を加えてください。 / Add {n} more kinds of character. */
  PwMoreKinds?: string;
  /** A character that is not allowed. 「{c}」は使用できません。 / "{c}" cannot be used. */
  PwCharset?: string;
  /** Full-width characters. 全角文字が含まれています。半角で入力してください。 / Contains full-width characters. Use half-width. */
  PwFullwidth?: string;
  /** Offers to convert them. 半角に直す / Convert to half-width */
  PwFixHalf?: string;
  /** In the blocklist. よく使われているパスワードのため、設定できません。 / This is a commonly used password and cannot be set. */
  PwCommon?: string;
  /** From the customer's own data. お名前や生年月日などから推測されやすい部分があります({part})。 / Part of it can be guessed from your personal data ({part}). */
  PwPersonal?: string;
  /** A word as it is. 単語がそのまま使われています({part})。 / Contains a plain word ({part}). */
  PwWord?: string;
  /** A date. 日付と思われる部分があります({part})。 / Contains a date ({part}). */
  PwDate?: string;
  /** A walk, sequence or repeat. キーの並び順など、類推しやすい並びがあります({part})。 / Contains an easily guessed sequence ({part}). */
  PwWalk?: string;
  /** Same as the other password. ログインパスワードと出金パスワードには、異なるものを設定してください。 / Login and withdrawal passwords must differ. */
  PwSame?: string;
  /** How hard it is to guess. 推測されにくさ:{level} / Strength: {level} */
  PwStrength?: string;
  /** The least. 弱い / weak */
  PwWeak?: string;
  /** Better. やや弱い / fair */
  PwFair?: string;
  /** Enough. 十分 / good */
  PwGood?: string;
  /** The most. 強い / strong */
  PwStrong?: string;
  /** Advice. できるだけ{max}桁での設定をおすすめします。 / We recommend {max} characters. */
  PwAdvice?: string;
  /** Every rule is met. パスワードの条件をすべて満たしています。 / All password rules are met. */
  PwAllMet?: string;
  /** So many are not. 満たしていない条件が{n}件あります。 / {n} rules are not met yet. */
  PwNotMet?: string;
  /** Logs in. パスキーでログイン / Log in with a passkey */
  PkSignIn?: string;
  /** Why one should. パスキーを登録すると、指紋・顔・PINだけでログインできます。 / With a passkey you log in with fingerprint, face or PIN. */
  PkOffer?: string;
  /** Registers. パスキーを登録する / Register a passkey */
  PkCreate?: string;
  /** Proves again who it is. パスキーでご本人確認をする / Confirm with a passkey */
  PkConfirm?: string;
  /** Before the prompt. このあと、お使いの端末の確認画面が表示されます。 / Your device will now ask you to confirm. */
  PkBefore?: string;
  /** Registered. パスキーを登録しました。 / Passkey registered. */
  PkCreated?: string;
  /** Logged in. 確認できました。 / Confirmed. */
  PkDone?: string;
  /** Cancelled, timed out or none here. パスキーの確認を完了できませんでした。操作を取り消された場合は、もう一度お試しください。 / The passkey could not be confirmed. If you cancelled, please try again. */
  PkNotAllowed?: string;
  /** The warning that goes with it. パスキーが反応しない場合は、偽サイトの可能性があります。パスワードは入力せず、アドレスが {domain} であることをご確認ください。 / If your passkey does not react, this may be a fake site. Do not enter your password; check that the address is {domain}. */
  PkNoReact?: string;
  /** Registered already. この端末のパスキーは登録済みです。 / Already registered on this device. */
  PkExists?: string;
  /** Not here. お使いの環境ではパスキーをご利用いただけません。 / Passkeys are not available here. */
  PkUnsupported?: string;
  /** As many as there may be. 登録できるパスキーの数に達しています。不要なパスキーを削除してから、もう一度お試しください。 / You have as many passkeys as possible. Delete one and try again. */
  PkLimit?: string;
  /** Of a model that is reported as broken. この機器は安全上の問題が報告されている機種のため、パスキーを登録できません。別の端末をご利用ください。 / Passkeys cannot be registered on this device: its model is reported as unsafe. Please use another. */
  PkModel?: string;
  /** The edge did not know it. このパスキーではログインできませんでした。別のパスキーまたはパスワードをご利用ください。 / This passkey did not open a session. Use another passkey or your password. */
  PkUnknown?: string;
  /** A proof is too old. この操作には、ご本人確認が必要です。もう一度ログインしてからお試しください。 / Please confirm that it is you: log in again, then retry. */
  PkStepUp?: string;
  /** Anything else. 完了できませんでした。時間をおいて、もう一度お試しください。 / Could not be completed. Please try again later. */
  PkFailed?: string;
  /** Title of the idle warning. まもなく自動的にログアウトします / You will be logged out soon */
  IdleTitle?: string;
  /** Its body. 継続するとログインの有効時間が{n}分間延長されます。 / Continuing extends your session by {n} minutes. */
  IdleBody?: string;
  /** The countdown. 残り{m}分{s}秒 / {m} min {s} s remain */
  IdleLeft?: string;
  /** Spoken at whole minutes. ログインの有効時間は残り{m}分です。 / {m} minutes remain before you are logged out. */
  IdleMinutes?: string;
  /** Spoken below a minute. ログインの有効時間は残り{s}秒です。 / {s} seconds remain before you are logged out. */
  IdleSeconds?: string;
  /** Extends. ログインを継続する / Stay logged in */
  IdleStay?: string;
  /** Logs out. ログアウトする / Log out */
  IdleLeave?: string;
  /** Extended. ログイン状態を延長しました({time}まで)。 / Extended until {time}. */
  IdleDone?: string;
  /** Not extended. 延長できませんでした。通信状況をご確認のうえ、もう一度お試しください。 / Could not extend. Check your connection and try again. */
  IdleFailed?: string;
  /** Names the list. 登録済みのパスキー / Your passkeys */
  List?: string;
  /** There are none. パスキーは登録されていません。 / No passkey is registered. */
  None?: string;
  /** When it was registered. 登録日時:{time} / Registered: {time} */
  Created?: string;
  /** When it was last used. 最終利用日時:{time} / Last used: {time} */
  Used?: string;
  /** It was not. まだ利用されていません / Not used yet */
  Unused?: string;
  /** Kept by a provider. ほかの端末でも利用できます / Usable on your other devices */
  Synced?: string;
  /** Kept by one device. この端末のみ / This device only */
  Bound?: string;
  /** Renames. 名前を変更する / Rename */
  Rename?: string;
  /** The same for screen readers. 「{name}」の名前を変更する / Rename "{name}" */
  RenameOf?: string;
  /** Names the field. 新しい名前 / New name */
  NewName?: string;
  /** Keeps the new name. 保存する / Save */
  Save?: string;
  /** Neither renames nor deletes. キャンセル / Cancel */
  Cancel?: string;
  /** Deletes. 削除する / Delete */
  Delete?: string;
  /** The same for screen readers. 「{name}」を削除する / Delete "{name}" */
  DeleteOf?: string;
  /** Asks once more. パスキー「{name}」を削除します。よろしいですか。 / Delete the passkey "{name}"? */
  DeleteAsk?: string;
  /** What deleting means. このパスキーではログインできなくなります。端末に残っている場合は、端末の設定から削除してください。 / You can then no longer log in with it. If it remains on the device, delete it in the device's settings. */
  DeleteNote?: string;
  /** Renamed. パスキーの名前を変更しました。 / The passkey was renamed. */
  Renamed?: string;
  /** Deleted. パスキーを削除しました。 / The passkey was deleted. */
  Deleted?: string;
  /** The last way to log in. ほかの認証方法がないため、削除できません。 / It cannot be deleted: there is no other way to log in. */
  Last?: string;
  /** A name is missing. 名前を入力してください。 / Enter a name. */
  NeedName?: string;
  /** Where wasm does not run, in place of the board. */
  NoBoard?: string;
}
