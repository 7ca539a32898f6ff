// How the pages look and read: accessible by axe's rules in both languages, light and dark; whole at 320 px and at twice
// the text size; and the pictures of the README, written when SEKISHO_SCREENSHOTS=1 is set.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../tools/house/layout.mjs";
import { House, PASSWORD, closed, logIn, visit } from "./house.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env.SEKISHO_SCREENSHOTS === "1" ? join(root, ".github/screenshots") : undefined;

const PUBLIC = ["/", "/open", "/login", "/security", "/stop", "/logged-out?out=timeout", "/gallery", "/mailbox"];
const CUSTOMERS = ["/home", "/history", "/settings", "/confirm", "/confirm?need=passkey", "/confirm?need=code", "/address", "/no-such-page"];

let house;
let customer;
before(async () => {
  // The address that a reader of the README will see, where it is a picture for the README.
  house = await House.start(pictures && { port: 8787 });
  customer = await house.customer();
});
after(() => house.stop());

/** A visitor in `lang`, and a customer who is logged in. */
async function both(lang) {
  // Without motion, a colour is what it is from the first moment on.
  const calm = { reducedMotion: "reduce" };
  const pages = [await house.visitor(calm), await house.visitor(calm)];
  for (const page of pages) await page.goto(`/?lang=${lang}`);
  await logIn(pages[1], customer);
  return pages;
}

/** Opens each page of each of the two, all that is loaded being there. */
async function* everyPage([visitor, member]) {
  for (const [page, paths] of [[visitor, PUBLIC], [member, CUSTOMERS]]) {
    for (const path of paths) {
      await visit(page, path);
      await page.locator("main", { hasText: /読み込んでいます|Loading\./ }).waitFor({ state: "detached" });
      yield [page, path];
    }
  }
}

/** What axe complains of, as lines. */
async function complaints(page, rules) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const violations = await page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
  }, rules);
  return violations;
}

for (const lang of ["ja", "en"]) {
  test(`axe finds nothing to complain of (${lang})`, async () => {
    const pages = await both(lang);
    const found = [];
    for await (const [page, path] of everyPage(pages)) {
      assert.equal(await page.getAttribute("html", "lang"), lang);
      const light = await complaints(page);
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = await complaints(page, ["color-contrast"]);
      await page.emulateMedia({ colorScheme: "light" });
      found.push(...[...light, ...dark].map((line) => `${path}: ${line}`));
    }

    const [page] = pages;
    await visit(page, "/open");
    await page.click("#open-next");
    await page.locator("#open-error").waitFor();
    const board = await closed(page, "#password-keyboard");
    await board.click(".toggle");
    found.push(...(await complaints(page)).map((line) => `/open with complaints and board: ${line}`));
    assert.deepEqual(found, []);
  });

  test(`nothing runs out of a narrow window, at twice the text size neither (${lang})`, async () => {
    const found = [];
    const excess = (page) =>
      page.evaluate(() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth);
    const measure = async (page, what) => {
      for (const [width, text] of [[320, 1], [1280, 2], [320, 2]]) {
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate((text) => (document.documentElement.style.fontSize = `${text * 100}%`), text);
        const over = await excess(page);
        if (over > 0) found.push(`${what}: ${over} px too wide at ${width} px, text ${text * 100} %`);
      }
    };
    const pages = await both(lang);
    for await (const [page, path] of everyPage(pages)) await measure(page, path);
    const [page] = pages;
    await visit(page, "/login");
    const board = await closed(page, "#login-keyboard");
    await board.click(".toggle");
    await board.keys();
    await measure(page, "/login with board");
    assert.deepEqual(found, []);
  });
}

test("the three text sizes are kept", async () => {
  const page = await house.visitor();
  await visit(page, "/");
  const size = () => page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize));
  const [small, large] = [await press("s"), await press("l")];
  assert.ok(small < large);
  async function press(name) {
    await page.click(`#text-${name}`);
    return size();
  }
  await visit(page, "/security");
  assert.equal(await size(), large);
  assert.equal(await page.getAttribute("#text-l", "aria-pressed"), "true");
});

test("the board keeps the customer's choices on this device, and hides its labels under the pointer", async () => {
  const page = await house.visitor({ viewport: { width: 1280, height: 1000 } });
  await visit(page, "/login");
  const board = await closed(page, "#login-keyboard");
  await board.click(".toggle");
  await board.click("label", "ランダム表示");
  assert.equal(await board.keys(), "1234567890qwertyuiopasdfghjklzxcvbnm@#$%^&*_+-=:,.");
  await board.click("label", "マウスオン時にボタン非表示");
  await board.click('[data-key="k"]');
  const seen = (root) => getComputedStyle(root.querySelector('[data-key="k"]'), "::before").visibility;
  assert.equal(await board.until(seen), "hidden");
  await page.mouse.move(5, 5);
  await board.until((root) => getComputedStyle(root.querySelector('[data-key="k"]'), "::before").visibility === "visible");

  await visit(page, "/login");
  const again = await closed(page, "#login-keyboard");
  await again.click(".toggle");
  assert.equal(await again.keys(), "1234567890qwertyuiopasdfghjklzxcvbnm@#$%^&*_+-=:,.");
});

async function draw() {
  const page = await house.visitor({ viewport: { width: 1280, height: 860 } });
  const picture = (name) => page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
  await visit(page, "/");
  await picture("top");
  await visit(page, "/login");
  await page.setViewportSize({ width: 1280, height: 1240 });
  await page.fill("#login-id", customer.number);
  const board = await closed(page, "#login-keyboard");
  await board.click(".toggle");
  await board.type(PASSWORD.slice(0, 12));
  await page.mouse.move(5, 5);
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await picture("login");
  await logIn(page, customer);
  await page.setViewportSize({ width: 1280, height: 1060 });
  await page.locator("#detail-mail", { hasText: "@" }).waitFor();
  await picture("home");
}

if (pictures) test("the main pages as pictures", draw);
