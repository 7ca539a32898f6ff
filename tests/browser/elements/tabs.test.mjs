// Tabs of a browser without BroadcastChannel: what one learns of the session reaches the other all the same, and leaves
// nothing behind. The session lasts 24 s and its last 22 s extend it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, closed, logIn, settled } from "../house.mjs";

const short = (toml) => {
  const changed = toml.replace(/^timeout = "180m"/m, 'timeout = "24s"').replace(/^renewal_window = "5m"/m, 'renewal_window = "22s"');
  assert.notEqual(changed, toml);
  return changed;
};

let house;
before(async () => (house = await House.start({ config: short })));
after(() => house.stop());

const open = (root) => root.querySelector("dialog")?.open;
const shut = (root) => root.querySelector("dialog")?.open === false;

/** Two tabs of a customer, in a browser that has no channel. */
async function twoTabs() {
  const one = await house.visitor();
  await one.context().addInitScript(() => {
    delete globalThis.BroadcastChannel;
    // Every event by which another tab was heard.
    window.heard = [];
    addEventListener("storage", ({ key, newValue }) => heard.push([key, newValue]));
  });
  await logIn(one, await house.customer());
  assert.equal(await one.evaluate(() => typeof BroadcastChannel), "undefined");
  const other = await one.context().newPage();
  await other.goto("/history");
  await settled(other);
  return [one, other];
}

test("without BroadcastChannel an extension in one tab is seen in the other, and a logout leads it away", async () => {
  const [one, other] = await twoTabs();
  const asked = [];
  one.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const [first, second] = [await closed(one, "#idle-warning"), await closed(other, "#idle-warning")];
  await one.bringToFront();
  await first.until(open);
  await other.bringToFront();
  await second.until(open);
  asked.length = 0;
  await second.click("button", "ログインを継続する");
  await second.until(shut);
  await first.until(shut);
  assert.deepEqual(asked, [], "the first was told, it did not ask");

  const heard = await one.evaluate(() => heard.filter(([key]) => key === "sekisho.session"));
  assert.ok(heard.length > 0);
  for (const [, value] of heard.filter(([, value]) => value !== null)) {
    assert.deepEqual(Object.keys(JSON.parse(value)).sort(), ["remaining", "timeout", "wall", "window"]);
  }
  assert.equal(await one.evaluate(() => localStorage.getItem("sekisho.session")), null, "nothing is left behind");

  await second.until(open);
  await second.click("button", "ログアウトする");
  await other.waitForURL("**/logged-out?out=self");
  await one.waitForURL("**/logged-out?out=other");
});
