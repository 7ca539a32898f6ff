// Everything that the wasm asks of the page, taken from the browser once, when this module is loaded. A script that
// comes later and replaces `createElement`, `setAttribute`, an event's getters or `fetch` therefore sees neither the keys
// of the board nor what is typed on it. No value of the board's keys passes through a function that is looked up at the
// time of use; labels are handed over as numbers into a table that is filled at the start.

const { apply } = Reflect;
const here = typeof document === "object";
const nothing = () => undefined;

const get = (name, property) =>
  here ? Object.getOwnPropertyDescriptor(globalThis[name].prototype, property).get : nothing;
const put = (name, property) =>
  here ? Object.getOwnPropertyDescriptor(globalThis[name].prototype, property).set : nothing;
const method = (name, property) => (here ? globalThis[name].prototype[property] : nothing);

const createElement = method("Document", "createElement");
const appendChild = method("Node", "appendChild");
const textSetter = put("Node", "textContent");
const setAttributeOf = method("Element", "setAttribute");
const removeAttributeOf = method("Element", "removeAttribute");
const getAttributeOf = method("Element", "getAttribute");
const closestOf = method("Element", "closest");
const clientWidthOf = get("Element", "clientWidth");
const addEventListenerOf = method("EventTarget", "addEventListener");
const removeEventListenerOf = method("EventTarget", "removeEventListener");
const dispatchEventOf = method("EventTarget", "dispatchEvent");
const preventDefaultOf = method("Event", "preventDefault");
const keyOf = get("KeyboardEvent", "key");
const persistedOf = get("PageTransitionEvent", "persisted");
const focusOf = method("HTMLElement", "focus");
const typeOf = get("HTMLInputElement", "type");
const valueOf = get("HTMLInputElement", "value");
const setValueOf = put("HTMLInputElement", "value");
const selectionStartOf = get("HTMLInputElement", "selectionStart");
const selectionEndOf = get("HTMLInputElement", "selectionEnd");
const setSelectionRangeOf = method("HTMLInputElement", "setSelectionRange");
const checkedOf = get("HTMLInputElement", "checked");
const setCheckedOf = put("HTMLInputElement", "checked");
const requestSubmitOf = method("HTMLFormElement", "requestSubmit");
const showModalOf = method("HTMLDialogElement", "showModal");
const closeDialogOf = method("HTMLDialogElement", "close");
const adopt = put("ShadowRoot", "adoptedStyleSheets");
const adoptPage = put("Document", "adoptedStyleSheets");
const adoptedOf = get("Document", "adoptedStyleSheets");
const Sheet = globalThis.CSSStyleSheet;
const replaceSync = method("CSSStyleSheet", "replaceSync");
const Observer = globalThis.ResizeObserver;
const observeOf = method("ResizeObserver", "observe");
const disconnectOf = method("ResizeObserver", "disconnect");
const fromCharCode = String.fromCharCode;
const normalizeOf = String.prototype.normalize;
const fetchNow = globalThis.fetch;
const NewEvent = globalThis.Event;
const NewCustomEvent = globalThis.CustomEvent;
const setTimeoutNow = globalThis.setTimeout;
const clearTimeoutNow = globalThis.clearTimeout;
const now = Date.now;
const steadyNow = here ? performance.now : nothing;

// Elements.
export const make = (tag) => apply(createElement, document, [tag]);
export const append = (parent, child) => void apply(appendChild, parent, [child]);
export const empty = (parent) => void apply(textSetter, parent, [""]);
export const set_text = (element, text) => void apply(textSetter, element, [text]);
export const set = (element, name, value) => void apply(setAttributeOf, element, [name, value]);
export const unset = (element, name) => void apply(removeAttributeOf, element, [name]);
export const attribute = (element, name) => apply(getAttributeOf, element, [name]) ?? undefined;
export const width = (element) => apply(clientWidthOf, element, []);
export const focus = (element) => void apply(focusOf, element, []);
export const show_modal = (dialog) => void apply(showModalOf, dialog, []);
export const close_dialog = (dialog) => void apply(closeDialogOf, dialog, []);
export const checked = (box) => apply(checkedOf, box, []);
export const set_checked = (box, on) => void apply(setCheckedOf, box, [on]);
export const language = (element) => {
  const holder = apply(closestOf, element, ["[lang]"]) ?? document.documentElement;
  return apply(getAttributeOf, holder, ["lang"]) ?? "";
};
export const by_id = (element, id) => element.getRootNode().getElementById?.(id) ?? undefined;
export const form_of = (input, id) => (id ? by_id(input, id) : input.form) ?? undefined;
export const control_value = (form, name) => {
  const value = (name) => form.elements?.namedItem(name)?.value ?? "";
  if (name !== "birthday" || value(name)) return value(name);
  const part = (name, width) => value(`birthday_${name}`).padStart(width, "0");
  return `${part("year", 4)}-${part("month", 2)}-${part("day", 2)}`;
};
export const label_of = (input) => input.labels?.[0]?.textContent?.trim() || input.getAttribute("aria-label") || input.name;
// Asked of the host: whatever is handed to a function that is looked up now, the page may see.
export const font_size = (host) => parseFloat(getComputedStyle(host).fontSize) || 16;
export const coarse = () => matchMedia("(any-pointer: coarse)").matches;

const sheet = (css) => {
  const made = new Sheet();
  apply(replaceSync, made, [css]);
  return made;
};
export const dress = (root, css) => void apply(adopt, root, [[sheet(css)]]);
// Hides the whole page by a style sheet of its own until the returned sheet is taken off again.
export const hide_page = () => {
  const veil = sheet(":root{visibility:hidden!important}");
  apply(adoptPage, document, [[...apply(adoptedOf, document, []), veil]]);
  return veil;
};
export const show_page = (veil) =>
  void apply(adoptPage, document, [apply(adoptedOf, document, []).filter((one) => one !== veil)]);

// Numbers of 32 random bits, drawn eight at a time into an array of our own and never into the wasm memory.
const pool = new Uint32Array(8);
const getRandomValues = globalThis.crypto?.getRandomValues;
let drawn = 8;
export const random = () => {
  if (drawn === 8) {
    apply(getRandomValues, globalThis.crypto, [pool]);
    drawn = 0;
  }
  const number = pool[drawn];
  pool[drawn] = 0;
  drawn += 1;
  return number;
};

// The keys' labels and names: filled at the start, used by number.
const names = [];
export const intern = (at, name) => {
  names[at] = name;
};
export const draw = (key, code, name) => {
  apply(setAttributeOf, key, ["data-key", apply(fromCharCode, String, [code])]);
  apply(setAttributeOf, key, ["aria-label", names[name]]);
};

// The last character typed, or nothing for 0: an attribute in the closed shadow, and no text that is read aloud.
export const draw_last = (place, code) =>
  void apply(setAttributeOf, place, ["data-last", code ? apply(fromCharCode, String, [code]) : ""]);

// Events. Only those of the customer count; `on` listens to what the page itself may send, too.
export const listen = (target, type, callback, tag, capture) => {
  const listener = (event) => {
    if (event.isTrusted) callback(tag, event);
  };
  apply(addEventListenerOf, target, [type, listener, capture]);
  return () => void apply(removeEventListenerOf, target, [type, listener, capture]);
};
export const on = (target, type, callback, tag) => {
  const listener = (event) => callback(tag, event);
  apply(addEventListenerOf, target, [type, listener]);
  return () => void apply(removeEventListenerOf, target, [type, listener]);
};
export const call = (stop) => stop();
export const page = () => window;
export const document_ = () => document;
export const page_visible = () => document.visibilityState === "visible";
export const prevent = (event) => void apply(preventDefaultOf, event, []);
export const key_name = (event) => apply(keyOf, event, []);
export const persisted = (event) => apply(persistedOf, event, []);
export const emit = (target, type, detail, cancelable) =>
  apply(dispatchEventOf, target, [new NewCustomEvent(type, { bubbles: true, composed: true, cancelable, detail })]);
export const emit_input = (input) =>
  void apply(dispatchEventOf, input, [new NewEvent("input", { bubbles: true, composed: true })]);
export const on_resize = (element, callback, tag) => {
  const observer = new Observer(() => callback(tag, undefined));
  apply(observeOf, observer, [element]);
  return () => void apply(disconnectOf, observer, []);
};

// Fields.
// Once a password field, always one: a script that has it shown as text for the moment of a press would read it.
const masked = new WeakSet();
const { add, has } = WeakSet.prototype;
export const is_masked = (input) => {
  if (apply(typeOf, input, []) === "password") apply(add, masked, [input]);
  return apply(has, masked, [input]);
};
export const is_writable = (input) => !input.disabled && !input.readOnly;
export const nfc = (text) => apply(normalizeOf, text, []);
export const value = (input) => apply(valueOf, input, []);
export const set_value = (input, text) => void apply(setValueOf, input, [text]);
export const caret = (input) => apply(selectionStartOf, input, []) ?? value(input).length;
export const caret_end = (input) => apply(selectionEndOf, input, []) ?? value(input).length;
export const set_caret = (input, at) => {
  // Fields of the types number and mail have no caret to set.
  if (apply(selectionStartOf, input, []) !== null) apply(setSelectionRangeOf, input, [at, at]);
};
export const submit = (input) => {
  if (input.form) apply(requestSubmitOf, input.form, []);
};

// What is kept on this device.
export const kept = (key) => {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
};
export const keep = (key, text) => {
  try {
    localStorage.setItem(key, text);
  } catch {
    // A browser that keeps nothing asks again at the next visit.
  }
};

// Time.
export const wall = () => apply(now, Date, []);
export const steady = () => apply(steadyNow, performance, []);
export const after = (ms, callback, tag) => apply(setTimeoutNow, globalThis, [() => callback(tag, undefined), ms]);
export const cancel = (timer) => void apply(clearTimeoutNow, globalThis, [timer]);
export const date_time = (ms, tag) => {
  const ja = tag === "ja";
  const text = new Date(ms).toLocaleString(ja ? "ja-JP" : "en-GB", {
    year: "numeric", month: ja ? "long" : "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit",
    timeZone: "Asia/Tokyo",
  });
  return ja ? text.replace(" ", "") : `${text} JST`;
};
export const clock_time = (ms, tag) =>
  new Date(ms).toLocaleTimeString(tag, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });

// Requests. The body is a text of its own, never a view into the wasm memory: a script that came before us and replaced
// `fetch` is handed no more than what is sent.
const JSON_TYPE = "application/json";
export const post = (path, body, signal) =>
  apply(fetchNow, globalThis, [
    path,
    {
      __proto__: null,
      method: "POST",
      headers: { __proto__: null, "content-type": JSON_TYPE, accept: JSON_TYPE },
      body,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal,
    },
  ]);
// A question that the customer did not ask: it never extends the session.
export const ask = (path) =>
  apply(fetchNow, globalThis, [
    path,
    {
      __proto__: null,
      headers: { __proto__: null, accept: JSON_TYPE, "sekisho-background": "?1" },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
    },
  ]);

// Answers.
export const ok = (response) => response.ok;
export const status = (response) => response.status;
export const session_header = (response) => response.headers.get("sekisho-session") ?? undefined;
export const read_json = (response) => response.json();
// A path of this site, or nothing: a page never sends its customer elsewhere because an answer said so.
export const go = (path) => {
  const target = new URL(path, location.href);
  if (target.origin === location.origin) location.assign(target);
};
export const go_out = (path, reason) => {
  const target = new URL(path, location.href);
  target.searchParams.set("out", reason);
  go(target.href);
};
export const host_name = () => location.hostname;

// Passkeys: the browser's own reading and writing of the JSON forms (WebAuthn L3, 5.1.8 to 5.1.10).
const credentials = here ? globalThis.PublicKeyCredential : undefined;
export const passkeys_here = () =>
  typeof credentials?.parseRequestOptionsFromJSON === "function" && typeof navigator.credentials?.get === "function";
export const autofill_here = async () => passkeys_here() && (await credentials.isConditionalMediationAvailable?.()) === true;
export const passkey_support = async () => {
  const available = passkeys_here();
  const platform = available && (await credentials.isUserVerifyingPlatformAuthenticatorAvailable()) === true;
  const capabilities = (available && (await credentials.getClientCapabilities?.())) || {};
  return { available, autofill: await autofill_here(), platform, capabilities };
};
// The ways of asking, by number: at once, in the autofill, at once and only for what is at hand.
const ASKING = [{ mediation: "optional" }, { mediation: "conditional" }, { uiMode: "immediate" }];
export const get_passkey = async (options, asking, signal) => {
  const publicKey = credentials.parseRequestOptionsFromJSON(options);
  return JSON.stringify(await navigator.credentials.get({ publicKey, signal, ...ASKING[asking] }));
};
export const create_passkey = async (options, conditional, signal) => {
  const publicKey = credentials.parseCreationOptionsFromJSON(options);
  const mediation = conditional ? { mediation: "conditional" } : {};
  return JSON.stringify(await navigator.credentials.create({ publicKey, signal, ...mediation }));
};
// What the account knows, for the programs that keep passkeys. Nothing depends on it: it is told and not waited for.
const signal = (method, told) => void credentials?.[method]?.(told).catch(nothing);
export const signal_unknown = (options, credential) =>
  signal("signalUnknownCredential", { rpId: options.rpId, credentialId: JSON.parse(credential).id });
export const signal_accepted = (rpId, { id: userId, name, display_name: displayName }, allAcceptedCredentialIds) => {
  signal("signalAllAcceptedCredentials", { rpId, userId, allAcceptedCredentialIds });
  signal("signalCurrentUserDetails", { rpId, userId, name, displayName });
};
// A list of the account's passkeys that was asked for before one was made does not name it, and who keeps passkeys would forget it at once.
// So in all tabs of this origin nothing is told of a list beside which one was being made, or began to be: who makes one is seen by whoever
// reads afterwards, and takes the turn from whoever reads already.
const [READS, MAKES] = ["sekisho.passkeys.read", "sekisho.passkeys.make"];
const turn_of = (name, how) =>
  new Promise((taken) => {
    const turn = { held: false, end: nothing };
    const lost = () => taken(Object.assign(turn, { held: false }));
    const granted = (lock) => {
      taken(Object.assign(turn, { held: lock !== null }));
      return lock && new Promise((end) => Object.assign(turn, { end }));
    };
    navigator.locks.request(name, how, granted).catch(lost);
  });
export const passkey_turn = async (makes) => {
  if (!navigator.locks) return undefined;
  if (makes) {
    const making = await turn_of(MAKES, { mode: "shared" });
    (await turn_of(READS, { steal: true })).end();
    return making;
  }
  const reading = await turn_of(READS, { mode: "shared", ifAvailable: true });
  const nobody = await turn_of(MAKES, { ifAvailable: true });
  nobody.end();
  return Object.assign(reading, { held: reading.held && nobody.held });
};
export const holds_turn = (turn) => turn?.held === true;
export const end_turn = (turn) => turn?.end();
export const abortable = (signal) => {
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  return controller;
};
export const signal_of = (controller) => controller.signal;
export const abort = (controller) => controller.abort();

// The other tabs of this site.
const channel = here && typeof BroadcastChannel === "function" ? new BroadcastChannel("sekisho.session") : undefined;
// Where there is no channel, a key is written and taken away at once: the other tabs are told of both by an event. What is
// said is a deadline, or that the customer has logged out; nothing of it is secret, and nothing is left behind.
const TOLD = "sekisho.session";
export const tell = (message) => {
  if (channel) return void channel.postMessage(message);
  try {
    localStorage.setItem(TOLD, JSON.stringify(message));
    localStorage.removeItem(TOLD);
  } catch {
    // A browser that keeps nothing tells nothing either: each tab asks the edge when its own time is up.
  }
};
const told = ({ key, newValue }) => {
  try {
    return key === TOLD && newValue ? JSON.parse(newValue) : undefined;
  } catch {
    return undefined;
  }
};
export const hear = (callback, tag) => {
  const [target, kind, read] = channel ? [channel, "message", ({ data }) => data] : [globalThis, "storage", told];
  const listener = (event) => {
    const message = event.isTrusted ? read(event) : undefined;
    if (message) callback(tag, message);
  };
  target.addEventListener(kind, listener);
  return () => target.removeEventListener(kind, listener);
};
