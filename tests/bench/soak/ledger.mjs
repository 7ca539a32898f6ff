// After a soak: whether everything that was acknowledged is still there, asked over HTTP as the customer would, and whether
// what was cut off is there wholly or not at all, as the origin sees it.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Checks every customer.
 *
 * @param {object} stack the running house
 * @param {import("../customer.mjs").Customer[]} customers with `sessions`, `acknowledgedLogins` and perhaps the password of before
 * @returns {Promise<string[]>} what is wrong; nothing when all is well
 */
export async function verify(stack, customers) {
  const findings = [];
  const numbers = new Set();
  for (const customer of customers) {
    const name = `${customer.mail} (${customer.number})`;
    const expect = (truth, words) => truth || findings.push(`${name}: ${words}`);
    expect(!numbers.has(customer.number), "its account number was issued twice");
    numbers.add(customer.number);

    for (const { cookie, live } of customer.sessions) {
      const { status } = await customer.call("session", undefined, cookie);
      // A second login may have ended the first session; what must never be is an acknowledged logout that did not hold.
      if (live) expect(status === 200, `an acknowledged session answers ${status}`);
      else expect(status === 401, `a session that was logged out answers ${status}`);
    }
    try {
      await customer.login();
      if (customer.former) {
        const { status } = await customer.call("login", { id: customer.number, password: customer.former }, "none=1");
        expect(status === 401, `the password of before answers ${status}`);
      }
      const me = await customer.call("me");
      const { family, given } = customer.form;
      expect(me.status === 200 && me.body.name === `${family} ${given}`, `shown as ${JSON.stringify(me.body?.name)}`);
      expect(me.body?.number === customer.number, `shown with the number ${me.body?.number}`);
      const history = await customer.call("history");
      const kept = history.body?.entries?.filter((entry) => entry.outcome === "success").length;
      expect(kept >= customer.acknowledgedLogins + 1, `${customer.acknowledgedLogins + 1} logins were acknowledged, ${kept} are kept`);
    } catch (error) {
      findings.push(`${name}: ${error.message}`);
    }
    const { letters, events } = await settled(stack, customer.mail);
    expect(events.includes(customer.number), `the origin never heard of its account, only of ${events}`);
    // An opening that was cut off may have been made and never been acknowledged; then it is whole: letter and event.
    const wanted = events.map((number) => number.slice(-4)).toSorted();
    expect(JSON.stringify(letters) === JSON.stringify(wanted), `letters for ${letters}, events for ${wanted}`);
  }
  return findings;
}

/** The last digits of the numbers in this customer's letters about openings, and the numbers the origin was told. */
function effects(stack, mail) {
  const letters = stack.mailbox.letters(mail).filter((letter) => letter.subject.includes("口座開設"));
  const database = new DatabaseSync(join(stack.state, "origin/origin.sqlite"), { readOnly: true });
  try {
    const rows = database.prepare("SELECT number FROM customers WHERE profile ->> 'mail' = ? ORDER BY number").all(mail);
    const digits = letters.map((letter) => letter.text.match(/\*{4}(\d{4})/)?.[1]).toSorted();
    return { letters: digits, events: rows.map((row) => row.number) };
  } finally {
    database.close();
  }
}

/** The effects once there are as many letters as events, which the outbox's next attempts bring about; or after 30 s. */
async function settled(stack, mail) {
  const end = performance.now() + 30_000;
  for (;;) {
    const seen = effects(stack, mail);
    if ((seen.letters.length === seen.events.length && seen.events.length > 0) || performance.now() > end) return seen;
    await pause(50);
  }
}
