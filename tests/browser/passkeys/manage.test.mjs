// The customer's passkeys as cards in the settings: renamed and deleted in place, by mouse and by keyboard, and with a
// passkey's own signature where the login is too old. What the device keeps is told what the account no longer knows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, logIn, session, settled, visit, withoutOffer } from "../house.mjs";

const pictures = process.env.SEKISHO_LOOK;
let house;
before(async () => (house = await House.start({ config: (toml) => toml.replace(/^fresh = "10m"/m, 'fresh = "15s"') })));
after(() => house.stop());

/** A customer in the settings with a passkey on `device`. */
async function owner(options) {
  const page = await house.visitor(options);
  const customer = await house.customer();
  const device = await Authenticator.of(page);
  await logIn(page, customer);
  await visit(page, "/settings");
  await add(page);
  return { page, customer, device, cards: await closed(page, "#passkeys") };
}

async function add(page) {
  await (await closed(page, "#settings-passkey")).click("button", "パスキーを登録する");
  await page.locator("#settings-message", { hasText: "パスキーを登録しました" }).waitFor();
}

const count = (cards, n) => cards.until((root, n) => root.querySelectorAll(".card").length === n, [n]);
const focused = (cards) => cards.until((root) => root.activeElement?.textContent || root.activeElement?.localName);

test("listed and renamed, by keyboard alone; the new name is told by mail", async () => {
  const { page, customer, cards } = await owner();
  await page.locator("#passkeys-state", { hasText: "設定済み(1件)" }).waitFor();
  await cards.shows("Chrome / Linux");
  assert.match(await cards.shows("登録日時"), /^登録日時:\d{4}年\d{1,2}月\d{1,2}日\(.\)\d{2}:\d{2}$/);
  await cards.shows("この端末のみ");

  await cards.until((root) => root.querySelector(".card button").focus() ?? true);
  await page.keyboard.press("Enter");
  assert.equal(await focused(cards), "input");
  await page.keyboard.press("Escape");
  assert.equal(await focused(cards), "名前を変更する", "back where it came from");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  await cards.shows("名前を入力してください");
  await page.keyboard.type("Work PC");
  await page.keyboard.press("Enter");
  await cards.shows("パスキーの名前を変更しました");
  await page.reload();
  await settled(page);
  await cards.shows("Work PC");
  const spoken = await cards.until((root) => [...root.querySelectorAll("[aria-label]")].map((one) => one.getAttribute("aria-label")).join());
  assert.equal(spoken, "登録済みのパスキー,「Work PC」の名前を変更する,「Work PC」を削除する");
  const notice = await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("パスキー名称変更"));
  assert.match(notice.text, /変更前:Chrome \/ Linux\n変更後:Work PC/);

  await page.goto("/settings?lang=en");
  await settled(page);
  await cards.shows("This device only");
  assert.match(await cards.shows("Registered:"), /^Registered: \w{3}, \d{1,2} \w{3,4} \d{4}, \d{2}:\d{2} JST$/);
});

/** Runs in a page: keeps how many passkeys each list had that the browser was told. */
function listening() {
  if (!globalThis.PublicKeyCredential) return;
  const { signalAllAcceptedCredentials: tell } = PublicKeyCredential;
  globalThis.told = [];
  PublicKeyCredential.signalAllAcceptedCredentials = (list) => {
    globalThis.told.push(list.allAcceptedCredentialIds.length);
    return tell.call(PublicKeyCredential, list);
  };
}

const told = (tab) => tab.evaluate(() => globalThis.told);

test("a list that was asked for before a passkey was made takes it from nobody, in this tab or in another", async () => {
  const [page, customer] = [await house.visitor(), await house.customer()];
  const device = await Authenticator.of(page);
  await logIn(page, customer);
  const other = await page.context().newPage();
  await page.context().addInitScript(listening);
  const firsts = [];
  for (const tab of [page, other]) {
    // The first list of each tab, empty as it is, comes when the test says so.
    const [asked, late] = [Promise.withResolvers(), Promise.withResolvers()];
    const hold = async (route) => {
      const response = await route.fetch();
      asked.resolve();
      await late.promise;
      await route.fulfill({ response });
    };
    await tab.route("**/.sekisho/passkeys", hold, { times: 1 });
    await visit(tab, "/settings");
    await asked.promise;
    firsts.push(late);
  }
  await page.bringToFront();
  await add(page);
  const cards = await closed(page, "#passkeys");
  await count(cards, 1);
  assert.deepEqual(await told(page), [1], "what was asked for afterwards is told");
  const late = [page, other].map((tab) => tab.waitForResponse("**/.sekisho/passkeys"));
  firsts.forEach((first) => first.resolve());
  await Promise.all(late);
  await (await closed(other, "#passkeys")).shows("パスキーは登録されていません");
  await count(cards, 1);
  assert.deepEqual([await told(page), await told(other)], [[1], []]);
  assert.equal((await device.credentials()).length, 1);
  // A list of afterwards is told as ever.
  await page.reload();
  await settled(page);
  await count(cards, 1);
  assert.deepEqual(await told(page), [1]);
  assert.equal((await device.credentials()).length, 1);
});

test("while a passkey is being made no list is told", async () => {
  const [page, customer] = [await house.visitor(), await house.customer()];
  const device = await Authenticator.of(page);
  await page.context().addInitScript(listening);
  await logIn(page, customer);
  await visit(page, "/settings");
  const cards = await closed(page, "#passkeys");
  await cards.shows("パスキーは登録されていません");
  assert.deepEqual(await told(page), [0]);
  // The device has it, and the account does not know it yet.
  const [made, go] = [Promise.withResolvers(), Promise.withResolvers()];
  await page.route("**/.sekisho/passkey/register/finish", async (route) => {
    made.resolve();
    await go.promise;
    await route.continue();
  });
  await (await closed(page, "#settings-passkey")).click("button", "パスキーを登録する");
  await made.promise;

  const other = await page.context().newPage();
  await visit(other, "/settings");
  const others = await closed(other, "#passkeys");
  await others.shows("パスキーは登録されていません");
  assert.deepEqual(await told(other), []);

  await page.bringToFront();
  go.resolve();
  await page.locator("#settings-message", { hasText: "パスキーを登録しました" }).waitFor();
  await count(cards, 1);
  assert.deepEqual([await told(page), (await device.credentials()).length], [[0, 1], 1]);
  await other.bringToFront();
  await other.reload();
  await settled(other);
  await count(others, 1);
  assert.deepEqual(await told(other), [1]);
});

test("several devices: one deleted is gone from the account and from the device, and the other still opens", async () => {
  const { page, customer, device, cards } = await owner();
  const phone = await Authenticator.of(page, { transport: "usb" });
  await device.remove();
  await visit(page, "/settings");
  await add(page);
  await count(cards, 2);
  const [kept] = await phone.credentials();
  assert.ok(kept);

  await cards.click(".card:first-of-type button", "削除する");
  await cards.shows("パスキー「Chrome / Linux」を削除します。よろしいですか。");
  assert.equal(await focused(cards), "キャンセル", "the focus is not on what deletes");
  await cards.click("button", "キャンセル");
  await count(cards, 2);
  await cards.click(".card:first-of-type button", "削除する");
  await cards.click("button.danger");
  await cards.shows("パスキーを削除しました");
  await count(cards, 1);
  await page.locator("#passkeys-state", { hasText: "設定済み(1件)" }).waitFor();
  await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("パスキー削除"));
  assert.equal((await phone.credentials()).length, 1, "the one that is left stays on its device");

  await cards.click(".card button", "削除する");
  await cards.click("button.danger");
  await cards.shows("パスキーは登録されていません");
  for (let tries = 0; (await phone.credentials()).length > 0 && tries < 100; tries += 1) await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.deepEqual(await phone.credentials(), [], "the browser was told, and the device forgot it");
});

test("a passkey that the account no longer knows opens nothing, and the device forgets it then", async () => {
  const { page, device, cards } = await owner();
  await page.evaluate(() => delete PublicKeyCredential.signalAllAcceptedCredentials);
  await cards.click(".card button", "削除する");
  await cards.click("button.danger");
  await cards.shows("パスキーは登録されていません");
  assert.equal((await device.credentials()).length, 1, "not told yet");
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
  await withoutOffer(page);
  await visit(page, "/login");
  const login = await closed(page, "#login-passkey");
  await login.click("button", "パスキーでログイン");
  await login.shows("このパスキーではログインできませんでした");
  assert.equal((await session(page)).status, 401);
  for (let tries = 0; (await device.credentials()).length > 0 && tries < 100; tries += 1) await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.deepEqual(await device.credentials(), []);
});

test("long after the login a passkey signs just this deletion; where it does not, nothing is deleted", async () => {
  const { page, device, cards } = await owner();
  const { auth_time: at } = await session(page);
  await page.waitForFunction((at) => Date.now() - at > 15_500, at, { timeout: 30_000 });
  await device.recognises(false);
  await cards.click(".card button", "削除する");
  await cards.click("button.danger");
  await cards.shows("パスキーの確認を完了できませんでした");
  await count(cards, 1);
  await device.recognises(true);
  const [begun] = await Promise.all([
    page.waitForResponse("**/.sekisho/passkey/confirm/begin"),
    cards.click("button.danger"),
  ]);
  const { text } = await begun.json();
  assert.equal(text, "パスキー「Chrome / Linux」を削除します。");
  await cards.shows("パスキーを削除しました");
  await cards.shows("パスキーは登録されていません");
  const { auth_time: still } = await session(page);
  assert.equal(still, at, "nothing else may be done with it");
});

async function look() {
  for (const [lang, width] of [["ja", 1280], ["en", 1280], ["ja", 360], ["en", 360]]) {
    const { page, cards } = await owner({ viewport: { width, height: 900 } });
    await page.goto(`/settings?lang=${lang}`);
    await settled(page);
    await count(cards, 1);
    const picture = (name) => page.screenshot({ path: join(pictures, `${lang}-${width}-${name}.png`), animations: "disabled" });
    await picture("list");
    await cards.click(".card button");
    await picture("rename");
    await page.keyboard.press("Escape");
    await cards.click(".card .actions button:last-child");
    await picture("delete");
    await page.emulateMedia({ colorScheme: "dark" });
    await picture("dark");
    await page.emulateMedia({ colorScheme: "light" });
    await cards.click("button.danger");
    await cards.until((root) => root.querySelectorAll(".card").length === 0);
    await picture("deleted");
  }
}

if (pictures) test("pictures to look at", look);

test("axe finds nothing to complain of inside the cards, open for a name or for a deletion", async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const page = await house.visitor({ reducedMotion: "reduce" });
  // The only page on which the inside is open: axe looks no deeper than a script of the page can.
  await page.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function () {
      return attachShadow.call(this, { mode: "open" });
    };
  });
  await logIn(page, await house.customer());
  await Authenticator.of(page);
  await visit(page, "/settings");
  await page.locator("#settings-passkey button").click();
  await page.locator("#passkeys .card").waitFor();
  await page.evaluate(axe);
  const found = [];
  for (const press of [null, "button >> nth=0", "button >> nth=1", "button >> nth=1"]) {
    if (press) await page.locator("#passkeys .card").locator(press).click();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate(() => window.axe.run("#passkeys", { resultTypes: ["violations"] }));
      found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ failureSummary }) => `${press} ${colorScheme}: ${id} ${failureSummary}`)));
    }
  }
  assert.deepEqual(found, []);
});
