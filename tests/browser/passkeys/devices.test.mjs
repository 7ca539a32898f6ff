// What devices are like, and what customers do with them: synced ones and bound ones, a copied key, a login under an
// account number, a ceremony that is broken off, one that is only for what is at hand, and an upgrade that gives way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, logIn, session, settled, visit, withoutOffer } from "../house.mjs";

let house;
/** The model number that the browser's virtual device writes, and what a site may know of it. */
const MODEL = "01020304-0506-0708-0102-030405060708";
const PICTURE = Buffer.from(readFileSync(new URL("./device.png", import.meta.url))).toString("base64");
const authenticators = JSON.stringify({ models: { [MODEL]: { name: "Virtual Key", icon: PICTURE } } });
before(async () => (house = await House.start({ authenticators })));
after(() => house.stop());

/** A customer who has registered a passkey on a device of that kind and has logged out. */
async function owner(options) {
  const page = await house.visitor();
  const customer = await house.customer();
  const device = await Authenticator.of(page, options);
  await logIn(page, customer);
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  return { page, customer, device };
}

async function logOut(page) {
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
}

async function logInByButton(page) {
  await withoutOffer(page);
  await visit(page, "/login");
  const entry = await closed(page, "#login-passkey");
  await entry.click("button", "パスキーでログイン");
  return entry;
}

/** Calls a function of the package as a page with an interface of its own does; answers what came of it. */
const call = (page, name, options) =>
  page.evaluate(
    async ([name, options]) => {
      const sekisho = await import("/assets/sekisho/index.js");
      await sekisho.initAsync();
      return sekisho[name](options).catch(({ code }) => ({ code }));
    },
    [name, options],
  );

test("a synced passkey is shown as one, a bound one as bound", async () => {
  const synced = await owner({ defaultBackupEligibility: true, defaultBackupState: true });
  await visit(synced.page, "/settings");
  await (await closed(synced.page, "#passkeys")).shows("ほかの端末でも利用できます");
  await logOut(synced.page);
  await logInByButton(synced.page);
  await synced.page.waitForURL(`${house.url}/home`);

  const bound = await owner({ defaultBackupEligibility: false, defaultBackupState: false });
  await visit(bound.page, "/settings");
  await (await closed(bound.page, "#passkeys")).shows("この端末のみ");
});

test("a passkey of a known model bears its name and shows its picture", async () => {
  const { page } = await owner();
  await visit(page, "/settings");
  const cards = await closed(page, "#passkeys");
  await cards.shows("Virtual Key (");
  const shown = (root) => {
    const picture = root.querySelector("img");
    return picture?.complete && picture.checkVisibility() && { width: picture.naturalWidth, alt: picture.alt };
  };
  assert.deepEqual(await cards.until(shown), { width: 32, alt: "" });
});

test("a copied key is turned down, its owner is told, and the history says why", async () => {
  const { page, customer, device } = await owner();
  const [before] = await device.credentials();
  await logOut(page);
  await logInByButton(page);
  await page.waitForURL(`${house.url}/home`);
  const thief = await house.visitor();
  await (await Authenticator.of(thief)).copy({ ...before, signCount: 0 });
  const entry = await logInByButton(thief);
  await entry.shows("このパスキーではログインできませんでした");
  assert.equal((await session(thief)).status, 401);
  const letter = await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("パスキーに関する重要なお知らせ"));
  assert.match(letter.text, /複製された可能性のあるパスキーによるログインをお断りしました/);
  await visit(page, "/history");
  await page.locator("#history-rows tr", { hasText: "パスキー(複製の疑い)" }).waitFor();
});

test("under an account number that account's passkey answers, and no other device is asked", async () => {
  const { page, customer } = await owner();
  await logOut(page);
  await visit(page, "/logged-out");
  const signed = await call(page, "signInWithPasskey", { id: customer.number });
  assert.deepEqual(signed.amr.sort(), ["hwk", "user"]);
  assert.equal((await session(page)).status, 200);
  await visit(page, "/home");
  await logOut(page);
  const other = await house.customer();
  assert.equal((await call(page, "signInWithPasskey", { id: other.number })).code, "passkey_not_allowed");
  assert.equal((await session(page)).status, 401);
});

test("a ceremony that is broken off opens nothing, and the next one runs", async () => {
  const { page, device } = await owner();
  await logOut(page);
  await device.touches(false);
  const code = await page.evaluate(async () => {
    const { initAsync, signInWithPasskey } = await import("/assets/sekisho/index.js");
    await initAsync();
    const controller = new AbortController();
    const { get } = CredentialsContainer.prototype;
    // Broken off as soon as the browser asks.
    CredentialsContainer.prototype.get = function (options) {
      setTimeout(() => controller.abort(), 0);
      return get.call(this, options);
    };
    const refused = await signInWithPasskey({ signal: controller.signal }).catch(({ code }) => code);
    CredentialsContainer.prototype.get = get;
    return refused;
  });
  assert.equal(code, "aborted");
  assert.equal((await session(page)).status, 401);
  await device.touches(true);
  assert.ok((await call(page, "signInWithPasskey", {})).next);
  assert.equal((await session(page)).status, 200);
});

test("the login link asks for a passkey that is at hand, and leads to the login page where none is", async () => {
  const { page, device } = await owner();
  await logOut(page);
  await visit(page, "/");
  await page.click("#go-login");
  await page.waitForURL(`${house.url}/home`);
  await settled(page);
  await logOut(page);
  await device.remove();
  await Authenticator.of(page);
  await visit(page, "/");
  await page.click("#go-login");
  await page.waitForURL(`${house.url}/login`);
  await page.goto("/logged-out");
  await settled(page);
  assert.equal((await call(page, "signInWithPasskey", { immediate: true })).code, "passkey_not_allowed");
  const { available, capabilities } = await call(page, "passkeySupport");
  assert.ok(available && capabilities.conditionalGet && capabilities.immediateGet, JSON.stringify(capabilities));
  await page.evaluate(() => (PublicKeyCredential.getClientCapabilities = async () => ({})));
  assert.equal((await call(page, "signInWithPasskey", { immediate: true })).code, "passkey_unsupported");
  assert.equal((await call(page, "upgradeToPasskey")).code, "passkey_unsupported");
});

test("after a password login the browser may make a passkey by itself; that gives way to the customer", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const device = await Authenticator.of(page);
  // Only listens: every call goes on to the browser.
  await page.addInitScript(() => {
    window.asked = [];
    const { create } = CredentialsContainer.prototype;
    CredentialsContainer.prototype.create = function (options) {
      const how = options.mediation ?? "prompt";
      window.asked.push(how);
      options.signal?.addEventListener("abort", () => window.asked.push(`${how} taken back`));
      return create.call(this, options);
    };
  });
  await logIn(page, customer);
  await page.waitForFunction(() => window.asked.length === 1);
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  assert.deepEqual(await page.evaluate(() => window.asked), ["conditional", "conditional taken back", "prompt"]);
  assert.equal((await device.credentials()).length, 1);
  await visit(page, "/home");
  await page.locator("#passkey-state", { hasText: "1件" }).waitFor();
  assert.deepEqual(await page.evaluate(() => window.asked), [], "once for each login");
});
