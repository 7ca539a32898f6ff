// What the fake edge knows: one customer, at most one session, and what was handed out.

export const STATUS = {
  malformed: 400, not_found: 404, method_not_allowed: 405, unsupported_media_type: 415, sign_in_failed: 401, locked: 429, no_session: 401,
  session_idle: 401, insufficient_user_authentication: 401, password_wrong: 422, password_refused: 422, fields_refused: 422,
  challenge_gone: 409, attempt_gone: 409, seal_broken: 422, plain_refused: 403, code_wrong: 422, code_gone: 409,
  address_known: 409, passkey_exists: 409, passkey_limit: 409, passkey_model: 422, passkey_unknown: 404,
  passkey_required: 409, last_factor: 409, rate_limited: 429, unavailable: 503, origin_unreachable: 502, cross_site: 403,
  too_large: 413, path_refused: 400, session_limit: 409, channel_limited: 403, device_unbound: 403, proof_refused: 401, desk_needed: 403, stop_unknown: 422, origin_timeout: 504,
};
const SEALED = /^(?:[0-9a-f]{2}){562}$/;
const TEN_MINUTES = 600_000;
const SHOWN = {
  channel: "pc-main", channel_ja: "PCサイト", channel_en: "PC site", client: "Chrome / Windows",
  place_ja: null, place_en: null,
};

/** A refusal, to be thrown: its code, and what the edge tells besides. */
export class Refused {
  constructor(code, details = {}) {
    Object.assign(this, { code, details });
  }
}
export const refuse = (code, details) => {
  throw new Refused(code, details);
};

export const random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const challenge = () => base64url(random(32));

/** The session's two lengths, in the order in which the edge tells them. */
export const order = ({ timeout_ms, window_ms }) => ({ window_ms, timeout_ms });

export class State {
  passkeys = [];
  session;
  /** The passkey whose removal is being signed. */
  leaving;
  #ended = "no_session";
  #attempts = new Map();
  #challenges = new Set();
  #pending;
  #logins = 0;

  constructor(options) {
    this.options = options;
  }

  end(reason = "no_session") {
    this.session = undefined;
    this.#ended = reason;
  }

  enter(amr) {
    const now = this.options.now();
    this.session = { end: now + this.options.session.timeout_ms, amr, auth_time: now, csrf_token: base64url(random(33)) };
    this.#logins += 1;
  }

  live() {
    if (this.session && this.session.end <= this.options.now()) this.end("session_idle");
    return this.session ?? refuse(this.#ended);
  }

  left() {
    return Math.max(this.session.end - this.options.now(), 0);
  }

  state() {
    const { amr, auth_time, csrf_token } = this.live();
    return { remaining_ms: this.left(), ...order(this.options.session), amr, auth_time, channel: "pc-main", csrf_token };
  }

  /** As the edge: only inside the last minutes. */
  extend() {
    const live = this.live();
    const { timeout_ms, window_ms } = this.options.session;
    if (this.left() <= window_ms) live.end = this.options.now() + timeout_ms;
  }

  proved(amr) {
    Object.assign(this.live(), { amr, auth_time: this.options.now() });
  }

  attempt() {
    const attempt = hex(random(32));
    this.#attempts.set(attempt, this.options.now() + TEN_MINUTES);
    return { attempt, key: hex(random(32)) };
  }

  /** Good once, as at the edge; what was sealed under it is looked at from outside only. */
  spend({ attempt }, passwords) {
    if (attempt === undefined) return;
    if (!passwords.every((one) => one === undefined || SEALED.test(one))) refuse("malformed");
    const until = this.#attempts.get(attempt);
    this.#attempts.delete(attempt);
    if (until === undefined || until <= this.options.now()) refuse("attempt_gone");
  }

  sent() {
    const now = this.options.now();
    return { masked: "h***@example.com", until: now + TEN_MINUTES, resend: now + 60_000 };
  }

  /** The same for a login, with what the letter says of it. */
  sentForLogin() {
    const from = { at: this.options.now(), ...SHOWN };
    return { ...this.sent(), sms: null, from };
  }

  pend(back) {
    this.#pending = { id: challenge(), back, tries: 3 };
    return { pending: this.#pending.id, unusual: false, passkey: this.passkeys.length > 0, ...this.sentForLogin() };
  }

  pending(id) {
    return this.#pending?.id === id ? this.#pending : refuse("code_gone");
  }

  /** Takes the code, or counts the try; after the third another must be asked for. */
  code(code, holder) {
    if (code.normalize("NFKC").replace(/\s/g, "") === this.options.code) return;
    holder.tries = (holder.tries ?? 3) - 1;
    if (holder.tries > 0) refuse("code_wrong", { left: holder.tries });
    this.#pending = undefined;
    refuse("code_gone");
  }

  signedIn(amr, back) {
    const first = this.#logins === 0;
    const before = { at: this.options.now(), ...SHOWN, method: "password", outcome: "success" };
    this.#pending = undefined;
    this.enter(amr);
    const next = /^\/(?![/\\])/.test(back ?? "") ? back : this.options.home;
    const { second_factor } = this.options;
    return { next, amr, first, last_login: first ? null : before, renew_password: false, second_factor };
  }

  challenged() {
    const made = challenge();
    this.#challenges.add(made);
    return made;
  }

  /** The challenge that a credential answers is read and used up; its signature is not looked at. */
  credential({ id, response }) {
    let said;
    try {
      said = JSON.parse(atob(response.clientDataJSON.replace(/-/g, "+").replace(/_/g, "/"))).challenge;
    } catch {
      refuse("malformed");
    }
    if (!this.#challenges.delete(said)) refuse("challenge_gone");
    return id;
  }

  passkey(id) {
    return this.passkeys.find((one) => one.id === id) ?? refuse("passkey_unknown");
  }

  drop(id) {
    this.passkey(id);
    this.passkeys = this.passkeys.filter((one) => one.id !== id);
  }
}
