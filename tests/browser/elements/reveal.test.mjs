// The last character above the keys, where a page asks for it (`reveal`): seen for a second and by nobody but the eye.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, closed, visit, withoutOffer } from "../house.mjs";

let house;
before(async () => (house = await House.start()));
after(() => house.stop());

const SECOND = 1_000;
const seen = (root) => root.querySelector("[part=last]")?.dataset.last;
const gone = (root) => root.querySelector("[part=last]").dataset.last === "";

test("the character of a tap is seen in the closed shadow alone, and goes with whatever happens next", async () => {
  const page = await house.visitor();
  await visit(page, "/login");
  const board = await closed(page, "#login-keyboard");
  await board.click(".toggle");
  assert.ok(await board.until((root) => root.querySelector("[part=last]") === null), "off by default");

  await page.evaluate(() => {
    document.querySelector("#login-keyboard").setAttribute("reveal", "");
    document.querySelector("#login-form, form:has(#login-password)").addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
    // What a script of the page can see of it: every event, and every change of the page's own tree.
    const seen = (window.changes = []);
    new MutationObserver((all) => seen.push(...all.map(({ target }) => target.outerHTML ?? target.textContent)))
      .observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (const kind of ["input", "beforeinput", "keydown"]) document.addEventListener(kind, (event) => seen.push(String(event.data ?? event.key ?? "")), true);
  });
  await page.focus("#login-password");

  const began = Date.now();
  await board.type("w");
  assert.equal(await board.until(seen), "w");
  assert.equal(await page.inputValue("#login-password"), "•");
  assert.equal(await board.until((root) => root.querySelector("[part=last]").ariaHidden), "true");
  assert.ok(!(await page.evaluate(() => document.documentElement.outerHTML)).includes("data-last"));
  await board.until(gone);
  const lasted = Date.now() - began;
  assert.ok(lasted > SECOND * 0.9 && lasted < SECOND * 3, `${lasted} ms`);

  await board.type("q");
  await board.type("7");
  assert.equal(await board.until(seen), "7", "the next key takes its place");
  await board.click("button", "1文字削除");
  assert.ok(await board.until(gone, [], SECOND / 2), "a tool hides it");

  for (const [what, act] of [
    ["leaving the field", () => page.focus("#login-id")],
    ["submitting", () => page.evaluate(() => document.querySelector("#login-password").form.requestSubmit(document.querySelector("#login-submit")))],
    ["closing and opening the board", async () => (await board.click(".toggle"), await board.click(".toggle"))],
  ]) {
    await page.fill("#login-id", "10000001");
    await page.focus("#login-password");
    await board.type("z");
    assert.equal(await board.until(seen), "z", what);
    await act();
    assert.ok(await board.until(gone, [], SECOND / 2), what);
  }

  await board.click("label", "マウスオン時にボタン非表示");
  await board.click('[data-key="k"]');
  assert.ok(await board.until(gone), "not while the labels are hidden");
  const changes = await page.evaluate(() => window.changes.join("\n"));
  assert.ok(!/^[wqz7k]$/m.test(changes) && !changes.includes("data-last"));
});

test("it goes when the window loses the focus, and when the page is hidden, each by itself", async () => {
  const page = await house.visitor();
  // A page that offers passkeys in its autofill is not kept when it is left.
  await withoutOffer(page);
  // Its second never ends here, and of the three events only the one that is looked at arrives.
  await page.addInitScript((second) => {
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (act, ms, ...more) => (ms === second ? 0 : setTimeout(act, ms, ...more));
    for (const kind of ["blur", "visibilitychange", "pagehide"]) {
      addEventListener(kind, (event) => window.only && kind !== window.only && event.stopImmediatePropagation(), true);
    }
  }, SECOND);
  await visit(page, "/login");
  await page.evaluate(() => document.querySelector("#login-keyboard").setAttribute("reveal", ""));
  // The driver pretends that every page has the focus.
  const driver = await page.context().newCDPSession(page);
  await driver.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  await page.bringToFront();
  const board = await closed(page, "#login-keyboard");
  await board.click(".toggle");
  const tap = async (only) => {
    await page.evaluate((only) => (window.only = only), only);
    await board.type("z");
    assert.equal(await board.until(seen), "z", only);
  };

  await tap("none of them");
  await tap("blur");
  const other = await page.context().newPage();
  await other.bringToFront();
  assert.ok(await board.until(gone), "another window");
  await page.bringToFront();

  // No window of this browser is ever covered: the page is hidden by going on, and seen again as it was left.
  await tap("visibilitychange");
  await page.goto("/security");
  await page.goBack({ waitUntil: "commit" });
  assert.equal(await page.evaluate(() => window.only), "visibilitychange", "the same page, out of the back/forward cache");
  assert.ok(await board.until(gone), "hidden");
});
