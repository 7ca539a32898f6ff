import type { Strings } from "./strings.js";

export type { Strings };

export interface InitOptions {
  /** Where the wasm comes from, if not from beside this module. */
  wasm?: WasmSource;
  /**
   * The larger module, which names guessable passwords and lists passkeys; default: where the page has a
   * `<sekisho-password-rules>` or a `<sekisho-passkey mode="manage">`.
   */
  rules?: boolean;
  /** The site's own wording, by language and name; what is left out is said as ever. */
  strings?: { ja?: Strings; en?: Strings };
}

/** Loads the wasm once and defines the elements. Resolves to `"plain"` where wasm cannot run; then login still works. */
export function initAsync(options?: InitOptions): Promise<"wasm" | "plain">;

export type WasmSource = string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module;

/** A password: an input, or the board beside it. Never a string. */
export type PasswordSource = HTMLInputElement | SekishoKeyboardElement;

export interface SignInFields {
  id: string | HTMLInputElement;
  password: PasswordSource;
  /** A path of this site to go to afterwards. */
  return?: string;
}

export interface LastLogin {
  /** Milliseconds since the epoch. */
  at: number;
  channel: string;
  channel_ja: string;
  channel_en: string;
  /** From where, as an estimate; null where nobody knows. */
  place_ja: string | null;
  place_en: string | null;
}

export interface SignedIn {
  /** Where to go: a path of this site. */
  next: string;
  /** How it was proved (RFC 8176). */
  amr: Array<"pwd" | "hwk" | "user" | "otp">;
  first: boolean;
  last_login: LastLogin | null;
  /** The password is of an older form; its owner should set a new one. */
  renew_password: boolean;
  second_factor: string;
}

/** A code that was sent by mail. */
export interface CodeSent {
  /** The address it went to, masked. */
  masked: string;
  /** Milliseconds since the epoch: until when it may be entered. */
  until: number;
  /** Milliseconds since the epoch: when another may be asked for. */
  resend: number;
}

/** What the letter says of a sign-in too, so that a customer can tell that the code is for it. */
export interface CodeFrom extends LastLogin {
  /** Browser family and system. */
  client: string;
}

/** The password was right, and a code must follow. */
export interface CodeAsked extends CodeSent {
  /** The sign-in under way; hand it to `enterCode` and `resendCode`. */
  pending: string;
  /** The number to which another may go by SMS (`resendCode` with `by: "sms"`), masked; null where that is not offered. */
  sms: string | null;
  /** Whether it is asked for because the login is unlike its owner's: then say so. */
  unusual: boolean;
  /** Whether a passkey of the account has worked: then offer that first. */ passkey: boolean;
  from: CodeFrom;
}

export interface OpenFields {
  family: string;
  given: string;
  family_kana: string;
  given_kana: string;
  /** `YYYY-MM-DD`. */
  birthday: string;
  postal: string;
  address: string;
  phone: string;
  mail: string;
  password: PasswordSource;
  lang?: "ja" | "en";
}

export interface ChangeFields {
  /** The current password; left out where a passkey has just proved who asks. */
  current?: PasswordSource;
  /** The new one. */
  password: PasswordSource;
}

export interface Opened {
  account_number: string;
  receipt: string;
}

export interface SessionState {
  remaining_ms: number;
  window_ms: number;
  timeout_ms: number;
  amr: string[];
  auth_time: number;
  channel: string;
  /** To be sent as `Sekisho-Csrf` with what acts by browsers that send neither Fetch Metadata nor `Origin`. */
  csrf_token: string;
}

export interface RegisteredPasskey {
  id: string;
  name: string;
  created: number;
}

export interface PasskeyInfo extends RegisteredPasskey {
  /** Milliseconds since the epoch; null while it was never used. */
  last_used: number | null;
  /** Kept by a provider, on the owner's other devices as well. */
  synced: boolean;
  /** The path of a picture of its model, where the site has one. */
  icon: string | null;
}

export interface PasskeyList {
  /** The oldest first. */
  passkeys: PasskeyInfo[];
  rp_id: string;
  /** As whom the programs that keep passkeys know the customer. */
  user: { id: string; name: string; display_name: string };
}

export interface PasskeySupport {
  available: boolean;
  autofill: boolean;
  platform: boolean;
  /** The browser's own `getClientCapabilities`; empty where it has none. */
  capabilities: Record<string, boolean>;
}

export interface PasswordVerdict {
  verdict: "refuse" | "warn" | "pass";
  codes: string[];
}

export interface RequestOptions {
  signal?: AbortSignal;
}

/** POST `/.sekisho/login`: signed in, or a code was sent that must follow. @throws {SekishoError} */
export function signIn(source: HTMLFormElement | SignInFields, options?: RequestOptions): Promise<SignedIn | CodeAsked>;
/**
 * POST `/.sekisho/login/code`, the code that follows the password. Full-width digits and spaces are folded.
 * @throws {SekishoError} `code_wrong` with `details.left`; `code_gone` where another must be asked for.
 */
export function enterCode(entered: { pending: string; code: string; return?: string }, options?: RequestOptions): Promise<SignedIn>;
/** POST `/.sekisho/login/code/resend`; the code before is void. @throws {SekishoError} `rate_limited` with `details.until`. */
export function resendCode(
  asked: { pending: string; by?: "mail" | "sms" },
  options?: RequestOptions,
): Promise<CodeSent & Pick<CodeAsked, "sms" | "from">>;
/**
 * POST `/.sekisho/address/begin`: a code to the customer's own address, or to another that is to take its place; with `kind`
 * `phone` in the same way by SMS to a mobile number, which gets no code of a login before that.
 * @throws {SekishoError} `insufficient_user_authentication` where another address asks for a fresher or stronger proof.
 */
export function beginAddress(options?: { kind?: "mail" | "phone"; address?: string } & RequestOptions): Promise<CodeSent>;
/** POST `/.sekisho/address/confirm`: from now on codes go to that address. @throws {SekishoError} */
export function confirmAddress(entered: { code: string }, options?: RequestOptions): Promise<void>;
/** POST `/.sekisho/address/later`: the customer is asked for an address again after `login.ask_address.put_off`. @throws {SekishoError} */
export function putOffAddress(options?: RequestOptions): Promise<void>;
/**
 * POST `/.sekisho/address/remove`: the confirmed mobile number gets codes no more, and every other session ends.
 * @throws {SekishoError} `insufficient_user_authentication` where it asks for a fresher or stronger proof.
 */
export function removeNumber(options?: RequestOptions): Promise<void>;
/**
 * POST `/.sekisho/address/stop`, without a session: by the stop number of a letter the address before is put back, every
 * session ends, and logins by password are held. @throws {SekishoError} `stop_unknown`; `rate_limited` with `details.until`.
 */
export function stopAddress(told: { id: string; number: string }, options?: RequestOptions): Promise<void>;
/** POST `/.sekisho/open`. @throws {SekishoError} */
export function openAccount(source: HTMLFormElement | OpenFields, options?: RequestOptions): Promise<Opened>;
/**
 * POST `/.sekisho/password/change`: every other session ends. From a form: its controls named `current` and `password`.
 * @throws {SekishoError} `password_wrong`, or `password_refused` with `details.complaints`.
 */
export function changePassword(source: HTMLFormElement | ChangeFields, options?: RequestOptions): Promise<SessionState>;
/** Whether two password fields hold the same text, whoever typed it. */
export function samePassword(one: PasswordSource, other: PasswordSource): boolean;
/** What the rules say now. @throws {SekishoError} `not_ready` where wasm does not run. */
export function checkPassword(source: PasswordSource, options?: { person?: HTMLFormElement }): PasswordVerdict;
/** POST `/.sekisho/logout`; the other tabs hear of it. @throws {SekishoError} */
export function signOut(): Promise<void>;
/**
 * POST `/.sekisho/lock`: every session of the account ends, and only a passkey or the desk opens it again.
 * @throws {SekishoError}
 */
export function lockAccount(): Promise<void>;
/** GET `/.sekisho/session`; never extends. @throws {SekishoError} */
export function session(): Promise<SessionState>;
/** POST `/.sekisho/session/extend`. @throws {SekishoError} */
export function extendSession(): Promise<SessionState>;
/** Reads `Sekisho-Session` off the answer to a fetch of your own. */
export function observeSession(response: Response): void;
export function passkeySupport(): Promise<PasskeySupport>;
/**
 * With `id`, one of that account's passkeys must answer. With `immediate`, only a passkey that is at hand is asked for:
 * else `passkey_not_allowed` at once and unseen, or `passkey_unsupported`; call it from a click.
 * @throws {SekishoError}
 */
export function signInWithPasskey(
  options?: RequestOptions & { id?: string; immediate?: boolean; return?: string },
): Promise<SignedIn>;
/** @throws {SekishoError} */
export function registerPasskey(options?: RequestOptions & { name?: string }): Promise<RegisteredPasskey>;

/**
 * Lets the browser make a passkey by itself, soon after a login by password, where it does (`conditionalCreate`). It may
 * wait for long, and gives way to every other ceremony. @throws {SekishoError} Nothing then is the customer's concern.
 */
export function upgradeToPasskey(options?: RequestOptions): Promise<RegisteredPasskey>;

/** The account's passkeys; the programs that keep them are told which are still good. @throws {SekishoError} */
export function passkeys(): Promise<PasskeyList>;
/** @throws {SekishoError} */
export function renamePasskey(change: { id: string; name: string }): Promise<void>;
/**
 * Deletes a passkey. Where `insufficient_user_authentication` says that the login is too old, `confirmed` has one of the
 * account's passkeys sign just this deletion, in words that the edge made. Resolves to what is left.
 * @throws {SekishoError} `last_factor` where there is no other way to log in.
 */
export function deletePasskey(which: { id: string; confirmed?: boolean }, options?: RequestOptions): Promise<PasskeyList>;

/** A fresh proof within the session, by one of the account's passkeys: the session goes on. @throws {SekishoError} */
export function confirmWithPasskey(options?: RequestOptions): Promise<SessionState>;

declare class Telling<Events> extends EventTarget {
  addEventListener<Name extends keyof Events & string>(
    type: Name,
    listener: (event: Events[Name]) => void,
    options?: AddEventListenerOptions | boolean,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
}

export interface SessionWatchEventMap {
  /** Once a second within the last minutes (`warning`), and once when they are over because the session was extended. */
  "sekisho-remaining": CustomEvent<{ remaining_ms: number; warning: boolean }>;
  "sekisho-session-ended": SekishoEventMap["sekisho-session-ended"];
}

/**
 * The idle warning without its dialog: counts down from the edge's last word, over sleep, in any number of tabs. Extend with
 * `extendSession()`; what it answers is taken over by itself. @throws {SekishoError} `not_ready` where wasm does not run.
 */
export class SessionWatch extends Telling<SessionWatchEventMap> {
  /** Milliseconds to the end; null while the edge has not answered. */
  readonly remaining_ms: number | null;
  /** Ends the watching. */
  stop(): void;
}

export interface PasswordState extends PasswordVerdict {
  /** A line for each rule; `met` is null while nothing is typed. */
  rules: Array<{ text: string; met: boolean | null }>;
  /** How hard it is to guess, in words; null where that says nothing yet or the smaller module is loaded. */
  strength: string | null;
  /** Advice; a note that `refuses` keeps the password from being set. */
  notes: Array<{ text: string; refuses: boolean }>;
  /** Whether `toHalfWidth` would help. */
  half_width: boolean;
}

/** The password rules without their list. @throws {SekishoError} `not_ready` where wasm does not run. */
export class PasswordRules extends Telling<{ "sekisho-rules": CustomEvent<PasswordState> }> {
  /** Follows `source`; `person` is the form with the customer's own data (default: the field's), `lang` the document's. */
  constructor(source: PasswordSource, options?: { person?: HTMLFormElement; lang?: string });
  readonly state: PasswordState;
  /** Puts the half-width form of what is typed into the field. */
  toHalfWidth(): void;
  stop(): void;
}

/**
 * A board that the page draws itself: which character lies where is known to every script of the page.
 * @throws {SekishoError} `not_ready` where wasm does not run.
 */
export class Board {
  constructor(
    source: PasswordSource,
    options?: { layout?: "full" | "alnum" | "pin"; random?: boolean; shuffle?: "groups" | "board" },
  );
  /** The character of each cell as a press types it now; never put together with what was pressed. */
  readonly labels: string[];
  readonly shifted: boolean;
  /** Lays the keys out anew; at every display, at least. */
  shuffle(): void;
  /** Types the character of a cell at the caret; false where there is no such cell or no room. */
  press(cell: number): boolean;
  /** Turns upper case on or off, and answers which. */
  shift(): boolean;
  back(): void;
  /** Wipes what was typed and empties the field. */
  clear(): void;
  /** Wipes what was typed and lets the field go. */
  stop(): void;
}

/** Every code that a failure can have: the edge's, then this package's own. */
export type ErrorCode =
  | "malformed" | "cross_site" | "not_found" | "method_not_allowed" | "too_large" | "unsupported_media_type"
  | "sign_in_failed" | "locked" | "no_session" | "session_idle" | "session_limit" | "channel_limited"
  | "device_unbound" | "proof_refused" | "insufficient_user_authentication" | "password_wrong" | "password_refused" | "fields_refused"
  | "challenge_gone" | "attempt_gone" | "seal_broken" | "plain_refused" | "code_wrong" | "code_gone"
  | "address_known" | "desk_needed" | "stop_unknown" | "passkey_exists" | "passkey_limit" | "passkey_model"
  | "passkey_unknown" | "passkey_required" | "last_factor" | "rate_limited" | "unavailable"
  | "origin_unreachable" | "origin_timeout" | "path_refused" | "network" | "aborted" | "not_ready"
  | "passkey_not_allowed" | "passkey_unsupported" | "passkey_security";

export interface Complaint {
  code: string;
  severity?: "refuse" | "warn";
  n?: number;
  start?: number;
  end?: number;
}

export interface ErrorDetails {
  /** With `fields_refused`: the code for each field. */
  fields?: Record<string, string>;
  /** With `password_refused`. */
  complaints?: Complaint[];
  /** With `locked` and `rate_limited`: milliseconds since the epoch. */
  until?: number;
  /** With `code_wrong`: how many tries are left. */
  left?: number;
}

export class SekishoError extends Error {
  readonly name: "SekishoError";
  readonly code: ErrorCode;
  /** The HTTP status, or 0 where there was no answer. */
  readonly status: number;
  /** The reference number to give to the support desk. */
  readonly ref: string | null;
  readonly details: ErrorDetails;
}

export interface SekishoKeyboardElement extends HTMLElement {
  show(): void;
  close(): void;
  /** Wipes what was typed and empties the field. */
  clear(): void;
  /** The input that the board types into now. */
  readonly field: HTMLInputElement | null;
}

/** What the elements tell the page; every event bubbles. */
export interface SekishoEventMap {
  "sekisho-open": CustomEvent<null>;
  "sekisho-close": CustomEvent<null>;
  "sekisho-done": CustomEvent<null>;
  "sekisho-verdict": CustomEvent<PasswordVerdict>;
  "sekisho-signed-in": CustomEvent<SignedIn>;
  "sekisho-registered": CustomEvent<RegisteredPasskey>;
  "sekisho-confirmed": CustomEvent<SessionState>;
  "sekisho-passkeys": CustomEvent<{ count: number; change: "" | "renamed" | "deleted" }>;
  "sekisho-passkey-failed": CustomEvent<{ code: ErrorCode }>;
  "sekisho-idle-warning": CustomEvent<{ remaining_ms: number }>;
  "sekisho-extended": CustomEvent<{ remaining_ms: number }>;
  "sekisho-session-ended": CustomEvent<{ reason: "session_idle" | "no_session" | "signed_out" }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "sekisho-keyboard": SekishoKeyboardElement;
    "sekisho-password-rules": HTMLElement;
    "sekisho-passkey": HTMLElement;
    "sekisho-idle-warning": HTMLElement;
  }
  interface HTMLElementEventMap extends SekishoEventMap {}
  interface DocumentEventMap extends SekishoEventMap {}
  interface WindowEventMap extends SekishoEventMap {}
}
