// The security settings: the passkeys of the account, passwords beside them, where it is logged in, and until when this login holds.

import { ask, changePassword, checkPassword, explain, leave, lockAccount, samePassword } from "../sekisho.js";
import { byId, lang, moment, named, say, tell } from "../words.js";
import { addressCard } from "./address.js";
import { back } from "./back.js";

function line(className, text) {
  const place = document.createElement("span");
  place.className = className;
  place.textContent = text;
  return place;
}

function button(id, text, label, act) {
  const place = document.createElement("button");
  place.type = "button";
  place.className = "button second small-button";
  place.id = id;
  place.textContent = text;
  place.setAttribute("aria-label", label);
  place.addEventListener("click", act);
  return place;
}

async function change(path, body, done) {
  tell("settings-error", null);
  tell("settings-message", null);
  try {
    await ask(path, body);
    await sessions();
    tell("settings-message", done);
    byId("settings-message").focus();
  } catch (error) {
    refused(error);
  }
}

function refused(error) {
  if (error.code === "insufficient_user_authentication") fresh();
  else tell("settings-error", explain(error));
}

// Who was sent here for a passkey, in the middle of something else, finds the way back to it.
if (new URLSearchParams(location.search).has("return")) {
  byId("go-back").href = back();
  byId("go-back-row").hidden = false;
  byId("login-again").href = `/login?return=${encodeURIComponent(location.pathname + location.search)}`;
}

let hasPasskeys = false;

/** The proof is too old: a passkey renews it on the spot, where there is one; a login does so in any case. */
function fresh() {
  byId("confirm-passkey").hidden = !hasPasskeys;
  byId("fresh-login").hidden = false;
  byId("login-again").focus();
}

/** A session as a line, with a button to end it where it is another one. */
function sessionItem(session, index) {
  const entry = document.createElement("li");
  const facts = line("passkey-facts", "");
  const time = moment(session.opened);
  facts.append(
    line("passkey-name", session.client),
    line("small", [named("channel", session.channel), session[`place_${lang}`]].filter(Boolean).join(" ")),
    line("small", say("settings_js.opened", { time })),
    line("small", say("settings_js.seen", { time: moment(session.last_seen) })),
  );
  if (session.bound) facts.append(line("small", say("settings_js.bound")));
  entry.append(facts);
  const ending = () => change("/.sekisho/sessions/end", { id: session.id }, say("settings_js.ended"));
  const label = say("settings_js.end_of", { name: session.client, time });
  entry.append(
    session.current ? line("state", say("settings_js.here")) : button(`session-${index}-end`, say("settings_js.end"), label, ending),
  );
  return entry;
}

async function listSessions() {
  try {
    await sessions();
  } catch (error) {
    tell("settings-error", explain(error));
  }
}

async function sessions() {
  const { sessions } = await ask("/.sekisho/sessions");
  byId("sessions").replaceChildren(...sessions.map(sessionItem));
  byId("end-others").hidden = sessions.length < 2;
}

byId("end-others").addEventListener("click", () => change("/.sekisho/sessions/end", {}, say("settings_js.ended")));
byId("end-all").addEventListener("click", async () => {
  tell("settings-error", null);
  try {
    await leave(() => ask("/.sekisho/sessions/end", { id: "all" }), "/logged-out?out=self");
  } catch (error) {
    refused(error);
  }
});

// One tap and no question: who is asked first is too late.
byId("lock-account").addEventListener("click", async () => {
  try {
    await leave(lockAccount, "/logged-out?out=locked");
  } catch (error) {
    tell("settings-error", explain(error));
  }
});

let onlyPasskeys = false;

byId("only-change").addEventListener("click", async () => {
  const on = !onlyPasskeys;
  await change("/.sekisho/passkeys/only", { on }, say(on ? "settings_js.turned_off" : "settings_js.turned_on"));
  await account();
});

async function account() {
  try {
    const { passkey: { policy } } = await ask("/.sekisho/site");
    const me = await ask("/.sekisho/me");
    const { number, passkey_only: only, passkeys } = me;
    onlyPasskeys = only;
    byId("only-state").textContent = say(only ? "settings_js.off" : "settings_js.on");
    byId("only-change").textContent = say(only ? "settings_js.turn_on" : "settings_js.turn_off");
    byId("only-change").hidden = passkeys === 0 || (only && policy === "required");
    byId("only-what").hidden = only || passkeys === 0;
    // So that a password manager knows whose password is changed.
    byId("change-name").value = number;
    showAddress(me);
  } catch {
    // The lines beside it stand without it; what keeps the edge from answering is told above.
  }
}

const showAddress = addressCard(fresh, account);

async function until() {
  try {
    const { remaining_ms: remaining } = await ask("/.sekisho/session");
    byId("session-end").textContent = say("settings_js.until", { time: moment(Date.now() + remaining) });
  } catch {
    // The page says "180 minutes" by itself; the idle warning watches over the end.
  }
}

// The element lists, renames and deletes them; the page shows how many there are.
document.addEventListener("sekisho-passkeys", ({ detail: { count } }) => {
  hasPasskeys = count > 0;
  byId("passkeys-state").textContent = hasPasskeys ? say("settings_js.set", { n: count }) : say("settings_js.unset");
  account();
});

document.addEventListener("sekisho-registered", () => tell("settings-message", say("settings_js.registered")));

document.addEventListener("sekisho-confirmed", () => {
  byId("fresh-login").hidden = true;
  tell("settings-message", say("settings_js.confirmed"));
  byId("settings-message").focus();
});

document.addEventListener("sekisho-passkey-failed", ({ detail }) => {
  if (detail.code === "insufficient_user_authentication") fresh();
});

// A new password.
const changing = byId("change-form");
const passwords = ["current-password", "new-password", "new-again"];

/** What the page itself can tell of the new password; the edge decides. */
function complaints() {
  const [, first, second] = passwords.map(byId);
  let refused = false;
  try {
    refused = checkPassword(first).verdict === "refuse";
  } catch (error) {
    // Without wasm the rules are not here.
    if (error.code !== "not_ready") throw error;
  }
  return {
    "new-password": first.value === "" ? say("settings_js.need") : refused ? say("settings_js.refused") : null,
    "new-again": samePassword(first, second) ? null : say("settings_js.differ"),
  };
}

function show(found) {
  for (const id of passwords) {
    tell(`${id}-error`, found[id] ?? null);
    byId(id).setAttribute("aria-invalid", String(Boolean(found[id])));
  }
  const first = passwords.find((id) => found[id]);
  if (first) byId(first).focus();
  return first === undefined;
}

function refusal(error) {
  const told = (wanted) => error.details?.complaints?.some(({ code }) => code === wanted);
  const why = ["unchanged", "breached"].find(told) ?? "refused";
  switch (error.code) {
    case "password_wrong":
      return show({ "current-password": say("settings_js.wrong") });
    case "password_refused":
      return show({ "new-password": say(`settings_js.${why}`) });
    case "locked":
      return show({ "current-password": say("settings_js.locked", { time: moment(error.details.until) }) });
    case "insufficient_user_authentication":
      return fresh();
    default:
      return tell("settings-error", explain(error));
  }
}

let sending = false;
changing.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell("settings-error", null);
  if (sending || !show(complaints())) return;
  sending = true;
  try {
    await changePassword(changing);
    changing.reset();
    byId("change-keyboard").close?.();
    await sessions();
    tell("settings-message", say("settings_js.changed"));
    byId("settings-message").focus();
  } catch (error) {
    // What was typed on the board is gone with the request; what was typed natively goes with it.
    changing.reset();
    refusal(error);
  } finally {
    byId("change-keyboard").clear?.();
    sending = false;
  }
});

// What is typed for practice goes nowhere.
byId("practice-form").addEventListener("submit", (event) => event.preventDefault());

await Promise.all([listSessions(), until(), account()]);
