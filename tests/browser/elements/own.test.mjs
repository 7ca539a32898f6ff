// Pages that draw for themselves: the board, the rules and the idle deadline without our elements, at the true edge. The
// session lasts 24 s and its last 22 s extend it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, PASSWORD, logIn, settled, visit } from "../house.mjs";

const short = (toml) => {
  const changed = toml.replace(/^timeout = "180m"/m, 'timeout = "24s"').replace(/^renewal_window = "5m"/m, 'renewal_window = "22s"');
  assert.notEqual(changed, toml);
  return changed;
};

let house;
before(async () => (house = await House.start({ config: short })));
after(() => house.stop());

/** A page with a form of its own and the package at hand. */
async function own(path) {
  const page = await house.visitor({ viewport: { width: 1280, height: 1400 } });
  await visit(page, path);
  await page.evaluate(async () => {
    window.sekisho = await import("/assets/sekisho/index.js");
    const made = (tag, id, members = {}) => Object.assign(document.createElement(tag), { id, name: id, ...members });
    const form = made("form", "own");
    form.append(made("input", "id"), made("input", "family"), made("input", "password", { type: "password" }));
    document.body.replaceChildren(form, made("div", "cells"));
    window.input = document.querySelector("#password");
  });
  return page;
}

test("a board of the page's own types into the wasm memory, by cell, and what it typed signs in", async () => {
  const page = await own("/login");
  const { number } = await house.customer();
  await page.evaluate(() => {
    const board = (window.board = new sekisho.Board(input));
    const cells = document.querySelector("#cells");
    const draw = () => [...cells.children].forEach((cell, at) => (cell.textContent = board.labels[at]));
    board.labels.forEach((_, at) => {
      const cell = document.createElement("button");
      cell.type = "button";
      cell.addEventListener("click", () => board.press(at));
      cells.append(cell);
    });
    draw();
    // A page may do anything while it hears of a press.
    input.addEventListener("input", () => {
      board.shuffle();
      draw();
    });
    window.upper = (wanted) => board.shifted === wanted || (board.shift(), draw());
  });
  const order = () => page.evaluate(() => board.labels.join(""));
  const before = await order();
  for (const wanted of PASSWORD) {
    if (/[a-z]/i.test(wanted)) await page.evaluate((wanted) => upper(wanted), /[A-Z]/.test(wanted));
    const at = await page.evaluate((wanted) => board.labels.indexOf(wanted), wanted);
    await page.locator("#cells button").nth(at).click();
  }
  assert.notEqual(await order(), before, "laid out anew");
  assert.equal(await page.inputValue("#password"), "•".repeat(PASSWORD.length));
  assert.equal(await page.evaluate(() => board.press(1000)), false);
  assert.deepEqual(await page.evaluate(() => sekisho.checkPassword(input)), { verdict: "pass", codes: [] });
  await page.evaluate(() => board.back());
  assert.equal(await page.inputValue("#password"), "•".repeat(PASSWORD.length - 1));
  // What is done to the dots in the native field is done to what they stand for.
  await page.focus("#password");
  await page.keyboard.press("End");
  await page.keyboard.type(PASSWORD.at(-1));
  const next = await page.evaluate((id) => sekisho.signIn({ id, password: input }).then(({ next }) => next), number);
  assert.equal(next, "/home");
  assert.equal(await page.inputValue("#password"), "");
  await page.evaluate(() => board.press(0));
  assert.equal(await page.inputValue("#password"), "•");
  await page.evaluate(() => board.stop());
  assert.equal(await page.inputValue("#password"), "", "wiped");
  assert.equal(await page.evaluate(() => board.press(0)), false);
});

test("the rules as states with their words, at every key, in the language asked for", async () => {
  const page = await own("/open");
  await page.evaluate(() => {
    window.told = [];
    window.rules = new sekisho.PasswordRules(input, { lang: "en" });
    rules.addEventListener("sekisho-rules", ({ detail }) => told.push(detail));
  });
  const state = () => page.evaluate(() => rules.state);
  const empty = await state();
  assert.deepEqual(empty.rules.map(({ met }) => met), [null, null, null]);
  assert.equal(empty.rules[0].text, "10 to 16 characters");
  assert.match(await page.getAttribute("#password", "passwordrules"), /^minlength: 10; maxlength: 16; required: lower;/);

  await page.fill("#family", "Yamazaki");
  await page.focus("#password");
  await page.keyboard.type("Ab3");
  const typed = await state();
  assert.deepEqual([typed.verdict, typed.rules.map(({ met }) => met)], ["refuse", [false, true, true]]);
  assert.equal(typed.notes[0].text, "Enter 7 more.");
  assert.deepEqual(await page.evaluate(() => told.at(-1)), typed);
  assert.equal(await page.evaluate(() => told.length), 3);

  await page.fill("#password", "Yamazaki-71");
  const named = await state();
  assert.deepEqual([named.verdict, named.notes.map(({ refuses }) => refuses).includes(true)], ["warn", false]);
  assert.match(named.strength, /^Strength: /);
  assert.match(named.notes.map(({ text }) => text).join(), /\(…\)/);
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify([rules.state, told])), /yama|zaki|71/i, "no character of it is told");
  // The list of common passwords comes later than the first word; then the page is told anew.
  await page.fill("#password", "Password123");
  await page.waitForFunction(() => told.at(-1).codes.includes("common"));

  await page.fill("#password", "\uff2baede\uff17\uff11-x");
  assert.equal((await state()).half_width, true);
  await page.evaluate(() => rules.toHalfWidth());
  assert.equal(await page.inputValue("#password"), "Kaede71-x");
  await page.evaluate(() => (rules.stop(), (told.length = 0)));
  await page.fill("#password", "x");
  assert.equal(await page.evaluate(() => told.length), 0);
});

test("the deadline is told by the second, an extension ends the warning, and a logout elsewhere the session", async () => {
  const page = await house.visitor();
  await logIn(page, await house.customer());
  const watch = async (page) => {
    await page.evaluate(async () => {
      window.sekisho = await import("/assets/sekisho/index.js");
      document.querySelector("#idle-warning").remove();
      window.told = [];
      window.watch = new sekisho.SessionWatch();
      watch.addEventListener("sekisho-remaining", ({ detail }) => told.push(detail));
      watch.addEventListener("sekisho-session-ended", ({ detail }) => told.push(detail));
    });
  };
  await watch(page);
  await page.waitForFunction(() => told.filter(({ warning }) => warning).length >= 2);
  const [first, second] = await page.evaluate(() => told);
  assert.ok(first.remaining_ms <= 22_000 && first.remaining_ms - second.remaining_ms === 1_000, JSON.stringify([first, second]));
  await page.evaluate(() => sekisho.extendSession());
  await page.waitForFunction(() => told.at(-1).warning === false);
  assert.ok(await page.evaluate(() => watch.remaining_ms > 22_000 && watch.remaining_ms <= 24_000));

  const other = await page.context().newPage();
  await other.goto("/history");
  await settled(other);
  await watch(other);
  await page.evaluate(() => sekisho.signOut());
  await other.waitForFunction(() => told.some(({ reason }) => reason === "no_session"));
  assert.match(other.url(), /\/history$/, "where to go is the page's own affair");
  await page.evaluate(() => watch.stop());
  assert.equal(await page.evaluate(() => watch.remaining_ms), null);
});
