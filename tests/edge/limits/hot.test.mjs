// A neighbourhood from which thousands log in a minute, on workerd: its names are divided among eight objects, and are counted
// as one. What other edges ask is asked here by the harness, of the same objects; hours do not pass, the worker's clock is moved.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { send } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const PROXY = "the-operators-own-proxy";
const SPRAY = 12;

/** The built worker; each prefix's object tells under which name it was asked and how often. */
const counting = `
import edge, { Account, Name, Network as W } from "./edge.js";
export { Account, Name };
let asked = {}, ahead = 0;
const now = Date.now;
Date.now = () => now() + ahead;
export class Network extends W {
  fetch(request) {
    const name = new URL(request.url).pathname.slice(1);
    asked[name] = (asked[name] ?? 0) + 1;
    return super.fetch(request);
  }
}
const tag = (number) => [...new Uint8Array(new Uint32Array([Math.imul(number, 0x9e3779b1), number, 0, 0, 0, 0, 0, 0]).buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
async function morning(env, prefix, from, to) {
  const object = env.NETWORKS.get(env.NETWORKS.idFromName(prefix));
  for (let number = from; number < to; number += 1)
    for (const command of ["tried", "succeeded"]) {
      const answer = await object.fetch("http://object/" + prefix, { method: "POST", body: JSON.stringify({ [command]: tag(number) }) });
      if (!answer.ok) throw new Error(String(answer.status));
      await answer.text();
    }
}
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const get = (name) => Number(searchParams.get(name));
    if (pathname === "/.test/asked") return Response.json(asked, (asked = {}));
    if (pathname === "/.test/pass") return Response.json((ahead += get("seconds") * 1000));
    if (pathname === "/.test/morning") return Response.json((await morning(env, searchParams.get("prefix"), get("from"), get("to"))) ?? {});
    return edge.fetch(request, env);
  },
};
`;

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) => {
    const changed = toml.replace("spray = 30", `spray = ${SPRAY}`).replace('grid = "250ms"', 'grid = "0ms"');
    assert.equal(changed.match(/spray = 12|grid = "0ms"/g)?.length, 2);
    return changed;
  };
  worker = await startWorker(origin.url, { config, around: counting, secrets: { SEKISHO_PROXY_TOKEN: PROXY } });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const harness = async (path) => (await send(worker.url, { path: `/.test/${path}` })).json;
/** The objects that were asked since the last time, and how often. */
const asked = () => harness("asked");
const pass = (seconds) => harness(`pass?seconds=${seconds}`);

async function guess(id, address) {
  const client = { "sekisho-proxy": PROXY, "sekisho-client": JSON.stringify({ address }) };
  const headers = { "sec-fetch-site": "same-origin", "content-type": "application/json", ...client };
  const body = JSON.stringify({ id, password: "Wrong-42-kawa#Q" });
  const answer = await send(worker.url, { method: "POST", path: "/.sekisho/login", headers, body });
  assert.equal(answer.json.code, "sign_in_failed", answer.text);
}

const sum = (all) => Object.values(all).reduce((one, two) => one + two, 0);

test("one neighbourhood runs hot, is divided, is known for a spray all the same, and is one again when it is quiet", async () => {
  await guess("first", "203.0.113.1");
  await guess("other", "198.51.100.1");
  const [prefix, neighbour] = Object.keys(await asked());
  assert.match(prefix, /^[0-9a-f]{64}$/);
  // Below the mark: one object serves.
  await harness(`morning?prefix=${prefix}&from=0&to=150`);
  await guess("first", "203.0.113.2");
  assert.deepEqual(Object.keys(await asked()), [prefix]);
  // Three thousand questions at once are thousands a minute.
  const started = performance.now();
  for (let from = 1000; from < 2500; from += 300) await harness(`morning?prefix=${prefix}&from=${from}&to=${from + 300}`);
  const rate = 3000 / ((performance.now() - started) / 1000);
  assert.ok(rate > 60, `the machine gives ${Math.round(rate)} questions a second, too few to run anything hot`);
  await guess("first", "203.0.113.2");
  await asked();
  // Nine names, from as many addresses: the questions spread, and each name is with one part.
  for (let name = 0; name < 9; name += 1) await guess(`spread-${name}`, `203.0.113.${name + 3}`);
  const parts = await asked();
  assert.ok(Object.keys(parts).length >= 3 && sum(parts) === 9, JSON.stringify(parts));
  assert.ok(Object.keys(parts).every((name) => name.slice(0, 62) === prefix.slice(0, 62)), "parts of that prefix");
  for (let name = 0; name < 9; name += 1) await guess(`spread-${name}`, "203.0.113.100");
  assert.deepEqual(await asked(), parts, "the same names, the same parts");
  // With "first" they are ten; from the twelfth on it is a spray, known as such, and nothing is asked any more.
  await guess("eleventh", "203.0.113.50");
  assert.equal(sum(await asked()), 1);
  await guess("twelfth", "203.0.113.51");
  assert.equal(sum(await asked()), 2, "the count, and the word to the prefix's own object");
  for (let name = 0; name < 5; name += 1) await guess(`after-${name}`, "203.0.113.60");
  assert.deepEqual(await asked(), {});
  // The neighbour has heard of nothing.
  await guess("other-2", "198.51.100.2");
  assert.deepEqual(await asked(), { [neighbour]: 1 });
  // Quiet for two minutes: one object, which knows of the spray.
  await pass(121);
  for (let name = 0; name < 5; name += 1) await guess(`later-${name}`, "203.0.113.70");
  assert.deepEqual(await asked(), { [prefix]: 1 });
  // And has forgotten it after its hour.
  await pass(3_600);
  for (let name = 0; name < 5; name += 1) await guess(`anew-${name}`, "203.0.113.80");
  assert.deepEqual(await asked(), { [prefix]: 5 });
});
