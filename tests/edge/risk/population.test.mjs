// What customers in general show, counted on the real worker: through the outbox, the shards, the sum and the key-value store to
// the judgement of the next login.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PASSWORD, Visitor, person } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const TOKEN = randomBytes(24).toString("base64url");
const HOME = { address: "203.0.113.7", asn: 2516, country: "JP", city: "Tokyo" };
const COUNTRY = 4;

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) => toml.replace('counts = "1h"', 'counts = "100ms"');
  worker = await startWorker(origin.url, { config, secrets: { SEKISHO_PROXY_TOKEN: TOKEN } });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** Logs in from home and answers the judgement that the worker logs. */
async function judged(number) {
  const headers = { "sekisho-proxy": TOKEN, "sekisho-client": JSON.stringify(HOME) };
  const from = worker.child.log.length;
  const answer = await new Visitor(worker.url).post("/.sekisho/login", { id: number, password: PASSWORD }, headers);
  assert.equal(answer.status, 200, answer.text);
  for (const until = Date.now() + 5_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const line = worker.child.log.slice(from).split("\n").find((text) => text.includes('{"judged":'));
    if (line) return JSON.parse(line.slice(line.indexOf("{"))).judged;
  }
  throw new Error("no judgement was logged");
}

/** Logs in until the judgement is by counts later than `version`. */
async function counted(number, version = 0) {
  for (const until = Date.now() + 20_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const judgement = await judged(number);
    if (judgement.evidence.population > version) return judgement;
  }
  throw new Error("no counts came");
}

test("what a dozen customers show is published, marked, and is what the next login is measured by", async () => {
  const opened = async () => (await new Visitor(worker.url).post("/.sekisho/open", person())).json.account_number;
  const numbers = [];
  for (let one = 0; one < 12; one += 1) numbers.push(await opened());
  const first = await judged(numbers[0]);
  assert.equal(first.evidence.population ?? 0, 0);
  for (const number of numbers.slice(1)) await judged(number);
  let judgement = await counted(numbers[0]);
  for (let more = 0; more < 20 && judgement.evidence.share[COUNTRY] === first.evidence.share[COUNTRY]; more += 1) {
    judgement = await counted(numbers[0], judgement.evidence.population - 1);
  }
  assert.ok(judgement.evidence.share[COUNTRY] > first.evidence.share[COUNTRY], JSON.stringify(judgement));

  const file = join(worker.state, "PUBLISHED", "population");
  let published = readFileSync(file);
  // The last of them may still be on their way.
  for (let quiet = 0; quiet < 10; quiet += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = readFileSync(file);
    if (!now.equals(published)) quiet = 0;
    published = now;
  }
  assert.ok(published.length < 262_144);
  assert.ok(!published.includes("203.0.113") && !published.includes("Tokyo"));
  published[20] ^= 1;
  writeFileSync(file, published);
  const told = () => worker.child.log.includes("the published counts are not the house's");
  for (let time = 0; time < 50 && !told(); time += 1) {
    assert.ok((await judged(numbers[0])).evidence.population > 0, "what was read before stands");
  }
  assert.ok(told(), "nobody was told that something else stands there");
});

test("where nobody bound the store, logins go on by general experience, and the log says why", async () => {
  const bare = await startWorker(origin.url, { platform: (all) => ({ ...all, stores: [] }) });
  try {
    const { account_number: id } = (await new Visitor(bare.url).post("/.sekisho/open", person())).json;
    const [, answer] = await Promise.all([bare.child.line(/PUBLISHED: it is not bound/), new Visitor(bare.url).post("/.sekisho/login", { id, password: PASSWORD })]);
    assert.equal(answer.status, 200, answer.text);
  } finally {
    await bare.stop();
  }
});

test("where the store fails or says nothing in time, logins go on by general experience, and the log says why", async () => {
  for (const [get, why] of [["async () => { throw new Error('the store is down'); }", "the store is down"], ["() => new Promise(() => {})", "no answer within the time limit"]]) {
    const around = `
import edge from "./edge.js";
export * from "./edge.js";
export default { fetch: (request, env, context) => edge.fetch(request, { ...env, PUBLISHED: { get: ${get} } }, context) };
`;
    const config = (toml) => toml.replace('object_call = "5s"', 'object_call = "500ms"');
    const failing = await startWorker(origin.url, { around, config });
    try {
      const { account_number: id } = (await new Visitor(failing.url).post("/.sekisho/open", person())).json;
      const [, answer] = await Promise.all([failing.child.line(new RegExp(why)), new Visitor(failing.url).post("/.sekisho/login", { id, password: PASSWORD })]);
      assert.equal(answer.status, 200, `${why}: ${answer.text}`);
    } finally {
      await failing.stop();
    }
  }
});
