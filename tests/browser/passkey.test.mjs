// Passkeys with the browser's virtual authenticator: checked on the page, on the device, at the edge and in the mailbox.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "./authenticator.mjs";
import { House, closed, logIn, session, settled, visit, withoutOffer } from "./house.mjs";

let house;
before(async () => (house = await House.start()));
after(() => house.stop());

const NOT_DONE = "パスキーの確認を完了できませんでした";
const FAKE_SITE = "パスキーが反応しない場合は、偽サイトの可能性があります";

const home = (page) => page.waitForURL(`${house.url}/home`);

async function logOut(page) {
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
}

/** A customer who is logged in and has registered a passkey on the home page. */
async function registered() {
  const page = await house.visitor();
  const customer = await house.customer();
  const device = await Authenticator.of(page);
  await logIn(page, customer);
  await page.locator("#passkey-state", { hasText: "パスキーは登録されていません" }).waitFor();
  const offer = await closed(page, "#home-passkey");
  await offer.click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  return { page, customer, device };
}

async function loginPage(page) {
  await withoutOffer(page);
  await visit(page, "/login");
  return closed(page, "#login-passkey");
}

test("registered at home, then the only thing needed to log in", async () => {
  const { page, customer, device } = await registered();
  await page.locator("#passkey-state", { hasText: "登録済みのパスキー:1件" }).waitFor();
  await page.locator("#passkey-offer").waitFor({ state: "hidden" });
  const [credential] = await device.credentials();
  assert.equal(credential.rpId, "localhost");
  assert.ok(credential.isResidentCredential);
  const notice = await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("パスキー登録"));
  assert.match(notice.text, /お客さまの口座にパスキーが登録されました/);

  await logOut(page);
  const entry = await loginPage(page);
  await entry.click("button", "パスキーでログイン");
  await home(page);
  await settled(page);
  assert.deepEqual((await session(page)).amr.sort(), ["hwk", "user"]);
  await page.locator("#last-login", { hasText: "PCサイト" }).waitFor();
  const [used] = await device.credentials();
  assert.ok(used.signCount > credential.signCount, "the device itself has signed");

  await visit(page, "/history");
  await page.locator("#history-rows tr").nth(1).waitFor();
  const methods = await page.locator("#history-rows tr td:nth-child(4)").allTextContents();
  assert.deepEqual(methods, ["パスキー", "パスワード"]);
  let notices = 0;
  await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("ログインのお知らせ") && ++notices === 2);
});

test("where a code would follow the password, a passkey that has worked is offered before it", async () => {
  const { page, customer } = await registered();
  await visit(page, "/address");
  await page.click("#address-begin");
  const sent = await house.stack.mailbox.letter(customer.mail, ({ text }) => /認証コード:\d{6}/.test(text));
  await page.fill("#code", sent.text.match(/認証コード:(\d{6})/)[1]);
  await page.click("#code-submit");
  await page.locator("#address-done", { hasText: "認証しました" }).waitFor();
  const byPassword = async () => {
    await logOut(page);
    const entry = await loginPage(page);
    await page.fill("#login-id", customer.number);
    await page.fill("#login-password", customer.password);
    await page.click("#login-submit");
    await page.locator("#code-card").waitFor();
    return entry;
  };
  const follows = () => page.evaluate(() => {
    const [passkey, code] = ["passkey-card", "code-card"].map((id) => document.getElementById(id));
    return Boolean(passkey.compareDocumentPosition(code) & Node.DOCUMENT_POSITION_FOLLOWING);
  });
  let entry = await byPassword();
  assert.ok(!(await follows()), "one that was only made has shown nothing yet");
  await entry.click("button", "パスキーでログイン");
  await home(page);
  entry = await byPassword();
  await page.locator("#passkey-lead", { hasText: "認証コードの入力は不要です" }).waitFor();
  assert.ok(await follows());
  await page.locator("#by-passkey:focus").waitFor();
  await entry.click("button", "パスキーでログイン");
  await home(page);
  await settled(page);
  assert.deepEqual((await session(page)).amr.sort(), ["hwk", "user"]);
});

test("offered in the autofill of the account number", async () => {
  const { page } = await registered();
  await logOut(page);
  // Nobody presses anything: the device answers the offer that waits in the autofill.
  await page.goto("/login?return=/settings");
  await page.waitForURL(`${house.url}/settings`);
  await settled(page);
  assert.deepEqual((await session(page)).amr.sort(), ["hwk", "user"]);
});

test("a press takes the autofill's offer back before it asks for itself", async () => {
  const { page, device } = await registered();
  await logOut(page);
  // Only listens: every call goes on to the browser.
  await page.addInitScript(() => {
    window.asked = [];
    const { get } = CredentialsContainer.prototype;
    CredentialsContainer.prototype.get = function (options) {
      const how = options.mediation;
      window.asked.push(how);
      options.signal?.addEventListener("abort", () => window.asked.push(`${how} taken back`));
      return get.call(this, options);
    };
  });
  await device.touches(false);
  await visit(page, "/login");
  await page.waitForFunction(() => window.asked.length === 1);
  await (await closed(page, "#login-passkey")).click("button", "パスキーでログイン");
  await page.waitForFunction(() => window.asked.length === 3);
  assert.deepEqual(await page.evaluate(() => window.asked), ["conditional", "conditional taken back", "optional"]);
});

test("a finger that is not recognised opens nothing, and the warning against fake sites is there", async () => {
  const { page, device } = await registered();
  await logOut(page);
  const entry = await loginPage(page);
  await device.recognises(false);
  await entry.click("button", "パスキーでログイン");
  await entry.shows(NOT_DONE);
  await entry.shows(FAKE_SITE);
  assert.equal((await session(page)).status, 401);

  await device.recognises(true);
  await entry.click("button", "パスキーでログイン");
  await home(page);
});

test("a device without a passkey of this site says so, and the password still works", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const device = await Authenticator.of(page);
  const entry = await loginPage(page);
  await entry.click("button", "パスキーでログイン");
  await entry.shows(NOT_DONE);
  await logIn(page, customer);
  assert.deepEqual((await session(page)).amr, ["pwd"]);
});
