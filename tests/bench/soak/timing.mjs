// Does the time of a failed login tell anything about the name? Five kinds of names, tried over HTTP with a wrong password in
// rounds, each kind once a round in an order drawn anew: never tried, tried and nobody's, a customer's whose object was
// not in memory, a customer's that was, and one's whose password the origin alone can check.

import { cpus, loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { random } from "../../tools/house/random.mjs";
import { demoCustomers } from "../../tools/house/layout.mjs";
import { startStack } from "../../tools/stack.mjs";
import { send } from "../../edge/visitor.mjs";
import { Customer } from "../customer.mjs";
import { median, medianInterval } from "./statistics.mjs";

const BAR = 2;
/** Milliseconds from one line of the grid to the next: as delivered, and a shorter time for the origin's check. */
const GRID = 250 + 500;
const CONFIDENCE = 0.99;
/** workerd lets go of an object that nobody has called for ten seconds. */
const COLD = 15_000;

/**
 * Runs so many rounds.
 *
 * @param {{rounds: number, seed: number}} options
 * @returns {Promise<{findings: string[], report: string}>} what is wrong, and the report's text
 */
export async function soakTiming({ rounds, seed }) {
  // Nobody is held here, which would be another answer; the rest is as delivered, the grid of time above all, but for the origin's
  // check, for which each failed login waits a whole second.
  const config = (toml) => toml.replace("attempts = 10 ", "attempts = 100 ").replace(/(\[elsewhere\][^[]*\ntimeout = )"1s"/, '$1"500ms"');
  const stack = await startStack({ seed: false, config });
  const draw = random(seed);
  const names = { unknown: Array.from({ length: 40 }, (_, at) => `tried-${at}`), cold: [], warm: [] };
  for (const kind of ["cold", "warm"]) {
    for (let index = 1; index <= (kind === "cold" ? 40 : 10); index += 1) {
      const customer = new Customer(stack.url, index + (kind === "cold" ? 0 : 1_000));
      names[kind].push(await customer.open());
    }
  }
  // The origin holds some of them back after a few tries, and answers that sooner.
  const known = demoCustomers();
  const old = Array.from({ length: 10 }, (_, at) => ({ name: `old-${at}`, customer: known[at % known.length].customer }));
  await stack.importCustomers(old);
  const password = "Wrong-42-kawa#Q";
  async function attempt(id) {
    const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin", accept: "application/json" };
    const started = performance.now();
    const answer = await send(stack.url, { method: "POST", path: "/.sekisho/login", headers, body: JSON.stringify({ id, password }) });
    const took = performance.now() - started;
    if (answer.status !== 401 || answer.json.code !== "sign_in_failed") throw new Error(`${id}: ${answer.status} ${answer.text}`);
    return took;
  }
  for (const id of names.unknown) await attempt(id);
  const used = new Map(names.cold.map((id) => [id, performance.now()]));
  let number = 0;
  const kinds = {
    "never tried": () => attempt(`never-${(number += 1)}`),
    "tried, nobody's": (round) => attempt(names.unknown[round % names.unknown.length]),
    "a customer's, cold": async (round) => {
      const id = names.cold[round % names.cold.length];
      const rest = COLD - (performance.now() - used.get(id));
      if (rest > 0) await pause(rest);
      const took = await attempt(id);
      used.set(id, performance.now());
      return took;
    },
    "a customer's, not adopted": (round) => attempt(old[round % old.length].name),
    "a customer's, warm": async (round) => {
      const id = names.warm[round % names.warm.length];
      // Asked a moment ago, and without counting a try.
      await send(stack.url, { method: "POST", path: "/.sekisho/passkey/login/begin", headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" }, body: JSON.stringify({ id }) });
      return attempt(id);
    },
  };
  const taken = [];
  const began = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.keys(kinds).map((kind) => [draw(), kind]).toSorted(([a], [b]) => a - b);
    const one = {};
    for (const [, kind] of order) one[kind] = await kinds[kind](round);
    taken.push(one);
  }
  await stack.stop();

  const findings = [];
  const all = Object.keys(kinds);
  const rows = [];
  for (let one = 0; one < all.length; one += 1) {
    for (const other of all.slice(one + 1)) {
      // Of the same round: what the machine did meanwhile it did to both.
      const differences = taken.map((round) => round[all[one]] - round[other]);
      const [from, to] = medianInterval(differences, CONFIDENCE);
      const held = from >= -BAR && to <= BAR;
      if (!held) findings.push(`${all[one]} against ${other}: the median difference lies between ${from.toFixed(2)} and ${to.toFixed(2)} ms`);
      rows.push(`| ${all[one]} | ${other} | ${median(differences).toFixed(2)} | ${from.toFixed(2)} … ${to.toFixed(2)} | ${held ? "yes" : "NO"} |`);
    }
  }
  const report = `## The time of a failed login

${rounds} rounds over HTTP against plain workerd, the grid of time as delivered (250 ms) and twice as long for the origin's check, five kinds of names once a round in an order
drawn anew, ${((performance.now() - began) / 60_000).toFixed(0)} minutes. Judged is the median of the differences within a round, by its ${CONFIDENCE * 100} % interval from order
statistics, which assumes nothing about the noise. ${cpus().length} cores, load average ${loadavg()[1].toFixed(1)}. Seed ${seed}.

| kind | median, ms | slower than ${GRID + 50} ms |
|---|---|---|
${all.map((kind) => `| ${kind} | ${median(taken.map((round) => round[kind])).toFixed(2)} | ${taken.filter((round) => round[kind] > GRID + 50).length} |`).join("\n")}

| | against | median difference, ms | interval | within ±${BAR} ms |
|---|---|---|---|---|
${rows.join("\n")}
`;
  return { findings, report };
}
