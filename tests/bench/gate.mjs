// `make bench`: a page behind the gate with a live session, beside the same page through a JavaScript worker that only
// passes it on and sets the same headers, and through a gate with the same duties written on Hono. Same workerd, same origin,
// same run, turn by turn; so the ratios hold on a busy machine where the figures by themselves do not.
//
// The turns are short and many: what else the machine does then falls on neighbours alike.
//
//   LENGTH=0.5 TURNS=80 CONNECTIONS=16   the length of a turn in seconds, how many turns, how many connections

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { Child, freePort } from "../tools/house/child.mjs";
import { platform } from "../tools/house/layout.mjs";
import { startWorkerd } from "../tools/house/workerd.mjs";
import { startStack } from "../tools/stack.mjs";
import { Customer } from "./customer.mjs";
import { cpuSeconds, load } from "./load.mjs";

const number = (name, fallback) => Number(process.env[name] || fallback);
const [seconds, turns, connections] = [number("LENGTH", 0.5), number("TURNS", 80), number("CONNECTIONS", 16)];
const folder = mkdtempSync(join(tmpdir(), "sekisho-bench-"));

/** The cheap origin. */
async function startOrigin() {
  const child = new Child("bench origin", process.execPath, [join(import.meta.dirname, "origin.mjs")]);
  const [, port] = await child.line(/^listening on (\d+)$/);
  return { child, url: `http://127.0.0.1:${port}` };
}

/** A JavaScript worker of workers/, bundled as it would be deployed. */
async function startWorker(name, environment, define = {}) {
  const directory = mkdtempSync(join(folder, name));
  const entryPoints = [join(import.meta.dirname, `workers/${name}.mjs`)];
  await build({ entryPoints, define, outfile: join(directory, "index.js"), bundle: true, format: "esm", minify: true, target: "es2022", logLevel: "warning" });
  const port = await freePort();
  const { date, flags } = platform();
  const state = mkdtempSync(join(folder, name));
  const child = await startWorkerd({ directory, state, port, environment, platform: { date, flags, objects: [] } });
  return { child, port };
}

/** The gate on Hono, and a session of its; `bare` as it was first written, before it did all that the gate does. */
async function startHono(target, headers, bare) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const JWK = JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "bench", alg: "ES256" });
  const SECRET = randomBytes(32).toString("base64url");
  const hono = await startWorker("hono", { TARGET: target, ISSUER: "http://localhost", HOST: "localhost", SECRET, JWK }, { BARE: String(bare) });
  const login = await fetch(`http://127.0.0.1:${hono.port}/bench/login`, { method: "POST", headers, signal: AbortSignal.timeout(15_000) });
  const [cookie] = login.headers.getSetCookie().map((line) => line.split(";")[0]);
  return { ...hono, headers: { ...headers, cookie } };
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
/** The load never takes a renewed cookie: the lease is as long as the run, or every request would ask the account after a minute. */
const config = (toml) => toml.replace(/^url = "[^"]*"/m, `url = "${origin.url}"`).replace(/^lease = "60s"/m, 'lease = "600s"');
const stack = await startStack({ seed: false, config });
let passthrough, hono, bare;
try {
  const customer = new Customer(stack.url, 1);
  await customer.open();
  const headers = { cookie: await customer.login(), accept: "text/html", "user-agent": "bench", "sec-fetch-mode": "navigate" };
  const { inward, outward } = await seen(stack.url, origin.url, headers);
  passthrough = await startWorker("passthrough", { TARGET: origin.url, INWARD: JSON.stringify(inward), OUTWARD: JSON.stringify(outward) });
  [hono, bare] = [await startHono(origin.url, headers, false), await startHono(origin.url, headers, true)];
  for (const other of [hono, bare]) {
    const theirs = await seen(`http://127.0.0.1:${other.port}`, origin.url, other.headers);
    const names = (list) => list.map(([name]) => name).sort().join(", ");
    for (const [mine, its] of [[inward, theirs.inward], [outward, theirs.outward]]) {
      if (names(mine) !== names(its)) throw new Error(`the gate sets ${names(mine)}, the one on Hono ${names(its)}`);
    }
  }

  const gate = { pid: stack.worker.pid, port: Number(new URL(stack.url).port), headers };
  const plain = { pid: passthrough.child.pid, port: passthrough.port, headers };
  const [peer, first] = [hono, bare].map(({ child, port, headers }) => ({ pid: child.pid, port, headers }));
  const all = { plain, gate, peer, first };
  for (const one of Object.values(all)) await turn({ ...one, length: 2 });
  const rounds = [];
  for (let round = 0; round < turns; round += 1) {
    // In turn from the front and from the back, so that none always follows the same one.
    const who = Object.entries(all);
    const figures = {};
    for (const [name, one] of round % 2 ? who.toReversed() : who) figures[name] = await turn(one);
    rounds.push(figures);
  }

  const column = (who, what) => median(rounds.map((round) => round[who][what]));
  const ratio = (to, what) => median(rounds.map((round) => round.gate[what] / round[to][what]));
  const line = (name, what, digits) =>
    [name.padEnd(20), ...["gate", "plain", "peer", "first"].map((who) => shown(column(who, what), digits)), ...["plain", "peer", "first"].map((to) => shown(ratio(to, what)))].join(" ");
  process.stdout.write(`
${turns} turns of ${seconds} s, ${connections} connections, ${cpus().length} cores, load average ${loadavg().map((l) => l.toFixed(1)).join(" ")}
headers set: ${inward.length} towards the origin (${inward.map(([name]) => name).join(", ")}), ${outward.length} towards the browser

c: all that the gate does; d: as first written, without the time limit and without the network and browser of a session

                        a: gate b: passed   c: Hono   d: Hono       a/b       a/c       a/d
${line("requests/s", "rate", 0)}
${line("CPU ms per request", "cpu", 3)}
${line("median answer, ms", "p50", 2)}
`);
} finally {
  await Promise.all([stack.stop(), origin.child.stop(), passthrough?.child.stop(), hono?.child.stop(), bare?.child.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
