// `make bench`: passkey ceremonies in workerd, ours beside SimpleWebAuthn's and beside the bare work, turn by turn in the same
// run. First in a loop inside the isolate, then as requests. CPU is the process's, so what the runtime's own threads do for a
// signature counts too.
//
//   TIMES=4000 TURNS=7 LENGTH=3 CONNECTIONS=16   ceremonies a turn, turns, seconds of load, connections

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { freePort } from "../tools/house/child.mjs";
import { artefact, platform } from "../tools/house/layout.mjs";
import { startWorkerd } from "../tools/house/workerd.mjs";
import { cpuSeconds, load } from "./load.mjs";

const number = (name, fallback) => Number(process.env[name] || fallback);
const [times, turns] = [number("TIMES", 4000), number("TURNS", 7)];
const [seconds, connections] = [number("LENGTH", 3), number("CONNECTIONS", 16)];
const folder = mkdtempSync(join(tmpdir(), "sekisho-passkeys-"));
const vectors = join(import.meta.dirname, "../vectors/passkeys/faults.json");

/** A recorded ceremony of our own vectors, and the parts of it that a peer wants apart. */
function recorded(id) {
  const { response, challenge, stored } = JSON.parse(readFileSync(vectors, "utf8")).cases.find((one) => one.id === id);
  const answer = typeof response === "string" ? JSON.parse(response) : response;
  const key = stored?.publicKeyCose ?? "";
  // The two coordinates of the COSE key, and r and s out of their DER form, as Web Crypto takes them.
  const cose = Buffer.from(key, "base64url");
  const point = Buffer.concat([Buffer.from([4]), cose.subarray(10, 42), cose.subarray(45, 77)]);
  const signature = raw(Buffer.from(answer.response.signature ?? "", "base64url"));
  return {
    response: answer, challenge, id: stored?.credentialId ?? "", handle: stored?.userHandle ?? "", key,
    point: point.toString("base64url"), signature: signature.toString("base64url"),
  };
}

function raw(der) {
  if (der.length === 0) return der;
  const r = der.subarray(4, 4 + der[3]);
  const s = der.subarray(6 + der[3]);
  return Buffer.concat([r, s].map((one) => Buffer.concat([Buffer.alloc(32), one]).subarray(-32)));
}

async function start(name, directory, objects) {
  const state = join(folder, name);
  const port = await freePort();
  const child = await startWorkerd({ directory, state, port, environment: {}, platform: { ...platform(), objects } });
  return { child, port };
}

async function startPeer() {
  const directory = join(folder, "source");
  mkdirSync(directory);
  const entryPoints = [join(import.meta.dirname, "peer.mjs")];
  await build({ entryPoints, outfile: join(directory, "index.js"), bundle: true, format: "esm", minify: true, target: "es2022", logLevel: "warning" });
  return start("peer", directory, []);
}

async function ask({ port }, path, body) {
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...request, signal: AbortSignal.timeout(120_000) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${text}`);
}

/** Milliseconds of CPU for one ceremony, in a loop. */
async function looped(who, what, count = times) {
  const before = cpuSeconds(who.child.pid);
  await ask(who, `${who.path}?what=${what}&times=${count}`);
  return ((cpuSeconds(who.child.pid) - before) * 1000) / count;
}

/** The same as requests of one ceremony each. */
async function requested(who, what) {
  const before = cpuSeconds(who.child.pid);
  const { requests } = await load({ port: who.port, path: `${who.path}?what=${what}&times=1`, headers: {}, connections, seconds });
  return ((cpuSeconds(who.child.pid) - before) * 1000) / requests;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Turn by turn, each column in every round; answers the medians. */
async function compare(measure, columns) {
  for (const [who, what] of Object.values(columns)) await measure(who, what, 200);
  const rounds = [];
  for (let round = 0; round < turns; round += 1) {
    const one = {};
    for (const [name, [who, what]] of Object.entries(columns)) one[name] = await measure(who, what);
    rounds.push(one);
  }
  const names = Object.keys(columns);
  return {
    each: Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))])),
    to: (name) => median(rounds.map((round) => round.ours / round[name])),
  };
}

const say = (line) => process.stdout.write(`${line}\n`);
const ms = (value) => `${value.toFixed(3)} ms`;
const row = (label, cells) => label.padEnd(34) + cells.map((cell) => (typeof cell === "number" ? ms(cell) : cell).padStart(16)).join("");
const bar = (met) => (met ? "met" : "NOT MET");

const CONFORMANCE = [{ binding: "CONFORMANCE", className: "Conformance" }];
const ours = { ...(await start("ours", artefact("conformance"), CONFORMANCE)), path: "/ceremonies" };
const peer = { ...(await startPeer()), path: "/" };
try {
  say(`\n${turns} turns of ${times} ceremonies, then of ${seconds} s; ${cpus().length} cores, load average ${loadavg().map((l) => l.toFixed(1)).join(" ")}`);
  say(row("CPU for one ceremony, medians", ["ours", "SimpleWebAuthn", "bare", "key kept"]));
  const assertion = recorded("fido/Server-ServerAuthenticatorAssertionResponse-Resp-1/P-1 valid");
  for (const who of [ours, peer]) await ask(who, who.path, assertion);
  const all = { ours: [ours, "authenticate"], theirs: [peer, "authenticate"], bare: [peer, "bare"], kept: [peer, "kept"] };
  const loop = await compare(looped, { ...all, parse: [ours, "parse"] });
  say(row("assertion ES256, in a loop", [loop.each.ours, loop.each.theirs, loop.each.bare, loop.each.kept]));
  const request = await compare(requested, all);
  say(row("the same, as a request", [request.each.ours, request.each.theirs, request.each.bare, request.each.kept]));
  for (const [name, id] of [["none", "Resp-7/P-1 valid none"], ["packed", "Resp-5/P-1 valid"]]) {
    for (const who of [ours, peer]) await ask(who, who.path, recorded(`fido/Server-ServerAuthenticatorAttestationResponse-${id}`));
    const both = { ours: [ours, "register"], theirs: [peer, "register"] };
    for (const [how, measure] of [["in a loop", looped], ["as a request", requested]]) {
      const { each } = await compare(measure, both);
      say(row(`registration ${name}, ${how}`, [each.ours, each.theirs]));
    }
  }
  const [bare, rate] = [loop.to("bare"), 1 / loop.to("theirs")];
  say(`parsing and rules without the signature: ${ms(loop.each.parse)}, ${((100 * loop.each.parse) / loop.each.ours).toFixed(0)} % of an assertion`);
  say(`ours to the bare work, CPU:  ${bare.toFixed(2)} (bar: 1.40 at most: ${bar(bare <= 1.4)}); with the key kept, as ours is: ${loop.to("kept").toFixed(2)}`);
  say(`ours to SimpleWebAuthn, rate: ${rate.toFixed(2)} (bar: 1.50 at least: ${bar(rate >= 1.5)})`);
  say(`as requests: ${request.to("bare").toFixed(2)} of the bare work, ${(1 / request.to("theirs")).toFixed(2)} times SimpleWebAuthn's rate`);
} finally {
  await Promise.all([ours.child.stop(), peer.child.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
