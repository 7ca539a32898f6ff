// Where the edge holds a customer back, with its limits set low: what the page says, and which way stays open.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "./authenticator.mjs";
import { House, closed, logIn, session, settled, visit, withoutOffer } from "./house.mjs";

const low = (toml) => {
  const changed = toml.replace(/^attempts = 10 /m, "attempts = 3 ").replace(/^fresh = "10m"/m, 'fresh = "6s"');
  assert.ok(changed.includes("attempts = 3") && changed.includes('fresh = "6s"'));
  return changed;
};

let house;
before(async () => (house = await House.start({ config: low })));
after(() => house.stop());

/** Waits until the login of `page` is no longer fresh to the edge. */
async function stale(page) {
  const { auth_time: at } = await session(page);
  await page.waitForFunction((at) => Date.now() - at > 6_500, at);
}

test("wrong passwords in a row hold password logins, while a passkey still opens", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const device = await Authenticator.of(page);
  await logIn(page, customer);
  const offer = await closed(page, "#home-passkey");
  await offer.click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");

  await withoutOffer(page);
  await visit(page, "/login");
  const attempt = async (password) => {
    await page.fill("#login-id", customer.number);
    await page.fill("#login-password", password);
    const [answer] = await Promise.all([page.waitForResponse("**/.sekisho/login"), page.click("#login-submit")]);
    await page.locator("#login-error:not([hidden])").waitFor();
    return [answer.status(), await page.textContent("#login-error")];
  };
  for (let wrong = 0; wrong < 3; wrong += 1) assert.equal((await attempt("Nt8#kWq9+zLp4:Rv"))[0], 401);
  const [status, sentence] = await attempt(customer.password);
  assert.equal(status, 429);
  assert.match(sentence, /^一定回数を超えて入力されたため、\d{4}年.*までログインできません。パスキーをご登録の場合は、パスキーですぐにログインできます。$/);
  assert.equal((await session(page)).status, 401, "the right password does not open either");

  const entry = await closed(page, "#login-passkey");
  await entry.click("button", "パスキーでログイン");
  await page.waitForURL(`${house.url}/home`);
  assert.deepEqual((await session(page)).amr.sort(), ["hwk", "user"]);
});

test("a passkey is registered only soon after a login, and the page shows the way", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const device = await Authenticator.of(page);
  await logIn(page, customer);
  await stale(page);
  await visit(page, "/settings");
  const offer = await closed(page, "#settings-passkey");
  await offer.click("button", "パスキーを登録する");
  await page.locator("#fresh-login:not([hidden])", { hasText: "10分以内のご本人確認が必要です" }).waitFor();
  assert.deepEqual(await device.credentials(), []);

  await page.click("#login-again");
  await page.waitForURL("**/login?return=/settings");
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.waitForURL(`${house.url}/settings`);
  await settled(page);
  const again = await closed(page, "#settings-passkey");
  await again.click("button", "パスキーを登録する");
  await (await closed(page, "#passkeys")).shows("まだ利用されていません");
  assert.equal((await device.credentials()).length, 1);

  // Stale again, but now there is a passkey to prove it with, on the spot and under a new session id.
  await stale(page);
  const [before] = await page.context().cookies();
  await page.click("#only-change");
  await page.locator("#fresh-login:not([hidden])").waitFor();
  await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
  await page.locator("#settings-message", { hasText: "ご本人確認が完了しました" }).waitFor();
  await page.locator("#fresh-login").waitFor({ state: "hidden" });
  const [now] = (await page.context().cookies()).filter(({ name }) => name === "__Host-sekisho");
  assert.notEqual(now.value, before.value);
  assert.deepEqual((await session(page)).amr.sort(), ["hwk", "pwd", "user"]);

  // The passkey's proof is fresh, so that passwords can be turned off, and on again. What it ends is told before.
  await page.reload();
  await settled(page);
  await page.locator("#only-what", { hasText: "ほかの端末はすべてログアウトされます" }).waitFor();
  assert.match(await page.locator("[aria-labelledby=passkeys-title]").innerText(), /削除すると、ほかの端末はすべてログアウトされます/);
  assert.match(await page.locator("#password-card").innerText(), /変更すると、ほかの端末はすべてログアウトされます/);
  assert.match(await page.locator("#address-card").innerText(), /認証済みのアドレスを変更すると.*ほかの端末はすべてログアウトされます/);
  await page.click("#only-change");
  await page.locator("#settings-message", { hasText: "パスワードでのログインを停止しました" }).waitFor();
  await page.locator("#only-state", { hasText: "パスキーのみ" }).waitFor();
  const knocking = await house.visitor();
  await visit(knocking, "/login");
  await knocking.fill("#login-id", customer.number);
  await knocking.fill("#login-password", customer.password);
  await knocking.click("#login-submit");
  await knocking.locator("#login-error", { hasText: "口座番号またはパスワードが正しくありません" }).waitFor();
  await page.click("#only-change");
  await page.locator("#only-state", { hasText: /^利用する$/ }).waitFor();
  for (const words of ["Removing one logs all other devices out", "Changing it logs all other devices out", "all other devices are logged out", "Turning it off logs all other devices out"]) {
    await visit(page, "/settings?lang=en");
    await page.getByText(words).first().waitFor();
  }
  await visit(page, "/settings?lang=ja");

  // Another device is seen, and logged out from here.
  const other = await house.visitor();
  await logIn(other, customer);
  await page.reload();
  await settled(page);
  await page.locator("#sessions li").nth(1).waitFor();
  assert.equal(await page.locator("#sessions .state", { hasText: "この端末" }).count(), 1);
  await page.click("#session-0-end");
  await page.locator("#settings-message", { hasText: "ほかの端末をログアウトしました" }).waitFor();
  assert.equal((await session(other)).status, 401);
  assert.equal((await session(page)).status, 200);
  assert.equal(await page.locator("#end-others").isVisible(), false);

  // And everything, this one too.
  await logIn(other, customer);
  await page.click("#end-all");
  await page.waitForURL("**/logged-out?out=self");
  for (const gone of [page, other]) assert.equal((await session(gone)).status, 401);
});

test("a new password binds to the rules, ends the other devices, and is told by mail", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const fresh = "Kumo-73-minato#R";
  await logIn(page, customer);
  const other = await house.visitor();
  await logIn(other, customer);
  await visit(page, "/settings");
  const change = async (current, first, second) => {
    for (const [id, text] of [["current-password", current], ["new-password", first], ["new-again", second]]) await page.fill(`#${id}`, text);
    await page.click("#change-submit");
  };
  const says = (id, text) => page.locator(`#${id}-error`, { hasText: text }).waitFor();
  await change(customer.password, "Kumo", "Kumo");
  await says("new-password", "このパスワードは設定できません");
  await change(customer.password, fresh, `${fresh}x`);
  await says("new-again", "一致していません");
  await change("Nt8#kWq9+zLp4:Rv", fresh, fresh);
  await says("current-password", "現在のパスワードが正しくありません");
  assert.equal(await page.evaluate(() => document.activeElement.id), "current-password");
  await change(customer.password, customer.password, customer.password);
  await says("new-password", "現在のパスワードと異なるもの");
  assert.equal((await session(other)).status, 200, "nothing has changed so far");

  await change(customer.password, fresh, fresh);
  await page.locator("#settings-message", { hasText: "パスワードを変更しました" }).waitFor();
  assert.equal(await page.inputValue("#new-password"), "");
  assert.deepEqual([(await session(page)).status, (await session(other)).status], [200, 401]);
  await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("パスワード変更のお知らせ"));
  await logIn(await house.visitor(), { ...customer, password: fresh });
});
