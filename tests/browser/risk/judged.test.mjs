// Logins that are judged, in a real browser: where it stands is the word of the operator's proxy, which a browser's own extra
// headers play here. A code only where the judgement asks for one, and the desk where there is nothing to ask by.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { House, logIn, session, settled, visit } from "../house.mjs";

const TOKEN = randomBytes(24).toString("base64url");
const HOME = {
  address: "203.0.113.7", asn: 2516, country: "JP", region: "13", city: "Tokyo", latitude: 36, longitude: 140, zone: 540, language: "ja",
  protocol: "HTTP/2",
};
const FAR = {
  address: "198.51.100.9", asn: 9009, country: "RO", region: "B", city: "Bucharest", latitude: 44, longitude: 26, zone: 120, language: "ro",
  protocol: "HTTP/2",
};
const CODE = /認証コード:(\d{6})/;

let house;
before(async () => {
  const config = (toml) =>
    toml.replace('mode = "shadow"', 'mode = "act"').replace('second_factor = "always"', 'second_factor = "risk"');
  house = await House.start({ config, secrets: { ...freshSecrets(), SEKISHO_PROXY_TOKEN: TOKEN } });
});
after(() => house.stop());

/** A browser of somebody somewhere. */
const at = (place, options = {}) =>
  house.visitor({ extraHTTPHeaders: { "sekisho-proxy": TOKEN, "sekisho-client": JSON.stringify(place) }, ...options });

/** The newest code to `mail` that is another than `before`. */
async function code(mail, before) {
  let found;
  await house.stack.mailbox.letter(mail, ({ text }) => {
    found = text.match(CODE)?.[1] ?? found;
    return found !== undefined && found !== before;
  });
  return found;
}

async function enter(page, { number, password }) {
  await visit(page, "/login");
  await page.fill("#login-id", number);
  await page.fill("#login-password", password);
  await page.click("#login-submit");
}

async function leave(page) {
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
}

/** A customer at home with a few logins behind them; with a confirmed address, if so wanted. */
async function owner({ confirmed }) {
  const page = await at(HOME);
  const customer = await house.customer();
  await logIn(page, customer);
  let last;
  if (confirmed) {
    await visit(page, "/address");
    await page.click("#address-begin");
    last = await code(customer.mail);
    await page.fill("#code", last);
    await page.click("#code-submit");
    await page.locator("#address-done", { hasText: "認証しました" }).waitFor();
  }
  for (let time = 0; time < 8; time += 1) {
    await leave(page);
    // From the second login on the device and the place are the owner's: nothing is asked.
    await logIn(page, customer);
  }
  return { page, customer, last };
}

/** The reasons of the last judgement that the worker logged. */
function reasons() {
  const line = house.stack.worker.log.split("\n").findLast((text) => text.includes('{"judged"'));
  return JSON.parse(line.slice(line.indexOf("{"))).judged.reasons;
}

test("a known device is asked for nothing; a new one, elsewhere, for a code from the mailbox, and is in", async () => {
  const { page, customer, last } = await owner({ confirmed: true });
  assert.deepEqual(reasons(), [], "a browser at home shows no sign");
  const abroad = await at(FAR, { timezoneId: "Europe/Bucharest" });
  await enter(abroad, customer);
  await abroad.locator("#code-card").waitFor();
  assert.match(await abroad.textContent("#code-from"), /ルーマニア\(推定\)/);
  assert.match(await abroad.textContent("#code-why"), /普段と異なる環境/);
  assert.ok(reasons().includes("impossible_travel") && reasons().includes("new_device"), reasons().join());
  assert.equal((await session(abroad)).status, 401, "there is no session yet");
  const digits = await code(customer.mail, last);
  const letter = house.stack.mailbox.letters(customer.mail).find(({ text }) => text.includes(digits));
  assert.match(letter.text, /アクセス元:ルーマニア\(推定\)/);
  await abroad.fill("#code", digits);
  await abroad.click("#code-submit");
  await abroad.waitForURL("**/home");
  await settled(abroad);
  assert.deepEqual((await session(abroad)).amr, ["pwd", "otp"]);
  await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("新しい端末"));

  await visit(page, "/history");
  await page.locator("#history-rows tr td", { hasText: "ルーマニア(推定)" }).first().waitFor();
  await page.locator("#history-rows tr td", { hasText: "東京都付近(推定)" }).first().waitFor();
  await visit(page, "/settings");
  await page.locator("#sessions li", { hasText: "ルーマニア(推定)" }).waitFor();
  await page.locator("#sessions li", { hasText: "最終利用:" }).first().waitFor();
});

test("the right password from an attacker's network is held, its owner is told, and no address can be registered there", async () => {
  const { page, customer } = await owner({ confirmed: false });
  const attacker = await at(FAR, { timezoneId: "Europe/Bucharest" });
  await enter(attacker, customer);
  await attacker.locator("#login-error", { hasText: /いつもと異なるご利用環境.*お電話\(0120-000-000\)/ }).waitFor();
  assert.equal((await session(attacker)).status, 401);
  const begun = await attacker.evaluate(async () => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ address: "attacker@example.net" });
    const answer = await fetch("/.sekisho/address/begin", { method: "POST", headers, body });
    return [answer.status, (await answer.json()).code];
  });
  assert.deepEqual(begun, [401, "no_session"]);
  const told = await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("ログインをお止めしました"));
  assert.match(told.text, /アクセス元:ルーマニア\(推定\)/);
  assert.deepEqual(house.stack.mailbox.letters("attacker@example.net"), []);

  // The owner goes on as ever, and sees it in the history.
  await leave(page);
  await logIn(page, customer);
  await visit(page, "/history");
  await page.locator("#history-rows tr[data-outcome=failure] td", { hasText: "ルーマニア(推定)" }).waitFor();
});

test("a stranger who is let in for a sign that is none of an attacker's registers no address", async () => {
  const { page, customer } = await owner({ confirmed: false });
  const odd = await at(HOME, { timezoneId: "America/New_York" });
  const begin = (browser, body) =>
    browser.evaluate(async (text) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch("/.sekisho/address/begin", { method: "POST", headers, body: text });
      return [answer.status, (await answer.json()).code];
    }, JSON.stringify(body));
  // Twice: the first login has not made the browser the owner's.
  for (let time = 0; time < 2; time += 1) {
    await logIn(odd, customer);
    assert.ok(reasons().includes("foreign_clock"), reasons().join());
    assert.equal((await session(odd)).status, 200, "it has a session");
    for (const body of [{ address: "attacker@example.net" }, {}]) {
      assert.deepEqual(await begin(odd, body), [401, "insufficient_user_authentication"]);
    }
    await leave(odd);
  }
  assert.deepEqual(house.stack.mailbox.letters("attacker@example.net"), []);
  assert.equal((await begin(page, {}))[0], 200, "on the owner's own device the rule is no bar");
  assert.match(await code(customer.mail), /^\d{6}$/);
});

test("a page that says another clock and another language than the place's is asked on a device that nobody knows", async () => {
  const { customer, last } = await owner({ confirmed: true });
  const odd = await at(HOME, { timezoneId: "America/New_York", locale: "ru-RU" });
  await enter(odd, customer);
  await odd.locator("#code-card").waitFor();
  assert.deepEqual(reasons(), ["new_device", "foreign_language", "foreign_clock"]);
  await odd.fill("#code", await code(customer.mail, last));
  await odd.click("#code-submit");
  await odd.waitForURL("**/home");
});
