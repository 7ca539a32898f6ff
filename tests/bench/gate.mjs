// `make bench`: a page behind the gate with a live session, beside the same page through a JavaScript worker that only
// passes it on and sets the same headers. Same workerd, same origin, same run, turn by turn; so the ratios hold on a busy
// machine where the figures by themselves do not.
//
//   LENGTH=4 TURNS=5 CONNECTIONS=16   the length of a turn, how many turns, how many connections

import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Child, freePort } from "../tools/house/child.mjs";
import { platform } from "../tools/house/layout.mjs";
import { startWorkerd } from "../tools/house/workerd.mjs";
import { startStack } from "../tools/stack.mjs";
import { Customer } from "./customer.mjs";
import { cpuSeconds, load } from "./load.mjs";

const number = (name, fallback) => Number(process.env[name] || fallback);
const [seconds, turns, connections] = [number("LENGTH", 4), number("TURNS", 5), number("CONNECTIONS", 16)];
const folder = mkdtempSync(join(tmpdir(), "sekisho-bench-"));

/** The cheap origin. */
async function startOrigin() {
  const child = new Child("bench origin", process.execPath, [join(import.meta.dirname, "origin.mjs")]);
  const [, port] = await child.line(/^listening on (\d+)$/);
  return { child, url: `http://127.0.0.1:${port}` };
}

/** The JavaScript worker, told to set what the gate was seen to set. */
async function startPassthrough(target, inward, outward) {
  const directory = join(folder, "source");
  mkdirSync(directory);
  copyFileSync(join(import.meta.dirname, "passthrough.mjs"), join(directory, "index.js"));
  const port = await freePort();
  const { date, flags } = platform();
  const environment = { TARGET: target, INWARD: JSON.stringify(inward), OUTWARD: JSON.stringify(outward) };
  const state = join(folder, "passthrough");
  const child = await startWorkerd({ directory, state, port, environment, platform: { date, flags, objects: [] } });
  return { child, port };
}

/** The headers that appear only when the gate stands between: on the way to the origin, and on the way back. */
async function seen(gate, origin, headers) {
  const ask = async (base, path) => {
    const answer = await fetch(base + path, { headers, signal: AbortSignal.timeout(15_000) });
    if (answer.status !== 200) throw new Error(`${base}${path} answered ${answer.status}: ${await answer.text()}`);
    return { headers: Object.fromEntries(answer.headers), body: await answer.text() };
  };
  const added = (mine, plain) => Object.entries(mine).filter(([name]) => !(name in plain) && name !== "set-cookie");
  const [through, direct] = [await ask(gate, "/echo"), await ask(origin, "/echo")];
  return {
    inward: added(JSON.parse(through.body), JSON.parse(direct.body)),
    outward: added(through.headers, direct.headers),
  };
}

/** One turn: requests per second, and milliseconds of the worker's CPU per request. */
async function turn({ pid, port, headers, length = seconds }) {
  const before = cpuSeconds(pid);
  const { requests, seconds: took, latencies } = await load({ port, path: "/page", headers, connections, seconds: length });
  const cpu = cpuSeconds(pid) - before;
  latencies.sort((a, b) => a - b);
  return { rate: requests / took, cpu: (cpu * 1000) / requests, p50: latencies[Math.floor(requests / 2)] };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const shown = (value, digits = 2) => value.toFixed(digits).padStart(9);

const origin = await startOrigin();
const stack = await startStack({ seed: false, config: (toml) => toml.replace(/^url = "[^"]*"/m, `url = "${origin.url}"`) });
let passthrough;
try {
  const customer = new Customer(stack.url, 1);
  await customer.open();
  const headers = { cookie: await customer.login(), accept: "text/html", "user-agent": "bench", "sec-fetch-mode": "navigate" };
  const { inward, outward } = await seen(stack.url, origin.url, headers);
  passthrough = await startPassthrough(origin.url, inward, outward);

  const gate = { pid: stack.worker.pid, port: Number(new URL(stack.url).port), headers };
  const plain = { pid: passthrough.child.pid, port: passthrough.port, headers };
  for (const one of [gate, plain]) await turn({ ...one, length: 2 });
  const rounds = [];
  for (let round = 0; round < turns; round += 1) rounds.push({ plain: await turn(plain), gate: await turn(gate) });

  const column = (who, what) => median(rounds.map((round) => round[who][what]));
  const ratio = (what) => median(rounds.map((round) => round.gate[what] / round.plain[what]));
  process.stdout.write(`
${turns} turns of ${seconds} s, ${connections} connections, ${cpus().length} cores, load average ${loadavg().map((l) => l.toFixed(1)).join(" ")}
headers set: ${inward.length} towards the origin (${inward.map(([name]) => name).join(", ")}), ${outward.length} towards the browser

                       pass-through      gate     ratio
requests/s             ${shown(column("plain", "rate"), 0)} ${shown(column("gate", "rate"), 0)} ${shown(ratio("rate"))}
CPU ms per request     ${shown(column("plain", "cpu"), 3)} ${shown(column("gate", "cpu"), 3)} ${shown(ratio("cpu"))}
median answer, ms      ${shown(column("plain", "p50"))} ${shown(column("gate", "p50"))} ${shown(ratio("p50"))}
`);
} finally {
  await Promise.all([stack.stop(), origin.child.stop(), passthrough?.child.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
