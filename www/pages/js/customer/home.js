// The home page: the last login, the balance from the broker, the masked details from the edge, the offer of a passkey.

import { ask, explain, passkeySupport, SekishoError, upgradeToPasskey } from "../sekisho.js";
import { byId, grouped, lang, moment, named, say, tell } from "../words.js";

const LATER = "broker.passkey-later";
const RENEW = "broker.renew-password";
const UPGRADE = "broker.upgrade-to-passkey";

function details(me) {
  const shown = { number: me.number, name: me.name, name_kana: me.name_kana, ...me.masked };
  for (const place of document.querySelectorAll("#details dd")) {
    place.textContent = shown[place.id.slice("detail-".length)] ?? "";
  }
}

async function passkeys(count) {
  const { available } = await passkeySupport();
  const none = available ? say("home_js.none") : say("common_js.no_passkey");
  byId("passkey-state").textContent = count > 0 ? say("home_js.some", { n: count }) : none;
  byId("passkey-offer").hidden = count > 0 || !available || sessionStorage.getItem(LATER) !== null;
  const { passkey: { policy } } = await ask("/.sekisho/site");
  byId("passkey-later").hidden = policy === "required";
  if (count === 0) upgrade();
}

/** Soon after a login by password the browser may make a passkey by itself; where it does not, the offer stands. */
async function upgrade() {
  if (sessionStorage.getItem(UPGRADE) === null) return;
  sessionStorage.removeItem(UPGRADE);
  try {
    await upgradeToPasskey();
    await registered();
  } catch (error) {
    if (!(error instanceof SekishoError)) throw error;
  }
}

async function registered() {
  tell("passkey-message", say("home_js.created"));
  await me();
}

/** By which channel, and from where if anybody knows. */
const where = (login) => [named("channel", login.channel), login[`place_${lang}`]].filter(Boolean).join(" ");

async function me() {
  try {
    const me = await ask("/.sekisho/me");
    byId("home-name").textContent = say("home_js.greeting", { name: me.name });
    byId("last-login").textContent = me.last_login
      ? say("home_js.last", { time: moment(me.last_login.at), channel: where(me.last_login) })
      : say("home_js.first");
    details(me);
    byId("ask-address").hidden = !me.ask_address;
    await passkeys(me.passkeys);
  } catch (error) {
    for (const place of document.querySelectorAll("#details dd")) place.textContent = say("home_js.failed");
    tell("home-error", explain(error));
  }
}

async function balance() {
  try {
    const { cash, at } = await ask("/api/balance");
    byId("balance").textContent = cash === null ? say("home_js.no_balance") : say("home_js.yen", { n: grouped(cash) });
    byId("balance-at").textContent = say("home_js.at", { time: moment(at) });
  } catch {
    byId("balance").textContent = say("home_js.failed");
  }
}

byId("passkey-later").addEventListener("click", () => {
  sessionStorage.setItem(LATER, "1");
  byId("passkey-offer").hidden = true;
  byId("go-settings").focus();
});

document.addEventListener("sekisho-registered", registered);

document.addEventListener("sekisho-passkey-failed", ({ detail }) => {
  if (detail.code !== "insufficient_user_authentication") return;
  tell("passkey-message", say("home_js.fresh"));
  byId("fresh-login").hidden = false;
});

if (sessionStorage.getItem(RENEW) !== null) {
  byId("renew-password").hidden = false;
  sessionStorage.removeItem(RENEW);
}

await Promise.all([me(), balance()]);
