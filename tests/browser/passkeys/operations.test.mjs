// A page that asks for a passkey of the last minutes: the way there through the proof, with a passkey and without one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, logIn, settled, visit } from "../house.mjs";

// The demo's history stands in for a withdrawal.
const ROUTES = `
[[routes]]
path = "/history"
proof = "passkey"
age = "10m"
[[routes]]
path = "/history/password"
amr = ["pwd"]
age = "10s"
[[routes]]
path = "/history/both"
amr = ["pwd", "hwk"]
`;
const config = (toml) => toml + ROUTES;

let house;
before(async () => (house = await House.start({ config })));
after(() => house.stop());

/** Sends a form of a page of the site to `action`, as a customer would. */
const submit = (page, action, fields) => page.evaluate(([action, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  for (const [name, value] of fields) form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(form);
  form.submit();
}, [action, fields]);

/** Sends the form that the page shows, and sees that the application answers it, which has no such page. */
async function press(page, ...shown) {
  const told = await page.locator("main").innerText();
  for (const words of shown) assert.ok(told.includes(words), `${words}: ${told}`);
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === "/.sekisho/parked/send");
  await page.getByRole("button", { name: "送信する" }).click();
  assert.equal((await answered).status(), 404);
  await page.locator("h1").waitFor();
}

const WAITING = /\/\.sekisho\/parked\?form=[0-9a-f]{32}&page=/;

test("a customer with a passkey confirms and is taken on to the very page; from then on it is open", async () => {
  const page = await house.visitor();
  await Authenticator.of(page);
  await logIn(page, await house.customer());
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  await visit(page, "/history?page=1");
  assert.equal(page.url(), `${house.url}/confirm?return=/history%3Fpage%3D1&need=passkey`);
  assert.equal(await page.locator("#no-passkey").isVisible(), false);
  assert.equal(await page.locator("#or-login").isVisible(), false, "another password login would not do");
  await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
  await page.waitForURL(`${house.url}/history?page=1`);
  await visit(page, "/history");
  assert.equal(page.url(), `${house.url}/history`);
  // A route whose `amr` has a password sends here with this: the passkey would lead back here for ever.
  await visit(page, "/confirm?return=/history&need=login");
  await page.locator("#or-login").waitFor();
  assert.equal(await page.locator("#by-passkey").isVisible(), false, "a passkey shows no password");
  assert.equal(await page.locator("#no-passkey").isVisible(), false);
  assert.equal(await page.locator("#login-again").getAttribute("href"), "/login?return=%2Fhistory");
});

test("a form that comes before the proof waits for it, is shown, and is sent at a press", async () => {
  const page = await house.visitor();
  await Authenticator.of(page);
  await logIn(page, await house.customer());
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  await submit(page, "/history/withdraw", [["amount", "120,000"], ["to", "三月銀行"], ["withdrawal_password", "kaede"]]);
  await page.waitForURL(/\/confirm\?return=\/\.sekisho\/parked%3Fform.*&need=passkey$/);
  await settled(page);
  await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
  await page.waitForURL(WAITING);
  const [address, text] = [page.url(), await page.locator("main").innerText()];
  assert.ok(!text.includes("kaede"));
  await press(page, "/history/withdraw", "120,000", "三月銀行", "●●●●");
  assert.equal((await page.goto(address)).status(), 410);
  assert.match(await page.locator("main").innerText(), /すでに送信の操作がされています/);
});

test("a form waits while its customer, who has no passkey, logs in again", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await logIn(page, customer);
  // Until the login is older than the route takes.
  await page.waitForTimeout(10_500);
  await submit(page, "/history/password", [["amount", "7"]]);
  await page.waitForURL(/\/confirm\?return=\/\.sekisho\/parked%3Fform.*&need=login$/);
  await settled(page);
  await page.click("#login-again");
  await settled(page);
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.waitForURL(WAITING);
  await press(page, "/history/password", "amount", "7");
});

test("a form waits while its customer registers the passkey that it takes, also where a password is asked for besides", async () => {
  for (const [path, need] of [["/history/withdraw", "passkey"], ["/history/both", "both"]]) {
    const page = await house.visitor();
    await Authenticator.of(page);
    await logIn(page, await house.customer());
    await submit(page, path, [["amount", "8"]]);
    await page.waitForURL(new RegExp(`/confirm.*&need=${need}$`));
    await page.locator("#no-passkey").waitFor();
    assert.equal(await page.locator("#or-login").isVisible(), false, "another login would lead back here");
    await page.click("#to-settings");
    await page.waitForURL(`${house.url}/settings?return=*`);
    await settled(page);
    await (await closed(page, "#settings-passkey")).click("button", "パスキーを登録する");
    await page.locator("#settings-message", { hasText: "パスキーを登録しました" }).waitFor();
    await page.click("#go-back");
    await page.waitForURL(new RegExp(`/confirm.*&need=${need}$`));
    await settled(page);
    await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
    await page.waitForURL(WAITING);
    await press(page, path, "8");
    await page.context().close();
  }
});

test("a customer without one is told what is needed, and loses nothing", async () => {
  const page = await house.visitor();
  await logIn(page, await house.customer());
  await visit(page, "/history");
  await page.locator("#no-passkey").waitFor();
  assert.equal(await page.locator("#by-passkey").isVisible(), false);
  await page.click("#no-passkey a");
  await page.waitForURL(`${house.url}/settings?return=%2Fhistory`);
  await settled(page);
  assert.equal(await page.locator("#go-back").getAttribute("href"), "/history");
});

test("a customer who can show no code or no password is told what is missing, and not led round", async () => {
  const page = await house.visitor();
  await Authenticator.of(page);
  await logIn(page, await house.customer());
  await visit(page, "/confirm?return=/history&need=code");
  await page.locator("#no-address").waitFor();
  for (const way of ["#by-passkey", "#or-login", "#no-passkey", "#no-password"]) {
    assert.equal(await page.locator(way).isVisible(), false, way);
  }
  assert.equal(await page.locator("#to-address").getAttribute("href"), "/address?return=%2Fhistory");
  await visit(page, "/confirm?return=/history&need=login");
  await page.locator("#or-login").waitFor();
  assert.equal(await page.locator("#no-address").isVisible(), false, "a login shows a password all the same");

  await visit(page, "/home");
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  await visit(page, "/history");
  await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
  await page.waitForURL(`${house.url}/history`);
  await visit(page, "/settings");
  await page.click("#only-change");
  await page.locator("#only-state", { hasText: "利用しない" }).waitFor();
  for (const need of ["code", "login"]) {
    await visit(page, `/confirm?return=/history&need=${need}`);
    await page.locator("#no-password").waitFor();
    for (const way of ["#by-passkey", "#or-login", "#no-passkey", "#no-address"]) {
      assert.equal(await page.locator(way).isVisible(), false, `${need}: ${way}`);
    }
  }
});

test("the way back leads to this site alone", async () => {
  const page = await house.visitor();
  await Authenticator.of(page);
  await logIn(page, await house.customer());
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  for (const back of ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/%09/evil.example", "/.//evil.example", "/a/..//evil.example", "/%2e//evil.example"]) {
    await visit(page, `/confirm?return=${encodeURIComponent(back)}`);
    await page.locator("#or-login").waitFor();
    await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
    await page.waitForURL((url) => !url.pathname.startsWith("/confirm"));
    assert.equal(new URL(page.url()).origin, house.url, back);
    await settled(page).catch(() => undefined);
  }
});
