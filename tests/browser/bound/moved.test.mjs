// A session that turns up in another browser elsewhere, on the demo's own pages: what its customer sees, and how it goes on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, logIn, settled, visit, withoutOffer } from "../house.mjs";

const TOKEN = "the-proxys-own-token";
const HOME = { address: "203.0.113.7", asn: 2516, country: "JP" };
const ABROAD = { address: "192.0.2.7", asn: 64500, country: "NL" };
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

let house;
before(async () => (house = await House.start({ secrets: { ...freshSecrets(), SEKISHO_PROXY_TOKEN: TOKEN } })));
after(() => house?.stop());

const from = (place) => ({ "sekisho-proxy": TOKEN, "sekisho-client": JSON.stringify(place) });

/** From now on the page's browser is another one, elsewhere. */
async function move(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.setUserAgentOverride", { userAgent: FIREFOX });
  await page.context().setExtraHTTPHeaders(from(ABROAD));
}

test("the customer is led to the confirmation, from there back, and reads of it in the history", async () => {
  const page = await house.visitor({ extraHTTPHeaders: from(HOME) });
  await withoutOffer(page);
  await Authenticator.of(page);
  await logIn(page, await house.customer());
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();

  await move(page);
  await visit(page, "/history");
  assert.equal(page.url(), `${house.url}/confirm?return=/history`);
  // Another login would do as well; the page shows the way once it knows of the customer's passkey.
  await page.locator("#or-login").waitFor();
  await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
  await page.waitForURL("**/history");
  await settled(page);
  await page.getByText("別の環境からのご利用").waitFor();
  await page.getByText("ご本人確認をお願いしました").waitFor();
  await page.context().close();
});

test("who has no passkey logs in again and comes back to where they were", async () => {
  const page = await house.visitor({ extraHTTPHeaders: from(HOME) });
  await withoutOffer(page);
  const customer = await house.customer();
  await logIn(page, customer);
  await move(page);
  await visit(page, "/history");
  assert.equal(page.url(), `${house.url}/confirm?return=/history`);
  await page.click("#login-again");
  await settled(page);
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.waitForURL("**/history");
  await page.context().close();
});

test("a form that who has no passkey sends from there waits for the login, is shown and goes on", async () => {
  const page = await house.visitor({ extraHTTPHeaders: from(HOME) });
  await withoutOffer(page);
  const customer = await house.customer();
  await logIn(page, customer);
  await move(page);
  await page.evaluate(() => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/history/order" });
    form.append(Object.assign(document.createElement("input"), { name: "amount", value: "300" }));
    document.body.append(form);
    form.submit();
  });
  await page.waitForURL(/\/confirm\?return=\/\.sekisho\/parked%3Fform/);
  await page.click("#login-again");
  await settled(page);
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.waitForURL(/\/\.sekisho\/parked\?form=[0-9a-f]{32}&page=/);
  const shown = await page.locator("main").innerText();
  for (const words of ["/history/order", "amount", "300"]) assert.ok(shown.includes(words), `${words}: ${shown}`);
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === "/.sekisho/parked/send");
  await page.getByRole("button", { name: "送信する" }).click();
  // The demo has no such page: what counts is that its origin is who answers.
  assert.equal((await answered).status(), 404);
  await page.context().close();
});
