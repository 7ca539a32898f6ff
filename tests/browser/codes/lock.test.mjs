// The customer's own lock: one tap in the settings, and back in by passkey alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, logIn, session, settled, visit, withoutOffer } from "../house.mjs";

let house;
before(async () => (house = await House.start()));
after(() => house.stop());

test("one tap ends every session, a password opens nothing, and a passkey unlocks", async () => {
  const customer = await house.customer();
  const other = await house.visitor();
  await logIn(other, customer);
  const page = await house.visitor();
  await Authenticator.of(page);
  await logIn(page, customer);
  const offer = await closed(page, "#home-passkey");
  await offer.click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();

  await visit(page, "/settings");
  await page.click("#lock-account");
  await page.waitForURL("**/logged-out?out=locked");
  await page.locator("#out-reason", { hasText: "口座をロックし" }).waitFor();
  assert.equal((await session(page)).status, 401);
  assert.equal((await session(other)).status, 401);
  const told = await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("口座ロックのお知らせ"));
  assert.match(told.text, /日時:.*チャネル:.*端末:/s);

  await withoutOffer(page);
  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.locator("#login-error", { hasText: "正しくありません" }).waitFor();

  const passkey = await closed(page, "#login-passkey");
  await passkey.click("button", "パスキーでログイン");
  await page.waitForURL("**/home");
  await settled(page);
  assert.ok((await session(page)).amr.includes("user"));
  await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("ログイン停止解除のお知らせ"));
  await logIn(other, customer);
});
