// A household account book logs in for a customer, from a server of its own: the customer is sent no code for it, sees it in the
// history and among the devices by its name, and ends it there.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signed } from "../../edge/channels/app.mjs";
import { House, logIn, visit } from "../house.mjs";

let house;
before(async () => (house = await House.start()));
after(() => house?.stop());

/** A request of the book's server. */
function ask(path, { cookie, body } = {}) {
  const method = body === undefined ? "GET" : "POST";
  const app = signed("kakeibo", house.stack.secrets, method, path);
  const headers = { ...app, origin: house.url, "content-type": "application/json", ...(cookie && { cookie }) };
  return fetch(`${house.url}${path}`, { method, headers, body: body && JSON.stringify(body), redirect: "manual" });
}

test("a customer sees the book that reads for them, and ends it", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await logIn(page, customer);
  const { mailbox } = house.stack;
  const codes = () => mailbox.letters(customer.mail).filter(({ text }) => /認証コード:\d{6}/.test(text));
  await visit(page, "/address");
  await page.click("#address-begin");
  await mailbox.letter(customer.mail, ({ text }) => /認証コード:\d{6}/.test(text));
  await page.fill("#code", codes()[0].text.match(/認証コード:(\d{6})/)[1]);
  await page.click("#code-submit");
  await page.locator("#address-done", { hasText: "認証しました" }).waitFor();
  let login;
  for (let time = 0; time < 4; time += 1) {
    login = await ask("/.sekisho/login", { body: { id: customer.number, password: customer.password } });
    assert.equal(login.status, 200, await login.clone().text());
  }
  // Whoever comes by no such channel is asked for a code; its letter is written behind all of the book's.
  const other = await house.visitor();
  await visit(other, "/login");
  await other.fill("#login-id", customer.number);
  await other.fill("#login-password", customer.password);
  await other.click("#login-submit");
  await other.locator("#code-card").waitFor();
  await mailbox.letter(customer.mail, () => codes().length === 2);
  const told = mailbox.letters(customer.mail).filter(({ text }) => text.includes("家計簿アプリ"));
  assert.deepEqual([codes().length, told.length], [2, 1], "the address's and the other's; and one letter a day of the book");
  const [cookie] = login.headers.getSetCookie()[0].split(";");
  const balance = await ask("/api/balance", { cookie });
  assert.equal((await balance.json()).customer, customer.number);
  const refused = await ask("/home", { cookie });
  assert.deepEqual([refused.status, (await refused.json()).code], [403, "channel_limited"]);

  await visit(page, "/history");
  await page.locator("#history-rows tr", { hasText: "家計簿アプリ" }).first().waitFor();
  await visit(page, "/settings");
  const device = page.locator("#sessions li", { hasText: "家計簿アプリ" });
  await device.waitFor();
  await device.locator("button").click();
  await device.waitFor({ state: "detached" });
  assert.equal((await ask("/.sekisho/session", { cookie })).status, 401);
});
