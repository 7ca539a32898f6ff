// The automatic logout and the warning before it, with the brokers' rule on a shorter clock: the session lasts 24 s and
// its last 22 s extend it. What the page says is held against what the edge says.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, closed, logIn, session, settled } from "./house.mjs";

const TIMEOUT = 24_000;
const WINDOW = 22_000;

const short = (toml) => {
  const changed = toml.replace(/^timeout = "180m"/m, 'timeout = "24s"').replace(/^renewal_window = "5m"/m, 'renewal_window = "22s"');
  assert.notEqual(changed, toml);
  return changed;
};

let house;
before(async () => (house = await House.start({ config: short })));
after(() => house.stop());

const TITLE = "まもなく自動的にログアウトします";
const open = (root) => root.querySelector("dialog")?.open;
const shut = (root) => root.querySelector("dialog")?.open === false;
const secondsLeft = (root) => {
  const [, minutes, seconds] = root.querySelector("dialog[open] [part=countdown]")?.textContent.match(/残り(\d+)分(\d+)秒/) ?? [];
  return seconds !== undefined && { seconds: Number(minutes) * 60 + Number(seconds) };
};

const warning = (page) => closed(page, "#idle-warning");

/** How often a page asks the edge for more time. */
function extensions(page) {
  const seen = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/.sekisho/session/extend")) seen.push(request);
  });
  return seen;
}

test("it opens, counts down, and one press extends the session at the edge", async () => {
  const page = await house.visitor();
  await logIn(page, await house.customer());
  const asked = extensions(page);
  const dialog = await warning(page);
  await dialog.until(open);
  await dialog.shows(TITLE);
  const { seconds } = await dialog.until(secondsLeft);
  const before = await session(page);
  assert.ok(before.remaining_ms <= WINDOW, "it opens when the last minutes begin");
  assert.ok(Math.abs(before.remaining_ms - seconds * 1000) < 2_000, `page ${seconds} s, edge ${before.remaining_ms} ms`);
  const lower = (root, than) => {
    const [, seconds] = root.querySelector("[part=countdown]").textContent.match(/(\d+)秒/) ?? [];
    return Number(seconds) < than;
  };
  await dialog.until(lower, [seconds - 1]);
  assert.equal(await dialog.until((root) => root.activeElement?.part.value), "stay", "the focus is on staying");
  assert.equal(asked.length, 0, "looking on extends nothing");

  const low = (await session(page)).remaining_ms;
  await dialog.click("button", "ログインを継続する");
  await dialog.until(shut);
  await dialog.shows("ログイン状態を延長しました");
  assert.equal(asked.length, 1);
  const { remaining_ms: high } = await session(page);
  assert.ok(high > low && high > WINDOW - 5_000 && high <= TIMEOUT, `${low} ms became ${high} ms`);

  // Esc, too, stays: nobody loses work by accident.
  await dialog.until(open);
  await page.keyboard.press("Escape");
  await dialog.until(shut);
  assert.equal(asked.length, 2);
});

test("what a step-up has overtaken is asked once more before anything ends", async () => {
  const page = await house.visitor();
  await logIn(page, await house.customer());
  const refused = [];
  await page.route(/\/\.sekisho\/(session|session\/extend|history)$/, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (refused.includes(path)) return route.continue();
    refused.push(path);
    const body = JSON.stringify({ type: "urn:sekisho:problem:no_session", title: "", status: 401, code: "no_session", ref: "X" });
    return route.fulfill({ status: 401, contentType: "application/problem+json", body });
  });
  await page.goto("/history");
  await settled(page);
  await page.locator("#history-rows tr").first().waitFor();
  const dialog = await warning(page);
  await dialog.until(open);
  await dialog.click("button", "ログインを継続する");
  await dialog.until(shut);
  const twice = ["/.sekisho/history", "/.sekisho/session", "/.sekisho/session/extend"];
  assert.deepEqual([refused.sort(), new URL(page.url()).pathname], [twice, "/history"]);
});

test("a press in one tab closes the warning in the other, and the time that runs out ends both", async () => {
  const one = await house.visitor();
  await logIn(one, await house.customer());
  const other = await one.context().newPage();
  await other.goto("/history");
  await settled(other);
  const [first, second] = [await warning(one), await warning(other)];
  await one.bringToFront();
  await first.until(open);
  await other.bringToFront();
  await second.until(open);
  const asked = [...[extensions(one), extensions(other)]];
  await second.click("button", "ログインを継続する");
  await second.until(shut);
  await first.until(shut);
  assert.deepEqual(asked.map(({ length }) => length), [0, 1]);

  await second.until(open);
  const ended = { timeout: TIMEOUT + 10_000 };
  await Promise.all([one, other].map((page) => page.waitForURL("**/logged-out?out=timeout", ended)));
  await other.locator("#out-reason[data-reason=timeout]", { hasText: "自動的にログアウトしました" }).waitFor();
  assert.equal((await session(other)).status, 401);
  await other.goto("/home");
  assert.equal(new URL(other.url()).pathname, "/login");
});

test("leaving from the warning ends the session in every tab", async () => {
  const one = await house.visitor({ locale: "en-GB" });
  await one.goto("/?lang=en");
  await logIn(one, await house.customer());
  const other = await one.context().newPage();
  await other.goto("/settings");
  await settled(other);
  const dialog = await warning(other);
  await dialog.until(open);
  await dialog.shows("You will be logged out soon");
  await dialog.click("button", "Log out");
  await other.waitForURL("**/logged-out?out=self");
  await other.locator("#out-reason", { hasText: "You have logged out" }).waitFor();
  assert.equal((await session(other)).status, 401);
  await one.bringToFront();
  await one.waitForURL("**/logged-out?out=other");
});
