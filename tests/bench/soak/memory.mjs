// Half an hour of ordinary traffic: does the worker's memory keep growing, and does it ever fail by itself?
//
// A fixed house of customers browses, renews leases, logs in and out, guesses wrong and opens an account now and then, since
// what is to be seen is what traffic leaves behind, not what more customers take.

import { cpus, loadavg } from "node:os";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { random } from "../../tools/house/random.mjs";
import { startStack } from "../../tools/stack.mjs";
import { Customer } from "../customer.mjs";
import { slope } from "./statistics.mjs";

const CUSTOMERS = 100;
const AT_A_TIME = 8;
/** Between two requests of one of them, in ms. */
const THINK = 25;
const BAR = 0.5;

/** Resident megabytes of a process. */
const resident = (pid) => Number(readFileSync(`/proc/${pid}/status`, "latin1").match(/^VmRSS:\s+(\d+) kB$/m)[1]) / 1024;

/**
 * Runs for so many minutes.
 *
 * @param {{minutes: number, seed: number}} options
 * @returns {Promise<{findings: string[], report: string}>} what is wrong, and the report's text
 */
export async function soakMemory({ minutes, seed }) {
  // A short lease, so that half an hour holds as many renewals as half a day.
  const stack = await startStack({ seed: false, config: (toml) => toml.replace('lease = "60s"', 'lease = "2s"') });
  const findings = [];
  const answers = new Map();
  const samples = [];
  const draw = random(seed);
  let began;
  const passed = () => (performance.now() - began) / 60_000;

  const seen = (what, status) => {
    const key = `${what} ${status}`;
    answers.set(key, (answers.get(key) ?? 0) + 1);
    // The origin has no fault of its own to hand on here: every 5xx is ours.
    if (status >= 500 && findings.length < 20) findings.push(`${what} answered ${status} after ${passed().toFixed(1)} minutes`);
  };

  async function page(customer) {
    const headers = { cookie: customer.cookie ?? "", accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" };
    const answer = await fetch(`${stack.url}/home`, { headers, redirect: "manual", signal: AbortSignal.timeout(15_000) });
    await answer.arrayBuffer();
    for (const set of answer.headers.getSetCookie()) {
      const [pair] = set.split(";");
      if (pair.startsWith("__Host-sekisho=")) customer.cookie = pair;
    }
    seen("page", answer.status);
  }

  const call = async (customer, what, path, body) => {
    const { status } = await customer.call(path, body);
    seen(what, status);
    return status;
  };

  const wrong = (id) => ({ id, password: "Wrong-42-kawa#Q" });
  let opened = CUSTOMERS;
  /** What customers do, and how often in a thousand. */
  const doings = [
    [900, page],
    [40, (customer) => call(customer, "session", "session")],
    [15, (customer) => call(customer, "history", "history")],
    [20, (customer) => call(customer, "login", "login", { id: customer.number, password: customer.password })],
    [5, (customer) => call(customer, "wrong password", "login", wrong(customer.number))],
    [5, (customer) => call(customer, "unknown name", "login", wrong(`name-${Math.floor(draw() * 200)}`))],
    [8, (customer) => call(customer, "logout", "logout", {}).then(() => customer.login())],
    [5, (customer) => call(customer, "malformed", "login", { id: customer.number })],
    [2, async () => seen("opening", (await new Customer(stack.url, (opened += 1)).call("open", new Customer(stack.url, opened).form)).status)],
  ];
  function doing() {
    let at = draw() * 1_000;
    return doings.find(([weight]) => (at -= weight) < 0)?.[1] ?? page;
  }

  const customers = [];
  for (let index = 1; index <= CUSTOMERS; index += 1) {
    const customer = new Customer(stack.url, index);
    await customer.open();
    await customer.login();
    customers.push(customer);
  }
  began = performance.now();
  let working = true;
  const sampling = (async () => {
    for (; working; await pause(5_000)) samples.push([passed(), resident(stack.worker.pid)]);
  })();
  stack.ended().then((how) => working && findings.push(how));
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async (_, turn) => {
      while (passed() < minutes && findings.length < 20) {
        // Each has customers of its own, so that nobody's cookie changes hands in the middle of a request.
        const customer = customers[turn + AT_A_TIME * Math.floor((draw() * CUSTOMERS) / AT_A_TIME)] ?? customers[turn];
        try {
          await doing()(customer);
        } catch (error) {
          findings.push(`a request failed after ${passed().toFixed(1)} minutes: ${error.message}`);
        }
        await pause(THINK * 2 * draw());
      }
    }),
  );
  working = false;
  await stack.stop();
  await sampling;

  const settled = samples.filter(([at]) => at > minutes / 3);
  const rising = slope(settled);
  if (!(rising < BAR)) findings.push(`memory rose by ${rising.toFixed(2)} MB a minute`);
  const total = [...answers.values()].reduce((sum, count) => sum + count, 0);
  const at = (minute) => samples.find(([when]) => when >= minute) ?? samples.at(-1);
  const steps = Array.from({ length: 11 }, (_, step) => at((minutes * step) / 10));
  const report = `## ${minutes} minutes of traffic

${CUSTOMERS} customers on plain workerd, ${total} requests, ${(total / minutes / 60).toFixed(0)} a second, leases of 2 seconds. ${cpus().length} cores, load average ${loadavg()[1].toFixed(1)}. Seed ${seed}.

| minute | ${steps.map(([when]) => when.toFixed(0)).join(" | ")} |
|---|${steps.map(() => "---").join("|")}|
| resident MB | ${steps.map(([, size]) => size.toFixed(0)).join(" | ")} |

Over the last ${(minutes - minutes / 3).toFixed(0)} minutes memory changed by ${rising.toFixed(3)} MB a minute (bar: less than ${BAR}).

| answered | how often |
|---|---|
${[...answers].toSorted().map(([key, count]) => `| ${key} | ${count} |`).join("\n")}
${findings.length === 0 ? "\nNo answer was a 5xx." : `\nFindings:\n\n${findings.map((f) => `- ${f}`).join("\n")}`}
`;
  return { findings, report };
}
