// While no mail address is confirmed a login leads over the page that asks for one: by keyboard, on a narrow screen, put off, and
// on to where it was to lead.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, settled, visit } from "../house.mjs";
import { accessible } from "./accessible.mjs";

let house;
before(async () => (house = await House.start({ asks: true })));
after(() => house.stop());

/** Logs in as whoever was sent to the login page on the way to the history. */
async function enter(page, { number, password }) {
  await page.goto("/history");
  await page.waitForURL("**/login?return=/history");
  await settled(page);
  await page.fill("#login-id", number);
  await page.fill("#login-password", password);
  await page.press("#login-password", "Enter");
}

/** Waits until the page of this path is there. */
const led = (page, path) => page.waitForURL((url) => url.pathname === path);

async function code(mail) {
  const letter = await house.stack.mailbox.letter(mail, ({ text }) => /認証コード:\d{6}/.test(text));
  return letter.text.match(/認証コード:(\d{6})/)[1];
}

for (const width of [360, 1280]) {
  test(`asked, confirmed by keyboard alone, and on to the page that was asked for, at ${width} px`, async () => {
    const page = await house.visitor({ viewport: { width, height: 800 } });
    const customer = await house.customer();
    await enter(page, customer);
    await page.waitForURL("**/address?return=/history");
    await page.locator("#address-title:focus").waitFor();
    assert.match(await page.textContent("#address-now"), /h\*\*\*@example\.com/);
    await accessible(page, "asked");
    await page.keyboard.press("Tab");
    await page.keyboard.type("a@b");
    await page.keyboard.press("Enter");
    await page.locator("#new-address-error", { hasText: "形式をご確認ください" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "new-address");
    await accessible(page, "wrong");
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Enter");
    await page.locator("#code:focus").waitFor();
    await accessible(page, "code");
    await page.keyboard.type(await code(customer.mail));
    await page.keyboard.press("Enter");
    await page.locator("#address-done-title:focus").waitFor();
    await accessible(page, "done");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await led(page, "/history");
    // Who has one is not asked.
    await page.goto("/address", { waitUntil: "commit" });
    await led(page, "/home");
  });
}

test("another address than the one on file can be registered there, in English", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await page.goto("/?lang=en");
  await enter(page, customer);
  await page.waitForURL("**/address?return=/history");
  const other = `other.${customer.number}@example.org`;
  await page.fill("#new-address", other);
  await page.getByRole("button", { name: "Send a code" }).click();
  await page.locator("#code-body", { hasText: "o***@example.org" }).waitFor();
  await page.fill("#code", await code(other));
  await page.click("#code-submit");
  await page.getByRole("link", { name: "Continue" }).click();
  await led(page, "/history");
});

test("put off, it is not asked again, on no device; the settings show the way, and no stranger's page is led to", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await enter(page, customer);
  await page.waitForURL("**/address?return=/history");
  await page.click("#address-later");
  await led(page, "/history");
  const other = await house.visitor();
  await enter(other, customer);
  await led(other, "/history");
  await visit(page, "/settings");
  await page.locator("#address-state", { hasText: "未認証" }).waitFor();
  await page.click("#go-address");
  await page.waitForURL("**/address?return=/settings");
  await page.locator("#address-title:focus").waitFor();
  await visit(page, "/address?return=//example.net/x");
  await page.click("#address-later");
  await led(page, "/home");
});

test("a login that is judged to be a stranger's registers nothing there, and is told whom to call", async () => {
  const act = (toml) => toml.replace('mode = "shadow"', 'mode = "act"').replace('second_factor = "always"', 'second_factor = "off"').replace("account_change = -2100", "account_change = -20000");
  const strict = await House.start({ asks: true, config: act });
  try {
    const page = await strict.visitor();
    const customer = await strict.customer();
    await page.goto("/login");
    await settled(page);
    for (const second of [false, true]) {
      await visit(page, "/login");
      await page.fill("#login-id", customer.number);
      await page.fill("#login-password", customer.password);
      await page.click("#login-submit");
      await page.waitForURL("**/address?return=/home");
      await page.locator("#address-title:focus").waitFor();
      if (second) await page.click("#address-begin");
    }
    await page.locator("#address-error:focus", { hasText: "安全のため" }).waitFor();
    await accessible(page, "risky");
    assert.deepEqual(strict.stack.mailbox.letters(customer.mail).filter(({ text }) => /認証コード/.test(text)), []);
    await page.click("#address-on");
    await led(page, "/home");
  } finally {
    await strict.stop();
  }
});
