// The page that shows every element: what it lists of events names no character, and its sample warning works without a
// session, the edge being told nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, closed, visit } from "../house.mjs";

let house;
before(async () => (house = await House.start()));
after(() => house.stop());

test("the gallery shows the states, its events carry codes and counts, and its warning asks nobody", async () => {
  const page = await house.visitor();
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await visit(page, "/gallery");
  const events = page.locator("#events");
  await events.locator("li", { hasText: '"verdict":"refuse","codes":["common"' }).waitFor();
  assert.doesNotMatch(await events.textContent(), /Password123|Kaede7|Hanako|Tm7#/);

  const board = await closed(page, "#board-full sekisho-keyboard");
  await board.type("w7");
  await events.locator("li", { hasText: "input (board-full) ×2" }).waitFor();
  assert.equal(await page.inputValue("#in-full"), "••");
  const still = await closed(page, "#board-disabled sekisho-keyboard");
  await still.click("[data-key]");
  assert.equal(await page.inputValue("#in-disabled"), "");

  await page.click("#idle-open");
  await page.locator("#idle-sample").waitFor({ state: "attached" });
  const warning = await closed(page, "#idle-sample");
  await warning.shows("残り");
  await warning.click("button", "ログインを継続する");
  await warning.shows("ログイン状態を延長しました");
  assert.deepEqual(asked.filter((path) => /^\/\.sekisho\/(session|logout)/.test(path)), []);

  await page.click("#scheme-dark");
  const ground = () => page.evaluate(() => getComputedStyle(document.querySelector(".specimen")).backgroundColor);
  assert.equal(await ground(), "rgb(23, 32, 42)");
});
