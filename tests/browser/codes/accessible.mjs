// That everything on a page can be read by all, at the width it has.

import assert from "node:assert/strict";
import { AxeBuilder } from "../staff/house.mjs";

/** Holds it of `page` as it is; `step` names it. With SCREENS set a picture goes into that folder. */
export async function accessible(page, step) {
  assert.deepEqual(await AxeBuilder(page), [], step);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${step} is ${over} px too wide`);
  const { width } = page.viewportSize();
  if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/address-${step}-${width}.png`, fullPage: true });
}
