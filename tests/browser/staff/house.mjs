// The house with a host of its staff's.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { House } from "../house.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong with the page as it is. */
export async function AxeBuilder(page) {
  // The page's policy keeps scripts out that are not its own; the devtools put this one beside them.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] };
  const expression = `axe.run(document, ${JSON.stringify(rules)}).then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])))`;
  const { result } = await session.send("Runtime.evaluate", { expression, awaitPromise: true });
  await session.detach();
  return JSON.parse(result.value);
}

/** The running house, in which what staff set is read ten times a second, its staff's address as `staff`, and `invite`, which is the operator's token's. */
export async function staffHouse() {
  let staff;
  const config = (toml) => {
    staff = toml.match(/origin = "http:\/\/localhost:(\d+)"/)[1];
    const soon = toml.replace('counts = "1h"', 'counts = "100ms"');
    return `${soon}\n[staff]\norigin = "http://staff.localhost:${staff}"\n`;
  };
  const house = await House.start({ config });
  house.staff = `http://staff.localhost:${staff}`;
  house.invite = async (name, role) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${house.stack.secrets.SEKISHO_OPS_TOKEN}` };
    const answer = await fetch(`${house.url}/.sekisho/ops/staff/invite`, { method: "POST", headers, body: JSON.stringify({ name, role }) });
    if (!answer.ok) throw new Error(`no invitation: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).code;
  };
  return house;
}
