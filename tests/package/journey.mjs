// What every page of a team must do, however it was bundled: open the board, take a password by taps, judge it, sign in.

import assert from "node:assert/strict";
import { PASSWORD, closed, settled } from "../browser/house.mjs";

/** A password that the rule takes and that stands in the list of common ones. */
const COMMON = "Password123";

/** Types `text` by taps into the empty field of the page, and looks at the dots. */
export async function tap(page, text) {
  const board = await closed(page, "#board");
  if ((await page.getAttribute("#board", "open")) === null) await board.click(".toggle");
  await board.type(text);
  assert.equal(await page.inputValue("#password"), "•".repeat([...text].length));
  return board;
}

/**
 * Signs a customer in from the page at `path`, at the true edge.
 *
 * @param {import("../browser/house.mjs").House} house
 * @param {string} path
 */
export async function signsIn(house, path) {
  const customer = await house.customer();
  const page = await house.visitor({ viewport: { width: 1280, height: 1000 } });
  await page.goto(path);
  await settled(page);

  const board = await tap(page, "Ab3");
  assert.deepEqual(await page.evaluate(() => verdict()), { verdict: "refuse", codes: ["too_short"] });
  await board.click("button", "すべて消去");
  assert.equal(await page.inputValue("#password"), "");

  await tap(page, PASSWORD);
  assert.deepEqual(await page.evaluate(() => verdict()), { verdict: "pass", codes: [] });
  await page.fill("#id", customer.number);
  await page.click("#submit");
  await page.locator("#said", { hasText: /./ }).waitFor();
  assert.equal(await page.textContent("#said"), "/home", "the edge opened just this password");
  assert.equal(await page.inputValue("#password"), "", "nothing stays in the field");
}

/** The page where a password is set finds the larger module and the list. */
export async function setsPassword(house, path) {
  const page = await house.visitor({ viewport: { width: 1280, height: 1000 } });
  await page.goto(`${path}?set`);
  await settled(page);
  await tap(page, COMMON);
  await page.waitForFunction(() => verdict().codes.includes("common"));
  assert.equal(await page.evaluate(() => verdict().verdict), "refuse");
}
